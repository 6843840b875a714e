"""Delete an organization, and say so on each side of the connections that named it."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Final

from gatehouse.domain.activity import SYSTEM
from gatehouse.domain.directory import Organization
from gatehouse.domain.errors import NotFound
from gatehouse.domain.grant import Holder, via_of
from gatehouse.domain.principal import Application, Origin, Principal
from gatehouse.usecases.changes import Change, Remove, Told
from gatehouse.usecases.lifecycle import Step, changes_of, pair_of
from gatehouse.usecases.organizations import organizations_writer, resource_of
from gatehouse.usecases.ports import Ports
from gatehouse.usecases.racing import settled
from gatehouse.usecases.receipts import Keep
from gatehouse.usecases.writers import check_etag

_AN_APPLICATION: Final = "An application"
_AT_ONCE: Final = 20
"""How many connections are told within one transaction (four items each)."""


def remove_organization(
    ports: Ports, principal: Principal, organization_id: str, etag: str | None, keep: Keep
) -> None:
    """Delete an organization: nobody reaches it from that write on; traces are tidied after.

    Connections that named it are told in the same transaction, where they are more than fit in
    further ones; the sweep goes on where that stops.
    """
    who = organizations_writer(principal, "delete organizations")
    account_id = who.account_id

    def attempt() -> None:
        old = ports.store.directory.organization(account_id, organization_id)
        if old is None:
            if ports.store.directory.unfinished_removal(account_id, organization_id):
                ports.store.commit(keep(None))
                return
            raise NotFound(f"Your account has no organization {organization_id}.")
        check_etag(etag, old.version)
        losing = sorted(_losing(ports, old))
        ports.store.commit(
            Remove(old, untold=frozenset(losing[_AT_ONCE:])),
            *_told(ports, account_id, organization_id, losing[:_AT_ONCE], principal),
            who.still(),
            who.entry(
                ports, "organization.deleted", resource_of(old), organization_id=organization_id
            ),
            keep(None),
        )

    settled(attempt)
    tell_connections(ports, account_id, organization_id, principal)
    ports.store.directory.tidy_removal(account_id, organization_id)


def tell_connections(
    ports: Ports, account_id: str, organization_id: str, by: Principal | None
) -> None:
    """Tell the connections that did not fit into the deletion; repeating goes on."""

    def attempt() -> bool:
        untold = sorted(ports.store.directory.untold(account_id, organization_id))[:_AT_ONCE]
        if untold:
            ports.store.commit(
                *_told(ports, account_id, organization_id, untold, by),
                Told(account_id, organization_id, frozenset(untold)),
            )
        return bool(untold)

    while settled(attempt):
        pass


def _losing(ports: Ports, old: Organization) -> set[str]:
    """Return the live connections whose grant or rules named the organization.

    One with all organizations follows the host's list as it grows and shrinks: its grant is what
    it was.
    """
    now = ports.clock.now()
    pairs = [pair for pair in ports.store.connections.pairs(old.account_id) if pair.is_live_at(now)]
    rules = ports.store.connections.rules(pair for pair in pairs if pair.is_active).values()
    return {pair.connection_id for pair in pairs if _names(pair, old)} | {
        rule.connection_id for rule in rules if _names(rule, old)
    }


def _told(
    ports: Ports,
    account_id: str,
    organization_id: str,
    connection_ids: Iterable[str],
    by: Principal | None,
) -> Iterator[Change]:
    """Return the steps of these connections; guests learn the id that a grant named, no name."""
    actor, now = by.actor if by else SYSTEM, ports.clock.now()
    # What a host's applications are called is its own business.
    shown = replace(actor, name=_AN_APPLICATION, api_key_id=None)
    for connection_id in connection_ids:
        before = ports.store.connections.get(account_id, connection_id)
        if before is None or not before.is_live_at(now):
            continue
        step = Step(
            "edited",
            before,
            before.without_organization(),
            pair_of(ports, before),
            shown if isinstance(by, Application) else actor,
            now,
            by.origin if by else Origin(),
            seen_by_host=actor,
            changed={"organization_ids": ([organization_id], [])},
        )
        yield from changes_of(ports, step)


def _names(holder: Holder, organization: Organization) -> bool:
    """Say whether a grant reaches the organization by its id or through a group."""
    return any(way != "all" for way in via_of(holder, organization))
