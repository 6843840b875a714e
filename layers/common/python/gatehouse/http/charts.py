"""Bars of days, as numbers that a template draws: no script, and no style that a page forbids."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

WIDTH: Final = 720
HEIGHT: Final = 160
_GAP: Final = 0.2
"""How much of a day's width stays free."""
_LEAST: Final = 2
"""How high the smallest number is drawn: one denial among thousands is to be seen, ..."""
_HIGH: Final = 16
"""... on a bar so high that this is no lie about its share."""


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a bar."""

    kind: str
    y: float
    height: float


@dataclass(frozen=True, slots=True)
class Bar:
    """One day: what it counts by kind, and its parts from the ground up."""

    day: date
    counts: Mapping[str, int]
    x: float
    width: float
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Chart:
    """Bars of every day from the first to the last, and the most that one counts."""

    first: date
    last: date
    highest: int
    step: float
    bars: tuple[Bar, ...]


def chart(days: Mapping[date, Mapping[str, int]], first: date, last: date) -> Chart:
    """Lay out a bar for each day on which there is anything; kinds stand in the order given."""
    length = (last - first).days + 1
    highest = max((sum(counts.values()) for counts in days.values()), default=0)
    kinds = max((len(counts) for counts in days.values()), default=0)
    step, scale = WIDTH / length, (HEIGHT - _LEAST * kinds) / max(highest, 1)
    bars = []
    for place in range(length):
        day = first + timedelta(days=place)
        counts = {kind: count for kind, count in days.get(day, {}).items() if count}
        if not counts:
            continue
        top = float(HEIGHT)
        parts = []
        whole = sum(counts.values())
        high = max(whole * scale, _LEAST)
        for kind, count in counts.items():
            height = max(high * count / whole, _LEAST if high >= _HIGH else 0)
            top -= height
            parts.append(Part(kind, round(top, 2), round(height, 2)))
        x, width = round(step * (place + _GAP / 2), 2), round(step * (1 - _GAP), 2)
        bars.append(Bar(day, days[day], x, width, tuple(parts)))
    return Chart(first, last, highest, step, tuple(bars))
