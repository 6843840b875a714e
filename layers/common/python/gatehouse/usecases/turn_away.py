"""Turn somebody away at a host: where their company was let in once, say so, and tell the host."""

from dataclasses import replace

from gatehouse.domain.activity import Activity, Category, Outcome, Resource
from gatehouse.domain.connection import Connection
from gatehouse.domain.decision import Pair, Reason
from gatehouse.domain.errors import AccessEnded, NotFound
from gatehouse.domain.plain_text import one_line
from gatehouse.domain.principal import Person
from gatehouse.domain.roles import Role
from gatehouse.domain.wording import moment_in_words
from gatehouse.usecases.ports import Ports


def turned_away(ports: Ports, person: Person, pair: Pair | None) -> NotFound:
    """Return what somebody is told whom no active connection lets in.

    After the end of a connection that was accepted, the visit stands in the host's log as denied,
    once an hour for each person and connection. Whoever was never let in learns nothing and writes nothing: a
    stranger could otherwise fill any company's log.
    """
    connection = None
    if pair is not None and pair.accepted_at is not None:
        connection = ports.store.connections.get(pair.host_account_id, pair.connection_id)
    if connection is None:
        return NotFound("No account of this id lets you in.")
    _record(ports, person, connection)
    host, guest = one_line(connection.host.name), one_line(connection.guest.name)
    whom = (
        f"ask an Administrator of {host}"
        if person.user.role is Role.ADMINISTRATOR
        else f"ask an Administrator of {guest}"
    )
    ended = f" on {moment_in_words(connection.ended_at)}" if connection.ended_at else ""
    return AccessEnded(
        f"{host} let people of {guest} in through a connection that ended{ended}. If you still "
        f"need access, {whom}: {host} can invite {guest} again."
    )


def _record(ports: Ports, person: Person, connection: Connection) -> None:
    now, host_account_id = ports.clock.now(), connection.host.account_id
    visit = f"{connection.connection_id} {person.user.user_id}"
    if ports.store.accounts.attempt(host_account_id, visit, now, 1):
        return
    ports.store.log.record(
        (
            Activity(
                account_id=host_account_id,
                activity_id=ports.ids.new("act"),
                time=now,
                category=Category.ACTIVITY,
                action="organizations.listed",
                outcome=Outcome.DENIED,
                reason=Reason.CONNECTION_NOT_ACTIVE.value,
                # As in a decision: roles are their company's own again.
                actor=replace(person.actor, own_role=None, effective_role=None),
                connection_id=connection.connection_id,
                guest_account_id=person.account_id,
                resource=Resource("account", host_account_id),
                ip_address=person.origin.ip_address,
                user_agent=person.origin.user_agent,
            ),
        )
    )
