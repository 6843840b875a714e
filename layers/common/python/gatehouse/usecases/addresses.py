"""E-mail addresses: each is at most one user's in the whole system, and nobody learns whose."""

from gatehouse.domain.errors import EmailTaken
from gatehouse.domain.user import User
from gatehouse.usecases.changes import Change, Claim, Release
from gatehouse.usecases.ports import Ports

_TAKEN = (
    "This e-mail address already belongs to a user. A person has one home account; "
    "use another address, or ask the person."
)


def must_be_free(ports: Ports, email: str) -> None:
    """Refuse an address that is taken, before anything is prepared for its user.

    The claim decides; this keeps refused requests from leaving prepared grants behind, of which an
    organization holds only so many until the sweep clears them.
    """
    if ports.store.accounts.owner("email", email) is not None:
        raise EmailTaken(_TAKEN)


def claim(user: User) -> Claim:
    """Return what makes the user's address theirs."""
    return Claim("email", user.email, user.user_id, EmailTaken(_TAKEN))


def moved(old: User, new: User) -> list[Change]:
    """Return what gives one address back and takes the other, if it changes."""
    if new.email == old.email:
        return []
    return [Release("email", old.email, old.user_id), claim(new)]
