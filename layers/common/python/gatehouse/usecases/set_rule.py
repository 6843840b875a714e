"""Set and remove rules for single people: a step of an active connection, in both logs.

The rule's direct organizations are a grant of its own, switched as a connection's is.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from gatehouse.domain.activity import Resource
from gatehouse.domain.connection import Connection
from gatehouse.domain.errors import EtagMissing, EtagStale, Refused
from gatehouse.domain.grant import GrantState, Scope
from gatehouse.domain.principal import Person, Principal, administrator
from gatehouse.domain.roles import Role
from gatehouse.domain.rule import Rule
from gatehouse.domain.user import User
from gatehouse.usecases.changes import Change, Remove, RequireAdministrator, Save
from gatehouse.usecases.invite import check_maximum_role
from gatehouse.usecases.lifecycle import (
    Step,
    changes_of,
    entries_of,
    outgoing,
    pair_of,
    states_of,
)
from gatehouse.usecases.ports import Ports
from gatehouse.usecases.racing import settled
from gatehouse.usecases.receipts import Keep
from gatehouse.usecases.rules import Described, effective_under, existing_rule, guest_user
from gatehouse.usecases.scope import check_scope, prepare_grant, retire_grant, scope_of, tidy_up
from gatehouse.usecases.writers import check_etag


@dataclass(frozen=True, slots=True)
class RuleTerms:
    """What a rule is to say. Who is denied has neither a maximum role nor a scope."""

    denied: bool
    maximum_role: Role | None = None
    scope: Scope = field(default_factory=Scope)


def set_rule(
    ports: Ports,
    principal: Principal,
    connection_id: str,
    user_id: str,
    terms: RuleTerms,
    etag: str | None,
    keep: Keep,
) -> Described:
    """Set or replace, whole and at one instant, what holds for one person of the guest."""
    person = administrator(principal, "set rules for single people")
    account_id = person.account_id
    _check(terms)

    def attempt() -> Described:
        before = outgoing(ports, account_id, connection_id)
        before.ruled(before.rules, ports.clock.now())  # refuses one that is not active
        user = guest_user(ports, before, user_id)
        stored = ports.store.connections.rule(account_id, user_id)
        old = stored if stored and stored.connection_id == connection_id else None
        _check_version(old, etag)
        if old is None and before.rules >= ports.limits.rules_per_connection:
            raise Refused(
                f"A connection has at most {ports.limits.rules_per_connection} rules for single "
                "people. Remove one first, or grant to groups what holds for many."
            )
        fence = check_scope(ports, account_id, terms.scope, may_be_empty=terms.denied)
        # What an older connection left here goes with this write.
        had = scope_of(ports, account_id, stored.grant_id if stored else None)
        grant_id = stored.grant_id if stored else None
        switch: list[Change] = []
        if had != terms.scope.organization_ids:
            retired = retire_grant(ports, account_id, grant_id, GrantState.REPLACED)
            grant_id, switch = prepare_grant(
                ports, account_id, user_id, terms.scope.organization_ids
            )
            switch += retired
        now = ports.clock.now()
        new = Rule(
            account_id,
            user_id,
            connection_id,
            terms.denied,
            terms.maximum_role,
            terms.scope.group_ids,
            grant_id,
            terms.scope.all_organizations,
            old.created_at if old else now,
            stored.version + 1 if stored else 1,
        )
        rules = before.rules + (old is None)
        changed = _changed(old, had, new, terms.scope.organization_ids)
        step = _step(ports, person, "rule_set", before, before.ruled(rules, now), user, changed)
        described = Described(
            new, user, terms.scope.organization_ids, effective_under(before, new, user)
        )
        ports.store.commit(
            *changes_of(ports, step),
            Save(new, stored),
            *switch,
            fence,
            RequireAdministrator(person.user),
            keep(described),
        )
        tidy_up(ports, switch)
        return described

    return settled(attempt)


def remove_rule(
    ports: Ports,
    principal: Principal,
    connection_id: str,
    user_id: str,
    etag: str | None,
    keep: Keep,
) -> None:
    """Take a rule away: what the connection grants everybody holds for this person again."""
    person = administrator(principal, "remove rules for single people")

    def attempt() -> None:
        before = outgoing(ports, person.account_id, connection_id)
        old = existing_rule(ports, before, user_id)
        check_etag(etag, old.version)
        had = scope_of(ports, person.account_id, old.grant_id)
        user = ports.store.users.get(user_id)
        after = before.ruled(before.rules - 1, ports.clock.now())
        changed = _changed(old, had, None, frozenset())
        retired = retire_grant(ports, person.account_id, old.grant_id, GrantState.REPLACED)
        ports.store.commit(
            *changes_of(
                ports,
                _step(ports, person, "rule_removed", before, after, user or user_id, changed),
            ),
            Remove(old),
            *retired,
            RequireAdministrator(person.user),
            keep(None),
        )
        tidy_up(ports, retired)

    settled(attempt)


def lose_group(
    ports: Ports, person: Person, connection: Connection, rules: Iterable[Rule], group_id: str
) -> list[Change]:
    """Return what takes a group that is being deleted from rules of one connection.

    The rules stay, even if they reach nothing any more: without one, its person would get what
    the connection grants.
    """
    saved: list[Change] = []
    steps: list[Step] = []
    for rule in rules:
        before = steps[-1].after if steps else connection
        after = before.ruled(before.rules, ports.clock.now())
        new = replace(rule, group_ids=rule.group_ids - {group_id}, version=rule.version + 1)
        user = ports.store.users.get(rule.user_id)
        changed = {"group_ids": (sorted(rule.group_ids), sorted(new.group_ids))}
        steps.append(_step(ports, person, "rule_set", before, after, user or rule.user_id, changed))
        saved += [Save(new, rule), *entries_of(ports, steps[-1])]
    # Each is a step of its own; the connection is written once, as the last one leaves it.
    return [*saved, *states_of(ports, replace(steps[-1], before=connection))]


def tidy_rules(ports: Ports, connection: Connection) -> None:
    """Remove what is left of a connection's rules after its end; repeating goes on."""
    host = connection.host.account_id
    for rule in ports.store.connections.rules([connection]).values():
        retired = retire_grant(ports, host, rule.grant_id, GrantState.REPLACED)
        ports.store.commit(Remove(rule), *retired)
        for change in retired:
            ports.store.grants.gather(change.grant)
    pair = pair_of(ports, connection)
    is_pairs = pair is not None and pair.connection_id == connection.connection_id
    ports.store.commit(
        Save(connection.without_rules(), connection),
        Save(replace(pair, rules=0, version=pair.version + 1), pair) if pair and is_pairs else None,
    )


def _check(terms: RuleTerms) -> None:
    if terms.denied:
        if terms.maximum_role is not None or terms.scope.parts:
            raise Refused.at(
                "/denied",
                "Who is denied gets in nowhere: send no maximum role, groups or organizations, "
                "or deny nobody.",
            )
        return
    if terms.maximum_role is None:
        raise Refused.at(
            "/maximum_role", "A rule needs a maximum role, unless it denies its person."
        )
    check_maximum_role(terms.maximum_role)


def _check_version(old: Rule | None, etag: str | None) -> None:
    """Refuse to overwrite unseen: a rule that is there takes its etag, a new one none."""
    if old is not None and etag is None:
        raise EtagMissing(
            "There is a rule for this person already. Send If-Match with the etag of the rule you "
            "read, so that nobody's change is overwritten unseen."
        )
    if old is None and etag is not None:
        raise EtagStale("There is no rule for this person any more. Send no If-Match to set one.")
    if old is not None:
        check_etag(etag, old.version)


def _step(
    ports: Ports,
    person: Person,
    name: str,
    before: Connection,
    after: Connection,
    user: User | str,
    changed: Mapping[str, tuple[Any, Any]],
) -> Step:
    about = (
        Resource("user", user)
        if isinstance(user, str)
        else Resource("user", user.user_id, user.name)
    )
    return Step(
        name,
        before,
        after,
        pair_of(ports, before),
        person.actor,
        ports.clock.now(),
        person.origin,
        about=about,
        changed=changed,
    )


def _changed(
    old: Rule | None, had: frozenset[str], new: Rule | None, has: frozenset[str]
) -> dict[str, tuple[Any, Any]]:
    before, after = _parts(old, had), _parts(new, has)
    return {name: (before[name], after[name]) for name in before if before[name] != after[name]}


def _parts(rule: Rule | None, organization_ids: frozenset[str]) -> dict[str, Any]:
    """Return what a rule says, as the log writes it."""
    return {
        "denied": rule.denied if rule else None,
        "maximum_role": rule.maximum_role.value if rule and rule.maximum_role else None,
        "group_ids": sorted(rule.group_ids) if rule else [],
        "organization_ids": sorted(organization_ids) if rule else [],
        "all_organizations": rule is not None and rule.all_organizations,
    }
