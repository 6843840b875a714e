"""Who is in a group: put users in and take them out, and keep the lists that find them.

A user's own item says which groups they have, and decides; the rows under a group only find its
members. They are written before the user's item when a group is added and deleted after it when
one is taken, so that a crash in between leaves a row too many, which nobody is shown.
"""

from collections.abc import Iterable
from dataclasses import replace
from typing import Final

from gatehouse.domain.activity import Resource
from gatehouse.domain.errors import NotFound
from gatehouse.domain.grant import Scope
from gatehouse.domain.principal import Principal
from gatehouse.domain.user import User
from gatehouse.usecases.changes import Change, ListMember, Save, UnlistMember
from gatehouse.usecases.ports import Ports
from gatehouse.usecases.racing import settled
from gatehouse.usecases.receipts import Keep
from gatehouse.usecases.scope import check_scope
from gatehouse.usecases.writers import Writer, writer

_ROWS: Final = 90
"""How many rows one transaction takes."""


def change_membership(
    ports: Ports, principal: Principal, group_id: str, user_id: str, *, member: bool, keep: Keep
) -> None:
    """Put a user into a group or take them out; doing it twice changes nothing."""
    who = writer(principal, "change the members of groups")
    who.must_have_groups({group_id})

    def attempt() -> None:
        group = ports.store.directory.group(who.account_id, group_id)
        if group is None:
            raise NotFound(f"Your account has no group {group_id}.")
        old = own_user(ports, who, user_id)
        who.must_not_touch_administrators(old.role)
        if (group_id in old.group_ids) is member:
            ports.store.commit(keep(None))
            return
        fence = check_scope(ports, who.account_id, Scope(frozenset({group_id})), may_be_empty=True)
        groups = old.group_ids | {group_id} if member else old.group_ids - {group_id}
        new = replace(old, group_ids=groups, version=old.version + 1)
        ports.store.commit(
            Save(new, old),
            ListMember(new, group_id) if member else UnlistMember(new, group_id),
            fence,
            who.still(old),
            who.entry(
                ports,
                "group.member_added" if member else "group.member_removed",
                Resource("group", group_id, group.name),
                member_changed(old, member=member),
            ),
            keep(None),
        )

    settled(attempt)


def member_changed(user: User, *, member: bool) -> dict[str, tuple[object, object]]:
    """Return how the log says who came into a group or left it, readable without the user."""
    pairs = {"user_id": user.user_id, "user_name": user.name}
    return {key: (None, value) if member else (value, None) for key, value in pairs.items()}


def own_user(ports: Ports, who: Writer, user_id: str) -> User:
    """Return a user of the writer's account; NotFound for every other id."""
    user = ports.store.users.get(user_id)
    if user is None or user.account_id != who.account_id:
        raise NotFound(f"Your account has no user {user_id}.")
    return user


def list_under(ports: Ports, user: User, group_ids: Iterable[str]) -> None:
    """List a user under groups they are about to have."""
    _in_rows(ports, [ListMember(user, group_id) for group_id in sorted(group_ids)])


def unlist_from(ports: Ports, user: User, group_ids: Iterable[str]) -> None:
    """No longer list a user under groups they had."""
    _in_rows(ports, [UnlistMember(user, group_id) for group_id in sorted(group_ids)])


def _in_rows(ports: Ports, rows: list[Change]) -> None:
    for start in range(0, len(rows), _ROWS):
        ports.store.commit(*rows[start : start + _ROWS])
