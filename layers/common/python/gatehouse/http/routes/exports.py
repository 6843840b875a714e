"""Exports: everything an account has, as one archive; and those of the log, once they are begun."""

from datetime import datetime

from gatehouse.domain.job import Job
from gatehouse.domain.moments import to_text
from gatehouse.domain.principal import administrator
from gatehouse.http.answers import Answer, Routes, json_answer
from gatehouse.http.call import Call
from gatehouse.http.views import Json
from gatehouse.usecases import export

routes = Routes()
_LIST = "exports"


@routes("POST /exports")
def request_export(call: Call) -> Answer:
    administrator(call.principal, "export data")
    call.no_body()
    return call.once(
        lambda keep: export.request_export(call.ports, call.principal, keep),
        lambda job: view(job, call.ports.clock.now()),
        202,
    )


@routes("GET /exports")
def list_exports(call: Call) -> Answer:
    page = export.list_exports(call.ports, call.principal, call.after(_LIST), call.limit)
    now = call.ports.clock.now()
    return call.page(page, _LIST, lambda job: view(job, now))


@routes("GET /exports/{export_id}")
def show_export(call: Call) -> Answer:
    """Answer how far it is; once it is finished, with a link, which is on the record.

    HEAD has no body for a link to be in, so it issues none.
    """
    job = export.read_export(call.ports, call.principal, call.path["export_id"])
    has_body = call.event["requestContext"]["http"]["method"] != "HEAD"
    link = export.issue_link(call.ports, call.principal, job) if has_body else None
    return json_answer(200, view(job, call.ports.clock.now(), link))


def view(job: Job, now: datetime, link: export.Link | None = None) -> Json:
    """Return how far an export is; its link only in the answer that issues one."""
    done, parts = export.progress_of(job)
    expires_at = export.expires_at(job)
    return {
        "export_id": job.job_id,
        "contents": export.contents_of(job),
        "format": export.format_of(job),
        "filters": export.filters_of(job),
        "state": export.state_of(job, now),
        "requested_by": dict(job.options["requested_by"]),
        "created_at": to_text(job.created_at),
        "finished_at": to_text(job.finished_at) if job.finished_at else None,
        "progress": {"done": done, "of": parts, "rows": dict(job.counts)},
        "size": export.size_of(job),
        "problem": job.problem,
        "expires_at": to_text(expires_at) if expires_at else None,
        "download_url": link.address if link else None,
        "download_url_expires_at": to_text(link.expires_at) if link else None,
    }
