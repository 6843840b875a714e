"""Work through a job: take it, go on step by step while there is time, hand it back.

Whatever stops this half-way (a kill, a time limit, a failure) leaves a job that is due again when
its lease is over; the sweep asks for it then. Told of a job that somebody else has, it leaves it.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from typing import Final

from gatehouse.domain.errors import Unable
from gatehouse.domain.job import Job, JobKind
from gatehouse.usecases.changes import LostRace, Save
from gatehouse.usecases.ports import Ports

Steps = Callable[[Ports, Job], Iterator[Job]]
"""Does a job that is held, a bounded chunk at a time. Each chunk and the job after it are one
commit, which has ``Save(next, job)`` in it; then the job as it is now is yielded."""

_HOPELESS: Final = (
    "This was tried again and again without getting any further, so it was given up. What was done "
    "before stands. Start it again; if it ends here once more, tell whoever runs Gatehouse."
)


def work(
    ports: Ports,
    account_id: str,
    job_id: str,
    steps: Mapping[JobKind, Steps],
    has_time: Callable[[], bool],
) -> Job | None:
    """Do what there is time for; return the job as it is then, None if it is not ours to do."""
    job = ports.store.jobs.get(account_id, job_id)
    now = ports.clock.now()
    if job is None or job.is_over or job.is_held_at(now):
        return None
    try:
        job = _commit(
            ports, job.finished(now, _HOPELESS) if job.is_hopeless else job.taken(now), job
        )
        if job.is_over:
            return job
        for after in steps[job.kind](ports, job):
            job = after
            if job.is_over or job.lease_until is None:
                return job
            if not has_time():
                break
        job = _commit(ports, job.released(ports.clock.now()), job)
    except LostRace:
        return None  # somebody took it over, and goes on where it stands
    with suppress(Unable):
        ports.queue.send(account_id, job_id)
    return job


def start(ports: Ports, job: Job) -> None:
    """Ask for a new job's first steps; a job is due from the beginning, so the sweep may too."""
    with suppress(Unable):
        ports.queue.send(job.account_id, job.job_id)


def latest(
    ports: Ports, account_id: str, kind: str, name: str | None = None
) -> tuple[str | None, Job | None]:
    """Return the id of the latest job that claimed a name, and the job if it is not over.

    Without a name it is the account's one job of a kind. The next one claims it in its place.
    """
    job_id = ports.store.accounts.owner(kind, name or account_id)
    job = ports.store.jobs.get(account_id, job_id) if job_id else None
    return job_id, job if job is not None and not job.is_over else None


def _commit(ports: Ports, new: Job, old: Job) -> Job:
    ports.store.commit(Save(new, old))
    return new
