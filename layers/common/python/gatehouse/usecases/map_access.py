"""Map who gets where: guests, through groups, directly or to everything, to organizations."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from gatehouse.domain.account import AccountName
from gatehouse.domain.decision import Pair
from gatehouse.domain.directory import Group, Organization
from gatehouse.domain.grant import via_of
from gatehouse.domain.principal import Principal, administrator
from gatehouse.domain.roles import Role
from gatehouse.usecases.ports import Ports

MOST_READ: Final = 5_000
"""How many organizations are looked at; the map says if there are more."""
_AT_ONCE: Final = 1_000


@dataclass(frozen=True, slots=True)
class Guest:
    """A company that is let in, as at most what, and for how many of its people a rule holds."""

    connection_id: str
    account: AccountName
    maximum_role: Role
    reaches_everything: bool
    rules: int


@dataclass(frozen=True, slots=True)
class Fold:
    """Organizations that are reached in exactly the same ways.

    ``ways`` are (connection, ``direct`` or ``group:<id>``), never "all": that reaches each.
    """

    ways: frozenset[tuple[str, str]]
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AccessMap:
    """Who gets where now. ``whole`` unless there are more organizations than were looked at."""

    guests: Sequence[Guest]
    groups: Mapping[str, Group]
    folds: Sequence[Fold]
    organizations: int
    whole: bool


def map_access(ports: Ports, principal: Principal) -> AccessMap:
    """Return how active connections reach organizations, those of the same ways together."""
    account_id = administrator(principal, "see who gets where").account_id
    pairs = [one for one in ports.store.connections.pairs(account_id) if one.is_active]
    accounts = ports.store.accounts.many({one.guest_account_id for one in pairs})
    guests = [
        Guest(
            pair.connection_id,
            accounts[pair.guest_account_id].named,
            pair.maximum_role,
            pair.all_organizations,
            pair.rules,
        )
        for pair in pairs
        if pair.guest_account_id in accounts
    ]
    named = {group_id for pair in pairs for group_id in pair.group_ids}
    folds: dict[frozenset[tuple[str, str]], list[str]] = {}
    count = 0
    after: str | None = None
    while True:
        page = ports.store.directory.organizations_page(account_id, after, _AT_ONCE)
        for organization in page.items:
            ways = _ways(pairs, organization)
            if ways:
                folds.setdefault(ways, []).append(organization.name)
        count += len(page.items)
        after = page.after
        if after is None or count >= MOST_READ:
            break
    return AccessMap(
        sorted(guests, key=lambda one: one.account.name.casefold()),
        ports.store.directory.groups(account_id, named),
        [
            Fold(ways, tuple(sorted(names, key=str.casefold)))
            for ways, names in sorted(folds.items(), key=lambda one: (-len(one[1]), one[1]))
        ],
        count,
        after is None,
    )


def _ways(pairs: Sequence[Pair], organization: Organization) -> frozenset[tuple[str, str]]:
    return frozenset(
        (pair.connection_id, way)
        for pair in pairs
        for way in via_of(pair, organization)
        if way != "all"
    )
