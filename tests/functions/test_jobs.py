"""A job goes on from wherever it stopped, is never done twice, and is never forgotten."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from gatehouse.domain.activity import Resource
from gatehouse.domain.errors import QueueUnavailable, StoreUnavailable
from gatehouse.domain.job import LEASE, MOST_ATTEMPTS, Job, JobKind, JobState
from gatehouse.domain.principal import Person
from gatehouse.store.queue import jobs_in
from gatehouse.usecases.changes import LostRace, Notes, Save
from gatehouse.usecases.entries import done
from gatehouse.usecases.ports import Ports
from gatehouse.usecases.work import start
from tests.support.api import handler_of
from tests.support.cleanup import run_cleanup
from tests.support.jobs import Jobs, run_steps
from tests.support.world import Company, World

CHUNKS = 5


def counting(ports: Ports, job: Job) -> Iterator[Job]:
    """Count to five; each number is an entry of the log and a note."""
    user = ports.store.users.get(job.started_by)
    assert user is not None
    for number in range(job.position.get("next", 0), CHUNKS):
        last = number == CHUNKS - 1
        now = ports.clock.now()
        after = job.advanced(now, {"next": number + 1}, {"counted": number + 1}, notes=1)
        if last:
            after = replace(after.finished(now), version=after.version)
        entry = done(ports, Person(user), "group.created", Resource("job", f"counted.{number}"))
        notes = Notes(job, number, ({"number": number},))
        ports.store.commit(Save(after, job), notes, entry)
        job = after
        yield job


@pytest.fixture
def host(world: World) -> Company:
    return world.company("acme")


@pytest.fixture
def jobs(world: World, host: Company) -> Jobs:
    return Jobs(world)


@pytest.fixture
def job(world: World, host: Company) -> Job:
    now = world.clock.now()
    job = Job(
        account_id=host.account_id,
        job_id=world.ports.ids.new("exp"),
        kind=JobKind.EXPORT,
        started_by=host.users["administrator"],
        created_at=now,
        options={},
        due_at=now,
    )
    world.ports.store.commit(Save(job))
    return job


def read(world: World, job: Job) -> Job:
    found = world.ports.store.jobs.get(job.account_id, job.job_id)
    assert found is not None
    return found


def counted(world: World, host: Company) -> list[str]:
    return [e["resource"]["id"] for e in world.log(host) if e["action"] == "group.created"]


def test_a_job_is_done_chunk_by_chunk(world: World, host: Company, jobs: Jobs, job: Job) -> None:
    after = run_steps(world, job.account_id, job.job_id, counting)
    assert (after.state, after.counts) == (JobState.DONE, {"counted": 5})
    assert read(world, job) == after
    assert sorted(counted(world, host)) == [f"counted.{n}" for n in range(CHUNKS)]
    notes = world.ports.store.jobs.notes(job.account_id, job.job_id, 1, 3)
    assert [entry["number"] for (entry,) in notes] == [1, 2, 3]


def test_a_job_whose_time_is_over_asks_to_go_on(world: World, jobs: Jobs, job: Job) -> None:
    after = run_steps(world, job.account_id, job.job_id, counting, chunks=2)
    assert (after.state, after.position) == (JobState.RUNNING, {"next": 2})
    assert not after.is_held_at(world.clock.now())
    assert jobs.queued() == [{"account_id": job.account_id, "job_id": job.job_id}]
    assert run_steps(world, job.account_id, job.job_id, counting).state is JobState.DONE


def test_a_job_that_is_held_is_left_alone_until_its_lease_is_over(
    world: World, host: Company, jobs: Jobs, job: Job
) -> None:
    died = counting(world.ports, _taken(world, job))
    next(died)
    assert run_steps(world, job.account_id, job.job_id, counting) is None
    world.clock.advance(seconds=LEASE.total_seconds() + 1)
    assert run_steps(world, job.account_id, job.job_id, counting).state is JobState.DONE
    assert sorted(counted(world, host)) == [f"counted.{n}" for n in range(CHUNKS)]


def test_whoever_lost_a_job_writes_nothing_more(
    world: World, host: Company, jobs: Jobs, job: Job
) -> None:
    stalled = counting(world.ports, _taken(world, job))
    next(stalled)
    world.clock.advance(seconds=LEASE.total_seconds() + 1)
    assert run_steps(world, job.account_id, job.job_id, counting, chunks=2).position == {"next": 3}
    before = world.dump()
    with pytest.raises(LostRace):
        next(stalled)
    assert world.dump() == before


def test_a_job_that_is_over_stays_as_it_is(world: World, jobs: Jobs, job: Job) -> None:
    run_steps(world, job.account_id, job.job_id, counting)
    before = world.dump()
    assert run_steps(world, job.account_id, job.job_id, counting) is None
    assert run_steps(world, job.account_id, "exp_00000000000000000000000000", counting) is None
    assert world.dump() == before


def test_the_clean_up_asks_for_a_job_that_stalled_and_for_one_never_queued(
    world: World, jobs: Jobs, job: Job
) -> None:
    asked = [{"account_id": job.account_id, "job_id": job.job_id}]
    assert run_cleanup()["done"] == {"job": 1}
    assert jobs.queued() == asked
    next(counting(world.ports, _taken(world, job)))
    assert run_cleanup()["done"] == {}
    world.clock.advance(seconds=LEASE.total_seconds() + 1)
    assert run_cleanup()["done"] == {"job": 1}
    assert jobs.queued() == asked
    run_steps(world, job.account_id, job.job_id, counting)
    world.clock.advance(days=1)
    assert run_cleanup()["done"] == {}


def test_a_queue_that_does_not_answer_stops_nothing(
    world: World, jobs: Jobs, job: Job, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(account_id: str, job_id: str) -> None:
        raise QueueUnavailable("down")

    monkeypatch.setattr(world.ports.queue, "send", refuse)
    start(world.ports, job)
    after = run_steps(world, job.account_id, job.job_id, counting, chunks=1)
    assert after.due_at is not None


def test_a_job_that_never_gets_further_is_given_up(world: World, jobs: Jobs, job: Job) -> None:
    def failing(ports: Ports, job: Job) -> Iterator[Job]:
        raise StoreUnavailable("down")

    for _ in range(MOST_ATTEMPTS):
        with pytest.raises(StoreUnavailable):
            run_steps(world, job.account_id, job.job_id, failing)
        world.clock.advance(seconds=LEASE.total_seconds() + 1)
    after = run_steps(world, job.account_id, job.job_id, failing)
    assert after.state is JobState.FAILED
    assert "given up" in after.problem


def test_a_job_that_gets_further_is_never_given_up(world: World, jobs: Jobs, job: Job) -> None:
    taken = replace(_taken(world, job), attempts=MOST_ATTEMPTS - 1)
    assert next(counting(world.ports, taken)).attempts == 0


def test_the_lease_is_renewed_when_half_of_it_is_over(world: World, jobs: Jobs, job: Job) -> None:
    now = world.clock.now()
    held = job.taken(now)
    soon = held.advanced(now + timedelta(seconds=1), {}, {})
    assert soon.due_at == held.due_at
    late = held.advanced(now + LEASE, {}, {})
    assert late.due_at == now + 2 * LEASE


def test_jobs_are_listed_newest_first_and_by_kind(world: World, host: Company, job: Job) -> None:
    store = world.ports.store
    made = [job]
    for _ in range(4):
        world.clock.advance(minutes=1)
        made.append(replace(job, job_id=world.ports.ids.new("exp")))
        store.commit(Save(made[-1]))
    store.commit(Save(replace(job, job_id=world.ports.ids.new("imp"), kind=JobKind.IMPORT)))
    page = store.jobs.page(host.account_id, JobKind.EXPORT, None, 2)
    assert [one.job_id for one in page.items] == [one.job_id for one in made[:-3:-1]]
    rest = store.jobs.page(host.account_id, JobKind.EXPORT, page.after, 3)
    assert [one.job_id for one in rest.items] == [one.job_id for one in made[2::-1]]
    assert rest.after is None
    (imported,) = store.jobs.page(host.account_id, JobKind.IMPORT, None, 2).items
    assert imported.kind is JobKind.IMPORT


def test_the_queue_hears_of_uploads_too(world: World, host: Company, jobs: Jobs) -> None:
    name = f"{host.account_id}/imp_1/upload.csv"
    jobs.s3.put_object(Bucket=jobs.bucket, Key=name, Body=b"x")
    jobs.s3.put_object(Bucket=jobs.bucket, Key=f"{host.account_id}/imp_1/other.csv", Body=b"x")
    records = [{"body": json.dumps(message)} for message in jobs.queued()]
    assert jobs_in({"Records": records}) == [(host.account_id, "imp_1")]


def test_an_unknown_job_is_nothing_to_do(world: World, jobs: Jobs) -> None:
    message = {"account_id": "acc_aaaaaaaaaaaaaaaa", "job_id": "imp_00000000000000000000000000"}
    event = {"Records": [{"body": json.dumps(message)}]}
    assert handler_of("transfer")(event, None) == {}


def _taken(world: World, job: Job) -> Job:
    taken = job.taken(world.clock.now())
    world.ports.store.commit(Save(taken, job))
    return taken
