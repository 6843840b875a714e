"""What trials put on record, and the page that `make prove` writes of it.

A test records what it tried, how often, and what came out; xdist carries that to the process
that writes the page, whose path is in GATEHOUSE_PROOF.
"""

import os
import platform
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.support.trials import FACTOR

_PAGE: dict[str, list[Mapping[str, Any]]] = {}
_SECONDS: dict[str, float] = {}


class Proof:
    """Keeps what one test found out."""

    def __init__(self, request: pytest.FixtureRequest) -> None:
        self._request = request

    def record(self, what: str, tried: int, of: str, came_out: str) -> None:
        """Put on record that ``what`` was tried so often (``of`` what), and what came out."""
        found = {"what": what, "tried": tried, "of": of, "came_out": came_out}
        self._request.node.user_properties.append(("proof", found))


@pytest.fixture
def proof(request: pytest.FixtureRequest) -> Proof:
    """Return what puts a trial on record."""
    return Proof(request)


def pytest_report_header() -> str:
    """Say by which factor the trials are lowered."""
    return f"trials: × {FACTOR:g}" + (" (all of them)" if FACTOR == 1 else "")


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Collect what tests recorded, in the process that writes the page."""
    found: list[Any] = [what for name, what in report.user_properties if name == "proof"]
    if report.when == "call" and found:
        _PAGE[report.nodeid] = found
        _SECONDS[report.nodeid] = report.duration


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """Write the page, if one is wanted, everything ran, and everything held."""
    target = os.environ.get("GATEHOUSE_PROOF")
    if target and not hasattr(session.config, "workerinput") and _PAGE and not exitstatus:
        Path(target).write_text("\n".join(_page()) + "\n", encoding="utf-8")


def _page() -> Iterable[str]:
    now = datetime.now(UTC)
    yield "# What was tried"
    yield ""
    yield (
        f"Written by `make prove` on {now:%Y-%m-%d} at {now:%H:%M} UTC; not edited by hand. "
        f"Trials × {FACTOR:g}. Python {platform.python_version()}, {os.cpu_count()} cores."
    )
    yield ""
    yield (
        "Everything here ran against [ministack](https://pypi.org/project/ministack/), a local "
        "DynamoDB with real transactions over real HTTP, with real threads, through the handlers "
        "that Lambda calls. After every trial the whole table is read and held against the rules: "
        "a connection and its pair agree; both logs have each step once; nobody is listed, named "
        "or counted who is not there; at most one link of a recipient is alive."
    )
    for nodeid, found in sorted(_PAGE.items()):
        file, _, test = nodeid.partition("::")
        yield ""
        yield f"## {_sentence(test)}"
        yield ""
        yield f"`{file}` · {_SECONDS[nodeid]:.0f} s"
        yield ""
        yield "| tried | how often | what came out |"
        yield "|---|---|---|"
        for one in found:
            yield f"| {one['what']} | {one['tried']:,} {one['of']} | {one['came_out']} |"


def _sentence(test: str) -> str:
    name, bracket, case = test.removeprefix("test_").partition("[")
    words = name.replace("_", " ").capitalize()
    return f"{words}: {case.rstrip(']')}" if bracket else words
