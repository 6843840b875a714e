"""A console session: who signed in, until when. Known to us by the hash of its cookie."""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

LIFETIME: Final = timedelta(hours=12)


@dataclass(frozen=True, slots=True)
class Session:
    """A signed-in browser."""

    session_hash: str
    user_id: str
    created_at: datetime
    expires_at: datetime


def csrf_token_of(session_token: str) -> str:
    """Derive the token our own forms carry: only the browser and we hold the session's."""
    return hashlib.sha256(f"csrf:{session_token}".encode()).hexdigest()
