"""What an import's report says of a row that a use case refused."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from gatehouse.domain.errors import (
    Contended,
    EmailTaken,
    GatehouseError,
    LastAdministrator,
    NotAllowed,
    NotFound,
    Refused,
    SeatsTaken,
)
from gatehouse.domain.sheet import LONGEST_VALUE, Cause, Fault, FaultFound, Row

_MEANT: Final[Sequence[tuple[type[GatehouseError], Cause, str | None, str]]] = (
    (
        EmailTaken,
        Cause.TAKEN,
        "email",
        "Correct the address, or leave the row out.",
    ),
    (LastAdministrator, Cause.REFUSED, "role", "Make somebody else an Administrator first."),
    (SeatsTaken, Cause.LIMIT, "role", "Free a seat or ask for more of them, or import Lite users."),
    (NotAllowed, Cause.NOT_ALLOWED, None, "Leave the row out, or let an Administrator import it."),
    (NotFound, Cause.UNKNOWN, None, "Leave it out of the row."),
    (Contended, Cause.CHANGED, None, "Import the row once more."),
    (Refused, Cause.REFUSED, None, "Correct the row, or leave it out."),
)
BECAUSE: Final = "because "
"""What the count of a cause begins with."""
_COLUMNS: Final = {
    "/group_ids": "groups",
    "/organization_ids": "organizations",
    "/parent_id": "parent",
    "/email": "email",
    "/name": "name",
    "/role": "role",
}


def fault_of(row: Row, wrong: FaultFound | GatehouseError, *, partly: bool = False) -> Fault:
    """Say what is wrong with a row: which column, what stands there, how to mend it.

    ``partly`` says that the row was written in part before that.
    """
    if isinstance(wrong, FaultFound):
        cause, column, detail, repair = wrong.cause, wrong.column, wrong.detail, wrong.repair
    else:
        cause, column, repair = _meaning(wrong)
        detail = wrong.fields[0].detail if wrong.fields else wrong.detail
        column = _COLUMNS.get(wrong.fields[0].pointer, column) if wrong.fields else column
    if partly:
        detail = f"{detail} The row was written in part before that."
    value = row.cells.get(column) if column is not None else None
    return Fault(row.line, cause, detail, repair, column, None if value is None else _cut(value))


def entries_of(faults: Sequence[Fault]) -> tuple[Mapping[str, Any], ...]:
    """Return faults as they are kept and answered."""
    return tuple(fault.entry for fault in faults)


def with_causes(counts: Mapping[str, int], faults: Iterable[Fault]) -> dict[str, int]:
    """Count faults by their causes too."""
    found = Counter(counts)
    found.update(f"{BECAUSE}{fault.cause.value}" for fault in faults)
    return dict(found)


def causes_in(counts: Mapping[str, int]) -> dict[Cause, int]:
    """Return how many faults there are of each cause."""
    return {
        cause: counts[f"{BECAUSE}{cause.value}"]
        for cause in Cause
        if f"{BECAUSE}{cause.value}" in counts
    }


def _meaning(wrong: GatehouseError) -> tuple[Cause, str | None, str]:
    for kind, cause, column, repair in _MEANT:
        if isinstance(wrong, kind):
            return cause, column, repair
    return Cause.REFUSED, None, "Correct the row, or leave it out."


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST_VALUE else f"{text[: LONGEST_VALUE - 1]}…"
