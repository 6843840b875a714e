"""Bars of days, as numbers that a template draws: no script, and no style that a page forbids."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from gatehouse.domain.use import NOTHING, Tally

WIDTH: Final = 720
HEIGHT: Final = 160
_GAP: Final = 0.2
"""How much of a day's width stays free."""


@dataclass(frozen=True, slots=True)
class Bar:
    """One day: what was let in from the ground up, what was denied on top of it."""

    day: date
    tally: Tally
    x: float
    width: float
    allowed_y: float
    allowed_height: float
    denied_y: float
    denied_height: float


@dataclass(frozen=True, slots=True)
class Chart:
    """Bars of every day from the first to the last, and the height of the highest."""

    first: date
    last: date
    highest: int
    bars: tuple[Bar, ...]


def chart(tallies: Mapping[date, Tally], first: date, last: date) -> Chart:
    """Lay out a bar for each day on which there is anything."""
    days = (last - first).days + 1
    highest = max((one.allowed + one.denied for one in tallies.values()), default=0)
    step, scale = WIDTH / days, HEIGHT / max(highest, 1)
    bars = []
    for place in range(days):
        day = first + timedelta(days=place)
        tally = tallies.get(day, NOTHING)
        if tally == NOTHING:
            continue
        allowed, denied = tally.allowed * scale, tally.denied * scale
        bars.append(
            Bar(
                day,
                tally,
                round(step * (place + _GAP / 2), 2),
                round(step * (1 - _GAP), 2),
                round(HEIGHT - allowed, 2),
                round(allowed, 2),
                round(HEIGHT - allowed - denied, 2),
                round(denied, 2),
            )
        )
    return Chart(first, last, highest, tuple(bars))
