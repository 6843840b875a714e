"""The activity log: applications report, people read."""

from datetime import datetime

from gatehouse.domain.activity import Category, Outcome
from gatehouse.domain.api_key import ApiScope
from gatehouse.domain.errors import FieldError, Malformed, Refused
from gatehouse.domain.moments import to_text
from gatehouse.domain.principal import administrator, with_scope
from gatehouse.http import bodies, views
from gatehouse.http.answers import Answer, Routes, json_answer
from gatehouse.http.call import Call
from gatehouse.http.downloads import download, takes_gzip
from gatehouse.http.identity import must_be_meant
from gatehouse.http.reports import ActivitiesBody, ActivityBody
from gatehouse.http.routes import exports
from gatehouse.usecases.export_log import Download, export_log
from gatehouse.usecases.lines import Format
from gatehouse.usecases.pack_log import FILTERS, WantedLog
from gatehouse.usecases.read_log import USUAL_SPAN, read_log
from gatehouse.usecases.report import Reported, report
from gatehouse.usecases.stored import LogQuery

routes = Routes()
_LIST = "activities"


@routes("POST /activities")
def report_activities(call: Call) -> Answer:
    with_scope(call.principal, ApiScope.ACTIVITIES_WRITE, "report activities")
    body = call.body()
    if "activities" in body:
        many = bodies.read(ActivitiesBody, body).activities
    else:
        many = [bodies.read(ActivityBody, body)]
    reports = [one.report() for one in many]

    def view(made: list[Reported]) -> views.Json:
        return {"items": [views.reported(one) for one in made]}

    return call.once(lambda keep: report(call.ports, call.principal, reports, keep), view, 201)


@routes("GET /activities")
def list_activities(call: Call) -> Answer:
    page = read_log(call.ports, call.principal, _query(call), call.after(_LIST), call.limit)
    return call.page(page, _LIST, views.activity, scanned_to=to_text(page.scanned_to))


@routes("GET /activities/export")
def export_activities(call: Call) -> Answer:
    """Answer the entries as a file, or 202 with the export that makes one.

    Which of them is known only by doing it, so HEAD announces a file, and does nothing.
    """
    administrator(call.principal, "export the activity log")
    must_be_meant(call)
    query, form = _query(call), call.chosen("format", Format)
    if form is None:
        raise Refused.at("/format", f"Say what file you want: format={'|'.join(Format)}.")
    asked = {name: call.query[name] for name in FILTERS if call.query.get(name)}
    wanted, compressed = WantedLog(query, form, asked), takes_gzip(call)
    if call.event["requestContext"]["http"]["method"] == "HEAD":
        return download(Download(b"", call.account, wanted, compressed))
    found = export_log(call.ports, call.principal, wanted, compressed=compressed)
    if isinstance(found, Download):
        return download(found)
    return json_answer(202, exports.view(found, call.ports.clock.now()))


def _query(call: Call) -> LogQuery:
    since, until = span(call)
    return LogQuery(
        since=since,
        until=until,
        user_id=call.wanted("user_id"),
        guest_account_id=call.wanted("guest_account_id"),
        organization_id=call.wanted("organization_id"),
        action=call.wanted("action", 256),
        connection_id=call.wanted("connection_id"),
        outcome=call.chosen("outcome", Outcome),
        category=call.chosen("category", Category),
    )


def span(call: Call) -> tuple[datetime, datetime]:
    """Return the time asked for: the last 30 days unless the caller says otherwise.

    It ends now at the latest: nothing is on the record before it happened.
    """
    now = call.ports.clock.now()
    since, until = call.moment("from"), call.moment("to")
    if since and until and since > until:
        raise Malformed(
            "from is later than to. Exchange them.",
            fields=[FieldError("/from", "This must not be later than to.")],
        )
    until = min(until or now, now)
    return min(since or until - USUAL_SPAN, until), until
