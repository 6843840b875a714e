"""Ids have a shape, and a user's id says where home is."""

from datetime import UTC, datetime

import pytest

from gatehouse.domain.ids import ALPHABET, home_account_of, is_id, ulid
from tests.support.people import GUEST, numbered, user_id


def test_a_users_id_names_the_home_account() -> None:
    assert home_account_of(user_id(1, GUEST)) == GUEST.account_id


@pytest.mark.parametrize(
    "text",
    ["", "usr_", numbered("usr", 1), numbered("grp", 1), user_id(1).upper(), user_id(1) + "\n"]
    + [" " + user_id(1), user_id(1)[:-1], user_id(1) + "0", "usr_" + "1" * 16 + "_" + "0" * 26]
    + [user_id(1)[:-1] + letter for letter in "ilou"],
)
def test_what_is_no_user_id_has_no_home(text: str) -> None:
    assert home_account_of(text) is None


def test_a_ulid_is_time_and_then_randomness_in_crockfords_alphabet() -> None:
    # The example of the ULID specification's own implementations.
    moment = datetime.fromtimestamp(1469918176.385, UTC)
    assert ulid(moment, 0) == "01aryz6s41" + "0" * 16
    assert ulid(moment, (1 << 80) - 1) == "01aryz6s41" + "z" * 16
    assert ulid(moment, 1 << 80) == ulid(moment, 0)
    assert sorted(ALPHABET) == list(ALPHABET)
    assert not set("ilou") & set(ALPHABET)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        (user_id(1), "usr"),
        (GUEST.account_id, "acc"),
        ("key_" + "a" * 12, "key"),
        (numbered("grp", 1), "grp"),
        (numbered("org", 1), "org"),
        (numbered("con", 1), "con"),
    ],
)
def test_each_kind_of_id_has_its_shape(text: str, kind: str) -> None:
    assert is_id(text, kind)
    assert not is_id(text + "x", kind)
    assert not is_id("x" + text, kind)
    assert not is_id(text, "act")
