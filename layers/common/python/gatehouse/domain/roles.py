"""Roles, actions, and the one table that joins them."""

from enum import StrEnum
from typing import Final


class Role(StrEnum):
    """What a user may do, highest first."""

    ADMINISTRATOR = "administrator"
    MANAGER = "manager"
    EDITOR = "editor"
    CREATOR = "creator"
    READ_ONLY = "read_only"
    LITE = "lite"

    @property
    def rank(self) -> int:
        """Return the height of the role; a higher role has a higher rank."""
        return _RANK[self]

    @property
    def label(self) -> str:
        """Return the role as people read it."""
        return "Read-only" if self is Role.READ_ONLY else self.value.capitalize()

    def reaches(self, other: "Role") -> bool:
        """Say whether this role is at least as high as the other."""
        return _RANK[self] >= _RANK[other]


_RANK: Final = {role: height for height, role in enumerate(reversed(Role))}

MAXIMUM_ROLES: Final = tuple(role for role in Role if role is not Role.LITE)
"""The roles that may cap a connection; Lite never gets in, so it caps nothing."""

ACTIONS: Final = {
    "view": Role.READ_ONLY,
    "create": Role.CREATOR,
    "edit": Role.CREATOR,
    "archive": Role.CREATOR,
    "delete": Role.EDITOR,
    "restore": Role.MANAGER,
}
"""The lowest effective role that each action takes."""

NEVER_DELEGATED: Final = frozenset(
    {
        "manage_users",
        "manage_groups",
        "manage_organizations",
        "manage_connections",
        "change_permissions",
        "manage_account",
        "manage_api_keys",
        "view_logs",
        "import",
        "export",
    }
)
"""Actions that no decision ever allows, whoever asks and whatever the role."""


def effective_role(own: Role, maximum: Role | None) -> Role:
    """Return the lower of a user's own role and the connection's maximum role.

    ``maximum`` is None for a user of the account itself, whom nothing caps.
    """
    if maximum is None or maximum.reaches(own):
        return own
    return maximum


def actions_allowed(effective: Role) -> tuple[str, ...]:
    """Return the actions that an effective role may take, in the table's order."""
    return tuple(action for action, minimum in ACTIONS.items() if effective.reaches(minimum))
