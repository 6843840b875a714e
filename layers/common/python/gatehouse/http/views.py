"""Entities as callers see them: the names of the contract, and nothing that is not theirs."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from gatehouse.domain.account import Account, AccountName
from gatehouse.domain.activity import Activity
from gatehouse.domain.api_key import ApiKey
from gatehouse.domain.blocking import Blocked
from gatehouse.domain.connection import Connection
from gatehouse.domain.directory import Group, Organization
from gatehouse.domain.moments import to_text
from gatehouse.domain.use import Tally, most_first
from gatehouse.domain.user import User
from gatehouse.usecases import columns, connection_columns
from gatehouse.usecases.accessible import Accessible, Me
from gatehouse.usecases.columns import shown
from gatehouse.usecases.connection_use import ConnectionUse
from gatehouse.usecases.describe import Described, Granted
from gatehouse.usecases.preview import Entering, Preview
from gatehouse.usecases.report import Reported
from gatehouse.usecases.users import Described as DescribedUser

Json = dict[str, Any]


def nothing(_: object) -> None:
    """Show nothing: the answer is 204."""


def account_name(name: AccountName) -> Json:
    return {"account_id": name.account_id, "subdomain": name.subdomain, "name": name.name}


def connection(described: Described, now: datetime) -> Json:
    """Return a connection; past its expiry a pending one reads as expired."""
    return shown(connection_columns.CONNECTIONS, connection_columns.Met(described, now))


def blocked(one: Blocked) -> Json:
    """Return a host that the account takes no invitations from."""
    return shown(connection_columns.BLOCKED, one)


def grant(granted: Granted) -> Json:
    """Return what a connection grants, without the page of organizations."""
    c = granted.connection
    return {
        "maximum_role": c.maximum_role.value,
        "group_ids": sorted(c.group_ids),
        "organization_ids": sorted(granted.organization_ids),
        "all_organizations": c.all_organizations,
        "etag": str(c.version),
    }


def granted_organization(item: tuple[Organization, tuple[str, ...]]) -> Json:
    found, via = item
    return {
        "organization_id": found.organization_id,
        "name": found.name,
        "via": list(via),
    }


def offer_connection(c: Connection, count: int, state: str) -> Json:
    """Return what an invitation says to whoever holds its link."""
    return {
        "state": state,
        "host_account": {"subdomain": c.host.subdomain, "name": c.host.name},
        "guest_account": {"subdomain": c.guest.subdomain, "name": c.guest.name},
        "invited_by": {"name": c.invited_by.name},
        "message": c.message,
        "maximum_role": c.maximum_role.value,
        "organization_count": count,
        "all_organizations": c.all_organizations,
        "expires_at": to_text(c.expires_at),
    }


def preview(found: Preview, next_cursor: str | None) -> Json:
    """Return what a connection means: people, roles and organizations."""
    organizations = found.organizations.items if found.organizations else ()
    denied = found.people.denied if found.people else ()
    return {
        "roles": [
            {"own_role": own.value, "effective_role": effective.value}
            for own, effective in found.roles
        ],
        "people": found.people and [_entering(one) for one in found.people.entering],
        "organizations": [
            {"organization_id": one.organization_id, "name": one.name} for one in organizations
        ],
        "organization_count": found.organization_count,
        "all_organizations": found.all_organizations,
        "next_cursor": next_cursor,
        **({"denied_people": [_person_of(one) for one in denied]} if denied else {}),
    }


def user(described: DescribedUser) -> Json:
    return shown(columns.USERS, described)


def member(u: User) -> Json:
    return {
        "user_id": u.user_id,
        "email": u.email,
        "name": u.name,
        "role": u.role.value,
        "status": u.status.value,
    }


def group(g: Group) -> Json:
    return shown(columns.GROUPS, g)


def organization(o: Organization) -> Json:
    return shown(columns.ORGANIZATIONS, o)


def api_key(key: ApiKey, now: datetime, secret: str | None = None) -> Json:
    """Return a key as it is now; its text only in the one answer that makes it."""
    found = shown(columns.API_KEYS, columns.Key(key, now))
    return found if secret is None else {**found, "secret": secret}


def account(a: Account) -> Json:
    return shown(columns.ACCOUNT, a)


def activity(a: Activity) -> Json:
    """Return one entry of a log."""
    return shown(columns.ACTIVITIES, a)


def connection_use(found: ConnectionUse) -> Json:
    """Return how a connection was used; days on which nothing happened are left out."""
    return {
        "connection_id": found.connection.connection_id,
        "from": found.first.isoformat(),
        "to": found.last.isoformat(),
        "maximum_role": found.connection.maximum_role.value,
        "needed_role": found.needed.value if found.needed else None,
        "lower_maximum_to": found.could_be.value if found.could_be else None,
        "decisions": _tally(found.whole.decisions),
        "activities": _tally(found.whole.activities),
        "days": [
            {
                "day": one.day.isoformat(),
                "decisions": _tally(one.decisions),
                "activities": _tally(one.activities),
            }
            for one in found.days
        ],
        "actions": [
            {"category": category.value, "action": action, **_tally(tally)}
            for (category, action), tally in most_first(found.whole.actions)
        ],
        "denials": [
            {"reason": reason, "count": count}
            for reason, count in sorted(found.whole.reasons.items(), key=lambda one: (-one[1], one))
        ],
    }


def _tally(tally: Tally) -> Json:
    return {"allowed": tally.allowed, "denied": tally.denied}


def reported(r: Reported) -> Json:
    return {"activity_id": r.activity_id, "status": r.status, "reason": r.reason}


def me(found: Me) -> Json:
    return {
        "user": {
            "user_id": found.user.user_id,
            "email": found.user.email,
            "name": found.user.name,
            "role": found.user.role.value,
            "status": found.user.status.value,
        },
        "account": account_name(found.account.named),
        "accessible_accounts": [accessible(one) for one in found.accessible],
    }


def accessible(one: Accessible) -> Json:
    return {
        **account_name(one.account),
        "relation": one.relation,
        "effective_role": one.effective_role.value,
        "connection_id": one.connection_id,
    }


def reached_organization(o: Organization, actions: Iterable[str]) -> Json:
    return {**organization(o), "actions": list(actions)}


def _entering(one: Entering) -> Json:
    shown = {**_person_of(one.user), "effective_role": one.effective_role.value}
    return shown if one.rule is None else {**shown, "rule": True}


def _person_of(person: User) -> Json:
    return {"user_id": person.user_id, "name": person.name, "own_role": person.role.value}


def _text(moment: datetime | None) -> str | None:
    return to_text(moment) if moment else None
