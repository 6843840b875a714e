"""The log's orders: by user, connection, organization and guest, alone and together, page by page."""

import random
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

import pytest

from gatehouse.domain.activity import Activity, Actor, Category, Outcome
from gatehouse.store import log
from gatehouse.store.dynamo import DynamoStore
from gatehouse.usecases.stored import LogQuery
from tests.support.people import ELSE, GUEST, HOST, NOW, an_activity, numbered, user_id
from tests.support.trials import trials

H = HOST.account_id
USERS = [user_id(1), user_id(2), user_id(3, HOST)]
NAMES: dict[str, list[str]] = {
    "user_id": USERS,
    "connection_id": [numbered("con", 1), numbered("con", 2)],
    "organization_id": [numbered("org", 1), numbered("org", 2)],
    "guest_account_id": [GUEST.account_id, ELSE.account_id],
}


def some_entry(number: int, dice: random.Random) -> Activity:
    """Return an entry that names what real ones do: a user, often a guest's, often something."""
    chosen = {name: dice.choice([None, *known]) for name, known in NAMES.items()}
    actor = Actor("user", "Sam", chosen.pop("user_id"), home_account_id=GUEST.account_id)
    return an_activity(
        number,
        # Some at one moment, over the ends of two months.
        NOW - timedelta(hours=6 * (number // 2)),
        actor=actor,
        category=dice.choice([Category.DECISION, Category.ACTIVITY]),
        outcome=dice.choice([Outcome.ALLOWED, Outcome.DENIED]),
        **chosen,
    )


def matching(entries: list[Activity], query: LogQuery) -> list[str]:
    """Say what a query means, entry by entry."""
    asked: list[tuple[Any, Any]]
    found = []
    for entry in entries:
        asked = [
            (query.user_id, entry.actor.user_id),
            (query.connection_id, entry.connection_id),
            (query.organization_id, entry.organization_id),
            (query.guest_account_id, entry.guest_account_id),
            (query.category, entry.category),
            (query.outcome, entry.outcome),
        ]
        if query.since <= entry.time <= query.until and all(
            wanted in {None, has} for wanted, has in asked
        ):
            found.append((entry.time, entry.activity_id))
    return [activity_id for _, activity_id in sorted(found, reverse=True)]


def walk(store: DynamoStore, query: LogQuery, limit: int) -> Iterator[str]:
    after: str | None = None
    looked_to = query.until
    while True:
        page = store.log.page(H, query, after, limit)
        assert query.since <= page.scanned_to <= looked_to
        looked_to = page.scanned_to
        yield from (entry.activity_id for entry in page.items)
        after = page.after
        if after is None:
            assert page.scanned_to == query.since
            return


def test_every_filter_and_every_combination_finds_what_it_means_page_by_page(
    store: DynamoStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    dice = random.Random(7)
    entries = [some_entry(number, dice) for number in range(120)]
    store.log.record(entries)
    for round_ in range(trials(600, 12)):
        monkeypatch.setattr(log, "_READ", dice.choice([9, 40, 2_000]))
        monkeypatch.setattr(log, "_CHUNK", dice.choice([5, 13, 200]))
        monkeypatch.setattr(log, "_PROBE", dice.choice([1, 20]))
        filters: dict[str, Any] = {
            name: dice.choice(known) for name, known in NAMES.items() if dice.random() < 0.4
        }
        if dice.random() < 0.3:
            filters["outcome"] = Outcome.DENIED
        query = LogQuery(
            NOW - timedelta(days=dice.randrange(40)),
            NOW - timedelta(days=dice.randrange(-1, 10)),
            **filters,
        )
        if query.since > query.until:
            continue
        limit = dice.choice([4, 11, 50])
        assert list(walk(store, query, limit)) == matching(entries, query), (round_, query, limit)


@contextmanager
def counted(store: DynamoStore) -> Iterator[list[int]]:
    """Note of each query how many items it looked at."""
    looked_at: list[int] = []

    def note(parsed: dict[str, Any], **_: Any) -> None:
        looked_at.append(parsed["ScannedCount"])

    events = store._table.connection.client.meta.events
    events.register("after-call.dynamodb.Query", note)
    yield looked_at
    events.unregister("after-call.dynamodb.Query", note)


@pytest.mark.parametrize("name", [*NAMES, "nothing"])
def test_a_page_reads_what_it_shows(store: DynamoStore, name: str) -> None:
    """Of 1,000 entries; the bench counts the same of more."""
    dice = random.Random(11)
    start = datetime.fromisoformat("2026-11-02T00:00:00Z")
    store.log.record(
        [
            an_activity(
                number,
                start + timedelta(seconds=number),
                actor=Actor("user", "Sam", dice.choice(USERS)),
                connection_id=dice.choice(NAMES["connection_id"]),
                organization_id=dice.choice(NAMES["organization_id"]),
                guest_account_id=dice.choice(NAMES["guest_account_id"]),
            )
            for number in range(1_000)
        ]
    )
    filters: Any = {} if name == "nothing" else {name: NAMES[name][0]}
    with counted(store) as looked_at:
        page = store.log.page(H, LogQuery(start, NOW, **filters), None, 50)
        rest = store.log.page(H, LogQuery(start, NOW, **filters), page.after, 50)
    assert len(page.items) == len(rest.items) == 50
    # Each page asks first which months are archived: none.
    assert len(looked_at) == 4
    assert sum(looked_at) <= 1.2 * 100


def test_of_two_filters_the_one_with_fewer_entries_is_read(store: DynamoStore) -> None:
    rare, common = numbered("org", 1), GUEST.account_id
    store.log.record(
        [
            an_activity(
                number,
                NOW - timedelta(seconds=number),
                guest_account_id=common,
                organization_id=rare if number % 100 == 99 else numbered("org", 2),
            )
            for number in range(1_000)
        ]
    )
    query = LogQuery(NOW - timedelta(days=1), NOW, organization_id=rare, guest_account_id=common)
    with counted(store) as looked_at:
        page = store.log.page(H, query, None, 50)
    assert (len(page.items), page.after) == (10, None)
    # Ten of the organization and twenty of the guest to choose, then the ten.
    assert sum(looked_at) == 40
