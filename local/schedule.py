"""The schedule: calls the clean-up function as often as template.yaml says."""

import logging
import threading
from collections.abc import Callable
from datetime import datetime
from typing import Any, Final, Protocol

log: Final = logging.getLogger("local.schedule")


class Callee(Protocol):
    """Whatever calls a function by name."""

    def invoke(self, name: str, event: object) -> object:
        """Call it and return its result."""


def run_cleanup(functions: Callee, now: Callable[[], datetime]) -> object:
    """Call the scheduled function once, with the event that the schedule sends."""
    return functions.invoke("cleanup", _scheduled_event(now()))


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


def _scheduled_event(now: datetime) -> dict[str, Any]:
    """Write the event that EventBridge Scheduler makes for a schedule without an input."""
    return {
        "version": "0",
        "id": "00000000-0000-0000-0000-000000000000",
        "detail-type": "Scheduled Event",
        "source": "aws.scheduler",
        "account": "000000000000",
        "time": f"{now:%Y-%m-%dT%H:%M:%SZ}",
        "region": "us-east-1",
        "resources": ["arn:aws:scheduler:us-east-1:000000000000:schedule/default/local"],
        "detail": "{}",
    }
