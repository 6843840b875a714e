"""Finding in a log what concerns somebody, and taking nothing else out of it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from gatehouse.domain.activity import Activity, Actor, Category, Erased, Outcome, Resource
from gatehouse.domain.erasure import erased
from gatehouse.store import erasing
from gatehouse.store.dynamo import DynamoStore
from gatehouse.usecases.changes import Erase, LostRace
from gatehouse.usecases.stored import LogQuery

ACCOUNT, OTHER = (f"acc_{letter * 16}" for letter in "ab")
PAULA, ERIN = (f"usr_{'b' * 16}_{number:026}" for number in (1, 2))
BEGAN, NOW = datetime(2025, 3, 1, tzinfo=UTC), datetime(2026, 11, 22, 10, tzinfo=UTC)
BY = Erased(NOW, "era_1")


def entry(number: int, user_id: str, **more: object) -> Activity:
    """Return one of the entries that stand in the log a week after each other."""
    plain = Activity(
        account_id=ACCOUNT,
        activity_id=f"act_{number}",
        time=BEGAN + timedelta(weeks=number // 2),
        category=Category.DECISION,
        action="view",
        outcome=Outcome.ALLOWED,
        actor=Actor("user", "Somebody", user_id),
        ip_address="192.0.2.1",
        user_agent="Browser",
    )
    return replace(plain, **more)  # type: ignore[arg-type]  # fields of an entry


def everything(store: DynamoStore, user_id: str, most: int) -> list[Activity]:
    """Read passage by passage to the end."""
    found: list[Activity] = []
    after: str | None = None
    while True:
        passage = store.log.about(ACCOUNT, user_id, (BEGAN, NOW), after, most)
        assert len(passage.items) <= most
        found += passage.items
        after = passage.after
        if after is None:
            return found


@pytest.mark.parametrize(("looked_at", "queries", "most"), [(1_000, 10, 90), (3, 2, 2), (1, 1, 1)])
def test_what_concerns_somebody_is_found_in_order_wherever_reading_stops(
    store: DynamoStore, monkeypatch: pytest.MonkeyPatch, looked_at: int, queries: int, most: int
) -> None:
    monkeypatch.setattr(erasing, "_LOOKED_AT", looked_at)
    monkeypatch.setattr(erasing, "_QUERIES", queries)
    made = [
        entry(number, PAULA if number % 7 == 0 else ERIN, activity_id=f"act_{number % 3}{number}")
        for number in range(60)
    ]
    made[5] = replace(made[5], resource=Resource("user", PAULA, "Paula"))
    made[50] = replace(made[50], changes={"user_id": (None, PAULA), "user_name": (None, "Paula")})
    store.log.record(made)
    # Ids of which one begins like the other, at the same time.
    alike = [entry(40, PAULA, activity_id=id_) for id_ in ("act_4", "act_40", "act_4-", "act_4:x")]
    store.log.record(alike)
    store.log.record([entry(3, PAULA, account_id=OTHER)])
    expected = [made[n] for n in range(60) if n % 7 == 0 or n in {5, 50}] + alike
    found = everything(store, PAULA, most)
    assert sorted(one.activity_id for one in found) == sorted(one.activity_id for one in expected)
    assert [one.time for one in found] == sorted(one.time for one in found)


def test_an_erasure_takes_personal_fields_out_and_changes_nothing_else(store: DynamoStore) -> None:
    old = entry(100, PAULA, changes={"name": ("a", "b"), "role": ("lite", "editor")})
    old = replace(old, resource=Resource("user", PAULA, "Paula"))
    store.log.record([old])
    meddled = replace(
        erased(old, PAULA, BY),
        action="delete",
        outcome=Outcome.DENIED,
        category=Category.KEY,
        organization_id="org_1",
        actor=Actor("system", None, ERIN),
        user_agent="Forged",
    )
    store.commit(Erase(old, meddled))
    query = LogQuery(since=BEGAN, until=NOW + timedelta(days=900))
    (found,) = store.log.page(ACCOUNT, query, None, 10).items
    assert found == replace(erased(old, PAULA, BY), user_agent="Browser")
    by_her = store.log.page(ACCOUNT, replace(query, user_id=PAULA), None, 10).items
    assert by_her == (found,)


def test_an_erasure_makes_no_entry(store: DynamoStore) -> None:
    old = entry(1, PAULA)
    with pytest.raises(LostRace):
        store.commit(Erase(old, erased(old, PAULA, BY)))
    query = LogQuery(since=BEGAN, until=NOW)
    assert store.log.page(ACCOUNT, query, None, 10).items == ()
