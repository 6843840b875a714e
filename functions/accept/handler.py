"""A guest reads what it is offered, accepts or declines, and leaves."""

from typing import Any

from gatehouse import wiring
from gatehouse.http.application import Application
from gatehouse.http.routes import incoming, invitations

application = Application(invitations.routes, incoming.routes)


def handler(event: dict[str, Any], _: object) -> dict[str, Any]:
    """Answer one request of the gateway (payload format 2.0)."""
    return application.handle(event, wiring.ports())
