"""The table as moto has it in memory: read, compared and put back at once, past the client."""

from copy import deepcopy
from typing import Any, Final

import pytest
from botocore.client import BaseClient
from moto.dynamodb.models import dynamodb_backends
from moto.dynamodb.models.dynamo_type import DynamoType

_PLAIN: Final = {"TableName", "Key", "ConsistentRead", "ReturnConsumedCapacity"}
_ANSWERED: Final = {"ResponseMetadata": {"RequestId": "read in memory"}}


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

    def read_directly(self, patch: pytest.MonkeyPatch) -> None:
        """Let reads by key be read here: what lies between is most of what a request costs."""
        real = BaseClient._make_api_call

        def call(client: Any, operation: str, parameters: Any) -> Any:
            if operation == "GetItem" and parameters.keys() <= _PLAIN:
                return {**self._read(parameters["Key"]), **_ANSWERED}
            if operation == "TransactGetItems":
                gets = [one["Get"] for one in parameters["TransactItems"]]
                return {"Responses": [self._read(one["Key"]) for one in gets], **_ANSWERED}
            return real(client, operation, parameters)

        patch.setattr(BaseClient, "_make_api_call", call)

    def _read(self, key: Any) -> dict[str, Any]:
        table = self._table
        item = table.get_item(*(DynamoType(key[name]) for name in table.table_key_attrs))
        return {"Item": item.to_json()["Attributes"]} if item else {}

    def restore(self) -> None:
        """Make the table what it was."""
        self._table.items = deepcopy(self._was)


def _filled(partitions: Any) -> dict[Any, Any]:
    """Leave out the empty partitions that moto makes where one looks."""
    return {key: items for key, items in partitions.items() if items}
