"""What an application asks, what it is answered, and what is put on the record of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from gatehouse.domain.activity import Activity, Actor, Category, Outcome, Resource
from gatehouse.domain.decision import Decision, Facts, Reason
from gatehouse.domain.ids import home_account_of, is_id
from gatehouse.domain.policy import (
    NO_DEMANDS,
    ORGANIZATION,
    UNKNOWN_CIRCUMSTANCES,
    Circumstances,
    Policy,
)

if TYPE_CHECKING:
    from gatehouse.domain.account import Account
    from gatehouse.domain.api_key import ApiKey
    from gatehouse.usecases.ports import Ports


@dataclass(frozen=True, slots=True)
class Question:
    """What an application asks about: a user by id, and the organization it concerns."""

    user_id: str
    organization_id: str | None


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Credentials and facts as they stood together at one single moment."""

    key: ApiKey | None
    account: Account | None
    facts: tuple[Facts, ...]


@dataclass(frozen=True, slots=True)
class Ask:
    """One AuthZEN evaluation, read into the words of this domain.

    ``properties`` are the texts among the resource's properties: one of them names the
    organization, which one is for the account to say.
    """

    subject_type: str
    subject_id: str
    action: str
    resource: Resource
    properties: Mapping[str, str] = field(default_factory=dict)
    user_agent: str | None = None
    circumstances: Circumstances = UNKNOWN_CIRCUMSTANCES
    dry_run: bool = False

    @property
    def user_id(self) -> str:
        """Return the user asked about; empty if the subject can be none."""
        known = self.subject_type == "user" and home_account_of(self.subject_id)
        return self.subject_id if known else ""

    def organization_id(self, policy: Policy) -> str | None:
        """Return the organization that the resource is in, as the account reads it."""
        if self.resource.type == ORGANIZATION:
            return self.resource.id or None
        return self.properties.get(policy.property_of(self.resource.type))

    def question(self, policy: Policy | None) -> Question:
        """Return what has to be read to answer.

        While the account's policy is not read yet (None), the organization is a good guess: all
        that a decision reads has to follow from the request alone.
        """
        if policy is not None:
            return Question(self.user_id, self.organization_id(policy))
        guess = self.organization_id(NO_DEMANDS)
        if guess is None and self.resource.type != ORGANIZATION:
            likely = (text for text in self.properties.values() if is_id(text, "org"))
            guess = next(likely, None)
        return Question(self.user_id, guess)


@dataclass(frozen=True, slots=True)
class Answer:
    """A decision and the id it was recorded under (None if it is not recorded)."""

    decision: Decision
    activity_id: str | None


class Semantic(StrEnum):
    """How a batch goes on after an answer (AuthZEN ``evaluations_semantic``)."""

    EXECUTE_ALL = "execute_all"
    DENY_ON_FIRST_DENY = "deny_on_first_deny"
    PERMIT_ON_FIRST_PERMIT = "permit_on_first_permit"

    def stops_after(self, *, allowed: bool) -> bool:
        """Say whether no further question is answered after this answer."""
        return (self is Semantic.DENY_ON_FIRST_DENY and not allowed) or (
            self is Semantic.PERMIT_ON_FIRST_PERMIT and allowed
        )


def is_recorded(ask: Ask, decision: Decision, facts: Facts) -> bool:
    """Every decision on a guest; of own users the denials; of strangers and dry runs nothing."""
    if ask.dry_run:
        return False
    if facts.own:
        return not decision.allowed
    return facts.pair is not None


def entry_of(
    ports: Ports,
    account_id: str,
    ask: Ask,
    facts: Facts,
    decision: Decision,
    category: Category,
) -> Activity:
    """Return the log entry of a decision, or of an activity that an application reports."""
    hidden = decision.reason in {Reason.UNKNOWN_SUBJECT, Reason.CONNECTION_NOT_ACTIVE}
    never_agreed = not facts.own and (facts.pair is None or facts.pair.accepted_at is None)
    user = None if never_agreed else facts.user
    return Activity(
        account_id=account_id,
        activity_id=ports.ids.new("act"),
        time=ports.clock.now(),
        category=category,
        action=ask.action,
        outcome=Outcome.ALLOWED if decision.allowed else Outcome.DENIED,
        reason=decision.reason.value,
        actor=Actor(
            type="user",
            name=user.name if user else "",
            user_id=ask.subject_id,
            home_account_id=home_account_of(ask.subject_id),
            own_role=None if hidden else decision.own_role,
            effective_role=None if hidden else decision.effective_role,
        ),
        connection_id=facts.pair.connection_id if facts.pair else None,
        guest_account_id=facts.pair.guest_account_id if facts.pair else None,
        organization_id=facts.organization.organization_id if facts.organization else None,
        resource=ask.resource,
        ip_address=ask.circumstances.ip_address,
        user_agent=ask.user_agent,
    )
