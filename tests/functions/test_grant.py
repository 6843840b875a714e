"""Reading and replacing what a connection grants: whole, at one instant, by who read it last."""

from typing import Any

import pytest

from tests.support.api import Reply
from tests.support.world import Company, World


@pytest.fixture
def acme(world: World) -> Company:
    return world.company(
        "acme",
        {"administrator": "administrator"},
        organizations=["Alder", "Birch", "Cedar"],
        groups={"Level 1": ["Alder"], "Empty": []},
    )


@pytest.fixture
def continuum(world: World) -> Company:
    return world.company("continuum", {"administrator": "administrator", "editor": "editor"})


@pytest.fixture
def connection(world: World, acme: Company, continuum: Company) -> dict[str, Any]:
    return world.connect(
        acme,
        continuum,
        all_organizations=False,
        organization_ids=[acme.organizations["Alder"], acme.organizations["Birch"]],
    )


def put(
    world: World, host: Company, connection: dict[str, Any], etag: str | None = None, **terms: Any
) -> Reply:
    body = {
        "maximum_role": "editor",
        "group_ids": [],
        "organization_ids": [],
        "all_organizations": False,
        **terms,
    }
    sent = {} if etag is None else {"if-match": etag}
    address = f"/connections/{connection['connection_id']}/grant"
    return world.api("PUT", address, body, token=world.token(host), headers=sent)


def reached(world: World, acme: Company, continuum: Company) -> set[str]:
    return {
        name
        for name, organization_id in acme.organizations.items()
        if world.may(acme, continuum.users["editor"], "view", organization_id)
    }


def test_the_next_decision_knows_the_new_grant_only(
    world: World, acme: Company, continuum: Company, connection: dict[str, Any]
) -> None:
    assert reached(world, acme, continuum) == {"Alder", "Birch"}
    changed = put(
        world,
        acme,
        connection,
        connection["etag"],
        group_ids=[acme.groups["Level 1"]],
        organization_ids=[acme.organizations["Cedar"]],
    )
    assert changed.status == 200, changed
    assert changed.json["group_ids"] == [acme.groups["Level 1"]]
    assert changed.json["organization_ids"] == [acme.organizations["Cedar"]]
    assert changed.json["etag"] != connection["etag"]
    assert reached(world, acme, continuum) == {"Alder", "Cedar"}

    everything = put(world, acme, connection, changed.json["etag"], all_organizations=True)
    assert everything.status == 200
    assert reached(world, acme, continuum) == {"Alder", "Birch", "Cedar"}
    nothing_more = put(
        world,
        acme,
        connection,
        everything.json["etag"],
        organization_ids=[acme.organizations["Birch"]],
    )
    assert nothing_more.status == 200
    assert reached(world, acme, continuum) == {"Birch"}


def test_a_lower_maximum_role_holds_at_the_next_decision(
    world: World, acme: Company, continuum: Company, connection: dict[str, Any]
) -> None:
    alder = acme.organizations["Alder"]
    assert world.may(acme, continuum.users["editor"], "delete", alder)
    same = {"organization_ids": connection["organization_ids"], "maximum_role": "creator"}
    assert put(world, acme, connection, connection["etag"], **same).status == 200
    answer = world.decide(acme, continuum.users["editor"], "delete", alder)
    assert answer["context"]["reason"] == "role_too_low"
    assert answer["context"]["effective_role"] == "creator"
    assert reached(world, acme, continuum) == {"Alder", "Birch"}


def test_an_edit_names_the_version_that_was_read(
    world: World, acme: Company, connection: dict[str, Any]
) -> None:
    before = world.dump()
    missing = put(world, acme, connection, None, all_organizations=True)
    assert (missing.status, missing.slug) == (428, "etag-missing")
    stale = put(world, acme, connection, '"1"', all_organizations=True)
    assert (stale.status, stale.slug) == (412, "etag-stale")
    assert world.dump() == before
    quoted = put(world, acme, connection, f'"{connection["etag"]}"', all_organizations=True)
    assert quoted.status == 200
    unquoted = put(world, acme, connection, quoted.json["etag"], all_organizations=True)
    assert unquoted.status == 200


def test_accepting_makes_what_the_host_read_stale(world: World, acme: Company) -> None:
    fresh = world.company("fresh", {"administrator": "administrator"})
    invited = world.invite(acme, fresh).json
    accept = f"/incoming-connections/{invited['connection_id']}/accept"
    assert world.api("POST", accept, token=world.token(fresh)).status == 200
    assert put(world, acme, invited, invited["etag"], all_organizations=True).status == 412


@pytest.mark.parametrize(
    ("terms", "status", "pointer"),
    [
        ({"maximum_role": "lite", "all_organizations": True}, 422, "/maximum_role"),
        ({}, 422, "/organization_ids"),
        ({"group_ids": ["Empty"]}, 422, "/organization_ids"),
        ({"group_ids": ["grp_00000000000000000000000000"]}, 422, "/group_ids"),
        ({"organization_ids": ["org_00000000000000000000000000"]}, 422, "/organization_ids"),
        ({"group_ids": "all"}, 400, "/group_ids"),
        ({"guest_subdomain": "other"}, 400, "/guest_subdomain"),
    ],
)
def test_terms_that_cannot_be_change_nothing(
    world: World,
    acme: Company,
    connection: dict[str, Any],
    terms: dict[str, Any],
    status: int,
    pointer: str,
) -> None:
    if terms.get("group_ids") == ["Empty"]:
        terms = {"group_ids": [acme.groups["Empty"]]}
    before = world.dump()
    refused = put(world, acme, connection, connection["etag"], **terms)
    assert refused.status == status, refused
    assert refused.json["errors"][0]["pointer"] == pointer
    assert world.dump() == before


def test_a_replacement_is_whole_so_every_field_is_required(
    world: World, acme: Company, connection: dict[str, Any]
) -> None:
    address = f"/connections/{connection['connection_id']}/grant"
    refused = world.api(
        "PUT",
        address,
        {"maximum_role": "editor"},
        token=world.token(acme),
        headers={"if-match": connection["etag"]},
    )
    assert refused.status == 422, refused
    assert {error["pointer"] for error in refused.json["errors"]} == {
        "/group_ids",
        "/organization_ids",
        "/all_organizations",
    }


def test_the_offer_can_be_edited_while_it_waits(world: World, acme: Company) -> None:
    fresh = world.company("fresh", {"administrator": "administrator"})
    invited = world.invite(acme, fresh).json
    edited = put(
        world,
        acme,
        invited,
        invited["etag"],
        maximum_role="read_only",
        organization_ids=[acme.organizations["Cedar"]],
    )
    assert (edited.status, edited.json["state"]) == (200, "pending"), edited
    link = world.outbox.to("administrator@fresh.test").token
    shown = world.api("GET", f"/invitations/{link}", headers={"accept": "application/json"}).json
    assert (shown["maximum_role"], shown["organization_count"]) == ("read_only", 1)
    assert shown["all_organizations"] is False


def test_the_log_has_before_and_after_on_both_sides(
    world: World, acme: Company, continuum: Company, connection: dict[str, Any]
) -> None:
    put(
        world,
        acme,
        connection,
        connection["etag"],
        maximum_role="manager",
        group_ids=[acme.groups["Level 1"]],
        organization_ids=[acme.organizations["Birch"]],
    )
    for company in (acme, continuum):
        (entry,) = world.log(company, "&action=connection.edited")
        assert entry["changes"] == {
            "maximum_role": ["editor", "manager"],
            "group_ids": [[], [acme.groups["Level 1"]]],
            "organization_ids": [
                sorted([acme.organizations["Alder"], acme.organizations["Birch"]]),
                [acme.organizations["Birch"]],
            ],
        }


def test_what_is_over_is_read_but_not_edited(
    world: World, acme: Company, connection: dict[str, Any]
) -> None:
    address = f"/connections/{connection['connection_id']}"
    ended = world.api("POST", f"{address}/revoke", token=world.token(acme)).json
    refused = put(world, acme, connection, ended["etag"], all_organizations=True)
    assert (refused.status, refused.slug) == (409, "illegal-state-step")
    grant = world.api("GET", f"{address}/grant", token=world.token(acme)).json
    assert grant["organization_ids"] == connection["organization_ids"]
