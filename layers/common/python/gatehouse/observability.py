"""One log line and two metrics a request, without anything secret or personal in them.

The line names the route, never the path: the path of an invitation holds its secret.
"""

from functools import cache

from aws_lambda_powertools import Logger
from aws_lambda_powertools.metrics import EphemeralMetrics, MetricUnit


@cache
def logger() -> Logger:
    """Return the structured logger of this function."""
    return Logger(serialize_stacktrace=False)


def served(*, route: str, status: int, milliseconds: int, request_id: str, problem: str) -> None:
    """Note a request that was answered."""
    logger().info(
        "served",
        extra={
            "route": route,
            "status": status,
            "milliseconds": milliseconds,
            "request_id": request_id,
            "problem": problem,
        },
    )
    # One's own for each request: the shared one would mix requests that run side by side.
    metrics = EphemeralMetrics()
    metrics.add_dimension("route", route)
    metrics.add_metric("Requests", MetricUnit.Count, 1)
    metrics.add_metric("Latency", MetricUnit.Milliseconds, milliseconds)
    metrics.flush_metrics()


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


def swept(**counts: object) -> None:
    """Note a run of the clean-up."""
    logger().info("swept", extra=counts)
