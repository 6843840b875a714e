"""Read the rules that a host has for single people of a guest.

Before a guest accepted, its people are no business of the host's, so there is nobody to name.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from gatehouse.domain.api_key import ApiScope
from gatehouse.domain.connection import Connection, State
from gatehouse.domain.decision import Pair
from gatehouse.domain.errors import NotFound
from gatehouse.domain.grant import Scope
from gatehouse.domain.ids import home_account_of
from gatehouse.domain.pages import Page
from gatehouse.domain.principal import Principal, administrator_or_scope
from gatehouse.domain.roles import Role, effective_role
from gatehouse.domain.rule import Rule, limit_of
from gatehouse.domain.user import Status, User
from gatehouse.usecases.lifecycle import outgoing
from gatehouse.usecases.ports import Ports
from gatehouse.usecases.scope import scope_of
from gatehouse.usecases.sift import Found, sift

_SEEING: Final = "see rules for single people"


@dataclass(frozen=True, slots=True)
class Described:
    """A rule with its person (None if they were deleted at home) and what it names.

    ``effective_role`` is None for who does not get in.
    """

    rule: Rule
    user: User | None
    organization_ids: frozenset[str]
    effective_role: Role | None

    @property
    def scope(self) -> Scope:
        """Return what the rule names."""
        return Scope(self.rule.group_ids, self.organization_ids, self.rule.all_organizations)


def list_rules(
    ports: Ports, principal: Principal, connection_id: str, after: str | None, limit: int
) -> Page[Described]:
    """Return the rules of a connection, by user; none unless it is active."""
    connection = _seen(ports, principal, connection_id)
    found = ports.store.connections.rules([connection] if _is_active(connection) else [])
    ids = sorted(user_id for user_id in found if user_id > (after or ""))
    described = _described(ports, connection, [found[one] for one in ids[:limit]])
    return Page(tuple(described), ids[limit - 1] if len(ids) > limit else None)


def rules_of(ports: Ports, connection: Connection) -> list[Described]:
    """Return all rules of a connection, by user; none unless it is active."""
    found = ports.store.connections.rules([connection] if _is_active(connection) else [])
    return _described(ports, connection, [found[user_id] for user_id in sorted(found)])


def read_rule(ports: Ports, principal: Principal, connection_id: str, user_id: str) -> Described:
    """Return the rule for one person."""
    connection = _seen(ports, principal, connection_id)
    return _described(ports, connection, [existing_rule(ports, connection, user_id)])[0]


@dataclass(frozen=True, slots=True)
class Standing:
    """One person of a guest under an active connection: what holds for them now.

    ``granted`` is what the connection grants everybody, ``scope`` what counts for this person:
    a rule's, if there is one. ``user`` may be deactivated or Lite.
    """

    connection: Connection
    user: User
    rule: Rule | None
    granted: Scope
    scope: Scope

    @property
    def effective_role(self) -> Role | None:
        """Return what the person may do now; None if they do not get in."""
        return effective_under(self.connection, self.rule, self.user)


def standing_of(ports: Ports, principal: Principal, connection_id: str, user_id: str) -> Standing:
    """Return what holds for one person. Raises IllegalStep unless the connection is active."""
    connection = _seen(ports, principal, connection_id)
    connection.ruled(connection.rules, ports.clock.now())
    user = guest_user(ports, connection, user_id)
    host = connection.host.account_id
    stored = ports.store.connections.rule(host, user_id)
    rule = stored if stored and stored.connection_id == connection_id else None
    granted = _scope(ports, host, connection)
    return Standing(connection, user, rule, granted, _scope(ports, host, rule) if rule else granted)


def find_in_guest(
    ports: Ports, principal: Principal, connection_id: str, words: str, limit: int
) -> Found[User]:
    """Return people of an active connection's guest whose names have all the words."""
    connection = _seen(ports, principal, connection_id)
    if not _is_active(connection):
        return Found(())
    guest = connection.guest.account_id
    return sift(
        lambda after, size: ports.store.users.page(guest, after, size),
        lambda user: user.name,
        lambda user: user.user_id,
        words,
        None,
        limit,
    )


def guest_user(ports: Ports, connection: Connection, user_id: str) -> User:
    """Return a person of the connection's guest, by id. Raises NotFound."""
    user = None
    if home_account_of(user_id) == connection.guest.account_id:
        user = ports.store.users.get(user_id)
    if user is None:
        raise NotFound(f"{connection.guest.name} has no user {user_id}.")
    return user


def rules_naming(
    ports: Ports, pairs: Iterable[Pair], group_id: str
) -> Mapping[str, tuple[Rule, ...]]:
    """Return the rules that give the group, by the guest they are for."""
    active = [pair for pair in pairs if pair.is_active]
    found: dict[str, tuple[Rule, ...]] = {}
    for rule in ports.store.connections.rules(active).values():
        if group_id in rule.group_ids:
            guest = home_account_of(rule.user_id) or ""
            found[guest] = (*found.get(guest, ()), rule)
    return found


def existing_rule(ports: Ports, connection: Connection, user_id: str) -> Rule:
    """Return the rule that an active connection has for a user. Raises NotFound."""
    rule = None
    # Only of this guest's people: nothing else is even looked for.
    if _is_active(connection) and home_account_of(user_id) == connection.guest.account_id:
        rule = ports.store.connections.rule(connection.host.account_id, user_id)
    if rule is None or rule.connection_id != connection.connection_id:
        raise NotFound(f"The connection has no rule for a user {user_id}.")
    return rule


def effective_under(connection: Connection, rule: Rule | None, user: User | None) -> Role | None:
    """Return what somebody may do under a connection and a rule; None if they do not get in."""
    if user is None or user.status is not Status.ACTIVE or user.role is Role.LITE:
        return None
    if rule is not None and rule.denied:
        return None
    return effective_role(user.role, limit_of(connection.maximum_role, rule))


def _scope(ports: Ports, host_account_id: str, holder: Connection | Rule) -> Scope:
    direct = scope_of(ports, host_account_id, holder.grant_id)
    return Scope(holder.group_ids, direct, holder.all_organizations)


def _seen(ports: Ports, principal: Principal, connection_id: str) -> Connection:
    administrator_or_scope(principal, ApiScope.CONNECTIONS_READ, _SEEING)
    return outgoing(ports, principal.account_id, connection_id)


def _is_active(connection: Connection) -> bool:
    return connection.state is State.ACTIVE


def _described(ports: Ports, connection: Connection, rules: Iterable[Rule]) -> list[Described]:
    rules = list(rules)
    host = connection.host.account_id
    users = ports.store.users.many(rule.user_id for rule in rules)
    grants = ports.store.grants.many({(host, rule.grant_id) for rule in rules if rule.grant_id})
    nothing = frozenset[str]()
    return [
        Described(
            rule,
            users.get(rule.user_id),
            grant.organization_ids if (grant := grants.get(rule.grant_id or "")) else nothing,
            effective_under(connection, rule, users.get(rule.user_id)),
        )
        for rule in rules
    ]
