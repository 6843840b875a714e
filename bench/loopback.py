"""A server on loopback that answers DynamoDB's calls with canned bytes, in a process of its own.

It knows nothing but the items of the world, so its answers cost a client what real ones do, and
no engine's time is in the figures.
"""

import json
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol

from bench import world
from gatehouse.store import keys, mapping

ROOT = Path(__file__).resolve().parents[1]


def items() -> dict[tuple[str, str], Any]:
    """Return the world's items by key, with 100 organizations."""
    rows: list[Any] = [
        keys.api_key_row(world.api_key()),
        mapping.account_row(world.account()),
        mapping.user_row(world.user()),
        mapping.pair_row(world.pair()),
        *(mapping.organization_row(world.organization(index)) for index in range(100)),
    ]
    found = [row.serialize() for row in rows]
    return {(item["pk"]["S"], item["sk"]["S"]): item for item in found}


class Canned:
    """Writes answers, each distinct one once."""

    def __init__(self) -> None:
        self._items = items()
        self._answers: dict[bytes, bytes] = {}

    def answer(self, target: str, body: bytes) -> bytes:
        if target != "TransactGetItems":
            return response(b"{}")
        if body not in self._answers:
            keys = [one["Get"]["Key"] for one in json.loads(body)["TransactItems"]]
            found = [self._items.get((key["pk"]["S"], key["sk"]["S"])) for key in keys]
            answer = {"Responses": [{"Item": item} if item else {} for item in found]}
            self._answers[body] = response(json.dumps(answer).encode())
        return self._answers[body]


def response(body: bytes) -> bytes:
    return (
        b"HTTP/1.1 200 OK\r\nContent-Type: application/x-amz-json-1.0\r\n"
        b"x-amzn-RequestId: BENCH\r\nContent-Length: %d\r\n\r\n" % len(body)
    ) + body


class Answering(Protocol):
    """What a connection is served from."""

    def answer(self, target: str, body: bytes) -> bytes: ...


def serve_one(connection: socket.socket, canned: Answering) -> None:
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    stream = connection.makefile("rb")
    while stream.readline():
        target, length = "", 0
        while (line := stream.readline()) not in {b"\r\n", b""}:
            name, _, value = line.decode("latin-1").partition(":")
            if name.lower() == "x-amz-target":
                target = value.strip().rpartition(".")[2]
            elif name.lower() == "content-length":
                length = int(value)
        connection.sendall(canned.answer(target, stream.read(length)))


def main() -> None:
    """Serve until the input ends, which it does when the one who started this is gone."""
    listener = socket.create_server(("127.0.0.1", 0))
    print(listener.getsockname()[1], flush=True)
    canned = Canned()

    def accept() -> None:
        while True:
            connection, _ = listener.accept()
            threading.Thread(target=serve_one, args=(connection, canned), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    sys.stdin.read()


@contextmanager
def server() -> Iterator[str]:
    """Run the server; yield its address."""
    process = subprocess.Popen(
        [sys.executable, "-m", "bench.loopback"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": f"{ROOT}:{ROOT / 'layers/common/python'}"},
    )
    assert process.stdin
    assert process.stdout
    try:
        yield f"http://127.0.0.1:{process.stdout.readline().strip()}"
    finally:
        process.stdin.close()
        process.wait(5)


if __name__ == "__main__":
    main()
