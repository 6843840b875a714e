"""The table's stream, as its records would tell of the entries that are in a log."""

import json
from collections.abc import Sequence
from typing import Any

from gatehouse.domain.activity import Activity
from gatehouse.domain.errors import EventsUnavailable
from gatehouse.store.bus import EventBridgeBus
from tests.support.world import Company, World


def records_of(world: World, company: Company) -> list[dict[str, Any]]:
    """Return a record for each entry of a company's log, in the order of time."""
    own = f"{company.account_id}#LOG#"
    items = [item for item in world.dump() if item["pk"]["S"].startswith(own)]
    return [
        {
            "eventName": "INSERT",
            "dynamodb": {
                "Keys": {name: item[name] for name in ("pk", "sk")},
                "NewImage": item,
                "SequenceNumber": str(10**20 + place),
            },
        }
        for place, item in enumerate(sorted(items, key=lambda item: str(item["sk"]["S"])))
    ]


class Bus:
    """Implements the Events port with what EventBridge would be handed; ``is_down`` makes it fail."""

    def __init__(self) -> None:
        self.details: list[dict[str, Any]] = []
        self.is_down = False
        self._bus = EventBridgeBus(self, "gatehouse")

    def publish(self, entries: Sequence[Activity]) -> None:
        if self.is_down:
            raise EventsUnavailable("EventBridge is down")
        self._bus.publish(entries)

    def put_events(self, **request: Any) -> dict[str, Any]:
        """Take events, as boto3's client does."""
        entries = request["Entries"]
        assert 1 <= len(entries) <= 10
        self.details += [json.loads(entry["Detail"]) for entry in entries]
        return {"FailedEntryCount": 0, "Entries": [{"EventId": "1"} for _ in entries]}
