"""The deciding function. It answers, and it explains its own answer; nothing else does either.

Questions and answers follow the OpenID AuthZEN Authorization API 1.0: a subject wants to take
an action on a resource. Facts are one strongly consistent snapshot of the table.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from gatehouse.domain.connection import State
from gatehouse.domain.directory import Organization
from gatehouse.domain.grant import Holder, via_of
from gatehouse.domain.roles import ACTIONS, NEVER_DELEGATED, Role, effective_role
from gatehouse.domain.user import Status, User


class Reason(StrEnum):
    """Why an answer is what it is; the first that applies, in this order."""

    ACTION_NEVER_DELEGATED = "action_never_delegated"
    ACTION_UNKNOWN = "action_unknown"
    UNKNOWN_SUBJECT = "unknown_subject"
    CONNECTION_NOT_ACTIVE = "connection_not_active"
    SUBJECT_INACTIVE = "subject_inactive"
    ROLE_NOT_ADMITTED = "role_not_admitted"
    UNKNOWN_RESOURCE = "unknown_resource"
    ORGANIZATION_NOT_GRANTED = "organization_not_granted"
    ROLE_TOO_LOW = "role_too_low"
    ALLOWED = "allowed"


@dataclass(frozen=True, slots=True)
class Pair:
    """What a host and a guest have with each other now: the connection as decisions read it."""

    host_account_id: str
    guest_account_id: str
    connection_id: str
    state: State
    maximum_role: Role
    group_ids: frozenset[str]
    grant_id: str | None
    all_organizations: bool
    expires_at: datetime
    accepted_at: datetime | None
    invited_at: tuple[datetime, ...] = ()
    version: int = 1

    @property
    def reaches_everything(self) -> bool:
        """Say whether every organization of the host, current and future, is granted."""
        return self.all_organizations

    def is_live_at(self, now: datetime) -> bool:
        """Say whether a new invitation of this pair must wait."""
        return self.state is State.ACTIVE or (self.state is State.PENDING and now < self.expires_at)


@dataclass(frozen=True, slots=True)
class Facts:
    """One snapshot: everything a decision may know. ``own`` users are of the host itself."""

    own: bool
    user: User | None
    pair: Pair | None
    organization: Organization | None


@dataclass(frozen=True, slots=True)
class Decision:
    """An answer with its reason; roles are unset while the connection's state hides them."""

    allowed: bool
    reason: Reason
    own_role: Role | None = None
    maximum_role: Role | None = None
    effective_role: Role | None = None
    via: str | None = None
    connection_id: str | None = None

    @property
    def capped(self) -> bool:
        """Say whether the connection's maximum role lowered the user's own."""
        return self.effective_role is not self.own_role


def decide(action: str, facts: Facts, actions: Mapping[str, Role] = ACTIONS) -> Decision:
    """Answer whether the subject may take the action on the organization of the snapshot."""
    if action in NEVER_DELEGATED:
        return Decision(False, Reason.ACTION_NEVER_DELEGATED)
    minimum = actions.get(action)
    if minimum is None:
        return Decision(False, Reason.ACTION_UNKNOWN)

    user, pair = facts.user, facts.pair
    if facts.own:
        if user is None:
            return Decision(False, Reason.UNKNOWN_SUBJECT)
        holder: Holder = user
        maximum, connection_id = None, None
    else:
        if pair is None:
            return Decision(False, Reason.UNKNOWN_SUBJECT)
        if user is None and pair.accepted_at is not None:
            return Decision(False, Reason.UNKNOWN_SUBJECT)
        # Before a guest ever agreed, the host learns nothing about its people: known and unknown
        # subjects of a pending invitation get the same answer.
        if user is None or pair.state is not State.ACTIVE:
            return Decision(False, Reason.CONNECTION_NOT_ACTIVE)
        holder = pair
        maximum, connection_id = pair.maximum_role, pair.connection_id

    own = user.role
    effective = effective_role(own, maximum)

    def answer(reason: Reason, via: str | None = None) -> Decision:
        return Decision(
            reason is Reason.ALLOWED, reason, own, maximum, effective, via, connection_id
        )

    if user.status is not Status.ACTIVE:
        return answer(Reason.SUBJECT_INACTIVE)
    if own is Role.LITE:
        return answer(Reason.ROLE_NOT_ADMITTED)
    if facts.organization is None:
        return answer(Reason.UNKNOWN_RESOURCE)
    ways = via_of(holder, facts.organization)
    if not ways:
        return answer(Reason.ORGANIZATION_NOT_GRANTED)
    if not effective.reaches(minimum):
        return answer(Reason.ROLE_TOO_LOW)
    return answer(Reason.ALLOWED, ways[0])
