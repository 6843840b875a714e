"""Erasing in a log's entries: finding those that concern somebody, taking out what is their own."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Final

from pynamodb.expressions.update import Action

from gatehouse.domain.moments import month_after, to_text
from gatehouse.store import entries
from gatehouse.store import table as t
from gatehouse.store.engine import Table
from gatehouse.store.operations import Operation, Operations
from gatehouse.usecases.changes import Erase
from gatehouse.usecases.stored import Passage

_LOOKED_AT: Final = 1_000
"""How many entries one query looks at, if they do not come to a megabyte before."""
_QUERIES: Final = 10
"""How many queries may find nothing before it is noted how far they came."""
_PERSONAL: Final = (
    t.ActivityRow.actor_name,
    t.ActivityRow.ip_address,
    t.ActivityRow.user_agent,
    t.ActivityRow.reason,
    t.ActivityRow.resource_name,
)
"""Where what ``domain/erasure.py`` calls personal stands, but for what is in ``changes``."""


def erased(make: Operations, change: Erase) -> list[Operation]:
    """Return what takes fields out of an entry; it can put none in, nor make an entry."""
    old, new = (entries.activity_row(one) for one in (change.old, change.new))
    actions: list[Action] = [
        t.ActivityRow.erased_at.set(new.erased_at),
        t.ActivityRow.erased_by.set(new.erased_by),
    ]
    for attribute in _PERSONAL:
        name = attribute.attr_name
        if getattr(old, name) is not None and getattr(new, name) is None:
            actions.append(attribute.remove())
    if change.new.changes != change.old.changes:
        actions.append(t.ActivityRow.changes.set(dict(change.new.changes)))
    return [make.update(t.Key(old.pk, old.sk), actions, t.Row.pk.exists())]


def about(
    table: Table,
    account_id: str,
    user_id: str,
    span: tuple[datetime, datetime],
    after: str | None,
    most: int,
) -> Passage:
    """Implement :meth:`gatehouse.usecases.stored.Log.about`."""
    # "!" comes before every character of an id, so what only begins like the last one follows it.
    first = f"{after}!" if after else to_text(span[0])
    last = f"{to_text(span[1])}$"  # "$" is next to the "#"
    row = t.ActivityRow
    concerns = (
        (row.actor_user_id == user_id)
        | (row.resource_id == user_id)
        | row.changes.contains(user_id)
    )
    found: list[t.LeanRow] = []
    queries = 0
    for month in _months(first[:7], last[:7]):
        pk = t.log_month(account_id, month)
        while first <= last:
            where = t.Row.sk.between(first, last)
            rows, reached = table.sift(t.LeanRow, pk, where, concerns, _LOOKED_AT)
            found += rows
            queries += 1
            if len(found) > most:
                return _passage(found[:most], found[most - 1].sk)
            if reached is None:
                break
            if found or queries >= _QUERIES:
                return _passage(found, reached)
            first = f"{reached}!"
        if queries >= _QUERIES and month < last[:7]:
            return _passage(found, month_after(month))  # comes before every key of that month
    return _passage(found, None)


def _passage(rows: Sequence[t.LeanRow], after: str | None) -> Passage:
    return Passage(tuple(entries.activity(row) for row in rows), after)


def _months(first: str, last: str) -> Iterator[str]:
    """Return months (``yyyy-mm``) from the first up to the last."""
    while first <= last:
        yield first
        first = month_after(first)
