"""Find users, groups and organizations by words in their names, as far as the caller sees them.

Names stand in no index: one by prefix would find beginnings alone, and cost two more writes at
every rename of what decisions read. So a search reads on in the order of the list, at most
``READ_AT_MOST`` at a time, and says that it stopped: with 20,000 organizations nobody waits for
all of them, and whoever wants to goes on from there.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

from gatehouse.domain.directory import Group, Organization
from gatehouse.domain.pages import Page
from gatehouse.domain.principal import Principal
from gatehouse.domain.user import User
from gatehouse.usecases.groups import list_groups
from gatehouse.usecases.organizations import list_organizations
from gatehouse.usecases.ports import Ports
from gatehouse.usecases.users import Described, described, list_users
from gatehouse.usecases.writers import reader

T = TypeVar("T")
READ_AT_MOST: Final = 5_000
"""How many one search looks at before it asks whether to go on."""
_AT_ONCE: Final = 1_000


@dataclass(frozen=True, slots=True)
class Found(Generic[T]):
    """What was found in order, and after what the rest follows (None at the end).

    ``stopped`` says that there may be more because as many were looked at as one search may.
    """

    items: tuple[T, ...]
    after: str | None = None
    stopped: bool = False


def find_users(
    ports: Ports, principal: Principal, words: str, after: str | None, limit: int
) -> Found[Described]:
    """Return users whose names and addresses have all the words, in the order of creation."""
    who = reader(principal, "see users")
    if not words.split():
        return _whole(list_users(ports, principal, after, limit))
    found = _search(
        lambda position, size: ports.store.users.page(who.account_id, position, size),
        lambda user: f"{user.name} {user.email}",
        lambda user: user.user_id,
        words,
        after,
        limit,
    )
    return Found(tuple(described(ports, who, found.items)), found.after, found.stopped)


def find_groups(
    ports: Ports, principal: Principal, words: str, after: str | None, limit: int
) -> Found[Group]:
    """Return groups whose names have all the words; to a Manager those they belong to."""
    return _search(
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
    return _search(
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
    return _search(
        lambda position, size: ports.store.users.page(who.account_id, position, size),
        lambda user: f"{user.name} {user.email}",
        lambda user: user.user_id,
        words,
        None,
        limit,
        lambda user: without_group not in user.group_ids and who.touches(user.role),
    )


def _search(
    read: Callable[[str | None, int], Page[T]],
    text_of: Callable[[T], str],
    id_of: Callable[[T], str],
    words: str,
    after: str | None,
    limit: int,
    wanted: Callable[[T], bool] | None = None,
) -> Found[T]:
    sought = words.casefold().split()
    found: list[T] = []
    for _ in range(READ_AT_MOST // _AT_ONCE):
        # Where all match, as many as are shown are enough.
        page = read(after, _AT_ONCE if sought or wanted else limit)
        for item in page.items:
            text = text_of(item).casefold()
            if (wanted is None or wanted(item)) and all(word in text for word in sought):
                found.append(item)
            if len(found) == limit:
                at_the_end = page.after is None and item is page.items[-1]
                return Found(tuple(found), None if at_the_end else id_of(item))
        after = page.after
        if after is None:
            return Found(tuple(found))
    return Found(tuple(found), after, stopped=True)


def _whole(page: Page[T]) -> Found[T]:
    return Found(page.items, page.after)
