"""Exports: killed at any call, asked for by many at once, and as large as a large account is."""

import json
import time
import tracemalloc
import zipfile
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any, TypeVar

import pytest

from gatehouse.domain.activity import Activity
from gatehouse.domain.directory import Organization
from gatehouse.domain.job import LEASE, Job, JobKind
from gatehouse.domain.pages import Page
from gatehouse.usecases import pack, packing_list
from gatehouse.usecases.changes import Save
from gatehouse.usecases.kinds import KINDS
from gatehouse.wiring import RandomIds
from tests.proof.exporting import NOW, Folder, Killed, Wires, an_entry
from tests.proof.field import THREADS, Field, statuses
from tests.support.cleanup import run_cleanup
from tests.support.clock import FakeClock
from tests.support.exports import archive_at, exported, lines, request, shown, stored
from tests.support.jobs import Jobs
from tests.support.proof import Proof
from tests.support.trials import sample, trials
from tests.support.world import World

T = TypeVar("T")
ROUNDS = 200


def test_an_export_that_is_killed_at_any_call_is_finished_once(
    world: World, proof: Proof, monkeypatch: pytest.MonkeyPatch
) -> None:
    jobs = Jobs(world)
    acme = world.company(
        "acme",
        {"administrator": "administrator", "erin": "editor"},
        organizations=["Alder", "Birch"],
        groups={"Level 1": ["Alder"]},
        members={"Level 1": ["erin"]},
    )
    monkeypatch.setattr(pack, "_PAGE", 1)
    monkeypatch.setattr(pack, "_ENOUGH", 1)
    wires = Wires(world, monkeypatch)
    plain = exported(world, jobs, acme)
    export_id = request(world, acme).json["export_id"]
    wires.cut(-1, after=False)
    jobs.run()
    kills = sample([(at, after) for at in range(wires.count) for after in (False, True)])
    for at, after in kills:
        world.clock.advance(days=8)  # what was left over before is deleted
        run_cleanup()
        left = stored(jobs)  # pieces that nothing names: the bucket's own rule takes them
        assert len(left) <= 2
        assert not [name for name in left if name.endswith("archive.zip")]
        jobs.empty()
        export_id = request(world, acme).json["export_id"]
        wires.cut(at, after=after)
        with pytest.raises(Killed):
            jobs.run()
        wires.cut(-1, after=False)
        world.clock.advance(seconds=LEASE.total_seconds() + 1)
        run_cleanup()  # asks for what has stalled
        jobs.run()
        found = shown(world, acme, export_id)
        assert found["state"] == "done", (at, after, found)
        archive = archive_at(jobs, found["download_url"])
        assert archive.testzip() is None
        for kind in KINDS:
            if kind.name != "activities":
                assert lines(archive, kind.name) == lines(plain, kind.name), (at, after)
        own = [e for e in world.log(acme) if (e["resource"] or {}).get("id") == export_id]
        assert [e["action"] for e in own] == [
            "export.downloaded",
            "export.finished",
            "export.requested",
        ]
    proof.record(
        "a process killed before or after its calls to table, files and queue, once each",
        len(kills),
        f"kills at {wires.count} calls",
        "every export was finished once and whole; pieces of the chunk that was killed are left",
    )


@pytest.mark.ministack
@pytest.mark.race
def test_of_many_who_ask_at_once_one_begins_an_export(field: Field, proof: Proof) -> None:
    count = trials(ROUNDS)
    company = field.company()
    ask = field.send("POST", "/exports", token=field.token(company))
    for _ in range(count):
        replies = field.meet(*[ask] * THREADS)
        assert statuses(replies) == [202] + [409] * (THREADS - 1)
        jobs = field.ports.store.jobs.page(company.account_id, JobKind.EXPORT, None, 10).items
        (running,) = (job for job in jobs if not job.is_over)
        refused = {reply.json["detail"] for reply in replies if reply.status == 409}
        assert all(running.job_id in detail for detail in refused)
        over = running.finished(field.world.clock.now(), "Given up.")
        field.ports.store.commit(Save(over, running))
    proof.record(f"{THREADS} ask for an export at once", count, "rounds", "one begins in each")


class Large:
    """Pages of an account that has very many organizations and entries, made up as they are read."""

    def __init__(self, organizations: int, entries: int) -> None:
        self.sizes = {"organizations": organizations, "activities": entries}
        self.reads = self.commits = 0

    def get(self, account_id: str) -> None:
        """Have no account, which the log's beginning is asked of: read back without end."""

    def organizations_page(self, _: str, after: str | None, limit: int) -> Page[Organization]:
        return self._page("organizations", after, limit, an_organization)

    def page(self, _: str, __: object, after: str | None, limit: int) -> Page[Activity]:
        return self._page("activities", after, limit, an_entry)

    def commit(self, *_: object) -> None:
        self.commits += 1

    def _page(self, kind: str, after: str | None, limit: int, make: Callable[[int], T]) -> Page[T]:
        self.reads += 1
        first = int(after or 0)
        last = min(first + limit, self.sizes[kind])
        items = tuple(make(number) for number in range(first, last))
        return Page(items, str(last) if last < self.sizes[kind] else None)


def an_organization(number: int) -> Organization:
    return Organization("acc_x", f"org_{number:026d}", f"Client {number}, Inc.", None, NOW)


def test_the_largest_account_takes_little_memory_and_short_chunks(
    proof: Proof, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    large = Large(trials(20_000), trials(50_000))
    for module in (pack, packing_list):
        kinds = tuple(kind for kind in KINDS if kind.name in large.sizes)
        monkeypatch.setattr(module, "KINDS", kinds)
    store = SimpleNamespace(directory=large, log=large, accounts=large, commit=large.commit)
    ports: Any = SimpleNamespace(
        store=store, files=Folder(tmp_path), clock=FakeClock(), ids=RandomIds(FakeClock())
    )
    account = {"account_id": "acc_x", "subdomain": "x", "name": "X"}
    options = {"account": account, "requested_by": {"user_id": "usr_x", "name": "Ada"}}
    job = Job("acc_x", "exp_x", JobKind.EXPORT, "usr_x", NOW, options)
    longest, chunks, began = 0.0, 0, time.process_time()
    tracemalloc.start()
    for after in pack.pack(ports, job):
        job, chunks = after, chunks + 1
        longest, began = max(longest, time.process_time() - began), time.process_time()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    with zipfile.ZipFile(tmp_path / pack.archive_of(job).replace("/", "_")) as archive:
        assert archive.testzip() is None
        for kind, size in large.sizes.items():
            with archive.open(f"{kind}.jsonl") as file:
                assert sum(1 for _ in file) == size
    pages = sum(-(-size // 200) for size in large.sizes.values())
    assert large.reads == pages
    assert large.commits == chunks <= 3 + sum(large.sizes.values()) / 2_000
    assert peak < 64 * 1024 * 1024
    assert len(json.dumps(job.position)) < 40_000
    proof.record(
        f"{large.sizes['organizations']:,} organizations and {large.sizes['activities']:,} entries "
        "in one archive",
        chunks,
        f"chunks of {pages} pages",
        f"at most {peak / 2**20:.0f} MB at once and {longest:.1f} s of one core a chunk, traced",
    )
