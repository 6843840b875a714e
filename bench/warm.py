"""Warm CPU: a decision through the whole handler against the raw calls it makes."""

import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import boto3

from bench import world
from bench.pairs import Compared, block, compare
from tests.support.api import handler_of

TIMES = 60


def measure(endpoint: str, pairs: int) -> dict[str, Compared]:
    """Compare warm decisions on a loopback server that answers canned bytes."""
    os.environ.update(world.ENVIRONMENT, AWS_ENDPOINT_URL_DYNAMODB=endpoint)
    recorded, dry, batch = (
        _asking(event)
        for event in (
            world.decision_event(),
            world.decision_event(dry_run=True),
            world.batch_event(100),
        )
    )
    read, write = _raw(endpoint)

    def read_and_write() -> None:
        read()
        write()

    for work in (recorded, dry, batch, read_and_write):
        for _ in range(20):
            work()
    return {
        "recorded": compare(block(recorded, TIMES), block(read_and_write, TIMES), pairs),
        "dry run": compare(block(dry, TIMES), block(read, TIMES), pairs),
        "batch": compare(block(batch, 4), block(recorded, TIMES), pairs),
    }


def _asking(event: dict[str, Any]) -> Callable[[], None]:
    handler = handler_of("authorize")
    quiet = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115  # for as long as the process lives

    def ask() -> None:
        # Log lines are written as ever, but not to the terminal.
        sys.stdout, terminal = quiet, sys.stdout
        try:
            answer = handler(event, None)
        finally:
            sys.stdout = terminal
        assert answer["statusCode"] == 200, answer
        body = json.loads(answer["body"])
        assert (body.get("evaluations") or [body])[-1]["decision"], body

    return ask


def _raw(endpoint: str) -> tuple[Callable[[], object], Callable[[], object]]:
    """Return TransactGetItems of the same items and PutItem of the same entry, by boto3."""
    caught: list[tuple[str, Any]] = []
    from gatehouse import wiring

    client = wiring.ports().store._table.connection.client  # type: ignore[attr-defined]  # what it sends
    client.meta.events.register(
        "provide-client-params.dynamodb.*",
        lambda params, model, **_: caught.append((model.name, params)),
        "bench",
    )
    _asking(world.decision_event())()
    _asking(world.decision_event())()
    client.meta.events.unregister("provide-client-params.dynamodb.*", unique_id="bench")
    sent = {
        name: {key: value for key, value in params.items() if key != "ReturnConsumedCapacity"}
        for name, params in caught
    }
    raw = boto3.client("dynamodb", region_name="us-east-1", endpoint_url=endpoint)
    return (
        lambda: raw.transact_get_items(**sent["TransactGetItems"]),
        lambda: raw.put_item(**sent["PutItem"]),
    )
