"""Pairs of measurements: interleaved, in random order, judged by the median of their ratios."""

import random
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

NOISY = 0.10
"""Half of the ratios spread over more than this share of their median: not to be trusted."""


@dataclass(frozen=True, slots=True)
class Compared:
    """Two costs side by side, in CPU seconds; ``ratios`` are of each pair."""

    ours: float
    theirs: float
    ratios: tuple[float, ...]

    @property
    def ratio(self) -> float:
        return statistics.median(self.ratios)

    @property
    def is_noisy(self) -> bool:
        low, _, high = statistics.quantiles(self.ratios, n=4)
        return (high - low) / self.ratio > NOISY


def compare(ours: Callable[[], float], theirs: Callable[[], float], pairs: int) -> Compared:
    """Measure both again and again; each returns what it cost."""
    costs: list[tuple[float, float]] = []
    for _ in range(pairs):
        if random.random() < 0.5:
            first = ours()
            costs.append((first, theirs()))
        else:
            first = theirs()
            costs.append((ours(), first))
    return compared(costs)


def compared(costs: Sequence[tuple[float, float]]) -> Compared:
    return Compared(
        statistics.median(one for one, _ in costs),
        statistics.median(other for _, other in costs),
        tuple(one / other for one, other in costs),
    )


def block(work: Callable[[], object], times: int) -> Callable[[], float]:
    """Return what measures a run of calls: the CPU time of this process for one of them."""

    def run() -> float:
        began = time.process_time()
        for _ in range(times):
            work()
        return (time.process_time() - began) / times

    return run
