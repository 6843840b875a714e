"""The clean-up: stopped half-way, run twice, a week late, with everything due at once."""

import time
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from functools import partial

import pytest

from gatehouse.domain.errors import StoreUnavailable
from gatehouse.usecases.sweep import sweep
from tests.proof.faults import Fault, Wires
from tests.proof.field import Field
from tests.support.proof import Proof
from tests.support.trials import trials

pytestmark = [pytest.mark.ministack, pytest.mark.slow]

DUE = 10_000
LAMBDA_SECONDS = 900


def test_everything_is_due_a_week_late_and_the_clean_up_keeps_being_stopped(
    field: Field, proof: Proof
) -> None:
    count = trials(DUE, least=100)
    pairs = field.pairs(count, people={"nora": "administrator"})
    offers = field.offers(pairs, lifetime=timedelta(days=1))
    field.world.clock.advance(days=8)
    runs, longest, began = 0, 0.0, time.monotonic()
    finished = False
    while not finished:
        runs += 1
        # Each run is stopped after a fifth of the work, as if its time was over.
        left = iter(range(count // 5))
        start = time.monotonic()
        swept = sweep(field.ports, partial(_has_time, left))
        longest = max(longest, time.monotonic() - start)
        assert swept.failed == 0
        finished = swept.finished
    spent = time.monotonic() - began
    assert longest < LAMBDA_SECONDS
    assert runs > 4
    again = field.sweep()
    assert (again.done, again.failed) == ({}, 0)
    ledger = field.settled()
    expired = Counter(
        tuple(ledger.steps(offer.host.account_id, offer.connection_id)) for offer in offers
    )
    assert expired == {("invited", "expired"): count}
    told = Counter(mail.to for mail in field.world.outbox.mails if mail.kind == "expired")
    assert sum(told.values()) == 2 * count
    proof.record(
        "expired invitations swept a week late, stopped after each fifth of them, then once more",
        count,
        "connections",
        f"each expired once, each Administrator told once; {runs} runs, {spent:.0f} s in all, "
        f"{longest:.0f} s the longest (a Lambda has {LAMBDA_SECONDS} s)",
    )


def test_the_clean_up_dies_half_way(field: Field, proof: Proof) -> None:
    count = trials(100, least=6)
    wires = Wires(field.world)
    counted: list[str] = []
    pairs = field.pairs(3 * count)
    offers = []
    for index in range(count):
        mine = field.offers(pairs[3 * index : 3 * index + 3], lifetime=timedelta(minutes=1))
        field.queue(mine[0])
        offers += mine
        field.world.clock.advance(minutes=61)
        if not index:
            with wires.counting() as counted:
                assert field.sweep().failed == 0
            continue
        # From some call on nothing answers any more, as if the process had been killed there.
        at = len(counted) * index // count
        fault = Fault(at, counted[at], "reset", bool(index % 2), forever=True)
        with suppress(StoreUnavailable), wires.cut(fault):
            field.sweep()
        assert field.sweep().failed == 0
    ledger = field.settled()
    for offer in offers:
        assert ledger.steps(offer.host.account_id, offer.connection_id) == ["invited", "expired"]
    proof.record(
        "the clean-up of three expired invitations dies at some call",
        count,
        "times",
        "the next one goes on; each expiry noted once in both logs",
    )


def _has_time(left: Iterator[int]) -> bool:
    return next(left, None) is not None
