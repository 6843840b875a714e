"""Older months of an activity log: which are archived how far, and the segments that hold them.

A month (``yyyy-mm``, UTC) is closed once nothing can be written into it any more. When it is old
enough it moves, the oldest entries first, into segments: files that are written once and named by
a manifest. Up to the month's *border* the archive answers, above it the table does.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final

LEAST_MONTHS: Final = 2
"""A younger month is never archived: reports reach back a day, the stream is kept for one."""
ALWAYS_IN_THE_TABLE: Final = timedelta(days=58)
"""What is younger is of no month that could be archived: two months have 59 days at least."""
GRACE: Final = timedelta(hours=1)
"""For how long the table keeps what is archived, for whoever reads by an older border."""


@dataclass(frozen=True, slots=True)
class ArchivedMonth:
    """How far a month is archived: the key of the last entry that stands in a segment."""

    account_id: str
    month: str
    border: str
    entries: int
    segments: int
    version: int = 1


@dataclass(frozen=True, slots=True)
class Segment:
    """One stretch of a month, from its first to its last entry.

    ``name`` begins the names of its files. ``sections`` say where the index of each order stands
    and what its check sum is, ``filters`` which ids an order may have. ``others`` are names whose
    files are nobody's any more, to be deleted.
    """

    account_id: str
    month: str
    first: str
    last: str
    count: int
    name: str
    sections: Mapping[str, Sequence[Any]]
    filters: Mapping[str, str]
    others: tuple[str, ...] = field(default=())
    version: int = 1


def due_at(month: str, months: int) -> datetime:
    """Return when a month is archived that stays in the table for so many more after its end."""
    count = int(month[:4]) * 12 + int(month[5:7]) + max(months, LEAST_MONTHS)
    return datetime(count // 12, count % 12 + 1, 1, tzinfo=UTC)
