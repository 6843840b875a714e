"""Count what reading the log takes, by filter, however long the log is: `python -m bench.log`.

1,000 and 50,000 entries stand on ministack, 1,000,000 on a loopback that works them out. Counted are
round trips, items and units, which are the same everywhere; no time is measured.
"""

import io
import json
import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlencode

import boto3

from bench import world
from bench.log_table import LogTable, account, entry, guest_id, reader, served, user
from bench.wire import Counted, count
from gatehouse import wiring
from gatehouse.config import Settings
from gatehouse.domain.moments import to_text
from gatehouse.usecases.changes import Save
from local.engine import Engine
from local.state import StateFolder
from tests.support.api import handler_of, template

RESULT: Final = Path(os.environ.get("RESULT", "docs/bench-log.md"))
STORED: Final = (1_000, 50_000)
LONGEST: Final = int(os.environ.get("LONGEST", "1000000"))
GOAL: Final = 1.2
FILTERS: Final[dict[str, dict[str, str]]] = {
    "none": {},
    "`user_id`": {"user_id": user(0)},
    "`organization_id`": {"organization_id": world.number("org", 0)},
    "`connection_id`": {"connection_id": world.number("con", 0)},
    "`guest_account_id`": {"guest_account_id": guest_id(0)},
    "`action` (1 in 5)": {"action": "edit"},
    "`outcome` (1 in 10)": {"outcome": "denied"},
    "`category` (1 in 2)": {"category": "decision"},
    "`from`, `to`": {
        "from": to_text(world.THEN.replace(day=3)),
        "to": to_text(world.THEN.replace(day=20)),
    },
    "`user_id`, `organization_id`, a page of 5": {
        "user_id": user(0),
        "organization_id": world.number("org", 0),
        "limit": "5",
    },
    "`guest_account_id`, `outcome`, a page of 5": {
        "guest_account_id": guest_id(0),
        "outcome": "denied",
        "limit": "5",
    },
}

_OPENING: Final = """Written by `make bench-log`. One page of `GET /activities` (50 entries unless it says \
otherwise) through the whole handler, with an API key, by each filter, at three lengths of the log: \
{lengths} entries of three weeks. Counted at the wire: round trips, items read for each one \
returned, and read units by AWS's rules (4 KB a unit, half of one where an index is read); \
credentials and the account are among them. Nothing is timed."""
_CLOSING: Final = """What an entry names has an order of its own \
([ADR 22](adr/0022-the-log-has-five-orders.md)), so a page reads what it shows and one more. An \
action, an outcome or a category is looked for in the order of time: what is rare takes more, 2,000 \
entries a page at the most, however long the log is. The longest log is a loopback that works out \
what a query finds; its entries are those of the others."""


class Then:
    """A clock that stands."""

    def now(self) -> datetime:
        return world.THEN


@dataclass(frozen=True, slots=True)
class Page:
    """What one page took and had."""

    took: Counted
    returned: int

    @property
    def read_by_returned(self) -> float:
        return self.took.items / self.returned


class Reader:
    """Reads the log through the handler, as an application."""

    def __init__(self, endpoint: str, name: str) -> None:
        os.environ.update(world.ENVIRONMENT, AWS_ENDPOINT_URL_DYNAMODB=endpoint, TABLE_NAME=name)
        self.ports = wiring.build(Settings.from_environment(), clock=Then())

    def page(self, query: dict[str, str]) -> Page:
        text = urlencode({"limit": "50", **query})
        event = {**world.event({}, "/activities"), "routeKey": "GET /activities"}
        event |= {"rawQueryString": text, "body": None}
        event["queryStringParameters"] = {"limit": "50", **query}
        event["requestContext"]["http"]["method"] = "GET"
        event["requestContext"]["routeKey"] = "GET /activities"
        found: list[Any] = []

        def ask() -> None:
            wiring.install(self.ports)
            sys.stdout, terminal = io.StringIO(), sys.stdout
            try:
                answer = handler_of("log")(event, None)
            finally:
                sys.stdout = terminal
            assert answer["statusCode"] == 200, answer
            found.extend(json.loads(answer["body"])["items"])

        client = self.ports.store._table.connection.client  # type: ignore[attr-defined]  # behind it
        return Page(count(client, ask), len(found))


def stored(endpoint: str, length: int) -> Reader:
    """Make a table with so many entries."""
    name = f"bench-log-{length}"
    client = boto3.client("dynamodb", region_name="us-east-1", endpoint_url=endpoint)
    client.create_table(TableName=name, BillingMode="PAY_PER_REQUEST", **template().table)
    reading = Reader(endpoint, name)
    reading.ports.store.commit(Save(account()), Save(reader()))
    for start in range(0, length, 1_000):
        some = range(start, min(start + 1_000, length))
        reading.ports.store.log.record([entry(number, length) for number in some])
    return reading


def measure() -> dict[int, dict[str, Page]]:
    """Read a page by every filter at every length."""
    os.environ.update(world.ENVIRONMENT)
    found: dict[int, dict[str, Page]] = {}
    with ExitStack() as stack:
        engine = Engine(StateFolder(Path(stack.enter_context(tempfile.TemporaryDirectory()))))
        engine.start()
        stack.callback(engine.stop)
        for length in STORED:
            print(f"{length:,} entries on ministack", flush=True)
            found[length] = _pages(stored(engine.endpoint, length))
    print(f"{LONGEST:,} entries on a loopback", flush=True)
    with served(LogTable(LONGEST)) as endpoint:
        found[LONGEST] = _pages(Reader(endpoint, "bench-log"))
    return found


def _pages(reading: Reader) -> dict[str, Page]:
    reading.page({})  # the key's hourly note is written now
    return {name: reading.page(query) for name, query in FILTERS.items()}


def worst(pages: list[Page]) -> float:
    """Return by how much a longer log takes more than the shortest, in whatever it takes most."""
    first, *others = pages
    return max(
        ratio
        for other in others
        for ratio in (
            other.read_by_returned / first.read_by_returned,
            other.took.read_units / first.took.read_units,
            len(other.took.calls) / len(first.took.calls),
        )
    )


def rows(found: dict[int, dict[str, Page]]) -> Iterator[tuple[str, ...]]:
    for name in FILTERS:
        pages = [of_length[name] for of_length in found.values()]
        ratio = worst(pages)
        yield (
            name,
            f"{pages[-1].returned}",
            " · ".join(f"{len(one.took.calls)}" for one in pages),
            " · ".join(f"{one.read_by_returned:.2f}" for one in pages),
            " · ".join(f"{one.took.read_units:g}" for one in pages),
            f"{ratio:.2f} ×",
            "reached" if ratio <= GOAL else "missed",
        )


def page_of(found: dict[int, dict[str, Page]]) -> str:
    lengths = " · ".join(f"{length:,}" for length in found)
    lines = ["| " + " | ".join(row) + " |" for row in rows(found)]
    return "\n".join(
        [
            "# What reading the log takes",
            "",
            _OPENING.format(lengths=lengths),
            "",
            f"The longer logs may take {GOAL:g} × what the shortest does.",
            "",
            "| filter | returned | round trips | items read ÷ returned | read units | most | |",
            "|---|---|---|---|---|---|---|",
            *lines,
            "",
            _CLOSING,
            "",
        ]
    )


def main() -> int:
    found = measure()
    RESULT.write_text(page_of(found), encoding="utf-8")
    for row in rows(found):
        print("  " + " | ".join(row))
    print(f"Wrote {RESULT}")
    return int(any(row[-1] == "missed" for row in rows(found)))


if __name__ == "__main__":
    sys.exit(main())
