"""What a host does with its connections."""

from collections.abc import Callable

from gatehouse.domain.connection import Connection, State
from gatehouse.domain.errors import EtagMissing
from gatehouse.domain.mailing import Mailing
from gatehouse.domain.principal import administrator
from gatehouse.http import bodies, views
from gatehouse.http.answers import Answer, Routes, json_answer
from gatehouse.http.call import Call
from gatehouse.usecases import describe
from gatehouse.usecases.connection_use import MOST_DAYS, USUAL_DAYS, connection_use
from gatehouse.usecases.end import revoke
from gatehouse.usecases.invite import invite
from gatehouse.usecases.preview import Preview, outgoing_preview, preview_of_offer
from gatehouse.usecases.regrant import regrant
from gatehouse.usecases.resend import resend

routes = Routes()
grant_routes = Routes()
_LIST = "connections"


@routes("POST /connections")
def invite_account(call: Call) -> Answer:
    administrator(call.principal, "invite accounts")
    invitation = bodies.read(bodies.InvitationBody, call.body()).invitation()
    bodies.check_sizes(call.ports.limits, invitation.scope)

    def view(made: tuple[Connection, Mailing]) -> views.Json:
        described = describe.Described(made[0], invitation.scope.organization_ids, made[1])
        return views.connection(described, call.ports.clock.now())

    return call.once(
        lambda keep: invite(call.ports, call.principal, invitation, keep), view, status=201
    )


@routes("GET /connections")
def list_connections(call: Call) -> Answer:
    state = call.chosen("state", State)
    page = describe.outgoing_page(call.ports, call.principal, state, call.after(_LIST), call.limit)
    now = call.ports.clock.now()
    return call.page(page, _LIST, lambda one: views.connection(one, now))


@routes("GET /connections/{connection_id}")
def show_connection(call: Call) -> Answer:
    found = describe.outgoing_one(call.ports, call.principal, call.path["connection_id"])
    return call.entity(views.connection(found, call.ports.clock.now()))


@routes("GET /connections/{connection_id}/usage")
def show_usage(call: Call) -> Answer:
    days = call.number("days", USUAL_DAYS, MOST_DAYS)
    found = connection_use(call.ports, call.principal, call.path["connection_id"], days)
    return json_answer(200, views.connection_use(found))


@routes("POST /connections/{connection_id}/resend")
def resend_invitation(call: Call) -> Answer:
    administrator(call.principal, "send invitations again")
    call.no_body()

    def view(made: tuple[Connection, Mailing]) -> views.Json:
        found = describe.describe(call.ports, made[0])
        described = describe.Described(made[0], found.organization_ids, made[1])
        return views.connection(described, call.ports.clock.now())

    connection_id = call.path["connection_id"]
    return call.once(lambda keep: resend(call.ports, call.principal, connection_id, keep), view)


@routes("POST /connections/{connection_id}/revoke")
def revoke_connection(call: Call) -> Answer:
    administrator(call.principal, "revoke connections")
    call.no_body()
    connection_id = call.path["connection_id"]
    return call.once(
        lambda keep: revoke(call.ports, call.principal, connection_id, keep), shown(call)
    )


@grant_routes("GET /connections/{connection_id}/grant")
def show_grant(call: Call) -> Answer:
    found = describe.granted(
        call.ports, call.principal, call.path["connection_id"], call.after("grant"), call.limit
    )
    return call.page(found.page, "grant", views.granted_organization, **views.grant(found))


@grant_routes("PUT /connections/{connection_id}/grant")
def replace_grant(call: Call) -> Answer:
    administrator(call.principal, "edit connections")
    body = bodies.read(bodies.GrantBody, call.body())
    if call.etag is None:
        raise EtagMissing(
            "Send If-Match with the etag of the connection you read, so that nobody's change is "
            "overwritten unseen."
        )
    terms = body.terms(call.etag)
    bodies.check_sizes(call.ports.limits, terms.scope)
    connection_id = call.path["connection_id"]
    return call.once(
        lambda keep: regrant(call.ports, call.principal, connection_id, terms, keep), shown(call)
    )


@grant_routes("POST /connections/preview")
def preview_invitation(call: Call) -> Answer:
    administrator(call.principal, "preview invitations")
    body = bodies.read(bodies.PreviewBody, call.body())
    bodies.check_sizes(call.ports.limits, body.scope)
    purpose = f"preview {body.maximum_role} {body.scope.parts}"
    found = preview_of_offer(
        call.ports,
        call.principal,
        body.maximum_role,
        body.scope,
        call.after(purpose),
        call.limit,
    )
    return previewed(call, purpose, found)


@grant_routes("GET /connections/{connection_id}/preview")
def preview_connection(call: Call) -> Answer:
    connection_id = call.path["connection_id"]
    purpose = f"preview {connection_id}"
    found = outgoing_preview(
        call.ports, call.principal, connection_id, call.after(purpose), call.limit
    )
    return previewed(call, purpose, found)


def previewed(call: Call, purpose: str, found: Preview) -> Answer:
    """Answer a preview, with the cursor of its next organizations."""
    after = found.organizations.after if found.organizations else None
    return json_answer(200, views.preview(found, call.cursor(purpose, after)))


def shown(call: Call) -> Callable[[Connection], views.Json]:
    """Return how a connection that was just changed is shown."""

    def view(connection: Connection) -> views.Json:
        return views.connection(describe.describe(call.ports, connection), call.ports.clock.now())

    return view
