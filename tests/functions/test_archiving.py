"""Older months move into the archive by schedule, and are read through the same route."""

import gzip
from datetime import timedelta
from typing import Any

import pytest

from gatehouse.domain.job import JobKind
from gatehouse.domain.log_archive import GRACE, due_at
from gatehouse.store import archive as archiving
from gatehouse.usecases import archive_log
from gatehouse.usecases.changes import Save
from gatehouse.usecases.erase import SETTLED
from tests.support.api import handler_of
from tests.support.cleanup import run_cleanup
from tests.support.jobs import Jobs
from tests.support.stream import Bus, records_of
from tests.support.world import Company, World


@pytest.fixture(autouse=True)
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archiving, "PAUSE", 0)
    monkeypatch.setattr(archive_log, "_SEGMENT", 4)


@pytest.fixture
def acme(world: World) -> Company:
    """Return a company with things in its log that the stream has told of."""
    world.ports.__dict__["events"] = Bus()
    acme = world.company("acme", organizations=["Alder"])
    for name in ("creator", "lite", "editor"):
        for action in ("view", "delete"):
            world.decide(acme, acme.users[name], action, acme.organizations["Alder"])
        world.clock.advance(seconds=60)
    for name in ("Level 1", "Level 2", "Level 3"):
        made = world.api("POST", "/groups", {"name": name}, token=world.token(acme))
        assert made.status == 201
    told(world, acme)
    return acme


def told(world: World, company: Company) -> None:
    handler_of("follow")({"Records": records_of(world, company)}, None)


def wait_until(world: World, moment: Any) -> None:
    world.clock.advance(seconds=(moment - world.clock.now()).total_seconds())


def the_log(world: World, company: Company, query: str = "") -> list[dict[str, Any]]:
    """Read what was recorded in 2026: since then the sweep has revoked a key."""
    found: list[dict[str, Any]] = []
    cursor: str | None = ""
    span = "from=2020-01-01T00:00:00Z&to=2027-03-01T00:00:00Z"
    while cursor is not None:
        path = f"/activities?{span}&limit=3{query}{cursor}"
        page = world.api("GET", path, token=world.token(company))
        assert page.status == 200, page
        found += page.json["items"]
        cursor = page.json["next_cursor"] and f"&cursor={page.json['next_cursor']}"
    return found


def in_the_table(world: World, company: Company) -> int:
    return sum(
        record["dynamodb"]["Keys"]["sk"]["S"] < "2027-03" for record in records_of(world, company)
    )


def test_a_month_is_archived_when_it_is_old_enough_and_its_log_reads_as_before(
    world: World, acme: Company
) -> None:
    jobs = Jobs(world)
    month = f"{world.clock.now():%Y-%m}"
    before = the_log(world, acme)
    of_one = f"&user_id={acme.users['creator']}"
    by_one = the_log(world, acme, of_one)
    count = in_the_table(world, acme)
    assert count == len(before) > 6

    wait_until(world, due_at(month, 2))
    assert run_cleanup()["done"].get("month") == 1
    assert jobs.run() == {}  # thirteen months by default, so it is looked at again then
    wait_until(world, due_at(month, 13))
    assert run_cleanup()["done"].get("month") == 1
    (state,) = jobs.run().values()
    assert state == "waiting"
    archived = world.ports.store.archive.month(acme.account_id, month)
    assert archived
    assert (archived.entries, archived.segments) == (count, -(-count // 4))
    assert (the_log(world, acme), the_log(world, acme, of_one)) == (before, by_one)
    assert in_the_table(world, acme) == count

    world.clock.advance(seconds=GRACE.total_seconds())
    run_cleanup()
    assert list(jobs.run().values()) == ["done"]
    assert in_the_table(world, acme) == 0
    assert (the_log(world, acme), the_log(world, acme, of_one)) == (before, by_one)

    # And never again.
    world.clock.advance(seconds=timedelta(days=60).total_seconds())
    assert "month" not in run_cleanup()["done"]
    (job,) = world.ports.store.jobs.page(acme.account_id, JobKind.ARCHIVE, None, 5).items
    assert job.counts == {"archived": count, "cleared": count, "garbage": 0}


def test_months_of_one_account_are_archived_one_after_the_other(
    world: World, acme: Company
) -> None:
    jobs = Jobs(world)
    first = world.clock.now()
    for _ in range(2):
        world.clock.advance(seconds=timedelta(days=31).total_seconds())
        world.decide(acme, acme.users["lite"], "view", acme.organizations["Alder"])
        told(world, acme)
    before = the_log(world, acme)
    wait_until(world, due_at(f"{first + timedelta(days=62):%Y-%m}", 13))
    for _ in range(8):
        run_cleanup()
        jobs.run()
        world.clock.advance(seconds=GRACE.total_seconds())
    assert in_the_table(world, acme) == 0
    assert the_log(world, acme) == before
    done = world.ports.store.jobs.page(acme.account_id, JobKind.ARCHIVE, None, 9).items
    assert [job.state for job in done] == ["done"] * 3


def test_a_job_that_was_given_up_is_begun_anew_after_a_week(world: World, acme: Company) -> None:
    jobs = Jobs(world)
    before = the_log(world, acme)
    wait_until(world, due_at(f"{world.clock.now():%Y-%m}", 13))
    run_cleanup()
    (job,) = world.ports.store.jobs.page(acme.account_id, JobKind.ARCHIVE, None, 9).items
    world.ports.store.commit(Save(job.finished(world.clock.now(), "Given up."), job))
    assert jobs.run() == {}
    world.clock.advance(seconds=timedelta(days=7).total_seconds())
    for _ in range(3):
        run_cleanup()
        jobs.run()
        world.clock.advance(seconds=GRACE.total_seconds())
    assert in_the_table(world, acme) == 0
    assert the_log(world, acme) == before


def test_an_archive_that_does_not_answer_is_503_and_to_be_asked_again(
    world: World, acme: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    jobs = Jobs(world)
    wait_until(world, due_at(f"{world.clock.now():%Y-%m}", 13))
    run_cleanup()
    jobs.run()
    recent = world.api("GET", "/activities", token=world.token(acme))
    assert recent.status == 200
    for file in list(world.ports.objects.names(acme.account_id)):
        world.ports.objects.delete(file)
    reply = world.api("GET", "/activities?from=2020-01-01T00:00:00Z", token=world.token(acme))
    assert reply.status == 503
    assert reply.json["type"].endswith("archive-damaged")
    assert int(reply.headers["retry-after"]) > 0


@pytest.mark.parametrize("cleared", [False, True], ids=["just-moved", "long-gone-from-the-table"])
def test_who_is_erased_leaves_the_archive_too(world: World, acme: Company, cleared: bool) -> None:
    jobs, left = Jobs(world), acme.users["editor"]
    before = the_log(world, acme, f"&user_id={left}")
    assert {entry["actor"]["name"] for entry in before} == {"Editor"}
    wait_until(world, due_at(f"{world.clock.now():%Y-%m}", 13))
    for _ in range(1 + cleared):
        run_cleanup()
        jobs.run()
        world.clock.advance(seconds=GRACE.total_seconds() if cleared else 0)
    assert bool(in_the_table(world, acme)) is not cleared
    token = world.token(acme)
    assert world.api("DELETE", f"/users/{left}", token=token).status == 204
    asked = world.api("POST", "/activities/erasures", {"user_id": left}, token=token)
    jobs.run()
    world.clock.advance(seconds=SETTLED.total_seconds())
    run_cleanup()
    jobs.run()
    address = f"/activities/erasures/{asked.json['erasure_id']}"
    if not cleared:  # what is on its way is waited for
        assert world.api("GET", address, token=world.token(acme)).json["state"] == "waiting"
        for _ in range(3):
            world.clock.advance(seconds=GRACE.total_seconds())
            run_cleanup()
            jobs.run()
    done = world.api("GET", address, token=world.token(acme)).json
    # The deletion itself is about them too.
    assert (done["state"], done["entries"]) == ("done", len(before) + 1)
    assert [entry["actor"]["name"] for entry in the_log(world, acme, f"&user_id={left}")] == [
        None for _ in before
    ]
    objects = world.ports.objects
    files = [objects.read(name, 0, 10**7) for name in objects.names(acme.account_id)]
    lines = b"".join(map(gzip.decompress, files)).decode()
    assert left in lines
    assert '"Editor"' not in lines
    for _ in range(2):  # and it stays so when the table loses its copies
        world.clock.advance(seconds=GRACE.total_seconds())
        run_cleanup()
        jobs.run()
    assert in_the_table(world, acme) == 0
    again = the_log(world, acme, f"&user_id={left}")
    assert [entry["actor"]["name"] for entry in again] == [None for _ in before]
