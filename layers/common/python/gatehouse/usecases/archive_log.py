"""Move a month of a log that is old enough into the archive, step by step, as a job.

Every step writes a segment and commits it together with the month's border: that is the moment at
which the archive, and no longer the table, answers for it. Only when the last border is an hour old
does the table lose what the segments have, each of which is read back before (ADR 30).
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Final

from gatehouse.domain.job import Job, JobKind
from gatehouse.domain.log_archive import GRACE, ArchivedMonth, due_at
from gatehouse.usecases.changes import Look, Save
from gatehouse.usecases.ports import Ports
from gatehouse.usecases.racing import settled
from gatehouse.usecases.stored import Due
from gatehouse.usecases.work import start

_SEGMENT: Final = 5_000
"""How many entries a segment has at most: what one step holds in memory."""
_PATIENCE: Final = timedelta(days=7)
"""When a month is looked at again after its job began, whatever became of that."""


def archive_due(ports: Ports, due: Due) -> None:
    """Begin to archive a month whose time has come, one month of an account after the other."""
    job = settled(lambda: _begin(ports, due.account_id, due.id))
    if job is not None:
        start(ports, job)


def _begin(ports: Ports, account_id: str, month: str) -> Job | None:
    now = ports.clock.now()
    looked_at = ports.store.archive.look_at(account_id, month)
    if looked_at is None or looked_at > now:
        return None
    from_then_on = due_at(month, ports.limits.archive_after_months)
    if now < from_then_on:
        ports.store.commit(Look(account_id, month, looked_at, from_then_on))
        return None
    latest = ports.store.jobs.page(account_id, JobKind.ARCHIVE, None, 1).items
    if latest and not latest[0].is_over:
        ports.store.commit(Look(account_id, month, looked_at, now + GRACE))
        return None
    job = Job(
        account_id=account_id,
        job_id=ports.ids.new("arc"),
        kind=JobKind.ARCHIVE,
        started_by="schedule",
        created_at=now,
        options={"month": month},
        due_at=now,
    )
    ports.store.commit(Save(job), Look(account_id, month, looked_at, now + _PATIENCE))
    return job


def archive(ports: Ports, job: Job) -> Iterator[Job]:
    """Do the work of archiving a month; see :data:`gatehouse.usecases.work.Steps`."""
    while not job.is_over:
        job = _clear(ports, job) if "cleared" in job.position else _move(ports, job)
        yield job


def _move(ports: Ports, job: Job) -> Job:
    """Move the next entries; when there are none, wait until nobody reads them in the table."""
    month, archive = str(job.options["month"]), ports.store.archive
    known = archive.month(job.account_id, month)
    entries = archive.in_the_table(job.account_id, month, known.border if known else None, _SEGMENT)
    now = ports.clock.now()
    if not entries:
        waiting = replace(job.postponed(now + GRACE), position={"cleared": ""})
        ports.store.commit(Save(waiting, job))
        return waiting
    segment = archive.write(job.account_id, month, entries)
    moved = known or ArchivedMonth(job.account_id, month, "", 0, 0, version=0)
    moved = replace(
        moved,
        border=segment.last,
        entries=moved.entries + segment.count,
        segments=moved.segments + 1,
        version=moved.version + 1,
    )
    counts = {**job.counts, "archived": job.counts.get("archived", 0) + segment.count}
    after = job.advanced(now, job.position, counts)
    ports.store.commit(Save(after, job), Save(segment), Save(moved, known))
    return after


def _clear(ports: Ports, job: Job) -> Job:
    """Take from the table what the next segment has; after the last one, the month is done."""
    month, archive = str(job.options["month"]), ports.store.archive
    cleared = str(job.position["cleared"])
    segment = next(archive.segments_of(job.account_id, month, cleared), None)
    if segment is not None:
        gone = archive.clear(segment)
        counts = {**job.counts, "cleared": job.counts.get("cleared", 0) + gone}
        after = job.advanced(ports.clock.now(), {"cleared": segment.first}, counts)
        ports.store.commit(Save(after, job))
        return after
    counts = {**job.counts, "garbage": archive.tidy(job.account_id, month)}
    now = ports.clock.now()
    looked_at = archive.look_at(job.account_id, month)
    after = replace(job.finished(now), counts=counts)
    done = Look(job.account_id, month, looked_at, None) if looked_at is not None else None
    ports.store.commit(Save(after, job), done)
    return after
