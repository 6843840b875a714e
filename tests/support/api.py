"""Call the handlers as API Gateway would: the routes of template.yaml, payload format 2.0."""

import base64
import importlib.util
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from local.routing import RouteTable
from local.template import Template, read_template
from tests.support.document import must_be_documented

USUAL_IP = "192.0.2.7"
"""Where requests come from unless a test says otherwise."""


@cache
def template() -> Template:
    return read_template()


@cache
def _routes() -> RouteTable:
    return RouteTable(template().routes)


@cache
def handler_of(function: str) -> Callable[[Any, Any], Any]:
    """Import a function's handler by its path, once."""
    file = template().functions[function].file
    spec = importlib.util.spec_from_file_location(f"function_{function}", file)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.handler  # type: ignore[no-any-return]  # by path


@dataclass(frozen=True)
class Reply:
    """An answer as a client sees it."""

    status: int
    headers: Mapping[str, str]
    cookies: tuple[str, ...]
    text: str

    @property
    def json(self) -> Any:
        return json.loads(self.text)

    @property
    def slug(self) -> str:
        """Return the slug of a problem's type."""
        return str(self.json["type"]).rsplit("/", 1)[-1]

    def __repr__(self) -> str:
        return f"{self.status} {self.text[:1500]}"


class Api:
    """A client without a network between."""

    def __call__(
        self,
        method: str,
        address: str,
        body: Any = None,
        *,
        token: str | None = None,
        headers: Mapping[str, str] | None = None,
        cookies: Mapping[str, str] | None = None,
        is_base64: bool = False,
        ip: str = USUAL_IP,
    ) -> Reply:
        """Send a request; a body that is no text is sent as JSON.

        ``is_base64`` says that the text of the body is base64, as the gateway sends most types.
        """
        sent = {name.lower(): value for name, value in (headers or {}).items()}
        if token is not None:
            sent.setdefault("authorization", f"Bearer {token}")
        if body is not None:
            sent.setdefault("content-type", "application/json")
        text = body if isinstance(body, str) or body is None else json.dumps(body)
        event = event_of(method, address, text, sent, cookies or {})
        if event is None:
            return Reply(404, {}, (), '{"message":"Not Found"}')
        event["isBase64Encoded"] = is_base64
        event["requestContext"]["http"]["sourceIp"] = ip
        function = next(
            route.function for route in template().routes if route.key == event["routeKey"]
        )
        answer = handler_of(function)(event, None)
        got = {name.lower(): value for name, value in answer["headers"].items()}
        reply = Reply(answer["statusCode"], got, tuple(answer["cookies"]), _text(answer, got))
        must_be_documented(
            event["routeKey"].replace("ANY", method),
            reply.status,
            reply.headers,
            reply.cookies,
            reply.text,
        )
        return reply


def _text(answer: Mapping[str, Any], headers: Mapping[str, str]) -> str:
    """Return a body as a client reads it; what is no text, or is compressed, stays base64."""
    is_text = headers.get("content-type", "").startswith(("text/", "application/jsonl"))
    if answer["isBase64Encoded"] and is_text and "content-encoding" not in headers:
        return base64.b64decode(answer["body"], validate=True).decode()
    return str(answer["body"])


def event_of(
    method: str,
    address: str,
    body: str | None,
    headers: Mapping[str, str],
    cookies: Mapping[str, str],
) -> dict[str, Any] | None:
    """Return the event API Gateway would hand over; None if it has no such route."""
    parts = urlsplit(address)
    found = _routes().find(method, parts.path)
    if found is None:
        return None
    route, parameters = found
    event: dict[str, Any] = {
        "version": "2.0",
        "routeKey": route.key,
        "rawPath": unquote(parts.path),
        "rawQueryString": parts.query,
        "headers": {"host": "gatehouse.test", **headers},
        "requestContext": {
            "accountId": "000000000000",
            "apiId": "test",
            "http": {
                "method": method,
                "path": unquote(parts.path),
                "protocol": "HTTP/1.1",
                "sourceIp": USUAL_IP,
                "userAgent": headers.get("user-agent", "a test"),
            },
            "requestId": "request-1",
            "routeKey": route.key,
            "stage": "$default",
        },
        "isBase64Encoded": False,
    }
    if cookies:
        event["cookies"] = [f"{name}={value}" for name, value in cookies.items()]
    if parts.query:
        event["queryStringParameters"] = dict(parse_qsl(parts.query, keep_blank_values=True))
    if parameters:
        event["pathParameters"] = dict(parameters)
    if body is not None:
        event["body"] = body
    return event
