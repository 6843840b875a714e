"""Put entries of the log into one file: read on, piece after piece, then set them together.

Every chunk reads some pages, keeps what it wrote as a file of its own, and notes in the job where
to go on and which pieces count. A chunk that is killed leaves a piece that nothing names. The last
chunk copies what is named into one file (ADR 25).
"""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from gatehouse.domain.activity import Category, Outcome, Resource
from gatehouse.domain.errors import Unable
from gatehouse.domain.job import Job
from gatehouse.domain.moments import from_text, to_text
from gatehouse.usecases.changes import Save
from gatehouse.usecases.columns import ACTIVITIES
from gatehouse.usecases.entries import by_itself
from gatehouse.usecases.lines import Format
from gatehouse.usecases.pack import KEPT
from gatehouse.usecases.ports import Ports
from gatehouse.usecases.stored import LogQuery

FILTERS: Final = (
    *("from", "to", "user_id", "guest_account_id", "organization_id", "action"),
    *("connection_id", "outcome", "category"),
)
"""What the log is narrowed by, as addresses name it."""
PARTS: Final = 100
"""The work is told in hundredths of the span of time, the file itself being the last."""
_PAGE: Final = 199
"""The log is read by 200, one of which says that there is more."""
_PAGES: Final = 50
"""How many pages a chunk reads, however few entries of them match: a lease is 90 seconds."""
_ENOUGH: Final = 4 * 1024 * 1024
"""Characters of text in one piece, about: what one chunk holds in memory."""


@dataclass(frozen=True, slots=True)
class WantedLog:
    """What is exported of a log, and as what.

    ``asked`` are the filters as they were written: who asks for the same again means the same
    export, though "the last 30 days" are others by then.
    """

    query: LogQuery
    format: Format
    asked: Mapping[str, str]

    @property
    def filters(self) -> dict[str, str]:
        """Return what the entries match, the span of time included."""
        span = {"from": to_text(self.query.since), "to": to_text(self.query.until)}
        named = {name: getattr(self.query, name) for name in FILTERS if name not in span}
        return {**span, **{name: str(value) for name, value in named.items() if value}}

    @property
    def options(self) -> dict[str, Any]:
        """Return it as JSON."""
        return {"format": self.format.value, "filters": self.filters, "asked": dict(self.asked)}

    @classmethod
    def of(cls, job: Job) -> "WantedLog":
        """Read it from a job's options."""
        options = job.options["log"]
        named = dict(options["filters"])
        since, until = (from_text(named.pop(name)) for name in ("from", "to"))
        query = LogQuery(since, until, **named)
        if query.outcome is not None:
            query = replace(query, outcome=Outcome(query.outcome))
        if query.category is not None:
            query = replace(query, category=Category(query.category))
        return cls(query, Format(options["format"]), options["asked"])


@dataclass(frozen=True, slots=True)
class Writing:
    """Where writing stands, as the job keeps it between chunks."""

    after: str | None = None
    pieces: tuple[tuple[str, str], ...] = ()
    looked_down_to: datetime | None = None
    is_read: bool = False
    size: int | None = None
    """How many bytes the file has, once it is whole."""

    @classmethod
    def of(cls, job: Job) -> "Writing":
        at = job.position
        looked = at.get("looked_down_to")
        return cls(
            at.get("after"),
            tuple((name, etag) for name, etag in at.get("pieces", ())),
            from_text(looked) if looked else None,
            at.get("is_read", False),
            at.get("size"),
        )

    @property
    def position(self) -> dict[str, Any]:
        """Return it as JSON."""
        return {
            "after": self.after,
            "pieces": self.pieces,
            "looked_down_to": to_text(self.looked_down_to) if self.looked_down_to else None,
            "is_read": self.is_read,
            "size": self.size,
        }


def is_of_log(job: Job) -> bool:
    """Say whether an export is of entries of the log alone."""
    return "log" in job.options


def pack_log(ports: Ports, job: Job) -> Iterator[Job]:
    """Do the work; see :data:`gatehouse.usecases.work.Steps`."""
    while not job.is_over:
        at = Writing.of(job)
        job = _close(ports, job, at) if at.is_read else _read_on(ports, job, at)
        yield job


def log_file_of(job: Job) -> str:
    """Return the name of the file that has the entries."""
    return f"{job.account_id}/{job.job_id}/activities.{WantedLog.of(job).format}"


def done_of_log(job: Job) -> int:
    """Return how many parts of the span of time were looked through."""
    looked, query = Writing.of(job).looked_down_to, WantedLog.of(job).query
    if looked is None:
        return 0
    whole = query.until - query.since
    return min(int(PARTS * (query.until - looked) / whole) if whole else PARTS, PARTS - 1)


def delete_log_file(ports: Ports, job: Job) -> None:
    """Delete the file of an export of the log, and pieces that were left."""
    ports.files.delete(log_file_of(job))
    _drop_pieces(ports, Writing.of(job))


def _read_on(ports: Ports, job: Job, at: Writing) -> Job:
    wanted = WantedLog.of(job)
    own = job.options["log"]["entry_id"]  # it may be of the last moment of the span
    first = at.looked_down_to is None
    texts = [wanted.format.head(ACTIVITIES)] if first else []
    after, looked, size, rows = at.after, at.looked_down_to, 0, 0
    for _ in range(_PAGES):
        page = ports.store.log.page(job.account_id, wanted.query, after, _PAGE)
        found = [entry for entry in page.items if entry.activity_id != own]
        texts += [wanted.format.line(ACTIVITIES, entry) for entry in found]
        size += sum(map(len, texts[-len(found) :])) if found else 0
        rows += len(found)
        after, looked = page.after, page.scanned_to
        if after is None or size >= _ENOUGH:
            break
    pieces = at.pieces
    if text := "".join(texts):
        name = f"{job.account_id}/{job.job_id}/{ports.ids.token()[:24]}"
        pieces = (*pieces, (name, ports.files.put(name, [text.encode()]).etag))
    read = Writing(after, pieces, looked, is_read=after is None)
    counts = {"activities": job.counts.get("activities", 0) + rows}
    new = job.advanced(ports.clock.now(), read.position, counts)
    ports.store.commit(Save(new, job))
    return new


def _close(ports: Ports, job: Job, at: Writing) -> Job:
    """Make one file of all pieces, note that it is there, and drop the pieces."""
    stored = ports.files.put(log_file_of(job), _whole(ports, at))
    now = ports.clock.now()
    position = replace(at, size=stored.size).position
    over = replace(job.finished(now), position=position, due_at=now + KEPT)
    wanted = WantedLog.of(job)
    changes = {**noted(wanted, job.counts["activities"]), "bytes": (None, stored.size)}
    export = Resource("export", job.job_id)
    entry = by_itself(ports, job.account_id, "log.export_finished", export, changes)
    ports.store.commit(Save(over, job), entry)
    with suppress(Unable):  # what stays is deleted with the file
        _drop_pieces(ports, at)
    return over


def noted(wanted: WantedLog, entries: int | None = None) -> dict[str, tuple[Any, Any]]:
    """Return what the log says of an export of itself."""
    counted = {} if entries is None else {"entries": (None, entries)}
    return {
        "format": (None, wanted.format.value),
        "filters": (None, wanted.filters),
        **counted,
    }


def _whole(ports: Ports, at: Writing) -> Iterator[bytes]:
    for name, etag in at.pieces:
        yield from ports.files.read(name, etag)


def _drop_pieces(ports: Ports, at: Writing) -> None:
    for name, _ in at.pieces:
        ports.files.delete(name)
