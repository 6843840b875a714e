"""The HTTP server on 127.0.0.1: `/.local/*` to the tools, everything else to the gateway."""

import errno
import os
import signal
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

import uvicorn
from starlette.types import ASGIApp, Receive, Scope, Send

from local.trouble import Trouble

GRACE_SECONDS = 10


class Stopped(BaseException):
    """Unwind the set-up when a signal comes before the server runs."""


def listen(port: int) -> socket.socket:
    """Take the port on 127.0.0.1, or raise Trouble that says who has it."""
    # The protocol is named because asyncio looks for it before it switches Nagle's algorithm off,
    # which holds the second half of an answer on a kept connection back for 40 ms.
    taken = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        taken.bind(("127.0.0.1", port))
        taken.listen(1)  # two sockets that only bind can share a port; listening settles it
    except OSError as error:
        taken.close()
        if error.errno == errno.EADDRINUSE:
            raise Trouble(
                f"Port {port} of 127.0.0.1 is taken by another program{_holder(port)}. "
                f"Stop that one, or choose another port: `PORT={_other(port)} make run`."
            ) from None
        raise Trouble(
            f"Port {port} of 127.0.0.1 cannot be opened ({os.strerror(error.errno or 0)}). "
            f"Choose another one: `PORT={_other(port)} make run`."
        ) from None
    return taken


def _other(port: int) -> int:
    return port + 1 if 1024 <= port < 65535 else 8000


def _holder(port: int) -> str:
    try:
        found = subprocess.run(
            ["lsof", "-nP", f"-iTCP@127.0.0.1:{port}", "-sTCP:LISTEN", "-Fpc"],
            capture_output=True,
            check=False,
            text=True,
            timeout=3,
        ).stdout.split()
    except (OSError, subprocess.TimeoutExpired):
        return ""
    facts = {line[0]: line[1:] for line in found}
    return f" ({facts['c']}, process {facts['p']})" if {"c", "p"} <= facts.keys() else ""


class Server(uvicorn.Server):
    """A server that leaves the signals to us, because the engine must be stopped after it."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Capture none."""
        yield


def make_server(gateway: ASGIApp, tools: ASGIApp) -> Server:
    """Build the server of both halves."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        half = tools if scope["path"].startswith("/.local/") else gateway
        await half(scope, receive, send)

    config = uvicorn.Config(
        app,
        log_config=None,
        access_log=False,
        lifespan="off",
        ws="none",
        server_header=False,
        timeout_keep_alive=75,
        timeout_graceful_shutdown=GRACE_SECONDS,
        backlog=1024,
    )
    return Server(config)


class Signals:
    """Turn HUP, INT and TERM into an orderly stop; a second one does not wait for requests."""

    def __init__(self) -> None:
        self.server: Server | None = None
        self.stopping = False

    def trap(self) -> None:
        """Take over the signals."""
        for number in (signal.SIGHUP, signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._stop)

    def _stop(self, _number: int, _frame: FrameType | None) -> None:
        if self.server is not None:
            self.server.force_exit = self.stopping
            self.server.should_exit = True
        elif not self.stopping:
            self.stopping = True
            raise Stopped
        self.stopping = True
