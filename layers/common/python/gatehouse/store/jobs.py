"""Jobs, and what they noted."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from gatehouse.domain.job import KEPT, Job, JobKind, JobState
from gatehouse.domain.moments import from_text, to_text
from gatehouse.domain.pages import Page
from gatehouse.store import table as t
from gatehouse.store.engine import Table
from gatehouse.store.mapping import moment_of, text_of
from gatehouse.store.paging import page_of
from gatehouse.usecases.changes import Notes


class DynamoJobs:
    """Implements :class:`gatehouse.usecases.ports.Jobs`."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def get(self, account_id: str, job_id: str) -> Job | None:
        row = self._table.get(t.JobRow, t.job_key(account_id, job_id))
        return job_of(row) if row else None

    def page(self, account_id: str, kind: JobKind, after: str | None, limit: int) -> Page[Job]:
        rows = self._table.query(
            t.JobRow,
            t.job_key(account_id, "").pk,
            # What follows is older, so it comes before; the last one shown is in the span too.
            where=t.Row.sk.between(kind.prefix, after)
            if after
            else t.Row.sk.startswith(kind.prefix),
            limit=limit + 2,
            newest_first=True,
        )
        found = [job_of(row) for row in rows if row.sk != after]
        return page_of(found, limit, lambda job: job.job_id)

    def notes(
        self, account_id: str, job_id: str, first: int, limit: int
    ) -> Sequence[Sequence[Mapping[str, Any]]]:
        key = t.job_notes_key(account_id, job_id, first)
        rows = self._table.query(t.JobNotesRow, key.pk, where=t.Row.sk >= key.sk, limit=limit)
        return [json.loads(row.entries) for row in rows]


def job_row(job: Job) -> t.JobRow:
    return t.JobRow(
        *t.job_key(job.account_id, job.job_id),
        account_id=job.account_id,
        kind=job.kind.value,
        state=job.state.value,
        started_by=job.started_by,
        options=dict(job.options),
        position=dict(job.position),
        counts=dict(job.counts),
        notes=job.notes,
        problem=job.problem,
        lease_until=text_of(job.lease_until),
        attempts=job.attempts,
        finished_at=text_of(job.finished_at),
        due_shard=t.due_shard(job.job_id) if job.due_at else None,
        due_at=text_of(job.due_at),
        created_at=to_text(job.created_at),
        ttl=_gone_at(job),
        version=job.version,
    )


def job_of(row: t.JobRow) -> Job:
    return Job(
        account_id=row.account_id,
        job_id=row.sk,
        kind=JobKind(row.kind),
        started_by=row.started_by,
        created_at=from_text(row.created_at),
        options=row.options,
        state=JobState(row.state),
        position=row.position,
        counts=row.counts,
        notes=int(row.notes),
        problem=row.problem,
        lease_until=moment_of(row.lease_until),
        due_at=moment_of(row.due_at),
        attempts=int(row.attempts),
        finished_at=moment_of(row.finished_at),
        version=int(row.version),
    )


def notes_row(notes: Notes) -> t.JobNotesRow:
    job = notes.job
    return t.JobNotesRow(
        *t.job_notes_key(job.account_id, job.job_id, notes.number),
        entries=json.dumps([dict(entry) for entry in notes.entries], ensure_ascii=False),
        ttl=_gone_at(job),
    )


def _gone_at(job: Job) -> int:
    return int((job.created_at + KEPT).timestamp())
