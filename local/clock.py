"""The one clock: shared by handlers, identity provider and schedule, moved by `/.local/clock`."""

import multiprocessing
from datetime import UTC, datetime, timedelta

from local.state import StateFolder


class SharedClock:
    """Tell this machine's time plus an offset that survives a restart."""

    def __init__(self, state: StateFolder) -> None:
        self._state = state
        kept = state.read("clock.json") or {"offset_seconds": 0}
        try:
            offset = timedelta(seconds=float(kept["offset_seconds"]))
        except (KeyError, TypeError, ValueError, OverflowError):
            raise state.stale("clock.json in it is damaged") from None
        # In memory that the workers share with us.
        self._seconds = multiprocessing.get_context("fork").Value("d", offset.total_seconds())

    @property
    def offset(self) -> timedelta:
        """Tell how far this clock is ahead of the machine's."""
        return timedelta(seconds=self._seconds.value)

    def now(self) -> datetime:
        """Tell the time in UTC, to the millisecond."""
        moment = datetime.now(UTC) + self.offset
        return moment.replace(microsecond=moment.microsecond // 1000 * 1000)

    def advance(self, seconds: float) -> datetime:
        """Move the clock and tell the new time; raise OverflowError outside of the calendar."""
        with self._seconds.get_lock():
            offset = self.offset + timedelta(seconds=seconds)
            moment = datetime.now(UTC) + offset
            if not 2020 <= moment.year <= 2200:
                raise OverflowError(seconds)
            self._state.write("clock.json", {"offset_seconds": offset.total_seconds()})
            self._seconds.value = offset.total_seconds()
        return self.now()
