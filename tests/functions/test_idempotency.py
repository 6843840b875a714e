"""Idempotency-Key: the first answer again, once done, for a day, to the same caller."""

from typing import Any

import pytest

from gatehouse.store.table import Key
from tests.support.api import Reply
from tests.support.meanwhile import just_before
from tests.support.world import Company, World


@pytest.fixture
def acme(world: World) -> Company:
    return world.company(
        "acme",
        {"administrator": "administrator", "zoe": "administrator", "manager": "manager"},
        organizations=["Alder"],
        groups={"Level 1": []},
    )


def once(
    world: World, who: Company, method: str, address: str, body: Any = None, key: str = "key-1"
) -> Reply:
    return world.api(
        method, address, body, token=world.token(who), headers={"idempotency-key": key}
    )


def test_a_repeat_gets_the_first_answer_and_does_nothing(world: World, acme: Company) -> None:
    world.company("continuum", {"administrator": "administrator"})
    body = {
        "guest_subdomain": "continuum",
        "maximum_role": "editor",
        "all_organizations": True,
    }
    first = once(world, acme, "POST", "/connections", body)
    assert first.status == 201, first
    mails, before = len(world.outbox.mails), world.dump()
    again = once(world, acme, "POST", "/connections", body)
    assert (again.status, again.json) == (201, first.json)
    assert again.headers["idempotency-replayed"] == "true"
    assert len(world.outbox.mails) == mails
    assert world.dump() == before


def test_another_body_under_the_same_key_is_refused(world: World, acme: Company) -> None:
    once(world, acme, "POST", "/organizations", {"name": "Birch"})
    before = world.dump()
    refused = once(world, acme, "POST", "/organizations", {"name": "Cedar"})
    assert (refused.status, refused.slug) == (422, "idempotency-key-reused")
    assert world.dump() == before


def test_a_key_is_good_for_one_route_and_one_caller(world: World, acme: Company) -> None:
    body = {"name": "Birch"}
    organization = once(world, acme, "POST", "/organizations", body)
    group = once(world, acme, "POST", "/groups", body)
    assert (organization.status, group.status) == (201, 201)
    other = world.api(
        "POST",
        "/groups",
        body,
        token=world.token(acme, "zoe"),
        headers={"idempotency-key": "key-1"},
    )
    assert other.status == 201
    assert other.json["group_id"] != group.json["group_id"]


def test_it_is_kept_for_a_day(world: World, acme: Company) -> None:
    first = once(world, acme, "POST", "/groups", {"name": "Birch"})
    world.clock.advance(hours=23, minutes=59)
    assert once(world, acme, "POST", "/groups", {"name": "Birch"}).json == first.json
    world.clock.advance(minutes=1)
    later = once(world, acme, "POST", "/groups", {"name": "Cedar"})
    assert later.status == 201
    assert later.json["group_id"] != first.json["group_id"]


def test_a_secret_is_shown_once_and_kept_nowhere(world: World, acme: Company) -> None:
    body = {"name": "Documentation", "scopes": ["authorize"]}
    first = once(world, acme, "POST", "/api-keys", body)
    secret = first.json["secret"]
    again = once(world, acme, "POST", "/api-keys", body)
    assert again.status == 201
    assert not again.json.get("secret")
    assert {**again.json, "secret": secret} == first.json
    assert secret.rsplit("_", 1)[1] not in str(world.dump())


@pytest.mark.parametrize("what", ["create", "revoke"])
def test_of_two_that_come_at_once_one_is_done_and_both_get_its_answer(
    world: World, acme: Company, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    address, body = "/organizations", {"name": "Birch"}
    if what == "revoke":
        continuum = world.company("continuum", {"administrator": "administrator"})
        address = f"/connections/{world.invite(acme, continuum).json['connection_id']}/revoke"
        body = {}
    answers: list[Reply] = []
    just_before(
        monkeypatch,
        world.ports.store,
        "commit",
        lambda: answers.append(once(world, acme, "POST", address, body)),
    )
    late = once(world, acme, "POST", address, body)
    (first,) = answers
    assert (late.status, late.json) == (first.status, first.json)
    assert late.headers["idempotency-replayed"] == "true"
    assert "idempotency-replayed" not in first.headers
    listed = world.api("GET", "/organizations", token=world.token(acme)).json["items"]
    assert [one["name"] for one in listed].count("Birch") == (what == "create")


def test_of_two_that_come_at_once_none_is_done_twice_though_the_first_answer_is_lost(
    world: World, acme: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    def first() -> None:
        assert once(world, acme, "POST", "/organizations", {"name": "Birch"}).status == 201
        table = world.ports.store._table  # type: ignore[attr-defined]  # the raw table
        keys = [(item["pk"]["S"], item["sk"]["S"]) for item in world.dump()]
        gone = [Key(*key) for key in keys if key[0].endswith("#RECEIPT")]
        just_before(
            monkeypatch, world.ports.store, "receipt", lambda: [table.delete(key) for key in gone]
        )

    just_before(monkeypatch, world.ports.store, "commit", first)
    late = once(world, acme, "POST", "/organizations", {"name": "Birch"})
    assert (late.status, late.slug) == (409, "contended")
    listed = world.api("GET", "/organizations", token=world.token(acme)).json["items"]
    assert sorted(one["name"] for one in listed) == ["Alder", "Birch"]


def test_only_what_succeeded_is_kept(world: World, acme: Company) -> None:
    missing = "/organizations/org_00000000000000000000000000"
    assert once(world, acme, "DELETE", missing).status == 404
    body = {"guest_subdomain": "continuum", "maximum_role": "editor", "all_organizations": True}
    assert once(world, acme, "POST", "/connections", body).status == 422
    world.company("continuum", {"administrator": "administrator"})
    assert once(world, acme, "POST", "/connections", body).status == 201


def test_the_caller_is_authorised_again_before_anything_is_answered(
    world: World, acme: Company
) -> None:
    token = world.token(acme, "zoe")
    headers = {"idempotency-key": "key-1"}
    body = {"name": "Documentation", "scopes": ["authorize"]}
    assert world.api("POST", "/api-keys", body, token=token, headers=headers).status == 201
    world.api("PATCH", f"/users/{acme.users['zoe']}", {"role": "manager"}, token=world.token(acme))
    assert world.api("POST", "/api-keys", body, token=token, headers=headers).status == 403


@pytest.mark.parametrize("step", ["accept", "decline", "leave", "revoke"])
def test_a_repeated_step_answers_as_it_did(world: World, acme: Company, step: str) -> None:
    continuum = world.company("continuum", {"administrator": "administrator"})
    connection_id = world.invite(acme, continuum).json["connection_id"]
    if step == "leave":
        accept = f"/incoming-connections/{connection_id}/accept"
        world.api("POST", accept, token=world.token(continuum))
    who, path = (acme, "connections") if step == "revoke" else (continuum, "incoming-connections")
    first = once(world, who, "POST", f"/{path}/{connection_id}/{step}")
    assert first.status == 200, first
    before = world.dump()
    again = once(world, who, "POST", f"/{path}/{connection_id}/{step}")
    assert (again.status, again.json) == (200, first.json)
    assert world.dump() == before


def test_a_repeat_of_what_changed_nothing_changes_nothing_later_either(
    world: World, acme: Company
) -> None:
    group, manager = acme.groups["Level 1"], acme.users["manager"]
    for address in (
        f"/groups/{group}/members/{manager}",
        f"/groups/{group}/organizations/{acme.organizations['Alder']}",
    ):
        assert once(world, acme, "PUT", address, key="first").status == 204
        assert once(world, acme, "PUT", address, key="second").status == 204
        assert world.api("DELETE", address, token=world.token(acme)).status == 204
        late = once(world, acme, "PUT", address, key="second")
        assert (late.status, late.text) == (204, "")
    members = world.api("GET", f"/groups/{group}/members", token=world.token(acme)).json
    organizations = world.api("GET", f"/groups/{group}/organizations", token=world.token(acme))
    assert members["items"] == organizations.json["items"] == []


def test_reported_activities_are_recorded_once_under_a_key(world: World, acme: Company) -> None:
    entry = {
        "user_id": acme.users["manager"],
        "action": "view",
        "organization_id": acme.organizations["Alder"],
        "resource": {"type": "password", "id": "7", "name": "Router"},
    }
    headers = {"idempotency-key": "key-1"}
    body = {"activities": [entry, entry]}
    first = world.api("POST", "/activities", body, token=acme.key, headers=headers)
    assert first.status == 201, first
    again = world.api("POST", "/activities", body, token=acme.key, headers=headers)
    assert again.json == first.json
    assert len(world.log(acme, "&category=activity")) == 2


@pytest.mark.parametrize("key", ["", "two words", "é", "x" * 256])
def test_a_key_is_printable_and_of_limited_length(world: World, acme: Company, key: str) -> None:
    refused = once(world, acme, "POST", "/groups", {"name": "Birch"}, key)
    assert (refused.status, refused.slug) == (400, "malformed-request")
