"""The schedule: calls the clean-up function as often as template.yaml says."""

import logging
import threading
from collections.abc import Callable
from typing import Final

log: Final = logging.getLogger("local.schedule")


class Schedule:
    """Call something every so many seconds until stopped; a failure is logged and tried again."""

    def __init__(self, seconds: float, call: Callable[[], object]) -> None:
        self._seconds = seconds
        self._call = call
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="schedule", daemon=True)

    def start(self) -> None:
        """Begin; the first call comes after one period."""
        self._thread.start()

    def stop(self) -> None:
        """Stop, and wait for a call under way."""
        self._stopping.set()
        if self._thread.ident is not None:
            self._thread.join()

    def _run(self) -> None:
        while not self._stopping.wait(self._seconds):
            try:
                self._call()
            except Exception:  # like the real schedule, the next period tries again
                log.exception("the scheduled call failed")
