"""Jobs too long for one request: each message of the queue asks for the next steps of one."""

from typing import Any, Final

from gatehouse import observability, wiring
from gatehouse.domain.job import JobKind
from gatehouse.store.queue import jobs_in
from gatehouse.usecases.pack import pack
from gatehouse.usecases.work import Steps, work

RESERVE_MILLISECONDS: Final = 30_000
"""How much of the function's time is left for the chunk under way; the next message goes on."""
STEPS: Final[dict[JobKind, Steps]] = {JobKind.EXPORT: pack}


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Go on with each job for as long as there is time; what fails is delivered again."""
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
