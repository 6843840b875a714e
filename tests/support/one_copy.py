"""Let moto copy a table once for a transaction, in case it fails, and not once for each item of it."""

import copy
from collections.abc import Sequence
from typing import Any

import pytest
from moto.dynamodb.models import DynamoDBBackend
from moto.dynamodb.models.table import Table


class OneCopy:
    """Stands for the module ``copy`` in moto's model of DynamoDB."""

    def __init__(self) -> None:
        self._copies: dict[int, Any] = {}

    def begin(self) -> None:
        """Let the next copy of each table be a new one."""
        self._copies = {}

    def deepcopy(self, one: Any) -> Any:
        """Copy, but a table only once: all copies are taken before the first item is written."""
        if not isinstance(one, Table):
            return copy.deepcopy(one)
        if id(one) not in self._copies:
            self._copies[id(one)] = copy.deepcopy(one)
        return self._copies[id(one)]


def copy_once(patch: pytest.MonkeyPatch) -> None:
    """Let it be so."""
    one_copy, real = OneCopy(), DynamoDBBackend.transact_write_items

    def transact_write_items(backend: Any, transact_items: Sequence[Any]) -> None:
        one_copy.begin()
        real(backend, list(transact_items))

    patch.setattr("moto.dynamodb.models.copy", one_copy)
    patch.setattr(DynamoDBBackend, "transact_write_items", transact_write_items)
