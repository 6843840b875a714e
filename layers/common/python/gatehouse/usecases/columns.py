"""What the API and an archive show of what is the account's alone, value by value.

One description serves the API's answers, the head of the CSV file, the objects of the JSON file,
the text that goes with the archive, and the documentation. A name with a dot is a part of an object; an ``etag`` is a version. Values are what
the API answers an Administrator, and of the guest's people no more than that: addresses masked.
Hashes, links, sessions and sign-in identities have no column.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Generic, TypeVar

from gatehouse.domain.account import Account
from gatehouse.domain.activity import Activity
from gatehouse.domain.api_key import ApiKey
from gatehouse.domain.billing import BillingContact
from gatehouse.domain.directory import Group, Organization
from gatehouse.domain.moments import to_text
from gatehouse.domain.seats import SEATED, Seats
from gatehouse.domain.user import User
from gatehouse.usecases.users import Described

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
class Key:
    """An API key as it stands at a moment."""

    key: ApiKey
    now: datetime


def record_of(columns: Sequence[Column[T]], values: Sequence[Any]) -> dict[str, Any]:
    """Return values as an object; a part of it that has nothing in it is null."""
    found: dict[str, Any] = {}
    parts: dict[str, dict[str, Any]] = {}
    for column, value in zip(columns, values, strict=True):
        outer, _, inner = column.name.partition(".")
        if inner:
            found[outer] = parts.setdefault(outer, {})
            parts[outer][inner] = value
        else:
            found[outer] = value
    empty = {name for name, part in parts.items() if all(one is None for one in part.values())}
    return {**found, **dict.fromkeys(empty)}


def shown(columns: Sequence[Column[T]], thing: T) -> dict[str, Any]:
    """Return a thing as an object."""
    return record_of(columns, [column.value(thing) for column in columns])


def _secrets(k: Key) -> list[dict[str, Any]]:
    return [
        {
            "number": one.number,
            "created_at": to_text(one.created_at),
            "ends_at": text_of(one.ends_at),
            "last_used_at": text_of(k.key.uses.get(one.number)),
        }
        for one in k.key.secrets_at(k.now)
    ]


def of(thing: object | None, name: str) -> Any:
    return None if thing is None else getattr(thing, name)


def text_of(moment: datetime | None) -> str | None:
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
    Column("colour", lambda a: a.brand.colour),
    Column("logo_url", lambda a: a.brand.logo_path(a.account_id), "Where the logo is served from."),
    Column(
        "denied_resource_types",
        lambda a: {name: sorted(ids) for name, ids in a.policy.denied_resource_types.items()},
        "Resource types, each with the groups that are denied it.",
    ),
    Column(
        "publish_entries",
        lambda a: a.publishes_all_entries,
        "Whether every entry of the log goes to the deployment's event bus.",
    ),
    Column("created_at", lambda a: to_text(a.created_at)),
    Column("etag", lambda a: str(a.version)),
)

PLAN: Final[tuple[Column[Seats], ...]] = (
    Column("plan", lambda s: s.plan.name),
    Column("seats.limit", lambda s: s.plan.seats, "None without a limit."),
    Column("seats.in_use", lambda s: s.in_use),
    Column("seats.free", lambda s: s.free),
    Column(
        "seats.by_role",
        lambda s: {role.value: s.by_role.get(role, 0) for role in SEATED},
        "How many people of each role take a seat.",
    ),
)

BILLING_CONTACT: Final[tuple[Column[BillingContact], ...]] = (
    Column("name", lambda b: b.name),
    Column("email", lambda b: b.email),
    Column("postal_address", lambda b: b.postal_address),
    Column("reference", lambda b: b.reference, "An order or VAT number for invoices."),
    Column("changed_at", lambda b: to_text(b.changed_at)),
    Column("etag", lambda b: str(b.version)),
)

USERS: Final[tuple[Column[Described], ...]] = (
    Column("user_id", lambda d: d.user.user_id),
    Column("email", lambda d: d.user.email),
    Column("name", lambda d: d.user.name),
    Column("role", lambda d: d.user.role.value),
    Column("status", lambda d: d.user.status.value),
    Column("group_ids", lambda d: sorted(d.group_ids)),
    Column("organization_ids", lambda d: sorted(d.organization_ids)),
    Column("all_organizations", lambda d: d.user.all_organizations),
    Column("created_at", lambda d: to_text(d.user.created_at)),
    Column("etag", lambda d: str(d.user.version)),
)

GROUPS: Final[tuple[Column[Group], ...]] = (
    Column("group_id", lambda g: g.group_id),
    Column("name", lambda g: g.name),
    Column("description", lambda g: g.description),
    Column("created_at", lambda g: to_text(g.created_at)),
    Column("etag", lambda g: str(g.version)),
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
    Column("etag", lambda o: str(o.version)),
)


API_KEYS: Final[tuple[Column[Key], ...]] = (
    Column("api_key_id", lambda k: k.key.api_key_id),
    Column("name", lambda k: k.key.name),
    Column("scopes", lambda k: sorted(scope.value for scope in k.key.scopes)),
    Column("last_used_at", lambda k: text_of(k.key.last_used_at), "To the hour."),
    Column("last_used_secret", lambda k: k.key.last_used_secret, "The number of that secret."),
    Column("revoked_if_unused_at", lambda k: to_text(k.key.revoked_if_unused_at)),
    Column("secrets", _secrets, "When each was made, ends and was used; not itself."),
    Column("created_at", lambda k: to_text(k.key.created_at)),
    Column("etag", lambda k: str(k.key.version)),
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
    Column("actor.own_role", lambda a: of(a.actor.own_role, "value")),
    Column("actor.effective_role", lambda a: of(a.actor.effective_role, "value")),
    Column("connection_id", lambda a: a.connection_id),
    Column("guest_account_id", lambda a: a.guest_account_id),
    Column("organization_id", lambda a: a.organization_id),
    Column("resource.type", lambda a: of(a.resource, "type")),
    Column("resource.id", lambda a: of(a.resource, "id")),
    Column("resource.name", lambda a: of(a.resource, "name")),
    Column("ip_address", lambda a: a.ip_address),
    Column("user_agent", lambda a: a.user_agent),
    Column(
        "changes",
        lambda a: {name: list(pair) for name, pair in a.changes.items()},
        "By field: before and after.",
    ),
    Column("erased.at", lambda a: text_of(of(a.erased, "at")), "When somebody's name left it."),
    Column("erased.erasure_id", lambda a: of(a.erased, "erasure_id"), "By which erasure."),
)
