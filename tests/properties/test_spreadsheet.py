"""Whatever somebody calls themselves, no spreadsheet takes it for a formula, and nothing is lost."""

import csv
import io
import re
import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from gatehouse.domain.spreadsheet import cell_of, harmless, line_of, original

TEXTS = st.text(
    alphabet=st.sampled_from(
        list("=+-@\uff1d\uff0b\uff0d\uff20\u207c\ufb29\ufe63\u2a75'\"\t\r\n,; |ax1")
    ),
    max_size=12,
)
ANY = st.one_of(TEXTS, st.text(max_size=30))
SIGNS = frozenset("=+-@")
BLANKS = " \t\r\n\xa0\u200b\ufeff"


def is_a_command(cell: str) -> bool:
    """Say whether a program that trims blanks and folds widths reads a formula."""
    return unicodedata.normalize("NFKC", cell.strip(BLANKS))[:1] in SIGNS


@given(ANY)
def test_whoever_knows_the_rule_has_the_text_back(text: str) -> None:
    assert original(harmless(text)) == text


@given(ANY)
def test_no_cell_is_a_command_wherever_a_program_cuts(text: str) -> None:
    made = harmless(text)
    assert made[:1] not in {"\t", "\r", "\n"}
    for cut in re.split(r"[,;\t\r\n]", made):
        assert not is_a_command(cut), (text, made)


@given(st.lists(ANY, min_size=1, max_size=4))
@example(["", ';"='])
def test_a_row_read_with_another_separator_holds_no_command(texts: list[str]) -> None:
    for separator in (",", ";", "\t"):
        for row in csv.reader(io.StringIO(line_of(texts), newline=""), delimiter=separator):
            assert not any(is_a_command(cell) for cell in row), (texts, separator, row)


@given(st.lists(ANY, min_size=1, max_size=4))
def test_a_row_is_read_as_it_was_written(texts: list[str]) -> None:
    (row,) = csv.reader(io.StringIO(line_of(texts), newline=""), strict=True)
    assert [original(cell) for cell in row] == texts


@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        "+1",
        "-1",
        "@SUM(A1)",
        "\t=1",
        "\r=1",
        "\n=1",
        "\uff1d1+1",
        "\uff0b1",
        "\uff0d1",
        "\uff20SUM(A1)",
        " =1",
        "\xa0=1",
        "\ufeff=1",
        '"=1',
    ],
)
def test_each_sign_of_the_list_is_made_harmless(text: str) -> None:
    assert harmless(text).startswith("'")
    assert original(harmless(text)) == text


@pytest.mark.parametrize(
    "text", ["Alder Creek Dental", "a=b", "ada+night@acme.test", "1-2", "é", ""]
)
def test_what_is_no_command_stays_as_it_is(text: str) -> None:
    assert harmless(text) == text


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        (None, ""),
        (True, "true"),
        (False, "false"),
        (7, "7"),
        (-7, "'-7"),
        (["org_a", "org_b"], "org_a org_b"),
        ([], ""),
        ({"print": "editor"}, '{"print":"editor"}'),
        ([{"email": "a•••@b.test"}], '[{"email":"a•••@b.test"}]'),
        ("=1", "'=1"),
    ],
)
def test_every_value_has_its_cell(value: object, cell: str) -> None:
    assert cell_of(value) == cell
