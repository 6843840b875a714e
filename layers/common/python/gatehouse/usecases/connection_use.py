"""See what a connection was used for: by the day, by action, and how much role that took."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Final

from gatehouse.domain.api_key import ApiScope
from gatehouse.domain.connection import Connection, State
from gatehouse.domain.principal import Principal, administrator_or_scope
from gatehouse.domain.roles import Role
from gatehouse.domain.use import DayOfUse, highest_needed, together
from gatehouse.usecases.lifecycle import outgoing
from gatehouse.usecases.ports import Ports

USUAL_DAYS: Final = 60
MOST_DAYS: Final = 180


@dataclass(frozen=True, slots=True)
class ConnectionUse:
    """What was done with a connection from one day (UTC) to another, both counted.

    ``needed`` is the lowest maximum role under which all that was allowed would have been too;
    ``could_be`` the same if the connection has a higher one and was active all the time.
    """

    connection: Connection
    first: date
    last: date
    days: Sequence[DayOfUse]
    whole: DayOfUse
    needed: Role | None
    could_be: Role | None

    @property
    def length(self) -> int:
        """Return how many days were looked at."""
        return (self.last - self.first).days + 1


def connection_use(
    ports: Ports, principal: Principal, connection_id: str, days: int = USUAL_DAYS
) -> ConnectionUse:
    """Return how a connection of the host was used in the last days, today among them.

    What was recorded a moment ago may not be counted yet.
    """
    who = administrator_or_scope(
        principal, ApiScope.CONNECTIONS_READ, "see how a connection was used"
    )
    connection = outgoing(ports, who.account_id, connection_id)
    last = ports.clock.now().astimezone(UTC).date()
    first = last - timedelta(days=days - 1)
    found = ports.store.uses.days(who.account_id, connection_id, first, last)
    whole = together(found)
    needed = highest_needed(whole.needed)
    may_be_less = (
        needed is not None
        and connection.state is State.ACTIVE
        and _is_before(connection.accepted_at, first)
        and not needed.reaches(connection.maximum_role)
    )
    return ConnectionUse(
        connection, first, last, found, whole, needed, needed if may_be_less else None
    )


def _is_before(moment: datetime | None, day: date) -> bool:
    return moment is not None and moment.astimezone(UTC).date() <= day
