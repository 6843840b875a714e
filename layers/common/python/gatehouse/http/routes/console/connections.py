"""The companies that work in one's account: the list, each one's page, and shutting the door."""

from collections import Counter
from typing import Any, Final

from gatehouse.domain.connection import Connection, State
from gatehouse.domain.directory import Organization
from gatehouse.domain.grant import Scope
from gatehouse.domain.plain_text import one_line
from gatehouse.domain.principal import administrator
from gatehouse.domain.roles import Role
from gatehouse.domain.wording import grant_in_words
from gatehouse.http import views
from gatehouse.http.answers import Answer
from gatehouse.http.html import newer_of
from gatehouse.http.routes.console.offers import NAMED
from gatehouse.http.routes.console.rules import first_rules
from gatehouse.http.routes.console.uses import uses_in_words
from gatehouse.http.routes.console.visit import Pages, Visit
from gatehouse.usecases import describe
from gatehouse.usecases.connection_use import connection_use
from gatehouse.usecases.draft import begin_change, discard, unfinished
from gatehouse.usecases.end import revoke
from gatehouse.usecases.preview import people_of, roles_under
from gatehouse.usecases.resend import resend
from gatehouse.usecases.usage import SPAN, usage

pages = Pages()
_LIST: Final = "console connections"
_SHOWN: Final = 50
_ONE: Final = "/console/connections/{connection_id}"


@pages.at("GET /console/connections")
def list_connections(visit: Visit) -> Answer:
    state = visit.call.chosen("state", State)
    page = describe.outgoing_page(visit.ports, visit.person, state, visit.call.after(_LIST), _SHOWN)
    groups = visit.ports.store.directory.groups(
        visit.person.account_id,
        {group_id for one in page.items for group_id in one.connection.group_ids},
    )
    names = {group.group_id: group.name for group in groups.values()}
    uses = uses_in_words(visit, [one.connection for one in page.items])
    return visit.page(
        "connections",
        connections=[
            {**_row(visit, one, names), "last_use": uses[one.connection.connection_id]}
            for one in page.items
        ],
        unfinished=[] if state or "cursor" in visit.query else _unfinished(visit),
        state=state.value if state else None,
        states=[one.value for one in State],
        next=visit.more(_LIST, page.after),
        later="cursor" in visit.query,
    )


@pages.at("POST /console/connections")
def discard_draft(visit: Visit) -> Answer:
    dropped = discard(visit.ports, visit.person, visit.form.get("discard", ""))
    return visit.go(
        "/console/connections",
        f"Discarded: the unfinished invitation to {one_line(dropped.guest_name)}. "
        "Nothing was sent.",
    )


@pages.at("GET /console/connections/{connection_id}")
def show_connection(visit: Visit) -> Answer:
    found = describe.outgoing_one(visit.ports, visit.person, visit.path["connection_id"])
    connection = found.connection
    state = connection.state_at(visit.ports.clock.now())
    directory = visit.ports.store.directory
    direct = directory.organizations(
        visit.person.account_id, sorted(found.organization_ids)[:_SHOWN]
    )
    is_live = state in {State.PENDING, State.ACTIVE}
    reach: tuple[Organization, ...] = ()
    if is_live and (connection.group_ids or connection.all_organizations):
        reach = directory.reach_page(visit.person.account_id, connection, None, NAMED).items
    used = usage(visit.ports, visit.person, connection) if connection.accepted_at else None
    people = _people(visit, connection) if state is State.ACTIVE else None
    counts = Counter(one["effective_role"] for one in people or ())
    return visit.page(
        "connection",
        connection=_facts(visit, found, state),
        groups=sorted(
            directory.groups(visit.person.account_id, connection.group_ids).values(),
            key=lambda group: group.name.casefold(),
        ),
        organizations=sorted(direct.values(), key=lambda one: one.name.casefold()),
        named=reach,
        direct_count=len(found.organization_ids),
        reach=directory.reach_count(visit.person.account_id, connection) if is_live else None,
        roles=roles_under(connection.maximum_role),
        people=people,
        by_role=[(role, counts[role]) for role in Role if counts[role]],
        rules=first_rules(visit, connection) if state is State.ACTIVE else None,
        rule_count=connection.rules,
        usage=used,
        # Where the newest entries are not all of them, the days say how many there were.
        month=connection_use(
            visit.ports, visit.person, connection.connection_id, SPAN.days
        ).whole.decisions
        if used is not None and used.since
        else None,
        newer=None if is_live else newer_of(visit.ports, connection, "/console/connections"),
    )


@pages.at("POST /console/connections/{connection_id}")
def change_connection(visit: Visit) -> Answer:
    draft = begin_change(visit.ports, visit.person, visit.path["connection_id"])
    question = "grant" if visit.form.get("question") == "grant" else "role"
    return visit.go(f"/console/drafts/{draft.draft_id}/{question}")


@pages.at("GET /console/connections/{connection_id}/resend")
def ask_to_resend(visit: Visit) -> Answer:
    found = describe.outgoing_one(visit.ports, visit.person, visit.path["connection_id"])
    state = found.connection.state_at(visit.ports.clock.now())
    return visit.page("resend", connection=_facts(visit, found, state))


@pages.at("POST /console/connections/{connection_id}/resend")
def resend_invitation(visit: Visit) -> Answer:
    connection_id = visit.path["connection_id"]
    administrator(visit.person, "send invitations again")
    done = visit.once(
        visit.form.get("key", ""),
        lambda keep: resend(visit.ports, visit.person, connection_id, keep),
        lambda made: {"guest": made[0].guest.name},
    )
    return visit.go(
        _ONE.format(connection_id=connection_id),
        f"The invitation was sent to {one_line(done['guest'])} again. The older links no longer "
        "work.",
    )


@pages.at("GET /console/connections/{connection_id}/revoke")
def ask_to_revoke(visit: Visit) -> Answer:
    found = describe.outgoing_one(visit.ports, visit.person, visit.path["connection_id"])
    connection = found.connection
    state = connection.state_at(visit.ports.clock.now())
    account_id = visit.person.account_id
    return visit.page(
        "revoke",
        connection=_facts(visit, found, state),
        reach=visit.ports.store.directory.reach_count(account_id, connection),
        people=_people(visit, connection) if state is State.ACTIVE else None,
    )


@pages.at("POST /console/connections/{connection_id}/revoke")
def revoke_connection(visit: Visit) -> Answer:
    connection_id = visit.path["connection_id"]
    administrator(visit.person, "revoke connections")
    done = visit.once(
        visit.form.get("key", ""),
        lambda keep: revoke(visit.ports, visit.person, connection_id, keep),
        lambda ended: {"guest": ended.guest.name},
    )
    return visit.go(
        _ONE.format(connection_id=connection_id),
        f"Revoked: nobody of {one_line(done['guest'])} has access any more.",
    )


def _unfinished(visit: Visit) -> list[dict[str, str]]:
    """Return the invitations to go on with, each at its first question that is open."""
    return [
        {
            "draft_id": one.draft_id,
            "guest": one.guest_name,
            "at": f"/console/drafts/{one.draft_id}/"
            + (
                "role" if one.maximum_role is None else "grant" if one.scope == Scope() else "check"
            ),
        }
        for one in unfinished(visit.ports, visit.person)
    ]


def _people(visit: Visit, connection: Connection) -> list[dict[str, Any]]:
    return [
        {
            "name": one.user.name,
            "own_role": one.user.role.value,
            "effective_role": one.effective_role.value,
            "rule": one.rule is not None,
        }
        for one in people_of(visit.ports, connection).entering
    ]


def _facts(visit: Visit, found: describe.Described, state: State) -> dict[str, Any]:
    connection = views.connection(found, visit.ports.clock.now())
    return {
        **connection,
        "state": state.value,
        "can_resend": state in {State.PENDING, State.EXPIRED},
        "can_end": state in {State.PENDING, State.ACTIVE},
        "resent_at": list(found.connection.resent_at),
        "ended_by": found.connection.ended_by,
    }


def _row(visit: Visit, one: describe.Described, names: dict[str, str]) -> dict[str, Any]:
    c = one.connection
    state = c.state_at(visit.ports.clock.now())
    since = {State.PENDING: c.expires_at, State.ACTIVE: c.accepted_at, State.EXPIRED: c.expires_at}
    groups = sorted(one_line(names[group_id]) for group_id in c.group_ids if group_id in names)
    return {
        "connection_id": c.connection_id,
        "guest": {"name": c.guest.name, "subdomain": c.guest.subdomain},
        "state": state.value,
        "maximum_role": c.maximum_role.value,
        "scope": grant_in_words(
            groups, len(one.organization_ids), all_organizations=c.all_organizations
        ),
        "since": since.get(state, c.ended_at),
    }
