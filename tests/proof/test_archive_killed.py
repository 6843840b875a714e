"""A month on its way into the archive: killed at any call, read meanwhile, moved by two at once."""

import random
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

import pytest

from gatehouse.domain.activity import Activity, Actor
from gatehouse.domain.errors import Unable
from gatehouse.domain.job import LEASE, Job, JobKind
from gatehouse.domain.log_archive import GRACE, Segment, due_at
from gatehouse.domain.use import Counted
from gatehouse.store import archive as archiving
from gatehouse.store import segments
from gatehouse.usecases import archive_log
from gatehouse.usecases.changes import LostRace, Save
from gatehouse.usecases.racing import settled
from gatehouse.usecases.stored import LogQuery
from tests.proof.faults import RESENT, Fault, Wires
from tests.support.archive import CountedObjects, walk
from tests.support.cleanup import run_cleanup
from tests.support.jobs import Jobs
from tests.support.people import ELSE, GUEST, an_activity, numbered, user_id
from tests.support.proof import Proof
from tests.support.trials import sample, trials
from tests.support.world import World

pytestmark = [pytest.mark.ministack]


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archiving, "PAUSE", 0)
    monkeypatch.setattr(archive_log, "_SEGMENT", 6)
    monkeypatch.setattr(segments, "_BLOCK", 4)


@pytest.fixture
def objects(real_world: World) -> CountedObjects:
    objects = CountedObjects()
    real_world.ports.__dict__["objects"] = objects
    return objects


class Log:
    """A log of its own, with a month in it that is due."""

    def __init__(self, world: World, number: int, count: int = 13) -> None:
        self.world = world
        self.store = world.ports.store
        self.account_id = f"acc_{number:016d}"
        dice = random.Random(number)
        now = world.clock.now()
        self.month = f"{now:%Y-%m}"
        self.entries = [
            an_activity(
                place,
                now - timedelta(minutes=place // 2),
                account_id=self.account_id,
                actor=Actor("user", "Sam", user_id(dice.choice([1, 2]))),
                organization_id=numbered("org", dice.choice([1, 2])),
                guest_account_id=dice.choice([GUEST.account_id, ELSE.account_id]),
            )
            for place in range(count)
        ]
        # So long that months of it may be archived: here they are without waiting for that.
        self.span = LogQuery(now - timedelta(days=90), now + timedelta(days=40))
        self.store.log.record(self.entries)
        self.store.uses.add(Counted(self.account_id, self.month, "", "1", {}))

    def must_be_whole(self) -> None:
        """Every entry is read once, in the order of time and by whom it names."""
        of_one = [one for one in self.entries if one.actor.user_id == user_id(1)]
        by_one = replace(self.span, user_id=user_id(1))
        for query, entries in ((self.span, self.entries), (by_one, of_one)):
            found = list(walk(self.store, query, 5, self.account_id))
            assert sorted(found) == sorted(one.activity_id for one in entries)

    def left(self) -> int:
        return len(self.store.archive.in_the_table(self.account_id, self.month, None, 10_000))

    def job(self) -> Job:
        job = Job(
            self.account_id,
            self.world.ports.ids.new("arc"),
            JobKind.ARCHIVE,
            "schedule",
            self.world.clock.now(),
            {"month": self.month},
        )
        self.store.commit(Save(job))
        return job

    def segments(self) -> list[Segment]:
        return list(self.store.archive.segments_of(self.account_id, self.month))

    def must_be_archived(self, objects: CountedObjects) -> None:
        """Every entry stands in one segment, none in the table, and no file is nobody's."""
        assert self.left() == 0
        found = [e for one in self.segments() for e in self.store.archive.read(one)]
        assert sorted(map(repr, found)) == sorted(map(repr, self.entries))
        assert self.files(objects) == {
            one.name + end for one in self.segments() for end in (segments.LINES, segments.COPIES)
        }

    def files(self, objects: CountedObjects) -> set[str]:
        return set(objects.names(f"{self.account_id}/"))


def kills(counted: list[str]) -> list[Fault]:
    """Return every fault: before and after each call, and a write that arrives twice."""
    faults = [
        Fault(at, operation, "garbage" if at % 3 == 0 else "reset", applied, forever=True)
        for at, operation in enumerate(counted)
        for applied in (False, True)
    ]
    twice = [
        Fault(at, operation, RESENT, applied=True)
        for at, operation in enumerate(counted)
        if operation.startswith(("Put", "Update", "Delete", "TransactWrite", "BatchWrite"))
    ]
    return sample([*faults, *twice], least=9)


def test_a_month_is_archived_killed_at_every_call(
    real_world: World, objects: CountedObjects, proof: Proof
) -> None:
    world = real_world
    jobs = Jobs(world)
    wires = Wires(world)
    wires.lead(objects.s3)

    def go_on() -> None:
        run_cleanup()
        jobs.run()

    def archived() -> None:
        for _ in range(2):
            go_on()
            world.clock.advance(seconds=GRACE.total_seconds())

    def due(number: int) -> Log:
        log = Log(world, number)
        wait = due_at(log.month, world.ports.limits.archive_after_months) - world.clock.now()
        world.clock.advance(seconds=wait.total_seconds())
        run_cleanup()  # it was looked at before it was old enough
        return log

    log = due(0)
    with wires.counting() as counted:
        archived()
    log.must_be_archived(objects)
    faults = kills(counted)
    for number, fault in enumerate(faults, start=1):
        log = due(number)
        with suppress(Unable), wires.cut(fault):
            archived()
        log.must_be_whole()
        for _ in range(4):
            world.clock.advance(seconds=LEASE.total_seconds() + 1)
            go_on()
            log.must_be_whole()
            world.clock.advance(seconds=GRACE.total_seconds())
        log.must_be_archived(objects)
    proof.record(
        f"archiving a month killed at each of its {len(counted)} calls, before and after, and "
        "each write sent twice",
        len(faults),
        "faults",
        "read whole at every moment; in the end each entry once in the archive, and no file nobody's",
    )


def test_a_segment_is_rewritten_killed_at_every_call(
    real_world: World, objects: CountedObjects, proof: Proof
) -> None:
    wires = Wires(real_world)
    wires.lead(objects.s3)
    archive = real_world.ports.store.archive

    def erased(entry: Activity) -> Activity:
        return replace(entry, actor=replace(entry.actor, name="erased"))

    def moved(number: int) -> tuple[Log, Segment]:
        log = Log(real_world, number)
        next(archive_log.archive(real_world.ports, log.job()))
        return log, log.segments()[0]

    log, segment = moved(0)
    with wires.counting() as counted:
        archive.rewrite(segment, erased)
    faults = kills(counted)
    for number, fault in enumerate(faults, start=1):
        log, segment = moved(number)
        with suppress(Unable), wires.cut(fault):
            archive.rewrite(segment, erased)
        log.must_be_whole()
        new = archive.rewrite(segment, erased)
        assert {entry.actor.name for entry in archive.read(new)} == {"erased"}
        assert log.files(objects) == {new.name + end for end in (segments.LINES, segments.COPIES)}
        log.must_be_whole()
    proof.record(
        f"rewriting a segment killed at each of its {len(counted)} calls, before and after, and "
        "each write sent twice",
        len(faults),
        "faults",
        "read whole afterwards; the next call left the new files and no others",
    )


@pytest.mark.race
def test_a_log_is_read_while_it_moves(
    real_world: World, objects: CountedObjects, proof: Proof
) -> None:
    """A page that begins after entries were archived no longer needs them in the table."""
    rounds, walks = trials(40), 0
    for number in range(rounds):
        log = Log(real_world, number, 60)
        begun, done = [0], threading.Event()

        def move(log: Log = log, begun: list[int] = begun, done: threading.Event = done) -> None:
            steps: Iterator[Job] = archive_log.archive(real_world.ports, log.job())
            waiting: list[tuple[int, Segment]] = []
            try:
                for job in steps:
                    known = {segment.first for _, segment in waiting}
                    new = [one for one in log.segments() if one.first not in known]
                    waiting += [(begun[0], segment) for segment in new]
                    if job.lease_until is None:
                        break
                while waiting:
                    page, segment = waiting[0]
                    if begun[0] > page:
                        log.store.archive.clear(segment)
                        waiting.pop(0)
            finally:
                done.set()

        with ThreadPoolExecutor(1) as pool:
            moving = pool.submit(move)
            while not done.is_set():
                after, found = None, []
                while True:
                    begun[0] += 1
                    page = log.store.log.page(log.account_id, log.span, after, 7)
                    found += [entry.activity_id for entry in page.items]
                    after = page.after
                    if after is None:
                        break
                walks += 1
                assert sorted(found) == sorted(one.activity_id for one in log.entries)
            moving.result()
        assert log.left() == 0
        log.must_be_whole()
    proof.record(
        "a log walked from end to end while another thread moves it into the archive",
        walks,
        f"walks, of {rounds} logs",
        "each entry exactly once",
    )


@pytest.mark.race
def test_two_workers_at_one_month_move_every_entry_once(
    real_world: World, objects: CountedObjects, proof: Proof
) -> None:
    rounds = trials(100)
    with ThreadPoolExecutor(2) as pool:
        for number in range(rounds):
            log = Log(real_world, number)
            start = threading.Barrier(2)

            def work(job: Job, start: threading.Barrier = start) -> None:
                start.wait()
                left = 3
                while left:
                    try:
                        for after in archive_log.archive(real_world.ports, job):
                            job = after
                            if job.lease_until is None:
                                return
                        return
                    except LostRace:
                        left -= 1  # the other one was faster; it reads again

            same = number % 2
            one = log.job()
            other = one if same else log.job()
            list(pool.map(work, [one, other]))
            last = log.job()
            for after in archive_log.archive(real_world.ports, last):
                last = after
                if last.lease_until is None:
                    break
            log.must_be_whole()
            for after in archive_log.archive(real_world.ports, last):
                last = after
            assert last.is_over
            log.must_be_archived(objects)
    proof.record(
        "two workers at one month, by one job or by two",
        rounds,
        "races",
        "each entry once in the archive; what the slower one had written is taken away",
    )


@pytest.mark.race
def test_two_who_rewrite_one_segment_both_have_their_way(
    real_world: World, objects: CountedObjects, proof: Proof
) -> None:
    archive = real_world.ports.store.archive
    rounds = trials(200)

    def renamed(entry: Activity) -> Activity:
        return replace(entry, actor=replace(entry.actor, name="erased"))

    def moved_away(entry: Activity) -> Activity:
        return replace(entry, ip_address=None, user_agent="erased")

    with ThreadPoolExecutor(2) as pool:
        for number in range(rounds):
            log = Log(real_world, number)
            next(archive_log.archive(real_world.ports, log.job()))
            (segment,) = log.segments()
            start = threading.Barrier(2)

            def rewrite(
                change: Callable[[Activity], Activity],
                segment: Segment = segment,
                start: threading.Barrier = start,
            ) -> None:
                start.wait()
                settled(lambda: archive.rewrite(segment, change))

            list(pool.map(rewrite, [renamed, moved_away]))
            (segment,) = log.segments()
            for entry in archive.read(segment):
                assert (entry.actor.name, entry.user_agent) == ("erased", "erased")
            assert log.files(objects) == {
                segment.name + end for end in (segments.LINES, segments.COPIES)
            }
            log.must_be_whole()
    proof.record(
        "two who rewrite one segment at once",
        rounds,
        "races",
        "both changes stand in the files that are named, and there are no others",
    )
