"""Change many users alike: a role, or groups, person by person.

Each person is changed in a transaction of their own, by the same rules as alone, so one who may
not be changed stops nobody else. Whoever is as wanted already is left as they are: doing it twice
changes nothing more.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final

from gatehouse.domain.errors import GatehouseError, NotFound, Unable
from gatehouse.domain.principal import Principal
from gatehouse.domain.roles import Role
from gatehouse.usecases.ports import Ports
from gatehouse.usecases.receipts import no_receipt
from gatehouse.usecases.users import Described, UserChange, change_user, described
from gatehouse.usecases.writers import Writer, writer

MOST: Final = 50
"""How many people one call takes: as many as a page shows."""
_DOING: Final = "change users"


@dataclass(frozen=True, slots=True)
class Wish:
    """What is wanted of each: a role, or groups to have and groups to lose."""

    role: Role | None = None
    add: frozenset[str] = frozenset()
    take: frozenset[str] = frozenset()

    def of(self, one: Described) -> UserChange | None:
        """Return what changes of somebody; None if they are as wanted already."""
        groups = (one.group_ids | self.add) - self.take
        role = self.role or one.user.role
        if (role, groups) == (one.user.role, one.group_ids):
            return None
        return UserChange(
            role=None if role is one.user.role else role,
            group_ids=None if groups == one.group_ids else groups,
        )


@dataclass(frozen=True, slots=True)
class Done:
    """How it went with one person; ``refusal`` says why they were not changed."""

    one: Described
    changed: bool
    refusal: GatehouseError | None = None


def chosen_users(
    ports: Ports, principal: Principal, user_ids: Iterable[str]
) -> tuple[Described, ...]:
    """Return the users chosen, by name. Raises NotFound if one is not of the account."""
    who = writer(principal, _DOING)
    wanted = sorted(user_ids)[:MOST]
    known = ports.store.users.many(wanted)
    for user_id in wanted:
        if user_id not in known or known[user_id].account_id != who.account_id:
            raise NotFound(f"Your account has no user {user_id}.")
    found = described(ports, who, known.values())
    return tuple(sorted(found, key=lambda one: one.user.name.casefold()))


def change_users(
    ports: Ports, principal: Principal, user_ids: Iterable[str], wish: Wish
) -> tuple[Done, ...]:
    """Change each as wished; say of each whether it was done, and else why not."""
    who = writer(principal, _DOING)
    return tuple(
        _done(ports, who, one, wish.of) for one in chosen_users(ports, principal, user_ids)
    )


def _done(
    ports: Ports, who: Writer, one: Described, wish: Callable[[Described], UserChange | None]
) -> Done:
    change = wish(one)
    if change is None:
        return Done(one, changed=False)
    etag = str(one.user.version)
    try:
        change_user(ports, who.principal, one.user.user_id, change, etag, no_receipt)
    except Unable:
        raise
    except GatehouseError as refusal:
        return Done(one, changed=False, refusal=refusal)
    return Done(one, changed=True)
