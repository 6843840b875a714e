"""What many use cases are about to read, read at once; and what they have decided since.

Everything here is of one account, strongly consistent when it was read. Whoever writes by it writes
on condition that it is still so.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from functools import partial
from typing import Any, TypeVar

from gatehouse.domain.directory import Group, Organization
from gatehouse.domain.grant import DirectGrant
from gatehouse.domain.seats import Seats, no_seat_free, taken_by
from gatehouse.domain.user import User
from gatehouse.usecases.ports import Ports

T = TypeVar("T")


class ReadAhead:
    """Entities by id, None for one that is not there."""

    def __init__(self, ports: Ports, account_id: str) -> None:
        self._store = ports.store
        self._account_id = account_id
        self.clear()

    def clear(self) -> None:
        """Forget everything."""
        self._users: dict[str, User | None] = {}
        self._groups: dict[str, Group | None] = {}
        self._organizations: dict[str, Organization | None] = {}
        self._owners: dict[str, str | None] = {}
        self._grants: dict[str, DirectGrant | None] = {}
        self._counts: dict[tuple[str, str], int] = {}
        self._seats: Seats | None = None

    # ---- reading

    def owners(self, emails: Iterable[str]) -> Mapping[str, str]:
        """Return who has these addresses, those of other accounts too."""
        return _known(self._owners, emails, partial(self._store.accounts.owners, "email"))

    def owner(self, email: str) -> str | None:
        return self.owners([email]).get(email)

    def user(self, user_id: str) -> User | None:
        return self.users([user_id]).get(user_id)

    def users(self, user_ids: Iterable[str]) -> Mapping[str, User]:
        return _known(self._users, user_ids, self._store.users.many)

    def groups(self, group_ids: Iterable[str]) -> Mapping[str, Group]:
        read = self._store.directory.groups
        return _known(self._groups, group_ids, lambda ids: read(self._account_id, ids))

    def organization(self, organization_id: str) -> Organization | None:
        return self.organizations([organization_id]).get(organization_id)

    def organizations(self, organization_ids: Iterable[str]) -> Mapping[str, Organization]:
        read = self._store.directory.organizations
        return _known(
            self._organizations, organization_ids, lambda ids: read(self._account_id, ids)
        )

    def grants(self, keys: Iterable[tuple[str, str]]) -> Mapping[str, DirectGrant]:
        accounts = {grant_id: account_id for account_id, grant_id in keys}
        read = self._store.grants.many
        return _known(self._grants, accounts, lambda ids: read((accounts[id_], id_) for id_ in ids))

    def count(self, what: str, account_id: str) -> int:
        """Return the account's count of ``removals`` or ``namings``."""
        if (what, account_id) not in self._counts:
            self._counts[what, account_id] = getattr(self._store.accounts, what)(account_id)
        return self._counts[what, account_id]

    def seat(self, old: User | None, new: User) -> None:
        """Count who takes a seat. Raises SeatsTaken if the plan has no room for them."""
        moved = taken_by(old, new)
        if self._seats is None:
            self._seats = self._store.seats.get(self._account_id)
        if not self._seats.has_room_for(sum(moved.values())):
            raise no_seat_free(self._seats)
        now = Counter(self._seats.by_role)
        now.update(moved)
        self._seats = replace(self._seats, by_role=now)

    # ---- learning what is about to be

    def learn(self, new: User | Group | Organization) -> None:
        match new:
            case User():
                self._users[new.user_id] = new
            case Group():
                self._groups[new.group_id] = new
            case Organization():
                self._organizations[new.organization_id] = new

    def learn_owner(self, email: str, user_id: str | None) -> None:
        self._owners[email] = user_id

    def learn_grant(self, grant: DirectGrant) -> None:
        self._grants[grant.grant_id] = grant

    def learn_reach(
        self, organization_id: str, group_id: str, reached: bool
    ) -> None:  # two words say it
        old = self._organizations.get(organization_id)
        if old is not None:
            groups = old.groups | {group_id} if reached else old.groups - {group_id}
            self._organizations[organization_id] = replace(old, groups=groups)


def _known(
    known: dict[str, T | None],
    ids: Iterable[str],
    read: Callable[[list[str]], Mapping[str, T]],
) -> dict[str, T]:
    """Return what there is of these, reading at once what is not known yet."""
    wanted = list(dict.fromkeys(ids))
    missing = [id_ for id_ in wanted if id_ not in known]
    if missing:
        found: Mapping[str, Any] = read(missing)
        known.update({id_: found.get(id_) for id_ in missing})
    return {id_: one for id_ in wanted if (one := known[id_]) is not None}
