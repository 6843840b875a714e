"""The archive's months read as the table's do: every filter, every page, archived half-way anywhere."""

import gzip
import json
import random
import subprocess
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest

from gatehouse.domain.activity import Activity, Actor, Category, Outcome, Resource
from gatehouse.domain.errors import ArchiveDamaged, FilesUnavailable
from gatehouse.domain.ids import ulid
from gatehouse.domain.log_archive import Segment
from gatehouse.domain.roles import Role
from gatehouse.store import archive as archiving
from gatehouse.store import entries as rows
from gatehouse.store import log, log_reading, segments
from gatehouse.store.dynamo import DynamoStore
from gatehouse.usecases.changes import LostRace
from gatehouse.usecases.stored import LogQuery
from tests.store.test_log import FULL
from tests.store.test_log_orders import NAMES, USERS, counted, matching
from tests.support.archive import CountedObjects, H, months_of, move, start_of, store_on, walk
from tests.support.meanwhile import just_before
from tests.support.people import GUEST, NOW, an_activity, numbered, user_id
from tests.support.proof import Proof
from tests.support.trials import trials


@pytest.fixture
def objects(any_table: str) -> CountedObjects:
    return CountedObjects()


@pytest.fixture
def store(any_table: str, objects: CountedObjects, monkeypatch: pytest.MonkeyPatch) -> DynamoStore:
    monkeypatch.setattr(archiving, "PAUSE", 0)
    return store_on(any_table, objects)


def some_entry(number: int, dice: random.Random) -> Activity:
    chosen = {name: dice.choice([None, *known]) for name, known in NAMES.items()}
    actor = Actor("user", "Sam", chosen.pop("user_id"), home_account_id=GUEST.account_id)
    return an_activity(
        number,
        # Some at one moment, some months without any.
        NOW - timedelta(days=dice.randrange(160), hours=dice.randrange(2)),
        actor=actor,
        category=dice.choice([Category.DECISION, Category.ACTIVITY]),
        outcome=dice.choice([Outcome.ALLOWED, Outcome.DENIED]),
        **chosen,
    )


def go_on(store: DynamoStore, entries: list[Activity], dice: random.Random) -> None:
    """Let any month move on by a segment, or lose from the table what it has moved."""
    month = dice.choice(months_of(entries))
    if dice.random() < 0.7:
        move(store, month, dice.choice([1, 3, 10]))
    else:
        for segment in list(store.archive.segments_of(H, month)):
            if dice.random() < 0.7:
                store.archive.clear(segment)


def test_every_page_is_the_same_however_far_months_are_archived(
    store: DynamoStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    dice = random.Random(7)
    entries = [some_entry(number, dice) for number in range(150)]
    store.log.record(entries)
    for round_ in range(trials(900, 18)):
        go_on(store, entries, dice)
        monkeypatch.setattr(log, "_READ", dice.choice([9, 40, 2_000]))
        monkeypatch.setattr(log, "_CHUNK", dice.choice([5, 13, 200]))
        monkeypatch.setattr(log, "_PROBE", dice.choice([1, 20]))
        monkeypatch.setattr(log_reading, "GETS", dice.choice([1, 3, 24]))
        monkeypatch.setattr(segments, "_BLOCK", dice.choice([1, 3, 100]))
        filters: dict[str, Any] = {
            name: dice.choice(known) for name, known in NAMES.items() if dice.random() < 0.4
        }
        if dice.random() < 0.3:
            filters["outcome"] = Outcome.DENIED
        query = LogQuery(
            NOW - timedelta(days=dice.randrange(180)),
            NOW - timedelta(days=dice.randrange(-1, 60)),
            **filters,
        )
        if query.since > query.until:
            continue
        limit = dice.choice([4, 11, 50])
        assert list(walk(store, query, limit)) == matching(entries, query), (round_, query, limit)


def test_what_no_archive_can_have_is_not_asked_about(moto_table: str) -> None:
    store = store_on(moto_table, CountedObjects(), lambda: NOW)
    store.log.record([an_activity()])
    for days, queries in ((30, 2), (57, 3), (59, 4)):  # a month each, and the borders
        with counted(store) as looked_at:
            store.log.page(H, LogQuery(NOW - timedelta(days=days), NOW), None, 50)
        assert len(looked_at) == queries, days


def test_an_entry_is_read_back_from_the_archive_as_it_was_recorded(store: DynamoStore) -> None:
    bare = an_activity(2, NOW - timedelta(milliseconds=1), actor=Actor("system", "Gatehouse"))
    key = replace(FULL.actor, type="api_key", api_key_id="key_x", api_key_secret=2)
    other = replace(FULL, activity_id="a:1", actor=key, resource=None)
    store.log.record([FULL, bare, other])
    segment = move(store, "2026-11", 10)
    assert segment
    assert store.archive.clear(segment) == 3
    page = store.log.page(H, LogQuery(NOW - timedelta(days=1), NOW), None, 9)
    assert set(map(repr, page.items)) == {repr(FULL), repr(bare), repr(other)}


def test_zcat_shows_a_segment_line_by_line_the_oldest_first(
    store: DynamoStore, objects: CountedObjects, tmp_path: Any
) -> None:
    entries = [an_activity(number, NOW + timedelta(seconds=number)) for number in range(250)]
    store.log.record(entries)
    assert move(store, "2026-11", 1_000)
    (name,) = [name for name in objects.all() if name.endswith(".jsonl.gz")]
    assert name.startswith(f"{H}/2026-11/")
    file = tmp_path / "segment.jsonl.gz"
    file.write_bytes(objects.all()[name])
    shown = subprocess.run(["gzip", "-dc", file], capture_output=True, check=True).stdout
    assert [json.loads(line) for line in shown.splitlines()] == [one.as_json() for one in entries]
    for content in objects.all().values():
        gzip.decompress(content)


def test_what_the_table_no_longer_has_is_answered_as_before(store: DynamoStore) -> None:
    dice = random.Random(3)
    entries = [some_entry(number, dice) for number in range(60)]
    store.log.record(entries)
    everything = LogQuery(NOW - timedelta(days=200), NOW + timedelta(days=1))
    for month in months_of(entries):
        segment = move(store, month, 1_000)
        assert segment
        store.archive.clear(segment)
        assert not store.archive.in_the_table(H, month, None, 1)
        assert not move(store, month, 1_000)
    assert list(walk(store, everything, 7)) == matching(entries, everything)


def a_month(count: int) -> list[Activity]:
    dice = random.Random(11)
    return [
        an_activity(
            number,
            start_of("2026-01") + timedelta(seconds=number),
            actor=Actor("user", "Sam", dice.choice(USERS)),
            connection_id=dice.choice(NAMES["connection_id"]),
            organization_id=numbered("org", dice.choice([1, 1, *range(2, 20)])),
            guest_account_id=dice.choice(NAMES["guest_account_id"]),
        )
        for number in range(count)
    ]


@pytest.mark.parametrize("name", [*NAMES, "nothing"])
def test_a_page_of_the_archive_reads_what_it_shows(
    ministack_table: str, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    objects = CountedObjects()
    store = store_on(ministack_table, objects)
    monkeypatch.setattr(archiving, "PAUSE", 0)
    entries = a_month(1_200)
    store.log.record(entries)
    for _ in range(3):
        segment = move(store, "2026-01", 400)
        assert segment
        store.archive.clear(segment)
    # The whole of a segment is read back in ten reads, however many ids it has.
    assert objects.gets == 3 * 10
    objects.gets = 0
    read: list[bytes] = []
    real = segments.entry_of

    def entry_of(account_id: str, line: bytes) -> Activity:
        read.append(line)
        return real(account_id, line)

    monkeypatch.setattr(segments, "entry_of", entry_of)
    filters: Any = {} if name == "nothing" else {name: NAMES[name][0]}
    query = LogQuery(start_of("2026-01"), NOW, **filters)
    shown, pages, after = 0, 0, None
    while pages == 0 or after is not None:
        page = store.log.page(H, query, after, 50)
        shown, pages, after = shown + len(page.items), pages + 1, page.after
    assert shown == len(matching(entries, query)) >= 10
    assert len(read) <= 1.2 * shown
    # An index and one or two times some blocks that stand together, of each segment that is reached.
    assert objects.gets <= 3 * (pages + 3)


def test_somebody_rare_is_not_looked_for_in_files_that_do_not_have_them(
    ministack_table: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    objects = CountedObjects()
    store = store_on(ministack_table, objects)
    rare = user_id(77)
    entries = [
        replace(one, actor=Actor("user", "Rare", rare)) if number == 5 else one
        for number, one in enumerate(a_month(400))
    ]
    store.log.record(entries)
    for _ in range(40):
        assert move(store, "2026-01", 10)
    query = LogQuery(start_of("2026-01"), NOW, user_id=rare)
    page = store.log.page(H, query, None, 50)
    assert [one.activity_id for one in page.items] == [entries[5].activity_id]
    assert page.after is None
    assert objects.gets <= 5


def test_a_file_that_is_not_what_was_put_there_is_an_error_and_never_a_gap(
    store: DynamoStore, objects: CountedObjects
) -> None:
    entries = a_month(30)
    store.log.record(entries)
    segment = move(store, "2026-01", 100)
    assert segment
    named: list[dict[str, Any]] = [{}, *({name: known[0]} for name, known in NAMES.items())]
    queries = [LogQuery(start_of("2026-01"), NOW, **one) for one in named]

    def are_errors() -> int:
        errors = 0
        for query in queries:
            try:
                assert list(walk(store, query, 50)) == matching(entries, query)
            except ArchiveDamaged:
                errors += 1
        return errors

    assert are_errors() == 0
    for name, content in objects.all().items():
        of_time = name.endswith(".jsonl.gz")
        broken = bytearray(content)
        broken[3 if of_time else -5] ^= 1
        for now in (bytes(broken), content[:3] + content[4:], content[:1], None):
            objects.put(name, now) if now else objects.delete(name)
            assert are_errors() == 1 if of_time else are_errors() >= 1, now
            if of_time or now is None:
                with pytest.raises(ArchiveDamaged):
                    store.archive.clear(segment)
        objects.put(name, content)
    assert are_errors() == 0
    assert len(store.archive.in_the_table(H, "2026-01", None, 100)) == 30


def test_what_only_the_table_has_is_never_deleted(store: DynamoStore) -> None:
    entries = a_month(30)
    store.log.record(entries)
    segment = move(store, "2026-01", 100)
    assert segment
    store.log.record([replace(entries[3], activity_id="another")])
    with pytest.raises(ArchiveDamaged):
        store.archive.clear(segment)
    assert len(store.archive.in_the_table(H, "2026-01", None, 100)) == 31


def redacted(entry: Activity) -> Activity:
    return replace(entry, actor=replace(entry.actor, name="erased", user_id=None))


def test_a_segment_is_rewritten_whole_and_its_old_files_are_gone(
    store: DynamoStore, objects: CountedObjects
) -> None:
    entries = a_month(30)
    store.log.record(entries)
    segment = move(store, "2026-01", 100)
    assert segment
    store.archive.clear(segment)
    new = store.archive.rewrite(segment, redacted)
    assert new.name != segment.name
    assert {name.partition(".")[0] for name in objects.all()} == {new.name}
    assert not any(b"Sam" in gzip.decompress(content) for content in objects.all().values())
    query = LogQuery(start_of("2026-01"), NOW)
    changed = [redacted(entry) for entry in entries]
    page = store.log.page(H, query, None, 50)
    assert list(page.items) == changed[::-1]
    assert list(walk(store, replace(query, user_id=USERS[0]), 9)) == []
    # Nothing to change is nothing to write.
    assert store.archive.rewrite(segment, redacted) == new
    with pytest.raises(ValueError, match="stays where it is"):
        store.archive.rewrite(segment, lambda entry: replace(entry, activity_id="b"))


def test_what_was_changed_in_the_table_meanwhile_is_changed_in_the_segment(
    store: DynamoStore,
) -> None:
    entries = a_month(30)
    store.log.record(entries)
    segment = move(store, "2026-01", 100)
    assert segment
    store.log.record([redacted(entries[3])])
    store.archive.clear(segment)
    page = store.log.page(H, LogQuery(start_of("2026-01"), NOW), None, 50)
    assert [one for one in page.items if one.actor.name == "erased"] == [redacted(entries[3])]
    assert len(page.items) == 30


def test_a_copy_read_before_a_segment_was_rewritten_does_not_come_back(
    store: DynamoStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    entries = a_month(30)
    store.log.record(entries)
    segment = move(store, "2026-01", 100)
    assert segment
    store.log.record(
        [replace(entries[3], ip_address="192.0.2.99")]
    )  # so that there is something to bring
    check = archiving.DynamoArchive._check_copies

    def and_somebody_is_erased(archive: Any, of: Segment, activities: Any) -> None:
        check(archive, of, activities)
        archive.rewrite(of, redacted)

    monkeypatch.setattr(archiving.DynamoArchive, "_check_copies", and_somebody_is_erased)
    with pytest.raises(LostRace):
        store.archive.clear(segment)
    (now,) = store.archive.segments_of(H, "2026-01")
    assert list(store.archive.read(now)) == [redacted(entry) for entry in entries]


def test_somebody_who_is_nowhere_is_looked_for_page_by_page(
    store: DynamoStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.log.record(a_month(40))
    for _ in range(10):
        assert move(store, "2026-01", 4)
    monkeypatch.setattr(log_reading, "SEGMENTS", 3)
    query = LogQuery(start_of("2026-01"), NOW, user_id=user_id(77))
    page = store.log.page(H, query, None, 50)
    assert page.after is not None
    assert page.scanned_to > query.since
    assert list(walk(store, query, 50)) == []


def test_a_page_that_meets_a_segment_just_rewritten_reads_the_new_one(
    store: DynamoStore, objects: CountedObjects, monkeypatch: pytest.MonkeyPatch
) -> None:
    entries = a_month(30)
    store.log.record(entries)
    segment = move(store, "2026-01", 100)
    assert segment
    real = store.archive.index
    done: list[bool] = []

    def index(*what: Any) -> Any:
        if not done:
            done.append(True)
            store.archive.rewrite(segment, redacted)
        return real(*what)

    monkeypatch.setattr(store.archive, "index", index)
    page = store.log.page(H, LogQuery(start_of("2026-01"), NOW), None, 50)
    assert [one.actor.name for one in page.items] == ["erased"] * 30


def test_files_that_do_not_answer_are_an_error_and_never_a_gap(
    store: DynamoStore, objects: CountedObjects, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.log.record(a_month(30))
    assert move(store, "2026-01", 100)
    monkeypatch.setattr(objects, "_bucket", "no-such-bucket-here")
    with pytest.raises(FilesUnavailable):
        store.log.page(H, LogQuery(start_of("2026-01"), NOW), None, 50)


def test_files_that_nobody_names_are_found_and_taken_away(
    store: DynamoStore, objects: CountedObjects
) -> None:
    store.log.record(a_month(30))
    assert move(store, "2026-01", 100)
    kept = objects.all()
    store.archive.write(H, "2026-01", a_month(30))  # and nobody commits it
    assert store.archive.tidy(H, "2026-01") == 2
    assert objects.all() == kept


def test_files_that_are_about_to_be_named_are_not_taken_away(
    store: DynamoStore, objects: CountedObjects, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.log.record(a_month(30))
    segment = move(store, "2026-01", 100)
    assert segment
    taken: list[int] = []

    def tidy() -> None:
        taken.append(store.archive.tidy(H, "2026-01"))

    for call in (1, 2, 3):  # naming the new files, putting them in place, forgetting the old ones
        agent = str(call)
        with monkeypatch.context() as patch:
            just_before(patch, store.archive, "_save", tidy, call)
            changed = store.archive.rewrite(segment, partial(replace, user_agent=agent))
        assert {entry.user_agent for entry in store.archive.read(changed)} == {agent}
        assert len(objects.all()) == 2
    assert taken == [0, 0, 0]


def of_a_busy_host(count: int) -> list[Activity]:
    """Return decisions on 120 people of five guests, in 500 organizations, with real-looking ids."""
    dice = random.Random(5)
    time = start_of("2026-01")

    def id_of(kind: str, moment: datetime = time) -> str:
        return f"{kind}_{ulid(moment, dice.getrandbits(79))}"

    guests = [(f"acc_{dice.getrandbits(80):016x}"[:20], id_of("con")) for _ in range(5)]
    people = [
        (id_of("usr"), f"Sam Ito {n}", f"203.0.113.{n}", *dice.choice(guests)) for n in range(120)
    ]
    organizations = [id_of("org") for _ in range(500)]
    found = []
    for _ in range(count):
        time += timedelta(milliseconds=dice.randrange(1, 9_000))
        who, name, address, guest, connection = dice.choice(people)
        found.append(
            an_activity(
                time=time,
                action=dice.choice(["view", "edit", "create"]),
                reason="allowed",
                actor=Actor("user", name, who, None, guest, Role.MANAGER, Role.EDITOR),
                connection_id=connection,
                guest_account_id=guest,
                organization_id=dice.choice(organizations),
                resource=Resource("password", str(dice.randrange(10**6))),
                ip_address=address,
                user_agent="Mozilla/5.0 (X11; Linux x86_64) Chrome/142.0 Safari/537.36",
            )
        )
        found[-1] = replace(found[-1], activity_id=id_of("act", time))
    return found


def test_an_archived_entry_takes_a_tenth_of_what_it_took_in_the_table(proof: Proof) -> None:
    activities = of_a_busy_host(5_000)
    packed = segments.packed(activities)
    in_the_table = sum(
        len(name) + len(str(*value.values()))
        for entry in activities
        for name, value in rows.activity_row(entry).serialize().items()
    )
    lines, copies = (len(file) / 5_000 for file in (packed.lines, packed.copies))
    assert lines < 100
    assert lines + copies < 5 * in_the_table / 5_000 / 10
    proof.record(
        f"bytes of an entry: {in_the_table / 5_000:.0f} in the table and in each of four indexes; "
        f"{lines:.0f} in the lines of a segment, {copies:.0f} in its four sorted copies and indexes",
        5_000,
        "entries",
        "less than a tenth",
    )


@pytest.mark.parametrize("filters", [{}, {"guest_account_id": GUEST.account_id}])
def test_a_page_goes_by_the_borders_it_read_first(
    store: DynamoStore, monkeypatch: pytest.MonkeyPatch, filters: dict[str, Any]
) -> None:
    activities = [
        an_activity(
            number, start_of(month) + timedelta(hours=number), guest_account_id=GUEST.account_id
        )
        for number, month in enumerate(["2026-01"] * 9 + ["2026-02"] * 9)
    ]
    store.log.record(activities)
    assert move(store, "2026-02", 100)
    assert move(store, "2026-01", 3)
    query = LogQuery(start_of("2026-01"), NOW, **filters)
    for call in (2, 3, 4):  # the first one reads the borders
        with monkeypatch.context() as patch:
            just_before(patch, store._table, "query", lambda: move(store, "2026-01", 2), call)
            assert list(walk(store, query, 50)) == matching(activities, query)
    assert list(walk(store, query, 4)) == matching(activities, query)
