"""The field that races and faults run on."""

from collections.abc import Iterator

import pytest

from tests.proof.field import Field


@pytest.fixture
def field(ministack_table: str) -> Iterator[Field]:
    """Return a field on ministack, where transactions are transactions."""
    field = Field(ministack_table)
    yield field
    field.close()
