"""What every answer has in common: its shape, its headers, and HEAD as GET without the body."""

import json
import re

import pytest

from tests.support.api import event_of, handler_of
from tests.support.requests import ANYBODY, APPLICATIONS
from tests.support.scene import Scene, scene_of
from tests.support.world import World

MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")


KEPT = {"GET /assets/{name}", "GET /logos/{account_id}/{name}", "GET /openapi.json"}
"""What browsers keep: the same for everybody, and another address for other content."""


@pytest.fixture
def scene(world: World) -> Scene:
    return scene_of(world)


def test_every_get_answers_head_with_the_same_and_no_body(scene: Scene) -> None:
    world = scene.world
    by_key = {request.key: request for request in scene.requests}
    heads = [request for request in scene.requests if request.method == "HEAD"]
    assert heads
    for head in heads:
        get = by_key[head.as_get]
        if get.as_get in ANYBODY and "sign-in" in get.as_get:
            continue  # makes a new attempt each time
        company = scene.guest if "incoming" in get.key else scene.victim
        token = world.token(company)
        if get.key in APPLICATIONS:
            token = company.key
        first = get.send(world.api, token=token)
        second = head.send(world.api, token=token)
        # Nobody in the scene was added by a link; an unknown one has a page of its own.
        right = 404 if get.as_get == "GET /user-invitations/{token}" else 200
        assert first.status == right, (get.key, first)
        assert (second.status, second.text) == (right, ""), head.key
        assert dict(second.headers) == dict(first.headers), head.key


def test_a_route_that_a_function_does_not_have_is_not_found_there(scene: Scene) -> None:
    """The gateway hands over what the template says; a function is never wider than its code."""
    (of_log,) = [one for one in scene.requests if one.key == "GET /activities"]
    event = event_of("GET", of_log.address, None, {"accept": "application/json"}, {})
    assert event
    answer = handler_of("grant")(event, None)
    assert answer["statusCode"] == 404
    assert answer["headers"]["Content-Type"] == "application/problem+json"
    assert json.loads(answer["body"])["status"] == 404


def test_a_refusal_is_a_problem_document(scene: Scene) -> None:
    world = scene.world
    token = world.token(scene.victim)
    for reply in (
        world.api("GET", "/me"),
        world.api("GET", "/users", token=world.token(scene.victim, "ottoline")),
        world.api("GET", "/users/nobody", token=token),
        world.api("POST", "/users", "{", token=token),
        world.api("POST", "/users", {}, token=token),
        world.api("GET", "/users?limit=0", token=token),
        world.api("PUT", f"/connections/{scene.connection_id}/grant", {}, token=token),
        world.invite(scene.victim, scene.guest),
        world.invite(scene.victim, scene.victim),
    ):
        assert reply.headers["content-type"] == "application/problem+json"
        assert (
            {"type", "title", "status", "detail"}
            <= set(reply.json)
            <= {*("type", "title", "status", "detail", "errors")}
        )
        assert reply.json["status"] == reply.status
        assert re.fullmatch(r"https://\S+/[a-z-]+", reply.json["type"])
        assert reply.json["detail"].endswith(".")
        for error in reply.json.get("errors", []):
            assert error["pointer"].startswith("/")
            assert error["detail"]


def test_every_answer_keeps_to_itself_and_echoes_the_request_id(scene: Scene) -> None:
    world = scene.world
    for request in scene.requests:
        reply = request.send(world.api, headers={"x-request-id": "my-request-7"})
        assert reply.headers["x-request-id"] == "my-request-7", request.key
        assert reply.headers["x-content-type-options"] == "nosniff"
        if request.as_get not in KEPT:
            assert reply.headers["cache-control"] == "no-store", request.key


def test_lists_have_items_and_a_cursor(scene: Scene) -> None:
    world = scene.world
    for address in (
        "/connections",
        "/incoming-connections",
        "/users",
        "/groups",
        "/organizations",
        "/api-keys",
        "/activities",
        f"/groups/{scene.victim.groups['Zymurgists']}/members",
        f"/groups/{scene.victim.groups['Zymurgists']}/organizations",
        f"/accessible-accounts/{scene.victim.account_id}/organizations",
    ):
        reply = world.api("GET", address, token=world.token(scene.victim))
        assert reply.status == 200, address
        more = {"scanned_to"} if address == "/activities" else set()
        assert set(reply.json) == {"items", "next_cursor"} | more, address


def test_times_are_utc_to_the_millisecond(scene: Scene) -> None:
    world = scene.world
    for address in ("/connections", "/users", "/groups", "/organizations", "/api-keys"):
        reply = world.api("GET", address, token=world.token(scene.victim))
        for item in reply.json["items"]:
            assert MOMENT.fullmatch(item["created_at"]), address
    for entry in world.log(scene.victim):
        assert MOMENT.fullmatch(entry["time"])


def test_what_the_gateway_has_no_route_for_stays_the_gateways(world: World) -> None:
    for method, address in (("GET", "/nowhere"), ("PUT", "/users"), ("OPTIONS", "/me")):
        reply = world.api(method, address)
        assert (reply.status, reply.json) == (404, {"message": "Not Found"})
