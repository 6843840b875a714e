"""Find users, groups and organizations by words in their names, as far as the caller sees them."""

from collections.abc import Callable, Iterable
from typing import Final, TypeVar

from gatehouse.domain.directory import Group, Organization
from gatehouse.domain.finding import finder
from gatehouse.domain.pages import Page
from gatehouse.domain.principal import Principal
from gatehouse.domain.roles import Role
from gatehouse.domain.user import User
from gatehouse.usecases.groups import list_groups
from gatehouse.usecases.organizations import list_organizations
from gatehouse.usecases.ports import Ports
from gatehouse.usecases.sift import Found, sift
from gatehouse.usecases.stored import SORTED
from gatehouse.usecases.users import Described, described, list_users
from gatehouse.usecases.writers import reader

T = TypeVar("T")
_BY_NAME: Final = "by name: "
"""How a position begins in the order of names."""


def find_users(
    ports: Ports,
    principal: Principal,
    words: str,
    after: str | None,
    limit: int,
    role: Role | None = None,
) -> Found[Described]:
    """Return users whose names and addresses have all the words; with ``role``, those of it alone.

    By name in an account of at most ``SORTED`` users, in the order of creation in a larger one.
    """
    who = reader(principal, "see users")
    if after is None or after.startswith(_BY_NAME):
        everybody = ports.store.users.page(who.account_id, None, SORTED)
        if everybody.after is None:
            named = _named(everybody.items, words, role, after, limit)
            items = tuple(described(ports, who, named.items))
            return Found(items, named.after, by_name=True)
        after = None  # too many by now: from the beginning, in the other order
    if not words.split() and role is None:
        return _whole(list_users(ports, principal, after, limit))
    found = sift(
        lambda position, size: ports.store.users.page(who.account_id, position, size),
        lambda user: f"{user.name} {user.email}",
        lambda user: user.user_id,
        words,
        after,
        limit,
        None if role is None else lambda user: user.role is role,
    )
    return Found(tuple(described(ports, who, found.items)), found.after, found.stopped)


def _named(
    users: Iterable[User], words: str, role: Role | None, after: str | None, limit: int
) -> Page[User]:
    """Return the next of these users by name; the position is the name, and who of that name."""
    finds = finder(words)
    found = sorted(
        (f"{_BY_NAME}{user.name.casefold()} {user.user_id}", user)
        for user in users
        if role in {None, user.role} and finds(f"{user.name} {user.email}")
    )
    left = [one for one in found if after is None or one[0] > after]
    more = left[limit - 1][0] if len(left) > limit else None
    return Page(tuple(user for _, user in left[:limit]), more)


def find_groups(
    ports: Ports, principal: Principal, words: str, after: str | None, limit: int
) -> Found[Group]:
    """Return groups whose names have all the words; to a Manager those they belong to."""
    return sift(
        lambda position, size: list_groups(ports, principal, position, size),
        lambda group: group.name,
        lambda group: group.group_id,
        words,
        after,
        limit,
    )


def find_organizations(
    ports: Ports,
    principal: Principal,
    words: str,
    after: str | None,
    limit: int,
    wanted: Callable[[Organization], bool] | None = None,
) -> Found[Organization]:
    """Return organizations in the caller's reach whose names have all the words.

    ``wanted`` leaves out others, such as those that are chosen already.
    """
    return sift(
        lambda position, size: list_organizations(ports, principal, position, size),
        lambda organization: organization.name,
        lambda organization: organization.organization_id,
        words,
        after,
        limit,
        wanted,
    )


def find_colleagues(
    ports: Ports, principal: Principal, words: str, limit: int, *, without_group: str
) -> Found[User]:
    """Return the first users with all the words who are not in a group yet."""
    who = reader(principal, "see users")
    return sift(
        lambda position, size: ports.store.users.page(who.account_id, position, size),
        lambda user: f"{user.name} {user.email}",
        lambda user: user.user_id,
        words,
        None,
        limit,
        lambda user: without_group not in user.group_ids and who.touches(user.role),
    )


def _whole(page: Page[T]) -> Found[T]:
    return Found(page.items, page.after)
