"""The shape of a world to seed, read from JSON; whatever is wrong is a NotAWorld that says where."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from gatehouse.domain.account import Region, clean_subdomain
from gatehouse.domain.roles import Role
from gatehouse.domain.seats import NO_PLAN, Plan


class NotAWorld(Exception):
    """Say what is wrong with a document, and where (RFC 6901)."""


@dataclass(frozen=True, slots=True)
class WantedUser:
    """A person to be."""

    email: str
    name: str
    role: Role


@dataclass(frozen=True, slots=True)
class WantedGroup:
    """A group to be, with the addresses of its members and the names of its organizations."""

    name: str
    members: tuple[str, ...]
    organizations: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class WantedOrganization:
    """An organization to be, and the name of its parent."""

    name: str
    parent: str | None


@dataclass(frozen=True, slots=True)
class WantedAccount:
    """A company to be."""

    subdomain: str
    name: str
    region: Region
    users: tuple[WantedUser, ...]
    groups: tuple[WantedGroup, ...]
    organizations: tuple[WantedOrganization, ...]
    plan: Plan = NO_PLAN


def read_world(document: Any) -> tuple[WantedAccount, ...]:
    """Read `{"accounts": [...]}`."""
    return tuple(_account(item, at) for item, at in _items(_object(document, ""), "accounts", ""))


def _account(item: Any, at: str) -> WantedAccount:
    entry = _object(item, at)
    subdomain = clean_subdomain(_text(entry, "subdomain", at))
    if subdomain is None:
        raise NotAWorld(f"{at}/subdomain must be one DNS label.")
    account = WantedAccount(
        subdomain=subdomain,
        name=_text(entry, "name", at, subdomain),
        region=Region(_one_of(entry, "region", at, Region, Region.NA)),
        users=tuple(_user(user, place) for user, place in _items(entry, "users", at)),
        groups=tuple(_group(group, place) for group, place in _items(entry, "groups", at)),
        organizations=tuple(
            _organization(organization, place)
            for organization, place in _items(entry, "organizations", at)
        ),
        plan=_plan(entry, at),
    )
    _check_names(account, at)
    return account


def _plan(entry: Mapping[str, Any], at: str) -> Plan:
    seats = entry.get("seats")
    if seats is not None and (not isinstance(seats, int) or seats < 1):
        raise NotAWorld(f"{at}/seats must be a number from 1, or null.")
    return Plan(_text(entry, "plan", at) if "plan" in entry else None, seats)


def _user(item: Any, at: str) -> WantedUser:
    entry = _object(item, at)
    email = _text(entry, "email", at).strip().lower()
    role = Role(_one_of(entry, "role", at, Role, Role.READ_ONLY))
    return WantedUser(email, _text(entry, "name", at, email.split("@")[0]), role)


def _group(item: Any, at: str) -> WantedGroup:
    entry = _object(item, at)
    members = tuple(str(member).strip().lower() for member, _ in _items(entry, "members", at))
    organizations = tuple(str(name) for name, _ in _items(entry, "organizations", at))
    return WantedGroup(_text(entry, "name", at), members, organizations)


def _organization(item: Any, at: str) -> WantedOrganization:
    if isinstance(item, str):
        return WantedOrganization(item, None)
    entry = _object(item, at)
    return WantedOrganization(_text(entry, "name", at), entry.get("parent"))


def _check_names(account: WantedAccount, at: str) -> None:
    emails = {user.email for user in account.users}
    names = {organization.name for organization in account.organizations}
    for position, group in enumerate(account.groups):
        for member in group.members:
            if member not in emails:
                raise NotAWorld(f"{at}/groups/{position}/members: there is no user {member}.")
        for name in group.organizations:
            if name not in names:
                raise NotAWorld(
                    f"{at}/groups/{position}/organizations: there is no organization {name!r}."
                )
    for position, organization in enumerate(account.organizations):
        if organization.parent is not None and organization.parent not in names:
            raise NotAWorld(
                f"{at}/organizations/{position}/parent: "
                f"there is no organization {organization.parent!r}."
            )


def _object(item: Any, at: str) -> Mapping[str, Any]:
    if not isinstance(item, dict):
        raise NotAWorld(f"{at or 'The world'} must be a JSON object.")
    return item


def _items(entry: Mapping[str, Any], name: str, at: str) -> Iterator[tuple[Any, str]]:
    items = entry.get(name, [])
    if not isinstance(items, list):
        raise NotAWorld(f"{at}/{name} must be an array.")
    for position, item in enumerate(items):
        yield item, f"{at}/{name}/{position}"


def _text(entry: Mapping[str, Any], name: str, at: str, otherwise: str | None = None) -> str:
    value = entry.get(name, otherwise)
    if not isinstance(value, str) or not value.strip():
        raise NotAWorld(f"{at}/{name} must be a text.")
    return value


def _one_of(entry: Mapping[str, Any], name: str, at: str, kinds: Any, otherwise: Any) -> str:
    value = entry.get(name, otherwise)
    if value not in [str(kind) for kind in kinds]:
        raise NotAWorld(f"{at}/{name} must be one of {', '.join(map(str, kinds))}.")
    return str(value)
