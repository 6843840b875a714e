"""What the API and an archive show of connections, and of who is blocked, value by value."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from gatehouse.domain.blocking import Blocked
from gatehouse.domain.connection import Connection, State
from gatehouse.domain.mailing import Mailing, masked
from gatehouse.domain.moments import to_text
from gatehouse.usecases.columns import Column, of, text_of
from gatehouse.usecases.describe import Described
from gatehouse.usecases.rules import Described as DescribedRule


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


def _recipients(mailing: Mailing | None) -> list[dict[str, str]]:
    recipients = mailing.recipients.values() if mailing else ()
    return [
        {"email": masked(to.email), "delivery": to.delivery.value}
        for to in sorted(recipients, key=lambda to: to.email)
    ]


CONNECTIONS: Final[tuple[Column[Met], ...]] = (
    Column("connection_id", lambda m: m.connection.connection_id),
    Column("state", lambda m: m.connection.state_at(m.now).value, "At the moment it was read."),
    Column("etag", lambda m: str(m.connection.version)),
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
    Column("accepted_by.user_id", lambda m: of(m.connection.accepted_by, "user_id")),
    Column("accepted_by.name", lambda m: of(m.connection.accepted_by, "name")),
    Column("created_at", lambda m: to_text(m.connection.created_at)),
    Column("accepted_at", lambda m: text_of(m.connection.accepted_at)),
    Column(
        "ended_at",
        lambda m: text_of(m.connection.expires_at if m.has_expired else m.connection.ended_at),
    ),
    Column(
        "end_reason",
        lambda m: "expired" if m.has_expired else of(m.connection.end_reason, "value"),
    ),
)

RULES: Final[tuple[Column[DescribedRule], ...]] = (
    Column("connection_id", lambda r: r.rule.connection_id),
    Column("user_id", lambda r: r.rule.user_id),
    Column("name", lambda r: of(r.user, "name"), "Of the guest's person; none of who was deleted."),
    Column("own_role", lambda r: r.user.role.value if r.user else None),
    Column("effective_role", lambda r: of(r.effective_role, "value")),
    Column("denied", lambda r: r.rule.denied),
    Column("maximum_role", lambda r: of(r.rule.maximum_role, "value")),
    Column("group_ids", lambda r: sorted(r.rule.group_ids)),
    Column("organization_ids", lambda r: sorted(r.organization_ids)),
    Column("all_organizations", lambda r: r.rule.all_organizations),
    Column("created_at", lambda r: to_text(r.rule.created_at)),
    Column("etag", lambda r: str(r.rule.version)),
)

BLOCKED: Final[tuple[Column[Blocked], ...]] = (
    Column("host_account.account_id", lambda b: b.host.account_id),
    Column("host_account.subdomain", lambda b: b.host.subdomain),
    Column("host_account.name", lambda b: b.host.name),
    Column("blocked_by.user_id", lambda b: b.blocked_by.user_id),
    Column("blocked_by.name", lambda b: b.blocked_by.name),
    Column("blocked_at", lambda b: to_text(b.blocked_at)),
)
