"""Who of a guest was in, and when last: the recent part of the host's log, by person."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from gatehouse.domain.activity import Category, Outcome
from gatehouse.domain.connection import Connection
from gatehouse.domain.principal import Principal, administrator
from gatehouse.domain.roles import Role
from gatehouse.usecases.ports import Ports
from gatehouse.usecases.stored import LogQuery

SPAN: Final = timedelta(days=30)
_READ: Final = 200
"""How many of the newest entries are looked at."""


@dataclass(frozen=True, slots=True)
class Use:
    """What one person did there lately."""

    name: str
    effective_role: Role | None
    last: datetime
    allowed: int
    denied: int


@dataclass(frozen=True, slots=True)
class Usage:
    """Who was in, the latest first; ``whole`` unless there were more entries than were read."""

    people: tuple[Use, ...]
    whole: bool


def usage(ports: Ports, principal: Principal, connection: Connection) -> Usage:
    """Return who used a connection of the host in the last 30 days."""
    person = administrator(principal, "see who used a connection")
    now = ports.clock.now()
    query = LogQuery(since=now - SPAN, until=now, connection_id=connection.connection_id)
    page = ports.store.log.page(person.account_id, query, None, _READ)
    found: dict[str, Use] = {}
    for entry in page.items:
        user_id = entry.actor.user_id
        if entry.category is Category.CONNECTION or user_id is None:
            continue
        if entry.actor.home_account_id != connection.guest.account_id:
            continue
        known = found.get(user_id) or Use(
            entry.actor.name, entry.actor.effective_role, entry.time, 0, 0
        )
        denied = entry.outcome is Outcome.DENIED
        found[user_id] = Use(
            known.name,
            known.effective_role,
            known.last,
            known.allowed + (not denied),
            known.denied + denied,
        )
    return Usage(tuple(found.values()), page.after is None)
