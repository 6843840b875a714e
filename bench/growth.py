"""One decision through the whole handler on ministack, as the account grows; and counts at the wire."""

import io
import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import boto3

from bench import world
from bench.pairs import Compared, block, compare
from bench.wire import Counted, count
from gatehouse import wiring
from gatehouse.config import Settings
from gatehouse.store import mapping
from gatehouse.usecases.changes import Save
from local.engine import Engine
from local.state import StateFolder
from tests.support.api import handler_of, template

Say = Callable[[str], None]
SIZES = (100, 10_000, 100_000)
TIMES = 20


class House:
    """A table on ministack with so many organizations, and the handler on it."""

    def __init__(self, endpoint: str, name: str, organizations: int, groups: int = 10) -> None:
        self._name = name
        os.environ.update(world.ENVIRONMENT, AWS_ENDPOINT_URL_DYNAMODB=endpoint, TABLE_NAME=name)
        client = boto3.client("dynamodb", region_name="us-east-1", endpoint_url=endpoint)
        client.create_table(TableName=name, BillingMode="PAY_PER_REQUEST", **template().table)
        self._ports = wiring.build(Settings.from_environment())
        everything = organizations > SIZES[0]
        self._ports.store.commit(
            *(Save(one) for one in world.entities(groups, everything=everything))
        )
        self.table = self._ports.store._table  # type: ignore[attr-defined]  # written past the use cases
        for start in range(1, organizations, 1_000):
            some = range(start, min(start + 1_000, organizations))
            self.table.write_many(
                [mapping.organization_row(world.organization(index, groups)) for index in some]
            )
        self.ask(world.decision_event())  # the key's hourly note is written now

    @property
    def client(self) -> Any:
        return self.table.connection.client

    def ask(self, event: dict[str, Any]) -> None:
        wiring.install(self._ports)
        sys.stdout, terminal = io.StringIO(), sys.stdout
        try:
            answer = handler_of("authorize")(event, None)
        finally:
            sys.stdout = terminal
        assert answer["statusCode"] == 200, answer

    def decide(self) -> None:
        self.ask(world.decision_event())


def measure(
    say: Say, sizes: tuple[int, ...], pairs: int
) -> tuple[dict[str, Compared], dict[str, Counted]]:
    """Compare larger accounts with the smallest; count a decision, a batch and a search."""
    with tempfile.TemporaryDirectory() as folder:
        engine = Engine(StateFolder(Path(folder)))
        engine.start()
        try:
            return _measured(engine.endpoint, say, sizes, pairs)
        finally:
            engine.stop()


def _measured(
    endpoint: str, say: Say, sizes: tuple[int, ...], pairs: int
) -> tuple[dict[str, Compared], dict[str, Counted]]:
    say(f"  {sizes[0]:,} organizations")
    small = House(endpoint, "bench-small", sizes[0])
    counts = {
        "decision, recorded": count(small.client, small.decide),
        "decision, dry run": count(
            small.client, lambda: small.ask(world.decision_event(dry_run=True))
        ),
        "batch of 100, recorded": count(small.client, lambda: small.ask(world.batch_event(100))),
    }
    found: dict[str, Compared] = {}
    large = small
    for size in sizes[1:]:
        began = time.monotonic()
        large = House(endpoint, f"bench-{size}", size)
        say(f"  {size:,} organizations (written in {time.monotonic() - began:.0f} s)")
        found[f"{size:,} organizations against {sizes[0]:,}"] = _compared(large, small, pairs)
    search = {
        "subject": {"type": "user", "id": world.USER},
        "action": {"name": "edit"},
        "resource": {"type": "organization"},
        "page": {"limit": 100},
    }
    counts[f"search of 100 among {sizes[-1]:,}, all organizations"] = count(
        large.client, lambda: large.ask(world.event(search, "/access/v1/search/resource"))
    )
    many = House(endpoint, "bench-groups", 1, groups=200)
    found["200 groups against 10"] = _compared(many, small, pairs)
    return found, counts


def _compared(one: House, other: House, pairs: int) -> Compared:
    return compare(block(one.decide, TIMES), block(other.decide, TIMES), pairs)
