"""What a guest's people do with a connection, and what a log holds, counted by the day (UTC).

Decisions and reported activities are counted apart: an application may ask and report of one
click. What an allowed one would have needed at least is counted too, so that a maximum role that
nobody needs can be seen.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date
from typing import Final

from gatehouse.domain.activity import Activity, Category, Outcome
from gatehouse.domain.policy import Policy
from gatehouse.domain.roles import ACTIONS, NEVER_DELEGATED, Role

OTHER: Final = "other"
"""How actions are counted that neither the role table nor the account knows by name."""
_COUNTED: Final = {Category.DECISION, Category.ACTIVITY}


@dataclass(frozen=True, slots=True)
class Tally:
    """How often something was allowed, and denied."""

    allowed: int = 0
    denied: int = 0

    def __add__(self, other: "Tally") -> "Tally":
        return Tally(self.allowed + other.allowed, self.denied + other.denied)


NOTHING: Final = Tally()


@dataclass(frozen=True, slots=True)
class DayOfUse:
    """One day of one connection: (category, action) → tally, denials by reason, roles needed."""

    day: date
    actions: Mapping[tuple[Category, str], Tally] = field(default_factory=dict)
    reasons: Mapping[str, int] = field(default_factory=dict)
    needed: Mapping[Role, int] = field(default_factory=dict)

    @property
    def decisions(self) -> Tally:
        """Return how many questions of applications were answered how."""
        return sum_of(self.actions, Category.DECISION)

    @property
    def activities(self) -> Tally:
        """Return how many activities were reported, with and without access at that moment."""
        return sum_of(self.actions, Category.ACTIVITY)


@dataclass(frozen=True, slots=True)
class DayOfLog:
    """One day of an account's whole log: how many of its entries came out how."""

    day: date
    outcomes: Mapping[Outcome, int] = field(default_factory=dict)

    @property
    def entries(self) -> int:
        """Return how many there are in all."""
        return sum(self.outcomes.values())

    @property
    def allowed(self) -> int:
        return self.outcomes.get(Outcome.ALLOWED, 0)

    @property
    def denied(self) -> int:
        return self.outcomes.get(Outcome.DENIED, 0)

    @property
    def others(self) -> int:
        """Return how many tell of no access: steps, changes, signing in and out."""
        return self.entries - self.allowed - self.denied


@dataclass(frozen=True, slots=True)
class Counted:
    """What one transaction adds: days by connection and of the log, after which place, to which."""

    account_id: str
    month: str
    after: str
    up_to: str
    days: Mapping[str, Sequence[DayOfUse]]
    log: Sequence[DayOfLog] = ()


def sum_of(actions: Mapping[tuple[Category, str], Tally], category: Category) -> Tally:
    """Add up what is of one category."""
    return sum((tally for (of, _), tally in actions.items() if of is category), NOTHING)


def together(days: Iterable[DayOfUse]) -> DayOfUse:
    """Add up days; the day of the sum is the last of them."""
    actions: dict[tuple[Category, str], Tally] = {}
    reasons: Counter[str] = Counter()
    needed: Counter[Role] = Counter()
    last = date.min
    for one in days:
        last = max(last, one.day)
        for key, tally in one.actions.items():
            actions[key] = actions.get(key, NOTHING) + tally
        reasons.update(one.reasons)
        needed.update(one.needed)
    return DayOfUse(last, actions, reasons, needed)


def days_of_log(entries: Iterable[Activity]) -> list[DayOfLog]:
    """Count entries by the day, in order."""
    days: dict[date, Counter[Outcome]] = {}
    for one in entries:
        days.setdefault(one.time.astimezone(UTC).date(), Counter())[one.outcome] += 1
    return [DayOfLog(day, dict(days[day])) for day in sorted(days)]


def most_first(
    actions: Mapping[tuple[Category, str], Tally],
) -> list[tuple[tuple[Category, str], Tally]]:
    """Put actions in the order of how often they were tried."""
    return sorted(actions.items(), key=lambda one: (-one[1].allowed - one[1].denied, one[0]))


def is_use(entry: Activity) -> bool:
    """Say whether an entry of a host's log tells what one of a guest's people did or tried."""
    return (
        entry.category in _COUNTED
        and entry.connection_id is not None
        and entry.guest_account_id is not None
        and entry.actor.home_account_id == entry.guest_account_id != entry.account_id
    )


def use_of(entry: Activity, policy: Policy) -> DayOfUse:
    """Return one entry as a day on which nothing else happened."""
    known = entry.action in ACTIONS or entry.action in policy.actions
    action = entry.action if known or entry.action in NEVER_DELEGATED else OTHER
    day = entry.time.astimezone(UTC).date()
    key = (entry.category, action)
    if entry.outcome is Outcome.ALLOWED:
        # A product has more actions than its account has mapped; those take the right to look.
        needed = policy.minimum_role(entry.action) or Role.READ_ONLY
        return DayOfUse(day, {key: Tally(allowed=1)}, needed={needed: 1})
    reasons = {entry.reason: 1} if entry.reason else {}
    return DayOfUse(day, {key: Tally(denied=1)}, reasons)


def highest_needed(needed: Iterable[Role]) -> Role | None:
    """Return the lowest maximum role under which all of it would have been allowed too."""
    return max(needed, key=lambda role: role.rank, default=None)
