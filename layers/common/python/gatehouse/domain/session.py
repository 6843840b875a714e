"""A console session: who signed in, how, from where, until when. Known by its cookie's hash."""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from gatehouse.domain.factors import UNKNOWN_FACTORS, Factors

LIFETIME: Final = timedelta(hours=12)


@dataclass(frozen=True, slots=True)
class Session:
    """A signed-in browser.

    ``session_id`` names it to people and opens nothing; ``session_hash`` is of the secret in the
    cookie. ``epoch`` is the user's when it began: it holds while the user's is still the same, so
    one write to the user ends every session at one instant. ``last_seen_at`` is to the hour.
    """

    session_hash: str
    session_id: str
    user_id: str
    created_at: datetime
    expires_at: datetime
    last_seen_at: datetime
    epoch: int = 0
    factors: Factors = UNKNOWN_FACTORS
    ip_address: str | None = None
    user_agent: str | None = None


def csrf_token_of(session_token: str) -> str:
    """Derive the token our own forms carry: only the browser and we hold the session's."""
    return hashlib.sha256(f"csrf:{session_token}".encode()).hexdigest()
