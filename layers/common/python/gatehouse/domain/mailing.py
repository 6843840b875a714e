"""A mailing: one mail to several people, and how far it got with each.

The outbox of the system: a mailing is stored *queued* in the transaction that causes it, handed
to the mail service, and marked *sent*. Whoever is still queued is tried again by the sweep.

A mailing is about a connection, or about something within one account (a user, an API key, …).
To add a mail of the second sort: a member of :class:`MailKind`, its words in
``mail/account_wording.py``, and :mod:`gatehouse.usecases.notify` to queue and send it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final

from gatehouse.domain.roles import Role


class MailKind(StrEnum):
    """What a mail tells: the first five of a connection, the others of one account's own."""

    INVITATION = "invitation"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    EXPIRED = "expired"
    ENDED = "ended"
    USER_INVITATION = "user_invitation"
    """About a user. Facts: ``role`` (its value)."""
    KEY_UNUSED = "key_unused"
    """About an API key that will be revoked. Facts: ``key_name``, ``revokes_at``, ``last_used_at``.

    Moments are written by ``moments.to_text``; a key never used has no ``last_used_at``."""
    KEY_REVOKED = "key_revoked"
    """About an API key that was revoked unused. Facts: ``key_name``, ``last_used_at``."""

    @property
    def is_of_connection(self) -> bool:
        """Say whether the mail is about a connection, and read by both its sides."""
        return self in _OF_CONNECTIONS

    @property
    def has_link(self) -> bool:
        """Say whether each recipient gets a link of their own, known here by its hash only."""
        return self in {MailKind.INVITATION, MailKind.USER_INVITATION}


_OF_CONNECTIONS: Final = frozenset(
    {
        *(MailKind.INVITATION, MailKind.ACCEPTED, MailKind.DECLINED),
        *(MailKind.EXPIRED, MailKind.ENDED),
    }
)


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
    """A mail to several people about something of ``account_id``: its kind says what.

    ``about_id`` is the connection's (of which the account is the host), the user's or the key's.
    ``facts`` is what an account's own mail says beside it, as texts; after ``expires_at`` such a
    mail is not sent any more, because it would no longer be true.
    """

    account_id: str
    mailing_id: str
    about_id: str
    kind: MailKind
    created_at: datetime
    actor_name: str | None
    text: str | None = None
    recipients: Mapping[str, Recipient] = field(default_factory=dict)
    facts: Mapping[str, str] = field(default_factory=dict)
    expires_at: datetime | None = None

    @property
    def is_settled(self) -> bool:
        """Say whether nobody is waiting for this mail any more."""
        return all(r.delivery is not Delivery.QUEUED for r in self.recipients.values())


@dataclass(frozen=True, slots=True)
class Link:
    """Where a link points; it grants nothing. Found by the hash of the token only."""

    link_hash: str
    account_id: str
    about_id: str
    mailing_id: str
    user_id: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Letter:
    """Everything one mail about a connection says to one recipient; rendered as text and as HTML.

    ``side`` is the recipient's: ``host`` or ``guest``. ``message`` is the inviter's message, or
    the decliner's reason: plain text, untrusted. ``link`` is the recipient's own, of an invitation.
    ``colour`` is the host's.
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
    colour: str | None = None


@dataclass(frozen=True, slots=True)
class AccountLetter:
    """Everything one of an account's own mails says to one recipient; see :class:`MailKind`.

    ``link`` is the recipient's own, of a user invitation. ``colour`` is the account's.
    """

    kind: MailKind
    to: str
    account_name: str
    account_subdomain: str
    actor_name: str | None
    happened_at: datetime
    expires_at: datetime | None = None
    facts: Mapping[str, str] = field(default_factory=dict)
    link: str | None = None
    tags: Mapping[str, str] = field(default_factory=dict)
    colour: str | None = None


def masked(email: str) -> str:
    """Show an address so that its owner knows it and nobody else learns it: ``a•••@b.test``."""
    local, _, domain = email.rpartition("@")
    return f"{local[:1]}•••@{domain}"
