"""How a use case keeps its answer for an Idempotency-Key, without knowing about HTTP."""

from collections.abc import Callable
from typing import Any

from gatehouse.usecases.changes import Receipt

Keep = Callable[[Any], Receipt | None]
"""Given the result, returns the receipt to commit with it; None if no key came."""


def no_receipt(_: object) -> Receipt | None:
    """Keep nothing: the caller sent no Idempotency-Key."""
    return None
