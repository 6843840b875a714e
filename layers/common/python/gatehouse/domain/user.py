"""A user: a person with one home account, one role, and what they reach at home."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from gatehouse.domain.roles import Role


class Status(StrEnum):
    """Whether a user may act at all."""

    ACTIVE = "active"
    DEACTIVATED = "deactivated"


@dataclass(frozen=True, slots=True)
class User:
    """A person. ``grant_id`` names the direct organizations, as a connection's does.

    Sessions that began in another ``session_epoch`` are over. ``invitation_id`` names the newest
    mail that asked them to sign in; ``added_by`` is who added them, as they read it.
    """

    account_id: str
    user_id: str
    email: str
    name: str
    role: Role
    created_at: datetime
    status: Status = Status.ACTIVE
    group_ids: frozenset[str] = field(default_factory=frozenset)
    grant_id: str | None = None
    all_organizations: bool = False
    identity: str | None = None
    session_epoch: int = 0
    added_by: str | None = None
    invitation_id: str | None = None
    version: int = 1

    @property
    def is_active_administrator(self) -> bool:
        """Say whether this user may act for the account, now."""
        return self.role is Role.ADMINISTRATOR and self.status is Status.ACTIVE

    @property
    def reaches_everything(self) -> bool:
        """Say whether this user reaches every organization of the home account."""
        return self.all_organizations or self.role is Role.ADMINISTRATOR
