"""Say where the link of a user's invitation leads. Reading changes nothing; the link gives nothing."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from gatehouse.domain import secrets
from gatehouse.domain.account import Account
from gatehouse.domain.errors import LinkUnknown
from gatehouse.domain.ids import is_id
from gatehouse.domain.user import Status, User
from gatehouse.usecases.ports import Ports


class LinkState(StrEnum):
    """What became of a link; the first that applies."""

    GONE = "gone"
    DEACTIVATED = "deactivated"
    SIGNED_IN = "signed-in"
    REPLACED = "replaced"
    EXPIRED = "expired"
    OPEN = "open"


@dataclass(frozen=True, slots=True)
class UserLink:
    """A link with what it points to; the user is None once deleted."""

    state: LinkState
    account: Account
    user: User | None
    actor_name: str | None
    expires_at: datetime | None


def user_link(ports: Ports, token: str) -> UserLink:
    """Find what a link points to. Raises LinkUnknown."""
    link = ports.store.mailings.link(secrets.hash_of(token)) if secrets.is_token(token) else None
    if link is None or not is_id(link.about_id, "usr"):
        raise _unknown()
    account = ports.store.accounts.get(link.account_id)
    mailing = ports.store.mailings.get(link.account_id, link.about_id, link.mailing_id)
    if account is None or mailing is None:
        raise _unknown()
    user = ports.store.users.get(link.about_id)
    recipient = mailing.recipients.get(link.user_id)
    if user is None:
        state = LinkState.GONE
    elif user.status is not Status.ACTIVE:
        state = LinkState.DEACTIVATED
    elif user.identity is not None:
        state = LinkState.SIGNED_IN
    elif user.invitation_id != link.mailing_id or (
        recipient is None or recipient.link_hash != link.link_hash
    ):
        state = LinkState.REPLACED
    elif mailing.expires_at is None or ports.clock.now() >= mailing.expires_at:
        state = LinkState.EXPIRED
    else:
        state = LinkState.OPEN
    return UserLink(state, account, user, mailing.actor_name, mailing.expires_at)


def _unknown() -> LinkUnknown:
    return LinkUnknown(
        "No mail was sent with this link. Check that it was copied whole, from the line it stands on."
    )
