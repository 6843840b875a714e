"""The log as a file: at once if it is little, for Administrators alone."""

import base64
import csv
import io
import json
import random
from datetime import timedelta
from typing import Any

import pytest

from gatehouse.config import Settings
from gatehouse.domain.activity import Activity, Actor, Category, Outcome, Resource
from gatehouse.domain.limits import Limits
from gatehouse.usecases import export_log as use_case
from gatehouse.usecases.columns import ACTIVITIES
from gatehouse.usecases.columns import shown as as_object
from tests.support.exports import (
    HOSTILE,
    at_most,
    cells_in,
    decisions,
    downloaded,
    entries_in,
    export_log,
    guest,
    host,
    log_file,
    own,
    walked,
)
from tests.support.jobs import Jobs
from tests.support.trials import trials
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


# ---- at once


def test_it_is_what_the_pages_of_the_log_show_in_both_formats(
    world: World, acme: Company, continuum: Company
) -> None:
    decisions(world, acme, continuum, 7)
    entries = walked(world, acme, limit=4)
    assert entries_in(downloaded(export_log(world, acme))) == entries
    rows = cells_in(downloaded(export_log(world, acme, "format=csv&action=view")))
    views = [entry for entry in entries if entry["action"] == "view"]
    assert list(rows[0]) == [column.name for column in ACTIVITIES]
    assert [row["activity_id"] for row in rows] == [entry["activity_id"] for entry in views]
    assert [row["actor.name"] for row in rows] == [entry["actor"]["name"] for entry in views]


def test_an_answer_is_a_file_that_nothing_keeps(world: World, acme: Company) -> None:
    for form, kind in (("csv", "text/csv; charset=utf-8"), ("jsonl", "application/jsonl")):
        headers = export_log(world, acme, f"format={form}").headers
        assert headers["content-type"] == kind
        name = f'attachment; filename="gatehouse-acme-activities-2026-11-22.{form}"'
        assert headers["content-disposition"] == name
        assert headers["cache-control"] == "no-store"
        assert headers["x-content-type-options"] == "nosniff"


def test_nothing_that_matches_is_a_file_without_entries(world: World, acme: Company) -> None:
    empty = "category=connection"
    assert downloaded(export_log(world, acme, f"format=jsonl&{empty}")) == b""
    assert cells_in(downloaded(export_log(world, acme, f"format=csv&{empty}"))) == []
    assert downloaded(export_log(world, acme, f"format=csv&{empty}")).startswith(b"\xef\xbb\xbf")


def test_it_is_on_the_record_with_filters_format_and_number(
    world: World, acme: Company, continuum: Company
) -> None:
    decisions(world, acme, continuum, 4)
    query = f"format=csv&user_id={continuum.users['paula']}&outcome=allowed"
    count = len(cells_in(downloaded(export_log(world, acme, query))))
    (entry,) = own(world, acme)
    assert entry["action"] == "log.exported"
    assert (entry["category"], entry["outcome"]) == ("directory", "done")
    assert entry["actor"]["user_id"] == acme.users["administrator"]
    assert entry["resource"] == {"type": "log", "id": acme.account_id, "name": None}
    changes = entry["changes"]
    assert changes["format"] == [None, "csv"]
    assert changes["entries"] == [None, count]
    filters = changes["filters"][1]
    assert filters["user_id"] == continuum.users["paula"]
    assert filters["outcome"] == "allowed"
    assert set(filters) == {"from", "to", "user_id", "outcome"}


def test_who_takes_gzip_gets_it_and_nobody_else(world: World, acme: Company) -> None:
    plain = export_log(world, acme)
    assert "content-encoding" not in plain.headers
    for said in ("gzip", "deflate, gzip;q=0.5", "*", "br, *;q=0.1", "GZIP"):
        packed = export_log(world, acme, **{"accept-encoding": said})
        assert packed.headers["content-encoding"] == "gzip", said
        assert packed.headers["vary"] == "Accept-Encoding"
        assert downloaded(packed).endswith(downloaded(plain))
    for said in ("", "br", "gzip;q=0", "gzip; q=0.0", "*;q=0", "gzip;q=0, *", "identity"):
        assert (
            "content-encoding" not in export_log(world, acme, **{"accept-encoding": said}).headers
        )


def test_hostile_text_is_no_formula_in_csv_and_whole_in_json(
    world: World, acme: Company, continuum: Company
) -> None:
    world.connect(acme, continuum)
    for number, text in enumerate(HOSTILE):
        resource = {"type": "password", "id": str(number), "name": text}
        body = {
            "user_id": continuum.users["paula"],
            "action": "view",
            "organization_id": acme.organizations["Alder"],
            "resource": resource,
            "user_agent": "=1+1",
        }
        made = world.api("POST", "/activities", body, token=acme.key)
        assert made.json["items"][0]["status"] == "recorded", made
    names = list(reversed(HOSTILE))
    lines = entries_in(downloaded(export_log(world, acme, "format=jsonl&category=activity")))
    assert [line["resource"]["name"] for line in lines] == names
    content = downloaded(export_log(world, acme, "format=csv&category=activity"))
    assert [row["resource.name"] for row in cells_in(content)] == names
    text = content.decode("utf-8-sig")
    for row in csv.reader(io.StringIO(text, newline=""), strict=True):
        assert not [cell for cell in row if cell[:1] in tuple("=+-@\t\r\u2212")], row


def test_secrets_are_in_no_file(
    world: World, jobs: Jobs, acme: Company, continuum: Company
) -> None:
    assert world.invite(acme, continuum).status == 201
    link = world.outbox.to(continuum.emails["administrator"]).token
    secrets = [acme.key.split("_")[-1], link]
    files = [downloaded(export_log(world, acme, f"format={form}")) for form in ("csv", "jsonl")]
    at_most(world, 1)
    files += [log_file(world, jobs, acme, f"format={form}") for form in ("csv", "jsonl")]
    for secret in secrets:
        assert not [file for file in files if secret.encode() in file]


# ---- how much is answered at once


def test_as_many_as_the_limit_are_answered_and_one_more_is_a_job(
    world: World, jobs: Jobs, acme: Company, continuum: Company
) -> None:
    decisions(world, acme, continuum, 6)
    query = "format=jsonl&category=decision"
    at_most(world, 6)
    assert len(entries_in(downloaded(export_log(world, acme, query)))) == 6
    at_most(world, 5)
    asked = export_log(world, acme, query)
    assert asked.status == 202
    assert asked.json["contents"] == "activities"
    assert (asked.json["state"], asked.json["progress"]["of"]) == ("waiting", 100)


def test_ten_thousand_entries_are_the_limit_unless_a_deployment_says_otherwise() -> None:
    assert Limits().entries_per_download == 10_000
    environment = dict.fromkeys(
        (
            *("TABLE_NAME", "AWS_REGION", "PUBLIC_BASE_URL", "MAIL_FROM", "OIDC_ISSUER"),
            *(
                "OIDC_CLIENT_ID",
                "SIGNING_KEY",
                "FILES_BUCKET",
                "EVENT_BUS",
                "TRANSFER_QUEUE_URL",
                "ARCHIVE_BUCKET",
            ),
        ),
        "x",
    )
    assert Settings.from_environment(environment).entries_per_download == 10_000
    environment["LIMIT_ENTRIES_PER_DOWNLOAD"] = "7"
    assert Settings.from_environment(environment).entries_per_download == 7


def test_what_does_not_fit_into_one_answer_is_a_job(
    world: World, jobs: Jobs, acme: Company, continuum: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    decisions(world, acme, continuum, 6)
    size = len(downloaded(export_log(world, acme, "format=jsonl&category=decision")))
    monkeypatch.setattr(use_case, "LARGEST", size)
    assert export_log(world, acme, "format=jsonl&category=decision").status == 200
    monkeypatch.setattr(use_case, "LARGEST", size - 1)
    assert export_log(world, acme, "format=jsonl&category=decision").status == 202
    packed = export_log(
        world, acme, "format=jsonl&category=decision&outcome=", **{"accept-encoding": "gzip"}
    )
    assert packed.status == 202, "asked again for the same it is the job that runs"
    other = export_log(world, acme, "format=jsonl&action=view", **{"accept-encoding": "gzip"})
    assert other.status == 200


def test_the_largest_answer_is_one_that_lambda_lets_through() -> None:
    body = len(base64.b64encode(bytes(use_case.LARGEST)))
    assert body <= 6_291_556 - 256 * 1024


def test_looking_through_many_entries_for_few_is_a_job(
    world: World, jobs: Jobs, acme: Company, continuum: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    decisions(world, acme, continuum, 9)
    monkeypatch.setattr("gatehouse.store.log._READ", 3)
    monkeypatch.setattr(use_case, "_PAGES", 2)
    assert export_log(world, acme, "format=jsonl&action=connection.invited").status == 202
    monkeypatch.setattr(use_case, "_PAGES", 20)
    found = downloaded(export_log(world, acme, "format=jsonl&action=connection.accepted"))
    assert len(entries_in(found)) == 1


def test_who_has_waited_long_enough_gets_a_job(
    world: World, jobs: Jobs, acme: Company, continuum: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    decisions(world, acme, continuum, 3)
    page = world.ports.store.log.page

    def slow(*arguments: Any) -> Any:
        world.clock.advance(seconds=use_case.PATIENCE.total_seconds())
        return page(*arguments)

    monkeypatch.setattr(world.ports.store.log, "page", slow)
    assert export_log(world, acme).status == 202


# ---- compared with a model


def an_entry(number: int, dice: random.Random, acme: Company, now: Any) -> Activity:
    return Activity(
        account_id=acme.account_id,
        activity_id=f"act_{number:026d}",
        time=now - timedelta(minutes=dice.randrange(23 * 60)),
        category=dice.choice(list(Category)),
        action=dice.choice(["view", "edit", "=cmd"]),
        outcome=dice.choice(list(Outcome)),
        actor=Actor("user", dice.choice(HOSTILE), dice.choice(list(acme.users.values()))),
        connection_id=dice.choice([None, "con_1"]),
        guest_account_id=dice.choice([None, "acc_1"]),
        organization_id=dice.choice([None, *acme.organizations.values()]),
        resource=dice.choice([None, Resource("password", None, dice.choice(HOSTILE))]),
        changes=dice.choice([{}, {"name": ("=1", ["-2", "x"])}]),
    )


CHOICES: dict[str, list[str]] = {
    "guest_account_id": ["acc_1"],
    "action": ["view", "edit", "%3Dcmd"],
    "connection_id": ["con_1"],
    "outcome": [one.value for one in Outcome],
    "category": [one.value for one in Category],
    "from": ["2026-11-21T20:00:00Z"],
    "to": ["2026-11-22T04:00:00Z"],
}


def test_for_any_filters_a_file_is_the_walk_through_the_pages(
    world: World, jobs: Jobs, acme: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    dice = random.Random(11)
    account = world.ports.store.accounts.get(acme.account_id)
    assert account
    world.ports.store.log.record(
        [an_entry(number, dice, acme, account.created_at) for number in range(60)]
    )
    users, organizations = list(acme.users.values()), list(acme.organizations.values())
    choices = {**CHOICES, "user_id": users, "organization_id": organizations}
    for _ in range(trials(100, least=4)):
        names = dice.sample(sorted(choices), dice.randrange(4))
        query = "".join(f"&{name}={dice.choice(choices[name])}" for name in names)
        expected = walked(world, acme, query)
        # What a file before this one wrote of itself is in the next one too.
        for form, found_in in (("jsonl", entries_in), ("csv", cells_in)):
            at_once = found_in(downloaded(export_log(world, acme, f"format={form}{query}")))
            with monkeypatch.context() as hurried:
                hurried.setattr(use_case, "PATIENCE", timedelta(0))
                by_job = found_in(log_file(world, jobs, acme, f"format={form}{query}"))
            for found in (at_once, by_job):
                ids = [entry["activity_id"] for entry in found]
                assert ids[len(ids) - len(expected) :] == [e["activity_id"] for e in expected]
                fresh = found[: len(ids) - len(expected)]
                assert {entry["action"].partition(".")[0] for entry in fresh} <= {"log"}
            if form == "jsonl":
                assert at_once[-len(expected) :] == expected or not expected


def test_the_description_of_an_entry_is_one(world: World, acme: Company) -> None:
    dice = random.Random(3)
    for number in range(50):
        entry = an_entry(number, dice, acme, world.clock.now())
        assert json.loads(json.dumps(as_object(ACTIVITIES, entry))) == entry.as_json() | {
            "resource": entry.as_json()["resource"]
            if any((entry.as_json()["resource"] or {}).values())
            else None
        }
