"""A sheet: rows of a CSV file that say how users, groups or organizations are to be.

A cell that is empty, and a column that is not there, leave things as they are; ``-`` stands for
none. So a row says all that it changes, and the same sheet a second time changes nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final

from gatehouse.domain.roles import Role
from gatehouse.domain.user import Status

MOST_ROWS: Final = 50_000
LONGEST_VALUE: Final = 100
"""Characters of a cell that are quoted back."""
ITEMS: Final = ";"
"""What stands between the items of a cell that is a list."""
NONE: Final = "-"


class SheetKind(StrEnum):
    """What the rows are."""

    USERS = "users"
    GROUPS = "groups"
    ORGANIZATIONS = "organizations"


COLUMNS: Final[Mapping[SheetKind, tuple[str, ...]]] = {
    SheetKind.USERS: (
        *("user_id", "email", "name", "role", "status"),
        *("groups", "organizations", "all_organizations"),
    ),
    SheetKind.GROUPS: ("group_id", "name", "description", "members", "organizations"),
    SheetKind.ORGANIZATIONS: ("organization_id", "name", "parent"),
}
"""The columns that there are, in any order: the first says which one by id, the second by name."""


class Cause(StrEnum):
    """Why a row, or the whole file, cannot be imported."""

    NOT_UTF8 = "not-utf8"
    QUOTES = "quotes"
    TOO_LARGE = "too-large"
    NO_HEADER = "no-header"
    COLUMN_UNKNOWN = "column-unknown"
    COLUMN_TWICE = "column-twice"
    COLUMN_MISSING = "column-missing"
    CELLS = "cells"
    CHARACTERS = "characters"
    EMPTY = "empty"
    VALUE = "value"
    TWICE = "twice"
    UNKNOWN = "unknown"
    AMBIGUOUS = "ambiguous"
    TAKEN = "taken"
    NOT_ALLOWED = "not-allowed"
    OWN_ROW = "own-row"
    LIMIT = "limit"
    CHANGED = "changed"
    REFUSED = "refused"

    @property
    def words(self) -> str:
        """Return what it is called, in words."""
        return _WORDS[self]


_WORDS: Final = {
    Cause.NOT_UTF8: "The file is not UTF-8",
    Cause.QUOTES: "Quotation marks do not match",
    Cause.TOO_LARGE: "Too large",
    Cause.NO_HEADER: "No header row",
    Cause.COLUMN_UNKNOWN: "Unknown column",
    Cause.COLUMN_TWICE: "Column named twice",
    Cause.COLUMN_MISSING: "Column missing",
    Cause.CELLS: "More or fewer cells than columns",
    Cause.CHARACTERS: "Characters that do not show",
    Cause.EMPTY: "Empty cell",
    Cause.VALUE: "Not a possible value",
    Cause.TWICE: "Named twice in the file",
    Cause.UNKNOWN: "Not in your account",
    Cause.AMBIGUOUS: "More than one has this name",
    Cause.TAKEN: "E-mail address taken",
    Cause.NOT_ALLOWED: "Not within your rights",
    Cause.OWN_ROW: "Your own user",
    Cause.LIMIT: "Over a limit",
    Cause.CHANGED: "Changed by somebody else meanwhile",
    Cause.REFUSED: "Cannot be done",
}


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong: where, what was found there, and how to mend it.

    ``line`` is the line of the file on which the row begins, the header being on line 1 as a rule.
    """

    line: int
    cause: Cause
    detail: str
    repair: str
    column: str | None = None
    value: str | None = None

    @property
    def entry(self) -> dict[str, Any]:
        """Return it as it is kept and answered."""
        return {
            "line": self.line,
            "column": self.column,
            "value": self.value,
            "cause": self.cause.value,
            "detail": self.detail,
            "repair": self.repair,
        }


class FaultFound(Exception):
    """Stop a row; what is wrong with it goes into the report, and to nobody as an answer."""

    def __init__(self, cause: Cause, detail: str, repair: str, column: str | None = None) -> None:
        super().__init__(detail)
        self.cause = cause
        self.detail = detail
        self.repair = repair
        self.column = column


@dataclass(frozen=True, slots=True)
class UserRow:
    """A user to be. None leaves a thing as it is."""

    line: int
    cells: Mapping[str, str]
    user_id: str | None = None
    email: str | None = None
    name: str | None = None
    role: Role | None = None
    status: Status | None = None
    all_organizations: bool | None = None
    groups: tuple[str, ...] | None = None
    organizations: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class GroupRow:
    """A group to be, with everybody in it and everything it reaches."""

    line: int
    cells: Mapping[str, str]
    group_id: str | None = None
    name: str | None = None
    description: str | None = None
    members: tuple[str, ...] | None = None
    organizations: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class OrganizationRow:
    """An organization to be; ``parent`` is a name or an id, empty for none."""

    line: int
    cells: Mapping[str, str]
    organization_id: str | None = None
    name: str | None = None
    parent: str | None = None


Row = UserRow | GroupRow | OrganizationRow


@dataclass(frozen=True, slots=True)
class Sheet:
    """What a file says: rows that can be read, and what is wrong with the others.

    ``broken`` says that the file as a whole cannot be read, so that there are no rows.
    """

    rows: tuple[Row, ...] = ()
    faults: tuple[Fault, ...] = field(default_factory=tuple)
    broken: bool = False
