"""A job: work too long for one request, done in steps that may stop and go on anywhere.

    waiting ──→ running ──→ done
        │          └──────→ failed     its ``problem`` says what stopped it
        └─────────────────→ failed     what it waits for never came

One worker at a time holds a job, by a lease: a moment after which anybody may take it over. Each
chunk of work and the position after it are one transaction on the job's version, so that a worker
that was taken over, or is told of the same job twice, writes nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final

LEASE: Final = timedelta(seconds=90)
"""For how long a worker holds a job without a word; no chunk takes as long."""
KEPT: Final = timedelta(days=90)
"""For how long a job can be read after it began."""
MOST_ATTEMPTS: Final = 20
"""How often a job is taken up without getting any further before it is given up."""


UPLOADED: Final = "upload.csv"
"""The last part of the name of a file that somebody sends to where files are kept."""


class JobKind(StrEnum):
    """What is done."""

    IMPORT = "import"
    EXPORT = "export"
    ARCHIVE = "archive"
    ERASURE = "erasure"

    @property
    def prefix(self) -> str:
        """Return what the ids of such jobs begin with."""
        return f"{self.value[:3]}_"


class JobState(StrEnum):
    """How far it is."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Job:
    """One job of an account.

    ``options`` are what was asked for and never change. ``position`` is where the work goes on,
    and ``counts`` what it did: their names are the kind's own. ``notes`` counts the notes kept beside
    it; ``attempts`` how often it was taken up since it last got further.
    """

    account_id: str
    job_id: str
    kind: JobKind
    started_by: str
    created_at: datetime
    options: Mapping[str, Any]
    state: JobState = JobState.WAITING
    position: Mapping[str, Any] = field(default_factory=dict)
    counts: Mapping[str, int] = field(default_factory=dict)
    notes: int = 0
    problem: str | None = None
    lease_until: datetime | None = None
    due_at: datetime | None = None
    attempts: int = 0
    finished_at: datetime | None = None
    version: int = 1

    @property
    def is_over(self) -> bool:
        return self.state in {JobState.DONE, JobState.FAILED}

    def is_held_at(self, now: datetime) -> bool:
        """Say whether a worker has it."""
        return self.lease_until is not None and now < self.lease_until

    @property
    def is_hopeless(self) -> bool:
        """Say whether it was taken up too often without getting further."""
        return self.attempts >= MOST_ATTEMPTS

    def taken(self, now: datetime) -> "Job":
        """Give it to a worker; whatever becomes of them, it is due again when the lease is over."""
        return replace(self._held(now), state=JobState.RUNNING, attempts=self.attempts + 1)

    def advanced(
        self,
        now: datetime,
        position: Mapping[str, Any],
        counts: Mapping[str, int],
        *,
        notes: int = 0,
    ) -> "Job":
        """Move on, and hold it for longer; ``notes`` is how many were added."""
        return replace(
            self._held(now),
            position=position,
            counts=counts,
            notes=self.notes + notes,
            attempts=0,
        )

    def released(self, now: datetime) -> "Job":
        """Give it back half-way; it is due at once."""
        return replace(self, lease_until=None, due_at=now, version=self.version + 1)

    def postponed(self, until: datetime) -> "Job":
        """Wait for what has not come yet."""
        return replace(
            self,
            state=JobState.WAITING,
            lease_until=None,
            due_at=until,
            attempts=0,
            version=self.version + 1,
        )

    def finished(self, now: datetime, problem: str | None = None) -> "Job":
        """End it; with a problem it has failed."""
        return replace(
            self,
            state=JobState.DONE if problem is None else JobState.FAILED,
            problem=problem,
            lease_until=None,
            due_at=None,
            finished_at=now,
            version=self.version + 1,
        )

    def _held(self, now: datetime) -> "Job":
        # The index of what is due is written anew only when half of the lease is over.
        if self.lease_until is not None and self.lease_until - now > LEASE / 2:
            return replace(self, version=self.version + 1)
        until = now + LEASE
        return replace(self, lease_until=until, due_at=until, version=self.version + 1)
