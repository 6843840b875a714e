"""Activity logs: in the order of time, one partition a month, only ever appended to.

What names a user, a connection, an organization or a guest account stands in an index of its own,
in the same order, so a position in one order is one in each. Older months stand in the archive, in
the same five orders; what decisions record here loads nothing of it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Final

from gatehouse.domain.activity import Activity
from gatehouse.domain.moments import from_text, to_text
from gatehouse.store import entries
from gatehouse.store import table as t
from gatehouse.store.engine import Table
from gatehouse.store.refusals import Cancelled

if TYPE_CHECKING:
    from gatehouse.store.archive import DynamoArchive
    from gatehouse.store.log_reading import Reading, Stretch
    from gatehouse.usecases.stored import LogPage, LogQuery, Passage

_READ: Final = 2_000
"""How many entries one page may read while looking for matching ones."""
_CHUNK: Final = 200
_PROBE: Final = 20
Order = Callable[[str, int], "Stretch"]
"""Reads so many of the newest entries whose keys are not above one."""


class DynamoLog:
    """Implements :class:`gatehouse.usecases.ports.Log`."""

    def __init__(
        self,
        table: Table,
        archive: Callable[[], DynamoArchive],
        now: Callable[[], datetime] | None = None,
    ) -> None:
        self._table = table
        self._archive = archive
        self._now = now

    def record(self, activities: Sequence[Activity]) -> None:
        rows = [entries.activity_row(activity) for activity in activities]
        if len(rows) == 1:
            self._table.put(rows[0])
        else:
            self._table.write_many(rows)

    def record_once(self, activity: Activity) -> bool:
        unused = t.Row.pk.does_not_exist()
        seen = t.Row(*t.reported_key(activity.account_id, activity.activity_id))
        # The reporter chose id and time, so the key of an entry that stands there may be meant.
        row = entries.activity_row(activity)
        try:
            self._table.transact([{"Put": self._table.putting(one, unused)} for one in (seen, row)])
        except Cancelled:
            return False
        return True

    def about(
        self,
        account_id: str,
        user_id: str,
        span: tuple[datetime, datetime],
        after: str | None,
        most: int,
    ) -> Passage:
        from gatehouse.store.erasing import about  # what decides does not load it

        return about(self._table, account_id, user_id, span, after, most)

    def page(self, account_id: str, query: LogQuery, after: str | None, limit: int) -> LogPage:
        from gatehouse.domain.log_archive import ALWAYS_IN_THE_TABLE
        from gatehouse.store.log_reading import Reading, borders_of
        from gatehouse.usecases.stored import LogPage

        end = t.before(after) if after else f"{to_text(query.until)}$"  # "$" is next to the "#"
        first = to_text(query.since)
        borders: Mapping[str, str] = {}
        if self._now is None or query.since < self._now() - ALWAYS_IN_THE_TABLE:
            borders = borders_of(self._table, account_id, first, end)
        reading = Reading(self._table, self._archive, account_id, first, borders)
        order, read = _sparsest(reading, query, end)
        found: list[Activity] = []
        # Where all that is read matches, as much as is shown is enough, and one for the next page.
        size = limit + 1
        while True:
            size = min(size, _CHUNK, max(_READ - read, 1))
            stretch = order(end, size)
            for key, entry in stretch.found:
                if _matches(entry, query):
                    if len(found) == limit:
                        return LogPage(tuple(found), after, scanned_to=_moment(after))
                    found.append(entry)
                after = key
            read += stretch.read
            if stretch.whole:
                return LogPage(tuple(found), scanned_to=query.since)
            after = stretch.down_to or after
            assert after is not None  # the first stretch looks at something, or it is whole
            if read >= _READ or reading.is_spent:
                return LogPage(tuple(found), after, scanned_to=_moment(after))
            end = t.before(after)
            size *= 2


def _sparsest(reading: Reading, query: LogQuery, end: str) -> tuple[Order, int]:
    """Return the order to read in, and how many entries it took to choose it.

    Of several the one whose newest entries go back the furthest has the fewest.
    """
    from gatehouse.store.log_reading import GETS, GETS_TO_CHOOSE

    named = (query.user_id, query.connection_id, query.organization_id, query.guest_account_id)
    orders: list[Order] = [
        partial(reading.named, index, entity_id)
        for entity_id, index in zip(named, t.LOG_INDEXES, strict=True)
        if entity_id is not None
    ]
    if len(orders) < 2:
        return (orders or [reading.of_time])[0], 0
    probes = []
    for order in orders:
        reading.may_read(GETS_TO_CHOOSE)
        probes.append(order(end, _PROBE))
    reading.may_read(GETS)
    back = ["" if one.whole else one.down_to or end for one in probes]
    return orders[back.index(min(back))], sum(one.read for one in probes)


def _moment(key: str | None) -> datetime:
    return from_text((key or "").partition("#")[0])


def _matches(entry: Activity, query: LogQuery) -> bool:
    wanted = (
        (query.user_id, entry.actor.user_id),
        (query.home_account_id, entry.actor.home_account_id),
        (query.guest_account_id, entry.guest_account_id),
        (query.organization_id, entry.organization_id),
        (query.action, entry.action),
        (query.connection_id, entry.connection_id),
        (query.outcome, entry.outcome),
        (query.category, entry.category),
    )
    return all(asked is None or asked == has for asked, has in wanted)
