"""The event bus: what it does not take is offered again, and what it never takes is an error."""

from typing import Any

import pytest
from botocore.exceptions import EndpointConnectionError

from gatehouse.domain.errors import Unable
from gatehouse.store.bus import EventBridgeBus
from tests.support.people import an_activity


class Taking:
    """Stands for a client of EventBridge that takes events at some calls only."""

    def __init__(self, *answers: bool | None) -> None:
        self.answers = list(answers)
        self.offered: list[int] = []

    def put_events(self, Entries: list[dict[str, Any]]) -> dict[str, Any]:  # noqa: N803  # AWS's name
        self.offered.append(len(Entries))
        takes = self.answers.pop(0)
        if takes is None:
            raise EndpointConnectionError(endpoint_url="https://events.test")
        return {
            "Entries": [{"EventId": "1"} if takes else {"ErrorCode": "Throttled"}] * len(Entries)
        }


def test_what_the_bus_does_not_take_is_offered_again() -> None:
    bus = Taking(False, False, True)
    EventBridgeBus(bus, "bus").publish([an_activity()])
    assert bus.offered == [1, 1, 1]


@pytest.mark.parametrize("answers", [(False, False, False), (None,)])
def test_what_the_bus_never_takes_is_an_error(answers: tuple[bool | None, ...]) -> None:
    with pytest.raises(Unable):
        EventBridgeBus(Taking(*answers), "bus").publish([an_activity()])
