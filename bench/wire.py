"""What crosses the wire, counted as it is sent: calls, items and capacity units.

Units follow https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/read-write-operations.html:
4 KB a read unit and 1 KB a write unit, rounded up for each item; in a transaction twice as many.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any


@dataclass(slots=True)
class Counted:
    """What one request of the product cost."""

    calls: list[str] = field(default_factory=list)
    items: int = 0
    read_units: float = 0
    write_units: float = 0

    @property
    def words(self) -> str:
        """Name the calls, each with how often it was made."""
        names = dict.fromkeys(self.calls)
        return ", ".join(f"{self.calls.count(name)} {name}" for name in names)


def count(client: Any, work: Callable[[], object]) -> Counted:
    """Do some work; count what its client sends and gets."""
    counted = Counted()
    sent: list[Any] = []

    def sending(params: Any, model: Any, **_: Any) -> None:
        sent.append(params)
        counted.calls.append(model.name)

    def got(parsed: Any, model: Any, **_: Any) -> None:
        _weigh(counted, model.name, sent[-1], parsed)

    events = client.meta.events
    events.register("provide-client-params.dynamodb.*", sending, "count-sent")
    events.register("after-call.dynamodb.*", got, "count-got")
    try:
        work()
    finally:
        events.unregister("provide-client-params.dynamodb.*", unique_id="count-sent")
        events.unregister("after-call.dynamodb.*", unique_id="count-got")
    return counted


def _weigh(counted: Counted, name: str, sent: Any, parsed: Any) -> None:
    if name == "TransactGetItems":
        items = [one.get("Item", {}) for one in parsed["Responses"]]
        counted.items += len(items)
        counted.read_units += sum(2 * _units(size_of(item), 4096) for item in items)
    elif name == "PutItem":
        counted.write_units += _units(size_of(sent["Item"]), 1024)
    elif name == "BatchWriteItem":
        (requests,) = sent["RequestItems"].values()
        counted.write_units += sum(
            _units(size_of(one["PutRequest"]["Item"]), 1024) for one in requests
        )
    elif name == "UpdateItem":
        counted.write_units += 1
    elif name == "Query":
        counted.items += len(parsed["Items"])
        units = _units(sum(size_of(item) for item in parsed["Items"]), 4096)
        counted.read_units += units if sent.get("ConsistentRead") else units / 2
    elif name == "GetItem":
        counted.items += "Item" in parsed
        counted.read_units += _units(size_of(parsed.get("Item", {})), 4096)
    elif name == "BatchGetItem":
        for items in parsed["Responses"].values():
            counted.items += len(items)
            counted.read_units += sum(_units(size_of(item), 4096) for item in items)


def _units(size: int, grain: int) -> int:
    return max(1, -(-size // grain))


def size_of(item: Any) -> int:
    """Return an item's bytes, near enough: names and values (a list's entries count a byte)."""
    return sum(len(name.encode()) + _value(value) for name, value in item.items())


def _value(value: Any) -> int:
    ((kind, raw),) = value.items()
    if kind in {"S", "N"}:
        return len(raw.encode())
    if kind == "SS":
        return sum(len(one.encode()) for one in raw)
    return 1 if kind in {"BOOL", "NULL"} else len(json.dumps(raw))
