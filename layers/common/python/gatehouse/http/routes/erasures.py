"""Erasures: people leave the log of the account, which keeps its entries."""

from gatehouse.domain.job import Job
from gatehouse.domain.moments import to_text
from gatehouse.http import bodies
from gatehouse.http.answers import Answer, Routes, json_answer
from gatehouse.http.call import Call
from gatehouse.http.reports import ErasureBody
from gatehouse.http.views import Json
from gatehouse.usecases.erase import done_of, eraser, read_erasure, request_erasure

routes = Routes()


@routes("POST /activities/erasures")
def begin_erasure(call: Call) -> Answer:
    eraser(call.principal)
    user_id = bodies.read(ErasureBody, call.body()).user_id
    return call.once(
        lambda keep: request_erasure(call.ports, call.principal, user_id, keep), view, 202
    )


@routes("GET /activities/erasures/{erasure_id}")
def show_erasure(call: Call) -> Answer:
    return json_answer(200, view(read_erasure(call.ports, call.principal, call.path["erasure_id"])))


def view(job: Job) -> Json:
    """Return how far an erasure is."""
    return {
        "erasure_id": job.job_id,
        "user_id": job.options["user_id"],
        "state": job.state.value,
        "requested_by": {"user_id": job.started_by},
        "created_at": to_text(job.created_at),
        "finished_at": to_text(job.finished_at) if job.finished_at else None,
        "entries": done_of(job),
        "problem": job.problem,
    }
