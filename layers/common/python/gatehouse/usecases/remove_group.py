"""Delete a group, with everything that connections, rules and the account's settings have of it."""

from typing import Final

from gatehouse.domain.account import Account
from gatehouse.domain.activity import Resource
from gatehouse.domain.connection import Connection, State
from gatehouse.domain.decision import Pair
from gatehouse.domain.errors import NotFound
from gatehouse.domain.principal import Person, Principal, administrator
from gatehouse.usecases.account import changed_settings
from gatehouse.usecases.changes import Change, Remove, Save
from gatehouse.usecases.denials import types_denied_to, without_denials_of
from gatehouse.usecases.groups import resource_of
from gatehouse.usecases.lifecycle import Step, changes_of, entries_of
from gatehouse.usecases.ports import Ports
from gatehouse.usecases.racing import settled
from gatehouse.usecases.receipts import Keep
from gatehouse.usecases.rules import rules_naming
from gatehouse.usecases.set_rule import without_group
from gatehouse.usecases.writers import Writer, check_etag

_AT_ONCE: Final = 20
"""How many connections or rules lose a group within one transaction (four items each at most)."""


def remove_group(
    ports: Ports, principal: Principal, group_id: str, etag: str | None, keep: Keep
) -> None:
    """Delete a group: rules and connections lose it first, then everybody; repeating goes on.

    Each step only takes access away, so whatever stops half-way leaves less, never more.
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
        losing = [step for step in _losing(ports, who, group_id) if step is not None]
        account = ports.store.accounts.get(account_id)
        if account is None:
            raise NotFound("Your account no longer exists.")
        while len(losing) > _AT_ONCE:
            now, losing = losing[:_AT_ONCE], losing[_AT_ONCE:]
            ports.store.commit(
                *(change for step in now for change in changes_of(ports, step)), who.still()
            )
        ports.store.commit(
            *(change for step in losing for change in changes_of(ports, step)),
            *_undenied(ports, who, account, group_id),
            Remove(group, namings=namings),
            who.still(),
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
        connection = ports.store.connections.get(who.account_id, ids[guest])
        if connection is None:
            continue
        for start in range(0, len(rules), _AT_ONCE):
            changes: list[Change] = []
            for rule in rules[start : start + _AT_ONCE]:
                new, step = without_group(ports, person, connection, rule, group_id)
                changes += [Save(new, rule), *entries_of(ports, step)]
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


def _losing(ports: Ports, who: Writer, group_id: str) -> list[Step | None]:
    return [
        _without(ports, who, pair, group_id)
        for pair in ports.store.connections.pairs(who.account_id)
        if group_id in pair.group_ids
    ]


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
