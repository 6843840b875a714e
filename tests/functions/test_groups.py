"""Groups and organizations: what changes in them, or ends with them, acts on everybody at once."""

from itertools import count
from typing import Any

import pytest

from tests.support.api import Reply
from tests.support.cleanup import run_cleanup
from tests.support.meanwhile import each_time_before
from tests.support.world import Company, World


@pytest.fixture
def acme(world: World) -> Company:
    return world.company(
        "acme",
        {"administrator": "administrator", "editor": "editor", "lite": "lite"},
        organizations=["Alder", "Birch", "Cedar"],
        groups={"Level 1": ["Alder"], "Level 2": ["Alder", "Birch"]},
        members={"Level 1": ["editor"]},
    )


@pytest.fixture
def continuum(world: World) -> Company:
    return world.company("continuum", {"administrator": "administrator", "manager": "manager"})


@pytest.fixture
def connection(world: World, acme: Company, continuum: Company) -> dict[str, Any]:
    return world.connect(
        acme,
        continuum,
        all_organizations=False,
        group_ids=list(acme.groups.values()),
        organization_ids=[acme.organizations["Cedar"]],
    )


def as_administrator(
    world: World, acme: Company, method: str, address: str, body: object = None
) -> Reply:
    return world.api(method, address, body, token=world.token(acme))


def via(world: World, acme: Company, user_id: str, name: str) -> str | None:
    answer = world.decide(acme, user_id, "view", acme.organizations[name])
    return answer["context"]["via"]  # type: ignore[no-any-return]  # JSON


def test_a_groups_organizations_act_at_once_for_members_and_guests(
    world: World, acme: Company, continuum: Company, connection: dict[str, Any]
) -> None:
    level_1 = acme.groups["Level 1"]
    birch = acme.organizations["Birch"]
    guest, own = continuum.users["manager"], acme.users["editor"]
    second = f"/groups/{acme.groups['Level 2']}/organizations/{birch}"
    assert as_administrator(world, acme, "DELETE", second).status == 204
    assert (via(world, acme, guest, "Birch"), via(world, acme, own, "Birch")) == (None, None)
    first = f"/groups/{level_1}/organizations/{birch}"
    for _ in range(2):
        assert as_administrator(world, acme, "PUT", first).status == 204
    through = f"group:{level_1}"
    assert via(world, acme, guest, "Birch") == via(world, acme, own, "Birch") == through
    for _ in range(2):
        assert as_administrator(world, acme, "DELETE", first).status == 204
    assert (via(world, acme, guest, "Birch"), via(world, acme, own, "Birch")) == (None, None)


def test_membership_acts_at_once(world: World, acme: Company) -> None:
    editor = acme.users["editor"]
    address = f"/groups/{acme.groups['Level 2']}/members/{editor}"
    assert via(world, acme, editor, "Birch") is None
    for _ in range(2):
        assert as_administrator(world, acme, "PUT", address).status == 204
    assert via(world, acme, editor, "Birch") == f"group:{acme.groups['Level 2']}"
    for _ in range(2):
        assert as_administrator(world, acme, "DELETE", address).status == 204
    assert via(world, acme, editor, "Birch") is None


def test_of_several_ways_the_lowest_group_is_named_and_direct_and_all_before_it(
    world: World, acme: Company, continuum: Company, connection: dict[str, Any]
) -> None:
    guest = continuum.users["manager"]
    assert via(world, acme, guest, "Alder") == f"group:{min(acme.groups.values())}"
    terms = {
        "maximum_role": "editor",
        "group_ids": list(acme.groups.values()),
        "organization_ids": [acme.organizations["Alder"]],
        "all_organizations": False,
    }
    etag = connection["etag"]
    for more, through in (({}, "direct"), ({"all_organizations": True}, "all")):
        changed = world.api(
            "PUT",
            f"/connections/{connection['connection_id']}/grant",
            {**terms, **more},
            token=world.token(acme),
            headers={"if-match": etag},
        )
        assert changed.status == 200, changed
        etag = changed.json["etag"]
        assert via(world, acme, guest, "Alder") == through


@pytest.mark.parametrize("swept", [False, True])
def test_deleting_a_group_ends_what_it_gave_before_any_clean_up(
    world: World, acme: Company, continuum: Company, connection: dict[str, Any], swept: bool
) -> None:
    group = f"/groups/{acme.groups['Level 2']}"
    assert as_administrator(world, acme, "DELETE", group).status == 204
    if swept:
        run_cleanup()
    guest = continuum.users["manager"]
    assert via(world, acme, guest, "Birch") is None
    assert via(world, acme, guest, "Alder") == f"group:{acme.groups['Level 1']}"
    assert as_administrator(world, acme, "GET", group).status == 404
    address = f"/connections/{connection['connection_id']}"
    shown = as_administrator(world, acme, "GET", address).json
    assert shown["group_ids"] == [acme.groups["Level 1"]]
    assert shown["etag"] != connection["etag"]
    (entry,) = world.log(continuum, "&action=connection.edited")
    assert entry["changes"] == {
        "group_ids": [sorted(acme.groups.values()), [acme.groups["Level 1"]]]
    }


@pytest.mark.parametrize("swept", [False, True])
def test_deleting_an_organization_ends_all_ways_to_it(
    world: World, acme: Company, continuum: Company, connection: dict[str, Any], swept: bool
) -> None:
    for name in ("Alder", "Cedar"):
        organization = f"/organizations/{acme.organizations[name]}"
        assert as_administrator(world, acme, "DELETE", organization).status == 204
        if swept:
            run_cleanup()
        for user_id in (continuum.users["manager"], acme.users["administrator"]):
            answer = world.decide(acme, user_id, "view", acme.organizations[name])
            assert answer["context"]["reason"] == "unknown_resource"
        assert as_administrator(world, acme, "GET", organization).status == 404
        assert as_administrator(world, acme, "DELETE", organization).status == 404
    grant = f"/connections/{connection['connection_id']}/grant"
    items = as_administrator(world, acme, "GET", grant).json["items"]
    assert [item["name"] for item in items] == ["Birch"]


def test_whoever_is_always_overtaken_is_told_so_and_changes_nothing(
    world: World, acme: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = f"/groups/{acme.groups['Level 1']}"
    names = (f"Name {number}" for number in count())
    each_time_before(
        monkeypatch,
        world.ports.store,
        "commit",
        lambda: as_administrator(world, acme, "PATCH", address, {"name": next(names)}),
    )
    refused = as_administrator(world, acme, "PATCH", address, {"name": "Mine"})
    assert (refused.status, refused.slug) == (409, "contended")
    entries = world.log(acme, "&action=group.changed")
    assert "Mine" not in str(entries)
    assert len(entries) > 5
    now = as_administrator(world, acme, "GET", address).json["name"]
    assert entries[0]["changes"]["name"][1] == now


def test_read_only_and_higher_list_the_organizations_they_reach(
    world: World, acme: Company
) -> None:
    listed = world.api("GET", "/organizations", token=world.token(acme, "editor")).json["items"]
    assert [one["name"] for one in listed] == ["Alder"]
    assert set(listed[0]) == {"organization_id", "name", "parent_id", "created_at", "etag"}
    token = world.token(acme, "editor")
    for name, status in (("Alder", 200), ("Birch", 404)):
        one = f"/organizations/{acme.organizations[name]}"
        assert world.api("GET", one, token=token).status == status
    everything = world.api("GET", "/organizations", token=world.token(acme)).json["items"]
    assert [one["name"] for one in everything] == ["Alder", "Birch", "Cedar"]
    assert world.api("GET", "/organizations", token=world.token(acme, "lite")).status == 403


def test_groups_and_their_lists_are_as_the_contract_shows_them(world: World, acme: Company) -> None:
    address = f"/groups/{acme.groups['Level 2']}"
    group = as_administrator(world, acme, "GET", address)
    assert set(group.json) == {"group_id", "name", "description", "created_at", "etag"}
    assert group.headers["etag"] == f'"{group.json["etag"]}"'
    members = as_administrator(world, acme, "GET", f"/groups/{acme.groups['Level 1']}/members")
    assert [one["email"] for one in members.json["items"]] == ["editor@acme.test"]
    reached = as_administrator(world, acme, "GET", f"{address}/organizations")
    assert [one["name"] for one in reached.json["items"]] == ["Alder", "Birch"]
    changed = as_administrator(world, acme, "PATCH", address, {"description": "On call"})
    assert (changed.json["name"], changed.json["description"]) == ("Level 2", "On call")
    stale = world.api(
        "DELETE", address, token=world.token(acme), headers={"if-match": group.json["etag"]}
    )
    assert stale.status == 412


def test_unknown_members_and_organizations_are_not_found(world: World, acme: Company) -> None:
    group, user = acme.groups["Level 1"], acme.users["editor"]
    nobody, nothing = user[:-4] + "0000", "org_00000000000000000000000000"
    before = world.dump()
    for method in ("PUT", "DELETE"):
        for address in (
            f"/groups/{group}/members/{nobody}",
            f"/groups/grp_00000000000000000000000000/members/{user}",
            f"/groups/{group}/organizations/{nothing}",
            f"/groups/grp_00000000000000000000000000/organizations/{acme.organizations['Alder']}",
        ):
            assert as_administrator(world, acme, method, address).status == 404, address
    assert world.dump() == before


def test_changes_of_groups_and_organizations_stand_in_the_log(world: World, acme: Company) -> None:
    group, alder = acme.groups["Level 1"], acme.organizations["Alder"]
    as_administrator(world, acme, "PUT", f"/groups/{group}/members/{acme.users['lite']}")
    as_administrator(world, acme, "DELETE", f"/groups/{group}/organizations/{alder}")
    as_administrator(world, acme, "PATCH", f"/organizations/{alder}", {"name": "Elder"})
    as_administrator(world, acme, "DELETE", f"/organizations/{alder}")
    as_administrator(world, acme, "DELETE", f"/groups/{group}")
    entries = world.log(acme, "&category=directory")[:7]
    assert [(entry["action"], entry["organization_id"]) for entry in entries] == [
        ("group.deleted", None),
        ("group.member_removed", None),
        ("group.member_removed", None),
        ("organization.deleted", alder),
        ("organization.changed", alder),
        ("group.organization_removed", alder),
        ("group.member_added", None),
    ]
    lost = [entry["changes"]["user_id"] for entry in entries[1:3]]
    assert sorted(lost) == sorted([acme.users[name], None] for name in ("editor", "lite"))
    assert entries[4]["changes"] == {"name": ["Alder", "Elder"]}
    assert entries[6]["changes"] == {
        "user_id": [None, acme.users["lite"]],
        "user_name": [None, "Lite"],
    }
