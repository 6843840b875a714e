"""Read connections as people and programs see them: with scope, recipients and deliveries."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Final

from gatehouse.domain.api_key import ApiScope
from gatehouse.domain.connection import Connection, State
from gatehouse.domain.decision import Pair
from gatehouse.domain.directory import Organization
from gatehouse.domain.grant import via_of
from gatehouse.domain.mailing import Mailing
from gatehouse.domain.pages import Page
from gatehouse.domain.principal import Principal, administrator, administrator_or_scope
from gatehouse.usecases.lifecycle import incoming, outgoing, pair_of
from gatehouse.usecases.ports import Ports
from gatehouse.usecases.scope import scope_of

_SCANNED: Final = 1_000
"""How many connections one page may read while looking for a state."""


@dataclass(frozen=True, slots=True)
class Described:
    """A connection with its direct organizations and its current invitation."""

    connection: Connection
    organization_ids: frozenset[str]
    mailing: Mailing | None


def describe(ports: Ports, connection: Connection) -> Described:
    """Add to one connection what stands beside it."""
    return described(ports, [connection])[0]


def outgoing_one(ports: Ports, principal: Principal, connection_id: str) -> Described:
    """Return a connection of the host."""
    administrator_or_scope(principal, ApiScope.CONNECTIONS_READ, "see connections")
    return describe(ports, outgoing(ports, principal.account_id, connection_id))


def outgoing_page(
    ports: Ports, principal: Principal, state: State | None, after: str | None, limit: int
) -> Page[Described]:
    """Return the host's connections, newest first, in one state or in all."""
    administrator_or_scope(principal, ApiScope.CONNECTIONS_READ, "see connections")
    account_id = principal.account_id
    page = _in_state(
        lambda position, size: ports.store.connections.page(account_id, position, size),
        state,
        ports.clock.now(),
        after,
        limit,
    )
    return Page(tuple(described(ports, page.items)), page.after)


def incoming_one(ports: Ports, principal: Principal, connection_id: str) -> Described:
    """Return a connection that lets the caller's account in."""
    person = administrator(principal, "see incoming connections")
    return describe(ports, incoming(ports, person.account_id, connection_id))


def incoming_page(
    ports: Ports, principal: Principal, state: State | None, after: str | None, limit: int
) -> Page[Described]:
    """Return the connections that let the caller's account in, newest first."""
    person = administrator(principal, "see incoming connections")
    page = _in_state(
        lambda position, size: ports.store.connections.incoming_page(
            person.account_id, position, size
        ),
        state,
        ports.clock.now(),
        after,
        limit,
    )
    return Page(tuple(described(ports, page.items)), page.after)


def successor(ports: Ports, connection: Connection) -> Pair | None:
    """Return what two accounts have instead of a connection that is over; None if nothing."""
    pair = pair_of(ports, connection)
    if pair is None or pair.connection_id == connection.connection_id:
        return None
    return pair if pair.is_live_at(ports.clock.now()) else None


@dataclass(frozen=True, slots=True)
class Granted:
    """A connection's grant, and one page of the organizations it reaches, with what through."""

    connection: Connection
    organization_ids: frozenset[str]
    page: Page[tuple[Organization, tuple[str, ...]]]


def granted(
    ports: Ports, principal: Principal, connection_id: str, after: str | None, limit: int
) -> Granted:
    """Return what a connection grants, organization by organization."""
    person = administrator(principal, "see grants")
    connection = outgoing(ports, person.account_id, connection_id)
    page = ports.store.directory.reach_page(person.account_id, connection, after, limit)
    items = tuple((organization, via_of(connection, organization)) for organization in page.items)
    return Granted(
        connection,
        scope_of(ports, person.account_id, connection.grant_id),
        Page(items, page.after),
    )


def _in_state(
    read: Callable[[str | None, int], Page[Connection]],
    state: State | None,
    now: datetime,
    after: str | None,
    limit: int,
) -> Page[Connection]:
    found: list[Connection] = []
    scanned = 0
    while True:
        page = read(after, limit)
        scanned += len(page.items)
        matching = (c for c in page.items if state is None or c.state_at(now) is state)
        found.extend(islice(matching, limit - len(found)))
        if len(found) == limit and page.items and page.items[-1] is not found[-1]:
            return Page(tuple(found), found[-1].connection_id)
        after = page.after
        if after is None or len(found) == limit or scanned >= _SCANNED:
            return Page(tuple(found), after)


def described(ports: Ports, connections: Sequence[Connection]) -> list[Described]:
    """Add to connections what stands beside them."""
    grants = ports.store.grants.many(
        {(c.host.account_id, c.grant_id) for c in connections if c.grant_id is not None}
    )
    mailings = ports.store.mailings.many(
        (c.host.account_id, c.connection_id, c.mailing_id) for c in connections
    )
    return [
        Described(
            connection,
            grant.organization_ids
            if (grant := grants.get(connection.grant_id or "")) is not None
            else frozenset(),
            mailings.get(connection.mailing_id),
        )
        for connection in connections
    ]
