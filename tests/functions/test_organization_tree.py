"""Organizations below organizations: a tree of names, which gives nobody access."""

import pytest

from tests.support.api import Reply
from tests.support.meanwhile import just_before
from tests.support.world import Company, World


@pytest.fixture
def acme(world: World) -> Company:
    return company(world)


def company(world: World) -> Company:
    return world.company(
        "acme", {"administrator": "administrator"}, organizations=["Alder", "Birch", "Cedar"]
    )


def as_administrator(
    world: World, acme: Company, method: str, address: str, body: object = None
) -> Reply:
    return world.api(method, address, body, token=world.token(acme))


def test_a_sub_organization_is_not_implied_by_its_parent(world: World, acme: Company) -> None:
    cedar = acme.organizations["Cedar"]
    continuum = world.company("continuum")
    world.connect(acme, continuum, all_organizations=False, organization_ids=[cedar])
    body = {"name": "Cedar, north", "parent_id": cedar}
    made = as_administrator(world, acme, "POST", "/organizations", body)
    assert (made.status, made.json["parent_id"]) == (201, cedar)
    editor = continuum.users["editor"]
    answer = world.decide(acme, editor, "view", made.json["organization_id"])
    assert answer["context"]["reason"] == "organization_not_granted"
    assert world.decide(acme, editor, "view", cedar)["context"]["via"] == "direct"


def test_an_organization_never_stands_below_itself(world: World, acme: Company) -> None:
    alder, birch = acme.organizations["Alder"], acme.organizations["Birch"]
    below = as_administrator(world, acme, "PATCH", f"/organizations/{birch}", {"parent_id": alder})
    assert below.status == 200
    for child, parent in (
        (alder, birch),
        (alder, alder),
        (alder, "org_00000000000000000000000000"),
    ):
        refused = as_administrator(
            world, acme, "PATCH", f"/organizations/{child}", {"parent_id": parent}
        )
        assert (refused.status, refused.slug) == (422, "refused")
        assert refused.json["errors"][0]["pointer"] == "/parent_id"
    freed = as_administrator(world, acme, "PATCH", f"/organizations/{birch}", {"parent_id": None})
    assert freed.json["parent_id"] is None


def test_organizations_stand_at_most_thirty_two_levels_deep(real_world: World) -> None:
    world = real_world
    acme = company(world)
    above = acme.organizations["Alder"]
    for level in range(2, 33):
        body = {"name": f"Level {level}", "parent_id": above}
        made = as_administrator(world, acme, "POST", "/organizations", body)
        assert made.status == 201, (level, made)
        above = made.json["organization_id"]
    body = {"name": "Too deep", "parent_id": above}
    refused = as_administrator(world, acme, "POST", "/organizations", body)
    assert (refused.status, refused.slug) == (422, "refused")
    assert refused.json["errors"][0]["pointer"] == "/parent_id"
    assert "32 levels" in refused.json["detail"]


def test_below_what_stood_below_a_deleted_organization_there_is_still_room(
    world: World, acme: Company
) -> None:
    alder, birch, cedar = acme.organizations.values()
    below = as_administrator(world, acme, "PATCH", f"/organizations/{birch}", {"parent_id": alder})
    assert below.status == 200, below
    assert as_administrator(world, acme, "DELETE", f"/organizations/{alder}").status == 204
    moved = as_administrator(world, acme, "PATCH", f"/organizations/{cedar}", {"parent_id": birch})
    assert (moved.status, moved.json["parent_id"]) == (200, birch)


def test_whose_parent_was_deleted_stands_below_nothing_wherever_it_is_shown(
    world: World,
) -> None:
    acme = world.company(
        "acme", organizations=["Alder", "Birch"], groups={"Level 1": ["Alder", "Birch"]}
    )
    continuum = world.company("continuum")
    world.connect(acme, continuum)
    alder, birch = acme.organizations.values()
    child = f"/organizations/{birch}"
    assert as_administrator(world, acme, "PATCH", child, {"parent_id": alder}).status == 200
    shown = {
        "/organizations": (world.token(acme), acme.key),
        child: (world.token(acme), acme.key),
        f"/groups/{acme.groups['Level 1']}/organizations": (world.token(acme), acme.key),
        f"/accessible-accounts/{acme.account_id}/organizations": (
            world.token(acme),
            world.token(continuum, "editor"),
        ),
    }

    def parents() -> set[str | None]:
        found = set()
        for address, tokens in shown.items():
            for token in tokens:
                reply = world.api("GET", address, token=token).json
                items = reply.get("items", [reply])
                found |= {one["parent_id"] for one in items if one["organization_id"] == birch}
        return found

    assert parents() == {alder}
    assert as_administrator(world, acme, "DELETE", f"/organizations/{alder}").status == 204
    assert parents() == {None}
    renamed = as_administrator(world, acme, "PATCH", child, {"name": "Birch, freed"})
    assert (renamed.status, renamed.json["parent_id"]) == (200, None)
    assert world.log(acme, "&action=organization.changed")[0]["changes"] == {
        "name": ["Birch", "Birch, freed"]
    }


def test_two_that_are_put_below_each_other_at_once_make_no_ring(
    world: World, acme: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    alder, birch = acme.organizations["Alder"], acme.organizations["Birch"]

    def meanwhile() -> None:
        moved = as_administrator(
            world, acme, "PATCH", f"/organizations/{alder}", {"parent_id": birch}
        )
        assert moved.status == 200, moved

    just_before(monkeypatch, world.ports.store, "commit", meanwhile)
    refused = as_administrator(
        world, acme, "PATCH", f"/organizations/{birch}", {"parent_id": alder}
    )
    assert (refused.status, refused.slug) == (422, "refused")
    assert "below itself" in refused.json["detail"]


@pytest.mark.parametrize("method", ["POST", "PATCH"])
def test_a_parent_that_is_deleted_meanwhile_is_none(
    world: World, acme: Company, monkeypatch: pytest.MonkeyPatch, method: str
) -> None:
    alder, birch = (f"/organizations/{acme.organizations[name]}" for name in ("Alder", "Birch"))
    just_before(
        monkeypatch,
        world.ports.store,
        "commit",
        lambda: as_administrator(world, acme, "DELETE", alder),
    )
    body = {"name": "Below", "parent_id": acme.organizations["Alder"]}
    address = birch if method == "PATCH" else "/organizations"
    refused = as_administrator(world, acme, method, address, body)
    assert (refused.status, refused.json["errors"][0]["pointer"]) == (422, "/parent_id")
