"""The few files that pages load, all from here.

They are sent compressed, which pages are not: a page has a form's token beside what somebody
typed, and how well the two compress together would give the token away (BREACH).
"""

import gzip
import hashlib
from functools import cache
from pathlib import Path
from typing import Final, NamedTuple

_FOLDER: Final = Path(__file__).parent / "assets"
_CONTENT_TYPES: Final = {
    "gatehouse.css": "text/css; charset=utf-8",
    "gatehouse.svg": "image/svg+xml",
    "icons.svg": "image/svg+xml",
    "htmx.js": "text/javascript; charset=utf-8",
}


class Asset(NamedTuple):
    """A file as it is served, and compressed; the etag is quoted as in the header."""

    content: bytes
    zipped: bytes
    content_type: str
    etag: str


@cache
def _read(name: str) -> Asset:
    content = (_FOLDER / name).read_bytes()
    return Asset(
        content,
        gzip.compress(content, mtime=0),
        _CONTENT_TYPES[name],
        f'"{hashlib.sha256(content).hexdigest()[:16]}"',
    )


def asset(name: str) -> Asset | None:
    """Return an asset by its file name; None for any other name."""
    return _read(name) if name in _CONTENT_TYPES else None


def asset_url(name: str) -> str:
    """Return the address of an asset, which changes whenever its content does."""
    return f"/assets/{name}?v={_read(name).etag[1:9]}"
