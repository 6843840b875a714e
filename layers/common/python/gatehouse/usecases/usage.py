"""Who of a guest was in, and when last: the recent part of the host's log, by person."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from gatehouse.domain.activity import Activity, Category, Outcome
from gatehouse.domain.connection import Connection
from gatehouse.domain.principal import Principal, administrator
from gatehouse.domain.roles import Role
from gatehouse.usecases.ports import Ports
from gatehouse.usecases.stored import LogQuery

SPAN: Final = timedelta(days=30)
_READ: Final = 200
"""How many of the newest entries are looked at."""
_LOOKS: Final = 5
"""How often a list reads on in logs, if its connections are all of one host."""


@dataclass(frozen=True, slots=True)
class Use:
    """What one person did there lately."""

    user_id: str
    name: str
    effective_role: Role | None
    last: datetime
    allowed: int
    denied: int


@dataclass(frozen=True, slots=True)
class Usage:
    """Who was in, the latest first; ``since`` is set where more was recorded than was read."""

    people: tuple[Use, ...]
    since: datetime | None = None


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
            user_id, entry.actor.called, entry.actor.effective_role, entry.time, 0, 0
        )
        denied = entry.outcome is Outcome.DENIED
        found[user_id] = replace(
            known,
            # A refusal that came before any role was looked at has none.
            effective_role=known.effective_role or entry.actor.effective_role,
            allowed=known.allowed + (not denied),
            denied=known.denied + denied,
        )
    return Usage(tuple(found.values()), page.scanned_to if page.after else None)


@dataclass(frozen=True, slots=True)
class LastUse:
    """When somebody of a guest last got in; if never, since when that is known."""

    at: datetime | None
    not_since: datetime


def last_uses(
    ports: Ports, principal: Principal, connections: Iterable[Connection], now: datetime
) -> Mapping[str, LastUse]:
    """Return when connections of one's own were last used, of those that lately could be.

    The newest entries of each host's log are looked at, 200 a look, until all of its connections
    are found or the looks are used up: one a host, or five where all connections have one host,
    which is a host's own list. What was asked and denied is no use.
    """
    person = administrator(principal, "see when connections were last used")
    by_host: dict[str, list[Connection]] = {}
    for one in connections:
        if one.accepted_at is not None and (one.ended_at is None or one.ended_at > now - SPAN):
            by_host.setdefault(one.host.account_id, []).append(one)
    found: dict[str, LastUse] = {}
    for host_account_id, lent in by_host.items():
        mine = [one for one in lent if person.account_id in {host_account_id, one.guest.account_id}]
        looks = max(1, _LOOKS // len(by_host))
        found |= _last_uses(ports, host_account_id, mine, looks, now)
    return found


def _last_uses(
    ports: Ports,
    host_account_id: str,
    connections: Sequence[Connection],
    looks: int,
    now: datetime,
) -> dict[str, LastUse]:
    # Nobody got in before the guest accepted.
    begun = {one.connection_id: max(one.accepted_at or now, now - SPAN) for one in connections}
    guests = {one.connection_id: one.guest.account_id for one in connections}
    used: dict[str, datetime] = {}
    after: str | None = None
    looked_to = now
    for _ in range(looks):
        first = min((begun[id_] for id_ in begun.keys() - used.keys()), default=None)
        if first is None or first >= looked_to:
            break
        page = ports.store.log.page(
            host_account_id, LogQuery(since=first, until=now), after, _READ - 1
        )
        for entry in page.items:
            if _is_use(entry, guests):
                used.setdefault(entry.connection_id or "", entry.time)
        after = page.after
        looked_to = page.items[-1].time if after and page.items else first
    return {id_: LastUse(used.get(id_), max(since, looked_to)) for id_, since in begun.items()}


def _is_use(entry: Activity, guests: Mapping[str, str]) -> bool:
    return (
        guests.get(entry.connection_id or "", "") == entry.actor.home_account_id
        and entry.category in {Category.DECISION, Category.ACTIVITY}
        and entry.outcome not in {Outcome.DENIED, Outcome.FAILED}
    )
