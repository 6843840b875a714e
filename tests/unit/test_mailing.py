"""The outbox, and what a host sees of the guest's addresses; the words mails and pages share."""

from datetime import UTC, datetime, timedelta

import pytest

from gatehouse.domain.mailing import Delivery, masked
from gatehouse.domain.roles import Role
from gatehouse.domain.wording import ago_in_words, moment_in_words, roles_under, scope_in_words
from tests.support.people import NOW, a_mailing, a_recipient


@pytest.mark.parametrize(
    ("email", "shown"),
    [
        ("ana@continuum.test", "a•••@continuum.test"),
        ("a@continuum.test", "a•••@continuum.test"),
        ('"odd@local"@continuum.test', '"•••@continuum.test'),
        ("éa@continuum.test", "é•••@continuum.test"),
    ],
)
def test_the_host_sees_recipients_masked(email: str, shown: str) -> None:
    assert masked(email) == shown


def test_a_mailing_is_settled_when_nobody_waits_for_it() -> None:
    sent = a_recipient(1, delivery=Delivery.SENT)
    bounced = a_recipient(2, delivery=Delivery.BOUNCED)
    assert a_mailing(sent, bounced).is_settled
    assert a_mailing().is_settled
    assert not a_mailing(sent, a_recipient(3)).is_settled


@pytest.mark.parametrize(
    ("count", "everything", "words"),
    [
        (1, False, "1 organization"),
        (0, False, "0 organizations"),
        (1200, False, "1,200 organizations"),
        (3, True, "all current and future organizations"),
    ],
)
def test_scope_in_words(count: int, everything: bool, words: str) -> None:
    assert scope_in_words(count, all_organizations=everything) == words


@pytest.mark.parametrize(
    ("ago", "words"),
    [
        (timedelta(minutes=59), "within the last hour"),
        (timedelta(minutes=60), "1 hour ago"),
        (timedelta(hours=23, minutes=59), "23 hours ago"),
        (timedelta(hours=24), "1 day ago"),
        (timedelta(days=3), "3 days ago"),
        (timedelta(days=1_234), "1,234 days ago"),
    ],
)
def test_how_long_ago_is_said_to_the_hour_and_then_to_the_day(ago: timedelta, words: str) -> None:
    assert ago_in_words(NOW - ago, NOW) == words


def test_a_moment_in_words_is_utc() -> None:
    assert moment_in_words(datetime(2026, 11, 28, 10, 0, tzinfo=UTC)) == (
        "28 November 2026, 10:00 UTC"
    )


def test_the_table_of_roles_under_a_maximum_leaves_lite_outside() -> None:
    table = dict(roles_under(Role.EDITOR))
    assert list(table) == list(Role)
    assert (table[Role.MANAGER], table[Role.READ_ONLY], table[Role.LITE]) == (
        Role.EDITOR,
        Role.READ_ONLY,
        None,
    )
