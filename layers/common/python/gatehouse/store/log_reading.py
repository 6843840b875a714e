"""What one page reads of a log: the table above each month's border, the archive up to it.

The borders are read once, before anything else. Whatever moves meanwhile, every entry is on one
side of them: what is archived stays in the table for an hour, and longer than that no page takes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Final, NamedTuple, TypeVar

from gatehouse.domain.activity import Activity
from gatehouse.store import entries
from gatehouse.store import table as t
from gatehouse.store.engine import Table

if TYPE_CHECKING:
    from gatehouse.domain.log_archive import Segment
    from gatehouse.store.archive import DynamoArchive
    from gatehouse.store.segments import Block, Index

T = TypeVar("T")
GETS: Final = 24
"""How often one page may read from the files of the archive."""
SEGMENTS: Final = 500
"""How many segments are looked at, which most often takes a row and no file."""
GETS_TO_CHOOSE: Final = 4
"""How often it may do so to find out about one order, before it chooses."""
_MONTHS: Final = 12_000
_ROWS: Final = 100
Keyed = tuple[str, Activity]


class Stretch(NamedTuple):
    """Entries, newest first, each with its key; how far was looked for them; what it took.

    All there is from the end down to ``down_to`` was looked at, that itself among it, and nothing
    if it is None; or all of the span, if the stretch is ``whole``.
    """

    found: Sequence[Keyed]
    down_to: str | None
    whole: bool
    read: int


NOTHING: Final = Stretch((), None, True, 0)


def borders_of(table: Table, account_id: str, first: str, end: str) -> Mapping[str, str]:
    """Return up to where the months of a span are archived; others are not."""
    rows = table.query(
        t.LeanRow,
        t.archived_key(account_id, "").pk,
        where=t.Row.sk.between(first[:7], max(first, end)[:7]),
        limit=_MONTHS,
    )
    return {row.sk: row.border for row in rows}


class Reading:
    """Reads stretches of one span of a log, as long as it may."""

    def __init__(
        self,
        table: Table,
        archive: Callable[[], DynamoArchive],
        account_id: str,
        first: str,
        borders: Mapping[str, str],
    ) -> None:
        self._table = table
        self._archive = archive
        self._account_id = account_id
        self._first = first
        self._borders = borders
        self._indexes: dict[tuple[str, str], Index] = {}
        self._lines: dict[tuple[str, str, int], list[tuple[str, bytes]]] = {}
        self._gets_left, self._rows_left = GETS, SEGMENTS
        self.is_spent = False

    def may_read(self, gets: int) -> None:
        """Allow so many reads of the archive's files from now on."""
        self._gets_left, self._rows_left, self.is_spent = gets, SEGMENTS, False

    def named(self, index: str, entity_id: str, end: str, size: int) -> Stretch:
        """Read the newest entries up to ``end`` that name somebody or something."""
        if end < self._first:  # a page that was asked for when its entries were younger
            return NOTHING
        pk = t.log_of(self._account_id, entity_id)
        rows = self._query(pk, self._first, end, size, index)
        down_to = rows[-1].sk if len(rows) == size else None
        recent = Stretch(
            [
                (row.sk, entries.activity(row))
                for row in rows
                if row.sk > self._borders.get(row.sk[:7], "")
            ],
            down_to,
            down_to is None,
            len(rows),
        )
        to = min(end, max(self._borders.values(), default=""))
        first = max(self._first, down_to or "")
        if to < first:
            return recent
        return _merged(recent, self._archived(index, entity_id, first, to, size), to, size)

    def of_time(self, end: str, size: int) -> Stretch:
        """Read the newest entries up to ``end``, month by month."""
        found: list[Keyed] = []
        read = 0
        for month in _months(self._first[:7], end[:7]) if end >= self._first else ():
            border = self._borders.get(month, "")
            # No character of a key comes before the space.
            above = max(self._first, f"{border} " if border else "")
            if end >= above:
                partition = t.log_month(self._account_id, month)
                rows = self._query(partition, above, end, size - len(found))
                found += [(row.sk, entries.activity(row)) for row in rows]
                read += len(rows)
            first, to = max(self._first, month), min(end, border)
            if len(found) < size and to >= first:
                older = self._archived("", "", first, to, size - len(found))
                found += older.found
                read += older.read
                if not older.whole:
                    down_to = older.down_to or (found[-1][0] if found else None)
                    return Stretch(found, down_to, False, read)
            if len(found) == size:
                return Stretch(found, found[-1][0], False, read)
        return Stretch(found, None, True, read)

    def _query(
        self, pk: str, first: str, end: str, size: int, index: str | None = None
    ) -> list[t.LeanRow]:
        return self._table.query(
            t.LeanRow,
            pk,
            where=t.Row.sk.between(first, end),
            limit=size,
            newest_first=True,
            index=index,
        )

    # ---- the archive

    def _archived(self, index: str, entity_id: str, first: str, end: str, size: int) -> Stretch:
        """Read the newest archived entries of an order; without an index, of that of time."""
        from gatehouse.store import segments

        order = index or segments.TIME
        found: list[Keyed] = []
        down_to, read = None, 0
        for segment in self._segments(first, end):
            if segment.last < first:
                break
            if self._rows_left <= 0:
                self.is_spent = True
                return Stretch(found, down_to, False, read)
            self._rows_left -= 1
            read += 1
            if not index or segments.may_have(segment.filters[index], entity_id):
                if self._gets_left <= 0:
                    self.is_spent = True
                    return Stretch(found, down_to, False, read)
                of_segment = partial(
                    self._of_segment, order, entity_id, first, end, size - len(found)
                )
                some = self._settled(segment, of_segment)
                found += some
                read += len(some)
                if len(found) == size:
                    return Stretch(found, found[-1][0], False, read)
            down_to = segment.first
        return Stretch(found, None, True, read)

    def _segments(self, first: str, end: str) -> Iterator[Segment]:
        """Go through the segments up to ``end``, newest first, of which the borders know."""
        from gatehouse.store import segments

        pk, size = t.segment_key(self._account_id, "").pk, 2
        while True:
            rows = self._table.query(
                t.SegmentRow,
                pk,
                # The one that has the first entry may begin before it, but not before its month.
                where=t.Row.sk.between(first[:7], end),
                limit=size,
                newest_first=True,
            )
            for row in rows:
                segment = segments.segment(row)
                if segment.last <= self._borders.get(segment.month, ""):
                    yield segment
            if len(rows) < size:
                return
            end, size = t.before(rows[-1].sk), min(4 * size, _ROWS)

    def _settled(self, segment: Segment, read: Callable[[Segment], T]) -> T:
        """Read of a segment; of the one in its place, if its files were taken away meanwhile."""
        from gatehouse.store import segments
        from gatehouse.store.objects import ObjectGone

        try:
            return read(segment)
        except ObjectGone as gone:
            now = self._archive().fresh(segment)
            if now is None or now.name == segment.name:
                raise segments.damaged() from gone
        try:
            return read(now)
        except ObjectGone as gone:
            raise segments.damaged() from gone

    def _of_segment(
        self, order: str, entity_id: str, first: str, end: str, size: int, segment: Segment
    ) -> list[Keyed]:
        """Return the newest entries of a segment between two keys, at most so many."""
        from gatehouse.store import segments

        index = self._index(segment, order)
        blocks = [b for b in index.get(entity_id, ()) if b.first <= end and b.last >= first]
        found: list[Keyed] = []
        while blocks and len(found) < size:
            wanted = _newest(blocks, end, size - len(found))
            blocks = blocks[: len(blocks) - len(wanted)]
            for lines in reversed(self._read(segment, order, wanted)):
                for key, line in reversed(lines):
                    if first <= key <= end and len(found) < size:
                        found.append((key, segments.entry_of(self._account_id, line)))
        return found

    def _index(self, segment: Segment, order: str) -> Index:
        place = segment.name, order
        if place not in self._indexes:
            self._gets_left -= 1
            self._indexes[place] = self._archive().index(segment, order)
        return self._indexes[place]

    def _read(
        self, segment: Segment, order: str, blocks: Sequence[Block]
    ) -> list[list[tuple[str, bytes]]]:
        """Return the lines of blocks that stand behind each other, read at once."""
        from gatehouse.store import segments

        places = [(segment.name, order, block.start) for block in blocks]
        missing = [b for b, place in zip(blocks, places, strict=True) if place not in self._lines]
        if missing:
            self._gets_left -= 1
            read = self._archive().blocks(segment, order, missing)
            for block, written in zip(missing, read, strict=True):
                place = segment.name, order, block.start
                self._lines[place] = segments.lines_of(written, block)
        return [self._lines[place] for place in places]


def _newest(blocks: Sequence[Block], end: str, size: int) -> Sequence[Block]:
    """Return so many of the last blocks that they have as many entries up to ``end``, surely."""
    count = taken = 0
    while taken < len(blocks) and count < size:
        taken += 1
        block = blocks[-taken]
        count += block.entries if block.last <= end else 0
    return blocks[len(blocks) - taken :]


def _merged(recent: Stretch, older: Stretch, to: str, size: int) -> Stretch:
    """Put two stretches of one span together, as far as both have looked.

    ``older`` begins at ``to``, so that is how far it has looked if it has not begun.
    """
    everything = sorted([*recent.found, *older.found], key=lambda one: one[0], reverse=True)
    begun = older.whole or older.down_to is not None
    edge = max(
        "" if recent.whole else recent.down_to or "",
        "" if older.whole else older.down_to or f"{to} ",
    )
    found = [one for one in everything if one[0] >= edge][:size]
    read = recent.read + older.read
    if not edge and len(found) == len(everything):
        return Stretch(found, None, True, read)
    if len(found) == size or not begun:
        return Stretch(found, found[-1][0] if found else None, False, read)
    return Stretch(found, edge, False, read)


def _months(first: str, last: str) -> Iterator[str]:
    """Return months (``yyyy-mm``) from the last down to the first."""
    while last >= first:
        yield last
        year, month = int(last[:4]), int(last[5:7])
        last = f"{year - 1:04d}-12" if month == 1 else f"{year:04d}-{month - 1:02d}"
