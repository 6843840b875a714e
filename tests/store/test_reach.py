"""What somebody reaches: sources merged, each organization once; and what deletions leave."""

from dataclasses import replace
from datetime import timedelta

import pytest

from gatehouse.domain.errors import StoreUnavailable
from gatehouse.domain.grant import DirectGrant, GrantState
from gatehouse.store import table as t
from gatehouse.store.dynamo import DynamoStore
from gatehouse.store.engine import Table
from gatehouse.usecases.changes import KeepGrant, ListMember, Reach, Remove, Save
from tests.store.faults import Calls, raising, refused, table_of
from tests.store.raw import items
from tests.support.people import HOST, NOW, a_group, a_pair, a_user, an_organization, numbered

H = HOST.account_id
ONE, TWO = numbered("grp", 1), numbered("grp", 2)
THROUGH = {ONE: (1, 3, 5), TWO: (3, 4)}
DIRECT = (2, 3, 7)
PAIR = a_pair(all_organizations=False, group_ids=frozenset({ONE, TWO}), grant_id="con_1.a")


def ids(*numbers: int) -> list[str]:
    return [numbered("org", number) for number in numbers]


@pytest.fixture
def full(store: DynamoStore) -> DynamoStore:
    """Return a store with two groups, a grant, and organizations reached in every way."""
    for number in range(1, 9):
        store.commit(Save(an_organization(number)))
    for group, numbers in THROUGH.items():
        store.commit(Save(replace(a_group(), group_id=group)))
        for number in numbers:
            store.commit(Reach(H, group, numbered("org", number)))
    grant = DirectGrant(H, "con_1.a", frozenset(ids(*DIRECT)), GrantState.PREPARING, NOW)
    store.commit(KeepGrant(grant))
    store.grants.spread(grant)
    store.commit(KeepGrant(replace(grant, state=GrantState.IN_FORCE, due_at=None)))
    return store


def reached(store: DynamoStore, pair: object = PAIR, limit: int = 50) -> list[str]:
    found: list[str] = []
    after: str | None = None
    while True:
        page = store.directory.reach_page(H, pair, after, limit)  # type: ignore[arg-type]  # a holder
        assert len(page.items) <= limit
        found += [one.organization_id for one in page.items]
        after = page.after
        if after is None:
            return found


def test_all_sources_are_merged_in_order_and_without_doubles_under_every_limit(
    full: DynamoStore,
) -> None:
    for limit in (1, 2, 3, 6, 7):
        assert reached(full, limit=limit) == ids(1, 2, 3, 4, 5, 7), limit
    assert full.directory.reach_count(H, PAIR) == 6


def test_a_group_of_more_organizations_than_one_read_returns_is_counted_whole(
    store: DynamoStore, table: Table
) -> None:
    many = range(1, 451)
    table.write_many([t.Row(*t.reach_key(H, ONE, numbered("org", number))) for number in many])
    table.write_many([t.Row(*t.reach_key(H, TWO, numbered("org", number))) for number in (3, 999)])
    through = replace(PAIR, group_ids=frozenset({ONE}), grant_id=None)
    assert store.directory.reach_count(H, through) == 450
    assert store.directory.reach_count(H, replace(PAIR, grant_id=None)) == 451


def test_each_source_alone_gives_what_is_its_own(full: DynamoStore) -> None:
    nothing = replace(PAIR, group_ids=frozenset(), grant_id=None)
    assert reached(full, nothing) == []
    assert reached(full, replace(nothing, group_ids=frozenset({TWO}))) == ids(3, 4)
    assert reached(full, replace(nothing, grant_id="con_1.a")) == ids(*DIRECT)
    assert reached(full, replace(nothing, grant_id="con_1.other")) == []
    everything = replace(nothing, all_organizations=True)
    assert reached(full, everything, 3) == ids(*range(1, 9))
    assert full.directory.reach_count(H, everything) == 8


def test_an_organization_made_later_is_reached_by_all_at_once(full: DynamoStore) -> None:
    full.commit(Save(an_organization(9)))
    everything = replace(PAIR, all_organizations=True)
    assert reached(full, everything) == ids(*range(1, 10))
    assert full.directory.reach_count(H, everything) == 9
    assert reached(full) == ids(1, 2, 3, 4, 5, 7)


def test_a_list_shows_only_what_the_organization_itself_confirms(full: DynamoStore) -> None:
    """An entry that only finds an organization gives nobody access to it."""
    grant = full.grants.get(H, "con_1.a")
    assert grant is not None
    ended = replace(grant, state=GrantState.ENDED, due_at=NOW)
    full.commit(KeepGrant(ended))
    full.grants.gather(ended)
    assert reached(full) == ids(1, 3, 4, 5)


def organization(store: DynamoStore, number: int) -> object:
    return store.directory.organization(H, numbered("org", number))


def removed(store: DynamoStore, number: int) -> str:
    """Remove an organization as it stands, without tidying up after it."""
    old = store.directory.organization(H, numbered("org", number))
    assert old is not None
    store.commit(Remove(old))
    return old.organization_id


def test_a_removed_organization_is_reached_by_nobody_from_that_write_on(
    full: DynamoStore,
) -> None:
    removed(full, 3)
    assert reached(full) == ids(1, 2, 4, 5, 7)
    assert full.directory.group_organizations_page(H, TWO, None, 9).items == (
        full.directory.organization(H, numbered("org", 4)),
    )


def test_tidying_takes_a_removed_organization_from_every_list(full: DynamoStore) -> None:
    gone = removed(full, 3)
    assert full.directory.unfinished_removal(H, gone)
    full.directory.tidy_removal(H, gone)
    assert not full.directory.unfinished_removal(H, gone)
    assert full.directory.reach_count(H, PAIR) == 5
    grant = full.grants.get(H, "con_1.a")
    assert grant is not None
    assert sorted(grant.organization_ids) == ids(2, 7)
    assert [one.kind for one in full.due(NOW + timedelta(days=9))] == []
    full.directory.tidy_removal(H, gone)


def test_tidying_takes_a_removed_group_from_its_members_and_organizations(
    full: DynamoStore, table: Table
) -> None:
    members = [a_user(n, HOST, group_ids=frozenset({ONE, TWO})) for n in (1, 2, 3)]
    for user in members:
        full.commit(Save(user), ListMember(user, ONE), ListMember(user, TWO))
    full.commit(ListMember(a_user(9, HOST), ONE))
    full.commit(Remove(a_group(1)))
    assert full.directory.unfinished_removal(H, ONE)
    full.directory.tidy_removal(H, ONE)
    for user in members:
        found = full.users.get(user.user_id)
        assert found == replace(user, group_ids=frozenset({TWO}), version=user.version + 1)
    assert reached(full) == ids(2, 3, 4, 7)
    assert full.users.get(a_user(9, HOST).user_id) is None
    assert not [key for key in items(table) if key[0].endswith(f"#{ONE}")]
    assert not full.directory.unfinished_removal(H, ONE)


def test_nothing_is_tidied_that_was_not_removed(full: DynamoStore, table: Table) -> None:
    before = items(table)
    full.directory.tidy_removal(H, TWO)
    full.directory.tidy_removal(H, numbered("org", 1))
    assert not full.directory.unfinished_removal(H, TWO)
    assert items(table) == before


@pytest.mark.parametrize("what", ["group", "organization"])
def test_tidying_that_is_killed_anywhere_goes_on_where_it_was(
    moto_only: DynamoStore, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    store, user = moto_only, a_user(1, HOST, group_ids=frozenset({ONE}))
    store.commit(Save(a_group(1)), Save(an_organization(1)), Save(user), ListMember(user, ONE))
    store.commit(Reach(H, ONE, numbered("org", 1)))
    gone = ONE if what == "group" else numbered("org", 1)
    if what == "group":
        store.commit(Remove(a_group(1)))
    else:
        removed(store, 1)
    calls = Calls(table_of(store), monkeypatch)
    for _ in range(30):
        calls._faults.clear()
        calls.fail("UpdateItem", lambda _: None)
        calls.fail("UpdateItem", raising(refused("InternalServerError")))
        calls.fail("DeleteItem", raising(refused("InternalServerError")))
        try:
            store.directory.tidy_removal(H, gone)
        except StoreUnavailable:
            assert store.directory.unfinished_removal(H, gone)
            calls._faults.clear()
            calls.fail("DeleteItem", lambda _: None)
            calls.fail("DeleteItem", raising(refused("InternalServerError")))
            calls.fail("UpdateItem", lambda _: None, 2)
            calls.fail("UpdateItem", raising(refused("InternalServerError")))
            try:
                store.directory.tidy_removal(H, gone)
            except StoreUnavailable:
                continue
        break
    assert not store.directory.unfinished_removal(H, gone)
    assert list(store.due(NOW + timedelta(days=9))) == []
    found = store.users.get(user.user_id)
    assert found is not None
    if what == "group":
        assert found.group_ids == frozenset()
        assert organization(store, 1) == an_organization(1)
