"""Export an account's data into a file, with a progress bar: `make export TOKEN= [BASE= OUT=]`.

Asks for an export, or follows the one that runs already, and fetches the archive when it is there.
Stopped and called again it goes on: the export itself does not depend on whoever watches it.
"""

import os
import sys
import time
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final, TextIO

import httpx

_PATIENCE: Final = 5
"""How often what is temporarily unable is asked again."""
_EVERY: Final = 1.0
"""Seconds between looks."""
_WIDTH: Final = 30
_CHUNK: Final = 1024 * 1024

Pause = Callable[[float], None]


class Stopped(Exception):
    """Say in a sentence why there is no file."""


class Client:
    """Gatehouse as its API answers."""

    def __init__(self, base: str, token: str, pause: Pause = time.sleep) -> None:
        headers = {"Authorization": f"Bearer {token}"}
        self._http = httpx.Client(base_url=base, headers=headers, timeout=30)
        self.pause = pause

    def call(self, method: str, path: str) -> Any:
        """Ask, and ask again where the answer says that waiting helps. Raises Stopped."""
        left = _PATIENCE
        while True:
            try:
                answer = self._http.request(method, path)
            except httpx.HTTPError as failure:
                raise Stopped(f"{self._http.base_url} does not answer: {failure}") from None
            if answer.is_success:
                return answer.json()
            left -= 1
            if answer.status_code not in {429, 503} or not left:
                raise Refused(answer.status_code, _detail(answer))
            self.pause(float(answer.headers.get("Retry-After", _EVERY)))


class Refused(Stopped):
    """Carry the status of a refusal, too."""

    def __init__(self, status: int, detail: str) -> None:
        super().__init__(detail)
        self.status = status


def export(client: Client, out: Path, screen: TextIO) -> Mapping[str, Any]:
    """Export into the file; return the export as it was at the end. Raises Stopped."""
    export_id = _begun(client, screen)
    while True:
        found: Mapping[str, Any] = client.call("GET", f"/exports/{export_id}")
        _show(found, screen)
        if found["state"] not in {"waiting", "running"}:
            break
        client.pause(_EVERY)
    screen.write("\n")
    if found["state"] != "done":
        raise Stopped(found["problem"] or f"The export is {found['state']}.")
    _fetch(found, out)
    return found


def _begun(client: Client, screen: TextIO) -> str:
    try:
        return str(client.call("POST", "/exports")["export_id"])
    except Refused as refused:
        if refused.status != 409:
            raise
        screen.write(f"{refused}\n")
    running = client.call("GET", "/exports?limit=1")["items"][0]
    return str(running["export_id"])


def _show(found: Mapping[str, Any], screen: TextIO) -> None:
    progress = found["progress"]
    done = _WIDTH * progress["done"] // progress["of"]
    rows = sum(progress["rows"].values())
    bar = "█" * done + "·" * (_WIDTH - done)
    screen.write(f"\r{bar} part {progress['done']} of {progress['of']}, {rows:,} lines ")
    screen.flush()


def _fetch(found: Mapping[str, Any], out: Path) -> None:
    """Fetch the archive under another name first: what stands under the right one is whole."""
    partial = out.with_name(f"{out.name}.part")
    try:
        with (
            # Not the API's client: the address is all that is needed, and gets no token.
            httpx.stream("GET", found["download_url"], timeout=60) as answer,
            partial.open("wb") as file,
        ):
            answer.raise_for_status()
            file.writelines(answer.iter_bytes(_CHUNK))
    except httpx.HTTPError as failure:
        raise Stopped(f"The archive could not be fetched ({failure}). Call it again.") from None
    with zipfile.ZipFile(partial) as archive:
        if partial.stat().st_size != found["size"] or archive.testzip() is not None:
            raise Stopped(f"{partial} is not whole. Call it again.")
    partial.replace(out)


def _detail(answer: httpx.Response) -> str:
    try:
        return str(answer.json()["detail"])
    except (ValueError, KeyError):
        return f"{answer.status_code} {answer.reason_phrase}"


def main() -> int:
    """Read what `make` was given; return the exit code."""
    base = os.environ.get("BASE") or "http://127.0.0.1:8000"
    token, out = os.environ.get("TOKEN"), Path(os.environ.get("OUT") or "export.zip")
    if not token:
        print("make export TOKEN=<an Administrator's access token> [BASE= OUT=]", file=sys.stderr)
        return 2
    try:
        found = export(Client(base, token), out, sys.stderr)
    except Stopped as stopped:
        print(f"export: {stopped}", file=sys.stderr)
        return 1
    print(f"{out}: {found['size']:,} bytes; everything up to {found['created_at']}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
