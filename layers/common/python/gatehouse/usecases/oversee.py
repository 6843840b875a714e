"""Oversee one's own people in a host: who of them was in, lately."""

from dataclasses import replace
from typing import Final

from gatehouse.domain.activity import Outcome
from gatehouse.domain.principal import Principal
from gatehouse.usecases.ports import Ports
from gatehouse.usecases.read_log import own_people_there
from gatehouse.usecases.usage import SPAN, Usage, Use

_READ: Final = 200


def own_usage(ports: Ports, principal: Principal, connection_id: str) -> Usage:
    """Return who of the guest's people used a connection in the last 30 days."""
    now = ports.clock.now()
    page = own_people_there(ports, principal, connection_id, (now - SPAN, now), None, _READ)
    found: dict[str, Use] = {}
    for entry in page.items:
        user_id = entry.actor.user_id
        if user_id is None or entry.outcome is Outcome.DONE:
            continue  # a step of the connection itself
        known = found.get(user_id) or Use(
            user_id, entry.actor.called, entry.actor.effective_role, entry.time, 0, 0
        )
        denied = entry.outcome is Outcome.DENIED
        found[user_id] = replace(
            known, allowed=known.allowed + (not denied), denied=known.denied + denied
        )
    return Usage(tuple(found.values()), page.scanned_to if page.after else None)
