"""Ids carry what locates them: a user's id names the home account, so one read finds the user.

Shapes: ``acc_<16>``, ``usr_<account 16>_<26>``, ``key_<12>``, and ``<kind>_<26>`` for the rest,
where the 26 characters are a ULID: they sort by the moment they were made.
"""

import re
from datetime import datetime
from typing import Final

ALPHABET: Final = "0123456789abcdefghjkmnpqrstvwxyz"

_USER: Final = re.compile(r"usr_([a-z2-7]{16})_[0-9a-hjkmnp-tv-z]{26}")
_ACCOUNT: Final = re.compile(r"acc_[a-z2-7]{16}")
_KEY: Final = re.compile(r"key_[a-z2-7]{12}")
_OTHERS: Final = re.compile(r"(?:grp|org|con|act|mlg|ses|imp|exp|era)_[0-9a-hjkmnp-tv-z]{26}")


def home_account_of(user_id: str) -> str | None:
    """Return the id of the account a user id belongs to; None if it is no user id."""
    found = _USER.fullmatch(user_id)
    return f"acc_{found[1]}" if found else None


def prefix_of_users(account_id: str) -> str:
    """Return how the ids of all users of an account begin."""
    return f"usr_{account_id.removeprefix('acc_')}_"


def is_id(text: str, kind: str) -> bool:
    """Say whether a text has the shape of an id of this kind (``usr``, ``grp``, …)."""
    if not text.startswith(f"{kind}_"):
        return False
    shape = {"usr": _USER, "acc": _ACCOUNT, "key": _KEY}.get(kind, _OTHERS)
    return shape.fullmatch(text) is not None


def is_any_id(text: str) -> bool:
    """Say whether a text has the shape of an id of any kind."""
    return is_id(text, text.partition("_")[0])


def ulid(moment: datetime, randomness: int) -> str:
    """Write a ULID: 48 bits of milliseconds since 1970, then 80 random bits."""
    number = (round(moment.timestamp() * 1000) << 80) | (randomness & ((1 << 80) - 1))
    return "".join(ALPHABET[(number >> shift) & 31] for shift in range(125, -1, -5))
