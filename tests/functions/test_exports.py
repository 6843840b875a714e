"""Exports: everything an account has, as one archive, for its Administrators and nobody else."""

import csv
import io
import json

import pytest

from gatehouse.usecases import pack
from gatehouse.usecases.kinds import KINDS
from tests.support.cleanup import run_cleanup
from tests.support.exports import archive_at, exported, lines, request, shown, stored, table
from tests.support.jobs import Jobs
from tests.support.world import Company, World


@pytest.fixture
def jobs(world: World) -> Jobs:
    return Jobs(world)


@pytest.fixture
def acme(world: World, jobs: Jobs) -> Company:
    return world.company(
        "acme",
        {"administrator": "administrator", "max": "manager", "erin": "editor"},
        organizations=["Alder", "Birch", "Cedar"],
        groups={"Level 1": ["Alder", "Birch"], "Level 2": []},
        members={"Level 1": ["max", "erin"], "Level 2": ["erin"]},
    )


@pytest.fixture
def continuum(world: World, acme: Company) -> Company:
    return world.company("continuum", {"administrator": "administrator", "paula": "editor"})


def furnish(world: World, acme: Company, continuum: Company) -> None:
    """Let everything that an account can have be there."""
    token = world.token(acme)
    connection = world.connect(
        acme,
        continuum,
        organization_ids=[acme.organizations["Alder"]],
        all_organizations=False,
        group_ids=[acme.groups["Level 1"]],
        message="=1+1",
    )
    rule = f"/connections/{connection['connection_id']}/rules/{continuum.users['paula']}"
    assert world.api("PUT", rule, {"denied": True}, token=token).status == 200
    contact = {"name": "Bea", "email": "billing@acme.test", "postal_address": "-1 Main Street"}
    assert world.api("PUT", "/account/billing-contact", contact, token=token).status == 200
    world.invite(continuum, acme)
    initech = world.company("initech", {"administrator": "administrator"})
    settings = {
        "mapped_actions": {"print": "editor"},
        "mapped_resource_types": {"password": "client"},
        "ip_allow_list": ["192.0.2.0/24", "2001:db8::/32"],
    }
    assert world.api("PATCH", "/account", settings, token=token).status == 200
    parent = acme.organizations["Alder"]
    child = {"name": '=HYPERLINK("https://evil.example")', "parent_id": parent}
    assert world.api("POST", "/organizations", child, token=token).status == 201
    direct = {"organization_ids": [acme.organizations["Cedar"]]}
    assert world.api("PATCH", f"/users/{acme.users['erin']}", direct, token=token).status == 200
    assert world.invite(initech, acme).status == 201
    blocked = f"/blocked-hosts/{initech.account_id}"
    assert world.api("PUT", blocked, token=token).status == 200
    world.decide(acme, continuum.users["paula"], "view", parent)


API = {
    "users": "/users",
    "groups": "/groups",
    "organizations": "/organizations",
    "connections": "/connections",
    "incoming-connections": "/incoming-connections",
    "blocked-hosts": "/blocked-hosts",
    "api-keys": "/api-keys",
    "activities": "/activities",
}


def test_each_kind_is_what_the_api_answers_an_administrator(
    world: World, jobs: Jobs, acme: Company, continuum: Company
) -> None:
    furnish(world, acme, continuum)
    token = world.token(acme)
    ones = {
        kind: world.api("GET", path, token=token).json
        for kind, path in {
            "account": "/account",
            "plan": "/account/plan",
            "billing-contact": "/account/billing-contact",
        }.items()
    }
    answers = {
        kind: world.api("GET", f"{path}?limit=200", token=token).json["items"]
        for kind, path in API.items()
    }
    active = next(c for c in answers["connections"] if c["state"] == "active")
    rules = f"/connections/{active['connection_id']}/rules"
    answers["rules"] = world.api("GET", rules, token=token).json["items"]
    archive = exported(world, jobs, acme)
    for kind, items in {**answers, **{kind: [one] for kind, one in ones.items()}}.items():
        assert items, kind
        found = lines(archive, kind)
        if kind == "activities":
            assert found.pop(0)["action"] == "export.requested"
        same = sorted(map(json.dumps, found)) == sorted(map(json.dumps, items))
        assert same, f"usecases/columns.py and the API differ in {kind}: {found} {items}"


def test_an_archive_has_as_many_rows_as_there_are_things(
    world: World, jobs: Jobs, acme: Company, continuum: Company
) -> None:
    archive = exported(world, jobs, acme)
    manifest = json.loads(archive.read("manifest.json"))
    rows = {kind["name"]: kind["rows"] for kind in manifest["kinds"]}
    assert archive.testzip() is None
    assert rows == {
        "account": 1,
        "plan": 1,
        "billing-contact": 0,
        "users": 3,
        "groups": 2,
        "group-members": 3,
        "group-organizations": 2,
        "organizations": 3,
        "connections": 0,
        "rules": 0,
        "incoming-connections": 0,
        "blocked-hosts": 0,
        "api-keys": 1,
        "activities": len(lines(archive, "activities")),
    }
    for kind in KINDS:
        assert len(table(archive, kind.name)) == len(lines(archive, kind.name)) == rows[kind.name]
        assert [c.name for c in kind.columns] == next(
            csv.reader(io.StringIO(archive.read(f"{kind.name}.csv").decode("utf-8-sig")))
        )


def test_who_is_where_stands_line_by_line(
    world: World, jobs: Jobs, acme: Company, continuum: Company
) -> None:
    archive = exported(world, jobs, acme)
    members = {(row["group_id"], row["user_email"]) for row in table(archive, "group-members")}
    assert members == {
        (acme.groups["Level 1"], "max@acme.test"),
        (acme.groups["Level 1"], "erin@acme.test"),
        (acme.groups["Level 2"], "erin@acme.test"),
    }
    reached = {
        (row["group_id"], row["organization_name"]) for row in table(archive, "group-organizations")
    }
    assert reached == {(acme.groups["Level 1"], name) for name in ("Alder", "Birch")}


def test_what_looks_like_a_formula_is_none_in_csv_and_is_whole_in_json(
    world: World, jobs: Jobs, acme: Company
) -> None:
    name = '=HYPERLINK("https://evil.example")'
    made = world.api("POST", "/organizations", {"name": name}, token=world.token(acme))
    assert made.status == 201
    archive = exported(world, jobs, acme)
    assert any(one["name"] == name for one in lines(archive, "organizations"))
    assert any(one["name"] == name for one in table(archive, "organizations"))
    for kind in KINDS:
        text = archive.read(f"{kind.name}.csv").decode("utf-8-sig")
        for row in csv.reader(io.StringIO(text, newline=""), strict=True):
            assert not any(cell[:1] in tuple("=+-@\t\r") for cell in row if cell), row


def test_nobody_but_an_administrator_exports(
    world: World, jobs: Jobs, acme: Company, continuum: Company
) -> None:
    export_id = request(world, acme).json["export_id"]
    jobs.run()
    before = world.dump()
    for token in (world.token(acme, "max"), world.token(acme, "erin"), acme.key):
        for method, address in (
            ("POST", "/exports"),
            ("GET", "/exports"),
            ("GET", f"/exports/{export_id}"),
            ("HEAD", f"/exports/{export_id}"),
        ):
            assert world.api(method, address, token=token).status == 403, (method, address)
    for method in ("GET", "HEAD"):
        theirs = world.api(method, f"/exports/{export_id}", token=world.token(continuum))
        assert theirs.status == 404
    assert world.api("GET", "/exports", token=world.token(continuum)).json["items"] == []
    assert [i for i in world.dump() if i not in before and "#API_KEY_USE" not in i["pk"]["S"]] == []


def test_a_link_is_for_whoever_is_an_administrator_now(
    world: World, jobs: Jobs, acme: Company, continuum: Company
) -> None:
    token = world.token(acme)
    promoted = {"role": "administrator"}
    assert world.api("PATCH", f"/users/{acme.users['erin']}", promoted, token=token).status == 200
    export_id = request(world, acme).json["export_id"]
    jobs.run()
    erin, address = world.token(acme, "erin"), f"/exports/{export_id}"
    assert world.api("GET", address, token=erin).json["download_url"]
    demoted = {"role": "manager"}
    assert world.api("PATCH", f"/users/{acme.users['erin']}", demoted, token=token).status == 200
    assert world.api("GET", address, token=erin).status == 403
    assert world.api("GET", "/exports", token=erin).status == 403
    assert world.api("POST", "/exports", token=erin).status == 403


def test_every_link_is_on_the_record_and_lists_have_none(
    world: World, jobs: Jobs, acme: Company
) -> None:
    asked = request(world, acme).json
    assert (asked["state"], asked["download_url"]) == ("waiting", None)
    jobs.run()
    token = world.token(acme)
    (listed,) = world.api("GET", "/exports", token=token).json["items"]
    assert listed["download_url"] is None
    head = world.api("HEAD", f"/exports/{asked['export_id']}", token=token)
    assert head.status == 200
    assert world.log(acme, "&action=export.downloaded") == []
    for _ in range(2):
        found = shown(world, acme, asked["export_id"])
        assert {**found, "download_url": None, "download_url_expires_at": None} == listed
        assert "X-Amz-Expires=300" in found["download_url"]
    entries = world.log(acme, "&category=directory")
    assert [(e["action"], e["actor"]["type"]) for e in entries if "export" in e["action"]] == [
        ("export.downloaded", "user"),
        ("export.downloaded", "user"),
        ("export.finished", "system"),
        ("export.requested", "user"),
    ]
    assert {e["resource"]["id"] for e in entries if "export" in e["action"]} == {asked["export_id"]}


def test_an_account_has_one_export_at_a_time(
    world: World, jobs: Jobs, acme: Company, continuum: Company
) -> None:
    first = request(world, acme, **{"idempotency-key": "once"})
    assert first.status == 202
    again = request(world, acme, **{"idempotency-key": "once"})
    assert (again.status, again.json) == (202, first.json)
    second = request(world, acme)
    assert (second.status, second.slug) == (409, "export-running")
    assert first.json["export_id"] in second.json["detail"]
    assert request(world, continuum).status == 202
    assert set(jobs.run().values()) == {"done"}
    third = request(world, acme)
    assert third.status == 202
    items = world.api("GET", "/exports", token=world.token(acme)).json["items"]
    assert [one["export_id"] for one in items] == [third.json["export_id"], first.json["export_id"]]


def test_an_archive_is_deleted_after_its_time_and_its_link_with_it(
    world: World, jobs: Jobs, acme: Company
) -> None:
    export_id = request(world, acme).json["export_id"]
    jobs.run()
    found = shown(world, acme, export_id)
    (name,) = stored(jobs)
    assert name == f"{acme.account_id}/{export_id}/archive.zip"
    world.clock.advance(days=6, hours=23)
    run_cleanup()
    assert shown(world, acme, export_id)["download_url"]
    world.clock.advance(hours=1)
    over = shown(world, acme, export_id)
    assert (over["state"], over["download_url"]) == ("expired", None)
    assert over["expires_at"] == found["expires_at"]
    run_cleanup()
    assert stored(jobs) == []
    before = world.dump()
    run_cleanup()
    assert world.dump() == before


def test_an_export_goes_on_wherever_it_was_stopped(
    world: World, jobs: Jobs, acme: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = exported(world, jobs, acme)
    monkeypatch.setattr(pack, "_PAGE", 2)
    monkeypatch.setattr(pack, "_ENOUGH", 1)
    export_id = request(world, acme).json["export_id"]
    # No time at all: each call of the function does one chunk, and asks for the next.
    assert jobs.run(milliseconds=0) == {export_id: "done"}
    whole = archive_at(jobs, shown(world, acme, export_id)["download_url"])
    assert whole.testzip() is None
    for kind in KINDS:
        if kind.name != "activities":
            assert table(whole, kind.name) == table(plain, kind.name)
            assert lines(whole, kind.name) == lines(plain, kind.name)
    entries = lines(plain, "activities")
    assert lines(whole, "activities")[-len(entries) :] == entries
