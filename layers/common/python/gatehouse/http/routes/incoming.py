"""What a guest does with the connections that let it in."""

from gatehouse.domain.connection import State
from gatehouse.domain.moments import to_text
from gatehouse.domain.principal import administrator
from gatehouse.http import bodies, views
from gatehouse.http.answers import Answer, Routes
from gatehouse.http.call import Call
from gatehouse.http.routes.activities import span
from gatehouse.http.routes.connections import previewed, shown
from gatehouse.usecases import block, describe
from gatehouse.usecases.answer import ById, accept, decline, may_answer
from gatehouse.usecases.end import leave
from gatehouse.usecases.preview import incoming_preview
from gatehouse.usecases.read_log import own_people_there

routes = Routes()
_LIST = "incoming-connections"
_BLOCKED = "blocked-hosts"


@routes("GET /incoming-connections")
def list_incoming(call: Call) -> Answer:
    state = call.chosen("state", State)
    page = describe.incoming_page(call.ports, call.principal, state, call.after(_LIST), call.limit)
    now = call.ports.clock.now()
    return call.page(page, _LIST, lambda one: views.connection(one, now))


@routes("GET /incoming-connections/{connection_id}")
def show_incoming(call: Call) -> Answer:
    found = describe.incoming_one(call.ports, call.principal, call.path["connection_id"])
    return call.entity(views.connection(found, call.ports.clock.now()))


@routes("POST /incoming-connections/{connection_id}/accept")
def accept_incoming(call: Call) -> Answer:
    pointer = ById(call.path["connection_id"])
    may_answer(call.ports, call.principal, pointer)
    call.no_body()
    return call.once(
        lambda keep: accept(call.ports, call.principal, pointer, call.etag, keep), shown(call)
    )


@routes("POST /incoming-connections/{connection_id}/decline")
def decline_incoming(call: Call) -> Answer:
    pointer = ById(call.path["connection_id"])
    may_answer(call.ports, call.principal, pointer)
    body = call.body() if call.text.strip() else {}
    reason = bodies.read(bodies.DeclineBody, body).reason
    return call.once(
        lambda keep: decline(call.ports, call.principal, pointer, call.etag, reason, keep),
        shown(call),
    )


@routes("POST /incoming-connections/{connection_id}/leave")
def leave_incoming(call: Call) -> Answer:
    administrator(call.principal, "leave connections")
    call.no_body()
    connection_id = call.path["connection_id"]
    return call.once(
        lambda keep: leave(call.ports, call.principal, connection_id, keep), shown(call)
    )


@routes("GET /incoming-connections/{connection_id}/preview")
def preview_incoming(call: Call) -> Answer:
    connection_id = call.path["connection_id"]
    purpose = f"preview {connection_id}"
    found = incoming_preview(
        call.ports, call.principal, connection_id, call.after(purpose), call.limit
    )
    return previewed(call, purpose, found)


@routes("GET /incoming-connections/{connection_id}/activities")
def list_own_activities(call: Call) -> Answer:
    connection_id = call.path["connection_id"]
    purpose = f"activities {connection_id}"
    page = own_people_there(
        call.ports, call.principal, connection_id, span(call), call.after(purpose), call.limit
    )
    return call.page(page, purpose, views.activity, scanned_to=to_text(page.scanned_to))


# ---- hosts that are not to invite again


@routes("GET /blocked-hosts")
def list_blocked(call: Call) -> Answer:
    page = block.blocked_page(call.ports, call.principal, call.after(_BLOCKED), call.limit)
    return call.page(page, _BLOCKED, views.blocked)


@routes("PUT /blocked-hosts/{account_id}")
def block_host(call: Call) -> Answer:
    administrator(call.principal, "block hosts")
    call.no_body()
    host = call.path["account_id"]
    return call.once(
        lambda keep: block.block(call.ports, call.principal, host, keep), views.blocked
    )


@routes("DELETE /blocked-hosts/{account_id}")
def unblock_host(call: Call) -> Answer:
    administrator(call.principal, "unblock hosts")
    call.no_body()
    host = call.path["account_id"]
    return call.once(
        lambda keep: block.unblock(call.ports, call.principal, host, keep), views.nothing, 204
    )
