"""The documents say what the code says."""

import re
from pathlib import Path

import pytest

from scripts import docs

PAGES = [docs.ROOT / "README.md", *sorted((docs.ROOT / "docs").rglob("*.md"))]


def test_what_make_docs_writes_is_what_is_there() -> None:
    assert docs.stale() == [], "run `make docs` and look at what it changed"


def test_every_problem_says_what_to_do_and_none_is_left_over() -> None:
    assert [error.slug for error in docs.problems() if error.slug not in docs.TO_DO] == []
    assert docs.TO_DO.keys() == {error.slug for error in docs.problems()}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(docs.ROOT)))
def test_links_between_the_documents_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)\s]+)\)|src(?:set)?=\"([^\"]+)\"", page.read_text()):
        address = "".join(target)
        if re.match(r"https?://|mailto:", address):
            continue
        file, _, anchor = address.partition("#")
        found = (page.parent / file).resolve() if file else page
        assert found.exists(), f"{page.name} links to {address}"
        if anchor and found.suffix == ".md":
            assert anchor in _anchors(found), f"{page.name} links to {address}"


def _anchors(page: Path) -> set[str]:
    """Return the anchors that GitHub makes of the headings."""
    headings = re.findall(r"^#+ (.+)$", page.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}
