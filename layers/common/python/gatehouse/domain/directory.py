"""Groups and organizations: what a grant is made of."""

from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Group:
    """A named set of members (users) and of organizations they reach."""

    account_id: str
    group_id: str
    name: str
    description: str
    created_at: datetime
    version: int = 1


@dataclass(frozen=True, slots=True)
class Organization:
    """A client of the account. Its parent is shown and implies nothing.

    ``groups`` and ``grants`` are the ids through which it is reached: intersected with what a
    user or a connection holds, they answer every decision.
    """

    account_id: str
    organization_id: str
    name: str
    parent_id: str | None
    created_at: datetime
    groups: frozenset[str] = field(default_factory=frozenset)
    grants: frozenset[str] = field(default_factory=frozenset)
    version: int = 1
