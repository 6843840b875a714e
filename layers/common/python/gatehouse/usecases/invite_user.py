"""Mail a new user a link to sign in: for six hours, again on request, never to who has signed in.

The link only points. Nobody gets in by it: what counts is an identity whose provider vouches for
the user's address, with a link or without. Whoever adds people by a program that mails them
itself, or lets them in by single sign-on, leaves the mail out.
"""

import hashlib
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from math import ceil
from typing import Final, TypeVar

from gatehouse.domain.activity import Resource
from gatehouse.domain.errors import NotInvitable, TooMany
from gatehouse.domain.mailing import Delivery, Mailing, MailKind
from gatehouse.domain.moments import end_of_hour
from gatehouse.domain.principal import Application, Principal
from gatehouse.domain.user import Status, User
from gatehouse.usecases.changes import Change, CountAttempt, Save
from gatehouse.usecases.hand_over import queued
from gatehouse.usecases.memberships import own_user
from gatehouse.usecases.notify import notice_to, notify
from gatehouse.usecases.ports import Ports
from gatehouse.usecases.racing import settled
from gatehouse.usecases.receipts import Keep
from gatehouse.usecases.writers import Writer, reader, writer

T = TypeVar("T")
LIFETIME: Final = timedelta(hours=6)
_MOST: Final = 3
"""How many such mails one address gets from one account in an hour, whatever becomes of its user."""


class InvitationState(StrEnum):
    """How far somebody is on the way to their first sign-in."""

    NOT_SENT = "not_sent"
    INVITED = "invited"
    EXPIRED = "expired"
    SIGNED_IN = "signed_in"


@dataclass(frozen=True, slots=True)
class UserInvitation:
    """A user with the newest mail that asked them to sign in; None if there was none."""

    user: User
    mailing: Mailing | None

    def state_at(self, now: datetime) -> InvitationState:
        """Read the state at a moment."""
        if self.user.identity is not None:
            return InvitationState.SIGNED_IN
        if self.mailing is None or self.mailing.expires_at is None:
            return InvitationState.NOT_SENT
        over = now >= self.mailing.expires_at
        return InvitationState.EXPIRED if over else InvitationState.INVITED

    @property
    def delivery(self) -> Delivery | None:
        """Return how far the mail got."""
        recipient = self.mailing.recipients.get(self.user.user_id) if self.mailing else None
        return recipient.delivery if recipient else None


def invited(ports: Ports, user: User, principal: Principal) -> tuple[User, Mailing]:
    """Return a user with a new invitation, and its mail, to be queued in the same transaction.

    A link that went out before answers ``link-replaced`` from then on.
    """
    mailing = notice_to(
        ports,
        MailKind.USER_INVITATION,
        user.account_id,
        user.user_id,
        (user,),
        actor_name=added_by(principal),
        facts={"role": user.role.value},
        expires_at=ports.clock.now() + LIFETIME,
    )
    return replace(user, invitation_id=mailing.mailing_id), mailing


def invited_at_new_address(
    ports: Ports, old: User, new: User, principal: Principal
) -> tuple[User, Mailing | None]:
    """Return a user and a new mail if one is waited for at an address that is no longer theirs."""
    if new.email == old.email or old.identity is not None or old.invitation_id is None:
        return new, None
    return invited(ports, new, principal)


def in_outbox(ports: Ports, user: User, mailing: Mailing | None) -> list[Change]:
    """Return what queues a user's mail, if there is one, and counts it against the hour's limit.

    Counted is by address: deleting somebody and adding them again is no way around it.
    """
    if mailing is None:
        return []
    now = ports.clock.now()
    wait = ceil((end_of_hour(now) - now).total_seconds())
    refusal = TooMany(
        f"This address was sent {_MOST} mails to sign in within this hour, which is the "
        f"limit. Wait {wait} seconds, or let them look in the mail they have.",
        retry_after=wait,
    )
    name = f"user-mail {hashlib.sha256(user.email.encode()).hexdigest()[:32]}"
    return [queued(mailing), CountAttempt(user.account_id, name, now, _MOST, refusal)]


def told(ports: Ports, result: T, mailing: Mailing | None) -> T:
    """Send a mail that was queued, if there is one; return what was done."""
    if mailing is not None:
        notify(ports, mailing)
    return result


def added_by(principal: Principal) -> str:
    """Name who adds somebody, as that person reads it."""
    name = principal.actor.called
    return f"the application {name}" if isinstance(principal, Application) else name


def read_invitation(ports: Ports, principal: Principal, user_id: str) -> UserInvitation:
    """Return how far a user of the account is on the way to the first sign-in."""
    who = reader(principal, "see users")
    return invitation_of(ports, own_user(ports, who, user_id))


def invitation_of(ports: Ports, user: User) -> UserInvitation:
    """Return a user's newest invitation."""
    if user.invitation_id is None:
        return UserInvitation(user, None)
    mailing = ports.store.mailings.get(user.account_id, user.user_id, user.invitation_id)
    return UserInvitation(user, mailing)


def send_invitation(ports: Ports, principal: Principal, user_id: str, keep: Keep) -> UserInvitation:
    """Mail a new link, and let the one before answer that it was replaced."""
    who = must_be_able_to_invite(ports, principal, user_id)

    def attempt() -> UserInvitation:
        old = own_user(ports, who, user_id)
        _must_be_invitable(who, old)
        user, mailing = invited(ports, replace(old, version=old.version + 1), principal)
        result = UserInvitation(user, mailing)
        ports.store.commit(
            Save(user, old),
            *in_outbox(ports, user, mailing),
            who.still(old),
            who.entry(ports, "user.invited", Resource("user", user.user_id, user.name)),
            keep(result),
        )
        return result

    result = settled(attempt)
    assert result.mailing is not None  # it was made above
    return replace(result, mailing=notify(ports, result.mailing))


def must_be_able_to_invite(ports: Ports, principal: Principal, user_id: str) -> Writer:
    """Refuse whoever may not send this user a link, or may not any more."""
    who = writer(principal, "invite users")
    who.must_not_touch_administrators(own_user(ports, who, user_id).role)
    return who


def _must_be_invitable(who: Writer, user: User) -> None:
    """Refuse users who need no link, or could do nothing with one."""
    who.must_not_touch_administrators(user.role)
    if user.identity is not None:
        raise NotInvitable(
            f"{user.name} has signed in already and needs no link. They go on as they did."
        )
    if user.status is not Status.ACTIVE:
        raise NotInvitable(
            f"{user.name} is deactivated, so a link would lead nowhere. Reactivate them first."
        )
