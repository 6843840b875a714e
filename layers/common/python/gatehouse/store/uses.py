"""Days of connections and of logs: counters that only ever grow, each added to in the transaction that says so."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Final

from gatehouse.domain.activity import Category, Outcome
from gatehouse.domain.log_archive import LEAST_MONTHS, due_at
from gatehouse.domain.moments import to_text
from gatehouse.domain.roles import Role
from gatehouse.domain.use import DayOfLog, DayOfUse, Tally
from gatehouse.store import table as t
from gatehouse.store.engine import Table
from gatehouse.store.refusals import CONDITION_FAILED, Cancelled
from gatehouse.usecases.changes import LostRace

if TYPE_CHECKING:
    from gatehouse.domain.use import Counted

_KEPT: Final = timedelta(days=400)
_ACTION, _REASON, _ROLE = "action", "reason", "role"
_OUTCOME: Final = "outcome"


class DynamoUses:
    """Implements :class:`gatehouse.usecases.stored.Uses`."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def counted_to(self, account_id: str, month: str) -> str:
        row = self._table.get(t.LeanRow, t.counted_key(account_id, month))
        return str(row.sequence) if row is not None else ""

    def add(self, counted: Counted) -> None:
        operations = [self._move_on(counted)]
        operations += [
            self._add(
                t.use_key(counted.account_id, connection_id, day.day), _counts(day), day.day + _KEPT
            )
            for connection_id, days in counted.days.items()
            for day in days
        ]
        operations += [
            self._add(
                t.log_day_key(counted.account_id, day.day),
                {t.counter(_OUTCOME, one.value): count for one, count in day.outcomes.items()},
            )
            for day in counted.log
        ]
        try:
            self._table.transact(operations)
        except Cancelled as cancelled:
            if CONDITION_FAILED in cancelled.reasons:
                raise LostRace from cancelled
            raise

    def days(
        self, account_id: str, connection_id: str, first: date, last: date
    ) -> Sequence[DayOfUse]:
        return [_day(row) for row in self._rows(t.use_key(account_id, connection_id, first), last)]

    def days_of_log(self, account_id: str, first: date, last: date) -> Sequence[DayOfLog]:
        return [
            DayOfLog(
                date.fromisoformat(row.sk),
                {Outcome(outcome): number for (_, outcome), number in row.counters().items()},
            )
            for row in self._rows(t.log_day_key(account_id, first), last)
        ]

    def _rows(self, first: t.Key, last: date) -> list[t.LeanRow]:
        """Read the days from one on to another, both of them too."""
        return self._table.query(
            t.LeanRow,
            first.pk,
            where=t.Row.sk.between(first.sk, last.isoformat()),
            limit=(last - date.fromisoformat(first.sk)).days + 1,
        )

    def _move_on(self, counted: Counted) -> dict[str, Any]:
        """Note how far is counted, if it still is as far as it was.

        A month that has entries is one to archive: it is due when it can have no more.
        """
        key = t.counted_key(counted.account_id, counted.month)
        condition = "#s = :after" if counted.after else "attribute_not_exists(#s)"
        values = {
            ":up_to": {"S": counted.up_to},
            ":shard": {"S": t.due_shard(f"{counted.account_id} {counted.month}")},
            ":due": {"S": to_text(due_at(counted.month, LEAST_MONTHS))},
        }
        if counted.after:
            values[":after"] = {"S": counted.after}
        return self._update(
            key,
            "SET #s = :up_to, #shard = if_not_exists(#shard, :shard), "
            "#due = if_not_exists(#due, :due)",
            {"#s": "sequence", "#shard": t.DUE_SHARD, "#due": t.DUE_AT},
            values,
            condition,
        )

    def _add(
        self, key: t.Key, counts: Mapping[str, int], ends: date | None = None
    ) -> dict[str, Any]:
        """Add to counters; what ends is dropped some day."""
        names = {f"#n{place}": name for place, name in enumerate(counts)}
        values = {f":n{place}": {"N": str(count)} for place, count in enumerate(counts.values())}
        added = ", ".join(f"#n{place} :n{place}" for place in range(len(counts)))
        if ends is None:
            return self._update(key, f"ADD {added}", names, values)
        ttl = {"N": str((ends - date(1970, 1, 1)).days * 86_400)}
        return self._update(
            key,
            f"SET #ttl = :ttl ADD {added}",
            {**names, "#ttl": t.TTL},
            {**values, ":ttl": ttl},
        )

    def _update(
        self,
        key: t.Key,
        expression: str,
        names: Mapping[str, str],
        values: Mapping[str, Any],
        condition: str | None = None,
    ) -> dict[str, Any]:
        return {
            "Update": {
                "TableName": self._table.name,
                "Key": {t.PK: {"S": key.pk}, t.SK: {"S": key.sk}},
                "UpdateExpression": expression,
                "ExpressionAttributeNames": dict(names),
                "ExpressionAttributeValues": dict(values),
                **({"ConditionExpression": condition} if condition else {}),
            }
        }


def _counts(day: DayOfUse) -> dict[str, int]:
    """Write a day as counters by name; what is zero has none."""
    counts: dict[str, int] = {}
    for (category, action), tally in day.actions.items():
        counts[t.counter(_ACTION, category.value, "allowed", action)] = tally.allowed
        counts[t.counter(_ACTION, category.value, "denied", action)] = tally.denied
    counts |= {t.counter(_REASON, reason): number for reason, number in day.reasons.items()}
    counts |= {t.counter(_ROLE, role.value): number for role, number in day.needed.items()}
    return {name: count for name, count in counts.items() if count}


def _day(row: t.LeanRow) -> DayOfUse:
    actions: dict[tuple[Category, str], Tally] = {}
    reasons: dict[str, int] = {}
    needed: dict[Role, int] = {}
    for name, number in row.counters().items():
        kind, *parts = name
        if kind == _ACTION:
            category, outcome, action = parts
            key = (Category(category), action)
            actions[key] = actions.get(key, Tally()) + Tally(**{outcome: number})
        elif kind == _REASON:
            reasons[parts[0]] = number
        else:
            needed[Role(parts[0])] = number
    return DayOfUse(date.fromisoformat(row.sk), actions, reasons, needed)
