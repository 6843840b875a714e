"""The event bus: Amazon EventBridge, and what an event looks like.

An event is ``{"version": "1", "account_id", "activity"}`` under the detail type
``connection.<step>``, or ``activity.recorded`` for every other entry; ``activity`` is what
``GET /activities`` shows of the entry, and its ``activity_id`` tells an event that came twice.
"""

import json
from collections.abc import Sequence
from typing import Any, Final

from botocore.exceptions import BotoCoreError, ClientError

from gatehouse.domain.activity import Activity, Category
from gatehouse.domain.errors import EventsUnavailable

SOURCE: Final = "gatehouse"
_AT_ONCE: Final = 10
"""How many events one PutEvents takes; together they may have 256 KB (1 MB from 2026)."""
_LARGEST: Final = 200_000
_TRIES: Final = 3


class EventBridgeBus:
    """Implements :class:`gatehouse.usecases.ports.Events` with an ``events`` client of boto3."""

    def __init__(self, client: Any, bus: str) -> None:
        self._client = client
        self._bus = bus

    def publish(self, entries: Sequence[Activity]) -> None:
        waiting = [self._event(entry) for entry in entries]
        while waiting:
            batch = _first_of(waiting)
            waiting = waiting[len(batch) :]
            for _ in range(_TRIES):
                batch = self._put(batch)
                if not batch:
                    break
            else:
                raise _unable()

    def _put(self, batch: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Hand events over; return those that the bus did not take."""
        try:
            answer = self._client.put_events(Entries=batch)
        except (BotoCoreError, ClientError) as failure:
            raise _unable() from failure
        taken = answer.get("Entries") or [{}] * len(batch)
        return [one for one, said in zip(batch, taken, strict=True) if not said.get("EventId")]

    def _event(self, entry: Activity) -> dict[str, Any]:
        is_step = entry.category is Category.CONNECTION
        return {
            "EventBusName": self._bus,
            "Source": SOURCE,
            "DetailType": entry.action if is_step else "activity.recorded",
            "Time": entry.time,
            "Detail": _detail(entry),
        }


def _detail(entry: Activity) -> str:
    shown = entry.as_json()
    text = _text(entry.account_id, shown)
    # What a very large change was made of is in the log.
    return (
        text if len(text.encode()) <= _LARGEST else _text(entry.account_id, shown | {"changes": {}})
    )


def _text(account_id: str, shown: dict[str, Any]) -> str:
    return json.dumps({"version": "1", "account_id": account_id, "activity": shown})


def _first_of(waiting: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return as many of the first as fit into one call."""
    batch: list[dict[str, Any]] = []
    size = 0
    for one in waiting[:_AT_ONCE]:
        size += len(one["Detail"].encode())
        if batch and size > _LARGEST:
            break
        batch.append(one)
    return batch


def _unable() -> EventsUnavailable:
    return EventsUnavailable("The event bus did not take what it was told. It is told again.")
