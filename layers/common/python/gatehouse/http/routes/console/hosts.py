"""Who let us in: the hosts of one's company, what its people do there, answering and leaving."""

from collections import Counter
from typing import Any, Final

from gatehouse.domain.connection import State
from gatehouse.domain.errors import OfferChanged, Refused
from gatehouse.domain.plain_text import one_line
from gatehouse.domain.roles import Role
from gatehouse.http import views
from gatehouse.http.answers import Answer
from gatehouse.http.html import newer_of
from gatehouse.http.routes.console.blocking import ask_to_block, block_host, is_blocked
from gatehouse.http.routes.console.forms import SHOWN, step, typed
from gatehouse.http.routes.console.log import own_people_page
from gatehouse.http.routes.console.uses import uses_in_words
from gatehouse.http.routes.console.visit import Errors, Pages, Visit
from gatehouse.http.text import is_plain
from gatehouse.usecases import describe
from gatehouse.usecases.answer import ById, accept, decline, may_answer
from gatehouse.usecases.end import leave
from gatehouse.usecases.oversee import own_usage
from gatehouse.usecases.preview import Preview, incoming_preview

pages = Pages()
_LIST: Final = "console hosts"
_ONE: Final = "/console/hosts/{connection_id}"
_NAMED: Final = 100
"""How many people are named on one page; the rest are counted."""
_LONGEST: Final = 2_000


@pages.at("GET /console/hosts")
def list_hosts(visit: Visit) -> Answer:
    state = visit.call.chosen("state", State)
    page = describe.incoming_page(visit.ports, visit.person, state, visit.call.after(_LIST), SHOWN)
    uses = uses_in_words(visit, [one.connection for one in page.items])
    return visit.page(
        "hosts",
        connections=[
            {**_row(visit, one), "last_use": uses[one.connection.connection_id]}
            for one in page.items
        ],
        state=state.value if state else None,
        states=[one.value for one in State],
        next=visit.more(_LIST, page.after),
        later="cursor" in visit.query,
    )


@pages.at("GET /console/hosts/{connection_id}")
def show_host(visit: Visit) -> Answer:
    found = _one(visit)
    is_active = found.connection.state is State.ACTIVE
    connection_id = found.connection.connection_id
    return visit.page(
        "host",
        **_facts(visit, found),
        **_meaning(visit, connection_id),
        usage=own_usage(visit.ports, visit.person, connection_id) if is_active else None,
        blocked=is_blocked(visit, found.connection.host.account_id),
        resent_at=list(found.connection.resent_at),
        newer=newer_of(visit.ports, found.connection, "/console/hosts"),
    )


@pages.at("GET /console/hosts/{connection_id}/{step}")
def show_step(visit: Visit) -> Answer:
    return step(
        visit,
        {
            "accept": _ask_to_accept,
            "decline": _ask_to_decline,
            "leave": _ask_to_leave,
            "block": ask_to_block,
            "log": own_people_page,
        },
    )


@pages.at("POST /console/hosts/{connection_id}/{step}")
def take_step(visit: Visit) -> Answer:
    return step(
        visit, {"accept": _accept, "decline": _decline, "leave": _leave, "block": block_host}
    )


# ---- answering


def _ask_to_accept(visit: Visit, changed: str | None = None) -> Answer:
    found = _one(visit)
    return visit.page(
        "host-accept",
        409 if changed else 200,
        **_facts(visit, found),
        **_meaning(visit, found.connection.connection_id),
        changed=changed,
    )


def _accept(visit: Visit) -> Answer:
    pointer = ById(visit.path["connection_id"])
    may_answer(visit.ports, visit.person, pointer)
    etag = visit.form.get("etag", "")
    try:
        done = visit.once(
            visit.form.get("key", ""),
            lambda keep: accept(visit.ports, visit.person, pointer, etag, keep),
            lambda made: {"host": made.host.name},
        )
    except OfferChanged as changed:
        return _ask_to_accept(visit, changed.detail)
    return visit.go(
        _ONE.format(**visit.path),
        f"Accepted. Your people can work in {one_line(done['host'])} from now on.",
    )


def _ask_to_decline(visit: Visit, errors: Errors | None = None) -> Answer:
    found = _one(visit)
    return visit.page(
        "host-decline",
        422 if errors else 200,
        **_facts(visit, found),
        errors=errors,
        reason=typed(visit, "reason"),
    )


def _decline(visit: Visit) -> Answer:
    pointer = ById(visit.path["connection_id"])
    may_answer(visit.ports, visit.person, pointer)
    reason = visit.form.get("reason", "").replace("\r\n", "\n").strip()
    etag = visit.form.get("etag", "")
    try:
        checked = reason_of(reason)
        done = visit.once(
            visit.form.get("key", ""),
            lambda keep: decline(visit.ports, visit.person, pointer, etag, checked, keep),
            lambda made: {"host": made.host.name},
        )
    except Refused as refusal:
        return _ask_to_decline(visit, {"reason": refusal.detail})
    except OfferChanged as changed:
        return _ask_to_accept(visit, changed.detail)
    return visit.go(
        _ONE.format(**visit.path),
        f"Declined. {one_line(done['host'])} is told; nobody of yours gets in.",
    )


# ---- leaving


def _ask_to_leave(visit: Visit) -> Answer:
    found = _one(visit)
    return visit.page(
        "host-leave",
        **_facts(visit, found),
        **_meaning(visit, found.connection.connection_id),
    )


def _leave(visit: Visit) -> Answer:
    connection_id = visit.path["connection_id"]
    describe.incoming_one(visit.ports, visit.person, connection_id)
    done = visit.once(
        visit.form.get("key", ""),
        lambda keep: leave(visit.ports, visit.person, connection_id, keep),
        lambda left: {"host": left.host.name},
    )
    return visit.go(
        _ONE.format(**visit.path),
        f"Left: none of your people has access to {one_line(done['host'])} any more.",
    )


# ---- what the pages show


def _one(visit: Visit) -> describe.Described:
    return describe.incoming_one(visit.ports, visit.person, visit.path["connection_id"])


def _facts(visit: Visit, found: describe.Described) -> dict[str, Any]:
    now = visit.ports.clock.now()
    connection = views.connection(found, now)
    return {
        "connection": connection,
        "state": connection["state"],
        "ended_by": found.connection.ended_by,
        "here": _ONE.format(connection_id=connection["connection_id"]),
    }


def _meaning(visit: Visit, connection_id: str) -> dict[str, Any]:
    found: Preview = incoming_preview(visit.ports, visit.person, connection_id, None, SHOWN)
    people = found.people.entering if found.people else ()
    counted = Counter((one.user.role, one.effective_role) for one in people)
    in_order = sorted(counted, key=lambda roles: (-roles[0].rank, -roles[1].rank))
    return {
        "people": [
            (one.user.name, one.user.role.value, one.effective_role.value) for one in people
        ][:_NAMED],
        "denied": [user.name for user in found.people.denied] if found.people else [],
        "ruled": sum(1 for one in people if one.rule is not None),
        "people_count": len(people),
        "roles": [
            (own.value, effective.value, counted[own, effective]) for own, effective in in_order
        ],
        "organizations": [one.name for one in found.organizations.items]
        if found.organizations
        else [],
        "reach": found.organization_count,
        "lite": Role.LITE.label,
    }


def _row(visit: Visit, one: describe.Described) -> dict[str, Any]:
    c = one.connection
    state = c.state_at(visit.ports.clock.now())
    since = {State.PENDING: c.expires_at, State.ACTIVE: c.accepted_at, State.EXPIRED: c.expires_at}
    return {
        "connection_id": c.connection_id,
        "host": {"name": c.host.name, "subdomain": c.host.subdomain},
        "state": state.value,
        "maximum_role": c.maximum_role.value,
        "since": since.get(state, c.ended_at),
    }


def reason_of(text: str) -> str | None:
    """Check a reason as the API does; None if there is none. Raises Refused."""
    if len(text) > _LONGEST:
        raise Refused.at(
            "/reason",
            f"The reason must have at most {_LONGEST:,} characters; it has {len(text):,}.",
        )
    if not is_plain(text):
        raise Refused.at(
            "/reason", "The reason must be plain text: it has a character that does not show."
        )
    return text or None
