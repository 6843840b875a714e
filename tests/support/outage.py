"""Let calls of the store fail, as DynamoDB and the way to it do."""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from botocore.client import BaseClient
from botocore.exceptions import ClientError, ConnectTimeoutError, EndpointConnectionError

FAILURES = {
    "throttled": ClientError({"Error": {"Code": "ThrottlingException"}}, "any"),
    "broken": ClientError({"Error": {"Code": "InternalServerError"}}, "any"),
    "timed out": ConnectTimeoutError(endpoint_url="https://dynamodb.test"),
    "unreachable": EndpointConnectionError(endpoint_url="https://dynamodb.test"),
}
READS = {"GetItem", "TransactGetItems", "BatchGetItem", "Query"}
WRITES = {"PutItem", "UpdateItem", "BatchWriteItem", "TransactWriteItems", "DeleteItem"}
RECORDS = {"PutItem", "BatchWriteItem"}


@contextmanager
def outage(operations: Collection[str], failure: str = "broken", after: int = 0) -> Iterator[None]:
    """Let calls of some operations fail, once that many of them came through."""
    real, left = BaseClient._make_api_call, after

    def call(client: Any, operation: str, parameters: Any) -> Any:
        nonlocal left
        if operation in operations:
            left -= 1
            if left < 0:
                raise FAILURES[failure]
        return real(client, operation, parameters)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(BaseClient, "_make_api_call", call)
        yield
