"""Characters that no text from outside may have: they show nothing, or turn what is shown.

Unicode's control, format, surrogate and private-use characters, its line and paragraph separators
and its noncharacters, written out rather than looked up, so that every interpreter and the
OpenAPI document have the same ones.
"""

import re
from typing import Final

_NEVER: Final = (
    "\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u00ad"
    "\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2\u180e"
    # Not U+200C and U+200D, which join letters: Persian and many emoji need them.
    "\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f"
    "\ue000-\uf8ff\ufdd0-\ufdef\ufeff\ufff0-\ufffb\ufffe\uffff"
    "\U000110bd\U000110cd\U00013430-\U0001343f\U0001bca0-\U0001bca3\U0001d173-\U0001d17a"
    "\U000e0000-\U000e00ff\U000e01f0-\U000effff\U000f0000-\U0010ffff"
)
_LINE: Final = "\t\n\r"
_HALVES: Final = "\ud800-\udfff"

ONE_LINE: Final = f"^[^{_NEVER}{_LINE}]*$"
NAME: Final = f"^(?=.*\\S)[^{_NEVER}{_LINE}]*$"
MANY_LINES: Final = f"^([^{_NEVER}\r]|\r\n)*$"
"""As patterns of JSON Schema, where no half of a surrogate pair can be written."""

_UNSEEN: Final = re.compile(f"[{_NEVER}{_LINE}{_HALVES}]")
_UNSEEN_IN_LINES: Final = re.compile(f"[{_NEVER}\r{_HALVES}]")
_HALF: Final = re.compile(f"[{_HALVES}]")


def is_one_line(text: str) -> bool:
    """Say whether a text is one line of characters that show."""
    return _UNSEEN.search(text) is None


def is_plain(text: str) -> bool:
    """Say whether a text has only lines, tabs and characters that show."""
    return _UNSEEN_IN_LINES.search(text) is None


def whole(text: str) -> str:
    """Return a text without halves of surrogate pairs, which no encoding can write."""
    return _HALF.sub("\ufffd", text)


def printable(text: str, most: int) -> str:
    """Return a text fit to be quoted back: one line of characters that show, not too long."""
    return _UNSEEN.sub("\ufffd", text if len(text) <= most else f"{text[: most - 1]}…")
