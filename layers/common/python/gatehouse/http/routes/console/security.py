"""Security: whom the account lets in, with what and from where, said before it is saved."""

import re
from typing import Any, Final

from gatehouse.domain.account import Account
from gatehouse.domain.errors import EtagStale, GatehouseError, Malformed, Refused
from gatehouse.http import bodies
from gatehouse.http.answers import Answer
from gatehouse.http.routes.console.forms import Field, new_key, sentences_of
from gatehouse.http.routes.console.saving import CHANGED, save
from gatehouse.http.routes.console.visit import Errors, Visit
from gatehouse.usecases import account as accounts
from gatehouse.usecases.concerned import concerned

PATH: Final = "/console/settings/security"
_FIELDS: Final = {
    "/require_mfa": Field("mfa", "The second factor", ""),
    "/ip_allow_list": Field("networks", "The list", ""),
}
_NUMBER: Final = re.compile(r"[0-9]{1,3}")
_BETWEEN: Final = re.compile(r"[\s,;]+")
_LONGEST: Final = 20_000
"""Characters of a list of networks: 200 of the longest, and room to be wrong in."""


def show(visit: Visit) -> Answer:
    return _form_page(visit, accounts.read_account(visit.ports, visit.person))


def change(visit: Visit) -> Answer:
    """Say what a change means, and make it once that was read."""
    old = accounts.read_account(visit.ports, visit.person)
    listed = [one for one in _BETWEEN.split(visit.form.get("networks", "")[:_LONGEST]) if one]
    try:
        wish = {"require_mfa": "mfa" in visit.form, "ip_allow_list": listed}
        change = bodies.read(bodies.AccountChangeBody, wish).change()
        new = accounts.considered(visit.person, old, change, visit.form.get("etag", ""))
        if visit.form.get("step") != "save":
            return _check_page(visit, old, new)
        save(visit, change)
    except (Malformed, Refused) as refusal:
        return _form_page(visit, old, _sentences(refusal, listed))
    except EtagStale:
        return _form_page(visit, old, {"networks": CHANGED}, 412)
    return visit.go(PATH, "Saved. It holds from everybody's next click.")


def _sentences(refusal: GatehouseError, listed: list[str]) -> Errors:
    """Return sentences by field; what is wrong with one network names it."""
    for one in refusal.fields:
        place = one.pointer.removeprefix("/ip_allow_list/")
        if _NUMBER.fullmatch(place):
            return {"networks": f"{listed[int(place)]} {one.detail.removeprefix('This ')}"}
    return sentences_of(refusal, _FIELDS)


def _form_page(
    visit: Visit, account: Account, errors: Errors | None = None, status: int = 422
) -> Answer:
    policy = account.policy
    return visit.page(
        "settings-security",
        status if errors else 200,
        errors=errors,
        etag=str(account.version),
        sent_once=new_key(visit),
        mfa="mfa" in visit.form if errors else policy.require_mfa,
        networks=visit.form.get("networks", "")[:_LONGEST]
        if errors
        else "\n".join(policy.networks),
        **_own(visit),
    )


def _check_page(visit: Visit, old: Account, new: Account) -> Answer:
    found = concerned(visit.ports, visit.person)
    before, after = old.policy, new.policy
    return visit.page(
        "settings-security-check",
        etag=visit.form.get("etag", ""),
        sent_once=new_key(visit),
        company=old.name,
        people=found.people,
        guests=found.guests,
        keys=found.keys,
        before=before,
        after=after,
        factor_changes=before.require_mfa is not after.require_mfa,
        networks_change=set(before.networks) != set(after.networks),
        added=[one for one in after.networks if one not in before.networks],
        removed=[one for one in before.networks if one not in after.networks],
        **_own(visit),
    )


def _own(visit: Visit) -> dict[str, Any]:
    """Return how the visitor came, which every demand has to let in."""
    shown = visit.person.circumstances
    return {"own_address": shown.ip_address, "own_factor": shown.is_multi_factor}
