"""Log lines say what happened, and never anything secret or personal."""

import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from gatehouse import observability
from gatehouse.domain.secrets import new_token
from gatehouse.http.answers import Answer, Routes
from gatehouse.http.application import Application
from gatehouse.http.call import Call

routes = Routes()


@routes("GET /invitations/{token}")
def show(call: Call) -> Answer:
    return Answer(200, f"the secret page of {call.path['token']}")


@routes("POST /invitations/{token}/accept")
def accept(call: Call) -> Answer:
    raise RuntimeError("broken on purpose")


class Lines(logging.Handler):
    """Keeps each line as it would be written."""

    def __init__(self, formatter: logging.Formatter | None) -> None:
        super().__init__()
        self.formatter = formatter
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(self.format(record))


@pytest.fixture
def lines() -> Iterator[list[str]]:
    """Return what is logged meanwhile, down to information."""
    logger = observability.logger()
    formatter = logger.registered_formatter
    kept = Lines(formatter)
    level = logger.log_level
    logger._logger.addHandler(kept)
    logger.setLevel("INFO")
    yield kept.lines
    logger.setLevel(level)
    logger._logger.removeHandler(kept)


def event(method: str, path: str, token: str) -> dict[str, Any]:
    return {
        "routeKey": f"{method} {path}",
        "rawPath": path.replace("{token}", token),
        "rawQueryString": "code=secret-code",
        "headers": {"authorization": "Bearer secret-bearer", "x-request-id": "r-1"},
        "cookies": ["__Host-gatehouse=secret-cookie"],
        "pathParameters": {"token": token},
        "body": '{"reason": "secret reason"}',
        "requestContext": {
            "requestId": "r-1",
            "http": {"method": method, "sourceIp": "192.0.2.7", "userAgent": "secret agent"},
        },
    }


def served(method: str, path: str) -> str:
    """Serve one request; return its token, which no line may have."""
    token = new_token()
    Application(routes).handle(event(method, path, token), None)  # type: ignore[arg-type]  # no port is asked for
    return token


def test_a_request_is_one_line_with_the_route_and_never_the_path(lines: list[str]) -> None:
    token = served("GET", "/invitations/{token}")
    (line,) = lines
    entry = json.loads(line)
    assert entry["message"] == "served"
    assert (entry["route"], entry["status"], entry["request_id"], entry["problem"]) == (
        "GET /invitations/{token}",
        200,
        "r-1",
        "",
    )
    assert entry["milliseconds"] >= 0
    assert token not in line
    assert "secret" not in line
    assert "192.0.2.7" not in line


def test_a_failure_of_ours_has_its_traceback_and_still_no_token(lines: list[str]) -> None:
    token = served("POST", "/invitations/{token}/accept")
    failure, request = lines
    assert "broken on purpose" in failure
    assert json.loads(request)["problem"] == "internal-error"
    for line in lines:
        assert token not in line
        assert "secret-" not in line


def test_what_did_not_answer_is_noted_by_its_kind_alone(lines: list[str]) -> None:
    cause = ClientError(
        {"Error": {"Code": "ThrottlingException", "Message": "item secret-item"}}, "GetItem"
    )
    observability.unable(route="GET /me", request_id="r-1", problem="unable", cause=cause)
    observability.unable(route="GET /me", request_id="r-1", problem="unable", cause=None)
    assert json.loads(lines[0])["code"] == "ThrottlingException"
    assert json.loads(lines[1])["code"] == ""
    assert "secret-item" not in lines[0]


def test_a_run_of_the_clean_up_is_one_line_of_counts(lines: list[str]) -> None:
    observability.swept(done={"mailing": 2}, failed=0, finished=True)
    entry = json.loads(lines[0])
    assert (entry["message"], entry["done"], entry["finished"]) == ("swept", {"mailing": 2}, True)


def test_metrics_are_two_by_route(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("POWERTOOLS_METRICS_DISABLED", "false")
    served("GET", "/invitations/{token}")
    (line,) = capsys.readouterr().out.splitlines()
    metrics = json.loads(line)
    assert metrics["route"] == "GET /invitations/{token}"
    assert metrics["Requests"] == [1]
    assert metrics["Latency"][0] >= 0
