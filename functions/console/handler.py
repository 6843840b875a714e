"""People run their account on pages."""

from typing import Any

from gatehouse import wiring
from gatehouse.http.application import Application
from gatehouse.http.routes.console import (
    accounts,
    api_keys,
    blocking,
    connections,
    denied_types,
    drafts,
    exports,
    group_steps,
    groups,
    hosts,
    key_steps,
    log,
    many_users,
    mappings,
    organization_steps,
    organizations,
    overview,
    plan,
    rules,
    sending,
    settings,
    user_steps,
    users,
    why,
)
from gatehouse.http.routes.console.visit import refused

application = Application(
    overview.pages,
    connections.pages,
    rules.pages,
    drafts.pages,
    sending.pages,
    users.pages,
    user_steps.pages,
    many_users.pages,
    groups.pages,
    group_steps.pages,
    denied_types.pages,
    organizations.pages,
    organization_steps.pages,
    settings.pages,
    mappings.pages,
    plan.pages,
    api_keys.pages,
    key_steps.pages,
    exports.pages,
    accounts.pages,
    hosts.pages,
    blocking.pages,
    log.pages,
    why.pages,
    refused=refused,
)


def handler(event: dict[str, Any], _: object) -> dict[str, Any]:
    """Answer one request of the gateway (payload format 2.0)."""
    return application.handle(event, wiring.ports())
