"""An erasure that is killed at any call is finished, and counts each entry once."""

import json

import pytest

from gatehouse.domain.job import LEASE
from gatehouse.usecases import erase
from tests.functions.test_erasures import stored_log
from tests.proof.exporting import Killed, Wires
from tests.support.cleanup import run_cleanup
from tests.support.jobs import Jobs
from tests.support.proof import Proof
from tests.support.trials import sample
from tests.support.world import World

PATH = "/activities/erasures"


def test_an_erasure_that_is_killed_at_any_call_is_finished_once(
    world: World, proof: Proof, monkeypatch: pytest.MonkeyPatch
) -> None:
    jobs = Jobs(world)
    acme = world.company(
        "acme", {"administrator": "administrator", "erin": "editor"}, organizations=["Alder"]
    )
    monkeypatch.setattr(erase, "_AT_ONCE", 1)
    monkeypatch.setattr(erase, "_AN_HOUR", 10_000)
    wires = Wires(world, monkeypatch)

    def leave() -> str:
        """Let a person come, be renamed, and go; ask for the erasure."""
        token = world.token(acme)
        new = {"email": "planted@acme.test", "name": "Planted", "role": "lite"}
        made = world.api("POST", "/users", {**new, "send_invitation": False}, token=token)
        address = f"/users/{made.json['user_id']}"
        world.api("PATCH", address, {"name": "Planted anew"}, token=token)
        assert world.api("DELETE", address, token=token).status == 204
        asked = world.api("POST", PATH, {"user_id": made.json["user_id"]}, token=token)
        assert asked.status == 202, asked
        return str(asked.json["erasure_id"])

    def go_on() -> None:
        world.clock.advance(seconds=max(LEASE, erase.SETTLED).total_seconds() + 1)
        run_cleanup()  # asks for what waits, and for what has stalled
        jobs.run()

    def run_to_its_end() -> None:
        jobs.run()
        go_on()

    leave()
    wires.cut(-1, after=False)
    run_to_its_end()
    kills = sample([(at, after) for at in range(wires.count) for after in (False, True)])
    for at, after in kills:
        erasure_id = leave()
        wires.cut(at, after=after)
        with pytest.raises(Killed):
            run_to_its_end()
        wires.cut(-1, after=False)
        go_on()
        go_on()
        found = world.api("GET", f"{PATH}/{erasure_id}", token=world.token(acme)).json
        assert (found["state"], found["entries"]) == ("done", 3), (at, after, found)
        assert "lanted" not in json.dumps(list(stored_log(world, acme)))
        own = [e for e in world.log(acme) if (e["resource"] or {}).get("id") == erasure_id]
        assert [e["action"] for e in own] == ["erasure.finished", "erasure.requested"]
    proof.record(
        "an erasure's process killed before or after its calls to table and queue, once each",
        len(kills),
        f"kills at {wires.count} calls",
        "every erasure was finished, each entry erased and counted once",
    )
