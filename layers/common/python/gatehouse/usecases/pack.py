"""Put an account's archive together: read kind after kind, then set the pieces behind each other.

Every chunk reads some pages of one kind, compresses them as one piece of each of its two files,
keeps the pieces as files of their own, and notes in the job where to go on: sizes and check sums
so far, and which pieces count. A chunk that is killed leaves pieces that nothing names. The last
chunk copies what is named into one archive, piece by piece (ADR 25).
"""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any, Final

from gatehouse.domain.activity import Resource
from gatehouse.domain.archive import LAST_PIECE, Packed, directory_of, header_of
from gatehouse.domain.errors import Unable
from gatehouse.domain.job import Job
from gatehouse.domain.moments import to_text
from gatehouse.domain.spreadsheet import line_of
from gatehouse.usecases.changes import Record, Save
from gatehouse.usecases.entries import by_itself
from gatehouse.usecases.kinds import KINDS, Kind, Position
from gatehouse.usecases.lines import head_of, json_line_of
from gatehouse.usecases.packing_list import about, manifest
from gatehouse.usecases.ports import Ports

KEPT: Final = timedelta(days=7)
"""For how long an archive can be downloaded; then it is deleted."""
_PAGE: Final = 200
_ENOUGH: Final = 4 * 1024 * 1024
"""Characters of text in one piece of a file, about: what one chunk holds in memory."""


@dataclass(frozen=True, slots=True)
class Pieces:
    """One file of the archive so far: what is known of it, and the files its pieces are."""

    packed: Packed
    pieces: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Packing:
    """Where packing stands, as the job keeps it between chunks."""

    after: str | None = None
    """Where the kind goes on that is being read; None between kinds."""
    files: Mapping[str, Pieces] = field(default_factory=dict)
    read: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    """By kind: when its first and its last thing were read, in the order of reading."""
    size: int = 0
    """How many bytes the whole archive has, once it is whole."""

    @classmethod
    def of(cls, job: Job) -> "Packing":
        at = job.position
        files = {
            name: Pieces(Packed(name, crc, size, packed), tuple((n, e) for n, e in pieces))
            for name, crc, size, packed, pieces in at.get("files", ())
        }
        read = {name: (first, last) for name, (first, last) in at.get("read", {}).items()}
        return cls(at.get("after"), files, read, at.get("size", 0))

    @property
    def done(self) -> int:
        """Return how many kinds were read to their end."""
        return len(self.read) - (self.after is not None)

    @property
    def kind(self) -> Kind[Any] | None:
        """Return the kind to read, by its name: another version of the code may have more."""
        started = list(self.read)
        if self.after is not None:
            return next(kind for kind in KINDS if kind.name == started[-1])
        return next((kind for kind in KINDS if kind.name not in self.read), None)

    @property
    def position(self) -> dict[str, Any]:
        """Return it as JSON."""
        return {
            "after": self.after,
            "files": [
                (name, f.packed.crc, f.packed.size, f.packed.packed_size, f.pieces)
                for name, f in self.files.items()
            ],
            "read": self.read,
            "size": self.size,
        }


def pack(ports: Ports, job: Job) -> Iterator[Job]:
    """Do an export's work; see :data:`gatehouse.usecases.work.Steps`."""
    while not job.is_over:
        at = Packing.of(job)
        kind = at.kind
        job = _read_on(ports, job, at, kind) if kind else _close(ports, job, at)
        yield job


def archive_of(job: Job) -> str:
    """Return the name of the file that is the archive."""
    return f"{job.account_id}/{job.job_id}/archive.zip"


def delete_archive(ports: Ports, job: Job) -> None:
    """Delete the files of an export of everything: the archive, and pieces that were left."""
    ports.files.delete(archive_of(job))
    _drop_pieces(ports, Packing.of(job))


def _read_on(ports: Ports, job: Job, at: Packing, kind: Kind[Any]) -> Job:
    began = to_text(ports.clock.now())
    after, rows = at.after, 0
    table, lines = [], []
    if after is None:
        table.append(head_of(kind.columns))
    size = 0
    while size < _ENOUGH:
        page = kind.read(ports, Position(job.account_id, job.created_at, after), _PAGE)
        for thing in page.items:
            values = kind.row(thing)
            table.append(line_of(values))
            lines.append(json_line_of(kind.columns, values))
            size += len(table[-1]) + len(lines[-1])
        rows += len(page.items)
        after = page.after
        if after is None:
            break
    files = dict(at.files)
    for name, texts in ((f"{kind.name}.csv", table), (f"{kind.name}.jsonl", lines)):
        files[name] = _grown(ports, job, files.get(name, Pieces(Packed(name))), "".join(texts))
    now = ports.clock.now()
    first, _ = at.read.get(kind.name, (began, ""))
    done = replace(
        at,
        after=after,
        files=files,
        read={**at.read, kind.name: (first, to_text(now))},
    )
    counts = {**job.counts, kind.name: job.counts.get(kind.name, 0) + rows}
    return _commit(ports, job.advanced(now, done.position, counts), job)


def _grown(ports: Ports, job: Job, file: Pieces, text: str) -> Pieces:
    """Return a file with more text, whose piece is kept under a name that nobody else uses."""
    if not text:
        return file
    packed, piece = file.packed.add(text.encode())
    name = f"{job.account_id}/{job.job_id}/{ports.ids.token()[:24]}"
    kept = ports.files.put(name, [piece])
    return Pieces(packed, (*file.pieces, (name, kept.etag)))


def _close(ports: Ports, job: Job, at: Packing) -> Job:
    """Make one archive of all files, note that it is there, and drop the pieces."""
    stored = ports.files.put(archive_of(job), _archive(ports, job, at))
    now = ports.clock.now()
    whole = replace(at, size=stored.size)
    over = replace(job.finished(now), position=whole.position, due_at=now + KEPT)
    changes = {"rows": (None, sum(job.counts.values())), "bytes": (None, stored.size)}
    export = Resource("export", job.job_id)
    entry = by_itself(ports, job.account_id, "export.finished", export, changes)
    over = _commit(ports, over, job, entry)
    with suppress(Unable):  # what stays is deleted with the archive
        _drop_pieces(ports, at)
    return over


def _drop_pieces(ports: Ports, at: Packing) -> None:
    for file in at.files.values():
        for name, _ in file.pieces:
            ports.files.delete(name)


def _archive(ports: Ports, job: Job, at: Packing) -> Iterator[bytes]:
    """Yield the archive: what tells about it first, then file after file, then the directory."""
    files = []
    texts = {"README.txt": about(job), "manifest.json": manifest(job, at.read, at.files)}
    for name, text in texts.items():
        packed, piece = Packed(name).add(text.encode())
        yield header_of(packed, job.created_at) + piece + LAST_PIECE
        files.append(packed)
    for file in at.files.values():
        yield header_of(file.packed, job.created_at)
        for name, etag in file.pieces:
            yield from ports.files.read(name, etag)
        yield LAST_PIECE
        files.append(file.packed)
    yield directory_of(files, job.created_at)


def _commit(ports: Ports, new: Job, old: Job, *more: Record) -> Job:
    ports.store.commit(Save(new, old), *more)
    return new
