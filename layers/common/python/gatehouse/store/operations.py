"""The operations that a transaction is made of, and the conditions that they stand under."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from pynamodb.expressions.condition import Condition, size
from pynamodb.expressions.update import Action

from gatehouse.domain.errors import GatehouseError
from gatehouse.domain.moments import end_of_hour
from gatehouse.domain.roles import Role
from gatehouse.store import table as t
from gatehouse.store.engine import Table
from gatehouse.store.refusals import CONDITION_FAILED, Cancelled
from gatehouse.usecases.changes import LostRace, Replayed, SetPlan


@dataclass(frozen=True, slots=True)
class Operation:
    """One item of a transaction, and the refusal that its condition stands for."""

    kind: str
    parameters: dict[str, Any]
    otherwise: GatehouseError | None = None
    is_receipt: bool = False


@dataclass(frozen=True, slots=True)
class Count:
    """What to count in an account's tally, and what must be its count for that.

    A transaction takes an item once, and an update an attribute once, so these are put together.
    """

    account_id: str
    organizations: int = 0
    removals: int = 0
    namings: int = 0
    condition: Condition | None = None


@dataclass(frozen=True, slots=True)
class Seating:
    """What changes of an account's seats, by role; put together for the same reason."""

    account_id: str
    moved: Mapping[Role, int] = field(default_factory=dict)
    opens: bool = False
    plan: SetPlan | None = None


Part = Operation | Count | Seating


class Operations:
    """Makes the operations of one table."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def put(
        self,
        row: t.Row | t.LeanRow,
        condition: Condition | None = None,
        otherwise: GatehouseError | None = None,
    ) -> Operation:
        return Operation("Put", self._table.putting(row, condition), otherwise)

    def update(
        self,
        key: t.Key,
        actions: Sequence[Action],
        condition: Condition | None = None,
        otherwise: GatehouseError | None = None,
    ) -> Operation:
        return Operation("Update", self._table.updating(key, actions, condition), otherwise)

    def delete(
        self,
        key: t.Key,
        condition: Condition | None = None,
        otherwise: GatehouseError | None = None,
    ) -> Operation:
        return Operation("Delete", self._table.naming(key, condition), otherwise)

    def check(
        self, key: t.Key, condition: Condition, otherwise: GatehouseError | None = None
    ) -> Operation:
        return Operation("ConditionCheck", self._table.naming(key, condition), otherwise)

    def counted(self, account_id: str, counts: Sequence[Count]) -> Operation:
        """Put together what is counted in one account."""
        key = t.tally_key(account_id)
        sums = (
            (t.TallyRow.organizations, sum(count.organizations for count in counts)),
            (t.TallyRow.removals, sum(count.removals for count in counts)),
            (t.TallyRow.namings, sum(count.namings for count in counts)),
        )
        actions = [attribute.add(number) for attribute, number in sums if number]
        condition: Condition | None = None
        for one in (count.condition for count in counts if count.condition is not None):
            condition = one if condition is None else condition & one
        if actions or condition is None:
            return self.update(key, actions, condition)
        return self.check(key, condition)


def meaning(operations: Sequence[Operation], cancelled: Cancelled) -> Exception:
    """Say what a cancelled transaction means: whose condition failed, in the order given."""
    failed = [
        operation
        for operation, reason in zip(operations, cancelled.reasons, strict=False)
        if reason == CONDITION_FAILED
    ]
    if any(operation.is_receipt for operation in failed):
        return Replayed()
    meanings = [operation.otherwise or LostRace() for operation in failed]
    lost = (meaning for meaning in meanings if isinstance(meaning, LostRace))
    return next(lost, meanings[0])


def one_more(now: datetime, limit: int) -> tuple[list[Action], Condition]:
    """Return what counts an attempt in this hour, and what it stands under: the hour's limit."""
    attempts = t.AttemptsRow.attempts
    over = int(end_of_hour(now).timestamp()) + 3600
    condition: Condition = attempts.does_not_exist() | (attempts < limit)
    return [attempts.add(1), t.Row.ttl.set(over)], condition


def room_for(attribute: str, most: int) -> Condition:
    """Hold while a set of an organization has fewer than ``most`` members, or is not there."""
    path = _path(attribute)
    room: Condition = path.does_not_exist() | (size_of(path) < most)
    return room


def same(attribute: str, members: frozenset[str]) -> Condition:
    """Hold while a set of an organization is exactly this one."""
    path = _path(attribute)
    same: Condition = path == set(members) if members else path.does_not_exist()
    return same


def counts(attribute: Any, number: int) -> Condition:
    """Hold while a count is this one; one that was never written is 0."""
    holds: Condition = attribute.does_not_exist() if number == 0 else attribute == number
    return holds


def _path(attribute: str) -> Any:
    return getattr(t.OrganizationRow, attribute)


def size_of(path: Any) -> Any:
    """Return the number of members of a set."""
    return size(path)  # type: ignore[no-untyped-call]  # pynamodb's own
