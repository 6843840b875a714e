"""How often the trials are run: as often as they are meant to be, or by one common factor less."""

import math
import os
from collections.abc import Sequence
from typing import Final, TypeVar

T = TypeVar("T")

USUAL: Final = 0.02
"""The factor of `make test`; `make prove` sets GATEHOUSE_TRIALS=full."""


def _factor() -> float:
    wanted = os.environ.get("GATEHOUSE_TRIALS", "")
    return 1.0 if wanted == "full" else float(wanted or USUAL)


FACTOR: Final = _factor()


def trials(full: int, least: int = 2) -> int:
    """Return how often to try what is tried ``full`` times when it is proved."""
    return max(min(least, full), math.ceil(full * FACTOR))


def sample(everything: Sequence[T], least: int = 4) -> list[T]:
    """Return as much of a list as the factor leaves, spread over all of it."""
    wanted = min(len(everything), trials(len(everything), least))
    return [everything[index * len(everything) // wanted] for index in range(wanted)]
