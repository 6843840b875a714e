"""A host reads and replaces what a connection grants, to all and to single people."""

from typing import Any

from gatehouse import wiring
from gatehouse.http.application import Application
from gatehouse.http.routes import rules
from gatehouse.http.routes.connections import grant_routes

application = Application(grant_routes, rules.routes)


def handler(event: dict[str, Any], _: object) -> dict[str, Any]:
    """Answer one request of the gateway (payload format 2.0)."""
    return application.handle(event, wiring.ports())
