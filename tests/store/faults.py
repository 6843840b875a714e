"""Let DynamoDB fail: answers are put in the way of the client's real calls."""

from collections.abc import Callable, Mapping
from typing import Any

import pytest
from botocore.exceptions import ClientError

from gatehouse.store.dynamo import DynamoStore
from gatehouse.store.engine import Table

Fault = Callable[[Mapping[str, Any]], Any]
"""Gets a request; returns an answer, raises, or returns None to let the request through."""


class Calls:
    """What was asked of DynamoDB, and what goes wrong next."""

    def __init__(self, table: Table, monkeypatch: pytest.MonkeyPatch) -> None:
        client = table.connection.client
        real = client._make_api_call
        self.asked: list[tuple[str, Mapping[str, Any]]] = []
        self._faults: dict[str, list[Fault]] = {}

        def call(operation: str, request: dict[Any, Any]) -> Any:
            self.asked.append((operation, request))
            waiting = self._faults.get(operation, [])
            answer = waiting.pop(0)(request) if waiting else None
            return real(operation, request) if answer is None else answer

        monkeypatch.setattr(client, "_make_api_call", call)

    def fail(self, operation: str, fault: Fault, times: int = 1) -> None:
        """Let the next calls of an operation meet a fault."""
        self._faults.setdefault(operation, []).extend([fault] * times)

    def count(self, operation: str) -> int:
        return sum(asked == operation for asked, _ in self.asked)


def table_of(store: DynamoStore) -> Table:
    return store._table


def raising(error: BaseException) -> Fault:
    """Return a fault that raises."""

    def fault(_: Mapping[str, Any]) -> Any:
        raise error

    return fault


def refused(code: str, *reasons: str) -> ClientError:
    """Return DynamoDB's refusal; ``reasons`` are those of a cancelled transaction."""
    answer: Any = {"Error": {"Code": code, "Message": "because"}, "ResponseMetadata": {}}
    if reasons:
        answer["CancellationReasons"] = [
            {"Code": reason, **({} if reason == "None" else {"Message": "because"})}
            for reason in reasons
        ]
    return ClientError(answer, "AnyOperation")


def cancelled(*reasons: str) -> Fault:
    return raising(refused("TransactionCanceledException", *reasons))
