"""The scheduled function, as EventBridge would call it."""

from typing import Any

from tests.support.api import handler_of, template


class _Context:
    """A Lambda context with time left, or without."""

    def __init__(self, milliseconds: int) -> None:
        self._milliseconds = milliseconds

    def get_remaining_time_in_millis(self) -> int:
        return self._milliseconds


def run_cleanup(milliseconds: int = 900_000) -> dict[str, Any]:
    """Run the clean-up once; return what it did."""
    (name,) = [name for name, f in template().functions.items() if f.schedule_seconds]
    done = handler_of(name)({}, _Context(milliseconds))
    return dict(done)
