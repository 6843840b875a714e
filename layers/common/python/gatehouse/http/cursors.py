"""Cursors: opaque and signed, good only for the caller and the list they were made for.

A cursor is the position after which the next page begins. The partition never comes from it but
from the caller, so a forged one could not leave the account. It may name what its holder may not
see, such as the entry of a log where the search for the holder's own stopped, so it is encrypted:
the signature is the synthetic nonce of a key stream (as RFC 5297 does it, with HMAC for AES).
"""

import base64
import hashlib
import hmac

from gatehouse.domain.errors import FieldError, Malformed


def sealed(key: bytes, purpose: str, position: str | None) -> str | None:
    """Make a cursor of a position; None stays None."""
    if position is None:
        return None
    raw = position.encode()
    signature = _signature(key, purpose, raw)
    both = signature + _masked(key, signature, raw)
    return base64.urlsafe_b64encode(both).decode().rstrip("=")


def opened(key: bytes, purpose: str, cursor: str | None) -> str | None:
    """Return the position in a cursor. Raises Malformed if we did not make it for this."""
    if not cursor:
        return None
    try:
        both = base64.urlsafe_b64decode(cursor.encode("ascii") + b"=" * (-len(cursor) % 4))
        signature = both[:16]
        raw = _masked(key, signature, both[16:])
        if hmac.compare_digest(signature, _signature(key, purpose, raw)):
            return raw.decode()
    except ValueError:
        pass
    raise Malformed(
        "The cursor is not of this list. Use next_cursor as it was given, with the same filters.",
        fields=[FieldError("/cursor", "This is no cursor of this list.")],
    )


def _masked(key: bytes, nonce: bytes, text: bytes) -> bytes:
    """Encrypt a text, or decrypt it: doing it twice is doing nothing."""
    own = hmac.digest(key, b"the key stream of cursors", hashlib.sha256)
    stream = b"".join(
        hmac.digest(own, nonce + block.to_bytes(4, "big"), hashlib.sha256)
        for block in range(len(text) // 32 + 1)
    )
    return bytes(one ^ other for one, other in zip(text, stream, strict=False))


def _signature(key: bytes, purpose: str, raw: bytes) -> bytes:
    return hmac.digest(key, purpose.encode() + b"\n" + raw, hashlib.sha256)[:16]
