"""Export entries of the log: at once if they are few, as a job if they are many.

At once means: read whole, put on the record, answered. What that may take is bounded three times,
by how many entries match, by how much is looked at to find them, and by the bytes of an answer.
Whatever is beyond one of these becomes a job (ADR 27) whose file is fetched like an archive.
"""

import json
import zlib
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, Final

from gatehouse.domain.account import Account
from gatehouse.domain.activity import Resource
from gatehouse.domain.errors import TooMany, Unauthenticated
from gatehouse.domain.job import KEPT, Job, JobKind
from gatehouse.domain.principal import Person, Principal, administrator
from gatehouse.usecases.changes import Claim, Save
from gatehouse.usecases.columns import ACTIVITIES
from gatehouse.usecases.pack_log import WantedLog, is_of_log, noted
from gatehouse.usecases.ports import Ports
from gatehouse.usecases.racing import settled
from gatehouse.usecases.read_log import within_account
from gatehouse.usecases.work import latest, start
from gatehouse.usecases.writers import Writer

LARGEST: Final = 4_500_000
"""Bytes of a file that is answered at once. Lambda lets an answer have 6,291,556 bytes, and it goes
out in base64: 6,000,000, which leaves 291,556 for the headers and what is around it."""
_PAGE: Final = 999
"""The log is read by 200; one more than this says that there is more."""
_PAGES: Final = 20
"""How many pages are read at once. The store reads at most 2,000 entries for each."""
_AT_A_TIME: Final = 3
_LOOKED_AT: Final = 100
PATIENCE: Final = timedelta(seconds=20)
"""For how long entries are looked for while somebody waits; API Gateway waits for 30 seconds."""


@dataclass(frozen=True, slots=True)
class Download:
    """A file that is there at once."""

    content: bytes
    account: Account
    wanted: WantedLog
    is_compressed: bool

    @property
    def name(self) -> str:
        """Return what it is saved as."""
        until = self.wanted.query.until
        return f"{file_name(self.account.subdomain)}-{until:%Y-%m-%d}.{self.wanted.format}"


class _File:
    """A file that grows in memory, compressed (gzip) or not."""

    def __init__(self, *, compressed: bool) -> None:
        self._packer = zlib.compressobj(wbits=31) if compressed else None
        self._parts: list[bytes] = []
        self.size = 0

    def add(self, text: str) -> None:
        data = text.encode()
        self._keep(self._packer.compress(data) if self._packer else data)

    def whole(self) -> bytes:
        if self._packer is not None:
            self._keep(self._packer.flush())
        return b"".join(self._parts)

    def _keep(self, data: bytes) -> None:
        self._parts.append(data)
        self.size += len(data)


def export_log(
    ports: Ports, principal: Principal, wanted: WantedLog, *, compressed: bool
) -> Download | Job:
    """Return the entries as a file if that can be done at once; otherwise the job that does it.

    ``compressed`` is whether the caller takes gzip. Where a job for the same is running, it is that
    one. Whatever is handed out is on the record first, with the caller's rights at that moment.
    """
    person = administrator(principal, "export the activity log")
    account = ports.store.accounts.get(person.account_id)
    if account is None:
        raise Unauthenticated("Your account no longer exists.")
    wanted = replace(wanted, query=within_account(ports, account.account_id, wanted.query))
    running = latest(ports, account.account_id, "export", _claim_of(account, wanted))[1]
    if running is not None:
        return running
    _count(ports, account)
    found = _at_once(ports, account, wanted, compressed=compressed)
    if found is None:
        return _begin(ports, person, account, wanted)
    content, entries = found
    who = Writer(person)
    log = Resource("log", account.account_id)
    ports.store.commit(who.still(), who.entry(ports, "log.exported", log, noted(wanted, entries)))
    return Download(content, account, wanted, compressed)


def file_name(subdomain: str) -> str:
    """Return what files of entries are saved as, but for the day and the format."""
    return f"gatehouse-{subdomain}-activities"


def _at_once(
    ports: Ports, account: Account, wanted: WantedLog, *, compressed: bool
) -> tuple[bytes, int] | None:
    """Return the file and how many entries it has; None if that takes too much."""
    most, began = ports.limits.entries_per_download, ports.clock.now()
    file, entries, after = _File(compressed=compressed), 0, None
    file.add(wanted.format.head(ACTIVITIES))
    for _ in range(_PAGES):
        limit = min(_PAGE, most + 1 - entries)
        page = ports.store.log.page(account.account_id, wanted.query, after, limit)
        entries, after = entries + len(page.items), page.after
        if entries > most:
            return None
        file.add("".join(wanted.format.line(ACTIVITIES, entry) for entry in page.items))
        if file.size > LARGEST or ports.clock.now() - began > PATIENCE:
            return None
        if after is None:
            content = file.whole()
            return (content, entries) if len(content) <= LARGEST else None
    return None


def _begin(ports: Ports, person: Person, account: Account, wanted: WantedLog) -> Job:
    """Begin a job, unless somebody was faster with the same."""
    who, claim = Writer(person), _claim_of(account, wanted)

    def attempt() -> tuple[Job, bool]:
        before, running = latest(ports, account.account_id, "export", claim)
        if running is not None:
            return running, False
        _must_have_room(ports, account)
        export_id = ports.ids.new("exp")
        export = Resource("export", export_id)
        entry = who.entry(ports, "log.export_requested", export, noted(wanted))
        options: dict[str, Any] = {
            "account": {
                "account_id": account.account_id,
                "subdomain": account.subdomain,
                "name": account.name,
            },
            "requested_by": {"user_id": person.user.user_id, "name": person.user.name},
            "log": {**wanted.options, "entry_id": entry.activity.activity_id},
        }
        now = entry.activity.time
        job = Job(
            account_id=account.account_id,
            job_id=export_id,
            kind=JobKind.EXPORT,
            started_by=person.user.user_id,
            created_at=now,
            options=options,
            due_at=now,
        )
        ports.store.commit(
            Save(job),
            Claim("export", claim, export_id, instead_of=before, until=now + KEPT),
            who.still(),
            entry,
        )
        return job, True

    job, is_new = settled(attempt)
    if is_new:
        start(ports, job)
    return job


def _claim_of(account: Account, wanted: WantedLog) -> str:
    """Return the name under which an export of the same is found."""
    return f"{account.account_id} {json.dumps([wanted.format, sorted(wanted.asked.items())])}"


def _must_have_room(ports: Ports, account: Account) -> None:
    """Refuse a job beside as many as an account has at once: each reads as far as it takes."""
    newest = ports.store.jobs.page(account.account_id, JobKind.EXPORT, None, _LOOKED_AT).items
    if sum(is_of_log(job) and not job.is_over for job in newest) >= _AT_A_TIME:
        raise TooMany(
            f"{_AT_A_TIME} large exports of your log are not finished yet, and no more run at a "
            "time. Wait for one of them; Export Data shows how far they are.",
            retry_after=60,
        )


def _count(ports: Ports, account: Account) -> None:
    """Count an export of this hour, before anything is read for it. Raises TooMany."""
    most = ports.limits.log_exports_per_hour
    wait = ports.store.accounts.attempt(account.account_id, "log export", ports.clock.now(), most)
    if wait is not None:
        raise TooMany(
            f"Your account exported entries of its log {most} times in this hour, which is the "
            f"limit. Wait {wait} seconds.",
            retry_after=wait,
        )
