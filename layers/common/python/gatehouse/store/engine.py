"""DynamoDB, as this store speaks to it: one client, short time limits, our own errors."""

from __future__ import annotations

import random
import time
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final, TypeVar

import botocore
from botocore.config import Config
from pynamodb.connection import Connection

from gatehouse.domain.errors import StoreUnavailable
from gatehouse.store import table as t
from gatehouse.store.refusals import (
    CONDITION_FAILED,
    CONFLICT,
    Cancelled,
    meaning_of,
    unable,
)
from gatehouse.store.schema import Row, meta_of
from gatehouse.store.table import DUE_INDEX, PK, SK, Item, Key

if TYPE_CHECKING:
    from pynamodb.expressions.condition import Condition
    from pynamodb.expressions.update import Action

R = TypeVar("R", bound="Row")
T = TypeVar("T")
V = TypeVar("V")

CONNECT_SECONDS: Final = 1
READ_SECONDS: Final = 3
_USER_AGENT: Final = f"gatehouse Botocore/{botocore.__version__}"
_SIDE_BY_SIDE: Final = 16
_BATCH: Final = 100
_WRITE_BATCH: Final = 25
_CONFLICT_RETRIES: Final = 4


class Table:
    """One DynamoDB table behind one client, for all threads."""

    def __init__(self, name: str, region: str) -> None:
        self.name = name
        self.connection = Connection(
            region=region,
            connect_timeout_seconds=CONNECT_SECONDS,
            read_timeout_seconds=READ_SECONDS,
            max_retry_attempts=2,
            max_pool_connections=50,
        )
        self.connection.add_meta_table(meta_of(name))
        # botocore composes its own anew twice a call, a tenth of what a decision's read costs.
        self.connection.session.set_default_client_config(Config(user_agent=_USER_AGENT))
        # Made now, by one thread: at the start of a process, or before its snapshot is taken.
        _ = self.connection.client

    def get(self, row: type[R], key: Key) -> R | None:
        """Read one item, strongly consistent; None too where nothing could stand."""
        if not key.is_possible:
            return None
        answer = self.call(
            lambda: self.connection.get_item(self.name, key.pk, key.sk, consistent_read=True)
        )
        item = answer.get("Item")
        return row.from_raw_data(item) if item else None

    def get_many(self, row: type[R], keys: Iterable[Key]) -> list[R]:
        """Read items by key, strongly consistent, in no order; missing ones are left out."""
        wanted = [{PK: {"S": key.pk}, SK: {"S": key.sk}} for key in dict.fromkeys(keys)]
        rows: list[R] = []
        pause = 0.02
        while wanted:
            batch, wanted = wanted[:_BATCH], wanted[_BATCH:]
            request = {self.name: {"Keys": batch, "ConsistentRead": True}}
            answer = self.call(
                lambda request=request: self.connection.dispatch(  # type: ignore[misc]  # bound now
                    "BatchGetItem", {"RequestItems": request}
                )
            )
            rows.extend(row.from_raw_data(item) for item in answer["Responses"].get(self.name, []))
            left = answer.get("UnprocessedKeys", {}).get(self.name, {}).get("Keys", [])
            if left:
                time.sleep(pause)
                pause = _longer(pause)
                wanted = left + wanted
        return rows

    def query(
        self,
        row: type[R],
        pk: str,
        *,
        where: Condition | None = None,
        limit: int,
        newest_first: bool = False,
        index: str | None = None,
    ) -> list[R]:
        """Read at most ``limit`` items of one partition in the order of their sort keys.

        What an index has is eventually consistent; the table itself is read strongly.
        """
        rows: list[R] = []
        start: Any = None
        while len(rows) < limit:
            answer = self.call(
                lambda start=start: self.connection.query(  # type: ignore[misc]  # bound now
                    self.name,
                    pk,
                    range_key_condition=where,
                    consistent_read=index is None,
                    index_name=index,
                    limit=limit - len(rows),
                    scan_index_forward=not newest_first,
                    exclusive_start_key=start,
                )
            )
            rows.extend(row.from_raw_data(item) for item in answer["Items"])
            start = answer.get("LastEvaluatedKey")
            if start is None:
                break
        return rows

    def sift(
        self, row: type[R], pk: str, where: Condition, keep: Condition, most: int
    ) -> tuple[list[R], str | None]:
        """Look at some items of a partition in order; return those to keep, and where it stopped.

        It stops at a sort key, after ``most`` items or a megabyte of them, or at the end (None).
        """
        answer = self.call(
            lambda: self.connection.query(
                self.name,
                pk,
                range_key_condition=where,
                filter_condition=keep,
                consistent_read=True,
                limit=most,
            )
        )
        stopped = answer.get("LastEvaluatedKey")
        rows = [row.from_raw_data(item) for item in answer["Items"]]
        return rows, stopped[SK]["S"] if stopped else None

    def walk(self, pk: str, *attributes: str) -> Iterator[tuple[str, ...]]:
        """Go through a partition, the texts of a few attributes each, without making rows."""
        start: Any = None
        while True:
            answer = self.call(
                lambda start=start: self.connection.query(  # type: ignore[misc]  # bound now
                    self.name,
                    pk,
                    attributes_to_get=list(attributes),
                    consistent_read=True,
                    exclusive_start_key=start,
                )
            )
            for item in answer["Items"]:
                yield tuple(item[attribute]["S"] for attribute in attributes)
            start = answer.get("LastEvaluatedKey")
            if start is None:
                return

    def query_due(self, shard: str, until: str, limit: int, after: Any) -> tuple[list[Item], Any]:
        """Read a page of the sparse index of what is due, eventually consistent."""
        answer = self.call(
            lambda: self.connection.query(
                self.name,
                shard,
                range_key_condition=t.Row.due_at <= until,
                index_name=DUE_INDEX,
                limit=limit,
                exclusive_start_key=after,
            )
        )
        return answer["Items"], answer.get("LastEvaluatedKey")

    def put(self, row: t.Row | t.LeanRow, condition: Condition | None = None) -> None:
        """Write one item. Raises ConditionFailed."""
        request = self.putting(row, condition)
        self._unless_in_conflict(lambda: self.connection.dispatch("PutItem", request))

    def update(
        self, key: Key, actions: Sequence[Action], condition: Condition | None = None
    ) -> None:
        """Change one item. Raises ConditionFailed."""
        request = self.updating(key, actions, condition)
        self._unless_in_conflict(lambda: self.connection.dispatch("UpdateItem", request))

    def update_as(self, key: Key, request: Mapping[str, Any]) -> None:
        """Change one item as a request of DynamoDB's own says. Raises ConditionFailed."""
        whole = {"TableName": self.name, "Key": {PK: {"S": key.pk}, SK: {"S": key.sk}}, **request}
        self._unless_in_conflict(lambda: self.connection.dispatch("UpdateItem", whole))

    def delete(self, key: Key, condition: Condition | None = None) -> None:
        """Delete one item. Raises ConditionFailed."""
        request = self.naming(key, condition)
        self._unless_in_conflict(lambda: self.connection.dispatch("DeleteItem", request))

    def write_many(self, rows: Sequence[t.Row | t.LeanRow]) -> None:
        """Write items without conditions, in batches; each of them once or more."""
        self._write([{"PutRequest": {"Item": row.serialize()}} for row in rows])

    def delete_many(self, keys: Sequence[Key]) -> None:
        """Delete items without conditions, in batches."""
        self._write(
            [{"DeleteRequest": {"Key": {PK: {"S": one.pk}, SK: {"S": one.sk}}}} for one in keys]
        )

    def _write(self, waiting: list[Any]) -> None:
        pause = 0.02
        while waiting:
            batch, waiting = waiting[:_WRITE_BATCH], waiting[_WRITE_BATCH:]
            answer = self.call(
                lambda batch=batch: self.connection.dispatch(  # type: ignore[misc]  # bound now
                    "BatchWriteItem", {"RequestItems": {self.name: batch}}
                )
            )
            left = answer.get("UnprocessedItems", {}).get(self.name, [])
            if left:
                time.sleep(pause)
                pause = _longer(pause)
                waiting = left + waiting

    def snapshot(self, keys: Sequence[Key]) -> list[Item | None]:
        """Read at most 100 items as they stood together at one moment (TransactGetItems)."""
        request = {
            "TransactItems": [
                {
                    "Get": {
                        "TableName": self.name,
                        "Key": {PK: {"S": key.pk}, SK: {"S": key.sk}},
                    }
                }
                for key in keys
            ]
        }
        answer = self._unless_in_conflict(
            lambda: self.connection.dispatch("TransactGetItems", request)
        )
        return [response.get("Item") for response in answer["Responses"]]

    def transact(self, operations: Sequence[Item]) -> None:
        """Write at most 100 items at one instant (TransactWriteItems). Raises Cancelled.

        Every try carries the same token, so that one whose answer was lost is not done twice
        and not taken for somebody else's.
        """
        request = {"TransactItems": list(operations), "ClientRequestToken": str(uuid.uuid4())}
        self._unless_in_conflict(lambda: self.connection.dispatch("TransactWriteItems", request))

    def putting(self, row: t.Row | t.LeanRow, condition: Condition | None = None) -> dict[str, Any]:
        """Return the parameters of a put."""
        request: dict[str, Any] = {"TableName": self.name}
        if condition is not None:
            request = self.naming(Key(row.pk, row.sk), condition)
            del request["Key"]
        return {**request, "Item": row.serialize()}

    def updating(
        self, key: Key, actions: Sequence[Action], condition: Condition | None = None
    ) -> dict[str, Any]:
        """Return the parameters of an update."""
        return self.connection.get_operation_kwargs(
            self.name, key.pk, key.sk, actions=actions, condition=condition
        )

    def naming(self, key: Key, condition: Condition | None = None) -> dict[str, Any]:
        """Return the parameters of a delete or of a condition check."""
        return self.connection.get_operation_kwargs(self.name, key.pk, key.sk, condition=condition)

    def call(self, request: Callable[[], Any]) -> Any:
        """Make one call; whatever goes wrong is one of our own errors.

        botocore reads an answer that is no JSON (a proxy's page, say) as an empty one, which
        would mean "nothing is there"; DynamoDB's own answers have the id of the request.
        """
        try:
            answer = request()
        except Exception as failure:
            raise meaning_of(failure) from failure
        if not answer.get("ResponseMetadata", {}).get("RequestId"):
            raise unable()
        return answer

    def _unless_in_conflict(self, request: Callable[[], Any]) -> Any:
        """Try again while other writers touch the same items; botocore does not retry these."""
        left = _CONFLICT_RETRIES
        while True:
            try:
                return self.call(request)
            except Cancelled as cancelled:
                if CONDITION_FAILED in cancelled.reasons:
                    raise
                if CONFLICT not in cancelled.reasons:
                    raise unable() from cancelled
                if not left:
                    raise StoreUnavailable(
                        "Too many others were writing the same items. Nothing was changed by "
                        "this request; try again."
                    ) from cancelled
                left -= 1
                time.sleep(random.uniform(0.005, 0.04))  # noqa: S311  # jitter, not a secret


def side_by_side(read: Callable[[T], V], sources: Sequence[T]) -> list[V]:
    """Run reads that do not depend on each other at once; answers are in the order given."""
    from concurrent.futures import ThreadPoolExecutor

    if len(sources) <= 1:
        return [read(source) for source in sources]
    with ThreadPoolExecutor(min(len(sources), _SIDE_BY_SIDE)) as pool:
        return list(pool.map(read, sources))


def _longer(pause: float) -> float:
    if pause > 1:
        raise StoreUnavailable("The store takes no more for now. Try again in a moment.")
    return pause * 2
