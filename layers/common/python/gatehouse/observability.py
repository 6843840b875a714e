"""One line a request: log entry and metrics at once, without anything secret or personal in it.

The line names the route, never the path: the path of an invitation holds its secret. It is in the
CloudWatch embedded metric format, from which CloudWatch takes the metrics by itself:
https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
It is written by hand, because loading Powertools costs a cold start more than a decision does;
what fails is logged by Powertools. Its settings (POWERTOOLS_…) hold for both.
"""

from __future__ import annotations

import json
import os
import sys
import time
from datetime import UTC, datetime
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from gatehouse.domain.moments import to_text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from aws_lambda_powertools import Logger

_JSON: Final = json.JSONEncoder(separators=(",", ":"))
_SERVED: Final = {"Requests": "Count", "Latency": "Milliseconds"}
_DRY_RUNS: Final = {"DryRuns": "Count"}


@cache
def logger() -> Logger:
    """Return the structured logger of this function, loaded when there is trouble to tell of."""
    from aws_lambda_powertools import Logger

    return Logger(serialize_stacktrace=False)


def served(
    *,
    route: str,
    status: int,
    milliseconds: int,
    request_id: str,
    problem: str,
    account_id: str = "",
    dry_runs: int = 0,
) -> None:
    """Note a request that was answered, and an account's dry runs: nothing else records them."""
    counted = not _is_on("POWERTOOLS_METRICS_DISABLED")
    if not counted and not _is_heard():
        return
    now = time.time()
    entry: dict[str, Any] = {
        "level": "INFO",
        "message": "served",
        "timestamp": to_text(datetime.fromtimestamp(now, UTC)),
        "service": os.environ.get("POWERTOOLS_SERVICE_NAME", "service_undefined"),
        "route": route,
        "status": status,
        "milliseconds": milliseconds,
        "request_id": request_id,
        "problem": problem,
    }
    if counted:
        directives = [_directive("route", _SERVED)]
        entry |= {"Requests": 1, "Latency": milliseconds}
        if dry_runs:
            directives.append(_directive("account", _DRY_RUNS))
            entry |= {"account": account_id, "DryRuns": dry_runs}
        entry["_aws"] = {"Timestamp": int(now * 1000), "CloudWatchMetrics": directives}
    # In one piece: requests that run side by side do not mix their lines.
    sys.stdout.write(_JSON.encode(entry) + "\n")


def _directive(dimension: str, units: Mapping[str, str]) -> dict[str, Any]:
    """Return what tells CloudWatch which members of an entry are metrics."""
    return {
        "Namespace": os.environ.get("POWERTOOLS_METRICS_NAMESPACE", "Gatehouse"),
        "Dimensions": [[dimension]],
        "Metrics": [{"Name": name, "Unit": unit} for name, unit in units.items()],
    }


def _is_on(switch: str) -> bool:
    return os.environ.get(switch, "").lower() in {"1", "true", "yes", "on"}


def _is_heard() -> bool:
    """Say whether information is logged at all."""
    return os.environ.get("POWERTOOLS_LOG_LEVEL", "INFO").upper() in {"INFO", "DEBUG"}


def failed(*, route: str, request_id: str) -> None:
    """Note an error of ours, with its traceback."""
    logger().exception("failed", extra={"route": route, "request_id": request_id})


def unable(*, route: str, request_id: str, problem: str, cause: BaseException | None) -> None:
    """Note that something behind us did not answer: what kind of failure, never its content."""
    response = getattr(cause, "response", None) or {}
    logger().warning(
        "unable",
        extra={
            "route": route,
            "request_id": request_id,
            "problem": problem,
            "cause": type(cause).__name__,
            "code": response.get("Error", {}).get("Code", ""),
        },
    )


def left_over(kind: str, trouble: Exception) -> None:
    """Note what the clean-up could not do: what kind of failure, never its content."""
    logger().warning("left over", extra={"kind": kind, "cause": type(trouble).__name__})


def swept(**counts: object) -> None:
    """Note a run of the clean-up."""
    logger().info("swept", extra=counts)


def worked(*, kind: str, state: str, **counts: int) -> None:
    """Note what a job came to for now: its kind and its counts, never whose it is."""
    logger().info("worked", extra={"kind": kind, "state": state, "counts": counts})


def fed_back(*, reported: str | None, noted: bool) -> None:
    """Note a report of the mail service; None if it was about no mail of ours."""
    logger().info("fed back", extra={"reported": reported, "noted": noted})


def followed(*, entries: int) -> None:
    """Note how many new entries of logs were counted and told to the event bus."""
    logger().info("followed", extra={"entries": entries})
