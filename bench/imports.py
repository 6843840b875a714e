"""Import a whole company on ministack, and count what it takes: `python -m bench.imports`.

10,000 users, 20,000 organizations and 500 groups, each group with 20 members and 40 organizations;
``SCALE=0.01`` takes a hundredth. Counted are calls and units, which are the same everywhere, and the
memory of this process; how long it takes is ministack's own and is not written down.
"""

import os
import resource
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import boto3

from local.engine import Engine
from local.state import StateFolder
from tests.conftest import create_table
from tests.support.importer import Importer
from tests.support.world import World

USERS, ORGANIZATIONS, GROUPS = 10_000, 20_000, 500
MEMBERS, REACHED = 20, 40
RESULT: Final = Path(os.environ.get("RESULT", "docs/bench-import.md"))


def sheets(scale: float) -> Iterator[tuple[str, int, str]]:
    """Return the three files, each with its kind and its number of rows."""
    users, organizations, groups = (
        max(MEMBERS + REACHED, int(number * scale)) for number in (USERS, ORGANIZATIONS, GROUPS)
    )
    people = [f"p{number}@acme.test" for number in range(users)]
    clients = [f"Client {number}" for number in range(organizations)]
    rows = [f"{one},{clients[at - 1] if at % 10 else ''}" for at, one in enumerate(clients)]
    yield "organizations", organizations, "\n".join(["name,parent", *rows])
    rows = [f"{one},Person {at},editor" for at, one in enumerate(people)]
    yield "users", users, "\n".join(["email,name,role", *rows])
    rows = [
        f"Group {at},{';'.join(_some(people, at, MEMBERS))},{';'.join(_some(clients, at, REACHED))}"
        for at in range(groups)
    ]
    yield "groups", groups, "\n".join(["name,members,organizations", *rows])


def _some(things: list[str], at: int, count: int) -> list[str]:
    return [things[(at * count + number) % len(things)] for number in range(count)]


class Meter:
    """What went over the wire to the table, and what it was charged."""

    def __init__(self, world: World) -> None:
        self.calls: Counter[str] = Counter()
        self.units = 0.0
        client = world.ports.store._table.connection.client  # type: ignore[attr-defined]  # behind it
        original = client._make_api_call

        def counted(operation: str, request: dict[str, Any]) -> Any:
            answer = original(operation, {**request, "ReturnConsumedCapacity": "TOTAL"})
            self.calls[operation] += 1
            charged = answer.get("ConsumedCapacity") or []
            for one in charged if isinstance(charged, list) else [charged]:
                self.units += one.get("CapacityUnits", 0)
            return answer

        client._make_api_call = counted

    @contextmanager
    def reading(self) -> Iterator[None]:
        self.calls.clear()
        self.units = 0.0
        yield


def main() -> None:
    """Import, count, write the table."""
    scale = float(os.environ.get("SCALE", "1"))
    with tempfile.TemporaryDirectory() as folder:
        engine = Engine(StateFolder(Path(folder)))
        engine.start()
        try:
            lines = [*_measured(engine.endpoint, scale)]
        finally:
            engine.stop()
    head = (
        "# What an import takes\n\nMade by `make bench-import` on ministack, which charges units as "
        "DynamoDB does but for BatchGetItem, where it reports none. Each file is checked whole and "
        "then written; `again` is the same file once more, which changes nothing.\n\n"
        "| file | rows | calls | a row | transactions | units charged | process at most |\n"
        "| --- | --- | --- | --- | --- | --- | --- |\n"
    )
    RESULT.write_text(head + "\n".join(lines) + "\n", encoding="utf-8")
    print(RESULT.read_text(encoding="utf-8"))


def _measured(endpoint: str, scale: float) -> Iterator[str]:
    keys = {"AWS_ACCESS_KEY_ID": "local", "AWS_SECRET_ACCESS_KEY": "local"}
    services = ("DYNAMODB", "S3", "SQS")
    os.environ.update(keys | {f"AWS_ENDPOINT_URL_{one}": endpoint for one in services})
    world = World(create_table(boto3.client("dynamodb", region_name="us-east-1")))
    bring = Importer(world, world.company("acme", {"administrator": "administrator"}))
    meter = Meter(world)
    for kind, rows, text in sheets(scale):
        for name in (kind, f"{kind}, again"):
            with meter.reading():
                done = bring(kind, text)
            assert done["state"] == "done", done
            calls = meter.calls.total()
            megabytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
            yield (
                f"| {name} | {rows:,} | {calls:,} | {calls / rows:.2f} | "
                f"{meter.calls['TransactWriteItems']:,} | {meter.units:,.0f} | {megabytes:.0f} MB |"
            )
            print(name, dict(meter.calls), flush=True)


if __name__ == "__main__":
    main()
