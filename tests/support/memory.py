"""The table as moto has it in memory: copied, compared and put back at once, past the client."""

from copy import deepcopy
from typing import Any

from moto.dynamodb.models import dynamodb_backends


class Memory:
    """What is in a table on moto now, to come back to."""

    def __init__(self, table_name: str) -> None:
        self._name = table_name
        self._was = deepcopy(self._table.items)

    @property
    def _table(self) -> Any:
        # Looked up each time: a transaction that is cancelled leaves another table in its place.
        return dynamodb_backends["123456789012"]["us-east-1"].get_table(self._name)

    @property
    def is_unchanged(self) -> bool:
        """Say whether every item is what it was, and there is no other."""
        return _filled(self._table.items) == _filled(self._was)

    def restore(self) -> None:
        """Make the table what it was."""
        self._table.items = deepcopy(self._was)


def _filled(partitions: Any) -> dict[Any, Any]:
    """Leave out the empty partitions that moto makes where one looks."""
    return {key: items for key, items in partitions.items() if items}
