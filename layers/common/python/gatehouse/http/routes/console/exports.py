"""Export Data: what will be in it, one in the making, the former ones, the download.

Exports of the log are begun where the log is shown, and stand in the same list.
"""

from typing import Any, Final
from urllib.parse import urlsplit

from gatehouse.domain.activity import Category, Outcome
from gatehouse.domain.job import Job
from gatehouse.domain.moments import from_text
from gatehouse.http.answers import Answer
from gatehouse.http.routes.console.forms import SHOWN, new_key
from gatehouse.http.routes.console.log import CATEGORIES, OUTCOMES
from gatehouse.http.routes.console.visit import Pages, Visit
from gatehouse.usecases import export
from gatehouse.usecases.kinds import KINDS
from gatehouse.usecases.pack import KEPT

pages = Pages()
PATH: Final = "/console/exports"
_LABELS: Final = {
    "user_id": "Person",
    "organization_id": "Organization",
    "guest_account_id": "Guest",
    "connection_id": "Connection",
    "action": "Action",
    "category": "Kind",
    "outcome": "Outcome",
}


@pages.at("GET /console/exports")
def list_exports(visit: Visit) -> Answer:
    page = export.list_exports(visit.ports, visit.person, visit.call.after(PATH), SHOWN)
    whole = (job for job in page.items if export.contents_of(job) == "everything")
    running = next((job for job in whole if not job.is_over), None)
    return visit.page(
        "exports",
        running=_facts(visit, running) if running else None,
        titles=[kind.title for kind in KINDS],
        days=KEPT.days,
        sent_once=new_key(visit),
        exports=[_facts(visit, job) for job in page.items],
        next=visit.more(PATH, page.after),
        later="cursor" in visit.query,
    )


@pages.at("POST /console/exports")
def request_export(visit: Visit) -> Answer:
    asked = visit.once(
        visit.form.get("key", "")[:100],
        lambda keep: export.request_export(visit.ports, visit.person, keep),
        lambda job: {"export_id": job.job_id},
    )
    return visit.go(f"{PATH}/{asked['export_id']}", "The export has begun.")


@pages.at("GET /console/exports/{export_id}")
def show_export(visit: Visit) -> Answer:
    job = export.read_export(visit.ports, visit.person, visit.path["export_id"])
    is_whole = export.contents_of(job) == "everything"
    counted = [(kind.title, job.counts[kind.name]) for kind in KINDS if kind.name in job.counts]
    return visit.page(
        "export",
        export=_facts(visit, job),
        kinds=counted if is_whole else [],
        filters=_filters(visit, job),
        # Browsers hold a form to these also where it is sent on to. The form comes later: a page
        # that watches an export keeps the policy that it came with.
        form_targets=(_origin(visit, job),),
    )


@pages.at("POST /console/exports/{export_id}")
def download(visit: Visit) -> Answer:
    """Send the browser on to the archive, which it saves; it stays on this page."""
    job = export.read_export(visit.ports, visit.person, visit.path["export_id"])
    link = export.issue_link(visit.ports, visit.person, job)
    return visit.go(link.address if link else f"{PATH}/{job.job_id}")


def _origin(visit: Visit, job: Job) -> str:
    address = urlsplit(export.address_of(visit.ports, job))
    return f"{address.scheme}://{address.netloc}"


def _filters(visit: Visit, job: Job) -> dict[str, Any]:
    """Return what exported entries match: the span of time, and the rest with its labels."""
    found = export.filters_of(job)
    if found is None:
        return {}
    organization_id = found.get("organization_id", "")
    known = visit.ports.store.directory.organizations(job.account_id, {organization_id} - {""})
    said = {
        **found,
        "organization_id": known[organization_id].name if known else organization_id,
        "category": CATEGORIES[Category(found["category"])] if "category" in found else "",
        "outcome": OUTCOMES[Outcome(found["outcome"])] if "outcome" in found else "",
    }
    return {
        "since": from_text(found["from"]),
        "until": from_text(found["to"]),
        "others": [(label, said[name]) for name, label in _LABELS.items() if name in found],
    }


def _facts(visit: Visit, job: Job) -> dict[str, Any]:
    done, parts = export.progress_of(job)
    return {
        "export_id": job.job_id,
        "contents": export.contents_of(job),
        "format": export.format_of(job),
        "state": export.state_of(job, visit.ports.clock.now()),
        "requested_by": job.options["requested_by"]["name"],
        "created_at": job.created_at,
        "finished_at": job.finished_at,
        "expires_at": export.expires_at(job),
        "done": done,
        "parts": parts,
        "rows": sum(job.counts.values()),
        "size": export.size_of(job),
        "problem": job.problem or "",
    }
