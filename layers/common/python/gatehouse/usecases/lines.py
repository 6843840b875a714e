"""How things are written as lines of a file: of CSV, or of JSON.

Values stand in the order of their columns (:mod:`gatehouse.usecases.columns`).
"""

import json
from collections.abc import Sequence
from enum import StrEnum
from typing import Any, Final, TypeVar

from gatehouse.domain.spreadsheet import line_of
from gatehouse.usecases.columns import Column, record_of

T = TypeVar("T")
_BYTE_ORDER_MARK: Final = "\ufeff"
"""Without it spreadsheets take UTF-8 for something else."""


class Format(StrEnum):
    """What one file may be."""

    CSV = "csv"
    JSONL = "jsonl"

    @property
    def content_type(self) -> str:
        return "text/csv; charset=utf-8" if self is Format.CSV else "application/jsonl"

    def head(self, columns: Sequence[Column[T]]) -> str:
        """Return what stands before the first line."""
        return head_of(columns) if self is Format.CSV else ""

    def line(self, columns: Sequence[Column[T]], thing: T) -> str:
        """Write one thing."""
        values = [column.value(thing) for column in columns]
        return line_of(values) if self is Format.CSV else json_line_of(columns, values)


def head_of(columns: Sequence[Column[T]]) -> str:
    """Write the first line of a CSV file."""
    return _BYTE_ORDER_MARK + line_of(column.name for column in columns)


def json_line_of(columns: Sequence[Column[T]], values: Sequence[Any]) -> str:
    """Write a thing as a line of JSON."""
    return json.dumps(record_of(columns, values), ensure_ascii=False) + "\n"
