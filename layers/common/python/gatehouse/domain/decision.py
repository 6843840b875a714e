"""The deciding function. It answers, and it explains its own answer; nothing else does either.

Questions and answers follow the OpenID AuthZEN Authorization API 1.0: a subject wants to take
an action on a resource. Facts are one strongly consistent snapshot of the table.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from gatehouse.domain.connection import State
from gatehouse.domain.directory import Organization
from gatehouse.domain.grant import Holder, via_of
from gatehouse.domain.policy import (
    NO_DEMANDS,
    ORGANIZATION,
    UNKNOWN_CIRCUMSTANCES,
    Circumstances,
    Policy,
)
from gatehouse.domain.remedies import (
    ActivateConnection,
    AllowResourceType,
    GrantOrganization,
    MapAction,
    RaiseMaximumRole,
    RaiseOwnRole,
    RaiseRulesRole,
    ReactivateUser,
    Remedy,
    RemoveRule,
    ShowSecondFactor,
    UseNetwork,
)
from gatehouse.domain.roles import NEVER_DELEGATED, Role, effective_role
from gatehouse.domain.rule import Rule, limit_of
from gatehouse.domain.user import Status, User


class Reason(StrEnum):
    """Why an answer is what it is; the first that applies, in this order."""

    ACTION_NEVER_DELEGATED = "action_never_delegated"
    ACTION_UNKNOWN = "action_unknown"
    UNKNOWN_SUBJECT = "unknown_subject"
    CONNECTION_NOT_ACTIVE = "connection_not_active"
    DENIED_BY_RULE = "denied_by_rule"
    SUBJECT_INACTIVE = "subject_inactive"
    ROLE_NOT_ADMITTED = "role_not_admitted"
    MFA_REQUIRED = "mfa_required"
    NETWORK_NOT_ALLOWED = "network_not_allowed"
    UNKNOWN_RESOURCE = "unknown_resource"
    ORGANIZATION_NOT_GRANTED = "organization_not_granted"
    RESOURCE_TYPE_DENIED = "resource_type_denied"
    ROLE_TOO_LOW = "role_too_low"
    ALLOWED = "allowed"


@dataclass(frozen=True, slots=True)
class Pair:
    """What a host and a guest have with each other now: the connection as decisions read it.

    ``rules`` counts the rules for single people that it has.
    """

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
    rules: int = 0
    version: int = 1

    @property
    def reaches_everything(self) -> bool:
        """Say whether every organization of the host, current and future, is granted."""
        return self.all_organizations

    @property
    def is_active(self) -> bool:
        """Say whether the guest's people are let in."""
        return self.state is State.ACTIVE

    def is_live_at(self, now: datetime) -> bool:
        """Say whether a new invitation of this pair must wait."""
        return self.state is State.ACTIVE or (self.state is State.PENDING and now < self.expires_at)


@dataclass(frozen=True, slots=True)
class Facts:
    """One snapshot: everything a decision may know. ``own`` users are of the host itself.

    ``stored_rule`` is the host's rule for the user, of whichever connection of the two accounts.
    """

    own: bool
    user: User | None
    pair: Pair | None
    organization: Organization | None
    stored_rule: Rule | None = None

    @property
    def rule(self) -> Rule | None:
        """Return the rule that holds for the user: one of an older connection never does."""
        rule, pair = self.stored_rule, None if self.own else self.pair
        return rule if rule and pair and rule.connection_id == pair.connection_id else None

    @property
    def holder(self) -> Holder | None:
        """Return whose grant counts: the user's own at home, the rule's, or the connection's."""
        return self.user if self.own else (self.rule or self.pair)


@dataclass(frozen=True, slots=True)
class Decision:
    """An answer with its reason; roles are unset while the connection's state hides them.

    ``maximum_role`` is the lower of the connection's and of a rule's; ``rule`` says that there is
    a rule for this person.
    """

    allowed: bool
    reason: Reason
    own_role: Role | None = None
    maximum_role: Role | None = None
    effective_role: Role | None = None
    via: str | None = None
    connection_id: str | None = None
    rule: bool = False
    hint: tuple[Remedy, ...] = ()

    @property
    def capped(self) -> bool:
        """Say whether the maximum role lowered the user's own."""
        return self.effective_role is not self.own_role


def decide(
    action: str,
    facts: Facts,
    policy: Policy = NO_DEMANDS,
    circumstances: Circumstances = UNKNOWN_CIRCUMSTANCES,
    resource_type: str = ORGANIZATION,
) -> Decision:
    """Answer whether the subject may take the action on the organization of the snapshot.

    ``resource_type`` is of what in the organization it is about, or the organization itself.

    Every obstacle is found in the order of the reasons; the first is the reason, and the remedies
    of all of them together are the smallest change that would allow it.
    """
    if action in NEVER_DELEGATED:
        return Decision(False, Reason.ACTION_NEVER_DELEGATED)
    minimum = policy.minimum_role(action)
    if minimum is None:
        return Decision(False, Reason.ACTION_UNKNOWN, hint=(MapAction(action),))

    user, pair = facts.user, None if facts.own else facts.pair
    hidden = _hidden(facts)
    if hidden is not None or user is None:
        return hidden or Decision(False, Reason.UNKNOWN_SUBJECT)

    rule = facts.rule
    own, maximum = user.role, limit_of(pair.maximum_role, rule) if pair else None
    effective = effective_role(own, maximum)
    holder = _holder(user, pair, rule)
    ways = via_of(holder, facts.organization) if facts.organization is not None else ()
    # A rule replaces a grant, never a denial: the connection's groups count besides its own.
    groups = holder.group_ids | (pair.group_ids if pair else frozenset())
    denied = policy.groups_denied(resource_type) & groups
    demands = policy if pair else NO_DEMANDS
    obstacles = [
        reason
        for reason, stands in (
            (Reason.DENIED_BY_RULE, rule is not None and rule.denied),
            (Reason.SUBJECT_INACTIVE, user.status is not Status.ACTIVE),
            (Reason.ROLE_NOT_ADMITTED, own is Role.LITE),
            (Reason.MFA_REQUIRED, demands.require_mfa and not circumstances.is_multi_factor),
            (Reason.NETWORK_NOT_ALLOWED, not demands.admits(circumstances.ip_address)),
            (Reason.UNKNOWN_RESOURCE, facts.organization is None),
            (Reason.ORGANIZATION_NOT_GRANTED, not ways),
            (Reason.RESOURCE_TYPE_DENIED, bool(denied)),
            (Reason.ROLE_TOO_LOW, not effective.reaches(minimum)),
        )
        if stands
    ]
    return Decision(
        not obstacles,
        obstacles[0] if obstacles else Reason.ALLOWED,
        own,
        maximum,
        effective,
        None if obstacles else ways[0],
        pair.connection_id if pair else None,
        rule is not None,
        _remedies(obstacles, facts, minimum, demands, (resource_type, denied)) if obstacles else (),
    )


def _holder(user: User, pair: Pair | None, rule: Rule | None) -> Holder:
    """Return whose grant counts; of who is denied, the one that would without the rule."""
    if pair is None:
        return user
    return pair if rule is None or rule.denied else rule


def _hidden(facts: Facts) -> Decision | None:
    """Answer for subjects of whom nothing may be said; None for all others."""
    if facts.own:
        return Decision(False, Reason.UNKNOWN_SUBJECT) if facts.user is None else None
    pair = facts.pair
    if pair is None or (facts.user is None and pair.accepted_at is not None):
        return Decision(False, Reason.UNKNOWN_SUBJECT)
    # Before a guest ever agreed, the host learns nothing about its people: known and unknown
    # subjects of a pending invitation get the same answer.
    if facts.user is None or pair.state is not State.ACTIVE:
        remedy = ActivateConnection(pair.connection_id)
        return Decision(False, Reason.CONNECTION_NOT_ACTIVE, hint=(remedy,))
    return None


def _remedies(
    obstacles: list[Reason],
    facts: Facts,
    minimum: Role,
    demands: Policy,
    denied: tuple[str, frozenset[str]],
) -> tuple[Remedy, ...]:
    """Return what together would turn the denial into an allow; nothing if nothing can."""
    user, pair, organization = facts.user, None if facts.own else facts.pair, facts.organization
    if user is None or organization is None:
        return ()
    remedies: list[Remedy] = []
    rule = facts.rule
    if rule is not None and rule.denied:
        # Without the rule, what the connection grants counts again.
        remedies.append(RemoveRule(rule.connection_id, rule.user_id))
        rule = None
    if Reason.SUBJECT_INACTIVE in obstacles:
        remedies.append(ReactivateUser(user.user_id))
    if Reason.MFA_REQUIRED in obstacles:
        remedies.append(ShowSecondFactor())
    if Reason.NETWORK_NOT_ALLOWED in obstacles:
        remedies.append(UseNetwork(demands.networks))
    # Whoever becomes an Administrator at home reaches everything there.
    reaches_then = pair is None and minimum is Role.ADMINISTRATOR
    if Reason.ORGANIZATION_NOT_GRANTED in obstacles and not reaches_then:
        remedies.append(
            GrantOrganization(
                organization.organization_id,
                pair.connection_id if pair else None,
                user.user_id if rule or not pair else None,
                min(_holder(user, pair, rule).group_ids, default=None),
            )
        )
    if Reason.RESOURCE_TYPE_DENIED in obstacles:
        remedies.append(AllowResourceType(denied[0], tuple(sorted(denied[1]))))
    if not user.role.reaches(minimum):
        remedies.append(RaiseOwnRole(user.user_id, minimum))
    if pair is not None and not pair.maximum_role.reaches(minimum):
        remedies.append(RaiseMaximumRole(pair.connection_id, minimum))
    if rule is not None and rule.maximum_role and not rule.maximum_role.reaches(minimum):
        remedies.append(RaiseRulesRole(rule.connection_id, rule.user_id, minimum))
    return tuple(remedies)
