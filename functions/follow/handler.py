"""New entries of the logs, as the table's stream tells of them: counted, and told to the event bus."""

from typing import Any

from gatehouse import observability, wiring
from gatehouse.store.stream import noted_in
from gatehouse.usecases.follow import follow


def handler(event: dict[str, Any], _: object) -> dict[str, Any]:
    """Follow one batch; what fails is told again, and then counted no second time."""
    entries = follow(wiring.ports(), noted_in(event))
    observability.followed(entries=entries)
    return {"entries": entries}
