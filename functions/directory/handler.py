"""The account area: users, groups, organizations, API keys, settings, exports."""

from typing import Any

from gatehouse import wiring
from gatehouse.http.application import Application
from gatehouse.http.routes import api_keys, directory, exports, sessions, user_invitations

application = Application(
    directory.routes,
    api_keys.routes,
    exports.routes,
    sessions.user_routes,
    user_invitations.api_routes,
)


def handler(event: dict[str, Any], _: object) -> dict[str, Any]:
    """Answer one request of the gateway (payload format 2.0)."""
    return application.handle(event, wiring.ports())
