"""Take the README's pictures of the running product: `make screenshots`.

Starts a demo world of its own on a free port, lets acme invite continuum, and looks at it with a
browser. Needs Playwright for Python (the library, not its browsers) and a Chromium.
"""

import importlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

ROOT: Final = Path(__file__).resolve().parent.parent
PICTURES: Final = ROOT / "docs" / "pictures"
PYTHON: Final = ROOT / ".venv" / "bin" / "python"
BROWSERS: Final = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
READY_SECONDS: Final = 60
SIZE: Final = {"width": 960, "height": 1080}
MESSAGE: Final = "Welcome aboard. We start with the night shift on 1 December."


class Missing(Exception):
    """What the caller has to install; the text is shown as it is."""


def main() -> int:
    """Take every picture; return the process's exit status."""
    try:
        playwright = _playwright()
        browser = _browser()
    except Missing as missing:
        print(missing, file=sys.stderr)
        return 1
    PICTURES.mkdir(parents=True, exist_ok=True)
    with _running() as base_url, playwright.sync_playwright() as driver:
        _invite(base_url)
        chromium = driver.chromium.launch(executable_path=browser, args=["--no-sandbox"])
        for scheme in ("light", "dark"):
            _look(chromium, base_url, scheme)
        chromium.close()
    return 0


def _look(chromium: Any, base_url: str, scheme: str) -> None:
    """Look at the mail, then at the page that its link leads to, as an Administrator of the guest."""
    page = chromium.new_page(viewport=SIZE, color_scheme=scheme)
    page.goto(f"{base_url}/.local/mail")
    page.get_by_role("link", name="invites").first.click()
    _keep(page, f"mail-{scheme}")
    link = page.locator("a[href*='/invitations/']").first.get_attribute("href")
    page.goto(f"{base_url}/.local/sign-in?email=nora@continuum.test")
    page.goto(link)
    _keep(page, f"invitation-{scheme}")
    page.close()


def _keep(page: Any, name: str) -> None:
    path = PICTURES / f"{name}.png"
    page.wait_for_load_state("networkidle")  # the mail stands in a frame
    page.screenshot(path=path)
    print(f"{path.relative_to(ROOT)}  {path.stat().st_size // 1024} KB")


def _invite(base_url: str) -> None:
    token = _asked(f"{base_url}/.local/token?email=ada@acme.test")["access_token"]
    sent = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    groups = _asked(f"{base_url}/groups", headers=sent)["items"]
    offer = {
        "guest_subdomain": "continuum",
        "maximum_role": "editor",
        "group_ids": [next(one["group_id"] for one in groups if one["name"] == "Night shift")],
        "message": MESSAGE,
    }
    _asked(f"{base_url}/connections", json.dumps(offer).encode(), sent)


def _asked(url: str, body: bytes | None = None, headers: Mapping[str, str] | None = None) -> Any:
    request = urllib.request.Request(url, data=body, headers=dict(headers or {}))  # noqa: S310  # our own
    with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310  # as above
        return json.load(answer)


@contextmanager
def _running() -> Iterator[str]:
    """Start the product beside whatever runs already; stop it again."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    base_url = f"http://127.0.0.1:{port}"
    with tempfile.TemporaryDirectory() as folder:
        surroundings = {**os.environ, "PORT": str(port), "STATE_DIR": folder}
        with subprocess.Popen(
            [PYTHON, "-m", "local"], cwd=ROOT, env=surroundings, stdout=subprocess.DEVNULL
        ) as process:
            try:
                _wait(base_url, process)
                yield base_url
            finally:
                process.send_signal(signal.SIGTERM)


def _wait(base_url: str, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + READY_SECONDS
    while process.poll() is None and time.monotonic() < deadline:
        try:
            _asked(f"{base_url}/.local/mail.json")
        except urllib.error.URLError:
            time.sleep(0.2)
        else:
            return
    raise SystemExit("Gatehouse did not start; `make run` says why.")


def _playwright() -> Any:
    try:
        return importlib.import_module("playwright.sync_api")
    except ImportError:
        raise Missing(
            "The pictures need Playwright for Python, which is not among the locked tools: "
            ".venv/bin/python -m pip install playwright"
        ) from None


def _browser() -> str:
    chosen = os.environ.get("BROWSER")
    found = next(filter(None, map(shutil.which, (chosen,) if chosen else BROWSERS)), None)
    if found is None:
        raise Missing(
            f"BROWSER={chosen} is not a command on this machine."
            if chosen
            else "The pictures need a Chromium: install one, or say where it is with BROWSER=."
        )
    return found


if __name__ == "__main__":
    sys.exit(main())
