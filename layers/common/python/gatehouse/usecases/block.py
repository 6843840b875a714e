"""Take no more invitations from a host: the answer to one that keeps writing.

Nothing that exists changes: a connection that is live stays until somebody declines or leaves.
"""

from gatehouse.domain.activity import Resource
from gatehouse.domain.blocking import Blocked
from gatehouse.domain.errors import NotFound
from gatehouse.domain.pages import Page
from gatehouse.domain.principal import Principal, administrator
from gatehouse.usecases.changes import KeepOut, LetIn, RequireAdministrator
from gatehouse.usecases.entries import done
from gatehouse.usecases.ports import Ports
from gatehouse.usecases.racing import settled
from gatehouse.usecases.receipts import Keep


def blocked_page(
    ports: Ports, principal: Principal, after: str | None, limit: int
) -> Page[Blocked]:
    """Return the hosts that the caller's account takes no invitations from."""
    person = administrator(principal, "list blocked hosts")
    return ports.store.connections.blocked_page(person.account_id, after, limit)


def blocked_host(ports: Ports, principal: Principal, host_account_id: str) -> Blocked | None:
    """Return a host that the caller's account takes no invitations from; None if it does."""
    person = administrator(principal, "see blocked hosts")
    return ports.store.connections.blocked(person.account_id, host_account_id)


def block(ports: Ports, principal: Principal, host_account_id: str, keep: Keep) -> Blocked:
    """Take no more invitations from a host that has invited the caller's account before."""
    person = administrator(principal, "block hosts")

    def attempt() -> Blocked:
        known = ports.store.connections.blocked(person.account_id, host_account_id)
        if known is not None:
            ports.store.commit(keep(known))
            return known
        # Who never invited this account is none of its business, be there such an account or not.
        pair = ports.store.connections.pair(host_account_id, person.account_id)
        host = ports.store.accounts.get(host_account_id) if pair else None
        if host is None:
            raise NotFound(f"No account {host_account_id} has ever invited yours.")
        blocked = Blocked(person.account_id, host.named, person.named, ports.clock.now())
        ports.store.commit(
            KeepOut(blocked),
            RequireAdministrator(person.user),
            done(ports, person, "host.blocked", _host(blocked)),
            keep(blocked),
        )
        return blocked

    return settled(attempt)


def unblock(ports: Ports, principal: Principal, host_account_id: str, keep: Keep) -> None:
    """Take invitations from a blocked host again."""
    person = administrator(principal, "unblock hosts")

    def attempt() -> None:
        blocked = ports.store.connections.blocked(person.account_id, host_account_id)
        if blocked is None:
            raise NotFound(f"Your account blocks no host {host_account_id}.")
        ports.store.commit(
            LetIn(blocked),
            RequireAdministrator(person.user),
            done(ports, person, "host.unblocked", _host(blocked)),
            keep(None),
        )

    settled(attempt)


def _host(blocked: Blocked) -> Resource:
    return Resource("account", blocked.host.account_id, blocked.host.name)
