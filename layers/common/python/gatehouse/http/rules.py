"""A rule for one person, as it is sent and as it is shown."""

from pydantic import Field

from gatehouse.domain.moments import to_text
from gatehouse.domain.roles import Role
from gatehouse.http.bodies import ScopeBody
from gatehouse.http.views import Json
from gatehouse.usecases.rules import Described
from gatehouse.usecases.set_rule import RuleTerms


class RuleBody(ScopeBody):
    denied: bool
    maximum_role: Role | None = Field(default=None, strict=False)

    def terms(self) -> RuleTerms:
        return RuleTerms(self.denied, self.maximum_role, self.scope)


def rule_view(described: Described) -> Json:
    """Return a rule for one person; ``name`` and ``own_role`` are null of who was deleted."""
    r, user, effective = described.rule, described.user, described.effective_role
    return {
        "connection_id": r.connection_id,
        "user_id": r.user_id,
        "name": user.name if user else None,
        "own_role": user.role.value if user else None,
        "effective_role": effective.value if effective else None,
        "denied": r.denied,
        "maximum_role": r.maximum_role.value if r.maximum_role else None,
        "group_ids": sorted(r.group_ids),
        "organization_ids": sorted(described.organization_ids),
        "all_organizations": r.all_organizations,
        "created_at": to_text(r.created_at),
        "etag": str(r.version),
    }
