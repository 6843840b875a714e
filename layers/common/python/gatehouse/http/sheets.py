"""Read a CSV file strictly into a sheet: RFC 4180, in UTF-8, with a header row.

Comma or semicolon, CRLF or LF, quotation marks and line breaks within them, with or without a byte
order mark. What two programs could read differently is refused, and named by its line.
"""

import csv
import io
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Final, TypeVar

from pydantic import TypeAdapter, ValidationError

from gatehouse.domain.roles import Role
from gatehouse.domain.sheet import (
    COLUMNS,
    ITEMS,
    LONGEST_VALUE,
    MOST_ROWS,
    NONE,
    Cause,
    Fault,
    FaultFound,
    GroupRow,
    OrganizationRow,
    Row,
    Sheet,
    SheetKind,
    UserRow,
)
from gatehouse.domain.user import Status
from gatehouse.http.bodies import sentence
from gatehouse.http.fields import Email, Label, Name, Text
from gatehouse.http.text import is_plain, printable

T = TypeVar("T")
_LONGEST_CELL: Final = 2**20
_MOST_FAULTS: Final = MOST_ROWS
_MARK: Final = b"\xef\xbb\xbf"
_YES_NO: Final = {"yes": True, "true": True, "no": False, "false": False}
_CHECKS: Final[Mapping[str, TypeAdapter[Any]]] = {
    "email": TypeAdapter(Email),
    "name": TypeAdapter(Name),
    "text": TypeAdapter(Text),
    "label": TypeAdapter(Label),
}


class _Broken(Exception):
    """Say that the file as a whole cannot be read."""

    def __init__(self, *faults: Fault) -> None:
        super().__init__(faults)
        self.faults = faults


def read_sheet(kind: SheetKind, chunks: Iterable[bytes]) -> Sheet:
    """Read a file; whatever is wrong with it is in the sheet, nothing is raised."""
    try:
        records = _records(_text(b"".join(chunks)))
        line, header = next(records, (1, []))
        columns = _columns(kind, line, header)
        rows: list[Row] = []
        faults: list[Fault] = []
        for line, cells in _counted(records):
            row = _row(kind, line, columns, cells)
            if isinstance(row, Fault):
                faults.append(row)
            else:
                rows.append(row)
    except _Broken as broken:
        return Sheet(faults=broken.faults, broken=True)
    return Sheet(tuple(rows), tuple(faults))


# ---- from bytes to cells


def _text(content: bytes) -> str:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise _Broken(
            Fault(
                1,
                Cause.NOT_UTF8,
                "The file is in UTF-16.",
                "Save it as CSV in UTF-8, and send it again.",
            )
        )
    content = content.removeprefix(_MARK)
    try:
        return content.decode()
    except UnicodeDecodeError as wrong:
        line = content.count(b"\n", 0, wrong.start) + 1
        raise _Broken(
            Fault(
                line,
                Cause.NOT_UTF8,
                f"The byte {content[wrong.start]:#04x} on this line is not UTF-8.",
                "Save the file as CSV in UTF-8, and send it again.",
            )
        ) from None


def _records(text: str) -> Iterator[tuple[int, list[str]]]:
    """Read records, each with the line that it begins on; lines without anything are left out."""
    lines = io.StringIO(text, newline="")
    csv.field_size_limit(_LONGEST_CELL)
    reader = csv.reader(lines, delimiter=_delimiter(text), strict=True)
    while True:
        line = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as wrong:
            raise _Broken(_unreadable(line, str(wrong))) from None
        if any(cell.strip() for cell in cells):
            yield line, [cell.strip() for cell in cells]


def _counted(records: Iterator[tuple[int, list[str]]]) -> Iterator[tuple[int, list[str]]]:
    for number, (line, cells) in enumerate(records):
        if number >= MOST_ROWS:
            raise _Broken(_too_many(line))
        yield line, cells


def _delimiter(text: str) -> str:
    """Tell the two apart by the first line that has anything: no column's name has either."""
    first = next((line for line in text.splitlines() if line.strip()), "")
    return ";" if ";" in first and "," not in first else ","


def _unreadable(line: int, why: str) -> Fault:
    if "field limit" in why:
        return Fault(
            line,
            Cause.TOO_LARGE,
            "A cell on this line has more than a megabyte.",
            "Check the quotation marks: one that is never closed swallows the rest of the file.",
        )
    return Fault(
        line,
        Cause.QUOTES,
        "The quotation marks of the row that begins here do not match, so nothing after it can be "
        "read.",
        'Close every quotation mark, and write one that belongs to the text twice: "".',
    )


def _too_many(line: int) -> Fault:
    return Fault(
        line,
        Cause.TOO_LARGE,
        f"The file has more than {MOST_ROWS:,} rows.",
        "Import it in several files.",
    )


# ---- the header


def _columns(kind: SheetKind, line: int, header: list[str]) -> tuple[str, ...]:
    known = COLUMNS[kind]
    if not header:
        raise _Broken(
            Fault(
                line,
                Cause.NO_HEADER,
                "The file has no rows.",
                f"Begin it with a header row of these columns: {', '.join(known)}.",
            )
        )
    columns = tuple(cell.lower() for cell in header)
    faults = [
        Fault(
            line,
            Cause.COLUMN_UNKNOWN if column else Cause.NO_HEADER,
            f"There is no column {_quoted(column)} here." if column else "A column has no name.",
            f"The columns are {', '.join(known)}, in any order. Rename it or take it out.",
            value=_quoted(column),
        )
        for column in dict.fromkeys(columns)
        if column not in known
    ]
    faults += [
        Fault(
            line,
            Cause.COLUMN_TWICE,
            f"The column {column} stands here {count} times.",
            "Take out all but one.",
            column,
        )
        for column, count in Counter(columns).items()
        if count > 1 and column in known
    ]
    if not faults and not {known[0], known[1]} & set(columns):
        faults.append(
            Fault(
                line,
                Cause.COLUMN_MISSING,
                f"Neither {known[1]} nor {known[0]} is a column, so no row says which one it is.",
                f"Add the column {known[1]}.",
            )
        )
    if faults:
        raise _Broken(*faults)
    return columns


# ---- a row


def _row(kind: SheetKind, line: int, columns: tuple[str, ...], cells: list[str]) -> Row | Fault:
    if len(cells) != len(columns):
        return Fault(
            line,
            Cause.CELLS,
            f"This row has {len(cells)} cells, the header {len(columns)}.",
            "Put a cell that has the separator in it in quotation marks, and leave no cell out.",
            value=_quoted(" | ".join(cells)),
        )
    found = dict(zip(columns, cells, strict=True))
    try:
        return _READERS[kind](line, found)
    except FaultFound as fault:
        value = found.get(fault.column or "")
        return Fault(
            line,
            fault.cause,
            fault.detail,
            fault.repair,
            fault.column,
            None if value is None else _quoted(value),
        )


def _user(line: int, cells: Mapping[str, str]) -> UserRow:
    row = UserRow(
        line,
        cells,
        user_id=_read(cells, "user_id", _checked("label")),
        email=_read(cells, "email", _checked("email")),
        name=_read(cells, "name", _checked("name")),
        role=_read(cells, "role", _one_of(Role)),
        status=_read(cells, "status", _one_of(Status)),
        all_organizations=_read(cells, "all_organizations", _yes_or_no),
        groups=_read(cells, "groups", _items),
        organizations=_read(cells, "organizations", _items),
    )
    _must_say_which(row.user_id, row.email, "user_id", "email")
    return row


def _group(line: int, cells: Mapping[str, str]) -> GroupRow:
    row = GroupRow(
        line,
        cells,
        group_id=_read(cells, "group_id", _checked("label")),
        name=_read(cells, "name", _checked("name")),
        description=_read(cells, "description", _description),
        members=_read(cells, "members", _members),
        organizations=_read(cells, "organizations", _items),
    )
    _must_say_which(row.group_id, row.name, "group_id", "name")
    return row


def _organization(line: int, cells: Mapping[str, str]) -> OrganizationRow:
    row = OrganizationRow(
        line,
        cells,
        organization_id=_read(cells, "organization_id", _checked("label")),
        name=_read(cells, "name", _checked("name")),
        parent=_read(cells, "parent", _parent),
    )
    _must_say_which(row.organization_id, row.name, "organization_id", "name")
    return row


_READERS: Final[Mapping[SheetKind, Callable[[int, Mapping[str, str]], Row]]] = {
    SheetKind.USERS: _user,
    SheetKind.GROUPS: _group,
    SheetKind.ORGANIZATIONS: _organization,
}


def _must_say_which(id_: str | None, key: str | None, id_column: str, column: str) -> None:
    if id_ is None and key is None:
        raise FaultFound(
            Cause.EMPTY,
            f"Neither {column} nor {id_column} says which one this is.",
            f"Enter the {column}.",
            column,
        )


# ---- a cell


def _read(cells: Mapping[str, str], column: str, reader: Callable[[str], T]) -> T | None:
    text = cells.get(column, "")
    if not text:
        return None
    if not is_plain(text.replace("\r\n", "\n")):
        raise FaultFound(
            Cause.CHARACTERS,
            "This cell has characters that do not show, such as NUL or a change of direction.",
            "Type the text anew.",
            column,
        )
    try:
        return reader(text)
    except ValidationError as wrong:
        (first, *_) = wrong.errors(include_url=False, include_input=False)
        said = sentence(first).replace("..", ".")
        raise FaultFound(Cause.VALUE, said, "Correct the cell.", column) from None
    except ValueError as wrong:
        raise FaultFound(Cause.VALUE, str(wrong), "Correct the cell.", column) from None


def _checked(check: str) -> Callable[[str], str]:
    return lambda text: str(_CHECKS[check].validate_python(text))


def _one_of(words: type[T]) -> Callable[[str], T]:
    def read(text: str) -> T:
        for word in words:  # type: ignore[attr-defined]  # an enumeration
            if text.lower().replace("-", "_").replace(" ", "_") == word.value:
                return word  # type: ignore[no-any-return]  # one of its words
        raise ValueError(
            f"This must be one of {', '.join(word.value for word in words)}."  # type: ignore[attr-defined]  # as above
        )

    return read


def _yes_or_no(text: str) -> bool:
    if text.lower() not in _YES_NO:
        raise ValueError("This must be yes or no.")
    return _YES_NO[text.lower()]


def _description(text: str) -> str:
    return "" if text == NONE else str(_CHECKS["text"].validate_python(text))


def _parent(text: str) -> str:
    return "" if text == NONE else str(_CHECKS["name"].validate_python(text))


def _items(text: str) -> tuple[str, ...]:
    if text == NONE:
        return ()
    found = [item.strip() for item in text.split(ITEMS)]
    named = [str(_CHECKS["name"].validate_python(item)) for item in found if item]
    twice = next((item for item, count in Counter(named).items() if count > 1), None)
    if twice is not None:
        raise ValueError(f"{_quoted(twice)} stands here twice.")
    return tuple(named)


def _members(text: str) -> tuple[str, ...]:
    def one(item: str) -> str:
        if item.startswith("usr_"):
            return item
        try:
            return str(_CHECKS["email"].validate_python(item))
        except ValidationError:
            raise ValueError(
                f"{_quoted(item)} is neither an e-mail address nor a user's id."
            ) from None

    return tuple(dict.fromkeys(one(item) for item in _items(text)))


def _quoted(text: str) -> str:
    return printable(text, LONGEST_VALUE)
