"""A connection: the relation host → guest, its states, and the steps between them.

    pending ──accept──▶ active ──revoke / leave──▶ revoked
       │ ├──decline──▶ declined
       │ ├──revoke───▶ revoked
       │ └──(time)───▶ expired ──resend──▶ pending

A pending connection whose time is over *is* expired, whether or not anything has noted it yet:
:meth:`Connection.state_at` is the only reading of the state.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from gatehouse.domain.account import AccountName
from gatehouse.domain.errors import (
    AlreadyAccepted,
    ConnectionRevoked,
    GatehouseError,
    IllegalStep,
    InvitationDeclined,
    InvitationExpired,
    TooMany,
)
from gatehouse.domain.roles import Role

RESENDS: Final = ((timedelta(hours=1), 3), (timedelta(days=1), 10))
"""How many resends of one connection fit in a span of time."""


class State(StrEnum):
    """Where a connection stands."""

    PENDING = "pending"
    ACTIVE = "active"
    DECLINED = "declined"
    EXPIRED = "expired"
    REVOKED = "revoked"


class EndReason(StrEnum):
    """Why a connection is no longer live."""

    DECLINED_BY_GUEST = "declined_by_guest"
    EXPIRED = "expired"
    REVOKED_BY_HOST = "revoked_by_host"
    LEFT_BY_GUEST = "left_by_guest"


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody named in a connection's history."""

    user_id: str
    name: str


@dataclass(frozen=True, slots=True)
class Connection:
    """One connection from its invitation to its end, immutable; each step returns the next.

    ``rules`` counts the rules for single people that it has; only an active one gets any.
    """

    connection_id: str
    host: AccountName
    guest: AccountName
    state: State
    maximum_role: Role
    group_ids: frozenset[str]
    grant_id: str | None
    all_organizations: bool
    message: str | None
    invited_by: Person
    created_at: datetime
    expires_at: datetime
    lifetime_days: int
    mailing_id: str
    accepted_by: Person | None = None
    accepted_at: datetime | None = None
    ended_at: datetime | None = None
    end_reason: EndReason | None = None
    ended_by: Person | None = None
    """Who revoked it or left; of one that declined the host learns the company alone."""
    resent_at: tuple[datetime, ...] = ()
    rules: int = 0
    version: int = 1

    @property
    def reaches_everything(self) -> bool:
        """Say whether every organization of the host, current and future, is granted."""
        return self.all_organizations

    def state_at(self, now: datetime) -> State:
        """Read the state at a moment: past its expiry, pending is expired."""
        if self.state is State.PENDING and now >= self.expires_at:
            return State.EXPIRED
        return self.state

    def is_live_at(self, now: datetime) -> bool:
        """Say whether the pair is taken by this connection."""
        return self.state_at(now) in {State.PENDING, State.ACTIVE}

    def accept(self, by: Person, now: datetime) -> "Connection":
        """Become active. Raises what stands in the way."""
        self._must_be_answerable(now)
        return self._next(state=State.ACTIVE, accepted_by=by, accepted_at=now)

    def decline(self, now: datetime) -> "Connection":
        """Become declined. Raises what stands in the way."""
        self._must_be_answerable(now)
        return self._end(State.DECLINED, EndReason.DECLINED_BY_GUEST, now)

    def expire(self, now: datetime) -> "Connection":
        """Note that the invitation's time is over."""
        if self.state is not State.PENDING or now < self.expires_at:
            raise IllegalStep("Only a pending connection whose time is over can expire.")
        return self._end(State.EXPIRED, EndReason.EXPIRED, self.expires_at)

    def revoke(self, by: Person, now: datetime) -> "Connection":
        """End it from the host's side, pending or active."""
        if not self.is_live_at(now):
            raise self._is_over(now, "be revoked")
        return self._end(State.REVOKED, EndReason.REVOKED_BY_HOST, now, by)

    def leave(self, by: Person, now: datetime) -> "Connection":
        """End it from the guest's side; only an active connection can be left."""
        if self.state is not State.ACTIVE:
            raise self._is_over(now, "be left")
        return self._end(State.REVOKED, EndReason.LEFT_BY_GUEST, now, by)

    def resend(self, mailing_id: str, now: datetime) -> "Connection":
        """Be pending once more under new links, for as many days as the first time."""
        if self.state_at(now) not in {State.PENDING, State.EXPIRED}:
            raise self._is_over(now, "be sent again")
        for span, limit in RESENDS:
            recent = [moment for moment in self.resent_at if moment > now - span]
            if len(recent) >= limit:
                wait = int((recent[-limit] + span - now).total_seconds()) + 1
                raise TooMany(
                    f"This invitation was sent again {limit} times in {_words(span)}, which is the "
                    f"limit. Wait {wait} seconds, or ask the guest to look at the mail it has.",
                    retry_after=wait,
                )
        return self._next(
            state=State.PENDING,
            expires_at=now + timedelta(days=self.lifetime_days),
            mailing_id=mailing_id,
            ended_at=None,
            end_reason=None,
            resent_at=(*self.resent_at, now)[-RESENDS[-1][1] :],
        )

    def regrant(
        self,
        *,
        maximum_role: Role,
        group_ids: frozenset[str],
        grant_id: str | None,
        all_organizations: bool,
        now: datetime,
    ) -> "Connection":
        """Change the cap and the grant, while pending or active."""
        if not self.is_live_at(now):
            raise self._is_over(now, "be edited")
        return self._next(
            maximum_role=maximum_role,
            group_ids=group_ids,
            grant_id=grant_id,
            all_organizations=all_organizations,
        )

    def ruled(self, rules: int, now: datetime) -> "Connection":
        """Have a rule for a single person set, changed or removed; ``rules`` is how many it has."""
        if self.state is not State.ACTIVE:
            raise self._is_over(now, "have rules for single people")
        return self._next(rules=rules)

    def without_rules(self) -> "Connection":
        """Have lost what was left of the rules after the end, which is no step."""
        return replace(self, rules=0)

    def without_group(self, group_id: str) -> "Connection":
        """Lose a group that is being deleted, in whatever state."""
        return self._next(group_ids=self.group_ids - {group_id})

    def without_organization(self) -> "Connection":
        """Have lost an organization that is deleted: the grant names it no longer."""
        return self._next()

    def obstacle_at(self, now: datetime) -> GatehouseError | None:
        """Return what keeps an invitation from being answered; None if nothing does."""
        state = self.state_at(now)
        if state is State.ACTIVE and self.accepted_by is not None:
            return AlreadyAccepted(self.accepted_by.name, self.accepted_at)
        if state is State.DECLINED:
            return InvitationDeclined(
                f"{self.guest.name} declined this invitation on {self.ended_at:%Y-%m-%d}. "
                f"If that has changed, ask {self.host.name} for a new one."
            )
        if state is State.EXPIRED:
            return InvitationExpired(
                f"The invitation expired on {self.expires_at:%Y-%m-%d at %H:%M} UTC. "
                f"Ask {self.host.name} to send it again."
            )
        if state is State.REVOKED:
            who = self.guest.name if self.end_reason is EndReason.LEFT_BY_GUEST else self.host.name
            return ConnectionRevoked(
                f"{who} ended this connection on {self.ended_at:%Y-%m-%d}. "
                f"If access is still needed, ask {self.host.name} for a new invitation."
            )
        return None

    def _must_be_answerable(self, now: datetime) -> None:
        obstacle = self.obstacle_at(now)
        if obstacle is not None:
            raise obstacle

    def _is_over(self, now: datetime, verb: str) -> IllegalStep:
        state = self.state_at(now)
        return IllegalStep(
            f"The connection is {state} and can therefore not {verb}. "
            "Read it again to see what happened; a new invitation starts a new connection."
        )

    def _end(
        self, state: State, reason: EndReason, when: datetime, by: Person | None = None
    ) -> "Connection":
        return self._next(state=state, ended_at=when, end_reason=reason, ended_by=by)

    def _next(self, **changes: object) -> "Connection":
        return replace(self, version=self.version + 1, **changes)  # type: ignore[arg-type]  # replace() is not typed by field


def _words(span: timedelta) -> str:
    return "a day" if span >= timedelta(days=1) else "an hour"
