"""The kinds of things that an account's archive has, in order, and how each is read.

Every kind is read page by page through the ports that everything else reads through, so what is
kept in memory does not grow with the account, and reading goes on after any page.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Generic, TypeVar

from gatehouse.domain.account import Account
from gatehouse.domain.activity import Activity
from gatehouse.domain.billing import BillingContact
from gatehouse.domain.blocking import Blocked
from gatehouse.domain.connection import Connection
from gatehouse.domain.directory import Group, Organization
from gatehouse.domain.pages import Page
from gatehouse.domain.seats import Seats
from gatehouse.usecases import columns as c
from gatehouse.usecases import connection_columns as cc
from gatehouse.usecases.columns import Column, Key, Member, Reached
from gatehouse.usecases.connection_columns import Met
from gatehouse.usecases.describe import described
from gatehouse.usecases.ports import Ports
from gatehouse.usecases.report import OLDEST
from gatehouse.usecases.rules import Described as Rule
from gatehouse.usecases.rules import rules_of
from gatehouse.usecases.stored import LogQuery
from gatehouse.usecases.users import Described as User

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Position:
    """Where reading stands: which account, its entries until when, after what."""

    account_id: str
    until: datetime
    after: str | None = None


@dataclass(frozen=True, slots=True)
class Kind(Generic[T]):
    """A kind of thing: its files are ``<name>.csv`` and ``<name>.jsonl``."""

    name: str
    title: str
    columns: tuple[Column[T], ...]
    read: Callable[[Ports, Position, int], Page[T]]

    def row(self, thing: T) -> list[Any]:
        """Return the values of a thing in the order of the columns."""
        return [column.value(thing) for column in self.columns]


def _account(ports: Ports, at: Position, _: int) -> Page[Account]:
    account = ports.store.accounts.get(at.account_id)
    return Page((account,) if account else ())


def _plan(ports: Ports, at: Position, _: int) -> Page[Seats]:
    return Page((ports.store.seats.get(at.account_id),))


def _billing_contact(ports: Ports, at: Position, _: int) -> Page[BillingContact]:
    contact = ports.store.accounts.billing_contact(at.account_id)
    return Page((contact,) if contact else ())


def _users(ports: Ports, at: Position, limit: int) -> Page[User]:
    page = ports.store.users.page(at.account_id, at.after, limit)
    grants = ports.store.grants.many(
        {(at.account_id, user.grant_id) for user in page.items if user.grant_id is not None}
    )
    return Page(
        tuple(
            User(user, user.group_ids, grant.organization_ids if grant else frozenset())
            for user in page.items
            for grant in (grants.get(user.grant_id or ""),)
        ),
        page.after,
    )


def _groups(ports: Ports, at: Position, limit: int) -> Page[Group]:
    return ports.store.directory.groups_page(at.account_id, at.after, limit)


def _members(ports: Ports, at: Position, limit: int) -> Page[Member]:
    """Read from the users: what stands there decides, lists under groups only find it."""
    page = ports.store.users.page(at.account_id, at.after, limit)
    return Page(
        tuple(Member(group, user) for user in page.items for group in sorted(user.group_ids)),
        page.after,
    )


def _organizations(ports: Ports, at: Position, limit: int) -> Page[Organization]:
    return ports.store.directory.organizations_page(at.account_id, at.after, limit)


def _reached(ports: Ports, at: Position, limit: int) -> Page[Reached]:
    page = _organizations(ports, at, limit)
    return Page(
        tuple(Reached(group, found) for found in page.items for group in sorted(found.groups)),
        page.after,
    )


def _outgoing(ports: Ports, at: Position, limit: int) -> Page[Met]:
    return _met(ports, ports.store.connections.page(at.account_id, at.after, limit))


def _rules(ports: Ports, at: Position, limit: int) -> Page[Rule]:
    page = ports.store.connections.page(at.account_id, at.after, limit)
    ruled = (connection for connection in page.items if connection.rules)
    return Page(tuple(rule for one in ruled for rule in rules_of(ports, one)), page.after)


def _incoming(ports: Ports, at: Position, limit: int) -> Page[Met]:
    return _met(ports, ports.store.connections.incoming_page(at.account_id, at.after, limit))


def _met(ports: Ports, page: Page[Connection]) -> Page[Met]:
    now = ports.clock.now()
    return Page(tuple(Met(one, now) for one in described(ports, page.items)), page.after)


def _blocked(ports: Ports, at: Position, limit: int) -> Page[Blocked]:
    return ports.store.connections.blocked_page(at.account_id, at.after, limit)


def _api_keys(ports: Ports, at: Position, limit: int) -> Page[Key]:
    page = ports.store.api_keys.page(at.account_id, at.after, limit)
    now = ports.clock.now()
    return Page(tuple(Key(key, now) for key in page.items), page.after)


def _activities(ports: Ports, at: Position, limit: int) -> Page[Activity]:
    account = ports.store.accounts.get(at.account_id)
    since = account.created_at - OLDEST if account else at.until
    return ports.store.log.page(at.account_id, LogQuery(since, at.until), at.after, limit)


ACTIVITIES: Final[Kind[Activity]] = Kind(
    "activities", "The activity log from its beginning, newest first", c.ACTIVITIES, _activities
)
KINDS: Final[tuple[Kind[Any], ...]] = (
    Kind("account", "The account and its settings", c.ACCOUNT, _account),
    Kind("plan", "The plan, and who takes its seats", c.PLAN, _plan),
    Kind("billing-contact", "The billing contact", c.BILLING_CONTACT, _billing_contact),
    Kind("users", "Users, with what each has besides groups", c.USERS, _users),
    Kind("groups", "Groups", c.GROUPS, _groups),
    Kind("group-members", "The members of each group", c.MEMBERS, _members),
    Kind("group-organizations", "The organizations of each group", c.REACHED, _reached),
    Kind("organizations", "Organizations", c.ORGANIZATIONS, _organizations),
    Kind(
        "connections",
        "Connections that let others in, with what each grants",
        cc.CONNECTIONS,
        _outgoing,
    ),
    Kind("rules", "Rules for single people of connected accounts", cc.RULES, _rules),
    Kind(
        "incoming-connections",
        "Connections that let this account in, with what each grants",
        cc.CONNECTIONS,
        _incoming,
    ),
    Kind("blocked-hosts", "Blocked hosts", cc.BLOCKED, _blocked),
    Kind("api-keys", "API keys, without their secrets", c.API_KEYS, _api_keys),
    ACTIVITIES,
)
"""Everything an account has, in the order in which an archive reads it."""
