"""Export everything an account has as one archive; see how far exports are, and fetch them.

Those of the log alone (:mod:`gatehouse.usecases.export_log`) are listed and fetched like it.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from gatehouse.domain.activity import Resource
from gatehouse.domain.errors import ExportRunning, NotFound, Unauthenticated
from gatehouse.domain.job import Job, JobKind, JobState
from gatehouse.domain.pages import Page
from gatehouse.domain.principal import Person, Principal, administrator
from gatehouse.usecases.changes import Claim, Save
from gatehouse.usecases.export_log import file_name
from gatehouse.usecases.kinds import KINDS
from gatehouse.usecases.pack import KEPT, Packing, archive_of
from gatehouse.usecases.pack_log import (
    PARTS,
    WantedLog,
    Writing,
    done_of_log,
    is_of_log,
    log_file_of,
)
from gatehouse.usecases.ports import Ports
from gatehouse.usecases.racing import settled
from gatehouse.usecases.receipts import Keep
from gatehouse.usecases.work import latest, start
from gatehouse.usecases.writers import Writer

LINK: Final = timedelta(minutes=5)
"""For how long the address of an archive works, for whoever has it."""


@dataclass(frozen=True, slots=True)
class Link:
    """Where an archive is to be had, and until when."""

    address: str
    expires_at: datetime


def request_export(ports: Ports, principal: Principal, keep: Keep) -> Job:
    """Begin an export; an account has one at a time."""
    person = _person(principal)
    who = Writer(person)

    def attempt() -> Job:
        before, running = latest(ports, person.account_id, "export")
        if running is not None:
            raise ExportRunning(
                f"{running.options['requested_by']['name']} started the export {running.job_id}, "
                "and it is not finished yet. Wait for it: it has everything that another would.",
                running.job_id,
            )
        export_id = ports.ids.new("exp")
        entry = who.entry(ports, "export.requested", Resource("export", export_id))
        job = _job(ports, person, export_id, entry.activity.time)
        ports.store.commit(
            Save(job),
            Claim("export", person.account_id, export_id, instead_of=before),
            who.still(),
            entry,
            keep(job),
        )
        return job

    job = settled(attempt)
    start(ports, job)
    return job


def list_exports(ports: Ports, principal: Principal, after: str | None, limit: int) -> Page[Job]:
    """Return the account's exports, newest first."""
    person = _person(principal)
    return ports.store.jobs.page(person.account_id, JobKind.EXPORT, after, limit)


def read_export(ports: Ports, principal: Principal, export_id: str) -> Job:
    """Return how far an export is."""
    person = _person(principal)
    job = ports.store.jobs.get(person.account_id, export_id)
    if job is None or job.kind is not JobKind.EXPORT:
        raise NotFound(f"Your account has no export {export_id}.")
    return job


def issue_link(ports: Ports, principal: Principal, job: Job) -> Link | None:
    """Return where the file is to be had for some minutes; None if there is none (any more).

    It is on the record first, in one transaction with the caller's rights at that moment.
    """
    now = ports.clock.now()
    if not is_kept_at(job, now):
        return None
    who = Writer(_person(principal))
    action = "log.export_downloaded" if is_of_log(job) else "export.downloaded"
    ports.store.commit(who.still(), who.entry(ports, action, Resource("export", job.job_id)))
    return Link(address_of(ports, job), now + LINK)


def address_of(ports: Ports, job: Job) -> str:
    """Return an address of the file, to hand out through :func:`issue_link` only."""
    subdomain, day = job.options["account"]["subdomain"], f"{job.created_at:%Y-%m-%d}"
    if is_of_log(job):
        name = f"{file_name(subdomain)}-{day}.{format_of(job)}"
        return ports.files.download_address(log_file_of(job), LINK, save_as=name)
    name = f"gatehouse-{subdomain}-{day}.zip"
    return ports.files.download_address(archive_of(job), LINK, save_as=name)


def contents_of(job: Job) -> str:
    """Return what is exported: ``everything`` or ``activities``."""
    return "activities" if is_of_log(job) else "everything"


def format_of(job: Job) -> str:
    """Return what the file is: ``zip``, ``csv`` or ``jsonl``."""
    return WantedLog.of(job).format.value if is_of_log(job) else "zip"


def filters_of(job: Job) -> dict[str, str] | None:
    """Return what exported entries match; None for an export of everything."""
    return WantedLog.of(job).filters if is_of_log(job) else None


def is_kept_at(job: Job, now: datetime) -> bool:
    """Say whether the file of an export can be downloaded."""
    over = expires_at(job)
    return over is not None and now < over


def expires_at(job: Job) -> datetime | None:
    """Return when the file of a finished export is deleted."""
    return job.finished_at + KEPT if job.finished_at and job.state is JobState.DONE else None


def state_of(job: Job, now: datetime) -> str:
    """Return the job's state, or ``expired`` once its file is deleted."""
    over = expires_at(job)
    return "expired" if over is not None and now >= over else job.state.value


def progress_of(job: Job) -> tuple[int, int]:
    """Return how many parts of the work are done, of how many; the last is the file itself."""
    parts = PARTS if is_of_log(job) else len(KINDS) + 1
    if job.state is JobState.DONE:
        return parts, parts
    return done_of_log(job) if is_of_log(job) else Packing.of(job).done, parts


def size_of(job: Job) -> int | None:
    """Return how many bytes the file of a finished export has."""
    if is_of_log(job):
        return Writing.of(job).size
    return Packing.of(job).size or None


def _job(ports: Ports, person: Person, export_id: str, now: datetime) -> Job:
    """Return the job; the log in the archive goes to its moment, which is its own entry's."""
    account = ports.store.accounts.get(person.account_id)
    if account is None:
        raise Unauthenticated("Your account no longer exists.")
    return Job(
        account_id=person.account_id,
        job_id=export_id,
        kind=JobKind.EXPORT,
        started_by=person.user.user_id,
        created_at=now,
        options={
            "account": {
                "account_id": account.account_id,
                "subdomain": account.subdomain,
                "name": account.name,
            },
            "requested_by": {"user_id": person.user.user_id, "name": person.user.name},
        },
        due_at=now,
    )


def _person(principal: Principal) -> Person:
    return administrator(principal, "export data")
