"""Texts in cells of CSV files, so that no spreadsheet takes one for a formula.

A name such as ``=HYPERLINK(…)`` is text to us and a command to the program that opens the file.
OWASP's list (CSV Injection) is ``=``, ``+``, ``-``, ``@``, tab and line breaks, and the full-width
signs that some programs read as the same. Quoting does not help: a program set to another
separator sees cells begin in the middle of ours. So the rule looks at every place where a cell
could begin, which is the start of the text and behind each separator or line break in it:

* where such a sign stands next, blanks and quotes aside, one apostrophe is put in front;
* where an apostrophe stands already, one more is;
* nothing else changes. So whoever takes one apostrophe away at each such place has the text back.
"""

import json
import re
from collections.abc import Iterable
from typing import Any, Final

_PLACE: Final = r"(?:\A|(?<=[,;\t\r\n]))"
_SIGNS: Final = (
    "=+\\-@\u2212"
    # What Unicode folds to one of them (NFKC): full-width, small, raised, lowered, doubled.
    "\uff1d\uff0b\uff0d\uff20\ufb29\ufe62\ufe63\ufe66\ufe6b\u207a\u207c\u208a\u208c\u2a75\u2a76"
)
_BLANKS: Final = '\\s\u200b\ufeff"'  # and quotes, which another separator lets vanish
_COMMAND: Final = re.compile(rf"{_PLACE}(?=[{_BLANKS}]*[{_SIGNS}]|['\t\r\n])")
_ADDED: Final = re.compile(rf"{_PLACE}'")


def harmless(text: str) -> str:
    """Return a text that no spreadsheet takes for a formula, wherever it cuts it."""
    return _COMMAND.sub("'", text)


def original(cell: str) -> str:
    """Return the text that :func:`harmless` was given."""
    return _ADDED.sub("", cell)


def cell_of(value: Any) -> str:
    """Write a value as a cell: lists of words apart by a blank, what has parts as JSON.

    None is an empty cell, as the empty text is: the JSON file tells them apart.
    """
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list) and all(isinstance(one, str) for one in value):
        return harmless(" ".join(value))
    if isinstance(value, list | dict):
        return harmless(json.dumps(value, ensure_ascii=False, separators=(",", ":")))
    return harmless(str(value))


def line_of(values: Iterable[Any]) -> str:
    """Write a row, every cell quoted (RFC 4180)."""
    cells = (cell_of(value).replace('"', '""') for value in values)
    return ",".join(f'"{cell}"' for cell in cells) + "\r\n"
