"""End a connection: the host revokes it, or the guest leaves. Access ends with the write."""

from gatehouse.domain.connection import Connection
from gatehouse.domain.grant import GrantState
from gatehouse.domain.mailing import MailKind
from gatehouse.domain.principal import Person, Principal, administrator
from gatehouse.usecases.changes import RequireAdministrator
from gatehouse.usecases.deliver import deliver
from gatehouse.usecases.hand_over import queued
from gatehouse.usecases.lifecycle import (
    Step,
    changes_of,
    incoming,
    notice_of,
    outgoing,
    pair_of,
)
from gatehouse.usecases.ports import Ports
from gatehouse.usecases.racing import settled
from gatehouse.usecases.receipts import Keep
from gatehouse.usecases.scope import retire_grant


def revoke(ports: Ports, principal: Principal, connection_id: str, keep: Keep) -> Connection:
    """End a pending or active connection from the host's side."""
    person = administrator(principal, "revoke connections")

    def attempt() -> Connection:
        before = outgoing(ports, person.account_id, connection_id)
        now = ports.clock.now()
        after = before.revoke(person.named, now)
        step = Step(
            "revoked", before, after, pair_of(ports, before), person.actor, now, person.origin
        )
        return _end(ports, person, step, keep)

    return settled(attempt)


def leave(ports: Ports, principal: Principal, connection_id: str, keep: Keep) -> Connection:
    """End an active connection from the guest's side."""
    person = administrator(principal, "leave connections")

    def attempt() -> Connection:
        before = incoming(ports, person.account_id, connection_id)
        now = ports.clock.now()
        after = before.leave(person.named, now)
        rule = ports.store.connections.rule(before.host.account_id, person.user.user_id)
        step = Step(
            "left",
            before,
            after,
            pair_of(ports, before),
            person.actor,
            now,
            person.origin,
            rule=rule if rule and rule.connection_id == connection_id else None,
        )
        return _end(ports, person, step, keep)

    return settled(attempt)


def _end(ports: Ports, person: Person, step: Step, keep: Keep) -> Connection:
    after = step.after
    notice = notice_of(ports, MailKind.ENDED, after, step)
    ports.store.commit(
        *changes_of(ports, step),
        *retire_grant(ports, after.host.account_id, after.grant_id, GrantState.ENDED),
        RequireAdministrator(person.user),
        queued(notice),
        keep(after),
    )
    deliver(ports, after, notice)
    return after
