"""What deleting would change is said before, and is what then changes."""

from typing import Any

import pytest

from tests.support.world import Company, World


@pytest.fixture
def acme(world: World) -> Company:
    return world.company(
        "acme",
        organizations=["Alder", "Birch", "Cedar"],
        groups={"Level 1": ["Alder", "Birch"], "Level 2": ["Birch", "Cedar"]},
        members={
            "Level 1": ["manager", "editor", "creator", "lite"],
            "Level 2": ["editor", "read_only"],
        },
    )


@pytest.fixture
def continuum(world: World) -> Company:
    return world.company("continuum")


def affected(world: World, acme: Company, address: str, token: str | None = None) -> Any:
    reply = world.api("GET", f"{address}/affected", token=token or world.token(acme))
    assert reply.status == 200, reply
    return reply.json


def reached(world: World, host: Company, people: Company) -> dict[str, set[str]]:
    """Return what each of a company's people may view in the host, by name."""
    return {
        name: {
            organization
            for organization, organization_id in host.organizations.items()
            if world.may(host, user_id, "view", organization_id)
        }
        for name, user_id in people.users.items()
    }


def test_what_a_group_alone_gives_is_what_its_deletion_takes(
    world: World, acme: Company, continuum: Company
) -> None:
    level_1, level_2 = acme.groups.values()
    terms = {"all_organizations": False, "group_ids": [level_1, level_2]}
    both = world.connect(acme, continuum, **terms)
    only = world.invite(
        acme, world.company("initech"), all_organizations=False, group_ids=[level_1]
    )
    world.connect(acme, world.company("umbra"))
    told = affected(world, acme, f"/groups/{level_1}")

    assert (told["people"], told["organizations"], told["whole"]) == (3, 2, True)
    assert [
        (one["connection_id"], one["state"], one["organizations"], one["nothing_left"])
        for one in told["connections"]
    ] == [
        (both["connection_id"], "active", 1, False),
        (only.json["connection_id"], "pending", 2, True),
    ]
    before = {one.subdomain: reached(world, acme, one) for one in (acme, continuum)}
    deleted = world.api("DELETE", f"/groups/{level_1}", token=world.token(acme))
    assert deleted.status == 204
    lost = {one.subdomain: reached(world, acme, one) for one in (acme, continuum)}
    fewer = {
        subdomain: {
            name: reach - lost[subdomain][name]
            for name, reach in people.items()
            if reach != lost[subdomain][name]
        }
        for subdomain, people in before.items()
    }
    assert fewer["acme"].keys() == {"manager", "editor", "creator"}
    assert fewer["continuum"].keys() == continuum.users.keys() - {"lite"}
    assert all(names == {"Alder"} for names in fewer["continuum"].values())


def test_who_reaches_an_organization_is_who_loses_it(
    world: World, acme: Company, continuum: Company
) -> None:
    birch = acme.organizations["Birch"]
    terms = {"all_organizations": False, "organization_ids": [birch]}
    connection = world.connect(acme, continuum, **terms)
    cedar = {"all_organizations": False, "organization_ids": [acme.organizations["Cedar"]]}
    world.connect(acme, world.company("initech"), **cedar)
    told = affected(world, acme, f"/organizations/{birch}")

    reaching = [name for name, names in reached(world, acme, acme).items() if "Birch" in names]
    assert (told["people"], told["whole"]) == (len(reaching), True) == (5, True)
    (loss,) = told["connections"]
    assert loss["connection_id"] == connection["connection_id"]
    assert loss["guest_account"]["subdomain"] == "continuum"
    assert (loss["organizations"], loss["nothing_left"]) == (1, True)


def test_rules_for_single_people_and_denied_types_are_counted_too(
    world: World, acme: Company, continuum: Company
) -> None:
    level_1, token = acme.groups["Level 1"], world.token(acme)
    terms = {"all_organizations": False, "organization_ids": [acme.organizations["Cedar"]]}
    connection = world.connect(acme, continuum, **terms)["connection_id"]
    rule = {"denied": False, "maximum_role": "creator", "group_ids": [level_1]}
    address = f"/connections/{connection}/rules/{continuum.users['editor']}"
    assert world.api("PUT", address, rule, token=token).status == 200
    denied = {"denied_resource_types": {"password": [level_1]}}
    assert world.api("PATCH", "/account", denied, token=token).status == 200

    told = affected(world, acme, f"/groups/{level_1}")
    assert told["denied_resource_types"] == ["password"]
    (loss,) = told["connections"]
    assert (loss["organizations"], loss["people_with_rules"]) == (0, 1)
    assert loss["nothing_left"] is False
    (loss,) = affected(world, acme, f"/organizations/{acme.organizations['Alder']}")["connections"]
    assert (loss["organizations"], loss["people_with_rules"]) == (0, 1)


def test_managers_and_keys_are_told_of_no_connections_they_may_not_see(
    world: World, acme: Company, continuum: Company
) -> None:
    world.connect(acme, continuum)
    group, alder = (
        f"/groups/{acme.groups['Level 1']}",
        f"/organizations/{acme.organizations['Alder']}",
    )
    body = {"name": "Reader", "scopes": ["directory:read"]}
    key = world.api("POST", "/api-keys", body, token=world.token(acme)).json["secret"]
    for token in (world.token(acme, "manager"), key):
        for address in (group, alder):
            assert affected(world, acme, address, token)["connections"] is None
    assert len(affected(world, acme, alder, acme.key)["connections"]) == 1


def test_of_what_is_too_much_to_count_it_is_said_so(
    world: World, acme: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gatehouse.usecases.losing.MOST", 2)
    monkeypatch.setattr("gatehouse.usecases.losing._PAGE", 1)
    told = affected(world, acme, f"/groups/{acme.groups['Level 1']}")
    assert (told["people"], told["organizations"], told["whole"]) == (2, 2, False)
    assert affected(world, acme, f"/organizations/{acme.organizations['Alder']}")["whole"] is False
