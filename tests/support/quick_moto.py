"""Let moto do the same with less work, of which it has more than what is tested.

It copies a table once for a transaction, in case it fails, and not once for each item of it; and of
an attribute's value it looks for the one type that is there, not for each of the ten by four names.
"""

import copy
from collections.abc import Sequence
from typing import Any

import pytest
from botocore.model import StructureShape
from moto.core.serialize import BaseJSONSerializer
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


def quicken(patch: pytest.MonkeyPatch) -> None:
    """Let it be so."""
    _copy_once(patch)
    real = BaseJSONSerializer._serialize_type_structure

    def structure(self: Any, serialized: Any, value: Any, shape: StructureShape, key: str) -> None:
        if shape.name != "AttributeValue" or not isinstance(value, dict):
            real(self, serialized, value, shape, key)
            return
        there: dict[str, Any] = {}
        for name in value:
            self._serialize(there, value[name], shape.members[name], name)
        self._default_serialize(serialized, there, shape, key)

    patch.setattr(BaseJSONSerializer, "_serialize_type_structure", structure)


def _copy_once(patch: pytest.MonkeyPatch) -> None:
    one_copy, real = OneCopy(), DynamoDBBackend.transact_write_items

    def transact_write_items(backend: Any, transact_items: Sequence[Any]) -> None:
        one_copy.begin()
        real(backend, list(transact_items))

    patch.setattr("moto.dynamodb.models.copy", one_copy)
    patch.setattr(DynamoDBBackend, "transact_write_items", transact_write_items)
