"""Signed-in browsers: found by their cookie's hash, listed by their user, ended one or all."""

from datetime import timedelta
from typing import Any

import pytest

from gatehouse.domain.factors import Factors
from gatehouse.domain.session import Session
from gatehouse.store.dynamo import DynamoStore
from gatehouse.store.engine import Table
from gatehouse.usecases.changes import LostRace
from gatehouse.usecases.session_changes import CarryOver, Close, Open
from tests.store.raw import items
from tests.support.people import NOW, numbered, user_id

LATER = NOW + timedelta(hours=12)


def a_session(number: int = 1, who: int = 1, **more: Any) -> Session:
    return Session(
        **{
            "session_hash": f"{number:064d}",
            "session_id": numbered("ses", number),
            "user_id": user_id(who),
            "created_at": NOW,
            "expires_at": LATER,
            "last_seen_at": NOW,
            **more,
        }
    )


def test_a_session_is_found_by_its_hash_until_it_is_ended(store: DynamoStore, table: Table) -> None:
    factors = Factors(frozenset({"pwd", "mfa"}), "phr", NOW)
    session = a_session(epoch=3, factors=factors, ip_address="192.0.2.7", user_agent="Firefox")
    store.commit(Open(session))
    assert store.sessions.get(session.session_hash) == session
    with pytest.raises(LostRace):
        store.commit(Open(session))
    store.commit(Close(session))
    with pytest.raises(LostRace):
        store.commit(Close(session))
    assert items(table) == {}


def test_a_users_sessions_are_listed_newest_first_and_nobody_elses(store: DynamoStore) -> None:
    mine = [a_session(number) for number in range(1, 6)]
    for one in [*mine, a_session(9, who=2)]:
        store.commit(Open(one))
    page = store.sessions.page(user_id(1), None, 2)
    assert page.items == (mine[4], mine[3])
    rest = store.sessions.page(user_id(1), page.after, 10)
    assert (rest.items, rest.after) == ((mine[2], mine[1], mine[0]), None)
    assert store.sessions.page(user_id(3), None, 10).items == ()


def test_a_session_is_seen_at_most_once_an_hour_and_an_ended_one_not_at_all(
    store: DynamoStore, table: Table
) -> None:
    session = a_session()
    store.commit(Open(session))
    store.sessions.touch(session, NOW + timedelta(minutes=59))
    assert store.sessions.get(session.session_hash) == session
    later = NOW + timedelta(hours=1)
    store.sessions.touch(session, later)
    # Another process read it before that, and comes a minute later.
    store.sessions.touch(session, later + timedelta(minutes=1))
    found = store.sessions.get(session.session_hash)
    assert found
    assert found.last_seen_at == later
    store.commit(Close(session))
    store.sessions.touch(session, LATER)
    assert items(table) == {}


def test_clearing_leaves_the_sessions_of_the_epoch_that_holds(store: DynamoStore) -> None:
    old, kept, new = a_session(1), a_session(2), a_session(3, epoch=1)
    for one in (old, kept, new):
        store.commit(Open(one))
    store.commit(CarryOver(kept, 1))
    store.sessions.clear(user_id(1), 1)
    assert store.sessions.get(old.session_hash) is None
    left = store.sessions.page(user_id(1), None, 10).items
    assert [one.session_id for one in left] == [new.session_id, kept.session_id]
    assert {one.epoch for one in left} == {1}


def test_clearing_all_leaves_nothing_and_can_be_done_twice(
    store: DynamoStore, table: Table
) -> None:
    for number in (1, 2):
        store.commit(Open(a_session(number)))
    for _ in range(2):
        store.sessions.clear(user_id(1), None)
    assert items(table) == {}


def test_a_session_that_has_ended_is_not_carried_over(store: DynamoStore, table: Table) -> None:
    with pytest.raises(LostRace):
        store.commit(CarryOver(a_session(), 1))
    assert items(table) == {}
