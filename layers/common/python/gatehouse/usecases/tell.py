"""Tell what entries of a log are about: the names of what they hold by id.

Each name is read once for a page of entries, and only as far as the reader may know it.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Final

from gatehouse.domain.activity import Activity, Category
from gatehouse.domain.connection import Connection, State
from gatehouse.domain.directory import Organization
from gatehouse.domain.grant import Holder, via_of
from gatehouse.domain.ids import is_id
from gatehouse.domain.principal import Person
from gatehouse.domain.sentences import Names
from gatehouse.usecases.ports import Ports

_MOST_CHANGED: Final = 100
"""How many ids within what changed are looked up for one page of entries."""


def names_in_own_log(ports: Ports, person: Person, entries: Sequence[Activity]) -> Names:
    """Return the names in entries of the person's own log."""
    account_id = person.account_id
    known = _companies(ports, {account_id}, entries)
    organization_ids = {one.organization_id for one in entries if one.organization_id}
    changed = _changed_ids(entries)
    organization_ids |= {one for one in changed if is_id(one, "org")}
    directory = ports.store.directory
    for organization in directory.organizations(account_id, organization_ids).values():
        known[organization.organization_id] = organization.name
    # What an entry is about has no name in it where a membership changed.
    nameless = {
        e.resource.id for e in entries if e.resource and e.resource.id and not e.resource.name
    }
    group_ids = {one for one in changed | nameless if is_id(one, "grp")}
    groups = directory.groups(account_id, group_ids)
    known |= {group.group_id: group.name for group in groups.values()}
    people = ports.store.users.many({one for one in changed if is_id(one, "usr")})
    known |= {u.user_id: u.name for u in people.values() if u.account_id == account_id}
    return Names(known, _hosts(ports, account_id, entries))


def names_in_hosts_log(ports: Ports, connection: Connection, entries: Sequence[Activity]) -> Names:
    """Return the names in entries of a host's log, as far as its guest may know them.

    Organizations are named while the connection is active and reaches them: what was revoked is
    no longer the guest's to read, and whether the others are there at all never was.
    """
    known = _companies(ports, {connection.host.account_id}, entries)
    if connection.state is State.ACTIVE:
        ids = {one.organization_id for one in entries if one.organization_id}
        found = ports.store.directory.organizations(connection.host.account_id, ids)
        rules = ports.store.connections.rules([connection]).values()
        holders: list[Holder] = [connection, *rules]
        known |= _named(found.values(), lambda one: any(via_of(each, one) for each in holders))
    return Names(known, gone="an organization out of their reach")


def _companies(ports: Ports, besides: set[str], entries: Sequence[Activity]) -> dict[str, str]:
    ids = besides | {one.guest_account_id for one in entries if one.guest_account_id}
    ids |= {one.actor.home_account_id for one in entries if one.actor.home_account_id}
    return {found.account_id: found.name for found in ports.store.accounts.many(ids).values()}


def _hosts(ports: Ports, account_id: str, entries: Sequence[Activity]) -> dict[str, str]:
    """Name the hosts of connections in which this account is the guest."""
    ids = {
        one.connection_id
        for one in entries
        if one.category is Category.CONNECTION
        and one.guest_account_id == account_id
        and one.connection_id is not None
    }
    found = (ports.store.connections.incoming(account_id, one) for one in ids)
    return {one.connection_id: one.host.name for one in found if one is not None}


def _changed_ids(entries: Sequence[Activity]) -> set[str]:
    ids: dict[str, None] = {}
    for entry in entries:
        for pair in entry.changes.values():
            for value in pair:
                some = value if isinstance(value, list) else [value]
                ids.update((one, None) for one in some[:_MOST_CHANGED] if isinstance(one, str))
    return set(list(ids)[:_MOST_CHANGED])


def _named(
    organizations: Iterable[Organization], may_be_known: Callable[[Organization], bool]
) -> dict[str, str]:
    return {one.organization_id: one.name for one in organizations if may_be_known(one)}
