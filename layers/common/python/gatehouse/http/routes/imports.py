"""Imports: begin one with a file or for a file to come, and read how far it is."""

from gatehouse.domain.errors import Malformed, Refused, UnsupportedMediaType
from gatehouse.domain.job import Job
from gatehouse.domain.sheet import SheetKind
from gatehouse.http import bodies, import_views
from gatehouse.http.answers import Answer, Routes
from gatehouse.http.call import UPLOAD_URL, Call
from gatehouse.usecases import imports
from gatehouse.usecases.imports import UPLOAD_LIFETIME, WantedImport, importer

LARGEST = 5 * 1024 * 1024
"""Bytes of a file that comes with the request; Lambda takes no more than 6 MB of it all."""
_FLAGS = ("dry_run", "partial", "send_invitations")
routes = Routes()


@routes("POST /import")
def import_file(call: Call) -> Answer:
    importer(call.principal)
    wanted = _wanted(call)
    charset = call.headers.get("content-type", "").lower().partition("charset=")[2].strip('" ')
    if call.media_type != "text/csv" or charset not in {"", "utf-8", "utf8"}:
        raise UnsupportedMediaType("Send the file as text/csv in UTF-8.")
    content = call.content(LARGEST)
    if not content.strip():
        raise Refused("The body is empty. Send the CSV file as the body.")
    return call.once(
        lambda keep: imports.import_file(call.ports, call.principal, wanted, content, keep),
        import_views.begun,
        202,
    )


@routes("POST /imports")
def await_file(call: Call) -> Answer:
    importer(call.principal)
    if call.text:
        if call.chosen("kind", SheetKind) or any(map(call.flag, _FLAGS)):
            # Two words for one thing may differ.
            raise Malformed("Say what is imported in the query or in the body, not in both.")
        wanted = bodies.read(bodies.ImportBody, call.body()).wanted()
    else:
        wanted = _wanted(call)

    def view(job: Job) -> import_views.Json:
        address = call.ports.files.upload_address(job.options["file"], UPLOAD_LIFETIME)
        return {**import_views.begun(job), UPLOAD_URL: address}

    return call.once(
        lambda keep: imports.await_file(call.ports, call.principal, wanted, keep), view, 202
    )


@routes("GET /imports")
def list_imports(call: Call) -> Answer:
    page = imports.list_imports(call.ports, call.principal, call.after("imports"), call.limit)
    return call.page(page, "imports", import_views.begun)


@routes("GET /imports/{import_id}")
def show_import(call: Call) -> Answer:
    job = imports.read_import(call.ports, call.principal, call.path["import_id"])
    purpose = f"errors {job.job_id}"
    page = imports.import_faults(call.ports, job, call.after(purpose), call.limit)
    cursor = call.cursor(purpose, page.after)
    return call.entity(import_views.reported(job, page.items, cursor))


def _wanted(call: Call) -> WantedImport:
    kind = call.chosen("kind", SheetKind)
    if kind is None:
        raise Refused.at("/kind", f"Say what is imported: kind={'|'.join(SheetKind)}.")
    return WantedImport(kind, *map(call.flag, _FLAGS))
