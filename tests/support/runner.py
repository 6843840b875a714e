"""The running product, as `make run` starts it: a process of its own on a free port."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

from local.template import ROOT

READY_SECONDS = 60


class Runner:
    """What a test asks of it."""

    def __init__(self, base_url: str) -> None:
        self.base_url = base_url
        self._http = httpx.Client(base_url=base_url, timeout=30)

    def seed(self, *accounts: dict[str, Any]) -> list[dict[str, Any]]:
        """Set companies up; return them with ids and keys."""
        answer = self._http.post("/.local/seed", json={"accounts": accounts}).raise_for_status()
        return list(answer.json()["accounts"])

    def token(self, email: str) -> str:
        answer = self._http.get("/.local/token", params={"email": email}).raise_for_status()
        return str(answer.json()["access_token"])

    def call(self, method: str, path: str, token: str, body: Any = None) -> Any:
        headers = {"Authorization": f"Bearer {token}"}
        answer = self._http.request(method, path, headers=headers, json=body).raise_for_status()
        return answer.json() if answer.content else None

    def put_picture(self, path: str, token: str, png: bytes) -> None:
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "image/png"}
        self._http.put(path, headers=headers, content=png).raise_for_status()

    def send_csv(self, path: str, email: str, text: str) -> Any:
        """Send a CSV file as somebody."""
        headers = {"Authorization": f"Bearer {self.token(email)}", "Content-Type": "text/csv"}
        answer = self._http.post(path, headers=headers, content=text).raise_for_status()
        return answer.json()

    def links(self, to: str | None = None, kind: str = "invitations") -> list[str]:
        """Return the tokens of the links in all mails, or in those to somebody, newest first."""
        mails = self._http.get("/.local/mail.json").raise_for_status().json()
        read = [mail["text"].splitlines() for mail in mails if to in {None, mail["to"]}]
        start = f"{self.base_url}/{kind}/"
        found = [line.strip() for lines in read for line in lines]
        return [line.removeprefix(start) for line in found if line.startswith(start)]

    def link(self, to: str, kind: str = "invitations") -> str:
        """Return the token of the newest link that somebody was sent."""
        return self.links(to, kind)[0]

    def advance(self, seconds: int) -> None:
        """Let time pass."""
        self._http.post("/.local/clock", json={"advance_seconds": seconds}).raise_for_status()

    def close(self) -> None:
        self._http.close()


@contextmanager
def running(folder: Path) -> Iterator[Runner]:
    """Start the product with nobody in it; its state is in the folder."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    # Of AWS the runner sets what it needs itself, and its own clients talk to its own engine.
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    surroundings = {**inherited, "PORT": str(port), "STATE_DIR": str(folder), "SEED": "0"}
    folder.mkdir()
    with (folder / "console.log").open("w") as console:
        process = subprocess.Popen(
            [sys.executable, "-m", "local"],
            cwd=ROOT,
            env=surroundings,
            stdout=console,
            stderr=subprocess.STDOUT,
        )
        runner = Runner(f"http://127.0.0.1:{port}")
        try:
            _wait(runner, process, folder / "console.log")
            yield runner
        finally:
            runner.close()
            process.terminate()
            process.wait(READY_SECONDS)


def _wait(runner: Runner, process: subprocess.Popen[bytes], console: Path) -> None:
    deadline = time.monotonic() + READY_SECONDS
    while process.poll() is None and time.monotonic() < deadline:
        try:
            runner.links()
        except httpx.TransportError:
            time.sleep(0.1)
        else:
            return
    raise AssertionError(f"it did not start: {console.read_text()}")
