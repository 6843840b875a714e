"""The key schema, as pynamodb wants to know it; template.yaml has the same, by test."""

from typing import Any, Protocol, Self

from pynamodb.connection.base import MetaTable

from gatehouse.store.table import DUE_AT, DUE_INDEX, DUE_SHARD, LOG_INDEXES, PK, SK


class Row(Protocol):
    """What an item is read into: a row class, or a lean row."""

    @classmethod
    def from_raw_data(cls, data: Any) -> Self: ...


def meta_of(name: str) -> MetaTable:
    """Return what pynamodb would ask DynamoDB for: the keys of the table and of its indexes."""
    attributes = (PK, SK, DUE_SHARD, DUE_AT, *LOG_INDEXES)
    return MetaTable(
        {
            "TableName": name,
            "KeySchema": _schema(PK, SK),
            "AttributeDefinitions": [
                {"AttributeName": attribute, "AttributeType": "S"} for attribute in attributes
            ],
            "GlobalSecondaryIndexes": [
                {"IndexName": DUE_INDEX, "KeySchema": _schema(DUE_SHARD, DUE_AT)},
                *({"IndexName": name, "KeySchema": _schema(name, SK)} for name in LOG_INDEXES),
            ],
        }
    )


def _schema(hash_key: str, range_key: str) -> list[dict[str, str]]:
    return [
        {"AttributeName": hash_key, "KeyType": "HASH"},
        {"AttributeName": range_key, "KeyType": "RANGE"},
    ]
