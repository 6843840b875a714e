"""The few files that pages load, all from here.

They are sent compressed, which pages are not: a page has a form's token beside what somebody
typed, and how well the two compress together would give the token away (BREACH).
"""

import gzip
import hashlib
import re
from functools import cache
from pathlib import Path
from typing import Final, NamedTuple

from gatehouse.domain.brand import text_on

_FOLDER: Final = Path(__file__).parent / "assets"
_COMMENT: Final = re.compile(rb"/\*.*?\*/\n?", re.DOTALL)
_COLOURED: Final = re.compile(r"colour-([0-9a-f]{6})\.css")
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
    if name.endswith(".css"):
        content = _COMMENT.sub(b"", content)  # what is for us, every page would wait for
    return _asset(content, _CONTENT_TYPES[name])


def _asset(content: bytes, content_type: str) -> Asset:
    etag = f'"{hashlib.sha256(content).hexdigest()[:16]}"'
    return Asset(content, gzip.compress(content, mtime=0), content_type, etag)


def asset(name: str) -> Asset | None:
    """Return an asset by its file name, or the stylesheet of a colour; None for any other name."""
    coloured = _COLOURED.fullmatch(name)
    if coloured:
        return _stylesheet(f"#{coloured[1]}")
    return _read(name) if name in _CONTENT_TYPES else None


def colour_url(colour: str) -> str:
    """Return the address of the stylesheet of a colour, which says all that is in it."""
    return f"/assets/colour-{colour.removeprefix('#')}.css"


def _stylesheet(colour: str) -> Asset:
    """Let the header take the colour for its ground, in both themes, and what is read best on it."""
    text = text_on(colour)
    rest = "".join(f" --{token}: {text};" for token in ("text", "muted", "accent"))
    content = f".bar {{ --surface: {colour};{rest} color: {text}; }}\n"
    return _asset(content.encode(), _CONTENT_TYPES["gatehouse.css"])


def asset_url(name: str) -> str:
    """Return the address of an asset, which changes whenever its content does."""
    return f"/assets/{name}?v={_read(name).etag[1:9]}"
