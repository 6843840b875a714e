"""Whom the settings of an account concern: for saying so before they are saved."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from gatehouse.domain.connection import State
from gatehouse.domain.pages import every
from gatehouse.domain.principal import Principal, administrator
from gatehouse.domain.roles import Role
from gatehouse.usecases.ports import Ports

_PAGE: Final = 200


@dataclass(frozen=True, slots=True)
class Concerned:
    """How many people of each role an account has, which guests work in it, how many keys it has."""

    by_role: Mapping[Role, int]
    guests: tuple[str, ...]
    keys: int

    @property
    def people(self) -> int:
        """Count the active people, but for Lite ones, who reach nothing."""
        return sum(self.by_role.values())

    def reaching(self, lowest: Role) -> int:
        """Count the people of this role or a higher one."""
        return sum(count for role, count in self.by_role.items() if role.reaches(lowest))


def concerned(ports: Ports, principal: Principal) -> Concerned:
    """Count whom the settings of the caller's account concern now."""
    account_id = administrator(principal, "see account settings").account_id
    pairs = [p for p in ports.store.connections.pairs(account_id) if p.state is State.ACTIVE]
    guests = ports.store.accounts.many(pair.guest_account_id for pair in pairs)
    return Concerned(
        ports.store.seats.get(account_id).by_role,
        tuple(sorted(guest.name for guest in guests.values())),
        _keys(ports, account_id),
    )


def _keys(ports: Ports, account_id: str) -> int:
    return sum(1 for _ in every(lambda after: ports.store.api_keys.page(account_id, after, _PAGE)))
