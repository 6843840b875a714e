"""The log as a file, if it is much: a job that goes on by itself."""

from dataclasses import replace

import pytest

from gatehouse.usecases import pack_log
from tests.support.cleanup import run_cleanup
from tests.support.exports import (
    at_most,
    decisions,
    downloaded,
    entries_in,
    export_log,
    exports_of,
    file_at,
    guest,
    host,
    log_file,
    own,
    shown,
    stored,
    walked,
)
from tests.support.jobs import Jobs
from tests.support.world import Company, World


@pytest.fixture
def jobs(world: World) -> Jobs:
    return Jobs(world)


@pytest.fixture
def acme(world: World) -> Company:
    return host(world)


@pytest.fixture
def continuum(world: World) -> Company:
    return guest(world)


def test_a_job_makes_the_file_that_a_download_would_be(
    world: World, jobs: Jobs, acme: Company, continuum: Company
) -> None:
    decisions(world, acme, continuum, 9)
    queries = ("format=jsonl&category=decision", "format=csv&action=view")
    at_once = [downloaded(export_log(world, acme, query)) for query in queries]
    at_most(world, 1)
    assert [log_file(world, jobs, acme, query) for query in queries] == at_once


def test_a_job_leaves_its_own_beginning_out(world: World, jobs: Jobs, acme: Company) -> None:
    entries = walked(world, acme)
    at_most(world, 0)
    assert entries_in(log_file(world, jobs, acme, "format=jsonl")) == entries


def test_a_job_goes_on_wherever_it_was_stopped(
    world: World, jobs: Jobs, acme: Company, continuum: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    decisions(world, acme, continuum, 9)
    whole = downloaded(export_log(world, acme, "format=csv&category=decision"))
    monkeypatch.setattr(pack_log, "_PAGE", 2)
    monkeypatch.setattr(pack_log, "_PAGES", 1)
    at_most(world, 1)
    export_id = export_log(world, acme, "format=csv&category=decision").json["export_id"]
    seen = [shown(world, acme, export_id)["progress"]["done"]]
    while shown(world, acme, export_id)["state"] != "done":
        jobs.step()
        seen.append(shown(world, acme, export_id)["progress"]["done"])
    assert seen == sorted(seen)
    assert (seen[0], seen[-1]) == (0, 100)
    found = shown(world, acme, export_id)
    assert file_at(jobs, found["download_url"]) == whole
    assert found["size"] == len(whole)
    assert [name.rpartition("/")[2] for name in stored(jobs)] == ["activities.csv"]


def test_asked_again_for_the_same_it_is_the_job_that_runs(
    world: World, jobs: Jobs, acme: Company, continuum: Company
) -> None:
    decisions(world, acme, continuum, 3)
    at_most(world, 1)
    first = export_log(world, acme, "format=csv&category=decision")
    again = export_log(world, acme, "category=decision&format=csv")
    assert (again.status, again.json) == (202, first.json)
    others = [
        export_log(world, acme, query).json["export_id"]
        for query in ("format=jsonl&category=decision", "format=csv")
    ]
    assert len({first.json["export_id"], *others}) == 3
    refused = export_log(world, acme, "format=csv&action=view")
    assert (refused.status, refused.slug) == (429, "too-many-requests")
    assert "not finished yet" in refused.json["detail"]
    assert {one["export_id"] for one in exports_of(world, acme)} == {
        first.json["export_id"],
        *others,
    }
    assert set(jobs.run().values()) == {"done"}
    later = export_log(world, acme, "format=csv&category=decision").json["export_id"]
    assert later not in {first.json["export_id"], *others}


def test_an_export_of_everything_and_one_of_the_log_do_not_wait_for_each_other(
    world: World, jobs: Jobs, acme: Company
) -> None:
    at_most(world, 0)
    token = world.token(acme)
    assert export_log(world, acme).status == 202
    assert world.api("POST", "/exports", token=token).status == 202
    assert export_log(world, acme, "format=csv").status == 202
    assert [one["contents"] for one in exports_of(world, acme)] == [
        *("activities", "everything", "activities")
    ]
    assert [one["format"] for one in exports_of(world, acme)] == ["csv", "zip", "jsonl"]
    assert set(jobs.run().values()) == {"done"}


def test_jobs_of_an_hour_are_counted(world: World, jobs: Jobs, acme: Company) -> None:
    at_most(world, 0)
    world.ports.limits = replace(world.ports.limits, log_exports_per_hour=2)
    for form in ("csv", "jsonl", "csv"):  # the third is the first, which still runs
        assert export_log(world, acme, f"format={form}").status == 202
    before = world.dump()
    refused = export_log(world, acme, "format=csv&category=directory")
    assert (refused.status, refused.slug) == (429, "too-many-requests")
    assert 0 < int(refused.headers["retry-after"]) <= 3600
    changed = [item["pk"]["S"] for item in world.dump() if item not in before]
    assert [pk for pk in changed if "#ATTEMPTS" not in pk] == []
    world.clock.advance(hours=1)
    assert export_log(world, acme, "format=csv&category=directory").status == 202


def test_a_job_is_on_the_record_from_its_beginning_to_each_download(
    world: World, jobs: Jobs, acme: Company, continuum: Company
) -> None:
    decisions(world, acme, continuum, 3)
    at_most(world, 1)
    content = log_file(world, jobs, acme, "format=csv&category=decision")
    requested, finished, fetched = own(world, acme)
    assert [e["action"] for e in (requested, finished, fetched)] == [
        *("log.export_requested", "log.export_finished", "log.export_downloaded")
    ]
    assert [e["actor"]["type"] for e in (requested, finished, fetched)] == [
        *("user", "system", "user")
    ]
    assert len({e["resource"]["id"] for e in (requested, finished, fetched)}) == 1
    assert finished["changes"]["entries"] == [None, 3]
    assert finished["changes"]["bytes"] == [None, len(content)]
    assert requested["changes"]["filters"] == finished["changes"]["filters"]
    assert requested["changes"]["filters"][1]["category"] == "decision"


def test_its_file_is_deleted_after_its_time(world: World, jobs: Jobs, acme: Company) -> None:
    at_most(world, 0)
    export_id = export_log(world, acme, "format=csv").json["export_id"]
    jobs.run()
    assert shown(world, acme, export_id)["download_url"]
    world.clock.advance(days=7)
    over = shown(world, acme, export_id)
    assert (over["state"], over["download_url"]) == ("expired", None)
    run_cleanup()
    assert stored(jobs) == []
