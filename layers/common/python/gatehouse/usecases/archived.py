"""The archive of older months of activity logs, as use cases ask for it."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import Protocol

from gatehouse.domain.activity import Activity
from gatehouse.domain.log_archive import ArchivedMonth, Segment


class LogArchive(Protocol):
    """Months that move from the table into segments.

    What the files do not answer raises FilesUnavailable, what is not as it was put there
    ArchiveDamaged. A new segment counts once it is saved together with its month's border.
    """

    def look_at(self, account_id: str, month: str) -> datetime | None:
        """Return when a month is to be looked at; None if never (again)."""

    def month(self, account_id: str, month: str) -> ArchivedMonth | None: ...
    def segments_of(self, account_id: str, month: str, after: str = "") -> Iterator[Segment]:
        """Go through a month's segments, the oldest first, after the one that begins so."""

    def in_the_table(
        self, account_id: str, month: str, after: str | None, limit: int
    ) -> Sequence[Activity]:
        """Return what the table has of a month after a key, the oldest first."""

    def write(self, account_id: str, month: str, activities: Sequence[Activity]) -> Segment:
        """Write the files of a segment; nothing names them yet."""

    def read(self, segment: Segment) -> Sequence[Activity]:
        """Return all entries of a segment, the oldest first, each of them verified."""

    def clear(self, segment: Segment) -> int:
        """Delete from the table what a segment has; return how much that was.

        The segment is read back before. An entry that was changed in the table meanwhile is
        changed in the segment first; one that is only in the table raises ArchiveDamaged.
        """

    def rewrite(self, segment: Segment, transform: Callable[[Activity], Activity]) -> Segment:
        """Put a segment with changed entries in its place, and delete the files it had.

        Time and id of an entry stay (ValueError). Stopped anywhere, the next call for this segment
        begins anew and deletes what was left. Raises LostRace if somebody else rewrote it.
        """

    def tidy(self, account_id: str, month: str) -> int:
        """Delete files of a month that no segment names; return how many those were.

        Only while nobody writes new segments of this month; some may be rewritten meanwhile.
        """
