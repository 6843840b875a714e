"""Erase what is a person's own from the log: asked for by an Administrator, done as a job.

The job goes through the whole log in the order of time and takes out of each entry that is the
person's, or about them, what ``domain/erasure.py`` calls personal. Each chunk of entries and the
position after it are one transaction. When it is through it waits until what was being written
when it was asked for must be there, and looks at the end of the log once more. Then come the
archived months: what moves meanwhile was erased in the table, whose word counts when a segment is
cleared (ADR 30).
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Final

from gatehouse.domain.activity import Activity, Erased, Resource
from gatehouse.domain.erasure import erased
from gatehouse.domain.errors import ErasureRunning, NotFound, Refused, StillHere, TooMany
from gatehouse.domain.ids import home_account_of
from gatehouse.domain.job import Job, JobKind
from gatehouse.domain.log_archive import GRACE
from gatehouse.domain.moments import from_text, month_after, to_text
from gatehouse.domain.principal import Person, Principal, administrator
from gatehouse.usecases.changes import Claim, Erase, Record, Save
from gatehouse.usecases.entries import by_itself
from gatehouse.usecases.ports import Ports
from gatehouse.usecases.racing import settled
from gatehouse.usecases.receipts import Keep
from gatehouse.usecases.report import OLDEST
from gatehouse.usecases.work import latest, start
from gatehouse.usecases.writers import Writer

SETTLED: Final = timedelta(minutes=2)
"""After this, what anybody was doing when it was asked for is on the record, or never will be."""
_AN_HOUR: Final = 20
"""How many erasures an account may ask for in an hour: each reads the whole log."""
_AT_ONCE: Final = 90
"""How many entries lose something in one transaction, of 100 items at most."""


def request_erasure(ports: Ports, principal: Principal, user_id: str, keep: Keep) -> Job:
    """Begin to erase somebody from the log of the caller's account.

    The id alone says whom. Of an id of another account nothing is read but what stands in this
    log, and one that never stood in it is answered alike: its erasure finds nothing.
    """
    person = eraser(principal)
    home = home_account_of(user_id)
    if home is None:
        raise Refused.at(
            "/user_id", "This must be the id of a user, as entries of the log have it."
        )
    if home == person.account_id:
        must_be_gone(ports, user_id)
    _must_be_alone(ports, person)
    _count(ports, person)
    who = Writer(person)

    def attempt() -> Job:
        before = _must_be_alone(ports, person)
        erasure_id = ports.ids.new("era")
        entry = who.entry(
            ports,
            "erasure.requested",
            Resource("erasure", erasure_id),
            {"user_id": (None, user_id)},
        )
        now = entry.activity.time
        job = Job(
            account_id=person.account_id,
            job_id=erasure_id,
            kind=JobKind.ERASURE,
            started_by=person.user.user_id,
            created_at=now,
            options={"user_id": user_id},
            due_at=now,
        )
        claim = Claim("erasure", person.account_id, erasure_id, instead_of=before)
        ports.store.commit(Save(job), claim, who.still(), entry, keep(job))
        return job

    job = settled(attempt)
    start(ports, job)
    return job


def read_erasure(ports: Ports, principal: Principal, erasure_id: str) -> Job:
    """Return how far an erasure is."""
    person = eraser(principal)
    job = ports.store.jobs.get(person.account_id, erasure_id)
    if job is None or job.kind is not JobKind.ERASURE:
        raise NotFound(f"Your account has no erasure {erasure_id}.")
    return job


def eraser(principal: Principal) -> Person:
    """Return the person if they may erase. Raises NotAllowed."""
    return administrator(principal, "erase people from the activity log")


def must_be_gone(ports: Ports, user_id: str) -> None:
    """Refuse a user of the account: whatever is asked about them next would name them again."""
    user = ports.store.users.get(user_id)
    if user is not None:
        raise StillHere(
            f"{user.name} is still a user of your account, so new entries would name them again. "
            "Delete them first; their entries stay, and can be erased by the same id."
        )


def done_of(job: Job) -> int:
    """Return from how many entries something was erased so far."""
    return job.counts.get("entries", 0)


def erase(ports: Ports, job: Job) -> Iterator[Job]:
    """Do an erasure's work; see :data:`gatehouse.usecases.work.Steps`."""
    while not job.is_over:
        job = PHASES[job.position.get("phase", "log")](ports, job)
        yield job
        if job.lease_until is None:
            return


def _whole_log(ports: Ports, job: Job) -> Job:
    return _go_on(ports, job, _beginning(ports, job), _wait)


def _end_of_log(ports: Ports, job: Job) -> Job:
    def turn_to_the_archive(job: Job, now: datetime) -> Job:
        return replace(job, position=_before_the_archive(ports, job, now, since=to_text(now)))

    return _go_on(ports, job, job.created_at - OLDEST, turn_to_the_archive)


def _before_the_archive(ports: Ports, job: Job, now: datetime, since: str) -> dict[str, Any]:
    """Return the position before all segments: what tells this passage, and when the first began."""
    month, at = f"{_beginning(ports, job):%Y-%m}", to_text(now)
    begun = {"phase": "archive", "month": month, "after": "", "last": None}
    return {**begun, "at": at, "since": since}


def _archive(ports: Ports, job: Job) -> Job:
    """Erase in the next segment; after the last one it is done."""
    archive, account_id, now = ports.store.archive, job.account_id, ports.clock.now()
    month, after = job.position["month"], job.position["after"]
    segment = next(archive.segments_of(account_id, month, after), None)
    while segment is None and month < f"{now:%Y-%m}":
        month = month_after(month)
        segment = next(archive.segments_of(account_id, month), None)
    if segment is None:
        since = job.position["since"]
        if _moved_from_before(ports, account_id, from_text(since)):
            position = _before_the_archive(ports, job, now, since)
            waiting = replace(job.postponed(now + GRACE), position=position)
            ports.store.commit(Save(waiting, job))
            return waiting
        done = job.finished(now)
        ports.store.commit(Save(done, job), _entry(ports, done))
        return done
    # Of its own moment, so that a repeat after a kill finds what it erased, and nothing else.
    by, lost = Erased(from_text(job.position["at"]), job.job_id), set[str]()

    def without(entry: Activity) -> Activity:
        left = erased(entry, job.options["user_id"], by)
        if left.erased == by:
            lost.add(left.activity_id)
        return left

    archive.rewrite(segment, without)
    if lost:  # what still stands in the table is counted already
        before = job.position["last"] if month == job.position["month"] else None
        there = archive.in_the_table(account_id, month, before, segment.count)
        lost -= {entry.activity_id for entry in there}
    position = {**job.position, "month": month, "after": segment.first, "last": segment.last}
    moved = job.advanced(now, position, {"entries": done_of(job) + len(lost)})
    ports.store.commit(Save(moved, job))
    return moved


def _moved_from_before(ports: Ports, account_id: str, since: datetime) -> bool:
    """Say whether a month is on its way that was read before the table was gone through."""
    moving = ports.store.jobs.page(account_id, JobKind.ARCHIVE, None, 1).items
    return any(not one.is_over and one.created_at <= since for one in moving)


def _beginning(ports: Ports, job: Job) -> datetime:
    account = ports.store.accounts.get(job.account_id)
    return (account.created_at if account else job.created_at) - OLDEST


PHASES: Final[Mapping[str, Callable[[Ports, Job], Job]]] = {
    "log": _whole_log,
    "again": _end_of_log,
    "archive": _archive,
}
"""What is gone through, one after the other, by the name that stands in the job's position."""


def _go_on(ports: Ports, job: Job, since: datetime, then: Callable[[Job, datetime], Job]) -> Job:
    """Erase in the next entries; ``then`` says what the job becomes after the last of them."""
    now = ports.clock.now()
    user_id = job.options["user_id"]
    passage = ports.store.log.about(
        job.account_id, user_id, (since, now), job.position.get("after"), _AT_ONCE
    )
    by = Erased(now, job.job_id)
    pairs = [(entry, erased(entry, user_id, by)) for entry in passage.items]
    changes = [Erase(old, new) for old, new in pairs if new is not old]
    counts = {"entries": done_of(job) + len(changes)}
    position = {"phase": job.position.get("phase", "log"), "after": passage.after}
    after = job.advanced(now, position, counts)
    if passage.after is None:
        after = then(after, now)
    ports.store.commit(Save(after, job), *changes)
    return after


def _wait(job: Job, now: datetime) -> Job:
    position = {"phase": "again", "after": None}
    settled_at = job.created_at + SETTLED
    waiting = job.postponed(settled_at) if now < settled_at else job
    return replace(waiting, position=position)


def _entry(ports: Ports, job: Job) -> Record:
    changes = {"user_id": (None, job.options["user_id"]), "entries": (None, done_of(job))}
    erasure = Resource("erasure", job.job_id)
    return by_itself(ports, job.account_id, "erasure.finished", erasure, changes)


def _must_be_alone(ports: Ports, person: Person) -> str | None:
    """Return the id of the last erasure, unless it is not finished. Raises ErasureRunning."""
    before, running = latest(ports, person.account_id, "erasure")
    if running is not None:
        raise ErasureRunning(
            f"The erasure {running.job_id} is not finished yet, and each goes through the whole "
            "log. Wait for it, then ask again."
        )
    return before


def _count(ports: Ports, person: Person) -> None:
    wait = ports.store.accounts.attempt(person.account_id, "erasure", ports.clock.now(), _AN_HOUR)
    if wait is not None:
        raise TooMany(
            f"Your account asked for {_AN_HOUR} erasures in this hour, which is the limit.",
            retry_after=wait,
        )
