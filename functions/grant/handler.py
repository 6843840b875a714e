"""A host reads and replaces what connections grant, and sees what deleting would take away."""

from typing import Any

from gatehouse import wiring
from gatehouse.http.application import Application
from gatehouse.http.routes import losing, rules
from gatehouse.http.routes.connections import grant_routes

application = Application(grant_routes, rules.routes, losing.routes)


def handler(event: dict[str, Any], _: object) -> dict[str, Any]:
    """Answer one request of the gateway (payload format 2.0)."""
    return application.handle(event, wiring.ports())
