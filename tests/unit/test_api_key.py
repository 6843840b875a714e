"""An API key's secrets, and the time it lives unused."""

from dataclasses import replace
from datetime import datetime, timedelta

from gatehouse.domain.api_key import ApiKey, ApiScope
from gatehouse.domain.secrets import hash_of
from tests.support.people import HOST, NOW

FIRST, SECOND, THIRD = "a" * 52, "b" * 52, "c" * 52
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
KEY = ApiKey.new(
    HOST.account_id,
    "key_aaaaaaaaaaaa",
    "Documentation",
    frozenset({ApiScope.AUTHORIZE}),
    hash_of(FIRST),
    NOW,
)


def opened_by(key: ApiKey, now: datetime) -> list[str]:
    return [text for text in (FIRST, SECOND, THIRD) if key.secret_of(text, now) is not None]


def test_a_new_key_has_one_secret_for_good() -> None:
    assert opened_by(KEY, NOW) == [FIRST]
    assert opened_by(KEY, NOW + 900 * DAY) == [FIRST]


def test_a_rotated_key_has_two_secrets_until_the_moment_the_grace_is_over() -> None:
    key = KEY.rotated(hash_of(SECOND), NOW, DAY)
    just_before = NOW + DAY - timedelta(milliseconds=1)
    assert opened_by(key, NOW) == opened_by(key, just_before) == [FIRST, SECOND]
    assert opened_by(key, NOW + DAY) == opened_by(key, NOW + 900 * DAY) == [SECOND]
    newer, older = key.secrets_at(NOW)
    assert [(one.number, one.created_at, one.ends_at) for one in (newer, older)] == [
        (2, NOW, None),
        (1, NOW, NOW + DAY),
    ]
    assert key.version == KEY.version + 1


def test_without_grace_every_older_secret_ends_at_once() -> None:
    twice = KEY.rotated(hash_of(SECOND), NOW, 7 * DAY)
    key = twice.rotated(hash_of(THIRD), NOW, timedelta(0))
    assert opened_by(key, NOW) == [THIRD]
    assert key.current.number == 3


def test_the_older_secret_can_be_ended_alone() -> None:
    key = KEY.rotated(hash_of(SECOND), NOW, DAY).without_older()
    assert opened_by(key, NOW) == [SECOND]


def test_which_secret_was_used_last_is_told_by_its_number() -> None:
    assert (KEY.last_used_at, KEY.last_used_secret) == (None, None)
    key = replace(KEY, uses={1: NOW + 2 * HOUR, 2: NOW + HOUR})
    assert (key.last_used_at, key.last_used_secret) == (NOW + 2 * HOUR, 1)
    same = replace(KEY, uses={2: NOW, 1: NOW})
    assert same.last_used_secret == 2


def test_ninety_days_count_from_the_making_the_last_use_or_the_last_rotation() -> None:
    assert KEY.revoked_if_unused_at == NOW + 90 * DAY
    assert KEY.notice_at == NOW + 80 * DAY
    used = replace(KEY, uses={1: NOW + 5 * DAY})
    assert used.revoked_if_unused_at == NOW + 95 * DAY
    rotated = used.rotated(hash_of(SECOND), NOW + 6 * DAY, DAY)
    assert rotated.revoked_if_unused_at == NOW + 96 * DAY
    assert rotated.notice_at == NOW + 86 * DAY


def test_a_notice_counts_for_the_idle_time_it_was_given_in() -> None:
    told = replace(KEY, noticed_at=NOW + 80 * DAY)
    assert told.has_notice
    assert told.revoked_if_unused_at == NOW + 90 * DAY
    used = replace(told, uses={1: NOW + 81 * DAY})
    assert not used.has_notice
    assert used.revoked_if_unused_at == NOW + 171 * DAY
    assert not replace(told, uses={1: NOW + 80 * DAY}).has_notice


def test_nobody_loses_a_key_within_ten_days_of_being_told() -> None:
    late = replace(KEY, noticed_at=NOW + 200 * DAY)
    assert late.revoked_if_unused_at == NOW + 210 * DAY
