"""Cursors: opaque and unforgeable, good only for the caller and the list they were made for.

A cursor is the position after which the next page begins. The partition never comes from it but
from the caller, so a forged one could not leave the account. It may name what its holder may not
see, such as the entry of a log where the search for the holder's own stopped; so it is encrypted,
with AES-SIV (RFC 5297), which needs no nonce and takes the purpose as associated data.
"""

import base64
import hashlib
from functools import cache
from typing import TYPE_CHECKING

from gatehouse.domain.errors import FieldError, Malformed

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.ciphers.aead import AESSIV


def sealed(key: bytes, purpose: str, position: str | None) -> str | None:
    """Make a cursor of a position; None stays None."""
    if position is None:
        return None
    text = _cipher(key).encrypt(position.encode(), [purpose.encode()])
    return base64.urlsafe_b64encode(text).decode().rstrip("=")


def opened(key: bytes, purpose: str, cursor: str | None, at: str = "/cursor") -> str | None:
    """Return the position in a cursor. Raises Malformed if we did not make it for this.

    ``at`` points to where the cursor stood in the request.
    """
    if not cursor:
        return None
    from cryptography.exceptions import InvalidTag

    try:
        text = base64.urlsafe_b64decode(cursor.encode("ascii") + b"=" * (-len(cursor) % 4))
        return _cipher(key).decrypt(text, [purpose.encode()]).decode()
    except (ValueError, InvalidTag):
        raise Malformed(
            "The cursor is not of this list. Use the one of the page before as it was given, with "
            "the same filters.",
            fields=[FieldError(at, "This is no cursor of this list.")],
        ) from None


@cache
def _cipher(key: bytes) -> "AESSIV":
    # Imported here: a request that pages through nothing never loads it.
    from cryptography.hazmat.primitives.ciphers.aead import AESSIV

    return AESSIV(hashlib.sha512(b"cursors\n" + key).digest())
