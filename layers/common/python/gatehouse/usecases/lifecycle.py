"""What every step of a connection is made of: state, pair, both logs, and the notice."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Final

from gatehouse.domain.activity import Activity, Actor, Category, Outcome, Resource
from gatehouse.domain.connection import Connection
from gatehouse.domain.decision import Pair
from gatehouse.domain.errors import NotFound, Refused
from gatehouse.domain.mailing import Mailing, MailKind, Recipient
from gatehouse.domain.principal import Origin
from gatehouse.domain.roles import effective_role
from gatehouse.domain.rule import Rule, limit_of
from gatehouse.domain.user import User
from gatehouse.usecases.changes import Change, Record, Save
from gatehouse.usecases.ports import Ports

_TOLD: Final = 100
"""How many Administrators of each side a notice goes to, the longest-serving first.

A mailing is one item, stored with the step it tells of: were it as large as a guest likes, no host
could end its connection (an item has at most 400 KB).
"""
_INVITED: Final = 500
"""How many Administrators an invitation can go to, for the same limit."""


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a connection: what it was, what it becomes, who does it, whom to tell.

    ``pair`` is what the two accounts have now, as read; ``seen_by_host`` replaces the actor in
    the host's log where the guest's people are not the host's business yet, or the host's own
    applications not the guest's. ``rule`` is the host's for the actor alone, if they are a guest.
    """

    name: str
    before: Connection | None
    after: Connection
    pair: Pair | None
    actor: Actor
    now: datetime
    origin: Origin = field(default_factory=Origin)
    seen_by_host: Actor | None = None
    reason: str | None = None
    about: Resource | None = None
    rule: Rule | None = None
    changed: Mapping[str, tuple[Any, Any]] = field(default_factory=dict)


def changes_of(ports: Ports, step: Step) -> list[Change]:
    """Return the step's changes: the connection, the pair if it is this one's, both logs."""
    return [*states_of(ports, step), *entries_of(ports, step)]


def states_of(ports: Ports, step: Step) -> list[Change]:
    """Return the connection in its next state, and the pair if it is this one's.

    The pair is a live connection's, and otherwise the last one's that was.
    """
    after = step.after
    changes: list[Change] = [Save(after, step.before)]
    is_pairs = step.pair is not None and step.pair.connection_id == after.connection_id
    if is_pairs or after.is_live_at(step.now):
        changes.append(Save(_pair_of(ports, step), step.pair))
    return changes


def entries_of(ports: Ports, step: Step) -> list[Change]:
    """Return what both logs say of the step."""
    after = step.after
    entries: list[Change] = []
    host, guest = after.host.account_id, after.guest.account_id
    for account_id, actor in ((host, _in_the_host(step)), (guest, step.actor)):
        origin = step.origin if _may_see_origin(step, actor, account_id) else Origin()
        entries.append(
            Record(
                Activity(
                    account_id=account_id,
                    activity_id=ports.ids.new("act"),
                    time=step.now,
                    category=Category.CONNECTION,
                    action=f"connection.{step.name}",
                    outcome=Outcome.DONE,
                    reason=step.reason,
                    actor=actor,
                    connection_id=after.connection_id,
                    guest_account_id=guest,
                    resource=step.about,
                    ip_address=origin.ip_address,
                    user_agent=origin.user_agent,
                    changes=step.changed,
                )
            )
        )
    return entries


def terms_changed(
    before: Connection | None, after: Connection, old: frozenset[str], new: frozenset[str]
) -> dict[str, tuple[Any, Any]]:
    """Return what differs in the terms of a connection, its direct organizations beside it."""
    pairs: dict[str, tuple[Any, Any]] = {
        "maximum_role": (before and before.maximum_role.value, after.maximum_role.value),
        "group_ids": (sorted(before.group_ids if before else ()), sorted(after.group_ids)),
        "organization_ids": (sorted(old), sorted(new)),
        "all_organizations": (bool(before and before.all_organizations), after.all_organizations),
    }
    return {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}


def invitation_to(connection: Connection, administrators: Sequence[User], now: datetime) -> Mailing:
    """Return the mailing that carries one link to each Administrator of the guest."""
    if len(administrators) > _INVITED:
        raise Refused.at(
            "/guest_subdomain",
            f"{connection.guest.name} has more than {_INVITED} active Administrators, too many to "
            "write to. Ask them to keep fewer, then invite again.",
        )
    return Mailing(
        account_id=connection.host.account_id,
        mailing_id=connection.mailing_id,
        about_id=connection.connection_id,
        kind=MailKind.INVITATION,
        created_at=now,
        actor_name=connection.invited_by.name,
        text=connection.message,
        recipients={user.user_id: _recipient(user) for user in administrators},
    )


def notice_of(
    ports: Ports, kind: MailKind, connection: Connection, step: Step, text: str | None = None
) -> Mailing:
    """Return the notice of a step to the Administrators of both sides."""
    told = [
        *ports.store.users.administrators(connection.host.account_id)[:_TOLD],
        *ports.store.users.administrators(connection.guest.account_id)[:_TOLD],
    ]
    return Mailing(
        account_id=connection.host.account_id,
        mailing_id=ports.ids.new("mlg"),
        about_id=connection.connection_id,
        kind=kind,
        created_at=step.now,
        actor_name=None if step.actor.type == "system" else (step.seen_by_host or step.actor).name,
        text=text,
        recipients={user.user_id: _recipient(user) for user in told},
    )


def outgoing(ports: Ports, account_id: str, connection_id: str) -> Connection:
    """Return a connection of this host; NotFound if it has none of this id."""
    connection = ports.store.connections.get(account_id, connection_id)
    if connection is None:
        raise NotFound(f"Your account has no connection {connection_id}.")
    return connection


def incoming(ports: Ports, account_id: str, connection_id: str) -> Connection:
    """Return a connection that lets this account in; NotFound if there is none of this id."""
    connection = ports.store.connections.incoming(account_id, connection_id)
    if connection is None:
        raise NotFound(f"Your account has no incoming connection {connection_id}.")
    return connection


def pair_of(ports: Ports, connection: Connection) -> Pair | None:
    """Return what the two accounts of a connection have now."""
    return ports.store.connections.pair(connection.host.account_id, connection.guest.account_id)


def _pair_of(ports: Ports, step: Step) -> Pair:
    after, pair = step.after, step.pair
    facing = Pair(
        host_account_id=after.host.account_id,
        guest_account_id=after.guest.account_id,
        connection_id=after.connection_id,
        state=after.state,
        maximum_role=after.maximum_role,
        group_ids=after.group_ids,
        grant_id=after.grant_id,
        all_organizations=after.all_organizations,
        expires_at=after.expires_at,
        accepted_at=after.accepted_at,
        invited_at=pair.invited_at if pair else (),
        rules=after.rules,
        version=pair.version + 1 if pair else 1,
    )
    if step.before is None:
        counted = ports.limits.invitations_per_pair_and_week
        return replace(facing, invited_at=(*facing.invited_at, step.now)[-counted:])
    return facing


def _in_the_host(step: Step) -> Actor:
    """Return who the host's log names: somebody of the guest has the effective role there."""
    actor = step.seen_by_host or step.actor
    if actor.own_role is None or actor.home_account_id != step.after.guest.account_id:
        return actor
    limit = limit_of(step.after.maximum_role, step.rule)
    return replace(actor, effective_role=effective_role(actor.own_role, limit))


def _recipient(user: User) -> Recipient:
    return Recipient(user.user_id, user.account_id, user.email)


def _may_see_origin(step: Step, actor: Actor, account_id: str) -> bool:
    """Show where somebody came from to their own company, and to the host they act in."""
    if actor.home_account_id == account_id:
        return actor.user_id is not None
    return account_id == step.after.host.account_id and step.seen_by_host is None
