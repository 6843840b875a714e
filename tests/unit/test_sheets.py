"""A CSV file is read strictly: what two programs could read differently is named by its line."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatehouse.domain.roles import Role
from gatehouse.domain.sheet import (
    COLUMNS,
    MOST_ROWS,
    Cause,
    GroupRow,
    OrganizationRow,
    Sheet,
    SheetKind,
    UserRow,
)
from gatehouse.http.sheets import read_sheet
from gatehouse.usecases.import_order import in_order

USERS = SheetKind.USERS


def read(text: str | bytes, kind: SheetKind = USERS) -> Sheet:
    content = text if isinstance(text, bytes) else text.encode()
    return read_sheet(kind, [content[:5], content[5:]])


def user(text: str | bytes) -> UserRow:
    sheet = read(text)
    assert not sheet.faults, sheet.faults
    (row,) = sheet.rows
    assert isinstance(row, UserRow)
    return row


PLAIN = "email,name,role\nnina@acme.test,Nina,editor\n"


@pytest.mark.parametrize(
    "text",
    [
        PLAIN,
        "\ufeff" + PLAIN,
        PLAIN.replace("\n", "\r\n"),
        PLAIN.replace(",", ";"),
        PLAIN.rstrip("\n"),
        "\r\n" + PLAIN + "\r\n,,\r\n",
        "Role , NAME,email\neditor, Nina ,nina@acme.test\n",
        '"email","name","role"\n"nina@acme.test","Nina","editor"\n',
    ],
)
def test_the_same_row_however_it_is_written(text: str) -> None:
    row = user(text)
    assert (row.email, row.name, row.role) == ("nina@acme.test", "Nina", Role.EDITOR)
    assert (row.status, row.groups, row.all_organizations) == (None, None, None)


def test_text_in_quotation_marks_keeps_separators_quotes_and_line_breaks() -> None:
    sheet = read('name,description,members\nA,"one\r\ntwo, ""three""",\nB,,\n', SheetKind.GROUPS)
    first, second = sheet.rows
    assert isinstance(first, GroupRow)
    assert first.description == 'one\ntwo, "three"'
    assert (first.line, second.line) == (2, 4)


def test_a_list_is_split_and_a_dash_is_none() -> None:
    row = user('email;groups;organizations\nn@acme.test;"Level 1; Level 2";-\n')
    assert (row.groups, row.organizations) == (("Level 1", "Level 2"), ())
    sheet = read("name,parent\nTwig,-\n", SheetKind.ORGANIZATIONS)
    assert isinstance(sheet.rows[0], OrganizationRow)
    assert sheet.rows[0].parent == ""


@pytest.mark.parametrize(
    ("text", "line", "cause"),
    [
        ("", 1, Cause.NO_HEADER),
        ("\n\n", 1, Cause.NO_HEADER),
        ("email,,role\n", 1, Cause.NO_HEADER),
        ("e-mail,name\n", 1, Cause.COLUMN_UNKNOWN),
        ("email,name,Name\n", 1, Cause.COLUMN_TWICE),
        ("name,role\n", 1, Cause.COLUMN_MISSING),
        (PLAIN + 'a@acme.test,"Ada,editor\n', 3, Cause.QUOTES),
        (PLAIN + 'a@acme.test,"Ada"x,editor\n', 3, Cause.QUOTES),
        (PLAIN.encode() + b"a@acme.test,Ad\xe4,editor\n", 3, Cause.NOT_UTF8),
        (PLAIN.encode("utf-16"), 1, Cause.NOT_UTF8),
    ],
)
def test_a_file_that_cannot_be_read_has_no_rows(text: str | bytes, line: int, cause: Cause) -> None:
    sheet = read(text)
    assert (sheet.broken, sheet.rows) == (True, ())
    assert (sheet.faults[0].line, sheet.faults[0].cause) == (line, cause)


def test_a_cell_that_swallows_the_file_is_named_by_its_line() -> None:
    sheet = read(PLAIN + 'a@acme.test,"' + "x" * 2**21 + '",editor\n')
    assert (sheet.faults[0].line, sheet.faults[0].cause) == (3, Cause.TOO_LARGE)


def test_more_rows_than_one_import_takes_are_refused() -> None:
    rows = "name\n" + "A\n" * MOST_ROWS
    assert not read(rows, SheetKind.ORGANIZATIONS).broken
    sheet = read(rows + "A\n", SheetKind.ORGANIZATIONS)
    assert (sheet.faults[0].line, sheet.faults[0].cause) == (MOST_ROWS + 2, Cause.TOO_LARGE)


@pytest.mark.parametrize(
    ("cells", "column", "cause"),
    [
        ("nina@acme.test,Nina", None, Cause.CELLS),
        ("nina@acme.test,Nina,editor,,", None, Cause.CELLS),
        ("nina,Nina,editor,", "email", Cause.VALUE),
        ("nina@acme.test,Nina,boss,", "role", Cause.VALUE),
        (f"nina@acme.test,{'N' * 201},editor,", "name", Cause.VALUE),
        ("nina@acme.test,Ni\x00na,editor,", "name", Cause.CHARACTERS),
        ("nina@acme.test,Ni\u202ena,editor,", "name", Cause.CHARACTERS),
        ('nina@acme.test,"Ni\nna",editor,', "name", Cause.VALUE),
        (",Nina,editor,", "email", Cause.EMPTY),
        ("nina@acme.test,Nina,editor,A;A", "groups", Cause.VALUE),
    ],
)
def test_a_bad_row_is_named_and_the_others_are_read(
    cells: str, column: str | None, cause: Cause
) -> None:
    good = "good@acme.test,Good,lite,"
    sheet = read(f"email,name,role,groups\n{good}\n{cells}\n{good}\n")
    assert len(sheet.rows) == 2
    (fault,) = sheet.faults
    assert (fault.line, fault.column, fault.cause) == (3, column, cause)
    assert fault.value is not None
    assert len(fault.value) <= 100
    assert fault.value.isprintable()
    assert fault.detail
    assert fault.repair


@given(st.binary(max_size=300), st.sampled_from(SheetKind))
def test_whatever_comes_is_read_or_named(content: bytes, kind: SheetKind) -> None:
    sheet = read_sheet(kind, [content])
    assert sheet.broken or all(row.line > 0 for row in sheet.rows)
    assert all(fault.line > 0 and fault.detail and fault.repair for fault in sheet.faults)


@given(st.text(max_size=200), st.sampled_from(SheetKind))
def test_whatever_stands_below_a_header_is_read_or_named(text: str, kind: SheetKind) -> None:
    header = ",".join(COLUMNS[kind])
    sheet = read_sheet(kind, [f"{header}\n{text}".encode(errors="replace")])
    assert all(fault.line > 1 for fault in sheet.faults)


def test_parents_come_before_what_is_below_them() -> None:
    sheet = read("name,parent\nC,B\nB,A\nA,\nX,Y\nY,X\n", SheetKind.ORGANIZATIONS)
    rows, faults = in_order(sheet.rows)
    assert [row.line for row in rows] == [4, 3, 2]
    assert [fault.line for fault in faults] == [5, 6]


def test_a_chain_of_parents_may_be_long() -> None:
    names = [f"O{n}" for n in range(20_000)]
    pairs = "".join(f"{one},{above}\n" for one, above in pairwise(names))
    sheet = read(f"name,parent\n{pairs}", SheetKind.ORGANIZATIONS)
    rows, faults = in_order(sheet.rows)
    assert (len(rows), rows[0].line, faults) == (19_999, 20_000, [])


def test_what_two_rows_are_about_is_one_too_many() -> None:
    sheet = read("email,name\na@acme.test,A\nb@acme.test,B\nA@ACME.TEST,C\n")
    rows, (fault,) = in_order(sheet.rows)
    assert [row.line for row in rows] == [2, 3]
    assert (fault.line, fault.cause, fault.value) == (4, Cause.TWICE, "a@acme.test")
    assert "Line 2" in fault.detail
