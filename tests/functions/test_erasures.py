"""Erasures: what is a person's own leaves the log of one account; entries and ids stay."""

import json
from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any

import pytest

from gatehouse.domain.job import Job, JobKind
from gatehouse.usecases.changes import Save
from gatehouse.usecases.erase import SETTLED
from tests.support.api import Reply
from tests.support.cleanup import run_cleanup
from tests.support.exports import exported
from tests.support.jobs import Jobs
from tests.support.world import Company, World

TRACES = ("Paula",)
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


@pytest.fixture
def continuum(world: World, acme: Company) -> Company:
    people = {"administrator": "administrator", "nora": "administrator", "paula": "manager"}
    return world.company("continuum", people)


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


def furnish(world: World, acme: Company, continuum: Company) -> str:
    """Let Paula, whom continuum employs, leave all the traces in acme's log that a guest can."""
    connection = str(world.connect(acme, continuum)["connection_id"])
    paula, ada = continuum.users["paula"], world.token(acme)
    rule = f"/connections/{connection}/rules/{paula}"
    terms = {"denied": False, "maximum_role": "editor", "all_organizations": True}
    assert world.api("PUT", rule, terms, token=ada).status == 200
    alder = acme.organizations["Alder"]
    context = {"ip_address": ADDRESS, "user_agent": AGENT}
    world.decide(acme, paula, "view", alder, context=context)
    world.decide(acme, paula, "restore", alder, context=context)
    report = {
        "user_id": paula,
        "action": "view",
        "organization_id": alder,
        "resource": {"type": "password", "id": "7", "name": "Router"},
        "ip_address": ADDRESS,
        "user_agent": AGENT,
    }
    profile = {**report, "resource": {"type": "profile", "id": paula, "name": "Paula Planted"}}
    for one in (report, profile):
        assert world.api("POST", "/activities", one, token=acme.key).status == 201
    there = f"/accessible-accounts/{acme.account_id}/organizations"
    token = world.token(continuum, "paula")
    assert world.api("GET", there, token=token, headers=HERS, ip=ADDRESS).status == 200
    assert world.api("DELETE", rule, token=ada).status == 204
    return connection


def test_a_guest_leaves_the_hosts_log_and_the_entries_stay(
    world: World, jobs: Jobs, acme: Company, continuum: Company
) -> None:
    connection = furnish(world, acme, continuum)
    before = world.log(acme)
    assert all(one in json.dumps(before) for one in (*TRACES, AGENT, ADDRESS))
    paula = continuum.users["paula"]
    found = erased(world, jobs, acme, paula)
    stored = json.dumps(list(stored_log(world, acme)))
    assert [one for one in (*TRACES, AGENT, ADDRESS) if one in stored] == []
    after = [e for e in world.log(acme) if not e["action"].startswith("erasure.")]
    concerned = [e for e in after if e["erased"]]
    assert len(concerned) == found["entries"] == 7
    assert {e["erased"]["erasure_id"] for e in concerned} == {found["erasure_id"]}
    for old, new in zip(before, after, strict=True):
        assert stripped(old) == stripped(new)
        if not new["erased"]:
            assert old == new
    # By the id everything is still found: in the log, and by her own company.
    by_her = world.log(acme, f"&user_id={paula}")
    assert len(by_her) == 5
    assert {e["actor"]["name"] for e in by_her} == {None}
    assert "Router" in json.dumps(by_her)
    theirs = f"/incoming-connections/{connection}/activities"
    seen = world.api("GET", theirs, token=world.token(continuum)).json["items"]
    assert [e["actor"]["name"] for e in seen if e["actor"]["user_id"] == paula] == [None] * 5


def stripped(entry: Mapping[str, Any]) -> dict[str, Any]:
    """Return what of an entry is nobody's own."""
    resource = entry["resource"] and {**entry["resource"], "name": None}
    personal = {"ip_address", "user_agent", "erased"}
    kept = {name: value for name, value in entry.items() if name not in personal}
    return {**kept, "actor": {**entry["actor"], "name": None}, "resource": resource}


def leave(world: World, acme: Company) -> str:
    """Let Erin be renamed, moved, given a group and taken one, sign in, and be deleted."""
    ada, erin = world.token(acme), acme.users["erin"]
    for change in (
        {"name": "Erin Planted", "email": "planted@acme.test"},
        {"role": "creator", "organization_ids": [acme.organizations["Birch"]]},
    ):
        assert world.api("PATCH", f"/users/{erin}", change, token=ada).status == 200
    member = f"/groups/{acme.groups['Level 1']}/members/{erin}"
    for method in ("DELETE", "PUT"):
        assert world.api(method, member, token=ada).status == 204
    assert world.api("POST", f"/users/{erin}/invitation", token=ada).status in {200, 409}
    assert world.api("DELETE", f"/users/{erin}", token=ada).status == 204
    return erin


def test_who_was_deleted_leaves_their_own_companys_log(
    world: World, jobs: Jobs, acme: Company
) -> None:
    erin = leave(world, acme)
    before = world.log(acme)
    assert "Planted" in json.dumps(before)
    assert "planted@" in json.dumps(before)
    erased(world, jobs, acme, erin)
    stored = json.dumps(list(stored_log(world, acme)))
    assert not [one for one in ("Planted", "planted@", "Erin", "erin@") if one in stored]
    changed = next(e for e in world.log(acme) if "email" in e["changes"])
    # That the address changed stays to be seen, and what else changed.
    assert changed["changes"]["email"] == [None, None]
    role = next(e for e in world.log(acme) if "role" in e["changes"])
    assert role["changes"]["role"] == ["editor", "creator"]
    assert "Administrator" in {e["actor"]["name"] for e in world.log(acme)}


def test_what_a_person_wrote_leaves_the_log_of_their_company_alone(
    world: World, jobs: Jobs, acme: Company, continuum: Company
) -> None:
    made = world.invite(acme, continuum).json["connection_id"]
    wrote = {"reason": "Planted words"}
    answer = f"/incoming-connections/{made}/decline"
    assert world.api("POST", answer, wrote, token=world.token(continuum, "nora")).status == 200
    nora = continuum.users["nora"]
    boss = world.token(continuum)
    assert world.api("DELETE", f"/users/{nora}", token=boss).status == 204
    erased(world, jobs, continuum, nora)
    assert "Planted words" not in json.dumps(list(stored_log(world, continuum)))
    # In the host's log they stand without a person, so that nobody's id finds them.
    assert "Planted words" in json.dumps(list(stored_log(world, acme)))
    (declined,) = world.log(acme, "&action=connection.declined")
    assert declined["actor"]["user_id"] is None


@pytest.mark.parametrize("status", ["active", "deactivated"])
def test_who_is_still_a_user_is_not_erased(
    world: World, jobs: Jobs, acme: Company, status: str
) -> None:
    erin, ada = acme.users["erin"], world.token(acme)
    assert world.api("PATCH", f"/users/{erin}", {"status": status}, token=ada).status == 200
    before = world.dump()
    refused = erase(world, acme, erin)
    assert (refused.status, refused.slug) == (409, "still-here")
    assert "Delete them first" in refused.json["detail"]
    assert world.dump() == before
    assert jobs.queued() == []


@pytest.mark.parametrize("user_id", ["", "erin", "act_00000000000000000000000000", "usr_x_y"])
def test_what_is_no_users_id_is_refused(
    world: World, jobs: Jobs, acme: Company, user_id: str
) -> None:
    refused = erase(world, acme, user_id)
    assert refused.status in {400, 422}
    assert refused.json["errors"][0]["pointer"] == "/user_id"


def test_whether_somebody_elses_user_exists_is_not_told(
    world: World, jobs: Jobs, acme: Company, continuum: Company
) -> None:
    there = continuum.users["paula"]
    nobody = f"{there[:-26]}{0:026}"
    shown = []
    for user_id in (there, nobody):
        asked = erase(world, acme, user_id)
        found = finish(world, jobs, acme, asked.json["erasure_id"])
        assert (found["state"], found["entries"]) == ("done", 0)
        shown.append({**asked.json, "user_id": 0, "erasure_id": 0, "created_at": 0})
    assert shown[0] == shown[1]
    user = world.api("GET", f"/users/{there}", token=world.token(continuum)).json
    assert user["name"] == "Paula"


def test_a_guest_erases_nothing_in_the_hosts_log(
    world: World, jobs: Jobs, acme: Company, continuum: Company
) -> None:
    furnish(world, acme, continuum)
    before = list(stored_log(world, acme))
    paula = continuum.users["paula"]
    boss = world.token(continuum)
    assert world.api("DELETE", f"/users/{paula}", token=boss).status == 204
    erased(world, jobs, continuum, paula)
    assert list(stored_log(world, acme)) == before


def test_twice_is_the_same_as_once(
    world: World, jobs: Jobs, acme: Company, continuum: Company
) -> None:
    furnish(world, acme, continuum)
    first = erased(world, jobs, acme, continuum.users["paula"])
    entries = [e for e in world.log(acme) if e["erased"]]
    again = erased(world, jobs, acme, continuum.users["paula"])
    assert (first["entries"], again["entries"]) == (7, 0)
    assert [e for e in world.log(acme) if e["erased"]] == entries


def test_asked_twice_under_one_key_is_asked_once(
    world: World, jobs: Jobs, acme: Company, continuum: Company
) -> None:
    paula, key = continuum.users["paula"], {"idempotency-key": "1"}
    replies = [erase(world, acme, paula, **key) for _ in range(2)]
    assert replies[0].json == replies[1].json
    assert replies[1].headers["idempotency-replayed"] == "true"
    assert len(world.log(acme, "&action=erasure.requested")) == 1


def test_the_erasure_itself_is_on_the_record_without_the_name(
    world: World, jobs: Jobs, acme: Company, continuum: Company
) -> None:
    furnish(world, acme, continuum)
    paula = continuum.users["paula"]
    found = erased(world, jobs, acme, paula)
    finished, requested = world.log(acme)[:2]
    assert finished["action"] == "erasure.finished"
    assert finished["changes"] == {"user_id": [None, paula], "entries": [None, 7]}
    assert requested["action"] == "erasure.requested"
    assert requested["actor"]["name"] == "Administrator"
    assert requested["resource"]["id"] == finished["resource"]["id"] == found["erasure_id"]
    job = [i for i in world.dump() if i["sk"]["S"] == found["erasure_id"]]
    assert len(job) == 1
    assert "Paula" not in json.dumps([job, finished, requested])


def test_what_was_being_written_meanwhile_is_erased_too(
    world: World, jobs: Jobs, acme: Company, continuum: Company
) -> None:
    furnish(world, acme, continuum)
    paula = continuum.users["paula"]
    asked = erase(world, acme, paula)
    jobs.run()
    # Decided before it was asked for, on the record only now: behind where the job has been.
    (late,) = [e for e in stored_log(world, acme) if e["action"]["S"] == "restore"]
    late = {**late, "actor_name": {"S": "Paula"}, "ip_address": {"S": ADDRESS}}
    table = world.ports.store._table  # type: ignore[attr-defined]  # the raw table
    table.connection.put_item(table.name, late["pk"]["S"], late["sk"]["S"], attributes=late)
    shown = world.api("GET", f"{PATH}/{asked.json['erasure_id']}", token=world.token(acme)).json
    assert (shown["state"], shown["entries"]) == ("waiting", 7)
    found = finish(world, jobs, acme, asked.json["erasure_id"])
    assert (found["state"], found["entries"]) == ("done", 8)
    assert ADDRESS not in json.dumps(list(stored_log(world, acme)))


def test_one_erasure_runs_at_a_time(
    world: World, jobs: Jobs, acme: Company, continuum: Company
) -> None:
    paula = continuum.users["paula"]
    first = erase(world, acme, paula)
    assert first.status == 202
    before = world.dump()
    refused = erase(world, acme, continuum.users["nora"])
    assert (refused.status, refused.slug) == (409, "erasure-running")
    assert first.json["erasure_id"] in refused.json["detail"]
    assert world.dump() == before
    finish(world, jobs, acme, first.json["erasure_id"])
    assert erase(world, acme, continuum.users["nora"]).status == 202


@pytest.mark.parametrize(("begun", "state"), [(-1, "waiting"), (10, "done")])
def test_a_month_on_its_way_is_waited_for_if_it_was_begun_before_the_table_was_gone_through(
    world: World, jobs: Jobs, acme: Company, continuum: Company, begun: int, state: str
) -> None:
    asked = erase(world, acme, continuum.users["paula"]).json["erasure_id"]
    moment = world.clock.now() + timedelta(minutes=begun)
    moving = Job(acme.account_id, "arc_1", JobKind.ARCHIVE, "schedule", moment, {})
    world.ports.store.commit(Save(moving))
    for _ in range(3):  # it looks again every hour
        assert finish(world, jobs, acme, asked)["state"] == state
        world.clock.advance(hours=1)
    world.ports.store.commit(Save(moving.finished(world.clock.now()), moving))
    assert finish(world, jobs, acme, asked)["state"] == "done"


def test_an_account_asks_for_twenty_erasures_an_hour(
    world: World, jobs: Jobs, acme: Company, continuum: Company
) -> None:
    for _ in range(20):
        asked = erase(world, acme, continuum.users["paula"])
        assert asked.status == 202, asked
        job = world.ports.store.jobs.get(acme.account_id, asked.json["erasure_id"])
        assert job
        world.ports.store.commit(Save(job.finished(world.clock.now()), job))
    refused = erase(world, acme, continuum.users["paula"])
    assert refused.status == 429
    assert 0 < int(refused.headers["retry-after"]) <= 3_600


def test_an_archive_made_afterwards_has_no_trace(
    world: World, jobs: Jobs, acme: Company, continuum: Company
) -> None:
    connection = furnish(world, acme, continuum)
    erased(world, jobs, acme, continuum.users["paula"])
    token = world.token(acme)
    ended = world.api("POST", f"/connections/{connection}/revoke", token=token)
    assert ended.status == 200
    archive = exported(world, jobs, acme)
    for name in ("activities.csv", "activities.jsonl"):
        text = archive.read(name).decode()
        assert [one for one in (*TRACES, AGENT, ADDRESS) if one in text] == []
        assert continuum.users["paula"] in text


def test_an_erasure_of_another_account_is_not_there(
    world: World, jobs: Jobs, acme: Company, continuum: Company
) -> None:
    theirs = erase(world, continuum, acme.users["erin"]).json["erasure_id"]
    token = world.token(acme)
    assert world.api("GET", f"{PATH}/{theirs}", token=token).status == 404
    export = world.api("POST", "/exports", token=token).json["export_id"]
    assert world.api("GET", f"{PATH}/{export}", token=token).status == 404
