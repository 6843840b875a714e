"""What trials put on record, and the page that `make prove` writes of it.

A test records what it tried, how often, and what came out; xdist carries that to the process
that writes the page, whose path is in GATEHOUSE_PROOF.
"""

import os
import platform
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from local.template import ROOT
from tests.support.trials import FACTOR

_PAGE: dict[str, list[Mapping[str, Any]]] = {}
_SECONDS: dict[str, float] = {}


class Proof:
    """Keeps what one test found out."""

    def __init__(self, request: pytest.FixtureRequest) -> None:
        self._request = request
        self._counted: Counter[tuple[str, str, str]] = Counter()

    def record(self, what: str, tried: int, of: str, came_out: str) -> None:
        """Put on record that ``what`` was tried so often (``of`` what), and what came out."""
        found = {"what": what, "tried": tried, "of": of, "came_out": came_out}
        self._request.node.user_properties.append(("proof", found))

    def count(self, what: str, of: str, came_out: str, by: int = 1) -> None:
        """Count trials one by one; their sum is put on record when the test is over."""
        self._counted[what, of, came_out] += by

    def settle(self) -> None:
        """Put on record what was counted."""
        for (what, of, came_out), tried in self._counted.items():
            self.record(what, tried, of, came_out)


@pytest.fixture
def proof(request: pytest.FixtureRequest) -> Iterator[Proof]:
    """Return what puts a trial on record."""
    proof = Proof(request)
    yield proof
    proof.settle()


def pytest_report_header() -> str:
    """Say by which factor the trials are lowered."""
    return f"trials: × {FACTOR:g}" + (" (all of them)" if FACTOR == 1 else "")


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Collect what tests recorded, in the process that writes the page."""
    found: list[Any] = [what for name, what in report.user_properties if name == "proof"]
    if report.when == "call":
        _SECONDS[report.nodeid] = report.duration
    if report.when == "teardown" and found:
        _PAGE[report.nodeid] = found


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """Write the page, if one is wanted, everything ran, and everything held."""
    target = os.environ.get("GATEHOUSE_PROOF")
    if target and not hasattr(session.config, "workerinput") and _PAGE and not exitstatus:
        page = Path(target)
        before = page.read_text(encoding="utf-8") if page.exists() else ""
        sections = sorted([*_kept(before), *_sections()])
        page.write_text("\n".join([*_opening(), *sections]) + "\n", encoding="utf-8")


def _opening() -> Iterable[str]:
    yield "# What was tried"
    yield ""
    yield (
        f"Written by `make prove`; not edited by hand. Trials × {FACTOR:g}, "
        f"Python {platform.python_version()}, {os.cpu_count()} cores. A file of trials is written "
        "anew whole, and only if all of it held; `make prove TESTS=<file>` proves one again."
    )
    yield ""
    yield (
        "Everything here ran against [ministack](https://pypi.org/project/ministack/), a local "
        "DynamoDB with real transactions over real HTTP, with real threads, through the handlers "
        "that Lambda calls. After every trial the whole table is read and held against the rules: "
        "a connection and its pair agree; both logs have each step once; nobody is listed, named "
        "or counted who is not there; at most one link of a recipient is alive."
    )
    yield ""


def _kept(before: str) -> Iterable[str]:
    """Return the sections of an earlier page whose files this run did not try."""
    tried = {nodeid.partition("::")[0] for nodeid in _PAGE}
    for section in re.split(r"^(?=## )", before, flags=re.MULTILINE)[1:]:
        file = re.search(r"^`([^`]+)`", section, re.MULTILINE)
        if file is not None and file[1] not in tried and (ROOT / file[1]).exists():
            yield section.rstrip("\n") + "\n"


def _sections() -> Iterable[str]:
    """Return a section of each test, the cases of one together."""
    now = datetime.now(UTC)
    cases: dict[tuple[str, str], list[str]] = {}
    for nodeid in _PAGE:
        file, _, test = nodeid.partition("::")
        cases.setdefault((file, test.partition("[")[0]), []).append(nodeid)
    for (file, name), nodeids in cases.items():
        seconds = sum(_SECONDS[nodeid] for nodeid in nodeids)
        lines = [
            f"## {name.removeprefix('test_').replace('_', ' ').capitalize()}",
            "",
            f"`{file}` · {seconds:.0f} s · {now:%Y-%m-%d %H:%M} UTC",
            "",
            "| tried | how often | what came out |",
            "|---|---|---|",
            *_rows(sorted(nodeids)),
        ]
        yield "\n".join(lines) + "\n"


def _rows(nodeids: Iterable[str]) -> Iterable[str]:
    sums: Counter[tuple[str, str, str]] = Counter()
    for nodeid in nodeids:
        for one in _PAGE[nodeid]:
            sums[_case(nodeid) + one["what"], one["of"], one["came_out"]] += one["tried"]
    for (what, of, came_out), tried in sums.items():
        yield f"| {what} | {tried:,} {of} | {came_out} |"


def _case(nodeid: str) -> str:
    """Return what tells a case from the others of its test; a seed does not."""
    case = nodeid.partition("[")[2].rstrip("]")
    return f"{case}: " if case and not case.isdigit() else ""
