"""Imports are begun and read over HTTP; jobs go on step by step, as the queue asks for it."""

from typing import Any, Final

from gatehouse import observability, wiring
from gatehouse.domain.job import JobKind
from gatehouse.http.application import Application
from gatehouse.http.routes import imports
from gatehouse.http.sheets import read_sheet
from gatehouse.store.queue import jobs_in
from gatehouse.usecases.archive_log import archive
from gatehouse.usecases.erase import erase
from gatehouse.usecases.exporting import exporting
from gatehouse.usecases.importing import importing
from gatehouse.usecases.work import Steps, work

RESERVE_MILLISECONDS: Final = 30_000
"""How much of the function's time is left for the chunk under way; the next message goes on."""
STEPS: Final[dict[JobKind, Steps]] = {
    JobKind.IMPORT: importing(read_sheet),
    JobKind.EXPORT: exporting,
    JobKind.ARCHIVE: archive,
    JobKind.ERASURE: erase,
}

application = Application(imports.routes)


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Answer one request of the gateway (payload format 2.0), or go on with the jobs of a message."""
    if "routeKey" in event:
        return application.handle(event, wiring.ports())
    return _go_on(event, context)


def _go_on(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Work for as long as there is time; a message whose job fails is delivered again."""
    states = {}
    for account_id, job_id in jobs_in(event):
        job = work(
            wiring.ports(),
            account_id,
            job_id,
            STEPS,
            lambda: context.get_remaining_time_in_millis() > RESERVE_MILLISECONDS,
        )
        if job is not None:
            observability.worked(kind=job.kind, state=job.state, **job.counts)
            states[job_id] = job.state.value
    return states
