"""Picture every page in both themes at three widths: `make screenshots`.

Everything goes into build/screenshots, the few that the README shows into docs/pictures too.
"""

import shutil
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from playwright.sync_api import Browser, Page

from local.template import ROOT
from scripts.pictures.chromium import Missing, chromium, find_chromium
from scripts.pictures.tour import TOUR
from scripts.pictures.world import NORA, Furnished, signed_in
from tests.support.runner import running

THEMES: Final = ("light", "dark")
WIDTHS: Final = (1280, 390, 320)
ALL: Final = ROOT / "build" / "screenshots"
KEPT: Final = ROOT / "docs" / "pictures"
IN_README: Final = "connection-active"
"""Beside the mail, and the page that its link leads to."""
TALLEST: Final = 1080
"""How much of a page the README shows."""


def main() -> int:
    """Take every picture; return the process's exit status."""
    try:
        find_chromium()
    except Missing as missing:
        print(missing, file=sys.stderr)
        return 1
    started = time.monotonic()
    shutil.rmtree(ALL, ignore_errors=True)
    for folder in (ALL, KEPT):
        folder.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as state,
        running(Path(state) / "state") as runner,
        chromium() as browser,
    ):
        furnished = Furnished(runner, browser)
        _go_round(browser, runner.base_url, furnished.names)
        furnished.invite_anew()
        _follow_the_mail(browser, runner.base_url, furnished.names["link_anew"])
    count = len(list(ALL.iterdir()))
    print(f"{count} pictures in {ALL.relative_to(ROOT)}, {time.monotonic() - started:.0f} s")
    return 0


def _go_round(browser: Browser, base_url: str, names: Mapping[str, str]) -> None:
    visitors: dict[str | None, Page] = {}
    for number, stop in enumerate(TOUR, 1):
        if stop.who not in visitors:
            visitors[stop.who] = signed_in(browser, base_url, stop.who)
        page = visitors[stop.who]
        stop.open(page, names)
        for theme, width in looks(page):
            page.screenshot(path=ALL / f"{stop.name}-{width}-{theme}.png", full_page=True)
        if stop.name == IN_README:
            _keep(page, stop.name)
        print(f"{number:>3}/{len(TOUR)} {stop.name}", flush=True)


def looks(page: Page) -> Iterator[tuple[str, int]]:
    """Show a page in each theme at each width."""
    for theme in THEMES:
        for width in WIDTHS:
            page.emulate_media(color_scheme="dark" if theme == "dark" else "light")
            page.set_viewport_size({"width": width, "height": 900})
            yield theme, width


def _follow_the_mail(browser: Browser, base_url: str, link: str) -> None:
    page = signed_in(browser, base_url, NORA)
    page.goto("/.local/mail")
    page.get_by_role("link", name="invites").first.click()
    page.wait_for_load_state("networkidle")  # the mail stands in a frame
    _keep(page, "mail")
    page.goto(f"/invitations/{link}")
    _keep(page, "invitation")


def _keep(page: Page, name: str) -> None:
    page.set_viewport_size({"width": 960, "height": TALLEST})
    for theme in THEMES:
        page.emulate_media(color_scheme="dark" if theme == "dark" else "light")
        page.screenshot(path=KEPT / f"{name}-{theme}.png")


if __name__ == "__main__":
    sys.exit(main())
