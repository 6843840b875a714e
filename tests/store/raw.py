"""Look at the table as it is, past the store."""

from collections.abc import Iterator, Mapping
from typing import Any

from gatehouse.store.engine import Table


def items(table: Table) -> dict[tuple[str, str], Mapping[str, Any]]:
    """Return every item by its key."""
    return {(item["pk"]["S"], item["sk"]["S"]): item for item in _scan(table)}


def _scan(table: Table) -> Iterator[Mapping[str, Any]]:
    start = None
    while True:
        answer = table.connection.scan(table.name, exclusive_start_key=start)
        yield from answer["Items"]
        start = answer.get("LastEvaluatedKey")
        if start is None:
            return
