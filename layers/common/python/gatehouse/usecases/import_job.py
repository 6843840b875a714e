"""The job of an import: who began it, how far it is, and how it ends."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Final

from gatehouse.domain.activity import SYSTEM, Activity, Category, Outcome, Resource
from gatehouse.domain.errors import Unable
from gatehouse.domain.job import Job
from gatehouse.domain.principal import Origin, Person
from gatehouse.domain.roles import Role
from gatehouse.domain.sheet import Fault, SheetKind
from gatehouse.domain.user import Status, User
from gatehouse.usecases.changes import LostRace, Notes, Record, Save
from gatehouse.usecases.import_faults import entries_of, with_causes
from gatehouse.usecases.ports import Ports

OUTCOMES: Final = ("created", "changed", "left", "refused")
_NOTED: Final = 50
"""Faults in one note."""
_NOTES: Final = 20
"""Notes in one commit."""


def may_import(user: User) -> bool:
    """Say whether somebody may import: Administrators, and Managers with all organizations."""
    return user.status is Status.ACTIVE and (
        user.role is Role.ADMINISTRATOR or (user.role is Role.MANAGER and user.all_organizations)
    )


class ImportJob:
    """One run over a job, which moves with every commit."""

    def __init__(self, ports: Ports, job: Job) -> None:
        self.ports = ports
        self.job = job
        self.kind = SheetKind(job.options["kind"])

    @property
    def now(self) -> datetime:
        return self.ports.clock.now()

    @property
    def is_whole(self) -> bool:
        """Say whether all or nothing was asked for, and nothing is written yet."""
        counts = self.job.counts
        wrote = self.job.position.get("did") or counts.get("created") or counts.get("changed")
        return not self.job.options["partial"] and not wrote

    def person(self, ports: Ports) -> Person | None:
        """Return who began this, as they are now; None if they may not import any more."""
        user = ports.store.users.get(self.job.started_by)
        if user is None or not may_import(user):
            return None
        options = self.job.options
        return Person(user, Origin(options.get("ip_address"), options.get("user_agent")))

    def must_be_mine(self) -> None:
        """Raise LostRace if another worker has moved the job."""
        stored = self.ports.store.jobs.get(self.job.account_id, self.job.job_id)
        if stored is None or stored.version != self.job.version:
            raise LostRace

    def save(self, after: Job) -> Job:
        """Move the job, with nothing else to commit."""
        self.ports.store.commit(Save(after, self.job))
        return self.moved(after)

    def moved(self, after: Job) -> Job:
        """Go on from what was committed."""
        self.job = after
        if after.is_over and not after.options["dry_run"]:
            with suppress(Unable):  # the bucket's own rules delete it within a week
                self.ports.files.delete(after.options["file"])
        return after

    # ---- how it ends

    def conclude(
        self, counts: Mapping[str, int], faults: Sequence[Fault], problem: str | None = None
    ) -> Job:
        """End it with a report."""
        faults = sorted(faults, key=lambda fault: fault.line)
        notes = self.note(faults)
        counted = with_causes(counts, faults)
        after = self.job.advanced(self.now, self.job.position, counted, notes=notes)
        return self._over(after, problem)

    def refuse(self, faults: Sequence[Fault], counts: Mapping[str, int] | None = None) -> Job:
        """End it with nothing written, because of these."""
        found: dict[str, int] = {"rows": 0, **(counts or self.job.counts), "refused": len(faults)}
        names: tuple[str, ...] = ("rows", "checked", "refused")
        kept = {name: found[name] for name in names if name in found}
        problem = (
            f"{len(faults):,} of {found['rows']:,} rows cannot be imported as they are, so nothing "
            "was written."
            if found["rows"]
            else "The file cannot be read as it is, so nothing was written."
        )
        return self.conclude(kept, faults, problem)

    def stop(self, total: int) -> Job:
        """End it because whoever began it may not import any more."""
        position, counts = self.job.position, self.job.counts
        done = position["row"] if position["phase"] == "write" else 0
        written = counts.get("created", 0) + counts.get("changed", 0)
        return self.end(
            "Whoever began this import may no longer import: that takes an active Administrator, or "
            "an active Manager with all organizations. "
            + (
                f"{done:,} of {total:,} rows were worked through and {written:,} of them written; "
                f"the other {total - done:,} were not touched."
                if done
                else "Nothing was written."
            )
        )

    def end(self, problem: str) -> Job:
        """End it with a problem."""
        return self._over(self.job, problem)

    def note(self, faults: Sequence[Fault]) -> int:
        """Keep faults, numbered from the last note on; return in how many notes."""
        notes = [
            Notes(self.job, self.job.notes + number, entries_of(faults[start : start + _NOTED]))
            for number, start in enumerate(range(0, len(faults), _NOTED))
        ]
        for start in range(0, len(notes), _NOTES):
            self.ports.store.commit(*notes[start : start + _NOTES])
        return len(notes)

    def entry(self, after: Job) -> Record:
        """Return the log's entry of the end."""
        user = self.ports.store.users.get(after.started_by)
        return Record(
            Activity(
                account_id=after.account_id,
                activity_id=self.ports.ids.new("act"),
                time=self.now,
                category=Category.DIRECTORY,
                action="import.finished",
                outcome=Outcome.DONE if after.problem is None else Outcome.FAILED,
                actor=SYSTEM if user is None else Person(user).actor,
                resource=Resource("import", after.job_id, self.kind.value),
                # Of somebody who is gone nothing is said that no erasure would find.
                ip_address=after.options.get("ip_address") if user else None,
                user_agent=after.options.get("user_agent") if user else None,
                changes={
                    name: (None, after.counts[name]) for name in OUTCOMES if name in after.counts
                },
            )
        )

    def _over(self, before: Job, problem: str | None) -> Job:
        after = before.finished(self.now, problem)
        entry = None if after.options["dry_run"] else self.entry(after)
        self.ports.store.commit(Save(after, self.job), entry)
        return self.moved(after)
