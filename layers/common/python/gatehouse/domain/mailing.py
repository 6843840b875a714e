"""A mailing: one mail to several people, and how far it got with each.

The outbox of the system: a mailing is stored *queued* in the transaction that causes it, handed
to the mail service, and marked *sent*. Whoever is still queued is tried again by the sweep.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from gatehouse.domain.roles import Role


class MailKind(StrEnum):
    """What a mail tells."""

    INVITATION = "invitation"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    EXPIRED = "expired"
    ENDED = "ended"


class Delivery(StrEnum):
    """How far a mail got with one recipient."""

    QUEUED = "queued"
    SENT = "sent"
    BOUNCED = "bounced"
    COMPLAINED = "complained"


@dataclass(frozen=True, slots=True)
class Recipient:
    """One person of a mailing. ``link_hash`` is the one live link, of an invitation."""

    user_id: str
    account_id: str
    email: str
    delivery: Delivery = Delivery.QUEUED
    link_hash: str | None = None


@dataclass(frozen=True, slots=True)
class Mailing:
    """A mail to several people about one connection of ``account_id`` (the host)."""

    account_id: str
    mailing_id: str
    connection_id: str
    kind: MailKind
    created_at: datetime
    actor_name: str | None
    text: str | None = None
    recipients: Mapping[str, Recipient] = field(default_factory=dict)

    @property
    def is_settled(self) -> bool:
        """Say whether nobody is waiting for this mail any more."""
        return all(r.delivery is not Delivery.QUEUED for r in self.recipients.values())


@dataclass(frozen=True, slots=True)
class Link:
    """Where a link points; it grants nothing. Found by the hash of the token only."""

    link_hash: str
    host_account_id: str
    connection_id: str
    mailing_id: str
    user_id: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Letter:
    """Everything one mail says to one recipient; rendered as text and as HTML.

    ``side`` is the recipient's: ``host`` or ``guest``. ``message`` is the inviter's message, or
    the decliner's reason: plain text, untrusted. ``link`` is the recipient's own, of an invitation.
    """

    kind: MailKind
    to: str
    side: str
    host_name: str
    host_subdomain: str
    guest_name: str
    guest_subdomain: str
    maximum_role: Role
    organization_count: int
    all_organizations: bool
    actor_name: str | None
    happened_at: datetime
    expires_at: datetime | None = None
    message: str | None = None
    end_reason: str | None = None
    link: str | None = None
    tags: Mapping[str, str] = field(default_factory=dict)


def masked(email: str) -> str:
    """Show an address so that its owner knows it and nobody else learns it: ``a•••@b.test``."""
    local, _, domain = email.rpartition("@")
    return f"{local[:1]}•••@{domain}"
