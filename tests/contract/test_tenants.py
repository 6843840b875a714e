"""Every route of the template × another tenant's ids: as if they did not exist."""

from typing import Any

import pytest

from tests.support.requests import ANYBODY, APPLICATIONS, BOTH, ON_THE_RECORD
from tests.support.scene import Scene, scene_of
from tests.support.world import World


@pytest.fixture
def scene(world: World) -> Scene:
    return scene_of(world)


def test_another_tenants_ids_are_not_there(scene: Scene) -> None:
    world = scene.world
    before = world.dump()
    for request in scene.guarded:
        if "{" not in request.key:
            continue
        reply = request.send(world.api, token=world.token(scene.other))
        expected = 403 if "/invitations/" in request.key else 404
        assert reply.status == expected, (request.key, reply)
        scene.must_not_tell(request, reply, but={"Persimmon"} if expected == 403 else set())
    assert world.dump() == before


def test_another_tenants_ids_are_not_there_for_applications_either(scene: Scene) -> None:
    world = scene.world
    before = scene.rows()
    for request in scene.guarded:
        if "{" not in request.key:
            continue
        reply = request.send(world.api, token=scene.other.key)
        # A route for people alone is closed before anything is looked for.
        assert reply.status == (404 if request.as_get in BOTH else 403), (request.key, reply)
        scene.must_not_tell(request, reply)
    assert scene.rows() == before


def test_what_needs_no_id_shows_the_callers_own_things_only(scene: Scene) -> None:
    world = scene.world
    before = scene.rows()
    for request in scene.guarded:
        if "{" in request.key or request.as_get.partition(" ")[0] != "GET":
            continue
        for token in (world.token(scene.other), scene.other.key):
            reply = request.send(world.api, token=token)
            assert reply.status in {200, 401, 403, 404}, (request.key, reply)
            scene.must_not_tell(request, reply)
    own = (f"{scene.other.account_id}#LOG#", f"{scene.other.account_id}#ATTEMPTS")
    fresh = [row for row in scene.rows() if row not in before]
    told = [row["action"]["S"] for row in fresh if row["pk"]["S"].startswith(own[0])]
    assert told == ["log.exported"] * len(ON_THE_RECORD)
    assert [row for row in scene.rows() if not row["pk"]["S"].startswith(own)] == [
        row for row in before if not row["pk"]["S"].startswith(own)
    ]


def test_an_application_learns_nothing_of_another_tenant_by_asking(scene: Scene) -> None:
    world = scene.world
    before = scene.rows()
    asked = {r.key: r for r in scene.requests if r.key in APPLICATIONS}
    replies = {key: r.send(world.api, token=scene.other.key) for key, r in asked.items()}
    for key, reply in replies.items():
        scene.must_not_tell(asked[key], reply)
    answers = [
        replies["POST /access/v1/evaluation"].json,
        replies["POST /access/v1/evaluations"].json["evaluations"][0],
    ]
    for answer in answers:
        assert answer["decision"] is False
        assert answer["context"]["reason"] == "unknown_subject"
        assert answer["context"]["activity_id"] is None
    for entity in ("subject", "resource", "action"):
        assert replies[f"POST /access/v1/search/{entity}"].json["results"] == []
    assert replies["GET /lookup"].status == 404
    (refused,) = replies["POST /activities"].json["items"]
    assert (refused["status"], refused["reason"]) == ("refused", "unknown_user")
    assert scene.rows() == before


def test_people_are_no_applications(scene: Scene) -> None:
    world = scene.world
    before = world.dump()
    for request in scene.guarded:
        if request.as_get in APPLICATIONS:
            for company in (scene.victim, scene.other):
                reply = request.send(world.api, token=world.token(company))
                assert reply.status in {401, 403}, (request.key, reply)
                scene.must_not_tell(request, reply)
    assert world.dump() == before


def test_an_unknown_id_and_another_tenants_are_answered_alike(scene: Scene) -> None:
    world, token = scene.world, scene.world.token(scene.other)
    known = {r.key: r.send(world.api, token=token) for r in scene.guarded if "{" in r.key}
    for request in scene.guarded:
        if "{" not in request.key or "/invitations/" in request.key:
            continue
        ids = [part for part in request.address.split("/") if "_" in part]
        address = request.address
        for one in ids:
            address = address.replace(one, one[:-4] + "0000")
        unknown = world.api(
            request.method, address, request.body, headers=request.headers, token=token
        )
        foreign = known[request.key]
        assert unknown.status == foreign.status, request.key
        if request.method != "HEAD":
            assert unknown.json["title"] == foreign.json["title"]
            assert unknown.slug == foreign.slug


def test_an_id_of_ones_own_beside_another_tenants_opens_nothing(scene: Scene) -> None:
    world, token = scene.world, scene.world.token(scene.other)
    mine, theirs = scene.other, scene.victim
    group = mine.groups["Level 1"], theirs.groups["Zymurgists"]
    user = mine.users["administrator"], theirs.users["ottoline"]
    organization = mine.organizations["Alder"], theirs.organizations["Xanthic Dyes"]
    before = world.dump()
    for method in ("PUT", "DELETE"):
        for address in (
            f"/groups/{group[0]}/members/{user[1]}",
            f"/groups/{group[1]}/members/{user[0]}",
            f"/groups/{group[0]}/organizations/{organization[1]}",
            f"/groups/{group[1]}/organizations/{organization[0]}",
        ):
            for caller in (token, mine.key):
                assert world.api(method, address, token=caller).status == 404, address
    new = {"email": "fresh@example.test", "name": "Fresh", "role": "lite"}
    own = f"/users/{user[0]}"
    calls: tuple[tuple[str, str, dict[str, Any], str], ...] = (
        ("POST", "/users", {**new, "group_ids": [group[1]]}, "/group_ids"),
        ("POST", "/users", {**new, "organization_ids": [organization[1]]}, "/organization_ids"),
        ("PATCH", own, {"group_ids": [group[1]]}, "/group_ids"),
        ("PATCH", own, {"organization_ids": [organization[1]]}, "/organization_ids"),
        ("POST", "/organizations", {"name": "A", "parent_id": organization[1]}, "/parent_id"),
        (
            "PATCH",
            f"/organizations/{organization[0]}",
            {"parent_id": organization[1]},
            "/parent_id",
        ),
    )
    for method, address, body, pointer in calls:
        refused = world.api(method, address, body, token=token)
        assert refused.status == 422, (method, address, body)
        assert refused.json["errors"][0]["pointer"] == pointer
        assert "Xanthic" not in refused.text
    assert world.dump() == before


def test_the_two_sides_of_a_connection_are_not_each_others(scene: Scene) -> None:
    world = scene.world
    before = world.dump()
    host, guest = world.token(scene.victim), world.token(scene.guest)
    asked_by_guests = ("/incoming-connections/", "/blocked-hosts/")
    of_the_guest = (*asked_by_guests, "/invitations/", "/accessible-accounts/")
    for request in scene.guarded:
        if any(path in request.key for path in asked_by_guests):
            reply = request.send(world.api, token=host)
        elif "{" in request.key and not any(path in request.key for path in of_the_guest):
            reply = request.send(world.api, token=guest)
            scene.must_not_tell(request, reply)
        else:
            continue
        if "{" in request.key:
            assert reply.status == 404, (request.key, reply)
    assert world.dump() == before


def test_no_filter_of_the_log_reaches_another_tenants_entries(scene: Scene) -> None:
    world = scene.world
    for name, value in (
        ("user_id", scene.victim.users["administrator"]),
        ("guest_account_id", scene.guest.account_id),
        ("organization_id", scene.victim.organizations["Xanthic Dyes"]),
        ("connection_id", scene.connection_id),
    ):
        for token in (world.token(scene.other), scene.other.key):
            reply = world.api("GET", f"/activities?{name}={value}", token=token)
            assert (reply.status, reply.json["items"]) == (200, [])


def test_public_routes_hold_nothing_of_any_tenant(scene: Scene) -> None:
    for request in scene.requests:
        if request.as_get in ANYBODY and "/invitations/" not in request.key:
            scene.must_not_tell(request, request.send(scene.world.api))
