"""The order in which rows are done: as in the file, but parents before what is below them."""

from collections.abc import Iterable, Sequence

from gatehouse.domain.sheet import Cause, Fault, GroupRow, OrganizationRow, Row, UserRow


def in_order(rows: Sequence[Row]) -> tuple[list[Row], list[Fault]]:
    """Return the rows in order, and what is wrong with those that the file itself contradicts."""
    once, faults = _once(rows)
    if any(isinstance(row, OrganizationRow) for row in once):
        once, circles = _parents_first([row for row in once if isinstance(row, OrganizationRow)])
        faults += circles
    return once, faults


def _once(rows: Iterable[Row]) -> tuple[list[Row], list[Fault]]:
    first: dict[tuple[str, str], int] = {}
    once: list[Row] = []
    faults: list[Fault] = []
    for row in rows:
        keys = _keys(row)
        twice = next((key for key in keys if key in first), None)
        if twice is None:
            first |= dict.fromkeys(keys, row.line)
            once.append(row)
            continue
        column, value = twice
        faults.append(
            Fault(
                row.line,
                Cause.TWICE,
                f"Line {first[twice]} is about the same {column} already.",
                "Put what both say into one row.",
                column,
                value,
            )
        )
    return once, faults


def _keys(row: Row) -> list[tuple[str, str]]:
    """Return what no other row may have too."""
    pairs: list[tuple[str, str | None]]
    match row:
        case UserRow():
            pairs = [("user_id", row.user_id), ("email", row.email)]
        case GroupRow():
            pairs = [("group_id", row.group_id) if row.group_id else ("name", row.name)]
        case _:
            by_id = ("organization_id", row.organization_id)
            pairs = [by_id if row.organization_id else ("name", row.name)]
    return [(column, value) for column, value in pairs if value is not None]


def _parents_first(rows: Sequence[OrganizationRow]) -> tuple[list[Row], list[Fault]]:
    known = {row.name: at for at, row in enumerate(rows) if row.name is not None}
    known |= {row.organization_id: at for at, row in enumerate(rows) if row.organization_id}
    ordered: list[Row] = []
    circles: set[int] = set()
    done: set[int] = set()
    for start in range(len(rows)):
        path: dict[int, None] = {}  # in order, and quick to look up: a path may be long
        at: int | None = start
        while at is not None and at not in done and at not in path:
            path[at] = None
            parent = rows[at].parent
            at = known.get(parent) if parent else None
        if at in path:
            steps = list(path)
            circles.update(steps[steps.index(at) :])
        for one in reversed(path):
            done.add(one)
            if one not in circles:
                ordered.append(rows[one])
    return ordered, [_circle(rows[at]) for at in sorted(circles)]


def _circle(row: OrganizationRow) -> Fault:
    return Fault(
        row.line,
        Cause.VALUE,
        "By this file the organization stands below itself.",
        "Correct the parent of one of the organizations in the circle.",
        "parent",
        row.parent,
    )
