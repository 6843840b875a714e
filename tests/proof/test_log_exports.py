"""Exports of the log: killed at any call, asked for by many at once, and as large as logs get."""

import itertools
import json
import time
import tracemalloc
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from gatehouse.domain.account import Region
from gatehouse.domain.activity import Activity
from gatehouse.domain.factors import UNKNOWN_FACTORS
from gatehouse.domain.job import LEASE, Job, JobKind
from gatehouse.domain.limits import Limits
from gatehouse.domain.pages import Page
from gatehouse.domain.principal import Origin, Person
from gatehouse.domain.roles import Role
from gatehouse.usecases import export_log, pack_log
from gatehouse.usecases.changes import Save
from gatehouse.usecases.lines import Format
from gatehouse.usecases.pack_log import WantedLog
from gatehouse.usecases.stored import LogPage, LogQuery
from gatehouse.wiring import RandomIds
from tests.proof.exporting import NOW, Folder, Killed, Wires, an_entry
from tests.proof.field import THREADS, Field, statuses
from tests.support import exports
from tests.support.cleanup import run_cleanup
from tests.support.clock import FakeClock
from tests.support.jobs import Jobs
from tests.support.people import HOST, a_user, an_account
from tests.support.proof import Proof
from tests.support.trials import sample, trials
from tests.support.world import World

ROUNDS = 200
QUERY = "format=csv&category=directory&to=2026-11-22T10:30:00Z"


def test_an_export_of_the_log_that_is_killed_at_any_call_is_finished_once(
    world: World, proof: Proof, monkeypatch: pytest.MonkeyPatch
) -> None:
    jobs = Jobs(world)
    acme = world.company("acme", {"administrator": "administrator"}, organizations=["Alder"])
    token = world.token(acme)
    for number in range(7):
        made = world.api("POST", "/groups", {"name": f"Group {number}"}, token=token)
        assert made.status == 201
    world.clock.advance(hours=1)  # what exports write of themselves is behind the span
    whole = exports.downloaded(exports.export_log(world, acme, QUERY))
    monkeypatch.setattr(export_log, "LARGEST", 0)
    monkeypatch.setattr(pack_log, "_PAGE", 2)
    monkeypatch.setattr(pack_log, "_PAGES", 1)
    wires = Wires(world, monkeypatch)
    export_id = exports.export_log(world, acme, QUERY).json["export_id"]
    wires.cut(-1, after=False)
    assert jobs.run() == {export_id: "done"}
    kills = sample([(at, after) for at in range(wires.count) for after in (False, True)])
    for at, after in kills:
        world.clock.advance(days=8)  # what was left over before is deleted
        run_cleanup()
        left = exports.stored(jobs)  # a piece that nothing names: the bucket's own rule takes it
        assert len(left) <= 1
        assert not [name for name in left if "activities." in name]
        jobs.empty()
        export_id = exports.export_log(world, acme, QUERY).json["export_id"]
        wires.cut(at, after=after)
        with pytest.raises(Killed):
            jobs.run()
        wires.cut(-1, after=False)
        again = exports.export_log(world, acme, QUERY)
        over = exports.shown(world, acme, export_id)["state"] == "done"
        assert (again.json["export_id"] == export_id) is not over
        world.clock.advance(seconds=LEASE.total_seconds() + 1)
        run_cleanup()  # asks for what has stalled
        jobs.run()
        found = exports.shown(world, acme, export_id)
        assert found["state"] == "done", (at, after, found)
        assert exports.file_at(jobs, found["download_url"]) == whole, (at, after)
        own = [e for e in world.log(acme) if (e["resource"] or {}).get("id") == export_id]
        assert [e["action"] for e in own if e["action"] != "log.export_downloaded"] == [
            "log.export_finished",
            "log.export_requested",
        ]
    proof.record(
        "a process killed before or after its calls to table, files and queue, once each",
        len(kills),
        f"kills at {wires.count} calls",
        "every export was finished once and is what a download is; a piece is left",
    )


@pytest.mark.parametrize("after", [False, True])
def test_who_dies_while_beginning_leaves_a_job_that_is_found_again(
    world: World, monkeypatch: pytest.MonkeyPatch, after: bool
) -> None:
    jobs = Jobs(world)
    acme = world.company("acme", {"administrator": "administrator"})
    exports.at_most(world, 0)
    wires = Wires(world, monkeypatch)
    for at in itertools.count():
        query = f"format=csv&from=2026-11-{at + 1:02d}T00:00:00Z"
        wires.cut(at, after=after)
        try:
            begun = exports.export_log(world, acme, query)
        except Killed:
            wires.cut(-1, after=False)
            begun = exports.export_log(world, acme, query)
            assert begun.status == 202
        else:
            break
        world.clock.advance(seconds=1)
        run_cleanup()
        assert jobs.run()[begun.json["export_id"]] == "done"
    assert at == 2, "one commit, one message"
    found = world.api("GET", "/exports", token=world.token(acme)).json["items"]
    assert len(found) == at + 1


@pytest.mark.ministack
@pytest.mark.race
def test_of_many_who_ask_for_the_same_at_once_all_get_one_job(field: Field, proof: Proof) -> None:
    count = trials(ROUNDS)
    company = field.company()
    exports.at_most(field.world, 0)
    ask = field.send("GET", "/activities/export?format=csv", token=field.token(company))
    for _ in range(count):
        field.world.clock.advance(hours=1)  # so many an hour
        ask = field.send("GET", "/activities/export?format=csv", token=field.token(company))
        replies = field.meet(*[ask] * THREADS)
        assert statuses(replies) == [202] * THREADS
        (export_id,) = {reply.json["export_id"] for reply in replies}
        jobs = field.ports.store.jobs.page(company.account_id, JobKind.EXPORT, None, 10).items
        (running,) = (job for job in jobs if not job.is_over)
        assert running.job_id == export_id
        over = running.finished(field.world.clock.now(), "Given up.")
        field.ports.store.commit(Save(over, running))
    proof.record(
        f"{THREADS} ask for the same entries at once", count, "rounds", "one job in each, for all"
    )


class Long:
    """A log that has very many entries, of which every so many-th matches; made up as it is read."""

    def __init__(self, entries: int, every: int = 1) -> None:
        self.entries, self.every = entries, every
        self.reads = self.looked_at = self.commits = 0

    def page(self, _: str, query: LogQuery, after: str | None, limit: int) -> LogPage:
        self.reads += 1
        first = int(after or 0)
        last = min(first + min(limit * self.every, 2_000), self.entries)
        self.looked_at += last - first
        found: tuple[Activity, ...] = tuple(
            an_entry(number) for number in range(first, last) if number % self.every == 0
        )
        return LogPage(found, str(last) if last < self.entries else None, scanned_to=query.since)

    def commit(self, *_: object) -> None:
        self.commits += 1


def ports_of(long: Long, folder: Path) -> Any:
    accounts = SimpleNamespace(
        get=lambda _: an_account(), owner=lambda *_: None, attempt=lambda *_: None
    )
    jobs = SimpleNamespace(page=lambda *_: Page(()))
    store = SimpleNamespace(log=long, commit=long.commit, accounts=accounts, jobs=jobs)
    clock = FakeClock()
    return SimpleNamespace(
        store=store,
        files=Folder(folder),
        queue=SimpleNamespace(send=lambda *_: None),
        clock=clock,
        ids=RandomIds(clock),
        limits=Limits(),
    )


def wanted(form: Format = Format.JSONL) -> WantedLog:
    return WantedLog(LogQuery(NOW.replace(year=2020), NOW), form, {})


@pytest.mark.parametrize("every", [1, 400])
def test_the_longest_log_takes_little_memory_and_short_chunks(
    proof: Proof, tmp_path: Path, every: int
) -> None:
    long = Long(trials(1_000_000), every)
    ports = ports_of(long, tmp_path)
    options = {"log": {**wanted().options, "entry_id": "act_x"}}
    job = Job("acc_x", "exp_x", JobKind.EXPORT, "usr_x", NOW, options)
    longest, chunks, most, began = 0.0, 0, 0, time.process_time()
    tracemalloc.start()
    for after in pack_log.pack_log(ports, job):
        job, chunks = after, chunks + 1
        longest, began = max(longest, time.process_time() - began), time.process_time()
        most, long.looked_at = max(most, long.looked_at), 0
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    name = pack_log.log_file_of(job).replace("/", "_")
    with (tmp_path / name).open("rb") as file:
        assert sum(1 for _ in file) == -(-long.entries // every)
    assert long.commits == chunks
    assert most <= 50 * 2_000
    assert peak < 64 * 1024 * 1024
    assert len(json.dumps(job.position)) < 100_000
    proof.record(
        f"{long.entries:,} entries, one in {every} of them in one file",
        chunks,
        "chunks",
        f"at most {peak / 2**20:.0f} MB at once, {most:,} entries looked at and {longest:.1f} s of "
        "one core a chunk, traced",
    )


@pytest.mark.parametrize("compressed", [False, True])
@pytest.mark.parametrize(("entries", "every"), [(10_000, 1), (10_001, 1), (10**9, 400)])
def test_what_is_answered_at_once_is_bounded_however_long_the_log_is(
    proof: Proof, tmp_path: Path, entries: int, every: int, compressed: bool
) -> None:
    long = Long(entries, every)
    ada = Person(a_user(of=HOST, role=Role.ADMINISTRATOR), Origin(), UNKNOWN_FACTORS)
    assert an_account().region is Region.NA
    tracemalloc.start()
    began = time.process_time()
    found = export_log.export_log(
        ports_of(long, tmp_path), ada, wanted(Format.CSV), compressed=compressed
    )
    took = time.process_time() - began
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert isinstance(found, export_log.Download) is (entries == 10_000)
    assert long.looked_at <= 20 * 2_000
    assert peak < 40 * 1024 * 1024
    if isinstance(found, export_log.Download):
        assert len(found.content) < export_log.LARGEST
    proof.record(
        f"{entries:,} entries, one in {every} wanted, "
        f"{'with' if compressed else 'without'} gzip, while somebody waits",
        1,
        "run",
        f"{'answered' if isinstance(found, export_log.Download) else 'a job'} after "
        f"{long.looked_at:,} entries, {peak / 2**20:.0f} MB and {took:.1f} s of one core, traced",
    )
