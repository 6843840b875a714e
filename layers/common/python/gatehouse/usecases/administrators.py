"""Keep the account's list of active Administrators in step with a user; the last one stays."""

from gatehouse.domain.errors import LastAdministrator
from gatehouse.domain.user import User
from gatehouse.usecases.changes import Change, Dismiss, Enrol


def administration(old: User, new: User) -> list[Change]:
    """Return what a change of role or status means for the list."""
    if old.is_active_administrator is new.is_active_administrator:
        return []
    return [dismiss(new) if old.is_active_administrator else Enrol(new)]


def dismiss(user: User) -> Dismiss:
    """Return what takes an Administrator from the list, unless nobody would be left on it."""
    return Dismiss(
        user,
        LastAdministrator(
            f"{user.name} is the last active Administrator. Make somebody else an Administrator "
            "first."
        ),
    )
