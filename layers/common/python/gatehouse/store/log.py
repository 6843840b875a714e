"""Activity logs: one partition a month, in the order of time, only ever appended to."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Final

from gatehouse.domain.activity import Activity
from gatehouse.domain.moments import to_text
from gatehouse.domain.pages import Page
from gatehouse.store import entries
from gatehouse.store import table as t
from gatehouse.store.engine import Table
from gatehouse.store.refusals import Cancelled

if TYPE_CHECKING:
    from gatehouse.usecases.stored import LogQuery

_READ: Final = 2_000
"""How many entries one page may read while looking for matching ones."""
_CHUNK: Final = 200


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

    def page(
        self, account_id: str, query: LogQuery, after: str | None, limit: int
    ) -> Page[Activity]:
        found: list[Activity] = []
        last = after
        for read, row in enumerate(self._walk(account_id, query, after)):
            if read == _READ:
                return Page(tuple(found), last)
            entry = entries.activity(row)
            if _matches(entry, query):
                if len(found) == limit:
                    return Page(tuple(found), last)
                found.append(entry)
            last = row.sk
        return Page(tuple(found), None)

    def _walk(self, account_id: str, query: LogQuery, after: str | None) -> Iterator[t.ActivityRow]:
        first = to_text(query.since)
        end = after or f"{to_text(query.until)}$"  # "$" comes right after the "#" in a key
        if end < first:  # a page that was asked for when its entries were younger
            return
        for month in _months(query.since, end[:7]):
            partition = t.log_month(account_id, month)
            while True:
                rows = self._table.query(
                    t.ActivityRow,
                    partition,
                    where=t.Row.sk.between(first, end),
                    limit=_CHUNK,
                    newest_first=True,
                )
                yield from (row for row in rows if row.sk != after)
                if len(rows) < _CHUNK:
                    break
                after = end = rows[-1].sk


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
