"""Hosts whose invitations one's company takes no more: blocking one, the list, letting in again."""

from typing import Final

from gatehouse.domain.plain_text import one_line
from gatehouse.http.answers import Answer
from gatehouse.http.routes.console.forms import SHOWN
from gatehouse.http.routes.console.visit import Pages, Visit
from gatehouse.usecases import block as blocking
from gatehouse.usecases import describe

pages = Pages()
_HERE: Final = "/console/blocked"


@pages.at("GET /console/blocked")
def list_blocked(visit: Visit) -> Answer:
    page = blocking.blocked_page(visit.ports, visit.person, visit.call.after(_HERE), SHOWN)
    return visit.page(
        "blocked",
        blocked=page.items,
        key=visit.ports.ids.new("frm"),
        next=visit.more(_HERE, page.after),
        later="cursor" in visit.query,
    )


@pages.at("POST /console/blocked")
def unblock_host(visit: Visit) -> Answer:
    host_account_id = visit.form.get("host_account_id", "")
    known = blocking.blocked_host(visit.ports, visit.person, host_account_id)
    visit.once(
        f"{visit.form.get('key', '')[:100]}.{host_account_id}"[:255],
        lambda keep: blocking.unblock(visit.ports, visit.person, host_account_id, keep),
        lambda _: {},
    )
    name = one_line(known.host.name) if known else "That company"
    return visit.go(_HERE, f"{name} can invite you again.")


def ask_to_block(visit: Visit) -> Answer:
    """Say what blocking the host of a connection means."""
    found = describe.incoming_one(visit.ports, visit.person, visit.path["connection_id"])
    connection = found.connection
    return visit.page(
        "host-block",
        host={"name": connection.host.name, "subdomain": connection.host.subdomain},
        here=f"/console/hosts/{connection.connection_id}",
        state=connection.state_at(visit.ports.clock.now()).value,
        blocked=is_blocked(visit, connection.host.account_id),
        key=visit.ports.ids.new("frm"),
    )


def block_host(visit: Visit) -> Answer:
    found = describe.incoming_one(visit.ports, visit.person, visit.path["connection_id"])
    host = found.connection.host
    visit.once(
        visit.form.get("key", ""),
        lambda keep: blocking.block(visit.ports, visit.person, host.account_id, keep),
        lambda _: {},
    )
    return visit.go(
        f"/console/hosts/{found.connection.connection_id}",
        f"Blocked: {one_line(host.name)} cannot invite you any more.",
    )


def is_blocked(visit: Visit, host_account_id: str) -> bool:
    """Say whether one's company takes invitations from a host no more."""
    return blocking.blocked_host(visit.ports, visit.person, host_account_id) is not None
