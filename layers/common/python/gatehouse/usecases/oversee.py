"""Oversee one's own people in a host: who of them was in, lately."""

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
        if entry.actor.user_id is None or entry.outcome is Outcome.DONE:
            continue  # a step of the connection itself
        first = Use(entry.actor.name, entry.actor.effective_role, entry.time, 0, 0)
        known = found.get(entry.actor.user_id, first)
        denied = entry.outcome is Outcome.DENIED
        found[entry.actor.user_id] = Use(
            known.name,
            known.effective_role,
            known.last,
            known.allowed + (not denied),
            known.denied + denied,
        )
    return Usage(tuple(found.values()), page.after is None)
