"""Seats: how many people an account's plan has room for, and who takes one of them.

Every active user of role Read-only or higher takes a seat. Lite users take none, because Lite
gets in nowhere; deactivated users take none; people of connected guests take one at home and none
here. A plan without a number of seats has room for everybody.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from gatehouse.domain.errors import SeatsTaken
from gatehouse.domain.roles import Role
from gatehouse.domain.user import Status, User

SEATED: Final = tuple(role for role in Role if role is not Role.LITE)
"""The roles that take a seat, the highest first."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What an account has agreed with whoever runs Gatehouse; ``seats`` is None without a limit."""

    name: str | None = None
    seats: int | None = None


NO_PLAN: Final = Plan()


@dataclass(frozen=True, slots=True)
class Seats:
    """An account's plan, and how many people of each role take a seat now."""

    account_id: str
    plan: Plan = NO_PLAN
    by_role: Mapping[Role, int] = field(default_factory=dict)

    @property
    def in_use(self) -> int:
        return sum(self.by_role.values())

    @property
    def free(self) -> int | None:
        """Return how many more people the plan has room for; None without a limit."""
        return None if self.plan.seats is None else max(0, self.plan.seats - self.in_use)

    def has_room_for(self, more: int) -> bool:
        """Say whether so many more may take a seat; who sits already is never asked to leave."""
        return more <= 0 or self.free is None or more <= self.free


def taken_by(old: User | None, new: User | None) -> Mapping[Role, int]:
    """Return how the seats of each role change when a user changes; None is nobody."""
    moved: Counter[Role] = Counter()
    moved.update(_seat_of(new))
    moved.subtract(_seat_of(old))
    return {role: number for role, number in moved.items() if number}


def no_seat_free(seats: Seats) -> SeatsTaken:
    """Return the refusal to let somebody in for whom the plan has no room."""
    return SeatsTaken(
        f"Your plan has {seats.plan.seats} seats, and {seats.in_use} are in use: one for every "
        "active user of role Read-only or higher. Nobody was added, and nobody loses a seat. "
        "Deactivate somebody or make them Lite to free one, or let an Administrator ask whoever "
        "runs Gatehouse for you for more."
    )


def _seat_of(user: User | None) -> list[Role]:
    seated = user is not None and user.status is Status.ACTIVE and user.role in SEATED
    return [user.role] if user is not None and seated else []
