"""Between an API Gateway event and the routes: one mapping of errors, one shape of answers."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Final

from gatehouse import observability
from gatehouse.domain.errors import GatehouseError, NotFound, Unable
from gatehouse.http.answers import Answer, Routes, json_answer
from gatehouse.http.call import Call
from gatehouse.http.problems import CONTENT_TYPE, headers, problem

if TYPE_CHECKING:
    from gatehouse.usecases.ports import Ports

_REQUEST_ID: Final = re.compile(r"[\x21-\x7e]{1,128}")


class Application:
    """The routes of one function, and what its refusals look like: problem details, or pages."""

    def __init__(
        self, *routes: Routes, refused: Callable[[Call, GatehouseError], Answer] | None = None
    ) -> None:
        self._routes = {key: route for some in routes for key, route in some.items()}
        self._refused = refused or (lambda _, error: refusal(error))

    def handle(self, event: Mapping[str, Any], ports: Ports) -> dict[str, Any]:
        """Answer one event; whatever happens, the answer is of the documented shape."""
        began = time.monotonic()
        request_id = _request_id(event)
        method, _, path = event["routeKey"].partition(" ")
        if method == "ANY":
            method = event["requestContext"]["http"]["method"]
        # HEAD is GET without the body (RFC 9110).
        route_key = f"{'GET' if method == 'HEAD' else method} {path}"
        answer = self._answer(route_key, Call(ports, event), request_id)
        observability.served(
            route=event["routeKey"],
            status=answer.status,
            milliseconds=round((time.monotonic() - began) * 1000),
            request_id=request_id,
            problem=answer.problem,
            account_id=answer.account_id,
            dry_runs=answer.dry_runs,
        )
        return answer.for_gateway(request_id, with_body=method != "HEAD")

    def _answer(self, route_key: str, call: Call, request_id: str) -> Answer:
        try:
            return self._routes.get(route_key, _nothing)(call)
        except GatehouseError as error:
            if isinstance(error, Unable):
                observability.unable(
                    route=route_key,
                    request_id=request_id,
                    problem=error.slug,
                    cause=error.__cause__,
                )
            return self._refused(call, error)
        except Exception:  # noqa: BLE001  # the last line: no traceback goes out, nothing is allowed
            observability.failed(route=route_key, request_id=request_id)
            return self._refused(
                call,
                GatehouseError("Something went wrong on our side; nothing was allowed. Try again."),
            )


def _nothing(_: Call) -> Answer:
    raise NotFound("There is nothing at this address.")


def refusal(error: GatehouseError) -> Answer:
    """Return a refusal as problem details."""
    answer = json_answer(error.status, problem(error), CONTENT_TYPE)
    return Answer(
        answer.status, answer.body, {**answer.headers, **headers(error)}, problem=error.slug
    )


def _request_id(event: Mapping[str, Any]) -> str:
    for name, value in (event.get("headers") or {}).items():
        if name.lower() == "x-request-id" and _REQUEST_ID.fullmatch(value):
            return str(value)
    return str(event["requestContext"].get("requestId", ""))
