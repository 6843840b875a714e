"""Whom a change of a group concerns: its members, its organizations, the connections with it."""

from dataclasses import dataclass
from itertools import islice
from typing import Final

from gatehouse.domain.account import AccountName
from gatehouse.domain.connection import State
from gatehouse.domain.pages import every
from gatehouse.domain.principal import Principal
from gatehouse.domain.roles import Role
from gatehouse.usecases.choose import Unnamed
from gatehouse.usecases.ports import Ports
from gatehouse.usecases.rules import rules_naming
from gatehouse.usecases.writers import reader

MOST_COUNTED: Final = 1_000
"""How many members are counted; of more it is enough to know that there are more."""
_PAGE: Final = 200


@dataclass(frozen=True, slots=True)
class Having:
    """A pending or active connection that has the group, itself or in rules for single people."""

    connection_id: str
    guest: AccountName
    state: State
    maximum_role: Role
    itself: bool
    rules: int


@dataclass(frozen=True, slots=True)
class Affected:
    """Whom a group concerns.

    ``connections`` is None for who sees none; ``is_lent`` says that a live connection has it.
    """

    members: int
    organizations: int
    connections: tuple[Having, ...] | None
    is_lent: bool

    @property
    def ruled(self) -> int:
        """Count the people of guests whose rules have the group."""
        return sum(one.rules for one in self.connections or ())


def affected_by(ports: Ports, principal: Principal, group_id: str) -> Affected:
    """Return whom a change of the group concerns."""
    who = reader(principal, "see groups")
    who.must_have_groups({group_id})
    now = ports.clock.now()
    live = [one for one in ports.store.connections.pairs(who.account_id) if one.is_live_at(now)]
    ruled = rules_naming(ports, live, group_id)
    pairs = [pair for pair in live if group_id in pair.group_ids or pair.guest_account_id in ruled]
    connections: tuple[Having, ...] | None = None
    if who.is_administrator:
        guests = ports.store.accounts.many({pair.guest_account_id for pair in pairs})
        connections = tuple(
            Having(
                pair.connection_id,
                guests[pair.guest_account_id].named,
                pair.state,
                pair.maximum_role,
                group_id in pair.group_ids,
                len(ruled.get(pair.guest_account_id, ())),
            )
            for pair in pairs
            if pair.guest_account_id in guests
        )
    held = Unnamed(frozenset({group_id}), reaches_everything=False)
    return Affected(
        _members(ports, who.account_id, group_id),
        ports.store.directory.reach_count(who.account_id, held),
        connections,
        bool(pairs),
    )


def _members(ports: Ports, account_id: str, group_id: str) -> int:
    """Count the members: one more than ``MOST_COUNTED`` says that there are more."""
    members = every(
        lambda after: ports.store.directory.members_page(account_id, group_id, after, _PAGE)
    )
    return sum(1 for _ in islice(members, MOST_COUNTED + 1))
