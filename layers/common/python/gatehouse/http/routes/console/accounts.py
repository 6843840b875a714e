"""Where somebody works: the switcher, and what they reach in one account.

The account that one works in stands in the address, ``/console/in/{account_id}``, and nowhere
else: two windows can be in two accounts, and a bookmark leads back to where it was made.
"""

from dataclasses import replace
from typing import Final

from gatehouse.domain.finding import finder
from gatehouse.domain.roles import Role
from gatehouse.http.answers import Answer
from gatehouse.http.routes.console.forms import SHOWN, list_of, words_of
from gatehouse.http.routes.console.visit import Pages, Visit
from gatehouse.usecases.accessible import Accessible, me, organizations_there
from gatehouse.usecases.sift import Found

pages = Pages()
_SWITCHER: Final = "console accounts"


@pages.at("GET /console/accounts")
def list_accounts(visit: Visit) -> Answer:
    every = me(visit.ports, visit.person).accessible
    finds = finder(words_of(visit))
    matching = [one for one in every if finds(f"{one.account.name} {one.account.subdomain}")]
    after = visit.call.after(_SWITCHER)
    left = [one for one in matching if after is None or _position(one) > after]
    shown = tuple(left[:SHOWN])
    found = Found(shown, _position(shown[-1]) if len(left) > SHOWN else None)
    return visit.page(
        "accounts",
        total=len(every),
        accounts=[
            {
                "account_id": one.account.account_id,
                "name": one.account.name,
                "subdomain": one.account.subdomain,
                "role": one.effective_role.value,
                "guest": one.relation == "host",
                "opens": one.effective_role is not Role.LITE,
            }
            for one in shown
        ],
        **list_of(visit, "/console/accounts", _SWITCHER, found),
    )


@pages.at("GET /console/in/{account_id}")
def show_account(visit: Visit) -> Answer:
    account_id = visit.path["account_id"]
    here = f"/console/in/{account_id}"
    found = organizations_there(
        visit.ports, visit.person, account_id, visit.call.after(here), SHOWN, words_of(visit)
    )
    listed = found.organizations
    return replace(visit, there=found.there).page(
        "in",
        here=here,
        organizations=[one.name for one in listed.items],
        actions=found.actions,
        home_name=visit.account.name,
        own_role=visit.person.user.role.value,
        **list_of(visit, here, here, listed),
    )


def _position(one: Accessible) -> str:
    """Return what accounts are in the order of: home first, the hosts by subdomain."""
    return one.account.subdomain if one.relation == "host" else "!"
