"""How a route is written down: one operation, with everything it may be sent and may answer."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

Json = dict[str, Any]

SAFE: Final = frozenset({"GET", "HEAD"})


@dataclass(frozen=True, slots=True)
class Who:
    """Who may call: a person, an application by one of these scopes, a visitor, or several."""

    person: bool = False
    scopes: tuple[str, ...] = ()
    visitor: bool = False

    @property
    def needs_credentials(self) -> bool:
        """Say whether nobody gets through without credentials."""
        return not self.visitor and (self.person or bool(self.scopes))


@dataclass(frozen=True, slots=True)
class Reply:
    """One answer: its schema by content type; none means that there is no body."""

    description: str
    content: Mapping[str, Json] = field(default_factory=dict)
    headers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Operation:
    """One route key of the gateway.

    ``problems`` are the slugs that this route has beyond those that follow from the rest: from
    who may call, from its parameters, its body, its Idempotency-Key and its If-Match.
    """

    key: str
    id: str
    tag: str
    summary: str
    who: Who
    replies: Mapping[int, Reply]
    description: str = ""
    query: tuple[Json, ...] = ()
    body: Mapping[str, Json] = field(default_factory=dict)
    body_required: bool = True
    idempotent: bool = False
    if_match: str = ""  # "", "optional" or "required"
    problems: tuple[str, ...] = ()
    never_sent: tuple[str, ...] = ()

    @property
    def method(self) -> str:
        return self.key.partition(" ")[0]

    @property
    def path(self) -> str:
        return self.key.partition(" ")[2]

    def all_problems(self) -> Iterable[str]:
        """List every slug this route may answer with."""
        found = ["internal-error", "store-unavailable", *self.problems]
        if self.who.needs_credentials:
            found += ["unauthenticated", "not-allowed", "network-not-allowed"]
            if self.who.person:
                found.append("second-factor-required")
        if self.who.person:
            found.append("issuer-unavailable")
        if self.who.person and self.method not in SAFE:
            found.append("csrf-token-wrong")
        if self.query or self.body or self.idempotent:
            found.append("malformed-request")
        if self.body or self.idempotent:
            found += ["body-too-large", "unsupported-media-type"]
        if self.idempotent:
            found += ["idempotency-key-reused", "contended"]
        if self.if_match:
            found += ["malformed-request", "etag-stale"]
        if self.if_match == "required":
            found.append("etag-missing")
        return (slug for slug in dict.fromkeys(found) if slug not in self.never_sent)


def json_reply(schema: Json, description: str, *headers: str) -> Reply:
    """Answer JSON."""
    return Reply(description, {"application/json": schema}, headers)


def page_reply(description: str, *headers: str) -> Reply:
    """Answer a page."""
    return Reply(description, {"text/html": {"type": "string"}}, headers)


def ref(name: str) -> Json:
    """Point to a schema of the document."""
    return {"$ref": f"#/components/schemas/{name}"}


def line(most: int) -> Json:
    """Describe one line of at most so many characters."""
    return {**ref("OneLine"), "maxLength": most}


def parameter(name: str, schema: Json, description: str) -> Json:
    """Describe a query parameter, which is never required: an empty one is as good as none."""
    return {
        "name": name,
        "in": "query",
        "description": description,
        "allowEmptyValue": True,
        "schema": schema,
    }


LIMIT: Final[Json] = {"$ref": "#/components/parameters/limit"}
CURSOR: Final[Json] = {"$ref": "#/components/parameters/cursor"}
PAGED: Final = (LIMIT, CURSOR)
