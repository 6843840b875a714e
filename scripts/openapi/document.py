"""Put the document together: OpenAPI 3.1, from the tables of routes and the schemas."""

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from gatehouse.http.identity import CSRF_HEADER, SESSION_COOKIE
from scripts.openapi.answers import SCHEMAS
from scripts.openapi.operation import SAFE, Json, Operation, Reply
from scripts.openapi.problems import PROBLEM, by_status, response_of
from scripts.openapi.requests import request_schemas
from scripts.openapi.routes import (
    access,
    connections,
    directory,
    exports,
    imports,
    incoming,
    log,
    session,
)

ROOT: Final = Path(__file__).resolve().parents[2]
OPERATIONS: Final[tuple[Operation, ...]] = (
    *connections.OPERATIONS,
    *incoming.OPERATIONS,
    *access.OPERATIONS,
    *log.OPERATIONS,
    *directory.OPERATIONS,
    *exports.OPERATIONS,
    *imports.OPERATIONS,
    *session.OPERATIONS,
)
_ABOUT: Final = """\
One company opens its account to another company's whole team: capped, scoped, logged, revocable.

JSON is UTF-8, names are snake_case, times are RFC 3339 in UTC with three fraction digits. Refusals
are problem details (RFC 9457). Lists are `{"items": [...], "next_cursor": ...}`. What is not of the
documented shape is 400, what is well formed and cannot be done is 422; both name the field. The id
of another company's thing is 404, like one that does not exist. A body has at most 256 KB (413) and
comes as it is, without Content-Encoding (415).

Under an `Idempotency-Key` a request is done once: for 24 hours, a repeat by the same caller gets
the first answer, without its secrets and with `Idempotency-Replayed: true`.

What the gateway itself answers stands outside of this document: 404 for a path or a method that
is not in it, 429 beyond its rate, 413 beyond 10 MB, each with a JSON object that has a `message`.
"""


def document() -> Json:
    """Return the whole document."""
    responses: dict[str, Json] = {}
    paths: dict[str, Json] = {}
    for operation in OPERATIONS:
        item = paths.setdefault(operation.path, _shared(operation.path))
        described = _described(operation, responses)
        item[operation.method.lower()] = described
        if operation.method == "GET":
            item["head"] = _head(described, responses)
    schemas = {**SCHEMAS, **imports.SCHEMAS, **request_schemas(), "Problem": PROBLEM}
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Gatehouse",
            "version": _version(),
            "summary": "Delegated access between companies, with one answer for every click.",
            "description": _ABOUT,
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "/", "description": "The deployment that serves this document."}],
        "tags": [{"name": tag} for tag in dict.fromkeys(one.tag for one in OPERATIONS)],
        "paths": paths,
        "components": {
            "schemas": {name: schemas[name] for name in sorted(schemas)},
            "responses": {name: responses[name] for name in sorted(responses)},
            "parameters": _PARAMETERS,
            "headers": _HEADERS,
            "securitySchemes": _SECURITY,
        },
    }


def _version() -> str:
    return str(tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"])


def _shared(path: str) -> Json:
    names = re.findall(r"\{(\w+)\}", path)
    parameters = [{"$ref": f"#/components/parameters/{name}"} for name in names]
    return {"parameters": [*parameters, {"$ref": "#/components/parameters/X-Request-ID"}]}


def _described(operation: Operation, responses: dict[str, Json]) -> Json:
    described: Json = {
        "operationId": operation.id,
        "summary": operation.summary,
        "tags": [operation.tag],
        "security": list(_security(operation)),
    }
    if operation.description:
        described["description"] = operation.description
    parameters = [*operation.query]
    if operation.idempotent:
        parameters.append({"$ref": "#/components/parameters/Idempotency-Key"})
    if operation.if_match:
        kind = "If-Match-required" if operation.if_match == "required" else "If-Match"
        parameters.append({"$ref": f"#/components/parameters/{kind}"})
    if parameters:
        described["parameters"] = parameters
    if operation.body:
        described["requestBody"] = {
            "required": operation.body_required,
            "content": {kind: {"schema": schema} for kind, schema in operation.body.items()},
        }
    described["responses"] = _responses(operation, responses)
    return described


def _responses(operation: Operation, responses: dict[str, Json]) -> Json:
    found = {status: _reply(reply) for status, reply in operation.replies.items()}
    for status, slugs in by_status(operation.all_problems()).items():
        if status in found:
            problem = response_of(slugs)
            found[status] = {
                **found[status],
                "description": f"{problem['description']} {found[status]['description']}",
                "content": {**found[status].get("content", {}), **problem["content"]},
            }
        else:
            name = ".".join(slugs)
            responses[name] = response_of(slugs)
            found[status] = {"$ref": f"#/components/responses/{name}"}
    return {str(status): found[status] for status in sorted(found)}


def _reply(reply: Reply) -> Json:
    names = ("X-Request-ID", *reply.headers)
    described: Json = {
        "description": reply.description,
        "headers": {_header(name): {"$ref": f"#/components/headers/{name}"} for name in names},
    }
    if reply.content:
        described["content"] = {kind: {"schema": one} for kind, one in reply.content.items()}
    return described


def _header(name: str) -> str:
    return "Idempotency-Replayed" if name == "Replayed" else name


def _head(get: Json, responses: dict[str, Json]) -> Json:
    """Describe HEAD, which is GET without a body (RFC 9110)."""
    bare = {}
    for status, response in get["responses"].items():
        whole = responses[response["$ref"].rsplit("/", 1)[-1]] if "$ref" in response else response
        bare[status] = {name: part for name, part in whole.items() if name != "content"}
    name = get["operationId"]
    return {
        **get,
        "operationId": f"head{name[0].upper()}{name[1:]}",
        "summary": f"{get['summary']}: the headers alone",
        "responses": bare,
    }


def _security(operation: Operation) -> Iterator[Json]:
    who = operation.who
    if who.visitor and who.person:
        yield {}
    if who.person:
        yield {"person": []}
        is_meant = operation.method not in SAFE or "csrf-token-wrong" in operation.problems
        yield {"session": [], "csrf": []} if is_meant else {"session": []}
    if who.scopes:
        yield {"application": list(who.scopes)}


def _id(name: str, pattern: str, description: str) -> Json:
    schema: Json = {"type": "string", "pattern": pattern}
    return {
        "name": name,
        "in": "path",
        "required": True,
        "description": description,
        "schema": schema,
    }


_ULID: Final = "[0-9a-hjkmnp-tv-z]{26}"
_PARAMETERS: Final[dict[str, Json]] = {
    "account_id": _id("account_id", "^acc_[a-z2-7]{16}$", "An account."),
    "api_key_id": _id("api_key_id", "^key_[a-z2-7]{12}$", "An API key of the account."),
    "connection_id": _id("connection_id", f"^con_{_ULID}$", "A connection of the account."),
    "erasure_id": _id("erasure_id", f"^era_{_ULID}$", "An erasure of the account."),
    "export_id": _id("export_id", f"^exp_{_ULID}$", "An export of the account."),
    "group_id": _id("group_id", f"^grp_{_ULID}$", "A group of the account."),
    "import_id": _id("import_id", f"^imp_{_ULID}$", "An import of the account."),
    "organization_id": _id("organization_id", f"^org_{_ULID}$", "An organization of the account."),
    "session_id": _id("session_id", f"^ses_{_ULID}$", "A session of the caller."),
    "user_id": _id("user_id", f"^usr_[a-z2-7]{{16}}_{_ULID}$", "A user of the account."),
    "name": _id("name", "^[a-z0-9.-]{1,100}$", "A file."),
    "token": _id("token", "^[a-z2-7]{52}$", "The secret of a personal link."),
    "limit": {
        "name": "limit",
        "in": "query",
        "description": "How many items a page has at most.",
        "schema": {"type": "integer", "minimum": 1, "maximum": 200, "default": 50},
    },
    "cursor": {
        "name": "cursor",
        "in": "query",
        "description": "`next_cursor` of the page before, with the same filters. Opaque, signed.",
        "schema": {"type": "string", "pattern": "^[A-Za-z0-9_-]*$"},
    },
    "X-Request-ID": {
        "name": "X-Request-ID",
        "in": "header",
        "description": "Comes back, if it has 1 to 128 printable ASCII characters.",
        "schema": {"type": "string"},
    },
    "Idempotency-Key": {
        "name": "Idempotency-Key",
        "in": "header",
        "description": "Makes repeating harmless, for 24 hours. A UUID does.",
        "schema": {"type": "string", "pattern": r"^[\x21-\x7e]{1,255}$"},
    },
    "If-Match": {
        "name": "If-Match",
        "in": "header",
        "description": "The `etag` that was read, quoted or not: nothing is changed unseen.",
        "schema": {"type": "string", "pattern": r'^(W/)?("[!#-+\--~]*"|[!#-+\--~]+)$'},
    },
}
_PARAMETERS["If-Match-required"] = {**_PARAMETERS["If-Match"], "required": True}


def _out(description: str, *, always: bool = False, **schema: Any) -> Json:
    return {
        "description": description,
        "schema": {"type": "string", **schema},
        **({"required": True} if always else {}),
    }


_HEADERS: Final[dict[str, Json]] = {
    "X-Request-ID": _out("The request's, or one made for it.", always=True),
    "ETag": _out("The version, quoted; also `etag` in JSON.", always=True, pattern='^"[^"]*"$'),
    "Replayed": _out("`true` if the answer is that of the first request under the key."),
    "Retry-After": _out("Seconds to wait.", always=True, pattern="^[0-9]+$"),
    "WWW-Authenticate": _out("How to authenticate (RFC 9110).", always=True),
    "Content-Disposition": _out("What the file is saved as."),
    "Content-Encoding": _out("`gzip`, if the caller takes it."),
    "Location": _out("Where to go on.", always=True),
    "Set-Cookie": _out("Cookies of this host alone, over https, unseen by scripts."),
    "Vary": _out("What the answer depends on.", always=True),
}
_SECURITY: Final[dict[str, Json]] = {
    "person": {
        "type": "http",
        "scheme": "bearer",
        "bearerFormat": "JWT",
        "description": "An access token of the deployment's OpenID Connect issuer. The role is the "
        "user's own, read fresh on every request.",
    },
    "application": {
        "type": "http",
        "scheme": "bearer",
        "bearerFormat": "gh_<account>_<key>_<secret>",
        "description": "An API key with one of the scopes named.",
    },
    "session": {
        "type": "apiKey",
        "in": "cookie",
        "name": SESSION_COOKIE,
        "description": "A browser's session, from signing in.",
    },
    "csrf": {
        "type": "apiKey",
        "in": "header",
        "name": "-".join(part.capitalize() for part in CSRF_HEADER.split("-")),
        "description": "What a session sends with every write; forms send it as `csrf_token`.",
    },
}
