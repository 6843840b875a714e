"""A grant of a thousand organizations is replaced by a thousand others while decisions are asked."""

import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass

import pytest

from gatehouse.domain.connection import Connection
from gatehouse.domain.directory import Organization
from gatehouse.store import mapping
from gatehouse.store import table as t
from tests.proof.faults import Fault, Wires
from tests.proof.field import Field
from tests.support.api import Reply
from tests.support.proof import Proof
from tests.support.trials import trials
from tests.support.world import Company

pytestmark = [pytest.mark.ministack, pytest.mark.race]

SIZE = 1_000
PAIRS = 45
"""Old and new organizations asked about in one batch; all of it fits one snapshot."""


class Stage:
    """A host with two sets of organizations, and a guest that has the first."""

    def __init__(self, field: Field) -> None:
        self.field = field
        self.size = trials(SIZE, least=120)
        self.host, self.guest = field.company(), field.company()
        self.sets = [_organizations(field, self.host, self.size) for _ in range(2)]
        (self.connection,) = field.granted([(self.host, self.guest)], frozenset(self.sets[0]))

    def change(self, to: int) -> Reply:
        """Replace the grant by one of the two sets."""
        return self.field.world.api(
            "PUT",
            f"/connections/{self.connection.connection_id}/grant",
            {
                "maximum_role": "editor",
                "group_ids": [],
                "organization_ids": self.sets[to % 2],
                "all_organizations": False,
            },
            token=self.field.token(self.host),
            headers={"if-match": str(self._now().version)},
        )

    def _now(self) -> Connection:
        found = self.field.ports.store.connections.get(
            self.host.account_id, self.connection.connection_id
        )
        assert found is not None
        return found

    def ask(self, which: Sequence[str]) -> list[bool]:
        """Ask in one batch, which is one snapshot."""
        reply = self.field.world.api(
            "POST",
            "/access/v1/evaluations",
            {
                "subject": {"type": "user", "id": self.guest.users["sam"]},
                "action": {"name": "view"},
                "evaluations": [
                    {"resource": {"type": "organization", "id": organization}}
                    for organization in which
                ],
            },
            token=self.host.key,
        )
        assert reply.status == 200, reply
        return [answer["decision"] for answer in reply.json["evaluations"]]

    def stands(self) -> int:
        """Return which set is granted: all of it and nothing of the other."""
        step = max(1, self.size // PAIRS)
        old, new = (list(one)[::step][:PAIRS] for one in self.sets)
        answers = self.ask([*old, *new])
        first, second = set(answers[: len(old)]), set(answers[len(old) :])
        assert {frozenset(first), frozenset(second)} == {frozenset({True}), frozenset({False})}
        return 0 if first == {True} else 1


@dataclass
class _Answer:
    began: float
    ended: float
    epoch: int


def test_decisions_match_the_whole_old_or_the_whole_new_grant(field: Field, proof: Proof) -> None:
    stage = Stage(field)
    changes = trials(10, least=2)
    answers: list[_Answer] = []
    wrong: list[BaseException] = []
    over = threading.Event()

    def decide(index: int) -> None:
        try:
            while not over.is_set():
                began = time.monotonic()
                if index % 2:
                    epoch = stage.stands()
                else:
                    # Alone, each of another snapshot: what only one of the two grants has.
                    epoch = 0 if stage.ask([stage.sets[0][index]]) == [True] else 1
                answers.append(_Answer(began, time.monotonic(), epoch))
        except BaseException as failure:  # noqa: BLE001  # shown by the main thread
            wrong.append(failure)

    threads = [threading.Thread(target=decide, args=(index,)) for index in range(4)]
    for thread in threads:
        thread.start()
    switched: list[tuple[float, float]] = []
    for change in range(1, changes + 1):
        began = time.monotonic()
        reply = stage.change(change)
        switched.append((began, time.monotonic()))
        assert reply.status == 200, reply
    time.sleep(0.2)  # a few decisions after the last change
    over.set()
    for thread in threads:
        thread.join()
    assert not wrong, wrong
    for answer in answers:
        least = sum(answer.began >= ended for _, ended in switched)
        most = sum(answer.ended > began for began, _ in switched)
        assert answer.epoch in {epoch % 2 for epoch in range(least, most + 1)}, answer
    for began, ended in switched:
        _check_order([a for a in answers if a.began >= began and a.ended <= ended])
    field.settled(hours=2)
    proof.record(
        f"a grant of {stage.size:,} organizations replaced by {stage.size:,} others, "
        f"{changes} times, under four threads of decisions",
        len(answers),
        "answers, half of them batches of 90",
        "each the whole old or the whole new grant, never back in time, never a mixture",
    )


def test_a_change_killed_at_every_chunk_is_completed_by_the_retry(
    field: Field, proof: Proof
) -> None:
    stage = Stage(field)
    wires = Wires(field.world)
    with wires.counting() as counted:
        assert stage.change(1).status == 200
    writes = [index for index, operation in enumerate(counted) if operation == "TransactWriteItems"]
    killed = 0
    standing = 1
    # Before and after in turn; the last write, which is the change, both ways.
    kills = [(index, bool(turn % 2)) for turn, index in enumerate(writes[:-1])]
    for index, applied in [*kills, (writes[-1], False), (writes[-1], True)]:
        with wires.cut(Fault(index, "TransactWriteItems", "reset", applied, forever=True)):
            assert stage.change(standing + 1).status == 503
        killed += 1
        changed = index == writes[-1] and applied
        assert stage.stands() == (standing + changed) % 2
        if not changed:
            reply = stage.change(standing + 1)
            assert reply.status == 200, reply
        standing += 1
        assert stage.stands() == standing % 2
    assert max(len(o.get("grants", ())) for o in field.ledger().of("ORGANIZATION").values()) > 1
    ledger = field.settled(hours=2)
    held = sum(len(o.get("grants", ())) for o in ledger.of("ORGANIZATION").values())
    assert held == stage.size
    proof.record(
        f"the same change of {stage.size:,} killed at each write, before or after it",
        killed,
        "kills",
        "nothing changed until the last write; the retry completes; "
        "the clean-up takes away what was abandoned",
    )


def _check_order(answers: list[_Answer]) -> None:
    """Within one change nothing goes back: whoever asked after an answer gets no older one."""
    if not answers:
        return
    answers.sort(key=lambda answer: answer.ended)
    turned = [a for a in answers if a.epoch != answers[0].epoch]
    if turned:
        first = min(a.ended for a in turned)
        assert all(a.epoch == turned[0].epoch for a in answers if a.began >= first)


def _organizations(field: Field, host: Company, count: int) -> list[str]:
    """Write organizations as the use case would have, many at once."""
    table = field.ports.store._table  # type: ignore[attr-defined]  # rows by the thousand
    now = field.world.clock.now()
    made = [
        Organization(host.account_id, field.ports.ids.new("org"), f"Client {index}", None, now)
        for index in range(count)
    ]
    table.write_many([mapping.organization_row(one) for one in made])
    table.update(t.tally_key(host.account_id), [t.TallyRow.organizations.add(count)])
    return [one.organization_id for one in made]
