"""A draft: an offer that somebody is still putting together, question by question."""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final

from gatehouse.domain.grant import Scope
from gatehouse.domain.roles import Role

LIFETIME: Final = timedelta(hours=24)
"""How long a draft is kept after it was last worked on."""


@dataclass(frozen=True, slots=True)
class Draft:
    """Somebody's own unfinished invitation, or their unfinished change of a connection.

    It promises nothing and is checked anew when it is sent. ``connection_id`` names the
    connection it would change; an invitation has none. ``for_user_id`` names the one person of
    the guest whose rule it would set. Sent, it is kept for whoever presses the button twice.
    """

    account_id: str
    user_id: str
    draft_id: str
    expires_at: datetime
    connection_id: str | None = None
    for_user_id: str | None = None
    for_name: str = ""
    guest_subdomain: str = ""
    guest_name: str = ""
    maximum_role: Role | None = None
    scope: Scope = field(default_factory=Scope)
    message: str = ""
    is_sent: bool = False
    version: int = 1

    def is_unfinished_at(self, now: datetime) -> bool:
        """Say whether it is an invitation that is still to be sent."""
        return self.connection_id is None and not self.is_sent and now < self.expires_at

    def with_(self, now: datetime, **answers: object) -> "Draft":
        """Take further answers down, and be kept for another day."""
        return replace(self, version=self.version + 1, expires_at=now + LIFETIME, **answers)  # type: ignore[arg-type]  # replace() is not typed by field

    def with_choices(
        self,
        now: datetime,
        shown: frozenset[str],
        ticked: frozenset[str],
        *,
        all_organizations: bool,
    ) -> "Draft":
        """Choose what is ticked of what was shown; what was not shown stays as it was."""
        chosen = ticked & shown
        return self.with_(
            now,
            scope=Scope(
                (self.scope.group_ids - shown) | {one for one in chosen if one[:4] == "grp_"},
                (self.scope.organization_ids - shown)
                | {one for one in chosen if one[:4] == "org_"},
                all_organizations,
            ),
        )
