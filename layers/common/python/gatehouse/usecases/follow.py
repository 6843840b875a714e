"""Follow the log: count its entries and what guests do, and tell the event bus what happened.

Both are told of new entries by the table's stream, which may tell a thing twice. Counting is exact
all the same: how far an account's month is counted stands in an item that every transaction moves
on, and entries of one month come in order. Publishing is at least once; each event has the entry's
id to know it by.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Final

from gatehouse.domain.account import Account
from gatehouse.domain.activity import Activity, Category
from gatehouse.domain.use import Counted, DayOfUse, days_of_log, is_use, together, use_of
from gatehouse.usecases.ports import Ports
from gatehouse.usecases.racing import settled

_AT_ONCE: Final = 90
"""How many days, of connections and of the log, are counted in one transaction of 100 items."""


@dataclass(frozen=True, slots=True)
class Noted:
    """A new entry, as the stream tells of it: the month it stands in, and its place there."""

    month: str
    sequence: str
    entry: Activity


def follow(ports: Ports, noted: Sequence[Noted]) -> int:
    """Count and publish new entries, in the order in which they were noted; return how many."""
    accounts = ports.store.accounts.many({one.entry.account_id for one in noted})
    for _, month in groupby(
        sorted(noted, key=lambda one: (one.entry.account_id, one.month, one.sequence)),
        key=lambda one: (one.entry.account_id, one.month),
    ):
        _count(ports, list(month), accounts)
    ports.events.publish([one.entry for one in noted if _is_told(one.entry, accounts)])
    return len(noted)


def _is_told(entry: Activity, accounts: Mapping[str, Account]) -> bool:
    """Steps of connections always, everything else if the account has chosen so."""
    account = accounts.get(entry.account_id)
    return entry.category is Category.CONNECTION or (
        account is not None and account.publishes_all_entries
    )


def _count(ports: Ports, noted: Sequence[Noted], accounts: Mapping[str, Account]) -> None:
    first = noted[0]
    account = accounts.get(first.entry.account_id)
    if account is None:
        return

    def attempt() -> None:
        counted = ports.store.uses.counted_to(account.account_id, first.month)
        fresh = [one for one in noted if one.sequence > counted]
        for run in _runs(fresh):
            days: dict[str, list[DayOfUse]] = {}
            for one in run:
                if is_use(one.entry):
                    days.setdefault(one.entry.connection_id or "", []).append(
                        use_of(one.entry, account.policy)
                    )
            ports.store.uses.add(
                Counted(
                    account.account_id,
                    first.month,
                    counted,
                    run[-1].sequence,
                    {connection_id: _by_day(some) for connection_id, some in days.items()},
                    days_of_log(one.entry for one in run),
                )
            )
            counted = run[-1].sequence

    settled(attempt)


def _by_day(uses: Sequence[DayOfUse]) -> list[DayOfUse]:
    ordered = sorted(uses, key=lambda one: one.day)
    return [together(day) for _, day in groupby(ordered, key=lambda one: one.day)]


def _runs(noted: Sequence[Noted]) -> Iterator[list[Noted]]:
    """Cut entries into runs that are of few enough days of connections each."""
    run: list[Noted] = []
    items: set[tuple[str | None, str]] = set()
    for one in noted:
        day = f"{one.entry.time:%Y-%m-%d}"
        of_one = {(None, day), (one.entry.connection_id, day)}
        if len(items | of_one) > _AT_ONCE:
            yield run
            run, items = [], set()
        run.append(one)
        items |= of_one
    if run:
        yield run
