"""Erasures: what is a person's own leaves the log of one account; entries and ids stay."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from gatehouse.usecases.erase import SETTLED
from tests.support.api import Reply
from tests.support.cleanup import run_cleanup
from tests.support.jobs import Jobs
from tests.support.world import Company, World

PATH = "/activities/erasures"
ADDRESS, AGENT = "198.51.100.77", "PaulasBrowser/7.1"
HERS = {"x-forwarded-for": ADDRESS, "user-agent": AGENT}


@pytest.fixture
def jobs(world: World) -> Jobs:
    return Jobs(world)


@pytest.fixture
def acme(world: World, jobs: Jobs) -> Company:
    return world.company(
        "acme",
        {"administrator": "administrator", "max": "manager", "erin": "editor"},
        organizations=["Alder", "Birch"],
        groups={"Level 1": ["Alder", "Birch"]},
        members={"Level 1": ["max", "erin"]},
    )


def erase(
    world: World, company: Company, user_id: str, name: str = "administrator", **headers: str
) -> Reply:
    token = world.token(company, name)
    return world.api("POST", PATH, {"user_id": user_id}, token=token, headers=headers)


def finish(world: World, jobs: Jobs, company: Company, erasure_id: str) -> dict[str, Any]:
    """Let an erasure come to its end, and return how it is shown then."""
    jobs.run()
    world.clock.advance(seconds=SETTLED.total_seconds() + 1)
    run_cleanup()
    jobs.run()
    reply = world.api("GET", f"{PATH}/{erasure_id}", token=world.token(company))
    assert reply.status == 200, reply
    return dict(reply.json)


def erased(world: World, jobs: Jobs, company: Company, user_id: str) -> dict[str, Any]:
    asked = erase(world, company, user_id)
    assert asked.status == 202, asked
    found = finish(world, jobs, company, asked.json["erasure_id"])
    assert found["state"] == "done", found
    return found


def stored_log(world: World, company: Company) -> Iterator[Mapping[str, Any]]:
    """Return the items of an account's log as they stand in the table, with all there is."""
    for item in world.dump():
        if item["pk"]["S"].startswith(f"{company.account_id}#LOG#"):
            yield item


def test_x(world: World, jobs: Jobs, acme: Company) -> None:
    token = world.token(acme)
    erin = acme.users["erin"]
    assert world.api("PATCH", f"/users/{erin}", {"name": "Erin Quill"}, token=token).status == 200
    assert world.api("DELETE", f"/users/{erin}", token=token).status == 204
    erased(world, jobs, acme, erin)
    assert "Quill" not in json.dumps(list(stored_log(world, acme)))
