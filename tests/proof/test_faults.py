"""Anything behind us may fail at any call, before or after it did what it was asked for."""

import pytest

from tests.proof.attempts import ATTEMPTS, DONE, UNABLE, Attempt
from tests.proof.faults import RESENT, Fault, Wires, faults_of
from tests.proof.field import Field
from tests.support.proof import Proof
from tests.support.trials import sample

pytestmark = [pytest.mark.ministack]


@pytest.mark.parametrize("name", sorted(ATTEMPTS))
def test_every_call_may_fail(field: Field, proof: Proof, name: str) -> None:
    wires = Wires(field.world)
    met = _faults(field, wires, name)
    faults = sample(met)
    attempts = ATTEMPTS[name](field, len(faults))
    if not name.startswith("sweep"):
        attempts = iter(list(attempts))  # all made first; the clean-up's one by one
    unable = 0
    entries = []
    for fault, attempt in zip(faults, attempts, strict=True):
        try:
            first = _under(wires, fault, attempt)
            unable += first == UNABLE
            if name.startswith("evaluate"):
                assert first == (DONE if fault.is_borne else UNABLE)
            assert attempt.run() == DONE
        except Exception as failure:
            failure.add_note(str(fault))
            raise
        entries += attempt.entries
    ledger = field.settled(hours=2)
    for entry in entries:
        assert ledger.entries[entry] == 1, entry
    proof.record(
        f"{name}: every fault at each of its calls",
        len(faults),
        "faults",
        f"{unable} said so (503), {len(faults) - unable} were borne; every retry completed",
    )


@pytest.mark.parametrize("name", sorted(n for n in ATTEMPTS if n.startswith("evaluate")))
def test_no_allow_comes_out_of_a_store_that_stays_down(
    field: Field, proof: Proof, name: str
) -> None:
    wires = Wires(field.world)
    faults = sorted(
        {
            Fault(one.index, one.operation, one.kind, one.applied, forever=True)
            for one in _faults(field, wires, name)
            # A write in conflict for ever that has its effect each time is none that fails.
            if one.kind not in {"conflict", RESENT} or one.operation == "TransactGetItems"
        },
        key=str,
    )
    for fault, attempt in zip(faults, ATTEMPTS[name](field, len(faults)), strict=True):
        assert _under(wires, fault, attempt) == UNABLE, fault
        assert attempt.run() == DONE
    proof.record(
        f"{name}: down from each of its calls on", len(faults), "faults", "503, never an answer"
    )


def _faults(field: Field, wires: Wires, name: str) -> list[Fault]:
    """Return every fault, by the calls of some undisturbed runs, the longest of them."""
    operations: list[str] = []
    for attempt in ATTEMPTS[name](field, 16 if name in {"read", "write groups"} else 3):
        with wires.counting() as counted:
            assert attempt.run() == DONE
        if len(counted) > len(operations):
            operations = counted
    return faults_of(operations)


def _under(wires: Wires, fault: Fault, attempt: Attempt) -> str:
    with wires.cut(fault):
        return attempt.run()
