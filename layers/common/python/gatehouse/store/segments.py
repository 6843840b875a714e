"""A segment of the log's archive: its two files, what the manifest has of them, its row.

``….jsonl.gz`` has each entry once, a line each, the oldest first: what ``zcat`` shows. Beside it
``….orders.gz`` has the same lines by user, by connection, by organization and by guest account,
each order without what names none, and after them the index of every order. Both are gzip members
behind each other, of some entries of one id each (RFC 1952 lets a file have several), so that any
of them can be read by its place alone. An index names the place and the check sum of each, the
row those of the indexes, so nothing is taken for an entry that is not what was put there.
"""

import gzip
import json
import re
from base64 import b64decode, b64encode
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b, sha256
from typing import Any, Final, NamedTuple

from gatehouse.domain.activity import Activity
from gatehouse.domain.errors import ArchiveDamaged
from gatehouse.domain.log_archive import ArchivedMonth, Segment
from gatehouse.domain.moments import to_text
from gatehouse.store import table as t

TIME: Final = "time"
ORDERS: Final = (TIME, *t.LOG_INDEXES)
LINES: Final = ".jsonl.gz"
COPIES: Final = ".orders.gz"
_BLOCK: Final = 100
"""Entries of one gzip member; smaller ones would compress worse."""
_HEAD: Final = re.compile(rb'\{"activity_id": "([^"]*)", "time": "([^"]*)"')
_BITS: Final = 10
"""Bits of a filter for each id, of which it sets seven: one in a hundred others looks like it."""
_HASHES: Final = 7


class Block(NamedTuple):
    """Some entries of one order and id: where they are, and which."""

    start: int
    length: int
    entries: int
    first: str
    last: str
    digest: str


Index = Mapping[str, Sequence[Block]]
"""The blocks of each id of an order, the oldest first; the order of time has one id, ''."""


@dataclass(frozen=True, slots=True)
class Packed:
    """Both files of a segment, and what its manifest says of them."""

    lines: bytes
    copies: bytes
    sections: Mapping[str, Sequence[Any]]
    filters: Mapping[str, str]


def key_of(entry: Activity) -> str:
    """Return where an entry stands in the order of its log."""
    return t.log_key(entry.account_id, to_text(entry.time), entry.activity_id).sk


def ids_of(entry: Activity) -> dict[str, str]:
    """Return what an entry names, by the order that has it."""
    named = (
        *(entry.actor.user_id, entry.connection_id),
        *(entry.organization_id, entry.guest_account_id),
    )
    return {order: id_ for order, id_ in zip(t.LOG_INDEXES, named, strict=True) if id_}


def packed(entries: Sequence[Activity]) -> Packed:
    """Put entries together as a segment, whatever order they come in."""
    keyed = [(key_of(entry), ids_of(entry), _line(entry)) for entry in sorted(entries, key=key_of)]
    lines, copies = bytearray(), bytearray()
    indexes: dict[str, dict[str, list[Block]]] = {}
    for order in ORDERS:
        runs: dict[str, list[tuple[str, bytes]]] = {}
        for key, ids, line in keyed:
            entity_id = "" if order == TIME else ids.get(order)
            if entity_id is not None:
                runs.setdefault(entity_id, []).append((key, line))
        file = lines if order == TIME else copies
        indexes[order] = {
            entity_id: [
                _append(file, run[start : start + _BLOCK]) for start in range(0, len(run), _BLOCK)
            ]
            for entity_id, run in sorted(runs.items())
        }
    sections: dict[str, Sequence[Any]] = {}
    for order, index in indexes.items():
        written = gzip.compress(json.dumps(index).encode(), mtime=0)
        sections[order] = [len(copies), len(written), _digest(written)]
        copies += written
    filters = {order: filter_of(index) for order, index in indexes.items() if order != TIME}
    return Packed(bytes(lines), bytes(copies), sections, filters)


def index_of(written: bytes, digest: str) -> Index:
    """Read the index of an order. Raises ArchiveDamaged."""
    found = json.loads(_opened(written, digest))
    return {id_: [Block(*block) for block in blocks] for id_, blocks in found.items()}


def lines_of(written: bytes, block: Block) -> list[tuple[str, bytes]]:
    """Return the lines of a block, each with its entry's key. Raises ArchiveDamaged."""
    found = [
        (_key_in(line), line) for line in _opened(written, block.digest).splitlines(keepends=True)
    ]
    if len(found) != block.entries:
        raise damaged()
    return found


def entry_of(account_id: str, line: bytes) -> Activity:
    """Return the entry that a line is."""
    return Activity.from_json(account_id, json.loads(line))


def damaged() -> ArchiveDamaged:
    """Return what is raised when a file is not what the manifest says."""
    return ArchiveDamaged(
        "A part of the log's archive is not what was put there. Nothing of it is shown, and "
        "nothing is passed over; whoever runs Gatehouse has to look at it.",
        retry_after=60,
    )


def filter_of(ids: Mapping[str, Any]) -> str:
    """Return a Bloom filter of ids: what is in it is found, and hardly anything else."""
    size = max(64, _BITS * len(ids) + 7 & ~7)
    bits = 0
    for entity_id in ids:
        for place in _places(entity_id, size):
            bits |= 1 << place
    return b64encode(bits.to_bytes(size // 8, "little")).decode()


def may_have(filter_: str, entity_id: str) -> bool:
    """Say whether an id may be among those of a filter."""
    raw = b64decode(filter_)
    return all(raw[place >> 3] >> (place & 7) & 1 for place in _places(entity_id, 8 * len(raw)))


def segment_row(segment: Segment) -> t.SegmentRow:
    return t.SegmentRow(
        *t.segment_key(segment.account_id, segment.first),
        account_id=segment.account_id,
        month=segment.month,
        last=segment.last,
        entries=segment.count,
        name=segment.name,
        sections=dict(segment.sections),
        filters=dict(segment.filters),
        others=list(segment.others),
        version=segment.version,
    )


def segment(row: t.SegmentRow) -> Segment:
    return Segment(
        row.account_id,
        row.month,
        row.sk,
        row.last,
        int(row.entries),
        row.name,
        row.sections,
        row.filters,
        tuple(row.others),
        int(row.version or 0),
    )


def archived_row(month: ArchivedMonth) -> t.ArchivedRow:
    return t.ArchivedRow(
        *t.archived_key(month.account_id, month.month),
        account_id=month.account_id,
        border=month.border,
        entries=month.entries,
        segments=month.segments,
        version=month.version,
    )


def archived(row: t.ArchivedRow) -> ArchivedMonth:
    return ArchivedMonth(
        row.account_id,
        row.sk,
        row.border,
        int(row.entries),
        int(row.segments),
        int(row.version or 0),
    )


def _line(entry: Activity) -> bytes:
    return json.dumps(entry.as_json(), ensure_ascii=False).encode() + b"\n"


def _key_in(line: bytes) -> str:
    """Return the key of a line's entry without reading all of it: most lines are passed over."""
    head = _HEAD.match(line)
    assert head is not None  # the check sum held, so it is a line that was written here
    return t.log_key("", head[2].decode(), head[1].decode()).sk


def _append(file: bytearray, lines: Sequence[tuple[str, bytes]]) -> Block:
    written = gzip.compress(b"".join(line for _, line in lines), mtime=0)
    start = len(file)
    file += written
    return Block(start, len(written), len(lines), lines[0][0], lines[-1][0], _digest(written))


def _opened(written: bytes, digest: str) -> bytes:
    if _digest(written) != digest:
        raise damaged()
    return gzip.decompress(written)


def _digest(written: bytes) -> str:
    return b64encode(sha256(written).digest()[:18]).decode()


def _places(entity_id: str, size: int) -> Iterator[int]:
    one, other = (
        int.from_bytes(blake2b(entity_id.encode(), digest_size=16).digest()[half : half + 8])
        for half in (0, 8)
    )
    return ((one + number * other) % size for number in range(_HASHES))
