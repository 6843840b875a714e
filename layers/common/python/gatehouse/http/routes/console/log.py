"""Activity Logs: one's own, and what one's own people did in a host."""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final
from urllib.parse import urlencode

from gatehouse.domain.activity import Activity, Category, Outcome
from gatehouse.domain.connection import State
from gatehouse.domain.errors import Unable
from gatehouse.domain.pages import Page
from gatehouse.domain.plain_text import one_line
from gatehouse.domain.roles import Role
from gatehouse.domain.sentences import Names
from gatehouse.http import problems
from gatehouse.http.answers import Answer
from gatehouse.http.routes.console.entries import entry_of
from gatehouse.http.routes.console.forms import OFFERED
from gatehouse.http.routes.console.log_days import Days, days_of
from gatehouse.http.routes.console.visit import Errors, Pages, Visit
from gatehouse.usecases import describe
from gatehouse.usecases.explain import find_people
from gatehouse.usecases.find import find_organizations, find_users
from gatehouse.usecases.read_log import USUAL_SPAN, own_people_there, read_log
from gatehouse.usecases.stored import LogQuery
from gatehouse.usecases.tell import names_in_hosts_log, names_in_own_log

pages = Pages()
_LIST: Final = "console log"
_HERE: Final = "/console/log"
_ENTRIES: Final = 30
"""An entry with all it may say weighs 1.6 KB."""
_IDS: Final = ("user_id", "organization_id", "connection_id")
OUTCOMES: Final = {
    Outcome.ALLOWED: "Allowed",
    Outcome.DENIED: "Denied",
    Outcome.DONE: "Done",
    Outcome.FAILED: "Failed",
}
CATEGORIES: Final = {
    Category.CONNECTION: "Steps of connections",
    Category.DECISION: "Decisions",
    Category.ACTIVITY: "What people did",
    Category.DIRECTORY: "Users, groups, organizations",
    Category.KEY: "API keys",
    Category.SESSION: "Signing in and out",
}
_NO_ENTRIES: Final[Page[Activity]] = Page(())


@dataclass(frozen=True, slots=True)
class Span:
    """The days asked for, as they were typed, and the moments that they are."""

    first: str
    last: str
    since: datetime
    until: datetime
    errors: Errors


@pages.at("GET /console/log")
def show_log(visit: Visit) -> Answer:
    span = span_of(visit)
    query = query_of(visit, span)
    unable: Unable | None = None
    page: Page[Activity] = _NO_ENTRIES
    try:
        page = read_log(visit.ports, visit.person, query, visit.call.after(_LIST), _ENTRIES)
    except Unable as failure:
        unable = failure
    if span.errors:
        page = _NO_ENTRIES
    names = names_in_own_log(visit.ports, visit.person, page.items) if page.items else Names()
    is_administrator = visit.person.user.role is Role.ADMINISTRATOR
    narrows = [name for name in _IDS if not visit.query.get(name)]
    guests = _guests(visit) if is_administrator and unable is None else {}
    days = _days(visit, span) if unable is None else None
    answer = visit.page(
        "log",
        503 if unable else 422 if span.errors else 200,
        problem=unable.slug if unable else "",
        unable=unable.detail if unable else None,
        errors=span.errors,
        listed=[
            entry_of(one, names, narrows=narrows, may_ask=is_administrator) for one in page.items
        ],
        chips=_chips(visit, page, guests) if unable is None else [],
        guests=guests,
        outcomes={one.value: words for one, words in OUTCOMES.items()},
        categories={one.value: words for one, words in CATEGORIES.items()},
        filters=dict(visit.query),
        kept={name: visit.query[name] for name in _IDS if visit.query.get(name)},
        first_day=span.first,
        last_day=span.last,
        days=days,
        found=_found(visit) if unable is None else None,
        is_administrator=is_administrator,
        export_to=_address(visit) if is_administrator and unable is None else None,
        most=visit.ports.limits.entries_per_download,
        is_partial=not is_administrator and not visit.person.user.reaches_everything,
        **_onward(visit, _LIST, page),
    )
    return answer if unable is None else _unable(answer, unable)


def _days(visit: Visit, span: Span) -> Days | None:
    """Return the log by the day, where the list is of all that it counts, on its first page."""
    narrowed = {name for name, value in visit.query.items() if value} - {"from", "to"}
    return None if narrowed or span.errors else days_of(visit, span.since, span.until)


def query_of(visit: Visit, span: Span) -> LogQuery:
    """Return what the filters in the address ask for."""
    return LogQuery(
        since=span.since,
        until=span.until,
        user_id=visit.call.wanted("user_id"),
        guest_account_id=visit.call.wanted("guest_account_id"),
        organization_id=visit.call.wanted("organization_id"),
        action=(visit.call.wanted("action", 256) or "").strip() or None,
        connection_id=visit.call.wanted("connection_id"),
        outcome=visit.call.chosen("outcome", Outcome),
        category=visit.call.chosen("category", Category),
    )


def own_people_page(visit: Visit) -> Answer:
    """Show a guest's Administrator what their own people did in a host."""
    connection_id = visit.path["connection_id"]
    purpose = f"console log {connection_id}"
    span = span_of(visit)
    page: Page[Activity] = own_people_there(
        visit.ports,
        visit.person,
        connection_id,
        (span.since, span.until),
        visit.call.after(purpose),
        _ENTRIES,
    )
    if span.errors:
        page = _NO_ENTRIES
    connection = describe.incoming_one(visit.ports, visit.person, connection_id).connection
    names = names_in_hosts_log(visit.ports, connection, page.items)
    return visit.page(
        "host-log",
        422 if span.errors else 200,
        errors=span.errors,
        host={"name": connection.host.name, "subdomain": connection.host.subdomain},
        here=f"/console/hosts/{connection_id}",
        is_named=connection.state is State.ACTIVE,
        listed=[entry_of(one, names) for one in page.items],
        first_day=span.first,
        last_day=span.last,
        **_onward(visit, purpose, page),
    )


def span_of(visit: Visit) -> Span:
    """Read the days: the last 30 unless the visitor says otherwise, never later than now."""
    now = visit.ports.clock.now()
    texts = {name: visit.query.get(name, "").strip()[:40] for name in ("from", "to")}
    days: dict[str, date] = {}
    errors: dict[str, str] = {}
    for name, text in texts.items():
        if not text:
            continue
        try:
            days[name] = date.fromisoformat(text)
        except ValueError:
            errors[name] = "The day must be written as in 2026-11-21."
    until = min(_midnight(days["to"]) + _DAY, now) if "to" in days else now
    since = _midnight(days["from"]) if "from" in days else until - USUAL_SPAN
    if not errors and since > until:
        errors["from"] = "The first day must not be later than the last, and not in the future."
    return Span(texts["from"], texts["to"], min(since, now), until, errors)


_DAY: Final = timedelta(days=1) - timedelta(milliseconds=1)


def _midnight(day: date) -> datetime:
    return datetime.combine(max(day, date(1970, 1, 2)), time(), UTC)


def _guests(visit: Visit) -> dict[str, str]:
    """Return who ever was invited, by name."""
    pairs = visit.ports.store.connections.pairs(visit.person.account_id)
    known = visit.ports.store.accounts.many({pair.guest_account_id for pair in pairs})
    named = sorted(known.values(), key=lambda one: one.name.casefold())
    return {one.account_id: one.name for one in named}


def _chips(visit: Visit, page: Page[Activity], guests: dict[str, str]) -> list[dict[str, str]]:
    """Return what the list is narrowed to, each with the address without it."""
    account_id, found = visit.person.account_id, visit.query
    labels: dict[str, str] = {}
    if user_id := found.get("user_id"):
        who = next((e.actor.called for e in page.items if e.actor.user_id == user_id), None)
        labels["user_id"] = f"Person: {one_line(who) if who else 'one person'}"
    if organization_id := found.get("organization_id"):
        known = visit.ports.store.directory.organization(account_id, organization_id)
        name = one_line(known.name) if known else "one that is unknown here"
        labels["organization_id"] = f"Organization: {name}"
    if guest := found.get("guest_account_id"):
        labels["guest_account_id"] = f"Guest: {one_line(guests.get(guest, 'one company'))}"
    if found.get("connection_id"):
        labels["connection_id"] = "One connection"
    if action := found.get("action"):
        labels["action"] = f"Action: {one_line(action)}"
    if outcome := found.get("outcome"):
        labels["outcome"] = OUTCOMES[Outcome(outcome)]
    if category := found.get("category"):
        labels["category"] = CATEGORIES[Category(category)]
    if first := found.get("from"):
        labels["from"] = f"From {one_line(first)}"
    if last := found.get("to"):
        labels["to"] = f"To {one_line(last)}"
    return [
        {"label": label, "without": _address(visit, **{name: ""})} for name, label in labels.items()
    ]


def _address(visit: Visit, **other: str) -> str:
    """Return where the same filters are, but for some that are others, or none."""
    kept = {k: v for k, v in visit.query.items() if k not in {"cursor", "find"}}
    left = {k: v for k, v in {**kept, **other}.items() if v}
    return f"{_HERE}?{urlencode(left)}" if left else _HERE


def _found(visit: Visit) -> dict[str, Any] | None:
    """Find the people and organizations to narrow the list to; None if nothing is looked for."""
    words = visit.query.get("find", "").strip()[:100]
    if not words:
        return None
    ports, person = visit.ports, visit.person
    if person.user.role is Role.ADMINISTRATOR:
        found = find_people(ports, person, words, OFFERED)
        people = [(one.name, one.user_id) for one in found.items]
    else:
        described = find_users(ports, person, words, None, OFFERED)
        people = [(one.user.name, one.user.user_id) for one in described.items]
    organizations = find_organizations(ports, person, words, None, OFFERED)
    return {
        "words": words,
        "people": [(name, _address(visit, user_id=user_id)) for name, user_id in people],
        "organizations": [
            (one.name, _address(visit, organization_id=one.organization_id))
            for one in organizations.items
        ],
        "most": OFFERED,
    }


def _onward(visit: Visit, purpose: str, page: Page[Activity]) -> dict[str, Any]:
    return {"next": visit.more(purpose, page.after), "later": "cursor" in visit.query}


def _unable(answer: Answer, failure: Unable) -> Answer:
    return replace(answer, headers={**answer.headers, **problems.headers(failure)})
