"""Times, ids, secrets, cursors and addresses, for every value there is."""

import base64
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatehouse.domain.account import clean_subdomain
from gatehouse.domain.errors import Malformed
from gatehouse.domain.ids import home_account_of, is_id, ulid
from gatehouse.domain.mailing import masked
from gatehouse.domain.moments import from_text, to_text, to_the_millisecond
from gatehouse.domain.secrets import ApiKeyText, hash_of, is_token, matches
from gatehouse.http.cursors import opened, sealed

ZONES = st.integers(-14 * 60, 14 * 60).map(lambda m: timezone(timedelta(minutes=m)))
MOMENTS = st.datetimes(datetime(1970, 1, 2), datetime(9999, 12, 30), timezones=ZONES)  # noqa: DTZ001  # zones follow
BASE32 = "abcdefghijklmnopqrstuvwxyz234567"
KEY = b"a key for tests"


@given(MOMENTS)
def test_times_round_trip_to_the_millisecond(moment: datetime) -> None:
    assert from_text(to_text(moment)) == to_the_millisecond(moment.astimezone(UTC))
    assert from_text(to_text(moment)).tzinfo is UTC
    assert len(to_text(moment)) == len("2026-11-21T22:43:01.123Z")


@given(MOMENTS, MOMENTS)
def test_texts_of_times_sort_as_the_times_do(one: datetime, other: datetime) -> None:
    early, late = sorted((one, other))
    assert to_text(early) <= to_text(late)


@given(st.text(max_size=40))
def test_any_text_is_read_as_a_time_or_refused(text: str) -> None:
    try:
        moment = from_text(text)
    except ValueError:
        return
    assert from_text(to_text(moment)) == moment


@given(MOMENTS, MOMENTS, st.integers(0, 2**80 - 1), st.integers(0, 2**80 - 1))
def test_ulids_sort_by_time(one: datetime, other: datetime, high: int, low: int) -> None:
    early, late = sorted((to_the_millisecond(one), to_the_millisecond(other)))
    if early < late:
        assert ulid(early, high) < ulid(late, low)
    else:
        assert (ulid(early, high) < ulid(late, low)) is (high < low)


@given(MOMENTS, st.integers(0, 2**90))
def test_a_ulid_is_26_characters_and_makes_an_id(moment: datetime, randomness: int) -> None:
    text = ulid(moment, randomness)
    assert len(text) == 26
    assert is_id(f"org_{text}", "org")
    assert home_account_of(f"usr_{'a' * 16}_{text}") == f"acc_{'a' * 16}"


@given(
    st.text(BASE32, min_size=16, max_size=16),
    st.text(BASE32, min_size=12, max_size=12),
    st.text(BASE32, min_size=52, max_size=52),
)
def test_api_keys_round_trip_and_show_no_secret(account: str, name: str, secret: str) -> None:
    key = ApiKeyText(f"acc_{account}", f"key_{name}", secret)
    assert ApiKeyText.parse(key.text) == key
    assert secret not in repr(key)
    assert is_token(secret)


@given(st.text(max_size=120))
def test_any_text_is_read_as_an_api_key_or_refused(text: str) -> None:
    key = ApiKeyText.parse(text)
    assert key is None or key.text == text


@given(st.text(max_size=60), st.text(max_size=60))
def test_a_secret_matches_the_hash_of_itself_only(one: str, other: str) -> None:
    assert matches(one, hash_of(one))
    assert matches(one, hash_of(other)) is (one == other)


@given(st.text(min_size=1, max_size=80), st.text(max_size=40))
def test_a_cursor_opens_for_what_it_was_made_for(position: str, purpose: str) -> None:
    cursor = sealed(KEY, purpose, position)
    assert cursor is not None
    assert cursor.isascii()
    assert opened(KEY, purpose, cursor) == position
    for key, wrong in ((KEY, purpose + "x"), (b"another", purpose)):
        with pytest.raises(Malformed):
            opened(key, wrong, cursor)


@given(st.text(min_size=1, max_size=80), st.integers(0, 2**31), st.integers(1, 255))
def test_no_changed_cursor_opens(position: str, place: int, change: int) -> None:
    cursor = sealed(KEY, "users", position) or ""
    raw = bytearray(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    raw[place % len(raw)] ^= change
    with pytest.raises(Malformed):
        opened(KEY, "users", base64.urlsafe_b64encode(raw).decode().rstrip("="))


@given(st.text(min_size=1, max_size=80))
def test_no_text_that_we_did_not_make_is_a_cursor(text: str) -> None:
    with pytest.raises(Malformed):
        opened(KEY, "users", text)


@given(st.text(max_size=80))
def test_a_clean_subdomain_is_clean(text: str) -> None:
    label = clean_subdomain(text)
    if label is not None:
        assert clean_subdomain(label) == label
        assert 1 <= len(label) <= 63
        assert label.isascii()
        assert label == label.lower()


@given(st.emails())
def test_a_masked_address_shows_one_character_and_the_domain(email: str) -> None:
    local, _, domain = email.rpartition("@")
    assert masked(email) == f"{local[0]}•••@{domain}"
