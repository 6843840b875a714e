"""Ready-made entities of the domain; a test says only what matters to it."""

from datetime import UTC, datetime, timedelta
from typing import Any

from gatehouse.domain.account import Account, AccountName, Region
from gatehouse.domain.activity import Activity, Actor, Category, Outcome
from gatehouse.domain.api_key import ApiKey, ApiScope, Secret
from gatehouse.domain.connection import Connection, Person, State
from gatehouse.domain.decision import Pair
from gatehouse.domain.directory import Group, Organization
from gatehouse.domain.mailing import Mailing, MailKind, Recipient
from gatehouse.domain.roles import Role
from gatehouse.domain.rule import Rule
from gatehouse.domain.user import User

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
HOST = AccountName("acc_aaaaaaaaaaaaaaaa", "acme", "Acme MSP")
GUEST = AccountName("acc_bbbbbbbbbbbbbbbb", "continuum", "Continuum")
ELSE = AccountName("acc_cccccccccccccccc", "elsewhere", "Elsewhere")


def numbered(kind: str, number: int) -> str:
    """Return an id of the right shape; ids of one kind sort by their numbers."""
    return f"{kind}_{number:026d}"


def user_id(number: int, of: AccountName = GUEST) -> str:
    return f"usr_{of.account_id.removeprefix('acc_')}_{number:026d}"


def an_account(of: AccountName = HOST, **more: Any) -> Account:
    return Account(
        **{
            "account_id": of.account_id,
            "subdomain": of.subdomain,
            "name": of.name,
            "region": Region.NA,
            "invitation_expires_in_days": 7,
            "created_at": NOW,
            **more,
        }
    )


def a_user(number: int = 1, of: AccountName = GUEST, **more: Any) -> User:
    return User(
        account_id=of.account_id,
        user_id=user_id(number, of),
        **{
            "email": f"u{number}@{of.subdomain}.test",
            "name": f"User {number}",
            "role": Role.MANAGER,
            "created_at": NOW,
            **more,
        },
    )


def a_group(number: int = 1, of: AccountName = HOST, **more: Any) -> Group:
    return Group(
        of.account_id,
        numbered("grp", number),
        **{"name": f"Group {number}", "description": "", "created_at": NOW, **more},
    )


def an_organization(number: int = 1, of: AccountName = HOST, **more: Any) -> Organization:
    return Organization(
        of.account_id,
        numbered("org", number),
        **{"name": f"Organization {number}", "parent_id": None, "created_at": NOW, **more},
    )


def a_connection(number: int = 1, **more: Any) -> Connection:
    return Connection(
        connection_id=numbered("con", number),
        **{
            "host": HOST,
            "guest": GUEST,
            "state": State.PENDING,
            "maximum_role": Role.EDITOR,
            "group_ids": frozenset(),
            "grant_id": None,
            "all_organizations": True,
            "message": None,
            "invited_by": Person(user_id(1, HOST), "Ada"),
            "created_at": NOW,
            "expires_at": NOW + timedelta(days=7),
            "lifetime_days": 7,
            "mailing_id": numbered("mlg", number),
            **more,
        },
    )


def a_pair(**more: Any) -> Pair:
    return Pair(
        **{
            "host_account_id": HOST.account_id,
            "guest_account_id": GUEST.account_id,
            "connection_id": numbered("con", 1),
            "state": State.ACTIVE,
            "maximum_role": Role.EDITOR,
            "group_ids": frozenset(),
            "grant_id": None,
            "all_organizations": True,
            "expires_at": NOW + timedelta(days=7),
            "accepted_at": NOW,
            **more,
        }
    )


def a_rule(number: int = 1, **more: Any) -> Rule:
    return Rule(
        user_id=user_id(number),
        **{
            "host_account_id": HOST.account_id,
            "connection_id": numbered("con", 1),
            "denied": False,
            "maximum_role": None if more.get("denied") else Role.CREATOR,
            "group_ids": frozenset(),
            "grant_id": None,
            "all_organizations": not more.get("denied"),
            "created_at": NOW,
            **more,
        },
    )


def an_api_key(number: int = 1, of: AccountName = HOST, **more: Any) -> ApiKey:
    letters = "abcdefghijklmnopqrstuvwxyz"
    return ApiKey(
        of.account_id,
        f"key_aaaaaaaaaa{letters[number // 26]}{letters[number % 26]}",
        **{
            "name": "Documentation",
            "scopes": frozenset({ApiScope.AUTHORIZE}),
            "current": Secret(1, "0" * 64, NOW),
            "created_at": NOW,
            **more,
        },
    )


def a_mailing(*recipients: Recipient, **more: Any) -> Mailing:
    return Mailing(
        **{
            "account_id": HOST.account_id,
            "mailing_id": numbered("mlg", 1),
            "about_id": numbered("con", 1),
            "kind": MailKind.INVITATION,
            "created_at": NOW,
            "actor_name": "Ada",
            "recipients": {one.user_id: one for one in recipients},
            **more,
        }
    )


def a_recipient(number: int = 1, **more: Any) -> Recipient:
    return Recipient(user_id(number), GUEST.account_id, f"u{number}@continuum.test", **more)


def an_activity(number: int = 1, time: datetime = NOW, **more: Any) -> Activity:
    return Activity(
        activity_id=numbered("act", number),
        time=time,
        **{
            "account_id": HOST.account_id,
            "category": Category.DECISION,
            "action": "view",
            "outcome": Outcome.ALLOWED,
            "actor": Actor("user", "Sam", user_id(1), home_account_id=GUEST.account_id),
            **more,
        },
    )
