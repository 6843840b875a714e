"""Seats: counted in the transaction that changes who takes one.

The count stands in an item of its own, which no decision reads. Users are counted anew where an
account has no count yet, and whenever an operator asks for it. ``writes`` makes that safe: every
transaction that moves a seat raises it, and a count made of many reads is kept only if it did not
move meanwhile.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action

from gatehouse.domain.errors import Contended
from gatehouse.domain.roles import Role
from gatehouse.domain.seats import NO_PLAN, SEATED, Plan, Seats, no_seat_free
from gatehouse.domain.user import Status
from gatehouse.store import table as t
from gatehouse.store.engine import Table
from gatehouse.store.operations import Operation, Operations, Seating, counts
from gatehouse.store.refusals import ConditionFailed

_RECOUNTS: Final = 10


class DynamoSeats:
    """Implements :class:`gatehouse.usecases.stored.SeatCount`."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def get(self, account_id: str) -> Seats:
        row = self._row(account_id)
        if row is not None and row.in_use is not None:
            return _seats(account_id, row)
        return Seats(account_id, _plan(row), self._count(account_id))

    def recount(self, account_id: str) -> Seats:
        for _ in range(_RECOUNTS):
            row = self._row(account_id)
            found = Seats(account_id, _plan(row), self._count(account_id))
            actions = [t.SeatsRow.in_use.set(found.in_use)]
            actions += [_of(role).set(found.by_role.get(role, 0)) for role in SEATED]
            writes = int(row.writes or 0) if row else 0
            try:
                self._table.update(
                    t.seats_key(account_id), actions, counts(t.SeatsRow.writes, writes)
                )
            except ConditionFailed:
                continue
            return found
        raise Contended(
            "Users of this account kept changing while its seats were counted. Try again."
        )

    def counted(self, account_id: str) -> Seats:
        """Return the stored count, which is made now where there is none."""
        row = self._row(account_id)
        if row is None or row.in_use is None:
            return self.recount(account_id)
        return _seats(account_id, row)

    def _row(self, account_id: str) -> t.SeatsRow | None:
        return self._table.get(t.SeatsRow, t.seats_key(account_id))

    def _count(self, account_id: str) -> Mapping[Role, int]:
        """Look at every user, a megabyte of them a read."""
        people = self._table.walk(t.user_key(account_id, "").pk, "role", "status")
        return Counter(
            Role(role) for role, status in people if status == Status.ACTIVE and role in SEATED
        )


def seated(
    make: Operations, seats: DynamoSeats, seatings: Mapping[str, Sequence[Seating]]
) -> Iterator[Operation]:
    """Return what counts the seats that a transaction moves. Raises SeatsTaken."""
    for account_id, parts in seatings.items():
        moved: Counter[Role] = Counter()
        for part in parts:
            moved.update(part.moved)
        plan = next((part.plan for part in parts if part.plan is not None), None)
        if any(part.opens for part in parts):
            opened = Seats(account_id, plan.plan if plan else NO_PLAN, moved)
            yield make.put(_row(opened), t.Row.pk.does_not_exist())
        elif plan is not None or any(moved.values()):
            known = seats.counted(account_id)
            if not known.has_room_for(moved.total()):
                raise no_seat_free(known)
            actions = [*_moving(moved), *(_planning(plan.plan) if plan else ())]
            before = plan.replaces if plan else None
            yield make.update(
                t.seats_key(account_id), actions, _holds(before or known.plan, moved.total())
            )


def _holds(plan: Plan, more: int) -> Condition:
    """Hold while there is a count, and, where seats are taken, the plan and room in it."""
    holds: Condition = t.SeatsRow.in_use.exists()
    limit = t.SeatsRow.seat_limit
    holds &= limit.does_not_exist() if plan.seats is None else limit == plan.seats
    if more > 0 and plan.seats is not None:
        holds &= t.SeatsRow.in_use <= plan.seats - more
    return holds


def _moving(moved: Mapping[Role, int]) -> Iterable[Action]:
    yield t.SeatsRow.writes.add(1)
    total = sum(moved.values())
    if total:
        yield t.SeatsRow.in_use.add(total)
    yield from (_of(role).add(number) for role, number in moved.items() if number)


def _planning(plan: Plan) -> Iterable[Action]:
    name, limit = t.SeatsRow.plan, t.SeatsRow.seat_limit
    yield name.remove() if plan.name is None else name.set(plan.name)
    yield limit.remove() if plan.seats is None else limit.set(plan.seats)


def _row(seats: Seats) -> t.SeatsRow:
    row = t.SeatsRow(
        *t.seats_key(seats.account_id),
        plan=seats.plan.name,
        seat_limit=seats.plan.seats,
        writes=1,
        in_use=seats.in_use,
    )
    for role in SEATED:
        setattr(row, role.value, seats.by_role.get(role, 0))
    return row


def _seats(account_id: str, row: t.SeatsRow) -> Seats:
    by_role: dict[Role, int] = {role: int(getattr(row, role.value) or 0) for role in SEATED}
    return Seats(account_id, _plan(row), by_role)


def _plan(row: t.SeatsRow | None) -> Plan:
    if row is None:
        return NO_PLAN
    limit: float | None = row.seat_limit
    return Plan(row.plan, None if limit is None else int(limit))


def _of(role: Role) -> Any:
    return getattr(t.SeatsRow, role.value)
