"""Every problem (RFC 9457) with its status, from the one tree of errors."""

from collections.abc import Iterable, Iterator
from typing import Final

from gatehouse.domain.errors import GatehouseError
from gatehouse.http.problems import CONTENT_TYPE, TYPES
from scripts.openapi.answers import NUMBER, TEXT, listing, record
from scripts.openapi.operation import Json, ref

PROBLEM: Final[Json] = {
    "type": "object",
    "description": "Problem details (RFC 9457). `type` is stable; read it, not the sentences.",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string", "format": "uri"},
        "title": TEXT,
        "status": NUMBER,
        "detail": TEXT | {"description": "What happened, why, and what to do next."},
        "errors": listing(record(pointer=TEXT, detail=TEXT))
        | {
            "description": "What is wrong, field by field: a JSON pointer (RFC 6901) into the "
            "body, or the name of a parameter or header after a slash."
        },
    },
}


def tree(root: type[GatehouseError] = GatehouseError) -> Iterator[type[GatehouseError]]:
    """Walk all errors, each before those below it."""
    yield root
    for below in root.__subclasses__():
        yield from tree(below)


ERRORS: Final = {error.slug: error for error in tree()}


def response_of(slugs: Iterable[str]) -> Json:
    """Return the answer that is one of these problems, which share one status."""
    errors = [ERRORS[slug] for slug in slugs]
    (status,) = {error.status for error in errors}
    types = [f"{TYPES}{error.slug}" for error in errors]
    narrowed = {"properties": {"type": {"enum": types}, "status": {"enum": [status]}}}
    headers = {"X-Request-ID": {"$ref": "#/components/headers/X-Request-ID"}}
    if status == 401:
        headers["WWW-Authenticate"] = {"$ref": "#/components/headers/WWW-Authenticate"}
    if status in {429, 503}:
        headers["Retry-After"] = {"$ref": "#/components/headers/Retry-After"}
    return {
        "description": "; ".join(f"`{error.slug}`: {error.title}" for error in errors) + ".",
        "headers": headers,
        "content": {CONTENT_TYPE: {"schema": {"allOf": [ref("Problem"), narrowed]}}},
    }


def by_status(slugs: Iterable[str]) -> dict[int, list[str]]:
    """Sort problems by their status."""
    found: dict[int, list[str]] = {}
    for slug in slugs:
        found.setdefault(ERRORS[slug].status, []).append(slug)
    return {status: sorted(found[status]) for status in sorted(found)}
