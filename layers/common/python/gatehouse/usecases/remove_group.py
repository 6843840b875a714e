"""Delete a group, with everything that connections, rules and the account's settings have of it."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Final

from gatehouse.domain.account import Account
from gatehouse.domain.activity import Resource
from gatehouse.domain.connection import Connection, State
from gatehouse.domain.decision import Pair
from gatehouse.domain.directory import Group
from gatehouse.domain.errors import NotFound
from gatehouse.domain.pages import every
from gatehouse.domain.principal import Person, Principal, administrator
from gatehouse.domain.user import User
from gatehouse.usecases.account import changed_settings
from gatehouse.usecases.changes import Change, Remove, Save, UnlistMember
from gatehouse.usecases.denials import types_denied_to, without_denials_of
from gatehouse.usecases.groups import resource_of
from gatehouse.usecases.lifecycle import Step, changes_of
from gatehouse.usecases.memberships import member_changed
from gatehouse.usecases.ports import Ports
from gatehouse.usecases.racing import settled
from gatehouse.usecases.receipts import Keep
from gatehouse.usecases.rules import rules_naming
from gatehouse.usecases.set_rule import lose_group
from gatehouse.usecases.writers import Writer, check_etag

_AT_ONCE: Final = 20
"""How many rules lose a group within one transaction (four items each at most)."""
_ROOM: Final = 80
"""How many items of one transaction are for whoever loses the group; the others delete it."""
_PAGE: Final = 200


def remove_group(
    ports: Ports, principal: Principal, group_id: str, etag: str | None, keep: Keep
) -> None:
    """Delete a group: rules, connections and members lose it first; repeating goes on.

    What fits is done at one instant. Else, whatever stops half-way, the group is there until
    nobody holds it: a deleted group lets nobody in, and nobody out of what it denied.
    """
    person = administrator(principal, "delete groups")
    who, account_id = Writer(person), person.account_id

    def attempt() -> None:
        group = ports.store.directory.group(account_id, group_id)
        if group is None:
            if ports.store.directory.unfinished_removal(account_id, group_id):
                ports.store.commit(keep(None))
                return
            raise NotFound(f"Your account has no group {group_id}.")
        check_etag(etag, group.version)
        namings = ports.store.accounts.namings(account_id)
        _take_from_rules(ports, who, person, group_id)
        account = ports.store.accounts.get(account_id)
        if account is None:
            raise NotFound("Your account no longer exists.")
        losing = [*_connections(ports, who, group_id), *_members(ports, who, group)]
        *before, last = _in_batches(losing)
        for batch in before:
            ports.store.commit(*batch, _still(who, batch))
        ports.store.commit(
            *last,
            *_undenied(ports, who, account, group_id),
            Remove(group, namings=namings),
            _still(who, last),
            who.entry(ports, "group.deleted", resource_of(group)),
            keep(None),
        )

    settled(attempt)
    ports.store.directory.tidy_removal(account_id, group_id)


def _take_from_rules(ports: Ports, who: Writer, person: Person, group_id: str) -> None:
    """Take the group from rules for single people; one that names it anew stops the removal."""
    pairs = ports.store.connections.pairs(who.account_id)
    ids = {pair.guest_account_id: pair.connection_id for pair in pairs}
    for guest, rules in rules_naming(ports, pairs, group_id).items():
        for start in range(0, len(rules), _AT_ONCE):
            connection = ports.store.connections.get(who.account_id, ids[guest])
            # What ended meanwhile lets nobody in, with whatever rules.
            if connection is not None and connection.state is State.ACTIVE:
                batch = rules[start : start + _AT_ONCE]
                changes = lose_group(ports, person, connection, batch, group_id)
                ports.store.commit(*changes, who.still())


def _undenied(ports: Ports, who: Writer, account: Account, group_id: str) -> list[Change]:
    """Return what takes the group from what its holders are denied; nobody holds it any more."""
    if not types_denied_to(account, group_id):
        return []
    new = without_denials_of(account, group_id)
    about = Resource("account", account.account_id, account.name)
    return [
        Save(new, account),
        who.entry(ports, "account.changed", about, changed_settings(account, new)),
    ]


def _in_batches(parts: Iterable[list[Change]]) -> list[list[Change]]:
    """Put together what fits into one transaction, never a part into two; at least one batch."""
    batches: list[list[Change]] = [[]]
    for part in parts:
        if len(batches[-1]) + len(part) > _ROOM:
            batches.append([])
        batches[-1] += part
    return batches


def _still(who: Writer, batch: list[Change]) -> Change | None:
    """Hold the batch to the Administrator's rights, who may be one of the members."""
    own = [
        change.replaces
        for change in batch
        if isinstance(change, Save)
        and isinstance(change.replaces, User)
        and change.replaces.user_id == who.principal.caller_id
    ]
    return who.still(own[0] if own else None)


def _members(ports: Ports, who: Writer, group: Group) -> Iterator[list[Change]]:
    """Return what takes the group from each of its members."""
    members = every(
        lambda after: ports.store.directory.members_page(
            who.account_id, group.group_id, after, _PAGE
        )
    )
    for old in members:
        new = replace(old, group_ids=old.group_ids - {group.group_id}, version=old.version + 1)
        yield [
            Save(new, old),
            UnlistMember(new, group.group_id),
            who.entry(
                ports,
                "group.member_removed",
                resource_of(group),
                member_changed(old, member=False),
            ),
        ]


def _connections(ports: Ports, who: Writer, group_id: str) -> Iterator[list[Change]]:
    """Return what takes the group from each connection that has it."""
    for pair in ports.store.connections.pairs(who.account_id):
        step = _without(ports, who, pair, group_id) if group_id in pair.group_ids else None
        if step is not None:
            yield changes_of(ports, step)


def _without(ports: Ports, who: Writer, pair: Pair, group_id: str) -> Step | None:
    before: Connection | None = ports.store.connections.get(who.account_id, pair.connection_id)
    # What expired can be sent again, and must not bring a deleted group back.
    if before is None or before.state in {State.DECLINED, State.REVOKED}:
        return None
    now = ports.clock.now()
    after = before.without_group(group_id)
    return Step(
        "edited",
        before,
        after,
        pair,
        who.principal.actor,
        now,
        who.principal.origin,
        changed={"group_ids": (sorted(before.group_ids), sorted(after.group_ids))},
    )
