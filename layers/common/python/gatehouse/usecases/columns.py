"""What an account's archive shows of each kind of thing, column by column.

One description serves the head of the CSV file, the objects of the JSON file, the text that goes
with the archive, and the documentation. A name with a dot is a part of an object. Values are what
the API answers an Administrator, and of the guest's people no more than that: addresses masked.
Hashes, links, sessions and sign-in identities have no column.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Generic, TypeVar

from gatehouse.domain.account import Account
from gatehouse.domain.activity import Activity
from gatehouse.domain.api_key import ApiKey
from gatehouse.domain.blocking import Blocked
from gatehouse.domain.connection import Connection, State
from gatehouse.domain.directory import Group, Organization
from gatehouse.domain.mailing import Mailing, masked
from gatehouse.domain.moments import to_text
from gatehouse.domain.user import User
from gatehouse.usecases.describe import Described

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Column(Generic[T]):
    """One value of each thing, what it means, and where it comes from."""

    name: str
    value: Callable[[T], Any]
    meaning: str = ""


@dataclass(frozen=True, slots=True)
class Member:
    """A user in one of their groups."""

    group_id: str
    user: User


@dataclass(frozen=True, slots=True)
class Reached:
    """An organization through one of its groups."""

    group_id: str
    organization: Organization


@dataclass(frozen=True, slots=True)
class Reaching:
    """A user with the organizations that are theirs directly."""

    user: User
    organization_ids: frozenset[str]


@dataclass(frozen=True, slots=True)
class Met:
    """A connection as it stands at a moment."""

    described: Described
    now: datetime

    @property
    def connection(self) -> Connection:
        return self.described.connection

    @property
    def has_expired(self) -> bool:
        return self.connection.state_at(self.now) is State.EXPIRED


@dataclass(frozen=True, slots=True)
class Key:
    """An API key as it stands at a moment."""

    key: ApiKey
    now: datetime


def _secrets(k: Key) -> list[dict[str, Any]]:
    return [
        {
            "number": one.number,
            "created_at": to_text(one.created_at),
            "ends_at": _text(one.ends_at),
            "last_used_at": _text(k.key.uses.get(one.number)),
        }
        for one in k.key.secrets_at(k.now)
    ]


def _recipients(mailing: Mailing | None) -> list[dict[str, str]]:
    recipients = mailing.recipients.values() if mailing else ()
    return [
        {"email": masked(to.email), "delivery": to.delivery.value}
        for to in sorted(recipients, key=lambda to: to.email)
    ]


def _of(thing: object | None, name: str) -> Any:
    return None if thing is None else getattr(thing, name)


def _text(moment: datetime | None) -> str | None:
    return to_text(moment) if moment else None


ACCOUNT: Final[tuple[Column[Account], ...]] = (
    Column("account_id", lambda a: a.account_id),
    Column("subdomain", lambda a: a.subdomain),
    Column("name", lambda a: a.name),
    Column("region", lambda a: a.region.value),
    Column(
        "invitation_expires_in_days",
        lambda a: a.invitation_expires_in_days,
        "How long an invitation lives.",
    ),
    Column(
        "mapped_actions",
        lambda a: {name: role.value for name, role in a.policy.actions.items()},
        "Further actions, each with the lowest role that may take it.",
    ),
    Column(
        "mapped_resource_types",
        lambda a: dict(a.policy.resource_types),
        "Resource types, each with the property that names its organization.",
    ),
    Column("require_mfa", lambda a: a.policy.require_mfa),
    Column("ip_allow_list", lambda a: list(a.policy.networks)),
    Column(
        "denied_resource_types",
        lambda a: {name: sorted(ids) for name, ids in a.policy.denied_resource_types.items()},
        "Resource types, each with the groups that are denied it.",
    ),
    Column("created_at", lambda a: to_text(a.created_at)),
    Column("etag", lambda a: str(a.version), "The version."),
)

USERS: Final[tuple[Column[Reaching], ...]] = (
    Column("user_id", lambda r: r.user.user_id),
    Column("email", lambda r: r.user.email),
    Column("name", lambda r: r.user.name),
    Column("role", lambda r: r.user.role.value),
    Column("status", lambda r: r.user.status.value),
    Column("group_ids", lambda r: sorted(r.user.group_ids)),
    Column("organization_ids", lambda r: sorted(r.organization_ids)),
    Column("all_organizations", lambda r: r.user.all_organizations),
    Column("created_at", lambda r: to_text(r.user.created_at)),
    Column("etag", lambda r: str(r.user.version), "The version."),
)

GROUPS: Final[tuple[Column[Group], ...]] = (
    Column("group_id", lambda g: g.group_id),
    Column("name", lambda g: g.name),
    Column("description", lambda g: g.description),
    Column("created_at", lambda g: to_text(g.created_at)),
    Column("etag", lambda g: str(g.version), "The version."),
)

MEMBERS: Final[tuple[Column[Member], ...]] = (
    Column("group_id", lambda m: m.group_id),
    Column("user_id", lambda m: m.user.user_id),
    Column("user_name", lambda m: m.user.name),
    Column("user_email", lambda m: m.user.email),
)

REACHED: Final[tuple[Column[Reached], ...]] = (
    Column("group_id", lambda r: r.group_id),
    Column("organization_id", lambda r: r.organization.organization_id),
    Column("organization_name", lambda r: r.organization.name),
)

ORGANIZATIONS: Final[tuple[Column[Organization], ...]] = (
    Column("organization_id", lambda o: o.organization_id),
    Column("name", lambda o: o.name),
    Column("parent_id", lambda o: o.parent_id, "Its parent, which implies nothing."),
    Column("created_at", lambda o: to_text(o.created_at)),
    Column("etag", lambda o: str(o.version), "The version."),
)

CONNECTIONS: Final[tuple[Column[Met], ...]] = (
    Column("connection_id", lambda m: m.connection.connection_id),
    Column("state", lambda m: m.connection.state_at(m.now).value, "At the moment it was read."),
    Column("etag", lambda m: str(m.connection.version), "The version."),
    Column("host_account.account_id", lambda m: m.connection.host.account_id),
    Column("host_account.subdomain", lambda m: m.connection.host.subdomain),
    Column("host_account.name", lambda m: m.connection.host.name),
    Column("guest_account.account_id", lambda m: m.connection.guest.account_id),
    Column("guest_account.subdomain", lambda m: m.connection.guest.subdomain),
    Column("guest_account.name", lambda m: m.connection.guest.name),
    Column("maximum_role", lambda m: m.connection.maximum_role.value),
    Column("group_ids", lambda m: sorted(m.connection.group_ids), "Groups of the grant."),
    Column(
        "organization_ids",
        lambda m: sorted(m.described.organization_ids),
        "Direct organizations of the grant.",
    ),
    Column(
        "all_organizations",
        lambda m: m.connection.all_organizations,
        "Whether the grant has all organizations, current and future.",
    ),
    Column("invitation.expires_at", lambda m: to_text(m.connection.expires_at)),
    Column("invitation.message", lambda m: m.connection.message),
    Column(
        "invitation.recipients",
        lambda m: _recipients(m.described.mailing),
        "To whom it went and how far it got; addresses are masked.",
    ),
    Column("invited_by.user_id", lambda m: m.connection.invited_by.user_id),
    Column("invited_by.name", lambda m: m.connection.invited_by.name),
    Column("accepted_by.user_id", lambda m: _of(m.connection.accepted_by, "user_id")),
    Column("accepted_by.name", lambda m: _of(m.connection.accepted_by, "name")),
    Column("created_at", lambda m: to_text(m.connection.created_at)),
    Column("accepted_at", lambda m: _text(m.connection.accepted_at)),
    Column(
        "ended_at",
        lambda m: _text(m.connection.expires_at if m.has_expired else m.connection.ended_at),
    ),
    Column(
        "end_reason",
        lambda m: "expired" if m.has_expired else _of(m.connection.end_reason, "value"),
    ),
)

BLOCKED: Final[tuple[Column[Blocked], ...]] = (
    Column("host_account.account_id", lambda b: b.host.account_id),
    Column("host_account.subdomain", lambda b: b.host.subdomain),
    Column("host_account.name", lambda b: b.host.name),
    Column("blocked_by.user_id", lambda b: b.blocked_by.user_id),
    Column("blocked_by.name", lambda b: b.blocked_by.name),
    Column("blocked_at", lambda b: to_text(b.blocked_at)),
)

API_KEYS: Final[tuple[Column[Key], ...]] = (
    Column("api_key_id", lambda k: k.key.api_key_id),
    Column("name", lambda k: k.key.name),
    Column("scopes", lambda k: sorted(scope.value for scope in k.key.scopes)),
    Column("last_used_at", lambda k: _text(k.key.last_used_at), "To the hour."),
    Column("last_used_secret", lambda k: k.key.last_used_secret, "The number of that secret."),
    Column("revoked_if_unused_at", lambda k: to_text(k.key.revoked_if_unused_at)),
    Column("secrets", _secrets, "When each was made, ends and was used; not itself."),
    Column("created_at", lambda k: to_text(k.key.created_at)),
    Column("etag", lambda k: str(k.key.version), "The version."),
)

ACTIVITIES: Final[tuple[Column[Activity], ...]] = (
    Column("activity_id", lambda a: a.activity_id),
    Column("time", lambda a: to_text(a.time)),
    Column("category", lambda a: a.category.value),
    Column("action", lambda a: a.action),
    Column("outcome", lambda a: a.outcome.value),
    Column("reason", lambda a: a.reason),
    Column("actor.type", lambda a: a.actor.type, "`user`, `key` or `system`."),
    Column("actor.user_id", lambda a: a.actor.user_id),
    Column("actor.api_key_id", lambda a: a.actor.api_key_id),
    Column("actor.api_key_secret", lambda a: a.actor.api_key_secret, "The number of that secret."),
    Column("actor.name", lambda a: a.actor.name),
    Column("actor.home_account_id", lambda a: a.actor.home_account_id),
    Column("actor.own_role", lambda a: _of(a.actor.own_role, "value")),
    Column("actor.effective_role", lambda a: _of(a.actor.effective_role, "value")),
    Column("connection_id", lambda a: a.connection_id),
    Column("guest_account_id", lambda a: a.guest_account_id),
    Column("organization_id", lambda a: a.organization_id),
    Column("resource.type", lambda a: _of(a.resource, "type")),
    Column("resource.id", lambda a: _of(a.resource, "id")),
    Column("resource.name", lambda a: _of(a.resource, "name")),
    Column("ip_address", lambda a: a.ip_address),
    Column("user_agent", lambda a: a.user_agent),
    Column(
        "changes",
        lambda a: {name: list(pair) for name, pair in a.changes.items()},
        "By field: before and after.",
    ),
)
