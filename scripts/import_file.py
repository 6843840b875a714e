"""Import a CSV file as `make import` does: send it, watch it, say what came of it.

BASE is where Gatehouse runs (http://127.0.0.1:8000 if it is not said), TOKEN an access token of an Administrator, or of a Manager with all
organizations; where `make run` serves, ask its identity provider for one:
`curl -s "$BASE/.local/token?email=ada@acme.test"`.
"""

import json
import os
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlencode

DIRECT: Final = 5 * 1024 * 1024
"""Bytes that go with the request; more goes straight to where files are kept."""
_WIDTH: Final = 40
_PAUSE: Final = 0.5


class Refused(Exception):
    """Say why it did not come to an import."""


def main() -> int:
    """Import; return 0 if every row is as the file says."""
    try:
        done = _import(
            _needed("KIND"),
            Path(_needed("FILE")),
            os.environ.get("BASE", "http://127.0.0.1:8000").rstrip("/"),
            _needed("TOKEN"),
        )
    except (Refused, OSError) as error:
        print(f"\n{error}", file=sys.stderr)
        return 1
    counts = done["counts"]
    would = "would be " if done["dry_run"] else ""
    print(
        f"{would}created {counts['created']:,}, {would}changed {counts['changed']:,}, "
        f"left {counts['left']:,}, refused {counts['refused']:,}"
    )
    if done["problem"]:
        print(done["problem"], file=sys.stderr)
    return 0 if done["state"] == "done" and not counts["refused"] else 1


def _import(kind: str, file: Path, base: str, token: str) -> dict[str, Any]:
    options = {
        "kind": kind,
        "dry_run": str(os.environ.get("DRY_RUN") == "1").lower(),
        "partial": str(os.environ.get("PARTIAL") == "1").lower(),
        "send_invitations": str(os.environ.get("MAIL") == "1").lower(),
    }
    content = file.read_bytes()
    if len(content) <= DIRECT:
        begun = _call(f"{base}/import?{urlencode(options)}", token, content, "text/csv")
    else:
        begun = _call(f"{base}/imports?{urlencode(options)}", token, b"", "application/json")
        _send(begun["upload_url"], content)
    address = f"{base}/imports/{begun['import_id']}"
    done = begun
    while done["finished_at"] is None:
        time.sleep(_PAUSE)
        done = _call(f"{address}?limit=200", token)
        _show(done["progress"])
    print()
    while True:
        for one in done.get("errors", ()):
            column = f", {one['column']}" if one["column"] else ""
            value = f" ({one['value']})" if one["value"] else ""
            print(f"line {one['line']}{column}{value}: {one['detail']} {one['repair']}")
        if not done.get("next_cursor"):
            return dict(done)
        done = _call(f"{address}?limit=200&cursor={done['next_cursor']}", token)


def _show(progress: dict[str, Any]) -> None:
    rows, done = progress["rows"] or 0, progress["done"]
    filled = _WIDTH * done // rows if rows else 0
    bar = "#" * filled + "-" * (_WIDTH - filled)
    print(
        f"\r[{bar}] {done:,} of {rows:,} {progress['phase'] or 'finished':<9}", end="", flush=True
    )


def _call(address: str, token: str, body: bytes | None = None, kind: str = "") -> Any:
    request = urllib.request.Request(address, body, {"Authorization": f"Bearer {token}"})  # noqa: S310  # the caller's own
    if kind:
        request.add_header("Content-Type", kind)
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310  # as above
            return json.loads(answer.read())
    except urllib.error.HTTPError as error:
        raise Refused(f"{error.code}: {error.read().decode(errors='replace')}") from None


def _send(address: str, content: bytes) -> None:
    request = urllib.request.Request(address, content, method="PUT")  # noqa: S310  # Gatehouse names it
    with urllib.request.urlopen(request, timeout=600):  # noqa: S310  # as above
        pass


def _needed(name: str) -> str:
    value = os.environ.get(name, "").strip().rstrip("/")
    if not value:
        raise Refused(
            f"{name}= is missing: make import KIND=users FILE=people.csv "
            "TOKEN=… [DRY_RUN=1] [PARTIAL=1] [BASE=http://127.0.0.1:8000]"
        )
    return value


if __name__ == "__main__":
    sys.exit(main())
