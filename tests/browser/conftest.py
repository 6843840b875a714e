"""A browser, and the product as `make run` starts it, with the demo world in it.

Both are made once in each test process, and no test takes anything for granted that another did:
it does not matter which process takes which.
"""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from local.demo import WORLD
from scripts.pictures.chromium import Missing, chromium, find_chromium
from tests.browser.visitor import Visitors
from tests.support.runner import Runner, running


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Return a Chromium of this machine; without one, skip."""
    try:
        find_chromium()
    except Missing as missing:
        pytest.skip(str(missing))
    with chromium() as browser:
        yield browser


@pytest.fixture(scope="session")
def product(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Runner]:
    """Return the running product with the demo world."""
    with running(tmp_path_factory.mktemp("product") / "state") as runner:
        runner.seed(*WORLD["accounts"])
        yield runner


@pytest.fixture(scope="session")
def visitors(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Visitors]:
    """Return who visits the pages of the tour, in a product of their own, furnished for it."""
    with running(tmp_path_factory.mktemp("tour") / "state") as runner:
        yield Visitors(browser, runner)
