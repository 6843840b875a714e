"""One AuthZEN evaluation: its reasons in order, what it says, and what makes it malformed."""

from typing import Any

import pytest

from tests.support.api import Reply
from tests.support.world import Company, World

NOBODY = "0000000000"


@pytest.fixture
def acme(world: World) -> Company:
    return world.company(
        "acme",
        organizations=["Alder", "Birch"],
        groups={"Level 1": ["Alder"]},
        members={"Level 1": ["editor", "lite"]},
    )


@pytest.fixture
def continuum(world: World) -> Company:
    return world.company(
        "continuum",
        {"administrator": "administrator", "creator": "creator", "lite": "lite", "gone": "lite"},
    )


def question(
    user_id: Any = "", action: Any = "view", organization_id: Any = "", **more: Any
) -> dict[str, Any]:
    return {
        "subject": {"type": "user", "id": user_id},
        "action": {"name": action},
        "resource": {"type": "organization", "id": organization_id},
        **more,
    }


def ask(world: World, acme: Company, body: Any, **more: Any) -> Reply:
    return world.api("POST", "/access/v1/evaluation", body, token=acme.key, **more)


def test_the_first_reason_that_applies_is_the_reason(
    world: World, acme: Company, continuum: Company
) -> None:
    alder, birch = acme.organizations["Alder"], acme.organizations["Birch"]
    nowhere = "org_00000000000000000000000000"
    world.connect(acme, continuum, all_organizations=False, group_ids=[acme.groups["Level 1"]])
    pending = world.company("pending", {"administrator": "administrator"})
    world.invite(acme, pending)
    stranger = world.company("stranger", {"administrator": "administrator"})
    gone = f"/users/{continuum.users['gone']}"
    off = {"status": "deactivated"}
    assert world.api("PATCH", gone, off, token=world.token(continuum)).status == 200
    creator = continuum.users["creator"]
    ladder = [
        (stranger.users["administrator"], "export", nowhere, "action_never_delegated"),
        (creator, "manage_users", birch, "action_never_delegated"),
        (stranger.users["administrator"], "dance", nowhere, "action_unknown"),
        (creator, "View", alder, "action_unknown"),
        (creator, "", alder, "action_unknown"),
        (stranger.users["administrator"], "view", nowhere, "unknown_subject"),
        (stranger.users["administrator"][:-10] + NOBODY, "view", alder, "unknown_subject"),
        (creator[:-10] + NOBODY, "view", nowhere, "unknown_subject"),
        (acme.users["editor"][:-10] + NOBODY, "view", alder, "unknown_subject"),
        (continuum.emails["creator"], "view", alder, "unknown_subject"),
        ("", "view", alder, "unknown_subject"),
        (pending.users["administrator"], "restore", nowhere, "connection_not_active"),
        (pending.users["administrator"][:-10] + NOBODY, "view", alder, "connection_not_active"),
        (continuum.users["gone"], "restore", nowhere, "subject_inactive"),
        (continuum.users["lite"], "restore", nowhere, "role_not_admitted"),
        (acme.users["lite"], "view", alder, "role_not_admitted"),
        (creator, "restore", nowhere, "unknown_resource"),
        (creator, "restore", "", "unknown_resource"),
        (creator, "restore", birch, "organization_not_granted"),
        (acme.users["editor"], "restore", birch, "organization_not_granted"),
        (creator, "delete", alder, "role_too_low"),
        (acme.users["editor"], "restore", alder, "role_too_low"),
        (creator, "edit", alder, "allowed"),
        (acme.users["editor"], "delete", alder, "allowed"),
        (acme.users["administrator"], "restore", birch, "allowed"),
    ]
    for user_id, action, organization_id, reason in ladder:
        reply = ask(world, acme, question(user_id, action, organization_id))
        assert reply.status == 200, reply
        context = reply.json["context"]
        assert (reply.json["decision"], context["reason"]) == (reason == "allowed", reason), (
            user_id,
            action,
        )
        hidden = ladder.index((user_id, action, organization_id, reason)) < 13
        assert (context["own_role"] is None) is hidden
        assert (context["effective_role"] is None) is hidden
        is_guest = user_id in continuum.users.values() and not hidden
        assert (context["maximum_role"] == "editor") is is_guest
        assert (context["connection_id"] is not None) is is_guest
        assert (context["via"] is not None) is (reason == "allowed")


def test_an_answer_says_everything_that_the_contract_names(
    world: World, acme: Company, continuum: Company
) -> None:
    connection = world.connect(acme, continuum)
    alder = acme.organizations["Alder"]
    context = ask(world, acme, question(continuum.users["administrator"], "view", alder)).json[
        "context"
    ]
    assert {name: context[name] for name in context if name != "activity_id"} == {
        "reason": "allowed",
        "own_role": "administrator",
        "maximum_role": "editor",
        "effective_role": "editor",
        "capped": True,
        "via": "all",
        "connection_id": connection["connection_id"],
    }
    own = ask(world, acme, question(acme.users["editor"], "view", alder)).json["context"]
    assert own == {
        "reason": "allowed",
        "own_role": "editor",
        "maximum_role": None,
        "effective_role": "editor",
        "capped": False,
        "via": f"group:{acme.groups['Level 1']}",
        "connection_id": None,
        "activity_id": None,
    }


def test_a_resource_of_any_type_names_its_organization(
    world: World, acme: Company, continuum: Company
) -> None:
    world.connect(acme, continuum)
    creator = continuum.users["creator"]
    for resource, reason in (
        ({"properties": {"organization_id": acme.organizations["Alder"]}}, "allowed"),
        ({"properties": {"organization_id": "org_nowhere"}}, "unknown_resource"),
        ({"properties": {"organization_id": 7}}, "unknown_resource"),
        ({"properties": {}}, "unknown_resource"),
        ({}, "unknown_resource"),
        ({"id": acme.organizations["Alder"]}, "unknown_resource"),
    ):
        password = {"type": "password", "id": "7", **resource}
        reply = ask(world, acme, question(creator, resource=password))
        assert (reply.status, reply.json["context"]["reason"]) == (200, reason), resource


def test_another_tenants_organization_is_no_resource(
    world: World, acme: Company, continuum: Company
) -> None:
    world.connect(acme, continuum)
    yew = world.api("POST", "/organizations", {"name": "Yew"}, token=world.token(continuum)).json
    administrator = continuum.users["administrator"]
    reply = ask(world, acme, question(administrator, "view", yew["organization_id"]))
    assert reply.json["context"]["reason"] == "unknown_resource"


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"subject": None}, "/subject"),
        ({"subject": {"type": "user", "id": "x" * 257}}, "/subject/id"),
        ({"action": {"name": "view\u202e"}}, "/action/name"),
        ({"resource": {"type": "organization\n", "id": "org_1"}}, "/resource/type"),
        ({"subject": "user"}, "/subject"),
        ({"subject": {"type": "user"}}, "/subject/id"),
        ({"subject": {"id": "usr"}}, "/subject/type"),
        ({"subject": {"type": 1, "id": "usr"}}, "/subject/type"),
        ({"subject": {"type": "user", "id": "usr", "properties": []}}, "/subject/properties"),
        ({"action": []}, "/action"),
        ({"action": {}}, "/action/name"),
        ({"action": {"name": None}}, "/action/name"),
        ({"action": {"name": "view", "properties": "x"}}, "/action/properties"),
        ({"resource": {"type": "organization"}}, "/resource/id"),
        ({"resource": {"type": "organization", "id": {}}}, "/resource/id"),
        ({"resource": {"type": "a", "id": "b", "properties": 1}}, "/resource/properties"),
        ({"context": "now"}, "/context"),
        ({"context": None}, "/context"),
    ],
)
def test_a_field_of_the_wrong_type_or_shape_is_a_malformed_request(
    world: World, acme: Company, change: dict[str, Any], pointer: str
) -> None:
    before = world.dump()
    for address in ("/access/v1/evaluation", "/access/v1/evaluations"):
        body = {**question("usr"), **change}
        refused = world.api("POST", address, body, token=acme.key)
        assert refused.status == 400, (address, refused)
        assert "decision" not in refused.json
        assert refused.json["errors"][0]["pointer"] == pointer
    assert but_uses(world.dump()) == but_uses(before)


def test_a_missing_field_is_a_malformed_request(world: World, acme: Company) -> None:
    for name in ("subject", "action", "resource"):
        body = question("usr")
        del body[name]
        refused = ask(world, acme, body)
        assert (refused.status, refused.json["errors"][0]["pointer"]) == (400, f"/{name}")


def test_unknown_fields_are_ignored_and_context_is_optional(world: World, acme: Company) -> None:
    alder = acme.organizations["Alder"]
    body = question(acme.users["editor"], "view", alder, options={"x": 1}, colour="red")
    body["subject"]["colour"] = "red"
    body["context"] = {"colour": "red", "time": "2026-11-22T10:00:00Z"}
    assert ask(world, acme, body).json["decision"] is True
    assert ask(world, acme, question(acme.users["editor"], "view", alder)).json["decision"] is True


@pytest.mark.parametrize(
    ("kind", "statuses"),
    [
        ("application/json", {200}),
        ("application/json; charset=utf-8", {200}),
        ("Application/JSON;charset=UTF-8", {200}),
        ("application/json; charset=latin-1", {400, 415}),
        ("text/plain", {400, 415}),
        ("application/x-www-form-urlencoded", {400, 415}),
        ("", {400, 415}),
    ],
)
def test_json_in_utf8_is_what_is_read(
    world: World, acme: Company, kind: str, statuses: set[int]
) -> None:
    body = question(acme.users["editor"], "view", acme.organizations["Alder"])
    assert ask(world, acme, body, headers={"content-type": kind}).status in statuses


@pytest.mark.parametrize("body", ["", "{", "[]", "null", '"text"', '{"a":1,"a":2}', '{"a":NaN}'])
def test_what_is_no_json_object_is_malformed(world: World, acme: Company, body: str) -> None:
    for address in ("/access/v1/evaluation", "/access/v1/evaluations"):
        refused = world.api("POST", address, body, token=acme.key)
        assert (refused.status, refused.slug) == (400, "malformed-request"), (address, body)


def test_credentials_come_before_the_question(world: World, acme: Company) -> None:
    for body in ("{", "[]", question()):
        for address in ("/access/v1/evaluation", "/access/v1/evaluations"):
            assert world.api("POST", address, body).status == 401
            assert world.api("POST", address, body, token="gh_nonsense").status == 401


def test_the_configuration_names_the_endpoints(world: World) -> None:
    reply = world.api("GET", "/.well-known/authzen-configuration")
    assert reply.json["policy_decision_point"] == "https://gatehouse.test"
    assert reply.json["access_evaluation_endpoint"].endswith("/access/v1/evaluation")
    assert reply.json["access_evaluations_endpoint"].endswith("/access/v1/evaluations")


def but_uses(items: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Leave out when keys were used, which every request notes."""
    return [item for item in items if "#API_KEY_USE" not in item["pk"]["S"]]
