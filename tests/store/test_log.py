"""The log: only appended to, newest first, across months and years."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from gatehouse.domain.activity import Activity, Actor, Category, Outcome, Resource
from gatehouse.domain.roles import Role
from gatehouse.store import log
from gatehouse.store.dynamo import DynamoStore
from gatehouse.usecases.stored import LogQuery
from tests.support.people import GUEST, HOST, NOW, an_activity, numbered, user_id

H = HOST.account_id
MILLISECOND = timedelta(milliseconds=1)
MOMENTS = [
    datetime(2025, 11, 30, 23, 59, 59, 999_000, tzinfo=UTC),
    datetime(2025, 12, 31, 23, 59, 59, 999_000, tzinfo=UTC),
    datetime(2026, 1, 1, tzinfo=UTC),
    datetime(2026, 1, 1, 0, 0, 0, 1_000, tzinfo=UTC),
    datetime(2026, 1, 31, 23, 59, 59, 999_000, tzinfo=UTC),
    datetime(2026, 3, 1, tzinfo=UTC),
    datetime(2026, 3, 1, tzinfo=UTC),
]
"""Around the ends of months and of a year; February has none; the last two are one moment."""
ALL = LogQuery(datetime(2025, 1, 1, tzinfo=UTC), datetime(2026, 12, 1, tzinfo=UTC))

FULL = an_activity(
    1,
    category=Category.ACTIVITY,
    outcome=Outcome.DENIED,
    actor=Actor("user", "Sam", user_id(1), None, GUEST.account_id, Role.MANAGER, Role.EDITOR),
    reason="organization_not_granted",
    connection_id=numbered("con", 1),
    guest_account_id=GUEST.account_id,
    organization_id=numbered("org", 1),
    resource=Resource("password", "p-1", "Root"),
    ip_address="2001:db8::1",
    user_agent="a browser",
    changes={"maximum_role": ("creator", "editor"), "group_ids": ([], [numbered("grp", 1)])},
)


def entries() -> list[Activity]:
    return [an_activity(number, moment) for number, moment in enumerate(MOMENTS)]


def walk(store: DynamoStore, query: LogQuery, limit: int) -> Iterator[str]:
    """Read the log page by page; return the ids of its entries."""
    after: str | None = None
    for _ in range(200):
        page = store.log.page(H, query, after, limit)
        assert len(page.items) <= limit
        yield from (entry.activity_id for entry in page.items)
        after = page.after
        if after is None:
            return
    raise AssertionError("this log never ends")


def ids(*numbers: int) -> list[str]:
    return [numbered("act", number) for number in numbers]


def test_an_entry_is_read_back_as_it_was_recorded(store: DynamoStore) -> None:
    bare = an_activity(2, NOW - MILLISECOND)
    store.log.record([FULL])
    store.log.record([bare])
    assert store.log.page(H, LogQuery(NOW - MILLISECOND, NOW), None, 9).items == (FULL, bare)


def test_a_log_comes_whole_newest_first_and_without_doubles_under_every_limit(
    store: DynamoStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.log.record(entries())
    expected = ids(*range(len(MOMENTS) - 1, -1, -1))
    for chunk, most in ((200, 2_000), (3, 4), (2, 1)):
        monkeypatch.setattr(log, "_CHUNK", chunk)
        monkeypatch.setattr(log, "_READ", most)
        for limit in (1, 2, len(MOMENTS), 200):
            assert list(walk(store, ALL, limit)) == expected, (chunk, most, limit)


@pytest.mark.parametrize("chunk", [200, 2])
def test_a_span_has_its_first_and_its_last_millisecond(
    store: DynamoStore, monkeypatch: pytest.MonkeyPatch, chunk: int
) -> None:
    monkeypatch.setattr(log, "_CHUNK", chunk)
    store.log.record(entries())
    for first in range(len(MOMENTS)):
        for last in range(first, len(MOMENTS)):
            query = LogQuery(MOMENTS[first], MOMENTS[last])
            expected = [
                number
                for number, moment in enumerate(MOMENTS)
                if MOMENTS[first] <= moment <= MOMENTS[last]
            ]
            assert list(walk(store, query, 50)) == ids(*reversed(expected))
    for number in (0, 2, 4):
        outside = LogQuery(MOMENTS[number] + MILLISECOND, MOMENTS[number + 1] - MILLISECOND)
        if outside.since <= outside.until:
            assert list(walk(store, outside, 50)) == []


def test_a_span_that_ends_before_it_begins_is_empty(store: DynamoStore) -> None:
    store.log.record(entries())
    assert store.log.page(H, LogQuery(NOW, NOW - MILLISECOND), None, 9).items == ()
    same_month = LogQuery(MOMENTS[3], MOMENTS[2])
    assert store.log.page(H, same_month, None, 9) == store.log.page(H, same_month, None, 1)


def test_a_page_of_a_span_that_moved_on_meanwhile_is_the_end(store: DynamoStore) -> None:
    """The last 30 days end later when the second page is asked for than when the first was."""
    store.log.record(entries())
    first = store.log.page(H, LogQuery(MOMENTS[2], MOMENTS[4]), None, 2)
    assert first.after is not None
    later = LogQuery(MOMENTS[4], MOMENTS[5])
    assert store.log.page(H, later, first.after, 9).items == ()


def test_entries_of_others_are_others(store: DynamoStore) -> None:
    store.log.record([an_activity(1), an_activity(2, account_id=GUEST.account_id)])
    assert list(walk(store, LogQuery(NOW, NOW), 9)) == ids(1)
    theirs = store.log.page(GUEST.account_id, LogQuery(NOW, NOW), None, 9).items
    assert [entry.activity_id for entry in theirs] == ids(2)


FILTERS: list[tuple[dict[str, Any], list[int]]] = [
    ({}, [3, 2, 1]),
    ({"user_id": user_id(1)}, [3, 1]),
    ({"home_account_id": GUEST.account_id}, [3, 1]),
    ({"guest_account_id": GUEST.account_id}, [1]),
    ({"organization_id": numbered("org", 1)}, [1]),
    ({"action": "view"}, [3, 1]),
    ({"connection_id": numbered("con", 1)}, [1]),
    ({"outcome": Outcome.DENIED}, [1]),
    ({"category": Category.KEY}, [2]),
    ({"category": Category.KEY, "action": "view"}, []),
]


def test_a_filter_leaves_what_matches_and_nothing_else(store: DynamoStore) -> None:
    other = an_activity(
        2, NOW + MILLISECOND, category=Category.KEY, action="key.created", actor=Actor("key", "k")
    )
    store.log.record([FULL, other, an_activity(3, NOW + 2 * MILLISECOND)])
    for asked, expected in FILTERS:
        query = LogQuery(NOW, NOW + timedelta(days=1), **asked)
        for limit in (1, 9):
            assert list(walk(store, query, limit)) == ids(*expected), asked


def test_a_page_stops_reading_at_some_point_and_says_where(
    store: DynamoStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(log, "_READ", 3)
    rare = an_activity(0, MOMENTS[0], action="rare")
    store.log.record([rare, *entries()[1:]])
    query = LogQuery(ALL.since, ALL.until, action="rare")
    page = store.log.page(H, query, None, 9)
    assert page.items == ()
    assert page.after is not None
    assert list(walk(store, query, 9)) == ids(0)


def test_the_same_moment_may_have_many_entries(store: DynamoStore) -> None:
    store.log.record([an_activity(number) for number in range(60)])
    for limit in (7, 60):
        assert list(walk(store, LogQuery(NOW, NOW), limit)) == ids(*range(59, -1, -1))


def test_nothing_recorded_is_nothing(store: DynamoStore) -> None:
    store.log.record([])
    assert list(walk(store, ALL, 9)) == []


def test_an_id_that_its_reporter_chose_is_recorded_once(store: DynamoStore) -> None:
    first = an_activity(1)
    assert store.log.record_once(first)
    assert not store.log.record_once(first)
    later = an_activity(1, NOW + timedelta(days=40), action="edit")
    assert not store.log.record_once(later)
    assert store.log.page(H, LogQuery(NOW, later.time), None, 9).items == (first,)
    assert store.log.record_once(an_activity(1, account_id=GUEST.account_id))


def test_what_is_on_the_record_is_not_overwritten_by_a_report(store: DynamoStore) -> None:
    stands = an_activity(1)
    store.log.record([stands])
    assert not store.log.record_once(an_activity(1, action="another"))
    assert store.log.page(H, LogQuery(NOW, NOW), None, 9).items == (stands,)
