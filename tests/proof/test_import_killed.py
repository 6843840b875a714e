"""An import that is killed at any call, before or after its effect, goes on and does nothing twice."""

from collections import Counter
from contextlib import suppress
from typing import Any

import pytest

from gatehouse.domain.errors import Unable
from gatehouse.domain.job import LEASE
from tests.proof.faults import Fault, Wires
from tests.support.cleanup import run_cleanup
from tests.support.importer import Importer, counts
from tests.support.proof import Proof
from tests.support.trials import sample
from tests.support.world import World

pytestmark = [pytest.mark.ministack]

PEOPLE = [f"p{number}@x.test" for number in range(35)]
SHEETS = {
    "organizations": (
        "name,parent\n" + "".join(f"O {n},{f'O {n - 1}' if n % 3 else ''}\n" for n in range(60)),
        counts(created=60),
        {"organization.created": 60},
    ),
    "users": (
        "email,name,role,groups\n" + "".join(f"{one},P,editor,Level 1\n" for one in PEOPLE),
        counts(created=35),
        {"user.created": 35},
    ),
    "groups": (
        f"name,members,organizations\nLevel 1,{';'.join(PEOPLE)},Alder\nLevel 2,-,Birch\n",
        counts(created=1, changed=1),
        {"group.created": 1, "group.member_added": 35, "group.organization_added": 2},
    ),
}


class Trial:
    """A company of its own, and an import in it that has begun."""

    def __init__(self, world: World, kind: str, number: int) -> None:
        self.world, self.kind = world, kind
        self.text, self.wanted, self.entries = SHEETS[kind]
        name = f"{kind[:3]}{number}"
        self.text = self.text.replace("x.test", f"{name}.test")
        people = [one.partition("@")[0] for one in PEOPLE] if kind == "groups" else []
        self.host = world.company(
            name,
            {"administrator": "administrator", **dict.fromkeys(people, "editor")},
            groups={"Level 1": []},
            organizations=["Alder", "Birch"] if kind == "groups" else [],
        )
        self.bring = Importer(world, self.host)
        self.import_id = self.bring.begin(kind, self.text)

    def go_on(self) -> None:
        self.bring.jobs.run()

    def must_be_done(self) -> None:
        done = self.bring.read(self.import_id)
        assert (done["state"], done["errors"]) == ("done", []), done
        assert done["counts"] == self.wanted
        found: Counter[tuple[Any, ...]] = Counter()
        token = self.world.token(self.host)
        cursor: str | None = ""
        while cursor is not None:
            page = self.world.api("GET", f"/activities?limit=200{cursor}", token=token).json
            for one in page["items"]:
                about = (one["resource"]["id"], one["organization_id"], str(one["changes"]))
                found[one["action"], *about] += 1
            cursor = page["next_cursor"] and f"&cursor={page['next_cursor']}"
        assert set(found.values()) == {1}, found.most_common(1)
        actions = Counter(action for action, *_ in found)
        assert {name: actions[name] for name in self.entries} == self.entries
        assert actions["import.finished"] == 1


@pytest.mark.parametrize("kind", sorted(SHEETS))
def test_an_import_is_killed_at_every_call(real_world: World, proof: Proof, kind: str) -> None:
    wires = Wires(real_world)
    whole = Trial(real_world, kind, 0)
    with wires.counting() as counted:
        whole.go_on()
    whole.must_be_done()
    faults = [
        Fault(at, operation, "reset", applied, forever=True)
        for at, operation in enumerate(counted)
        for applied in (False, True)
    ]
    for number, fault in enumerate(sample(faults, least=4), start=1):
        trial = Trial(real_world, kind, number)
        with suppress(Unable), wires.cut(fault):
            trial.go_on()
        real_world.clock.advance(seconds=LEASE.total_seconds() + 1)
        run_cleanup()
        trial.go_on()
        trial.must_be_done()
    proof.record(
        f"an import of {kind} killed at each of its {len(counted)} calls, before and after",
        len(faults),
        "kills",
        "each went on by itself after its lease; every row written once, every entry once",
    )
