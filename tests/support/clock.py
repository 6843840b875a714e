"""A clock that a test moves."""

import threading
from datetime import UTC, datetime, timedelta

START = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)


class FakeClock:
    """Stand still until told otherwise; each look is a millisecond later, so that ids keep order."""

    def __init__(self, start: datetime = START) -> None:
        self._now = start
        self._lock = threading.Lock()

    def now(self) -> datetime:
        with self._lock:
            self._now += timedelta(milliseconds=1)
            return self._now

    def advance(self, **span: float) -> None:
        with self._lock:
            self._now += timedelta(**span)
