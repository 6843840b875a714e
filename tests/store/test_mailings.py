"""The outbox, its links, and what is due."""

from datetime import datetime, timedelta

import pytest

from gatehouse.domain.connection import Person, State
from gatehouse.domain.grant import DirectGrant, GrantState
from gatehouse.domain.mailing import Delivery, Link, Mailing, MailKind
from gatehouse.store import dynamo
from gatehouse.store.dynamo import DynamoStore
from gatehouse.store.engine import Table
from gatehouse.usecases.changes import KeepGrant, Queue, Remove, Save
from gatehouse.usecases.stored import Due
from tests.store.raw import items
from tests.support.people import (
    HOST,
    NOW,
    a_connection,
    a_group,
    a_mailing,
    a_recipient,
    numbered,
    user_id,
)

H = HOST.account_id
SOON = NOW + timedelta(minutes=2)
BEFORE = SOON - timedelta(milliseconds=1)
ANA, BEN = user_id(1), user_id(2)


def a_link(name: str, who: str = ANA) -> Link:
    return Link(name * 64, H, numbered("con", 1), numbered("mlg", 1), who, NOW)


def read(store: DynamoStore, mailing: Mailing) -> Mailing:
    found = store.mailings.get(H, mailing.about_id, mailing.mailing_id)
    assert found
    return found


@pytest.fixture
def mailing(store: DynamoStore) -> Mailing:
    """Return a mailing to two, queued."""
    queued = a_mailing(a_recipient(1), a_recipient(2), text="Welcome\naboard")
    store.commit(Queue(queued, SOON))
    return queued


def test_a_mailing_is_read_back_as_it_was_queued(store: DynamoStore, mailing: Mailing) -> None:
    assert read(store, mailing) == mailing
    nobody = a_mailing(mailing_id=numbered("mlg", 2), kind=MailKind.ENDED, actor_name=None)
    store.commit(Queue(nobody, SOON))
    keys = [(H, numbered("con", 1), numbered("mlg", number)) for number in (1, 2, 3)]
    assert store.mailings.many(keys) == {one.mailing_id: one for one in (mailing, nobody)}


def test_arming_makes_a_link_the_only_live_one(store: DynamoStore, mailing: Mailing) -> None:
    first, second = a_link("a"), a_link("b")
    assert store.mailings.arm(mailing, first)
    assert read(store, mailing).recipients[ANA].link_hash == first.link_hash
    assert store.mailings.arm(mailing, second)
    recipients = read(store, mailing).recipients
    assert recipients[ANA].link_hash == second.link_hash
    assert recipients[BEN].link_hash is None
    # The replaced one still leads to where it can be said that it was replaced.
    assert store.mailings.link(first.link_hash) == first
    assert store.mailings.link(second.link_hash) == second


def test_only_somebody_queued_gets_a_link(
    store: DynamoStore, table: Table, mailing: Mailing
) -> None:
    store.mailings.mark(mailing, ANA, Delivery.SENT, None)
    before = items(table)
    assert not store.mailings.arm(mailing, a_link("a"))
    assert not store.mailings.arm(mailing, a_link("a", "usr_nobody"))
    assert not store.mailings.arm(a_mailing(mailing_id="mlg_gone"), a_link("a"))
    assert items(table) == before


def test_no_link_is_made_twice(store: DynamoStore, mailing: Mailing) -> None:
    assert store.mailings.arm(mailing, a_link("a"))
    assert not store.mailings.arm(mailing, a_link("a", BEN))
    found = store.mailings.link("a" * 64)
    assert found
    assert found.user_id == ANA


def test_marking_touches_one_recipient_under_the_link_that_was_sent(
    store: DynamoStore, mailing: Mailing
) -> None:
    store.mailings.arm(mailing, a_link("a"))
    store.mailings.arm(mailing, a_link("b"))
    assert not store.mailings.mark(mailing, ANA, Delivery.SENT, "a" * 64)
    assert read(store, mailing).recipients[ANA].delivery is Delivery.QUEUED
    assert store.mailings.mark(mailing, ANA, Delivery.SENT, "b" * 64)
    recipients = read(store, mailing).recipients
    assert (recipients[ANA].delivery, recipients[BEN].delivery) == (
        Delivery.SENT,
        Delivery.QUEUED,
    )
    store.mailings.mark(mailing, BEN, Delivery.BOUNCED, None)
    assert read(store, mailing).is_settled


def test_what_comes_later_is_reported_once(store: DynamoStore, mailing: Mailing) -> None:
    store.mailings.mark(mailing, ANA, Delivery.SENT, None)
    assert store.mailings.report(mailing, ANA, Delivery.BOUNCED)
    assert not store.mailings.report(mailing, ANA, Delivery.BOUNCED)
    assert read(store, mailing).recipients[ANA].delivery is Delivery.BOUNCED
    store.mailings.mark(mailing, ANA, Delivery.SENT, None)
    assert read(store, mailing).recipients[ANA].delivery is Delivery.BOUNCED
    assert not store.mailings.report(mailing, "usr_nobody", Delivery.BOUNCED)


def test_nothing_done_to_a_mailing_that_is_not_there_leaves_a_ghost(
    store: DynamoStore, table: Table
) -> None:
    gone = a_mailing(a_recipient(1))
    assert not store.mailings.mark(gone, ANA, Delivery.SENT, None)
    assert not store.mailings.mark(gone, ANA, Delivery.SENT, "a" * 64)
    store.mailings.settle(gone)
    assert not store.mailings.arm(gone, a_link("a"))
    assert not store.mailings.report(gone, ANA, Delivery.BOUNCED)
    assert items(table) == {}


def due(store: DynamoStore, now: datetime) -> set[Due]:
    found = list(store.due(now))
    assert len(set(found)) == len(found)
    return set(found)


def test_a_mailing_is_due_until_it_is_settled(store: DynamoStore, mailing: Mailing) -> None:
    assert due(store, BEFORE) == set()
    assert due(store, SOON) == {Due("mailing", H, mailing.mailing_id, parent_id=mailing.about_id)}
    store.mailings.settle(mailing)
    store.mailings.settle(mailing)
    assert due(store, SOON) == set()
    assert read(store, mailing) == mailing


def test_a_connection_is_due_when_its_time_is_over_and_only_while_pending(
    store: DynamoStore,
) -> None:
    pending = a_connection()
    store.commit(Save(pending))
    late = pending.expires_at
    assert due(store, late - timedelta(milliseconds=1)) == set()
    assert due(store, late) == {Due("connection", H, pending.connection_id)}
    active = pending.accept(Person(ANA, "Ana"), NOW)
    store.commit(Save(active, pending))
    assert due(store, late) == set()
    assert active.state is State.ACTIVE


def test_an_invitation_sent_again_is_due_at_its_new_end(store: DynamoStore) -> None:
    pending = a_connection()
    store.commit(Save(pending))
    again = pending.resend(numbered("mlg", 2), NOW + timedelta(days=1))
    store.commit(Save(again, pending))
    assert due(store, pending.expires_at) == set()
    assert due(store, again.expires_at) == {Due("connection", H, again.connection_id)}


def test_everything_that_is_due_is_found_whatever_its_kind_and_shard(
    store: DynamoStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dynamo, "_DUE_PAGE", 2)
    expected = set()
    for number in range(1, 25):
        mailing = a_mailing(mailing_id=numbered("mlg", number))
        store.commit(Queue(mailing, NOW))
        expected.add(Due("mailing", H, mailing.mailing_id, parent_id=mailing.about_id))
    store.commit(KeepGrant(DirectGrant(H, "con_1.a", frozenset(), GrantState.PREPARING, NOW)))
    store.commit(Save(a_group(1)))
    store.commit(Remove(a_group(1)))
    expected |= {Due("grant", H, "con_1.a"), Due("removal", H, numbered("grp", 1))}
    assert due(store, NOW) == expected
    assert due(store, NOW - timedelta(days=1)) == set()
