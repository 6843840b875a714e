"""The Export part of Activity Logs: what the filters in the address show, as a file."""

from gatehouse.domain.errors import NotFound
from gatehouse.domain.principal import administrator
from gatehouse.http.answers import Answer
from gatehouse.http.downloads import download, takes_gzip
from gatehouse.http.routes.console.exports import PATH
from gatehouse.http.routes.console.log import query_of, show_log, span_of
from gatehouse.http.routes.console.visit import Pages, Visit
from gatehouse.usecases.export_log import Download, export_log
from gatehouse.usecases.lines import Format
from gatehouse.usecases.pack_log import FILTERS, WantedLog

pages = Pages()


@pages.at("POST /console/log")
def export_what_is_shown(visit: Visit) -> Answer:
    """Let the browser save a file, which keeps it on this page; or go to the job that makes it."""
    administrator(visit.person, "export the activity log")
    form = visit.form.get("format", "")
    if form not in set(Format):
        raise NotFound("There is no such file. Open Activity Logs again, and choose one.")
    span = span_of(visit)
    if span.errors:
        return show_log(visit)
    asked = {name: visit.query[name] for name in FILTERS if visit.query.get(name)}
    wanted = WantedLog(query_of(visit, span), Format(form), asked)
    found = export_log(visit.ports, visit.person, wanted, compressed=takes_gzip(visit.call))
    if isinstance(found, Download):
        return download(found)
    return visit.go(
        f"{PATH}/{found.job_id}",
        "There is too much for a download at once, so it is put into a file for you.",
    )
