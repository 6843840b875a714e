"""An application asks whether somebody may do something."""

from typing import Any

from gatehouse import wiring
from gatehouse.http.application import Application
from gatehouse.http.routes.access import routes

application = Application(routes)
wiring.prime()


def handler(event: dict[str, Any], _: object) -> dict[str, Any]:
    """Answer one request of the gateway (payload format 2.0)."""
    return application.handle(event, wiring.ports())
