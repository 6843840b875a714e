"""Send an invitation again: new links, the old ones dead at once."""

from dataclasses import replace

from gatehouse.domain.connection import Connection
from gatehouse.domain.decision import Pair
from gatehouse.domain.errors import ConnectionLive, Refused
from gatehouse.domain.grant import GrantState
from gatehouse.domain.mailing import Mailing
from gatehouse.domain.principal import Principal, administrator
from gatehouse.usecases.changes import Change, RequireAdministrator, RequireRemovals, RequireWelcome
from gatehouse.usecases.deliver import deliver
from gatehouse.usecases.hand_over import queued
from gatehouse.usecases.invite import unwelcome
from gatehouse.usecases.lifecycle import (
    Step,
    changes_of,
    invitation_to,
    outgoing,
    pair_of,
)
from gatehouse.usecases.ports import Ports
from gatehouse.usecases.racing import settled
from gatehouse.usecases.receipts import Keep
from gatehouse.usecases.scope import prepare_grant, retire_grant, scope_of


def resend(
    ports: Ports, principal: Principal, connection_id: str, keep: Keep
) -> tuple[Connection, Mailing]:
    """Make a pending or expired connection pending anew and mail the current Administrators."""
    person = administrator(principal, "send invitations again")

    def attempt() -> tuple[Connection, Mailing]:
        now = ports.clock.now()
        removals = ports.store.accounts.removals(person.account_id)
        before = outgoing(ports, person.account_id, connection_id)
        pair = pair_of(ports, before)
        after = before.resend(ports.ids.new("mlg"), now)
        takeover: list[Change] = []
        if pair is not None and pair.connection_id != before.connection_id:
            if pair.is_live_at(now):
                raise ConnectionLive(
                    f"A newer connection with {before.guest.name} took this one's place. "
                    "Work with that one."
                )
            after, takeover = _instead_of(ports, pair, after)
        guest_id = before.guest.account_id
        blocked = Refused(unwelcome(before.guest))
        if ports.store.connections.blocked(guest_id, person.account_id):
            raise blocked
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
            *takeover,
            # Its groups are a live connection's once more: RequireNamings has to see that.
            RequireRemovals(person.account_id, removals, names=bool(after.group_ids)),
            queued(mailing),
            RequireAdministrator(person.user),
            RequireWelcome(guest_id, person.account_id, blocked),
            keep((after, mailing)),
        )
        return after, mailing

    connection, mailing = settled(attempt)
    return connection, deliver(ports, connection, mailing)


def _instead_of(
    ports: Ports, pair: Pair, connection: Connection
) -> tuple[Connection, list[Change]]:
    """Give a connection the place of a newer one that is over, and its own grant again.

    The newer one's invitation had ended this one's direct organizations: they are written anew.
    """
    account_id = connection.host.account_id
    organization_ids = scope_of(ports, account_id, connection.grant_id)
    grant_id, switch = prepare_grant(ports, account_id, connection.connection_id, organization_ids)
    return replace(connection, grant_id=grant_id), [
        *switch,
        *retire_grant(ports, account_id, pair.grant_id, GrantState.ENDED),
    ]
