"""Secrets: 256 random bits, kept as hashes, compared in constant time, shown by no repr."""

import hmac
import secrets as randomness

import pytest

from gatehouse.domain.api_key import Secret
from gatehouse.domain.secrets import ApiKeyText, hash_of, is_token, matches, new_token
from gatehouse.domain.session import csrf_token_of
from tests.support.people import NOW, an_api_key

SECRET = "a" * 51 + "b"
KEY = ApiKeyText("acc_aaaaaaaaaaaaaaaa", "key_bbbbbbbbbbbb", SECRET)


def test_a_token_is_256_bits_in_52_characters_of_base32() -> None:
    tokens = {new_token() for _ in range(200)}
    assert len(tokens) == 200
    assert all(is_token(token) and len(token) == 52 for token in tokens)
    # Every bit is as often one as zero: 200 tokens hide no constant part.
    assert all(len({token[place] for token in tokens}) > 1 for place in range(52))


def test_the_randomness_is_the_systems(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(randomness, "token_bytes", lambda count: b"\xff" * count)
    assert new_token() == "7" * 51 + "q"


@pytest.mark.parametrize(
    "text", ["", SECRET[:-1], SECRET + "a", SECRET.upper(), "1" * 52, SECRET[:-1] + "\n"]
)
def test_nothing_else_is_looked_up_as_a_token(text: str) -> None:
    assert not is_token(text)


def test_a_secret_matches_its_own_hash_alone() -> None:
    assert matches(SECRET, hash_of(SECRET))
    assert not matches(SECRET, hash_of(SECRET + "a"))
    assert not matches("", hash_of(SECRET))
    assert not matches(SECRET, "")


def test_hashes_are_compared_in_constant_time(monkeypatch: pytest.MonkeyPatch) -> None:
    compared: list[tuple[str, str]] = []
    real = hmac.compare_digest

    def compare(one: str, other: str) -> bool:
        compared.append((one, other))
        return real(one, other)

    monkeypatch.setattr(hmac, "compare_digest", compare)
    assert matches(SECRET, hash_of(SECRET))
    assert compared == [(hash_of(SECRET), hash_of(SECRET))]


def test_a_key_is_written_and_taken_apart_again() -> None:
    assert KEY.text == f"gh_aaaaaaaaaaaaaaaa_bbbbbbbbbbbb_{SECRET}"
    assert ApiKeyText.parse(KEY.text) == KEY


@pytest.mark.parametrize(
    "text",
    [
        "",
        "gh_",
        KEY.text[:-1],
        KEY.text + "a",
        KEY.text.upper(),
        " " + KEY.text,
        KEY.text + "\n",
        KEY.text.replace("gh_", "gx_"),
        KEY.text.replace("_bbb", "_111"),
    ],
)
def test_what_is_not_of_the_shape_is_no_key(text: str) -> None:
    assert ApiKeyText.parse(text) is None


def test_no_repr_shows_a_secret_or_its_hash() -> None:
    stored = an_api_key(current=Secret(1, hash_of(SECRET), NOW))
    for shown in (
        repr(KEY),
        str(KEY),
        f"{KEY}",
        repr([KEY]),
        repr(stored),
        repr(stored.current),
        f"{stored!s}",
    ):
        assert SECRET not in shown
        assert hash_of(SECRET) not in shown


def test_the_token_of_forms_follows_from_the_session_and_is_not_its_hash() -> None:
    session = new_token()
    assert csrf_token_of(session) == csrf_token_of(session)
    assert csrf_token_of(session) not in {session, hash_of(session)}
    assert csrf_token_of(session) != csrf_token_of(new_token())
