"""Denying a resource type to the holders of groups: whatever else allows it, wherever it is."""

from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from tests.support.api import Reply
from tests.support.world import Company, World


@pytest.fixture
def acme(world: World) -> Company:
    return world.company(
        "acme",
        {"administrator": "administrator", "ada": "administrator", "max": "manager"},
        organizations=["Alder", "Birch"],
        groups={"Level 1": ["Alder"], "Level 2": ["Birch"]},
        members={"Level 1": ["ada", "max"]},
    )


@pytest.fixture
def continuum(world: World) -> Company:
    return world.company("continuum", {"administrator": "administrator", "sam": "editor"})


def deny(
    world: World, host: Company, types: Mapping[str, Sequence[str]], name: str = "administrator"
) -> Reply:
    body = {"denied_resource_types": types}
    return world.api("PATCH", "/account", body, token=world.token(host, name))


def asked(world: World, host: Company, user_id: str, kind: str, where: str) -> dict[str, Any]:
    resource: dict[str, Any] = {"type": kind, "id": "1"}
    if kind == "organization":
        resource["id"] = host.organizations[where]
    else:
        resource["properties"] = {"organization_id": host.organizations[where]}
    return world.decide(host, user_id, "view", "", resource=resource)


def test_whoever_holds_the_group_is_denied_the_type_in_every_organization(
    world: World, acme: Company, continuum: Company
) -> None:
    level_1 = acme.groups["Level 1"]
    world.connect(acme, continuum, group_ids=[level_1], all_organizations=True)
    changed = deny(world, acme, {"password": [level_1]})
    assert changed.json["denied_resource_types"] == {"password": [level_1]}
    for user_id in (continuum.users["sam"], acme.users["max"], acme.users["ada"]):
        for where in ("Alder", "Birch"):
            if (user_id, where) == (acme.users["max"], "Birch"):
                continue  # out of a Manager's reach, which is said first
            context = asked(world, acme, user_id, "password", where)["context"]
            assert (context["reason"], context["via"]) == ("resource_type_denied", None)
            assert [one["change"] for one in context["hint"]["changes"]] == ["allow_resource_type"]
        assert asked(world, acme, user_id, "document", "Alder")["decision"] is True
        assert asked(world, acme, user_id, "organization", "Alder")["decision"] is True
    assert asked(world, acme, acme.users["administrator"], "password", "Alder")["decision"] is True


def test_a_rule_for_one_person_lifts_no_denial_and_brings_those_of_its_own_groups(
    world: World, acme: Company, continuum: Company
) -> None:
    level_1, level_2 = acme.groups["Level 1"], acme.groups["Level 2"]
    made = world.connect(acme, continuum, group_ids=[level_1], all_organizations=False)
    address = f"/connections/{made['connection_id']}/rules/{continuum.users['sam']}"
    rule = {"denied": False, "maximum_role": "editor", "group_ids": [level_2]}
    assert world.api("PUT", address, rule, token=world.token(acme)).status == 200
    for types in ({"password": [level_1]}, {"password": [level_2]}):
        deny(world, acme, types)
        context = asked(world, acme, continuum.users["sam"], "password", "Birch")["context"]
        assert context["reason"] == "resource_type_denied"
    deny(world, acme, {})
    assert asked(world, acme, continuum.users["sam"], "password", "Birch")["decision"] is True


def test_searches_say_what_evaluations_say(world: World, acme: Company, continuum: Company) -> None:
    level_1 = acme.groups["Level 1"]
    world.connect(acme, continuum, group_ids=[level_1], all_organizations=False)
    deny(world, acme, {"password": [level_1]})
    people = [*acme.users.values(), *continuum.users.values()]
    resource = {
        "type": "password",
        "id": "1",
        "properties": {"organization_id": acme.organizations["Alder"]},
    }
    found = world.api(
        "POST",
        "/access/v1/search/subject",
        {"subject": {"type": "user"}, "action": {"name": "view"}, "resource": resource},
        token=acme.key,
    )
    assert [one["id"] for one in found.json["results"]] == [
        one for one in sorted(people) if asked(world, acme, one, "password", "Alder")["decision"]
    ]
    for user_id in people:
        actions = world.api(
            "POST",
            "/access/v1/search/action",
            {"subject": {"type": "user", "id": user_id}, "resource": resource},
            token=acme.key,
        )
        allowed = asked(world, acme, user_id, "password", "Alder")["decision"]
        assert bool(actions.json["results"]) is allowed


def test_a_report_of_a_denied_type_is_recorded_as_denied(
    world: World, acme: Company, continuum: Company
) -> None:
    level_1 = acme.groups["Level 1"]
    world.connect(acme, continuum, group_ids=[level_1], all_organizations=False)
    deny(world, acme, {"password": [level_1]})
    body = {
        "user_id": continuum.users["sam"],
        "action": "view",
        "organization_id": acme.organizations["Alder"],
        "resource": {"type": "password", "id": "1"},
    }
    assert world.api("POST", "/activities", body, token=acme.key).status == 201
    (entry,) = world.log(acme, "&category=activity")
    assert (entry["outcome"], entry["reason"]) == ("denied", "resource_type_denied")


def test_what_cannot_be_denied_changes_nothing(world: World, acme: Company) -> None:
    level_1 = acme.groups["Level 1"]
    before = world.dump()
    for types, status, pointer in (
        ({"organization": [level_1]}, 422, "/denied_resource_types/organization"),
        ({"password": ["grp_unknown"]}, 422, "/denied_resource_types/password"),
        ({"pass/word": [level_1]}, 400, "/denied_resource_types/pass~1word"),
        ({"password": [level_1, level_1]}, 400, "/denied_resource_types/password"),
        (
            {f"t{n}": [f"grp_{n}_{m}" for m in range(3)] for n in range(40)},
            422,
            "/denied_resource_types",
        ),
        ({f"t{n}": [] for n in range(51)}, 400, "/denied_resource_types"),
    ):
        refused = deny(world, acme, types)
        assert refused.status == status, refused
        assert refused.json["errors"][0]["pointer"].startswith(pointer)
    assert deny(world, acme, {"password": [level_1]}, "max").status == 403
    assert world.dump() == before


def test_deleting_the_group_ends_its_denials_with_it_and_both_are_in_the_log(
    world: World, acme: Company
) -> None:
    level_1, level_2 = acme.groups["Level 1"], acme.groups["Level 2"]
    deny(world, acme, {"password": [level_1, level_2], "document": [level_1]})
    token = world.token(acme)
    assert world.api("DELETE", f"/groups/{level_1}", token=token).status == 204
    account = world.api("GET", "/account", token=token).json
    assert account["denied_resource_types"] == {"password": [level_2]}
    changed, deleted = world.log(acme)[:2]
    assert {changed["action"], deleted["action"]} == {"account.changed", "group.deleted"}
    (change,) = [one["changes"] for one in (changed, deleted) if one["action"] == "account.changed"]
    assert change == {
        "denied_resource_types": [
            {"document": [level_1], "password": sorted([level_1, level_2])},
            {"password": [level_2]},
        ]
    }
