"""Log lines say what happened, and never anything secret or personal."""

import json
import logging
from collections.abc import Callable, Iterator
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
    """Return what is logged of trouble meanwhile, and of the clean-up."""
    logger = observability.logger()
    formatter = logger.registered_formatter
    kept = Lines(formatter)
    level = logger.log_level
    logger._logger.addHandler(kept)
    logger.setLevel("INFO")
    yield kept.lines
    logger.setLevel(level)
    logger._logger.removeHandler(kept)


@pytest.fixture
def written(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[[], list[str]]:
    """Return the lines written for requests since the last look, log and metrics both on."""
    monkeypatch.setenv("POWERTOOLS_METRICS_DISABLED", "false")
    monkeypatch.setenv("POWERTOOLS_LOG_LEVEL", "INFO")

    def look() -> list[str]:
        return capsys.readouterr().out.splitlines()

    return look


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


def test_a_request_is_one_line_with_the_route_and_never_the_path(
    written: Callable[[], list[str]],
) -> None:
    token = served("GET", "/invitations/{token}")
    (line,) = written()
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


def test_a_failure_of_ours_has_its_traceback_and_still_no_token(
    lines: list[str], written: Callable[[], list[str]]
) -> None:
    token = served("POST", "/invitations/{token}/accept")
    (failure,) = lines
    (request,) = written()
    assert "broken on purpose" in failure
    assert json.loads(request)["problem"] == "internal-error"
    for line in (failure, request):
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


def test_the_line_is_two_metrics_by_route_too(written: Callable[[], list[str]]) -> None:
    served("GET", "/invitations/{token}")
    (line,) = written()
    entry = json.loads(line)
    assert metrics_of(entry) == {
        ("route", "GET /invitations/{token}"): {"Requests": 1, "Latency": entry["milliseconds"]}
    }


def test_dry_runs_are_counted_by_account(written: Callable[[], list[str]]) -> None:
    observability.served(
        route="POST /x",
        status=200,
        milliseconds=3,
        request_id="r-1",
        problem="",
        account_id="acc_1",
        dry_runs=2,
    )
    (line,) = written()
    assert metrics_of(json.loads(line)) == {
        ("route", "POST /x"): {"Requests": 1, "Latency": 3},
        ("account", "acc_1"): {"DryRuns": 2},
    }


def test_without_metrics_and_information_nothing_is_written(
    written: Callable[[], list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("POWERTOOLS_METRICS_DISABLED", "true")
    served("GET", "/invitations/{token}")
    (line,) = written()
    assert "_aws" not in json.loads(line)
    monkeypatch.setenv("POWERTOOLS_LOG_LEVEL", "WARNING")
    served("GET", "/invitations/{token}")
    assert written() == []


def metrics_of(entry: dict[str, Any]) -> dict[tuple[str, str], dict[str, float]]:
    """Read an entry as CloudWatch does: by dimension, name and value of each metric."""
    assert entry["_aws"]["Timestamp"] > 1_600_000_000_000
    found = {}
    for directive in entry["_aws"]["CloudWatchMetrics"]:
        assert directive["Namespace"] == "Gatehouse"
        ((dimension,),) = directive["Dimensions"]
        found[dimension, entry[dimension]] = {
            metric["Name"]: entry[metric["Name"]] for metric in directive["Metrics"]
        }
    return found
