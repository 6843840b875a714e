"""Begin imports, and read how far they are."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, Final

from gatehouse.domain.errors import IllegalStep, NotAllowed, NotFound, Refused, TooMany
from gatehouse.domain.job import UPLOADED, Job, JobKind, JobState
from gatehouse.domain.moments import to_text
from gatehouse.domain.pages import Page
from gatehouse.domain.principal import Application, Person, Principal
from gatehouse.domain.sheet import SheetKind
from gatehouse.usecases.changes import Save
from gatehouse.usecases.import_job import may_import
from gatehouse.usecases.ports import Ports
from gatehouse.usecases.receipts import Keep
from gatehouse.usecases.work import start
from gatehouse.usecases.writers import Writer

LARGEST: Final = 25 * 1024 * 1024
"""Bytes that a file may have."""
UPLOAD_LIFETIME: Final = timedelta(minutes=15)
"""For how long an address or a form takes a file."""
_NOTES: Final = 8
"""Notes that are read at once."""
_IN_TIME: Final = timedelta(hours=1)
"""A file that has not come by then never will."""


@dataclass(frozen=True, slots=True)
class WantedImport:
    """What to import, and how: only to see what would happen, or the good rows of a file.

    ``send_invitations`` mails a link to sign in to each user that it adds.
    """

    kind: SheetKind
    dry_run: bool = False
    partial: bool = False
    send_invitations: bool = False


def importer(principal: Principal) -> Person:
    """Return the person if they may import. Raises NotAllowed."""
    if isinstance(principal, Application):
        raise NotAllowed(
            "An API key can never import. An Administrator of the account does that, signed in."
        )
    if not may_import(principal.user):
        raise NotAllowed(
            "Only Administrators, and Managers with all organizations, may import. "
            "Ask an Administrator of your account."
        )
    return principal


def import_file(
    ports: Ports, principal: Principal, wanted: WantedImport, content: bytes, keep: Keep
) -> Job:
    """Begin to import a file that came with the request."""
    person = importer(principal)
    job = _job(ports, person, wanted)
    _count(ports, person)
    name = f"{job.account_id}/{job.job_id}/file.csv"
    file = ports.files.put(name, [content])
    return _begin(ports, person, _with(job, file=name, etag=file.etag, size=file.size), keep)


def await_file(ports: Ports, principal: Principal, wanted: WantedImport, keep: Keep) -> Job:
    """Begin an import whose file is still to be sent to where files are kept."""
    person = importer(principal)
    job = _job(ports, person, wanted)
    _count(ports, person)
    until = job.created_at + _IN_TIME
    waiting = _with(
        job,
        file=f"{job.account_id}/{job.job_id}/{UPLOADED}",
        most=LARGEST,
        until=to_text(until),
    )
    return _begin(ports, person, replace(waiting, due_at=until), keep, asks=False)


def import_rehearsed(
    ports: Ports,
    principal: Principal,
    import_id: str,
    *,
    partial: bool,
    send_invitations: bool,
    keep: Keep,
) -> Job:
    """Import the very file that a dry run has looked at."""
    person = importer(principal)
    rehearsed = read_import(ports, principal, import_id)
    if rehearsed.state is not JobState.DONE or not rehearsed.options["dry_run"]:
        raise IllegalStep("Only what a finished dry run has looked at can be imported from it.")
    kind = SheetKind(rehearsed.options["kind"])
    wanted = WantedImport(kind, partial=partial, send_invitations=send_invitations)
    job = _with(
        _job(ports, person, wanted),
        file=rehearsed.options["file"],
        etag=rehearsed.position["etag"],
    )
    _count(ports, person)
    return _begin(ports, person, job, keep)


def read_import(ports: Ports, principal: Principal, import_id: str) -> Job:
    """Return an import of the account."""
    person = importer(principal)
    job = ports.store.jobs.get(person.account_id, import_id)
    if job is None or job.kind is not JobKind.IMPORT:
        raise NotFound(f"Your account has no import {import_id}.")
    return job


def list_imports(ports: Ports, principal: Principal, after: str | None, limit: int) -> Page[Job]:
    """Return the account's imports, newest first."""
    person = importer(principal)
    return ports.store.jobs.page(person.account_id, JobKind.IMPORT, after, limit)


def import_faults(ports: Ports, job: Job, after: str | None, limit: int) -> Page[Mapping[str, Any]]:
    """Return a page of what an import's report says of rows."""
    number, skip = map(int, (after or "0.0").split("."))
    found: list[Mapping[str, Any]] = []
    while number < job.notes and len(found) < limit:
        notes = ports.store.jobs.notes(job.account_id, job.job_id, number, _NOTES)
        if not notes:
            return Page(tuple(found))
        for entries in notes:
            room = limit - len(found)
            found += entries[skip : skip + room]
            skip += room
            if skip < len(entries):
                break
            number, skip = number + 1, 0
            if len(found) == limit:
                break
    return Page(tuple(found), f"{number}.{skip}" if number < job.notes else None)


def _job(ports: Ports, person: Person, wanted: WantedImport) -> Job:
    if wanted.send_invitations and wanted.kind is not SheetKind.USERS:
        raise Refused.at(
            "/send_invitations", "Only an import of users has whom to mail: leave it out."
        )
    now = ports.clock.now()
    origin = person.origin
    return Job(
        account_id=person.account_id,
        job_id=ports.ids.new("imp"),
        kind=JobKind.IMPORT,
        started_by=person.user.user_id,
        created_at=now,
        options={
            "kind": wanted.kind.value,
            "dry_run": wanted.dry_run,
            "partial": wanted.partial,
            "send_invitations": wanted.send_invitations,
            "ip_address": origin.ip_address,
            "user_agent": origin.user_agent,
        },
        due_at=now,
    )


def _with(job: Job, **options: Any) -> Job:
    return replace(job, options={**job.options, **options})


def _count(ports: Ports, person: Person) -> None:
    """Count an import of this hour, before its file takes any room. Raises TooMany."""
    most = ports.limits.imports_per_hour
    wait = ports.store.accounts.attempt(person.account_id, "import", ports.clock.now(), most)
    if wait is not None:
        raise TooMany(
            f"Your account began {most} imports in this hour, which is the limit.",
            retry_after=wait,
        )


def _begin(ports: Ports, person: Person, job: Job, keep: Keep, *, asks: bool = True) -> Job:
    ports.store.commit(Save(job), Writer(person).still(), keep(job))
    if asks:
        start(ports, job)
    return job
