"""Import Data: what to bring along, the file, what it would change, how far it is, what came of it."""

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any, Final
from urllib.parse import urlsplit

from gatehouse.domain.job import Job, JobState
from gatehouse.domain.sheet import COLUMNS, MOST_ROWS, Cause, SheetKind
from gatehouse.http.answers import Answer
from gatehouse.http.import_views import begun
from gatehouse.http.routes.console.forms import SHOWN, key_of, new_key
from gatehouse.http.routes.console.visit import Errors, Pages, Visit
from gatehouse.usecases import imports
from gatehouse.usecases.import_faults import causes_in
from gatehouse.usecases.imports import LARGEST, UPLOAD_LIFETIME, WantedImport, importer

pages = Pages()
PATH: Final = "/console/imports"
_SENT: Final = "sent"
_FAULTS: Final = 50
"""How many bad rows a page shows."""
_ABOUT: Final[Mapping[str, str]] = {
    "user_id": "The user's id: for somebody who is there already, so that the address can change.",
    "email": "The address that they sign in with. It finds the user; a new one needs it.",
    "role": "administrator, manager, editor, creator, read_only or lite. A new user needs it.",
    "status": "active or deactivated.",
    "groups": "Names or ids of all groups that they are in, with ; between them.",
    "all_organizations": "yes or no.",
    "group_id": "The group's id: for one that is there already, so that its name can change.",
    "description": "A text; it may have several lines within quotation marks.",
    "members": "E-mail addresses or ids of everybody who is in it, with ; between them.",
    "organization_id": "The organization's id: for one that is there, so that its name can change.",
    "parent": "The name or id of the organization that it stands under.",
}
_OF_KIND: Final[Mapping[tuple[SheetKind, str], str]] = {
    (SheetKind.USERS, "name"): "The person's name. A new user needs it.",
    (SheetKind.USERS, "organizations"): "Names or ids of the organizations given to them alone.",
    (SheetKind.GROUPS, "name"): "It finds the group; a new one needs it.",
    (SheetKind.GROUPS, "organizations"): "Names or ids of all that it gives access to.",
    (SheetKind.ORGANIZATIONS, "name"): "It finds the organization; a new one needs it.",
}


@pages.at("GET /console/imports")
def list_imports(visit: Visit) -> Answer:
    return _question(visit, _kind(visit.query))


@pages.at("POST /console/imports")
def take_file(visit: Visit) -> Answer:
    """Begin a dry run of the file, or wait for one that is too large for this form."""
    importer(visit.person)
    kind = _kind(visit.form)
    wanted = WantedImport(kind, dry_run=True)
    key = visit.form.get("key", "")[:100]
    if visit.form.get("large"):
        asked = visit.once(
            key_of(visit),
            lambda keep: imports.await_file(visit.ports, visit.person, wanted, keep),
            _id_of,
        )
        return visit.go(f"{PATH}/{asked['import_id']}")
    content = visit.call.files.get("file", b"")
    if not content.strip():
        sentence = "The file must have something in it." if content else "Choose a file."
        return _question(visit, kind, {"file": sentence})
    asked = visit.once(
        f"{key}.{hashlib.sha256(content).hexdigest()}",
        lambda keep: imports.import_file(visit.ports, visit.person, wanted, content, keep),
        _id_of,
    )
    return visit.go(f"{PATH}/{asked['import_id']}")


@pages.at("GET /console/imports/{import_id}")
def show_import(visit: Visit) -> Answer:
    job = imports.read_import(visit.ports, visit.person, visit.path["import_id"])
    here = f"{PATH}/{job.job_id}"
    facts = _facts(job)
    awaited = "until" in job.options and "etag" not in job.position
    if awaited and job.state is JobState.WAITING and _SENT not in visit.query:
        form = visit.ports.files.upload_form(
            job.options["file"],
            UPLOAD_LIFETIME,
            most=LARGEST,
            return_to=f"{visit.ports.public_base_url}{here}?{_SENT}=yes",
        )
        target = urlsplit(form.address)
        return visit.page(
            "import-send",
            one=facts,
            form=form,
            largest=LARGEST,
            minutes=int(UPLOAD_LIFETIME.total_seconds()) // 60,
            form_targets=(f"{target.scheme}://{target.netloc}",),
        )
    after = visit.call.after(here)
    faults = imports.import_faults(visit.ports, job, after, _FAULTS) if job.notes else None
    return visit.page(
        "import",
        one=facts,
        causes=_by_cause(job, faults.items if faults else ()),
        next=visit.more(here, faults.after) if faults else None,
        later=after is not None,
        key=new_key(visit),
        # Back from where the file was sent to, which may not have told of it yet.
        here=f"{here}?{_SENT}=yes" if awaited else here,
    )


@pages.at("POST /console/imports/{import_id}")
def confirm(visit: Visit) -> Answer:
    """Import the very file that was looked at."""
    partial, mails = (bool(visit.form.get(name)) for name in ("partial", "send_invitations"))
    asked = visit.once(
        key_of(visit),
        lambda keep: imports.import_rehearsed(
            visit.ports,
            visit.person,
            visit.path["import_id"],
            partial=partial,
            send_invitations=mails,
            keep=keep,
        ),
        _id_of,
    )
    return visit.go(f"{PATH}/{asked['import_id']}")


def _question(visit: Visit, kind: SheetKind, errors: Errors | None = None) -> Answer:
    page = imports.list_imports(visit.ports, visit.person, visit.call.after(PATH), SHOWN)
    people = visit.ports.store.users.many({job.started_by for job in page.items})
    return visit.page(
        "imports",
        422 if errors else 200,
        errors=errors,
        kind=kind.value,
        kinds=[
            (one.value, [(name, _OF_KIND.get((one, name)) or _ABOUT[name]) for name in columns])
            for one, columns in COLUMNS.items()
        ],
        rows=MOST_ROWS,
        key=new_key(visit),
        imports=[
            {**_facts(job), "by": people[job.started_by].name if job.started_by in people else ""}
            for job in page.items
        ],
        next=visit.more(PATH, page.after),
        later="cursor" in visit.query,
    )


def _kind(fields: Mapping[str, str]) -> SheetKind:
    named = fields.get("kind", "")
    return SheetKind(named) if named in set(SheetKind) else SheetKind.USERS


def _id_of(job: Job) -> dict[str, str]:
    return {"import_id": job.job_id}


def _facts(job: Job) -> dict[str, Any]:
    counts = {name: job.counts.get(name, 0) for name in ("created", "changed", "left", "refused")}
    return {
        **begun(job),
        **counts,
        "good": counts["created"] + counts["changed"],
        "rows": job.counts.get("rows", 0),
        "shown": "looked-at"
        if job.options["dry_run"] and job.state is JobState.DONE
        else job.state,
        "created_at": job.created_at,
        "finished_at": job.finished_at,
    }


def _by_cause(job: Job, faults: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Group what a page shows of a report; each cause with how often it is in the whole of it."""
    counts = causes_in(job.counts)
    shown = [(cause, [one for one in faults if one["cause"] == cause]) for cause in Cause]
    return [
        {"words": cause.words, "id": cause.value, "count": counts.get(cause, 0), "faults": found}
        for cause, found in shown
        if found
    ]
