"""Between rows and entities of invitations; see mapping.py, which is kept small."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from gatehouse.domain.account import AccountName
from gatehouse.domain.blocking import Blocked
from gatehouse.domain.connection import Connection, EndReason, Person, State
from gatehouse.domain.mailing import Delivery, Link, Mailing, MailKind, Recipient
from gatehouse.domain.moments import from_text, to_text
from gatehouse.domain.roles import Role
from gatehouse.store import table as t
from gatehouse.store.mapping import moment_of, moments_of, set_of, text_of, texts_of


def connection_row(c: Connection) -> t.ConnectionRow:
    # Due when an invitation's time is over, and after the end while there are rules to tidy.
    due_at = c.expires_at if c.state is State.PENDING else c.ended_at if c.rules else None
    return t.ConnectionRow(
        *t.connection_key(c.host.account_id, c.connection_id),
        host_account_id=c.host.account_id,
        host_subdomain=c.host.subdomain,
        host_name=c.host.name,
        guest_account_id=c.guest.account_id,
        guest_subdomain=c.guest.subdomain,
        guest_name=c.guest.name,
        state=c.state.value,
        maximum_role=c.maximum_role.value,
        group_ids=set_of(c.group_ids),
        grant_id=c.grant_id,
        all_organizations=c.all_organizations,
        message=c.message,
        invited_by_id=c.invited_by.user_id,
        invited_by_name=c.invited_by.name,
        accepted_by_id=c.accepted_by.user_id if c.accepted_by else None,
        accepted_by_name=c.accepted_by.name if c.accepted_by else None,
        ended_by_id=c.ended_by.user_id if c.ended_by else None,
        ended_by_name=c.ended_by.name if c.ended_by else None,
        accepted_at=text_of(c.accepted_at),
        expires_at=to_text(c.expires_at),
        lifetime_days=c.lifetime_days,
        mailing_id=c.mailing_id,
        ended_at=text_of(c.ended_at),
        end_reason=c.end_reason.value if c.end_reason else None,
        resent_at=texts_of(c.resent_at),
        rules=c.rules or None,
        created_at=to_text(c.created_at),
        version=c.version,
        due_shard=t.due_shard(c.connection_id) if due_at else None,
        due_at=text_of(due_at),
    )


def connection(row: t.ConnectionRow) -> Connection:
    return Connection(
        connection_id=row.sk,
        host=AccountName(row.host_account_id, row.host_subdomain, row.host_name),
        guest=AccountName(row.guest_account_id, row.guest_subdomain, row.guest_name),
        state=State(row.state),
        maximum_role=Role(row.maximum_role),
        group_ids=frozenset(row.group_ids or ()),
        grant_id=row.grant_id,
        all_organizations=row.all_organizations,
        message=row.message,
        invited_by=Person(row.invited_by_id, row.invited_by_name),
        created_at=from_text(row.created_at),
        expires_at=from_text(row.expires_at),
        lifetime_days=int(row.lifetime_days),
        mailing_id=row.mailing_id,
        accepted_by=_somebody(row.accepted_by_id, row.accepted_by_name),
        ended_by=_somebody(row.ended_by_id, row.ended_by_name),
        accepted_at=moment_of(row.accepted_at),
        ended_at=moment_of(row.ended_at),
        end_reason=EndReason(row.end_reason) if row.end_reason else None,
        resent_at=moments_of(row.resent_at),
        rules=int(row.rules or 0),
        version=int(row.version),
    )


def _somebody(user_id: str | None, name: str | None) -> Person | None:
    return Person(user_id, name or "") if user_id else None


def mailing_row(m: Mailing, due_at: datetime | None) -> t.MailingRow:
    return t.MailingRow(
        *t.mailing_key(m.account_id, m.about_id, m.mailing_id),
        account_id=m.account_id,
        about_id=m.about_id,
        kind=m.kind.value,
        actor_name=m.actor_name,
        text=m.text,
        recipients={r.user_id: _recipient_map(r) for r in m.recipients.values()},
        facts=dict(m.facts) or None,
        expires_at=text_of(m.expires_at),
        created_at=to_text(m.created_at),
        due_shard=t.due_shard(m.mailing_id) if due_at else None,
        due_at=text_of(due_at),
    )


def mailing(row: t.MailingRow) -> Mailing:
    recipients: Mapping[str, Any] = row.recipients.as_dict()  # type: ignore[no-untyped-call]  # pynamodb's own
    return Mailing(
        account_id=row.account_id,
        mailing_id=row.sk,
        about_id=row.about_id,
        kind=MailKind(row.kind),
        created_at=from_text(row.created_at),
        actor_name=row.actor_name,
        text=row.text,
        recipients={
            user_id: Recipient(
                user_id,
                one["account_id"],
                one["email"],
                Delivery(one["delivery"]),
                one.get("link_hash"),
            )
            for user_id, one in recipients.items()
        },
        facts=row.facts or {},
        expires_at=moment_of(row.expires_at),
    )


def link_row(link: Link, ttl: int) -> t.LinkRow:
    return t.LinkRow(
        *t.link_key(link.link_hash),
        account_id=link.account_id,
        about_id=link.about_id,
        mailing_id=link.mailing_id,
        user_id=link.user_id,
        created_at=to_text(link.created_at),
        ttl=ttl,
    )


def link(link_hash: str, row: t.LinkRow) -> Link:
    return Link(
        link_hash,
        row.account_id,
        row.about_id,
        row.mailing_id,
        row.user_id,
        from_text(row.created_at),
    )


def blocked_row(b: Blocked) -> t.BlockedRow:
    return t.BlockedRow(
        *t.blocked_key(b.account_id, b.host.account_id),
        account_id=b.account_id,
        host_subdomain=b.host.subdomain,
        host_name=b.host.name,
        blocked_by_id=b.blocked_by.user_id,
        blocked_by_name=b.blocked_by.name,
        created_at=to_text(b.blocked_at),
    )


def blocked(row: t.BlockedRow) -> Blocked:
    return Blocked(
        account_id=row.account_id,
        host=AccountName(row.sk, row.host_subdomain, row.host_name),
        blocked_by=Person(row.blocked_by_id, row.blocked_by_name),
        blocked_at=from_text(row.created_at),
    )


def _recipient_map(r: Recipient) -> dict[str, str]:
    found = {"account_id": r.account_id, "email": r.email, "delivery": r.delivery.value}
    return found if r.link_hash is None else {**found, "link_hash": r.link_hash}
