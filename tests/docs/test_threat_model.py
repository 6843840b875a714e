"""docs/threat-model.md names the tests of each pitfall, and each test is there."""

import ast
import re
from functools import cache

import pytest

from local.template import ROOT

PAGE = ROOT / "docs" / "threat-model.md"
PITFALLS = re.findall(
    r"^### (\d+)\. (.+?)\n(.+?)(?=^##)", PAGE.read_text(), re.MULTILINE | re.DOTALL
)


@cache
def written() -> frozenset[str]:
    return frozenset(
        function.name
        for file in (ROOT / "tests" / "security").glob("test_pitfalls_*.py")
        for function in ast.parse(file.read_text()).body
        if isinstance(function, ast.FunctionDef) and function.name.startswith("test_")
    )


def named_in(section: str) -> set[str]:
    return set(re.findall(r"`(test_\w+)`", section))


def test_the_page_walks_through_25_pitfalls() -> None:
    assert [int(number) for number, _, _ in PITFALLS] == list(range(1, 26))


@pytest.mark.parametrize(
    ("title", "section"), [one[1:] for one in PITFALLS], ids=[one[1] for one in PITFALLS]
)
def test_a_pitfall_has_tests_that_carry_its_name(title: str, section: str) -> None:
    named = named_in(section)
    assert named, f"{title} names no test"
    assert named <= written(), f"{title} names a test that is not there"
    start = f"test_{re.sub(r'[^a-z0-9]+', '_', title.lower())}_"
    assert [name for name in named if not name.startswith(start)] == []


def test_no_test_of_a_pitfall_is_left_unnamed() -> None:
    named: set[str] = set().union(*(named_in(section) for _, _, section in PITFALLS))
    assert written() - named == set()
