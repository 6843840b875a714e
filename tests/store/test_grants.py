"""Direct organizations: spread under the next grant's id, gathered again, killed anywhere."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from gatehouse.domain.errors import Refused, StoreUnavailable
from gatehouse.domain.grant import DirectGrant, GrantState
from gatehouse.store import mapping
from gatehouse.store.dynamo import DynamoStore
from gatehouse.store.engine import Table
from gatehouse.usecases.changes import KeepGrant, LostRace, Remove, Save
from tests.store.conftest import MOST
from tests.store.faults import Calls, cancelled, raising, refused, table_of
from tests.store.raw import items
from tests.support.people import HOST, NOW, a_pair, an_organization, numbered

H = HOST.account_id
SOON = NOW + timedelta(hours=1)


def a_grant(count: int, name: str = "con_1.a", **more: Any) -> DirectGrant:
    ids = frozenset(numbered("org", number) for number in range(1, count + 1))
    return DirectGrant(H, name, ids, **{"state": GrantState.PREPARING, "due_at": SOON, **more})


def prepared(store: DynamoStore, grant: DirectGrant) -> DirectGrant:
    """Let the organizations and the grant's own item be there."""
    for organization_id in sorted(grant.organization_ids):
        if store.directory.organization(H, organization_id) is None:
            store.commit(Save(replace(an_organization(), organization_id=organization_id)))
    store.commit(KeepGrant(grant))
    return grant


def holding(store: DynamoStore, grant: DirectGrant) -> set[str]:
    """Return the organizations whose own item has the grant's id."""
    found = store.directory.organizations(H, grant.organization_ids)
    return {id_ for id_, one in found.items() if grant.grant_id in one.grants}


def in_force(grant: DirectGrant) -> DirectGrant:
    return replace(grant, state=GrantState.IN_FORCE, due_at=None)


def test_a_grant_is_kept_through_its_states(store: DynamoStore) -> None:
    grant = prepared(store, a_grant(2))
    assert store.grants.get(H, grant.grant_id) == grant
    store.commit(KeepGrant(in_force(grant)))
    assert store.grants.get(H, grant.grant_id) == in_force(grant)
    ended = replace(grant, state=GrantState.ENDED, due_at=NOW)
    store.commit(KeepGrant(ended))
    assert store.grants.many([(H, grant.grant_id), (H, "other")]) == {grant.grant_id: ended}


@pytest.mark.parametrize("state", GrantState)
def test_a_grant_takes_no_step_twice_and_none_out_of_order(
    store: DynamoStore, table: Table, state: GrantState
) -> None:
    grant = prepared(store, a_grant(1))
    step = KeepGrant(replace(grant, state=state))
    if state is GrantState.IN_FORCE:
        store.commit(step)
    with pytest.raises(LostRace):
        store.commit(step)
    with pytest.raises(LostRace):
        store.commit(KeepGrant(replace(in_force(grant), grant_id="gone")))
    assert {sk for pk, sk in items(table) if pk.endswith("#GRANT")} == {grant.grant_id}


def test_spreading_writes_the_id_into_every_organization_and_changes_nothing_else(
    store: DynamoStore,
) -> None:
    grant = prepared(store, a_grant(3))
    store.commit(Save(an_organization(9)))
    store.grants.spread(grant)
    assert holding(store, grant) == grant.organization_ids
    found = store.directory.organization(H, numbered("org", 1))
    assert found == replace(an_organization(1), grants=frozenset({grant.grant_id}))
    assert store.directory.organization(H, numbered("org", 9)) == an_organization(9)
    store.grants.spread(grant)
    assert holding(store, grant) == grant.organization_ids


def test_gathering_takes_the_id_away_and_forgets_a_replaced_grant(store: DynamoStore) -> None:
    old, new = prepared(store, a_grant(3, "con_1.a")), prepared(store, a_grant(2, "con_1.b"))
    for grant in (old, new):
        store.grants.spread(grant)
        store.commit(KeepGrant(in_force(grant)))
    replaced = replace(old, state=GrantState.REPLACED, due_at=NOW)
    store.commit(KeepGrant(replaced))
    store.grants.gather(replaced)
    assert holding(store, old) == set()
    assert holding(store, new) == new.organization_ids
    assert store.grants.get(H, old.grant_id) is None
    assert list(store.due(SOON)) == []
    store.grants.gather(replaced)


def test_gathering_an_ended_grant_keeps_what_it_named_for_the_history(store: DynamoStore) -> None:
    grant = prepared(store, a_grant(2))
    store.grants.spread(grant)
    store.commit(KeepGrant(in_force(grant)))
    ended = replace(grant, state=GrantState.ENDED, due_at=NOW)
    store.commit(KeepGrant(ended))
    for _ in range(2):
        store.grants.gather(ended)
        assert store.grants.get(H, grant.grant_id) == replace(ended, due_at=None)
        assert holding(store, grant) == set()
    assert list(store.due(SOON)) == []


def test_what_was_prepared_and_never_named_is_gathered(store: DynamoStore) -> None:
    grant = prepared(store, a_grant(2))
    store.grants.spread(grant)
    store.grants.gather(grant)
    assert holding(store, grant) == set()
    assert store.grants.get(H, grant.grant_id) is None
    with pytest.raises(LostRace):
        store.commit(KeepGrant(in_force(grant)))


def test_what_was_named_meanwhile_is_not_gathered(store: DynamoStore) -> None:
    grant = prepared(store, a_grant(2))
    store.grants.spread(grant)
    store.commit(KeepGrant(in_force(grant)))
    store.grants.gather(grant)
    assert holding(store, grant) == grant.organization_ids
    assert store.grants.get(H, grant.grant_id) == in_force(grant)


def test_an_unknown_organization_is_named_and_nothing_of_its_chunk_is_written(
    store: DynamoStore,
) -> None:
    grant = prepared(store, a_grant(3))
    store.commit(Remove(an_organization(2)))
    with pytest.raises(Refused) as refusal:
        store.grants.spread(grant)
    (field,) = refusal.value.fields
    assert field.pointer == "/organization_ids"
    assert field.detail == f"There is no organization {numbered('org', 2)} in your account."
    assert holding(store, grant) == set()


def test_an_organization_at_its_limit_of_grants_is_named_with_the_limit(
    store: DynamoStore,
) -> None:
    full, free = an_organization(1), an_organization(2)
    store.commit(Save(replace(full, grants=frozenset(map(str, range(MOST))))), Save(free))
    with pytest.raises(Refused) as refusal:
        store.grants.spread(a_grant(2))
    (field,) = refusal.value.fields
    assert full.organization_id in field.detail
    assert f"{MOST} direct grants, which is the limit" in field.detail
    assert holding(store, a_grant(2)) == set()


def test_a_thousand_organizations_stand_under_one_grant(ministack_table: str) -> None:
    """Not on moto, which copies the whole table in every transaction."""
    store = DynamoStore(Table(ministack_table, "us-east-1"))
    grant = a_grant(1_000)
    table_of(store).write_many(
        [mapping.organization_row(an_organization(number)) for number in range(1, 1_001)]
    )
    store.commit(KeepGrant(grant))
    store.grants.spread(grant)
    assert holding(store, grant) == grant.organization_ids
    pair = a_pair(all_organizations=False, grant_id=grant.grant_id)
    assert store.directory.reach_count(H, pair) == 1_000
    page = store.directory.reach_page(H, pair, numbered("org", 990), 50)
    assert [one.organization_id for one in page.items] == [
        numbered("org", number) for number in range(991, 1_001)
    ]


@pytest.mark.parametrize("after", [0, 1, 2])
def test_spreading_that_is_killed_anywhere_is_cleared_by_gathering(
    moto_only: DynamoStore, monkeypatch: pytest.MonkeyPatch, after: int
) -> None:
    monkeypatch.setattr("gatehouse.store.grants._CHUNK", 2)
    grant = prepared(moto_only, a_grant(6))
    calls = Calls(table_of(moto_only), monkeypatch)
    calls.fail("TransactWriteItems", through, after)
    calls.fail("TransactWriteItems", raising(refused("InternalServerError")))
    with pytest.raises(StoreUnavailable):
        moto_only.grants.spread(grant)
    assert len(holding(moto_only, grant)) == 2 * after
    moto_only.grants.gather(grant)
    assert holding(moto_only, grant) == set()
    assert moto_only.grants.get(H, grant.grant_id) is None


@pytest.mark.parametrize("after", range(5))
def test_gathering_that_is_killed_anywhere_goes_on_where_it_was(
    moto_only: DynamoStore, monkeypatch: pytest.MonkeyPatch, after: int
) -> None:
    grant = prepared(moto_only, a_grant(3))
    moto_only.grants.spread(grant)
    calls = Calls(table_of(moto_only), monkeypatch)
    for operation in ("UpdateItem", "DeleteItem"):
        calls.fail(operation, through, after if operation == "UpdateItem" else 0)
        calls.fail(operation, raising(refused("InternalServerError")))
    with pytest.raises(StoreUnavailable):
        moto_only.grants.gather(grant)
    calls._faults.clear()
    left = moto_only.grants.get(H, grant.grant_id)
    assert left is not None
    assert [due.id for due in moto_only.due(SOON)] == [grant.grant_id]
    moto_only.grants.gather(left)
    assert holding(moto_only, grant) == set()
    assert moto_only.grants.get(H, grant.grant_id) is None


def test_a_conflict_beside_a_missing_organization_blames_the_missing_one_alone(
    moto_only: DynamoStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    moto_only.commit(Save(an_organization(1)))
    calls = Calls(table_of(moto_only), monkeypatch)
    calls.fail("TransactWriteItems", cancelled("TransactionConflict", "ConditionalCheckFailed"))
    with pytest.raises(Refused) as refusal:
        moto_only.grants.spread(a_grant(2))
    assert [numbered("org", 2) in field.detail for field in refusal.value.fields] == [True]


def through(_: Mapping[str, Any]) -> None:
    """Be no fault."""
