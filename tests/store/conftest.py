"""The store on each engine in turn."""

import pytest

from gatehouse.store.dynamo import DynamoStore
from gatehouse.store.engine import Table

MOST = 5
"""How many grants and groups an organization may have in these tests."""


@pytest.fixture
def table(any_table: str) -> Table:
    """Return a fresh table on each engine in turn."""
    return Table(any_table, "us-east-1")


@pytest.fixture
def store(table: Table) -> DynamoStore:
    """Return a store on it."""
    return DynamoStore(table, MOST)


@pytest.fixture
def moto_only(moto_table: str) -> DynamoStore:
    """Return a store on moto, for what is injected and needs no engine twice."""
    return DynamoStore(Table(moto_table, "us-east-1"), MOST)
