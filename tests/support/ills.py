"""What can be wrong with a body, as its JSON Schema lets one think of it."""

import copy
import json
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from hypothesis import strategies as st

from tests.support.document import operation, resolved

HIDDEN = (
    "\u0000\u0007\u001b\u007f\u0085\u00ad\u061c\u200b\u200e\u200f\u2028\u202e\u2066\ufeff\U000e0041"
)
VALUES: tuple[Any, ...] = (None, True, 0, -1, 1.5, 10**30, 1e308, "", "x", [], {}, [[]], {"a": 1})


JSON: st.SearchStrategy[Any] = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=12), inner, max_size=3)
    ),
    max_leaves=10,
)


class Ill(NamedTuple):
    """A body that breaks its schema, and the pointer of what is wrong with it."""

    what: str
    pointer: str
    text: str


def schema_of(route_key: str) -> Any:
    """Return the schema of the JSON body of a route."""
    schema = operation(route_key)["requestBody"]["content"]["application/json"]["schema"]
    first = resolved(schema).get("anyOf", [schema])[0]
    return resolved(first)


def ills(route_key: str, body: Mapping[str, Any]) -> st.SearchStrategy[Ill]:
    """Return bodies of a route with one thing wrong with each, and bodies of anything at all."""
    known = st.sampled_from(list(_ills(schema_of(route_key), body, body, ())))
    junk = JSON.filter(lambda value: not isinstance(value, dict)).map(
        lambda value: Ill("no object", "", json.dumps(value))
    )
    return known | known | known | junk


def _ills(schema: Any, value: Any, body: Any, at: tuple[str | int, ...]) -> Iterator[Ill]:
    yield from (_ill(what, body, at, wrong) for what, wrong in _wrong_values(schema, value))
    for kind in _alternatives(schema):
        if kind.get("type") == "object" and isinstance(value, dict):
            for name in kind.get("required", ()):
                yield _ill("missing", body, (*at, name), None, missing=True)
            if kind.get("additionalProperties") is False:
                yield _ill("unknown", body, (*at, "unheard_of"), 1)
                yield _ill("hidden name", body, (*at, f"a{HIDDEN}"), 1)
            for name, part in kind.get("properties", {}).items():
                if name in value:
                    yield from _ills(resolved(part), value[name], body, (*at, name))
        if kind.get("type") == "array" and isinstance(value, list) and value and "items" in kind:
            yield from _ills(resolved(kind["items"]), value[0], body, (*at, 0))


def _alternatives(schema: Any) -> list[Any]:
    return [resolved(one) for one in resolved(schema).get("anyOf", [schema])]


def _wrong_values(schema: Any, value: Any) -> Iterator[tuple[str, Any]]:
    kinds = _alternatives(schema)
    types = {one for kind in kinds for one in _types(kind)}
    for other in VALUES if types else ():
        if not types & _types_of(other):
            yield f"wrong type {json.dumps(other)[:20]}", other
    for kind in kinds:
        yield from _wrong_words(kind, value)
        yield from _wrong_numbers(kind, value)


def _wrong_words(kind: Any, value: Any) -> Iterator[tuple[str, Any]]:
    if "enum" in kind:
        yield "unknown word", "unheard-of"
        yield "word with a hidden character", f"{kind['enum'][0]}\u200b"
    if "maxLength" in kind:
        yield "over-long", "x" * (kind["maxLength"] + 1)
    if kind.get("minLength"):
        yield "empty", ""
    if "pattern" in kind and isinstance(value, str):
        for hidden in HIDDEN:
            yield f"hidden {ord(hidden):#x}", f"{value}{hidden}"
            yield f"hidden {ord(hidden):#x} in front", f"{hidden}{value}"
    if kind.get("format") in _NO_FORMAT:
        yield f"no {kind['format']}", _NO_FORMAT[kind["format"]]


def _wrong_numbers(kind: Any, value: Any) -> Iterator[tuple[str, Any]]:
    if "minimum" in kind:
        yield "too small", kind["minimum"] - 1
        yield "too large", kind["maximum"] + 1
    if kind.get("minItems"):
        yield "too few", []
    if "maxProperties" in kind:
        yield "too many", {f"x{number}": "editor" for number in range(kind["maxProperties"] + 1)}
    if isinstance(value, list) and value and "maxItems" in kind:
        yield "too many", _many(value[0], kind["maxItems"] + 1)
    if isinstance(value, list) and value and kind.get("uniqueItems"):
        yield "twice the same", [value[0], value[0]]


_NO_FORMAT = {
    "email": "not an address\r\nBcc: everybody@example.com",
    "date-time": "2026-02-30T25:61:00Z",
    "network": "192.0.2.0/99",
}
_JSON = {
    bool: "boolean",
    int: "integer",
    float: "number",
    str: "string",
    list: "array",
    dict: "object",
}


def _types(kind: Any) -> set[str]:
    if "enum" in kind and "type" not in kind:
        return {"string"}
    found = kind.get("type", [])
    return {found} if isinstance(found, str) else set(found)


def _types_of(value: Any) -> set[str]:
    return {"null"} if value is None else {_JSON[type(value)]}


def _many(one: Any, count: int) -> list[Any]:
    if isinstance(one, str) and one[3:4] == "_":
        return [f"{one[:-6]}{number:06d}" for number in range(count)]
    return [one] * count


def _ill(
    what: str, body: Any, at: tuple[str | int, ...], value: Any, *, missing: bool = False
) -> Ill:
    if not at:
        return Ill(what, "", json.dumps(value))
    changed = copy.deepcopy(dict(body))
    inner: Any = changed
    for step in at[:-1]:
        inner = inner[step]
    if missing:
        del inner[at[-1]]
    else:
        inner[at[-1]] = value
    return Ill(what, "".join(f"/{step}" for step in at), json.dumps(changed))
