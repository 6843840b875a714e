"""The log's archive: segments in files, named by rows of the table.

A segment is written whole before anything names it, and read only through its row. What nobody
names is garbage: :meth:`DynamoArchive.tidy` finds it by listing a month's files.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Final
from uuid import uuid4

from gatehouse.domain.activity import Activity
from gatehouse.domain.log_archive import ArchivedMonth, Segment
from gatehouse.domain.moments import from_text
from gatehouse.store import entries, segments
from gatehouse.store import table as t
from gatehouse.store.engine import Table
from gatehouse.store.objects import ObjectGone
from gatehouse.store.refusals import ConditionFailed
from gatehouse.usecases.changes import LostRace

if TYPE_CHECKING:
    from gatehouse.store.objects import S3Objects
    from gatehouse.store.segments import Block, Index, Packed

_AT_ONCE: Final = 25
PAUSE: Final = 0.04
"""Seconds between batches of deletions: each is five writes, and in an index a guest's older entries
stand beside those that are written now. So deleting takes at most about half of a partition."""


class DynamoArchive:
    """Implements :class:`gatehouse.usecases.archived.LogArchive`; ``log_reading`` reads its pages."""

    def __init__(self, table: Table, objects: Callable[[], S3Objects]) -> None:
        self._table = table
        self._objects = objects

    def look_at(self, account_id: str, month: str) -> datetime | None:
        row = self._table.get(t.LeanRow, t.counted_key(account_id, month))
        return from_text(row.due_at) if row and row.due_at else None

    def month(self, account_id: str, month: str) -> ArchivedMonth | None:
        row = self._table.get(t.ArchivedRow, t.archived_key(account_id, month))
        return segments.archived(row) if row else None

    def segments_of(self, account_id: str, month: str, after: str = "") -> Iterator[Segment]:
        while True:
            rows = self._table.query(
                t.SegmentRow,
                t.segment_key(account_id, "").pk,
                where=t.Row.sk.between(after or month, f"{month}~"),
                limit=2 if after else 1,
            )
            found = [row for row in rows if row.sk != after]
            if not found:
                return
            yield segments.segment(found[0])
            after = found[0].sk

    def in_the_table(
        self, account_id: str, month: str, after: str | None, limit: int
    ) -> Sequence[Activity]:
        partition = t.log_month(account_id, month)
        rows = self._table.query(
            t.LeanRow, partition, where=t.Row.sk > after if after else None, limit=limit
        )
        return [entries.activity(row) for row in rows]

    def write(self, account_id: str, month: str, activities: Sequence[Activity]) -> Segment:
        packed = segments.packed(activities)
        name = _new_name(account_id, month)
        self._put(name, packed)
        keys = sorted(map(segments.key_of, activities))
        return Segment(
            account_id,
            month,
            keys[0],
            keys[-1],
            len(keys),
            name,
            packed.sections,
            packed.filters,
        )

    def read(self, segment: Segment) -> Sequence[Activity]:
        try:
            index = self.index(segment, segments.TIME)
            blocks = index[""]
            written = self.blocks(segment, segments.TIME, blocks)
        except ObjectGone as gone:
            raise segments.damaged() from gone
        found = [
            segments.entry_of(segment.account_id, line)
            for block, content in zip(blocks, written, strict=True)
            for _, line in segments.lines_of(content, block)
        ]
        ends = (segments.key_of(found[0]), segments.key_of(found[-1]))
        if len(found) != segment.count or ends != (segment.first, segment.last):
            raise segments.damaged()
        return found

    def index(self, segment: Segment, order: str) -> Index:
        """Read which blocks each id of an order has. Raises ObjectGone."""
        start, length, digest = segment.sections[order]
        written = self._objects().read(segment.name + segments.COPIES, start, length)
        return segments.index_of(written, digest)

    def blocks(self, segment: Segment, order: str, wanted: Sequence[Block]) -> list[bytes]:
        """Read blocks that stand behind each other, at once. Raises ObjectGone."""
        if not wanted:
            return []
        file = segments.LINES if order == segments.TIME else segments.COPIES
        first, last = wanted[0], wanted[-1]
        whole = self._objects().read(
            segment.name + file, first.start, last.start + last.length - first.start
        )
        return [whole[b.start - first.start :][: b.length] for b in wanted]

    def _check_copies(self, segment: Segment, activities: Sequence[Activity]) -> None:
        """Read every copy of every entry; raises ArchiveDamaged unless all are there."""
        try:
            for order in t.LOG_INDEXES:
                wanted = sorted(
                    (ids[order], segments.key_of(entry))
                    for entry in activities
                    if order in (ids := segments.ids_of(entry))
                )
                index = self.index(segment, order)
                placed = [(id_, block) for id_, blocks in index.items() for block in blocks]
                # They stand behind each other, id after id.
                written = self.blocks(segment, order, [block for _, block in placed])
                found = [
                    (id_, key)
                    for (id_, block), content in zip(placed, written, strict=True)
                    for key, _ in segments.lines_of(content, block)
                ]
                if sorted(found) != wanted:
                    raise segments.damaged()
        except ObjectGone as gone:
            raise segments.damaged() from gone

    def fresh(self, segment: Segment) -> Segment | None:
        """Return a segment as it is named now."""
        key = t.segment_key(segment.account_id, segment.first)
        row = self._table.get(t.SegmentRow, key)
        return segments.segment(row) if row else None

    def clear(self, segment: Segment) -> int:
        kept = {segments.key_of(entry): entry for entry in self.read(segment)}
        self._check_copies(segment, list(kept.values()))
        rows = self._table.query(
            t.LeanRow,
            t.log_month(segment.account_id, segment.month),
            where=t.Row.sk.between(segment.first, segment.last),
            limit=segment.count + 1,
        )
        there = {row.sk: entries.activity(row) for row in rows}
        if there.keys() - kept.keys():
            raise segments.damaged()
        changed = {key: entry for key, entry in there.items() if entry != kept[key]}
        if changed:
            self._rewrite(
                segment,
                lambda entry: changed.get(segments.key_of(entry), entry),
                # What another took out of the segment since must not come back from here.
                version=segment.version,
            )
        keys = [t.Key(row.pk, row.sk) for row in rows]
        for start in range(0, len(keys), _AT_ONCE):
            if start:
                time.sleep(PAUSE)
            self._table.delete_many(keys[start : start + _AT_ONCE])
        return len(keys)

    def rewrite(self, segment: Segment, transform: Callable[[Activity], Activity]) -> Segment:
        return self._rewrite(segment, transform)

    def _rewrite(
        self,
        segment: Segment,
        transform: Callable[[Activity], Activity],
        *,
        version: int | None = None,
    ) -> Segment:
        now = self.fresh(segment)
        if now is None or version not in {None, now.version}:
            raise LostRace
        if now.others:
            # Whoever wrote them may be about to name them, which this makes impossible.
            now = self._without_others(self._save(now, now))
        before = self.read(now)
        after = [transform(entry) for entry in before]
        if list(map(segments.key_of, after)) != list(map(segments.key_of, before)):
            raise ValueError("an entry stays where it is in its log")
        if after == before:
            return now
        packed, name = segments.packed(after), _new_name(now.account_id, now.month)
        # Named before it is there, so that it is found if nothing comes of it.
        now = self._save(replace(now, others=(name,)), now)
        self._put(name, packed)
        new = replace(
            now,
            name=name,
            sections=packed.sections,
            filters=packed.filters,
            others=(now.name,),
        )
        try:
            new = self._save(new, now)
        except LostRace:
            self._delete(name)
            raise
        return self._without_others(new)

    def tidy(self, account_id: str, month: str) -> int:
        # Listed first: what is there by then, and about to be named, is named among the others.
        there = list(self._objects().names(f"{account_id}/{month}/"))
        named = {
            name for one in self.segments_of(account_id, month) for name in (one.name, *one.others)
        }
        nobodys = [
            name
            for name in there
            if name.removesuffix(segments.LINES).removesuffix(segments.COPIES) not in named
        ]
        for name in nobodys:
            self._objects().delete(name)
        return len(nobodys)

    def _put(self, name: str, packed: Packed) -> None:
        self._objects().put(name + segments.COPIES, packed.copies)
        self._objects().put(name + segments.LINES, packed.lines)

    def _without_others(self, segment: Segment) -> Segment:
        """Delete the files that are nobody's, then forget their names."""
        for name in segment.others:
            self._delete(name)
        return self._save(replace(segment, others=()), segment)

    def _delete(self, name: str) -> None:
        for file in (segments.LINES, segments.COPIES):
            self._objects().delete(name + file)

    def _save(self, new: Segment, old: Segment) -> Segment:
        saved = replace(new, version=old.version + 1)
        try:
            self._table.put(segments.segment_row(saved), t.Row.version == old.version)
        except ConditionFailed as failed:
            # A put whose answer was lost is sent again, and meets itself.
            there = self.fresh(old)
            if there is None or _version(there) != _version(saved):
                raise LostRace from failed
        return saved


def _version(segment: Segment) -> tuple[str, tuple[str, ...], int]:
    """Return what two writers make alike only where both mean the same: names are random."""
    return segment.name, segment.others, segment.version


def _new_name(account_id: str, month: str) -> str:
    return f"{account_id}/{month}/{uuid4().hex}"
