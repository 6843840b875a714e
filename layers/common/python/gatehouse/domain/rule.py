"""A rule: what a host sets for one person of a guest, in the place of the connection's grant.

A rule belongs to one connection. It replaces the grant for its person and may reach further than
the grant does; roles it only lowers. A person who is denied gets in nowhere, whatever is granted.
"""

from dataclasses import dataclass
from datetime import datetime

from gatehouse.domain.roles import Role, effective_role


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule of a host for one user of a guest. ``maximum_role`` is None for who is denied."""

    host_account_id: str
    user_id: str
    connection_id: str
    denied: bool
    maximum_role: Role | None
    group_ids: frozenset[str]
    grant_id: str | None
    all_organizations: bool
    created_at: datetime
    version: int = 1

    @property
    def reaches_everything(self) -> bool:
        """Say whether every organization of the host, current and future, is given."""
        return self.all_organizations


def limit_of(maximum: Role, rule: Rule | None) -> Role:
    """Return the highest role that somebody may have: the connection's, or a lower one of a rule."""
    return maximum if rule is None else effective_role(maximum, rule.maximum_role)
