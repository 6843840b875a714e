"""A restored table takes the place of the stack's own."""

import boto3
from moto import mock_aws

from scripts.copy_table import copy, items
from tests.conftest import create_table


def put(dynamodb, table: str, sk: str, **more: str) -> None:
    item = {"pk": {"S": "account"}, "sk": {"S": sk}, **{n: {"S": v} for n, v in more.items()}}
    dynamodb.put_item(TableName=table, Item=item)


@mock_aws
def test_the_target_holds_exactly_what_the_source_holds() -> None:
    dynamodb = boto3.client("dynamodb", region_name="us-east-1")
    restored, own = create_table(dynamodb), create_table(dynamodb)
    for table in (restored, own):
        put(dynamodb, table, "same", name="Acme")
    put(dynamodb, restored, "changed", name="as it was")
    put(dynamodb, own, "changed", name="ruined")
    put(dynamodb, restored, "lost")
    put(dynamodb, own, "new")
    assert copy(dynamodb, restored, own) == (2, 1)
    assert copy(dynamodb, restored, own) == (0, 0)

    def held(table: str) -> list[str]:
        return sorted(map(str, items(dynamodb, table)))

    assert held(own) == held(restored)
