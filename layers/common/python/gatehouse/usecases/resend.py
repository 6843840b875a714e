"""Send an invitation again: new links, the old ones dead at once."""

from gatehouse.domain.connection import Connection
from gatehouse.domain.errors import ConnectionLive, Refused
from gatehouse.domain.mailing import Mailing
from gatehouse.domain.principal import Principal, administrator
from gatehouse.usecases.changes import RequireAdministrator
from gatehouse.usecases.deliver import deliver
from gatehouse.usecases.lifecycle import (
    Step,
    changes_of,
    invitation_to,
    outgoing,
    pair_of,
    queued,
)
from gatehouse.usecases.ports import Ports
from gatehouse.usecases.racing import settled
from gatehouse.usecases.receipts import Keep


def resend(
    ports: Ports, principal: Principal, connection_id: str, keep: Keep
) -> tuple[Connection, Mailing]:
    """Make a pending or expired connection pending anew and mail the current Administrators."""
    person = administrator(principal, "send invitations again")

    def attempt() -> tuple[Connection, Mailing]:
        now = ports.clock.now()
        before = outgoing(ports, person.account_id, connection_id)
        pair = pair_of(ports, before)
        after = before.resend(ports.ids.new("mlg"), now)
        if pair is None or pair.connection_id != before.connection_id:
            raise ConnectionLive(
                f"A newer connection with {before.guest.name} took this one's place. "
                "Work with that one."
            )
        administrators = ports.store.users.administrators(before.guest.account_id)
        if not administrators:
            raise Refused(
                f"{before.guest.name} has no active Administrator who could accept. "
                "Ask them to set one up, then send again."
            )
        step = Step("resent", before, after, pair, person.actor, now, person.origin)
        mailing = invitation_to(after, administrators, now)
        ports.store.commit(
            *changes_of(ports, step),
            queued(mailing),
            RequireAdministrator(person.user),
            keep((after, mailing)),
        )
        return after, mailing

    connection, mailing = settled(attempt)
    return connection, deliver(ports, connection, mailing)
