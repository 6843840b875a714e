"""Managers work within their own reach: nobody above them, nothing they do not have."""

from typing import Any

import pytest

from tests.support.api import Reply
from tests.support.world import Company, World


@pytest.fixture
def acme(world: World) -> Company:
    return world.company(
        "acme",
        organizations=["Alder", "Birch", "Cedar"],
        groups={"Mine": ["Alder"], "Theirs": ["Birch"]},
        members={"Mine": ["manager", "editor"], "Theirs": ["creator"]},
    )


def as_manager(
    world: World, acme: Company, method: str, address: str, body: object = None
) -> Reply:
    return world.api(method, address, body, token=world.token(acme, "manager"))


def give_everything(world: World, acme: Company) -> None:
    reply = world.api(
        "PATCH",
        f"/users/{acme.users['manager']}",
        {"all_organizations": True},
        token=world.token(acme),
    )
    assert reply.status == 200, reply


@pytest.mark.parametrize("role", ["manager", "editor", "creator", "read_only", "lite"])
def test_a_manager_creates_users_up_to_the_managers_own_role(
    world: World, acme: Company, role: str
) -> None:
    body = {
        "email": "new@acme.test",
        "name": "New",
        "role": role,
        "group_ids": [acme.groups["Mine"]],
        "organization_ids": [acme.organizations["Alder"]],
    }
    made = as_manager(world, acme, "POST", "/users", body)
    assert made.status == 201, made
    assert (made.json["role"], made.json["group_ids"]) == (role, [acme.groups["Mine"]])
    if role != "lite":
        assert world.may(acme, made.json["user_id"], "view", acme.organizations["Alder"])
        assert not world.may(acme, made.json["user_id"], "view", acme.organizations["Birch"])


def test_a_manager_makes_and_touches_no_administrator(world: World, acme: Company) -> None:
    before = world.dump()
    administrator = f"/users/{acme.users['administrator']}"
    body = {"email": "new@acme.test", "name": "New", "role": "administrator"}
    for method, address, sent in (
        ("POST", "/users", body),
        ("PATCH", f"/users/{acme.users['editor']}", {"role": "administrator"}),
        ("PATCH", f"/users/{acme.users['manager']}", {"role": "administrator"}),
        ("PATCH", administrator, {"role": "editor"}),
        ("PATCH", administrator, {"name": "Nobody"}),
        ("PATCH", administrator, {"status": "deactivated"}),
        (
            "PUT",
            f"/groups/{acme.groups['Mine']}/members/{acme.users['administrator']}",
            None,
        ),
        ("DELETE", f"/users/{acme.users['editor']}", None),
    ):
        refused = as_manager(world, acme, method, address, sent)
        assert refused.status == 403, (method, address, sent)
    assert world.dump() == before


def test_a_manager_gives_nobody_more_than_the_manager_reaches(world: World, acme: Company) -> None:
    before = world.dump()
    new = {"email": "new@acme.test", "name": "New", "role": "editor"}
    for more in (
        {"group_ids": [acme.groups["Theirs"]]},
        {"organization_ids": [acme.organizations["Birch"]]},
        {"organization_ids": ["org_00000000000000000000000000"]},
        {"all_organizations": True},
    ):
        for method, address, body in (
            ("POST", "/users", new | more),
            ("PATCH", f"/users/{acme.users['editor']}", more),
            ("PATCH", f"/users/{acme.users['manager']}", more),
        ):
            refused = as_manager(world, acme, method, address, body)
            assert refused.status == 403, (method, more)
    assert world.dump() == before


@pytest.mark.parametrize(
    "more",
    [{"group_ids": ["Theirs"]}, {"organization_ids": ["Cedar"]}, {"all_organizations": True}],
)
def test_a_manager_raises_or_reactivates_nobody_who_reaches_more(
    world: World, acme: Company, more: dict[str, Any]
) -> None:
    names = acme.groups if "group_ids" in more else acme.organizations
    wider = {
        key: [names[one] for one in ids] if ids is not True else True for key, ids in more.items()
    }
    creator, token = f"/users/{acme.users['creator']}", world.token(acme)
    own = {"group_ids": [acme.groups["Mine"]], "organization_ids": [], "all_organizations": False}
    for reach, status in ((own | wider, 403), (own, 200)):
        for change in ({"role": "editor"}, {"status": "active"}):
            start = {"role": "creator", "status": "deactivated"} | reach
            assert world.api("PATCH", creator, start, token=token).status == 200
            answer = as_manager(world, acme, "PATCH", creator, change)
            assert answer.status == status, (reach, change, answer)
    # Down is another matter: that takes access away.
    world.api("PATCH", creator, own | wider | {"status": "active"}, token=token)
    lowered = as_manager(world, acme, "PATCH", creator, {"role": "read_only"})
    assert lowered.status == 200, lowered
    give_everything(world, acme)
    raised = as_manager(world, acme, "PATCH", creator, {"role": "editor"})
    assert raised.status == 200, raised


def test_a_manager_with_all_organizations_gives_any_but_only_own_groups(
    world: World, acme: Company
) -> None:
    give_everything(world, acme)
    editor = f"/users/{acme.users['editor']}"
    for more in ({"organization_ids": [acme.organizations["Cedar"]]}, {"all_organizations": True}):
        assert as_manager(world, acme, "PATCH", editor, more).status == 200
    theirs = {"group_ids": [acme.groups["Theirs"]]}
    assert as_manager(world, acme, "PATCH", editor, theirs).status == 403


def test_what_a_manager_does_not_see_of_somebody_stays_when_the_manager_edits(
    world: World, acme: Company
) -> None:
    creator = f"/users/{acme.users['creator']}"
    token = world.token(acme)
    cedar = acme.organizations["Cedar"]
    world.api("PATCH", creator, {"organization_ids": [cedar]}, token=token)

    seen = as_manager(world, acme, "GET", creator).json
    assert (seen["group_ids"], seen["organization_ids"]) == ([], [])
    edited = as_manager(
        world,
        acme,
        "PATCH",
        creator,
        {
            "group_ids": [acme.groups["Mine"]],
            "organization_ids": [acme.organizations["Alder"]],
        },
    )
    assert edited.status == 200, edited
    assert edited.json["group_ids"] == [acme.groups["Mine"]]
    assert edited.json["organization_ids"] == [acme.organizations["Alder"]]
    whole = world.api("GET", creator, token=token).json
    assert whole["group_ids"] == sorted(acme.groups.values())
    assert whole["organization_ids"] == sorted([acme.organizations["Alder"], cedar])


def test_a_manager_sees_and_edits_only_groups_of_the_managers_own(
    world: World, acme: Company
) -> None:
    listed = as_manager(world, acme, "GET", "/groups").json["items"]
    assert [group["name"] for group in listed] == ["Mine"]
    mine, theirs = (f"/groups/{acme.groups[name]}" for name in ("Mine", "Theirs"))
    before = world.dump()
    for method, address, body in (
        ("GET", theirs, None),
        ("GET", f"{theirs}/members", None),
        ("GET", f"{theirs}/organizations", None),
        ("PATCH", theirs, {"name": "Ours"}),
        ("PUT", f"{theirs}/members/{acme.users['editor']}", None),
        ("DELETE", f"{theirs}/members/{acme.users['creator']}", None),
        ("PUT", f"{theirs}/organizations/{acme.organizations['Alder']}", None),
    ):
        refused = as_manager(world, acme, method, address, body)
        assert refused.status == 404, (method, address)
        assert "Theirs" not in refused.text
    assert as_manager(world, acme, "DELETE", mine).status == 403
    assert world.dump() == before
    assert as_manager(world, acme, "PATCH", mine, {"name": "Ours"}).json["name"] == "Ours"
    member = f"{mine}/members/{acme.users['creator']}"
    assert as_manager(world, acme, "PUT", member).status == 204
    assert world.may(acme, acme.users["creator"], "view", acme.organizations["Alder"])
    assert as_manager(world, acme, "DELETE", member).status == 204
    assert not world.may(acme, acme.users["creator"], "view", acme.organizations["Alder"])


def test_a_manager_joins_a_group_that_the_manager_creates(world: World, acme: Company) -> None:
    made = as_manager(world, acme, "POST", "/groups", {"name": "New", "description": "Fresh"})
    assert made.status == 201, made
    address = f"/groups/{made.json['group_id']}"
    members = as_manager(world, acme, "GET", f"{address}/members").json["items"]
    assert [one["user_id"] for one in members] == [acme.users["manager"]]
    added = f"{address}/organizations/{acme.organizations['Alder']}"
    assert as_manager(world, acme, "PUT", added).status == 204
    for name in ("Birch", "Cedar"):
        refused = as_manager(
            world, acme, "PUT", f"{address}/organizations/{acme.organizations[name]}"
        )
        assert refused.status == 404, name


def test_the_organizations_of_a_group_that_a_guest_has_are_for_administrators(
    world: World, acme: Company
) -> None:
    give_everything(world, acme)
    continuum = world.company("continuum", {"administrator": "administrator"})
    group = acme.groups["Mine"]
    more = f"/groups/{group}/organizations/{acme.organizations['Birch']}"
    assert as_manager(world, acme, "PUT", more).status == 204
    invited = world.invite(acme, continuum, all_organizations=False, group_ids=[group]).json[
        "connection_id"
    ]
    for method in ("PUT", "DELETE"):
        address = f"/groups/{group}/organizations/{acme.organizations['Cedar']}"
        if method == "DELETE":
            address = more
        for token in (world.token(acme, "manager"), acme.key):
            assert world.api(method, address, token=token).status == 403
    assert world.api("DELETE", more, token=world.token(acme)).status == 204
    world.api("POST", f"/connections/{invited}/revoke", token=world.token(acme))
    assert as_manager(world, acme, "PUT", more).status == 204


def test_organizations_are_written_by_managers_with_all_of_them(
    world: World, acme: Company
) -> None:
    alder = f"/organizations/{acme.organizations['Alder']}"
    calls = (
        ("POST", "/organizations", {"name": "New"}, 201),
        ("PATCH", alder, {"name": "Elder"}, 200),
        ("DELETE", alder, None, 204),
    )
    for method, address, body, _ in calls:
        assert as_manager(world, acme, method, address, body).status == 403, method
    give_everything(world, acme)
    for method, address, body, status in calls:
        assert as_manager(world, acme, method, address, body).status == status, method


def test_addresses_of_people_are_changed_by_administrators(world: World, acme: Company) -> None:
    change = {"email": "taken-over@acme.test"}
    address = f"/users/{acme.users['editor']}"
    assert as_manager(world, acme, "PATCH", address, change).status == 403
    assert world.api("PATCH", address, change, token=world.token(acme)).status == 200


@pytest.mark.parametrize("role", ["editor", "creator", "read_only", "lite"])
def test_below_manager_nobody_works_in_the_account_area(
    world: World, acme: Company, role: str
) -> None:
    token = world.token(acme, role)
    before = world.dump()
    user, group = f"/users/{acme.users['editor']}", f"/groups/{acme.groups['Mine']}"
    organization = f"/organizations/{acme.organizations['Alder']}"
    for method, address, body in (
        ("GET", "/users", None),
        ("GET", user, None),
        ("POST", "/users", {"email": "a@b.test", "name": "A", "role": "lite"}),
        ("PATCH", user, {"name": "A"}),
        ("GET", "/groups", None),
        ("GET", f"{group}/members", None),
        ("POST", "/groups", {"name": "A"}),
        ("PATCH", group, {"name": "A"}),
        ("POST", "/organizations", {"name": "A"}),
        ("PATCH", organization, {"name": "A"}),
        ("DELETE", organization, None),
        ("GET", "/api-keys", None),
        ("GET", "/account", None),
        ("GET", "/activities", None),
    ):
        assert world.api(method, address, body, token=token).status == 403, (method, address)
    assert world.dump() == before
