"""The scheduled clean-up: notes expiries, sends what was never handed over, clears traces."""

from dataclasses import asdict
from typing import Any

from gatehouse import observability, wiring
from gatehouse.usecases.sweep import sweep

RESERVE_MILLISECONDS = 30_000
"""How much of the function's time is left for ending well; the next run goes on."""


def handler(_: dict[str, Any], context: Any) -> dict[str, Any]:
    """Work for as long as there is time; answer what was done and whether all of it was."""
    swept = sweep(
        wiring.ports(),
        lambda: context.get_remaining_time_in_millis() > RESERVE_MILLISECONDS,
        observability.left_over,
    )
    observability.swept(done=swept.done, failed=swept.failed, finished=swept.finished)
    return asdict(swept)
