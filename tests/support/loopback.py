"""A server on this machine that answers what a test lays out, and keeps what it was asked."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any, NamedTuple


class Asked(NamedTuple):
    """A request as it came."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes


@dataclass
class Loopback:
    """Answers by path, as (status, body) or (status, body, headers); 404 for any other."""

    url: str
    answers: dict[str, tuple[Any, ...]] = field(default_factory=dict)
    asked: list[Asked] = field(default_factory=list)


@contextmanager
def loopback() -> Iterator[Loopback]:
    """Serve until the end of the block."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            length = int(self.headers.get("content-length", 0))
            headers = {name.lower(): value for name, value in self.headers.items()}
            server.asked.append(Asked(self.command, self.path, headers, self.rfile.read(length)))
            status, body, *more = server.answers.get(self.path, (404, b""))
            self.send_response(status)
            for name, value in {**(more[0] if more else {}), "Content-Length": len(body)}.items():
                self.send_header(name, str(value))
            self.end_headers()
            self.wfile.write(body)

        def do_POST(self) -> None:
            self.do_GET()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    class Server(ThreadingHTTPServer):
        daemon_threads = False  # closing it waits for them

    with Server(("127.0.0.1", 0), Handler) as listening:
        server = Loopback(f"http://127.0.0.1:{listening.server_port}")
        thread = Thread(target=listening.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield server
        finally:
            listening.shutdown()
            thread.join()
