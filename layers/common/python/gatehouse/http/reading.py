"""Read a request's body strictly: what two parsers could read differently is refused."""

import base64
import json
from collections import Counter, deque
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import parse_qsl

from gatehouse.domain.errors import FieldError, Malformed, TooLarge, UnsupportedMediaType
from gatehouse.http.text import printable, whole

LARGEST: Final = 256 * 1024
"""Bytes a body may have."""
_DEEPEST: Final = 64
_EXACT: Final = 2**53
"""Up to here a float holds every whole number (RFC 7493)."""

JSON: Final = "application/json"
FORM: Final = "application/x-www-form-urlencoded"
MULTIPART: Final = "multipart/form-data"
LARGEST_WITH_FILES: Final = 4 * 1024 * 1024 + 64 * 1024
"""Bytes of a form with a file of 4 MB: Lambda takes 6 MB, and gets it in base64."""


def media_type_of(headers: Mapping[str, str]) -> str:
    """Return the lower-cased media type, without parameters; empty if there is none."""
    return headers.get("content-type", "").partition(";")[0].strip().lower()


def text_of(event: Mapping[str, Any], headers: Mapping[str, str]) -> str:
    """Return the body as text. Raises TooLarge, UnsupportedMediaType or Malformed."""
    if headers.get("content-encoding", "identity").strip().lower() not in {"", "identity"}:
        raise _compressed()
    body = event.get("body") or ""
    if not event.get("isBase64Encoded"):
        if len(body) > LARGEST or len(_encoded(body)) > LARGEST:
            raise _too_large()
        return str(body)
    if len(body) > LARGEST * 4 // 3 + 4:
        raise _too_large()
    try:
        raw = base64.b64decode(body, validate=True)
        if len(raw) > LARGEST:
            raise _too_large()
        return raw.decode()
    except ValueError as wrong:
        raise Malformed("The body is not UTF-8 text. Send JSON encoded in UTF-8.") from wrong


def bytes_of(event: Mapping[str, Any], headers: Mapping[str, str], most: int) -> bytes:
    """Return a body of any kind as it came. Raises TooLarge, UnsupportedMediaType or Malformed."""
    if headers.get("content-encoding", "identity").strip().lower() not in {"", "identity"}:
        raise _compressed()
    body = event.get("body") or ""
    if len(body) > most * 4 // 3 + 4:
        raise _too_large(most)
    try:
        raw = base64.b64decode(body, validate=True) if event.get("isBase64Encoded") else None
    except ValueError as wrong:
        raise Malformed("The body could not be read. Send it again.") from wrong
    raw = _encoded(body) if raw is None else raw
    if len(raw) > most:
        raise _too_large(most)
    return raw


def json_object_of(text: str, media_type: str, charset: str = "utf-8") -> dict[str, Any]:
    """Parse a JSON object. Raises UnsupportedMediaType or Malformed."""
    if media_type != JSON or charset not in {"utf-8", "utf8", ""}:
        raise UnsupportedMediaType("Send the body as application/json in UTF-8.")
    try:
        value = json.loads(
            text,
            object_pairs_hook=_without_duplicates,
            parse_constant=_no_constant,
            parse_float=_number,
        )
        written = json.dumps(value, ensure_ascii=False)
    except Malformed:
        raise
    except RecursionError as deep:
        raise Malformed("The JSON is nested too deeply.") from deep
    except ValueError as wrong:
        raise Malformed("The body is not JSON. Check its syntax.") from wrong
    if whole(written) != written:
        raise _half(pointer(*_place_of_half(value)))
    if not isinstance(value, dict):
        raise Malformed("The body must be a JSON object, in curly brackets.")
    if _depth(value) > _DEEPEST:
        raise Malformed("The JSON is nested too deeply.")
    return value


def form_of(text: str) -> dict[str, str]:
    """Parse a form, each field of which comes once. Raises Malformed."""
    unreadable = Malformed("The form could not be read. Open the page again and repeat.")
    try:
        pairs = parse_qsl(text, keep_blank_values=True, strict_parsing=bool(text), errors="strict")
    except ValueError as wrong:
        raise unreadable from wrong
    found = dict(pairs)
    if len(found) != len(pairs):
        raise unreadable
    return found


def _without_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        counted = Counter(name for name, _ in pairs)
        twice = next(name for name, count in counted.items() if count > 1)
        raise Malformed(
            "The JSON names a field twice; only one of them can be meant.",
            fields=[FieldError(pointer(twice), "This field stands here twice.")],
        )
    return found


def pointer(*location: int | str) -> str:
    """Write a JSON pointer (RFC 6901); names that a caller made up are cut and cleaned."""
    names = (printable(str(part), 100) for part in location)
    return "".join(f"/{name.replace('~', '~0').replace('/', '~1')}" for name in names)


def _place_of_half(value: Any) -> tuple[int | str, ...]:
    """Find the first half of a surrogate pair, which JSON can escape and nothing can write."""
    waiting: deque[tuple[tuple[int | str, ...], Any]] = deque([((), value)])
    while True:
        at, one = waiting.popleft()
        if isinstance(one, str) and whole(one) != one:
            return at
        if isinstance(one, dict):
            found = next((name for name in one if whole(name) != name), None)
            if found is not None:
                return (*at, found)
            waiting.extend(((*at, name), child) for name, child in one.items())
        elif isinstance(one, list):
            waiting.extend(((*at, index), child) for index, child in enumerate(one))


def _half(at: str) -> Malformed:
    detail = "This has half of a surrogate pair, which is no character. Send whole characters."
    return Malformed(detail, fields=[FieldError(at, detail)])


def _encoded(text: str) -> bytes:
    try:
        return text.encode()
    except UnicodeEncodeError as lone:
        raise Malformed(
            "The body has half of a surrogate pair, which is no character. Send whole characters."
        ) from lone


def _no_constant(name: str) -> Any:
    raise Malformed(f"{name} is not JSON (RFC 8259). Send a number, or null.")


def _number(text: str) -> int | float:
    """Read 7.0 as 7: JSON has numbers only, and to JSON Schema both are integers."""
    number = float(text)
    return int(number) if number.is_integer() and abs(number) < _EXACT else number


def _depth(value: Any) -> int:
    deepest, level = 0, [value]
    while level:
        deepest += 1
        level = [
            child
            for one in level
            for child in (
                one.values() if isinstance(one, dict) else one if isinstance(one, list) else ()
            )
        ]
    return deepest


def _compressed() -> UnsupportedMediaType:
    return UnsupportedMediaType(
        "Compressed bodies are not read here. Send the body as it is, without Content-Encoding."
    )


def _too_large(most: int = LARGEST) -> TooLarge:
    return TooLarge(f"The body is larger than {most // 1024:,} KB. Send it in smaller parts.")
