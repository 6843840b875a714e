"""Reading, deciding and committing again when somebody else was faster."""

from collections.abc import Callable
from typing import Final, TypeVar

from gatehouse.domain.errors import Contended
from gatehouse.usecases.changes import LostRace

T = TypeVar("T")
_ATTEMPTS: Final = 12


def settled(attempt: Callable[[], T]) -> T:
    """Run an attempt until it is not beaten by another writer; each run reads anew."""
    for _ in range(_ATTEMPTS):
        try:
            return attempt()
        except LostRace:
            continue
    raise Contended(
        "Others kept changing the same thing while this was tried. Nothing was written; try again."
    )
