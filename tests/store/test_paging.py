"""Lists come whole and without doubles, whatever the limit."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest

from gatehouse.domain.pages import Page
from gatehouse.domain.roles import Role
from gatehouse.domain.user import Status
from gatehouse.store.dynamo import DynamoStore
from gatehouse.usecases.changes import Enrol, ListMember, Reach, Remove, Save
from tests.support.people import (
    ELSE,
    GUEST,
    HOST,
    a_connection,
    a_group,
    a_pair,
    a_user,
    an_api_key,
    an_organization,
    numbered,
)

H, G = HOST.account_id, GUEST.account_id
COUNT = 5
GROUP = numbered("grp", 1)
Read = Callable[[str | None, int], Page[Any]]


def pages(read: Read, limit: int) -> Iterator[tuple[Any, ...]]:
    """Read a list page by page."""
    after: str | None = None
    for _ in range(100):
        page = read(after, limit)
        assert len(page.items) <= limit
        yield page.items
        after = page.after
        if after is None:
            return
    raise AssertionError("this list never ends")


@pytest.fixture
def lists(store: DynamoStore) -> Mapping[str, tuple[Read, list[str]]]:
    """Return each list with the ids it has to show, in order; others' things stand beside."""
    numbers = range(1, COUNT + 1)
    users = [a_user(n, HOST, group_ids=frozenset({GROUP})) for n in numbers]
    for n, user in zip(numbers, users, strict=True):
        store.commit(Save(user), ListMember(user, GROUP), Save(a_group(n)), Save(an_api_key(n)))
        store.commit(Save(an_organization(n)), Save(a_connection(n)))
        store.commit(Reach(H, GROUP, numbered("org", n)))
    other = a_user(1, GUEST)
    store.commit(Save(other), Save(a_group(9, GUEST)), Save(an_api_key(9, GUEST)))
    store.commit(Save(an_organization(9, GUEST)), Save(a_connection(9, host=GUEST, guest=ELSE)))
    everything = a_user(1, HOST, all_organizations=True)
    through_group = a_pair(all_organizations=False, group_ids=frozenset({GROUP}))
    newest_first = [numbered("con", n) for n in reversed(numbers)]
    organizations = [numbered("org", n) for n in numbers]
    d, c = store.directory, store.connections
    return {
        "users": (lambda a, n: store.users.page(H, a, n), [u.user_id for u in users]),
        "members": (lambda a, n: d.members_page(H, GROUP, a, n), [u.user_id for u in users]),
        "groups": (lambda a, n: d.groups_page(H, a, n), [numbered("grp", n) for n in numbers]),
        "keys": (
            lambda a, n: store.api_keys.page(H, a, n),
            [an_api_key(n).api_key_id for n in numbers],
        ),
        "organizations": (lambda a, n: d.organizations_page(H, a, n), organizations),
        "of a group": (lambda a, n: d.group_organizations_page(H, GROUP, a, n), organizations),
        "reached by all": (lambda a, n: d.reach_page(H, everything, a, n), organizations),
        "reached by a group": (lambda a, n: d.reach_page(H, through_group, a, n), organizations),
        "outgoing": (lambda a, n: c.page(H, a, n), newest_first),
        "incoming": (lambda a, n: c.incoming_page(G, a, n), newest_first),
    }


def id_of(thing: Any) -> str:
    for name in ("user_id", "group_id", "organization_id", "connection_id", "api_key_id"):
        if hasattr(thing, name):
            return str(getattr(thing, name))
    raise AssertionError(thing)


def test_every_list_is_whole_in_order_and_without_doubles_under_every_limit(
    lists: Mapping[str, tuple[Read, list[str]]],
) -> None:
    for name, (read, expected) in lists.items():
        for limit in (1, 2, COUNT - 1, COUNT, COUNT + 1):
            found = [id_of(one) for page in pages(read, limit) for one in page]
            assert found == expected, f"{name}, {limit} at a time"


def test_a_full_last_page_has_no_next_one(
    lists: Mapping[str, tuple[Read, list[str]]],
) -> None:
    for name, (read, _) in lists.items():
        assert read(None, COUNT).after is None, name
        assert read(None, COUNT - 1).after is not None, name


def test_what_is_made_or_removed_between_two_pages_disturbs_no_other(store: DynamoStore) -> None:
    for n in (1, 2, 3, 5):
        store.commit(Save(a_group(n)))
    first = store.directory.groups_page(H, None, 2)
    store.commit(Remove(a_group(2)), Save(a_group(4)))
    second = store.directory.groups_page(H, first.after, 10)
    assert [group.group_id for group in second.items] == [numbered("grp", n) for n in (3, 4, 5)]


def test_members_are_those_whose_own_item_says_so(store: DynamoStore) -> None:
    member = a_user(1, HOST, group_ids=frozenset({GROUP}))
    listed_only = a_user(2, HOST)
    for user in (member, listed_only):
        store.commit(Save(user), ListMember(user, GROUP))
    store.commit(ListMember(a_user(3, HOST), GROUP))
    assert store.directory.members_page(H, GROUP, None, 10).items == (member,)


def test_administrators_are_the_active_ones_of_the_account(store: DynamoStore) -> None:

    boss = a_user(1, HOST, role=Role.ADMINISTRATOR)
    gone = a_user(2, HOST, role=Role.ADMINISTRATOR, status=Status.DEACTIVATED)
    lower = a_user(3, HOST, role=Role.MANAGER)
    for user in (boss, gone, lower):
        store.commit(Save(user), Enrol(user))
    store.commit(Enrol(a_user(4, HOST)))
    assert store.users.administrators(H) == [boss]


def test_pairs_are_found_by_host_and_by_both(store: DynamoStore) -> None:
    pairs = [a_pair(guest_account_id=of.account_id) for of in (GUEST, ELSE)]
    for pair in pairs:
        store.commit(Save(pair))
    store.commit(Save(a_pair(host_account_id=G, guest_account_id=H)))
    assert list(store.connections.pairs(H)) == pairs
    found = store.connections.facing([(H, G), (H, H), (H, ELSE.account_id), (H, G)])
    assert sorted(found, key=lambda pair: pair.guest_account_id) == pairs
