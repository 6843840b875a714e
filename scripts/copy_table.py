"""Make one table hold exactly what another holds: `copy_table.py FROM TO`.

For a table restored from a backup, which DynamoDB makes under a new name, while the stack knows the
old one. Nothing may write to either meanwhile. Credentials and the region are found as the AWS
command line finds them.
"""

import sys
from collections.abc import Iterator
from typing import Any

import boto3


def items(dynamodb: Any, table: str, **what: Any) -> Iterator[dict[str, Any]]:
    """Return all items of a table."""
    for page in dynamodb.get_paginator("scan").paginate(
        TableName=table, ConsistentRead=True, **what
    ):
        yield from page["Items"]


def key_of(item: dict[str, Any]) -> tuple[str, str]:
    """Return an item's key."""
    return item["pk"]["S"], item["sk"]["S"]


def copy(dynamodb: Any, source: str, target: str) -> tuple[int, int]:
    """Write what the source has, delete what it has not; return how many of each."""
    there = {key_of(item): item for item in items(dynamodb, target)}
    written = 0
    for item in items(dynamodb, source):
        if there.pop(key_of(item), None) != item:
            dynamodb.put_item(TableName=target, Item=item)
            written += 1
    for pk, sk in there:
        dynamodb.delete_item(TableName=target, Key={"pk": {"S": pk}, "sk": {"S": sk}})
    return written, len(there)


def main(source: str, target: str) -> None:
    """Copy and say what was done."""
    written, deleted = copy(boto3.client("dynamodb"), source, target)
    print(f"{target} holds what {source} holds: {written} items written, {deleted} deleted.")


if __name__ == "__main__":
    main(*sys.argv[1:])
