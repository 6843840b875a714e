"""Activity logs: in the order of time, one partition a month, only ever appended to.

What names a user, a connection, an organization or a guest account stands in an index of its own,
in the same order, so a position in one order is one in each.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
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
    from gatehouse.usecases.stored import LogPage, LogQuery

_READ: Final = 2_000
"""How many entries one page may read while looking for matching ones."""
_CHUNK: Final = 200
_PROBE: Final = 20
Order = Callable[[str, int], "list[t.LeanRow]"]
"""Reads so many of the newest entries whose keys are not above one."""


class DynamoLog:
    """Implements :class:`gatehouse.usecases.ports.Log`."""

    def __init__(self, table: Table) -> None:
        self._table = table

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

    def page(self, account_id: str, query: LogQuery, after: str | None, limit: int) -> LogPage:
        from gatehouse.usecases.stored import LogPage

        end = _before(after) if after else f"{to_text(query.until)}$"  # "$" is next to the "#"
        order, read = self._sparsest(account_id, query, end)
        found: list[Activity] = []
        # Where all that is read matches, as much as is shown is enough, and one for the next page.
        size = limit + 1
        while True:
            size = min(size, _CHUNK, max(_READ - read, 1))
            rows = order(end, size)
            for row in rows:
                entry = entries.activity(row)
                if _matches(entry, query):
                    if len(found) == limit:
                        return LogPage(tuple(found), after, scanned_to=_moment(after))
                    found.append(entry)
                after = row.sk
            read += len(rows)
            if len(rows) < size or after is None:
                return LogPage(tuple(found), scanned_to=query.since)
            if read >= _READ:
                return LogPage(tuple(found), after, scanned_to=_moment(after))
            end = _before(after)
            size *= 2

    def _sparsest(self, account_id: str, query: LogQuery, end: str) -> tuple[Order, int]:
        """Return the order to read in, and how many entries it took to choose it.

        Of several the one whose newest entries go back the furthest has the fewest.
        """
        named = (query.user_id, query.connection_id, query.organization_id, query.guest_account_id)
        first = to_text(query.since)
        orders = [
            partial(self._named, t.log_of(account_id, entity_id), index, first)
            for entity_id, index in zip(named, t.LOG_INDEXES, strict=True)
            if entity_id is not None
        ]
        if len(orders) < 2:
            return (orders or [partial(self._of_time, account_id, query.since)])[0], 0
        probes = [order(end, _PROBE) for order in orders]
        back = [rows[-1].sk if len(rows) == _PROBE else "" for rows in probes]
        return orders[back.index(min(back))], sum(map(len, probes))

    def _named(self, pk: str, index: str, first: str, end: str, size: int) -> list[t.LeanRow]:
        """Read the newest entries up to ``end`` that name somebody or something."""
        return self._read(pk, first, end, size, index) if end >= first else []

    def _of_time(self, account_id: str, since: datetime, end: str, size: int) -> list[t.LeanRow]:
        """Read the newest entries up to ``end``, month by month."""
        first = to_text(since)
        rows: list[t.LeanRow] = []
        if end < first:  # a page that was asked for when its entries were younger
            return rows
        for month in _months(since, end[:7]):
            if len(rows) < size:
                partition = t.log_month(account_id, month)
                rows += self._read(partition, first, end, size - len(rows))
        return rows

    def _read(
        self, pk: str, first: str, end: str, size: int, index: str | None = None
    ) -> list[t.LeanRow]:
        return self._table.query(
            t.LeanRow,
            pk,
            where=t.Row.sk.between(first, end),
            limit=size,
            newest_first=True,
            index=index,
        )


def _before(key: str) -> str:
    """Return what stands between an entry's key and every older one's.

    A query takes one condition on its sort key, and "between" has both ends in it. No character
    of a key comes after the tilde.
    """
    return f"{key[:-1]}{chr(ord(key[-1]) - 1)}~"


def _moment(key: str | None) -> datetime:
    return from_text((key or "").partition("#")[0])


def _months(since: datetime, last: str) -> Iterator[str]:
    """Return months (``yyyy-mm``) from the last down to that of ``since``."""
    first = f"{since:%Y-%m}"
    while last >= first:
        yield last
        year, month = int(last[:4]), int(last[5:7])
        last = f"{year - 1:04d}-12" if month == 1 else f"{year:04d}-{month - 1:02d}"


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
