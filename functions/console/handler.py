"""People run their account on pages."""

from typing import Any

from gatehouse import wiring
from gatehouse.http.application import Application
from gatehouse.http.routes.console.every_page import EVERY_PAGE
from gatehouse.http.routes.console.visit import refused

application = Application(*EVERY_PAGE, refused=refused)


def handler(event: dict[str, Any], _: object) -> dict[str, Any]:
    """Answer one request of the gateway (payload format 2.0)."""
    return application.handle(event, wiring.ports())
