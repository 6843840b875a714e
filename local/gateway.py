"""The gateway: what API Gateway's HTTP API does in front of the functions, and no more."""

import asyncio
import logging
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import Any, Final, Protocol

from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.types import Receive, Scope, Send

from local.events import NotAResponse, to_event, to_response
from local.routing import RouteTable
from local.template import Route

log: Final = logging.getLogger("local.gateway")
PAYLOAD_LIMIT: Final = 10 * 1024 * 1024
THREADS: Final = 40
TIME_LIMIT: Final = 30.0  # seconds; the longest an HTTP API waits for a function

Noted = Callable[[str, str, int, float], None]


class Callee(Protocol):
    """Whatever calls a function by name."""

    def invoke(self, name: str, event: object) -> object:
        """Call it and return its result; whatever it raises goes on to the caller."""


class Gateway:
    """Serve the template's routes by calling their functions in threads."""

    def __init__(
        self,
        routes: RouteTable,
        functions: Callee,
        now: Callable[[], datetime],
        noted: Noted = lambda *_: None,
    ) -> None:
        self._routes = routes
        self._functions = functions
        self._now = now
        self._noted = noted
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="function")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, written in one piece."""
        request = Request(scope, receive)
        path = scope["raw_path"].decode("latin-1")
        found = self._routes.find(request.method, path)
        started = time.perf_counter()
        try:
            response = await self._answer(request, found)
        except ClientDisconnect:
            return
        shown = found[0].path if found else path  # a path parameter may be a secret link
        self._noted(request.method, shown, response.status_code, time.perf_counter() - started)
        await response(scope, receive, send)

    def close(self) -> None:
        """Wait for the calls under way."""
        self._threads.shutdown(wait=True, cancel_futures=True)

    async def _answer(
        self, request: Request, found: tuple[Route, dict[str, str]] | None
    ) -> Response:
        if found is None:
            return _message(404, "Not Found")
        body = await _read(request)
        if body is None:
            return _message(413, "Request Entity Too Large")
        route, parameters = found
        event = to_event(request, body, route, parameters, self._now())
        call = asyncio.get_running_loop().run_in_executor(
            self._threads, self._call, route.function, event
        )
        try:
            return await asyncio.wait_for(asyncio.shield(call), TIME_LIMIT)
        except TimeoutError:
            log.error("%s did not answer within %d s", route.key, TIME_LIMIT)
            return _message(503, "Service Unavailable")

    def _call(self, function: str, event: dict[str, Any]) -> Response:
        try:
            result = self._functions.invoke(function, event)
            return to_response(result, event["requestContext"]["requestId"])
        except NotAResponse as problem:
            log.error("function %s, %s: %s", function, event["routeKey"], problem.why)
        except Exception:  # a function may raise anything; API Gateway answers 500
            log.exception("function %s, %s", function, event["routeKey"])
        return _message(500, "Internal Server Error")


async def _read(request: Request) -> bytes | None:
    """Read the whole body; None if it is over the limit."""
    length = request.headers.get("content-length", "0")
    if length.isdigit() and int(length) > PAYLOAD_LIMIT:
        return None
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > PAYLOAD_LIMIT:
            return None
    return bytes(body)


def _message(status: int, text: str) -> Response:
    return JSONResponse({"message": text}, status)
