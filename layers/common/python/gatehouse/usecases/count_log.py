"""Say how many entries the log has by the day, to whoever may read all of it."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Final

from gatehouse.domain.principal import Person
from gatehouse.domain.roles import Role
from gatehouse.domain.use import DayOfLog
from gatehouse.usecases.ports import Ports

MOST_DAYS: Final = 31
"""A day is drawn and listed, which weighs half a kilobyte."""


def count_log(
    ports: Ports, person: Person, first: date, last: date
) -> tuple[date, Sequence[DayOfLog]] | None:
    """Return the days (UTC) on which anything was recorded, and the first that was looked at.

    Whoever reads a part of the log is told nothing of the rest, not even how much it is. What was
    recorded a moment ago may not be counted yet.
    """
    user = person.user
    if user.role is not Role.ADMINISTRATOR and not (
        user.role is Role.MANAGER and user.reaches_everything
    ):
        return None
    first = max(first, last - timedelta(days=MOST_DAYS - 1))
    return first, ports.store.uses.days_of_log(user.account_id, first, last)
