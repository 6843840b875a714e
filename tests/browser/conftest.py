"""A browser, and the product as `make run` starts it, with the demo world in it.

Everything is made once in each test process and module; a test makes no assumption about others,
so that it does not matter which process takes which.
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


@pytest.fixture(scope="module")
def product(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Runner]:
    """Return the running product with the demo world."""
    with running(tmp_path_factory.mktemp("product") / "state") as runner:
        runner.seed(*WORLD["accounts"])
        yield runner


@pytest.fixture(scope="module")
def visitors(browser: Browser, product: Runner) -> Visitors:
    """Return who visits the pages of the tour, in the world that it leads through."""
    return Visitors(browser, product)
