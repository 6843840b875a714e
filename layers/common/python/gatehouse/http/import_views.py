"""What callers see of an import."""

from collections.abc import Mapping, Sequence
from typing import Any

from gatehouse.domain.job import Job
from gatehouse.domain.moments import to_text
from gatehouse.usecases.import_job import OUTCOMES

Json = dict[str, Any]
_PHASES = {"check": "checking", "begin": "writing", "write": "writing"}


def begun(job: Job) -> Json:
    """Return an import without its report."""
    phase = job.position.get("phase", "")
    counts = job.counts
    return {
        "import_id": job.job_id,
        "kind": job.options["kind"],
        "state": job.state.value,
        "dry_run": job.options["dry_run"],
        "partial": job.options["partial"],
        "send_invitations": bool(job.options.get("send_invitations")),
        "progress": {
            "phase": None if job.is_over else _PHASES.get(phase, "waiting"),
            "rows": counts.get("rows"),
            "done": counts.get("checked" if phase == "check" else "done", 0),
        },
        "counts": {name: counts.get(name, 0) for name in OUTCOMES},
        "problem": job.problem,
        "started_by": job.started_by,
        "created_at": to_text(job.created_at),
        "finished_at": to_text(job.finished_at) if job.finished_at else None,
        "etag": str(job.version),
    }


def reported(job: Job, errors: Sequence[Mapping[str, Any]], cursor: str | None) -> Json:
    """Return an import with a page of what is wrong with rows."""
    return {**begun(job), "errors": [dict(one) for one in errors], "next_cursor": cursor}
