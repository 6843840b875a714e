"""Secrets: made from 256 random bits, kept only as SHA-256 hashes, compared in constant time.

A link says nothing about whom or what it is for (a self-describing token invites editing).
An API key names its account and its key beside the secret, so that one read locates it.
"""

import base64
import hashlib
import hmac
import re
import secrets
from dataclasses import dataclass
from typing import Final

_KEY: Final = re.compile(r"gh_([a-z2-7]{16})_([a-z2-7]{12})_([a-z2-7]{52})")
_TOKEN: Final = re.compile(r"[a-z2-7]{52}")


def new_token() -> str:
    """Make 256 random bits as 52 lower-case base32 characters (RFC 4648, unpadded)."""
    return base64.b32encode(secrets.token_bytes(32)).decode().rstrip("=").lower()


def is_token(text: str) -> bool:
    """Say whether a text could be one of our tokens; nothing else is ever looked up."""
    return _TOKEN.fullmatch(text) is not None


def hash_of(secret: str) -> str:
    """Return the hexadecimal SHA-256 of a secret. Plain SHA-256 is right for 256 random bits."""
    return hashlib.sha256(secret.encode()).hexdigest()


def matches(secret: str, expected_hash: str) -> bool:
    """Compare a secret with a stored hash in constant time."""
    return hmac.compare_digest(hash_of(secret), expected_hash)


@dataclass(frozen=True, slots=True)
class ApiKeyText:
    """An API key as an application holds it, taken apart, and from where it was presented."""

    account_id: str
    api_key_id: str
    secret: str
    ip_address: str | None = None

    def __repr__(self) -> str:
        return f"ApiKeyText({self.account_id}, {self.api_key_id}, …)"

    @property
    def text(self) -> str:
        """Return the key as it is shown once: ``gh_<account>_<key>_<secret>``."""
        return "_".join(
            (
                "gh",
                self.account_id.removeprefix("acc_"),
                self.api_key_id.removeprefix("key_"),
                self.secret,
            )
        )

    @classmethod
    def parse(cls, text: str, ip_address: str | None = None) -> "ApiKeyText | None":
        """Take a key apart; None if it is not of the shape."""
        found = _KEY.fullmatch(text)
        if found is None:
            return None
        return cls(f"acc_{found[1]}", f"key_{found[2]}", found[3], ip_address)
