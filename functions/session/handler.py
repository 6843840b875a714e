"""People sign in and out, and see where they may go and where they are signed in."""

from typing import Any

from gatehouse import wiring
from gatehouse.http.application import Application
from gatehouse.http.routes import session, sessions, user_invitations
from gatehouse.http.routes.console import sessions as pages
from gatehouse.http.routes.console.visit import refused_page_or_problem

application = Application(
    session.routes,
    sessions.own_routes,
    user_invitations.page_routes,
    pages.pages,
    refused=refused_page_or_problem,
)


def handler(event: dict[str, Any], _: object) -> dict[str, Any]:
    """Answer one request of the gateway (payload format 2.0)."""
    return application.handle(event, wiring.ports())
