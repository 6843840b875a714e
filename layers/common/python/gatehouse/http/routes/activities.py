"""The activity log: applications report, people read."""

from datetime import datetime

from gatehouse.domain.activity import Category, Outcome
from gatehouse.domain.api_key import ApiScope
from gatehouse.domain.errors import FieldError, Malformed
from gatehouse.domain.moments import to_text
from gatehouse.domain.principal import with_scope
from gatehouse.http import bodies, views
from gatehouse.http.answers import Answer, Routes
from gatehouse.http.call import Call
from gatehouse.http.reports import ActivitiesBody, ActivityBody
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
    since, until = span(call)
    query = LogQuery(
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
    page = read_log(call.ports, call.principal, query, call.after(_LIST), call.limit)
    return call.page(page, _LIST, views.activity, scanned_to=to_text(page.scanned_to))


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
