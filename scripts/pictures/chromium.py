"""A Chromium of this machine, driven by Playwright for Python: its library, never its browsers."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from playwright.sync_api import Browser, sync_playwright

NAMES: Final = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


class Missing(Exception):
    """What the caller has to install; the text is shown as it is."""


def find_chromium() -> str:
    """Return where Chromium is. Raises Missing."""
    wanted = os.environ.get("BROWSER")
    if wanted:
        found = shutil.which(wanted)
        if not found:
            raise Missing(f"BROWSER={wanted} is not a command on this machine.")
        return found
    found = next(filter(None, map(shutil.which, NAMES)), None)
    if not found:
        raise Missing(
            f"There is no Chromium on PATH ({', '.join(NAMES)}). Debian: apt install chromium. "
            "Elsewhere say where it is: BROWSER=/path/to/chromium"
        )
    return found


@contextmanager
def chromium() -> Iterator[Browser]:
    """Start it; close it at the end of the block. Raises Missing."""
    path = find_chromium()
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=path, args=["--no-sandbox"])
        try:
            yield browser
        finally:
            browser.close()
