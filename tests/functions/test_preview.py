"""What a connection would mean, seen before anybody agrees: roles, people, organizations."""

from typing import Any

import pytest

from tests.support.world import Company, World

CAPPED = {
    "administrator": "creator",
    "manager": "creator",
    "editor": "creator",
    "creator": "creator",
    "read_only": "read_only",
}


@pytest.fixture
def acme(world: World) -> Company:
    return world.company(
        "acme",
        organizations=["Alder", "Birch", "Cedar", "Dogwood", "Elm"],
        groups={"Level 1": ["Alder", "Cedar", "Elm"], "Empty": []},
    )


@pytest.fixture
def continuum(world: World) -> Company:
    return world.company("continuum")


def terms(acme: Company, *organizations: str, **more: Any) -> dict[str, Any]:
    """Return the terms of an invitation: at most Creator, Level 1 and these organizations."""
    return {
        "maximum_role": "creator",
        "group_ids": [acme.groups["Level 1"]],
        "organization_ids": [acme.organizations[name] for name in organizations],
        "all_organizations": False,
        **more,
    }


def names(reply: Any) -> list[str]:
    return [one["name"] for one in reply.json["organizations"]]


def roles(reply: Any) -> dict[str, str]:
    return {one["own_role"]: one["effective_role"] for one in reply.json["roles"]}


def test_before_inviting_the_host_sees_roles_and_its_own_organizations_but_nobody(
    world: World, acme: Company, continuum: Company
) -> None:
    before = world.dump()
    invitation = {**terms(acme, "Birch", "Cedar"), "guest_subdomain": "continuum", "message": "Hi"}
    shown = world.api("POST", "/connections/preview", invitation, token=world.token(acme))
    assert shown.status == 200, shown
    assert roles(shown) == CAPPED
    assert shown.json["people"] is None
    assert sorted(names(shown)) == ["Alder", "Birch", "Cedar", "Elm"]
    assert shown.json["organization_count"] == 4
    assert shown.json["all_organizations"] is False
    assert world.dump() == before


def test_whom_an_invitation_is_for_plays_no_part_in_its_preview(
    world: World, acme: Company, continuum: Company
) -> None:
    token = world.token(acme)
    plain = world.api("POST", "/connections/preview", terms(acme, "Birch"), token=token)
    for subdomain in ("continuum", "nobody-at-all"):
        body = {**terms(acme, "Birch"), "guest_subdomain": subdomain}
        assert world.api("POST", "/connections/preview", body, token=token).json == plain.json


def test_a_preview_pages_through_each_organization_once_however_it_is_reached(
    world: World, acme: Company
) -> None:
    token = world.token(acme)
    for limit in (1, 2, 3, 4, 5):
        found: list[str] = []
        cursor = ""
        while True:
            address = f"/connections/preview?limit={limit}{cursor}"
            page = world.api("POST", address, terms(acme, "Birch", "Cedar", "Dogwood"), token=token)
            assert len(names(page)) <= limit
            assert page.json["organization_count"] == 5
            found += names(page)
            if page.json["next_cursor"] is None:
                break
            cursor = f"&cursor={page.json['next_cursor']}"
        assert found == sorted(found, key=lambda name: acme.organizations[name])
        assert sorted(found) == ["Alder", "Birch", "Cedar", "Dogwood", "Elm"]


def test_the_cursor_of_one_offer_is_not_good_for_another(world: World, acme: Company) -> None:
    token = world.token(acme)
    first = world.api(
        "POST", "/connections/preview?limit=1", terms(acme, "Birch", "Cedar"), token=token
    )
    address = f"/connections/preview?limit=1&cursor={first.json['next_cursor']}"
    assert world.api("POST", address, terms(acme, "Birch"), token=token).status == 400


def test_all_organizations_are_previewed_by_name_to_the_host_that_owns_them(
    world: World, acme: Company
) -> None:
    body = {"maximum_role": "editor", "all_organizations": True}
    shown = world.api("POST", "/connections/preview", body, token=world.token(acme))
    assert len(names(shown)) == shown.json["organization_count"] == 5
    assert shown.json["all_organizations"] is True


@pytest.mark.parametrize(
    ("changed", "pointer"),
    [
        ({"maximum_role": "lite"}, "/maximum_role"),
        ({"group_ids": ["grp_unknown"]}, "/group_ids"),
        ({"organization_ids": ["org_unknown"]}, "/organization_ids"),
        ({"group_ids": []}, "/organization_ids"),
    ],
)
def test_a_preview_refuses_the_terms_that_inviting_refuses(
    world: World, acme: Company, continuum: Company, changed: dict[str, Any], pointer: str
) -> None:
    token, body = world.token(acme), {**terms(acme), **changed}
    previewed = world.api("POST", "/connections/preview", body, token=token)
    invited = world.api(
        "POST", "/connections", {**body, "guest_subdomain": "continuum"}, token=token
    )
    assert previewed.status == invited.status == 422
    assert previewed.json["errors"][0]["pointer"] == pointer
    assert previewed.json["errors"] == invited.json["errors"]


@pytest.mark.parametrize("name", ["manager", "editor", "creator", "read_only", "lite"])
def test_nobody_but_administrators_previews(
    world: World, acme: Company, continuum: Company, name: str
) -> None:
    connection_id = world.connect(acme, continuum)["connection_id"]
    host, guest = world.token(acme, name), world.token(continuum, name)
    for reply in (
        world.api("POST", "/connections/preview", terms(acme), token=host),
        world.api("GET", f"/connections/{connection_id}/preview", token=host),
        world.api("GET", f"/incoming-connections/{connection_id}/preview", token=guest),
    ):
        assert reply.status == 403
        assert "Administrator" in reply.json["detail"]


def test_the_host_learns_who_gets_in_when_the_guest_accepts_and_not_before(
    world: World, acme: Company, continuum: Company
) -> None:
    connection_id = world.invite(acme, continuum, **terms(acme, "Birch")).json["connection_id"]
    token, address = world.token(acme), f"/connections/{connection_id}/preview"
    pending = world.api("GET", address, token=token)
    assert pending.json["people"] is None
    assert pending.json["organization_count"] == 4
    accept = f"/incoming-connections/{connection_id}/accept"
    assert world.api("POST", accept, token=world.token(continuum)).status == 200
    active = world.api("GET", address, token=token)
    assert {one["own_role"]: one["effective_role"] for one in active.json["people"]} == CAPPED
    assert sorted(names(active)) == ["Alder", "Birch", "Cedar", "Elm"]
    assert world.api("POST", f"/connections/{connection_id}/revoke", token=token).status == 200
    ended = world.api("GET", address, token=token)
    assert (ended.json["people"], names(ended), ended.json["organization_count"]) == (None, [], 0)


def test_the_guest_sees_its_own_people_and_the_organizations_before_it_accepts(
    world: World, acme: Company, continuum: Company
) -> None:
    connection_id = world.invite(acme, continuum, **terms(acme, "Birch")).json["connection_id"]
    shown = world.api(
        "GET",
        f"/incoming-connections/{connection_id}/preview?limit=3",
        token=world.token(continuum),
    )
    assert roles(shown) == CAPPED
    assert len(shown.json["people"]) == 5
    assert len(names(shown)) == 3
    assert shown.json["organization_count"] == 4
    after = f"&cursor={shown.json['next_cursor']}"
    rest = world.api(
        "GET",
        f"/incoming-connections/{connection_id}/preview?limit=3{after}",
        token=world.token(continuum),
    )
    assert sorted(names(shown) + names(rest)) == ["Alder", "Birch", "Cedar", "Elm"]
    assert rest.json["next_cursor"] is None


def test_of_all_organizations_the_guest_learns_the_number_first_and_the_names_once_accepted(
    world: World, acme: Company, continuum: Company
) -> None:
    connection_id = world.invite(acme, continuum).json["connection_id"]
    token, here = world.token(continuum), f"/incoming-connections/{connection_id}"
    before = world.api("GET", f"{here}/preview", token=token)
    assert (names(before), before.json["organization_count"]) == ([], 5)
    assert world.api("POST", f"{here}/accept", token=token).status == 200
    assert len(names(world.api("GET", f"{here}/preview", token=token))) == 5
    assert world.api("POST", f"{here}/leave", token=token).status == 200
    after = world.api("GET", f"{here}/preview", token=token)
    assert (names(after), after.json["organization_count"]) == ([], 0)


def test_a_connection_of_others_has_no_preview(
    world: World, acme: Company, continuum: Company
) -> None:
    other = world.company("other", {"administrator": "administrator"})
    connection_id = world.connect(acme, continuum)["connection_id"]
    for side in ("connections", "incoming-connections"):
        address = f"/{side}/{connection_id}/preview"
        assert world.api("GET", address, token=world.token(other)).status == 404
    guests = f"/connections/{connection_id}/preview"
    assert world.api("GET", guests, token=world.token(continuum)).status == 404
