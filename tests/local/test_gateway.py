"""The local gateway hands functions what API Gateway's HTTP API would, and answers as it does."""

import asyncio
import base64
import json
import textwrap
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from local.functions import Functions
from local.gateway import PAYLOAD_LIMIT, Gateway
from local.routing import RouteTable
from local.template import read_template

NOW = datetime(2026, 11, 21, 22, 43, 1, 123000, tzinfo=UTC)

TEMPLATE = """
Parameters:
  Level: {Type: String, Default: WARNING}
Globals:
  Function:
    Timeout: 7
    Environment: {Variables: {LEVEL: !Ref Level, TABLE_NAME: !Ref Table}}
Resources:
  Api: {Type: AWS::Serverless::HttpApi}
  Echo:
    Type: AWS::Serverless::Function
    Properties:
      CodeUri: functions/echo/
      Handler: handler.handler
      Events:
        List: {Type: HttpApi, Properties: {ApiId: !Ref Api, Method: GET, Path: /users}}
        Head: {Type: HttpApi, Properties: {ApiId: !Ref Api, Method: HEAD, Path: /users}}
        Add: {Type: HttpApi, Properties: {ApiId: !Ref Api, Method: POST, Path: /users}}
        One: {Type: HttpApi, Properties: {ApiId: !Ref Api, Method: GET, Path: "/users/{user_id}"}}
        Me: {Type: HttpApi, Properties: {ApiId: !Ref Api, Method: GET, Path: /users/me}}
        Rest: {Type: HttpApi, Properties: {ApiId: !Ref Api, Method: ANY, Path: "/users/{rest+}"}}
        Answer: {Type: HttpApi, Properties: {ApiId: !Ref Api, Method: POST, Path: /answer}}
        Fail: {Type: HttpApi, Properties: {ApiId: !Ref Api, Method: POST, Path: /fail}}
        Tick: {Type: Schedule, Properties: {Schedule: rate(5 minutes)}}
"""

HANDLER = """
import json

def handler(event, context):
    if event["rawPath"] == "/fail":
        raise RuntimeError("on purpose")
    if event["rawPath"] == "/answer":
        return json.loads(event["body"])
    seen = {
        "event": event,
        "context": [context.function_name, context.get_remaining_time_in_millis() > 5000],
    }
    return {"statusCode": 200, "headers": {"Content-Type": "application/json"},
            "body": json.dumps(seen)}
"""


@pytest.fixture
def call(tmp_path):
    (tmp_path / "template.yaml").write_text(TEMPLATE, encoding="utf-8")
    folder = tmp_path / "functions" / "echo"
    folder.mkdir(parents=True)
    (folder / "handler.py").write_text(textwrap.dedent(HANDLER), encoding="utf-8")
    template = read_template(tmp_path / "template.yaml")
    gateway = Gateway(RouteTable(template.routes), Functions(template.functions), lambda: NOW)

    def send(method: str, url: str, **how) -> httpx.Response:
        async def once() -> httpx.Response:
            transport = httpx.ASGITransport(app=gateway, client=("127.0.0.1", 50000))
            async with httpx.AsyncClient(
                transport=transport, base_url="http://here:8000"
            ) as client:
                return await client.request(method, url, **how)

        return asyncio.run(once())

    yield send
    gateway.close()


def event_of(response: httpx.Response) -> dict[str, Any]:
    event: dict[str, Any] = response.json()["event"]
    return event


def test_the_event_is_payload_format_2(call):
    response = call(
        "GET",
        "/users?a=1&b=x%20y&a=2",
        headers=[("X-One", "1"), ("X-One", "2"), ("Cookie", "s=1; t=2"), ("User-Agent", "tests")],
    )

    event = event_of(response)
    assert event["version"] == "2.0"
    assert event["routeKey"] == event["requestContext"]["routeKey"] == "GET /users"
    assert event["rawQueryString"] == "a=1&b=x%20y&a=2"
    assert event["queryStringParameters"] == {"a": "1,2", "b": "x y"}
    assert event["headers"]["x-one"] == "1,2"
    assert event["cookies"] == ["s=1", "t=2"]
    assert "cookie" not in event["headers"]
    assert {"body", "pathParameters"}.isdisjoint(event)
    assert event["requestContext"]["stage"] == "$default"
    assert event["requestContext"]["timeEpoch"] == round(NOW.timestamp() * 1000)
    assert event["requestContext"]["http"] == {
        "method": "GET",
        "path": "/users",
        "protocol": "HTTP/1.1",
        "sourceIp": "127.0.0.1",
        "userAgent": "tests",
    }
    assert response.json()["context"] == ["gatehouse-echo", True]


def test_paths_come_decoded(call):
    event = event_of(call("GET", "/users/a%20b%3Fc"))

    assert event["rawPath"] == "/users/a b"
    assert event["pathParameters"] == {"user_id": "a b?c"}


@pytest.mark.parametrize(
    ("content_type", "as_text"),
    [
        ("application/json", True),
        ("application/json; charset=utf-8", True),
        ("text/csv", True),
        ("application/x-www-form-urlencoded", False),
        ("application/octet-stream", False),
        (None, False),
    ],
)
def test_only_text_types_come_as_text(call, content_type, as_text):
    headers = {"content-type": content_type} if content_type else {}

    event = event_of(call("POST", "/users", content=b'{"n": 1}', headers=headers))

    assert event["isBase64Encoded"] is not as_text
    assert event["body"] == (
        '{"n": 1}' if as_text else base64.b64encode(b'{"n": 1}').decode("ascii")
    )


@pytest.mark.parametrize(
    ("method", "path", "route"),
    [
        ("GET", "/users/me", "GET /users/me"),
        ("GET", "/users/me2", "GET /users/{user_id}"),
        ("PUT", "/users/me2", "ANY /users/{rest+}"),
        ("GET", "/users/a/b", "ANY /users/{rest+}"),
    ],
)
def test_the_most_specific_route_wins(call, method, path, route):
    assert event_of(call(method, path))["routeKey"] == route


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", "/nothing"), ("DELETE", "/users"), ("GET", "/users/"), ("OPTIONS", "/answer")],
)
def test_an_unknown_route_or_method_is_api_gateways_404(call, method, path):
    response = call(method, path)

    assert (response.status_code, response.json()) == (404, {"message": "Not Found"})
    assert response.headers["content-type"] == "application/json"


def test_an_exception_is_500_without_a_word_of_it(call):
    response = call("POST", "/fail")

    assert (response.status_code, response.json()) == (500, {"message": "Internal Server Error"})


def test_a_body_over_10_mb_is_413(call):
    response = call("POST", "/answer", content=b"x" * (PAYLOAD_LIMIT + 1))

    assert response.status_code == 413
    assert response.json() == {"message": "Request Entity Too Large"}


def test_the_answer_keeps_status_headers_cookies_and_bytes(call):
    answer = {
        "statusCode": 201,
        "headers": {"ETag": '"1"', "Content-Type": "image/png"},
        "cookies": ["a=1; Path=/", "b=2; Path=/"],
        "body": base64.b64encode(b"\x89PNG").decode("ascii"),
        "isBase64Encoded": True,
    }

    response = call("POST", "/answer", json=answer)

    assert response.status_code == 201
    assert response.headers["etag"] == '"1"'
    assert response.headers.get_list("set-cookie") == ["a=1; Path=/", "b=2; Path=/"]
    assert response.content == b"\x89PNG"


def test_a_result_that_is_no_response_becomes_a_json_body(call):
    response = call(
        "POST",
        "/answer",
        content=json.dumps({"items": []}),
        headers={"content-type": "application/json"},
    )

    assert (response.status_code, response.json()) == (200, {"items": []})


def test_a_result_of_the_wrong_shape_is_500(call):
    response = call("POST", "/answer", json={"statusCode": "many"})

    assert (response.status_code, response.json()) == (500, {"message": "Internal Server Error"})


def test_the_template_tells_variables_limits_and_the_schedule(tmp_path, call):
    function = read_template(tmp_path / "template.yaml").functions["echo"]

    assert function.variables == {"LEVEL": "WARNING"}
    assert function.timeout == 7
    assert function.schedule_seconds == 300
