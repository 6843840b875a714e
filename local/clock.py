"""The one clock: shared by handlers, identity provider and schedule, moved by `/.local/clock`."""

import threading
from datetime import UTC, datetime, timedelta

from local.state import StateFolder


class SharedClock:
    """Tell this machine's time plus an offset that survives a restart."""

    def __init__(self, state: StateFolder) -> None:
        self._state = state
        self._lock = threading.Lock()
        kept = state.read("clock.json") or {"offset_seconds": 0}
        try:
            self._offset = timedelta(seconds=float(kept["offset_seconds"]))
        except (KeyError, TypeError, ValueError, OverflowError):
            raise state.stale("clock.json in it is damaged") from None

    @property
    def offset(self) -> timedelta:
        """Tell how far this clock is ahead of the machine's."""
        return self._offset

    def now(self) -> datetime:
        """Tell the time in UTC, to the millisecond."""
        moment = datetime.now(UTC) + self._offset
        return moment.replace(microsecond=moment.microsecond // 1000 * 1000)

    def advance(self, seconds: float) -> datetime:
        """Move the clock and tell the new time; raise OverflowError outside of the calendar."""
        with self._lock:
            offset = self._offset + timedelta(seconds=seconds)
            moment = datetime.now(UTC) + offset
            if not 2020 <= moment.year <= 2200:
                raise OverflowError(seconds)
            self._state.write("clock.json", {"offset_seconds": offset.total_seconds()})
            self._offset = offset
        return self.now()
