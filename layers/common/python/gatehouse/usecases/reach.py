"""Who can reach an organization: own people and guests, each with through what.

The deciding function answers for each person; nothing here decides. What the account demands of
guests besides (a second factor, a network) depends on the moment and is left out, so that the list
says who *can* get in.
"""

from dataclasses import dataclass
from typing import Final

from gatehouse.domain.account import AccountName
from gatehouse.domain.directory import Organization
from gatehouse.domain.grant import via_of
from gatehouse.domain.pages import Page
from gatehouse.domain.policy import NO_DEMANDS, UNKNOWN_CIRCUMSTANCES
from gatehouse.domain.principal import Principal
from gatehouse.domain.roles import Role
from gatehouse.domain.user import User
from gatehouse.usecases.organizations import read_organization
from gatehouse.usecases.ports import Ports
from gatehouse.usecases.search import Asked, Company, Subject, guests_let_in, subjects
from gatehouse.usecases.writers import reader

_ROUNDS: Final = 10
"""How many pages of users one page of this list may read: many may reach nothing."""
_OWN: Final = "own"
_GUESTS: Final = "guests"


@dataclass(frozen=True, slots=True)
class Reaching:
    """Somebody who reaches an organization; ``guest`` is their company unless they are at home.

    ``via`` are all ways: ``all``, ``direct``, ``group:<id>``; the decision names the first.
    ``by_rule`` says that they are those of a rule for this person alone.
    """

    user: User
    guest: AccountName | None
    connection_id: str | None
    effective_role: Role
    via: tuple[str, ...]
    by_rule: bool


def who_reaches(
    ports: Ports, principal: Principal, organization_id: str, after: str | None, limit: int
) -> Page[Reaching]:
    """Return who may view an organization, own people first.

    To a Manager, who sees no connections, own people only. A page may be short while ``after``
    is set.
    """
    who = reader(principal, "see who reaches an organization")
    organization = read_organization(ports, principal, organization_id)
    asked = Asked("view", UNKNOWN_CIRCUMSTANCES, NO_DEMANDS, organization)
    part, _, position = (after or _OWN).partition(" ")
    found: list[Subject] = []
    for _ in range(_ROUNDS):
        companies = [asked.own] if part == _OWN else _guests(ports, asked, who.is_administrator)
        page = subjects(ports, asked, companies, position or None, limit - len(found))
        found.extend(page.items)
        position = page.after or ""
        if not position and part == _GUESTS:
            return Page(_named(ports, organization, found))
        if not position:
            part = _GUESTS
        if len(found) == limit:
            break
    return Page(_named(ports, organization, found), f"{part} {position}")


def _guests(ports: Ports, asked: Asked, seen: bool) -> list[Company]:
    return list(guests_let_in(ports, asked)) if seen else []


def _named(ports: Ports, organization: Organization, found: list[Subject]) -> tuple[Reaching, ...]:
    guests = ports.store.accounts.many({one.pair.guest_account_id for one in found if one.pair})
    return tuple(
        Reaching(
            one.user,
            guests[one.pair.guest_account_id].named if one.pair else None,
            one.decision.connection_id,
            one.decision.effective_role or one.user.role,
            via_of(one.facts.holder or one.user, organization),
            one.decision.rule,
        )
        for one in found
    )
