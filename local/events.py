"""HTTP to an API Gateway event and back: payload format 2.0 of HTTP APIs.

See docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
What that page leaves open follows what the service was seen to do: `rawPath` and path parameters
come decoded, the query string as sent, cookies apart from the headers, and a body is text only for
`text/*` and application/json, xml and javascript; every other one, forms too, is base64.
"""

import base64
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from urllib.parse import parse_qsl, unquote

from starlette.requests import Request
from starlette.responses import Response

from local.template import Route

_TEXT: Final = frozenset({"application/json", "application/xml", "application/javascript"})


def to_event(
    request: Request, body: bytes, route: Route, parameters: Mapping[str, str], now: datetime
) -> dict[str, Any]:
    """Write the event that API Gateway would hand to the function."""
    headers, cookies = _headers(request)
    request_id = secrets.token_urlsafe(11) + "="
    path = unquote(request.scope["raw_path"].decode("latin-1")).split("?", 1)[0]
    query = request.scope["query_string"].decode("latin-1")
    host = headers.get("host", "")
    event: dict[str, Any] = {
        "version": "2.0",
        "routeKey": route.key,
        "rawPath": path,
        "rawQueryString": query,
        "headers": headers,
        "requestContext": {
            "accountId": "000000000000",
            "apiId": "local",
            "domainName": host,
            "domainPrefix": host.split(".", 1)[0],
            "http": {
                "method": request.method,
                "path": path,
                "protocol": f"HTTP/{request.scope['http_version']}",
                "sourceIp": request.client.host if request.client else "127.0.0.1",
                "userAgent": headers.get("user-agent", ""),
            },
            "requestId": request_id,
            "routeKey": route.key,
            "stage": "$default",
            "time": f"{now:%d/%b/%Y:%H:%M:%S +0000}",
            "timeEpoch": round(now.timestamp() * 1000),
        },
        "isBase64Encoded": False,
    }
    if cookies:
        event["cookies"] = cookies
    if query:
        event["queryStringParameters"] = _joined(parse_qsl(query, keep_blank_values=True))
    if parameters:
        event["pathParameters"] = dict(parameters)
    if body:
        event["isBase64Encoded"] = not _is_text(headers.get("content-type", ""))
        event["body"] = (
            base64.b64encode(body).decode("ascii")
            if event["isBase64Encoded"]
            else body.decode("utf-8", "replace")
        )
    return event


def _headers(request: Request) -> tuple[dict[str, str], list[str]]:
    pairs = [(n.decode("latin-1").lower(), v.decode("latin-1")) for n, v in request.headers.raw]
    cookies = [
        cookie.strip()
        for n, v in pairs
        if n == "cookie"
        for cookie in v.split(";")
        if cookie.strip()
    ]
    address = request.client.host if request.client else "127.0.0.1"
    pairs += [("x-forwarded-for", address), ("x-forwarded-proto", request.url.scheme)]
    return _joined((n, v) for n, v in pairs if n != "cookie"), cookies


def _joined(pairs: Any) -> dict[str, str]:
    joined: dict[str, str] = {}
    for name, value in pairs:
        joined[name] = f"{joined[name]},{value}" if name in joined else value
    return joined


def _is_text(content_type: str) -> bool:
    media_type = content_type.split(";", 1)[0].strip().lower()
    return media_type.startswith("text/") or media_type in _TEXT


@dataclass(frozen=True, slots=True)
class NotAResponse(Exception):
    """Say that a function's result is nothing that API Gateway could answer with."""

    why: str


def to_response(result: object, request_id: str) -> Response:
    """Turn a function's result into the HTTP answer; raise NotAResponse if it is none."""
    try:
        plain = json.loads(json.dumps(result))
    except (TypeError, ValueError) as error:
        raise NotAResponse(f"the result is not JSON: {error}") from None
    if not isinstance(plain, dict) or "statusCode" not in plain:
        plain = {
            "statusCode": 200,
            "headers": {"content-type": "application/json"},
            "body": plain if isinstance(plain, str) else json.dumps(plain),
        }
    try:
        status = int(plain["statusCode"])
        text = plain.get("body") or ""
        body = base64.b64decode(text) if plain.get("isBase64Encoded") else text.encode("utf-8")
        headers = {str(n).lower(): str(v) for n, v in (plain.get("headers") or {}).items()}
        cookies = [str(cookie) for cookie in plain.get("cookies") or []]
    except (TypeError, ValueError, AttributeError) as error:
        raise NotAResponse(f"the result is not of payload format 2.0: {error}") from None
    if body:
        headers.setdefault("content-type", "text/plain;charset=UTF-8")
    headers.pop("content-length", None)
    headers["apigw-requestid"] = request_id
    response = Response(body, status, headers)
    for cookie in cookies:
        response.headers.append("set-cookie", cookie)
    return response
