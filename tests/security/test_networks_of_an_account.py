"""An account's own people and keys are let in from its networks only, on every route there is."""

import pytest

from gatehouse.domain.session import csrf_token_of
from gatehouse.http.identity import SESSION_COOKIE
from tests.support.api import USUAL_IP, Reply, template
from tests.support.browser import Browser
from tests.support.document import is_page
from tests.support.requests import APPLICATIONS
from tests.support.scene import Scene, scene_of
from tests.support.world import Company, World

ELSEWHERE = "203.0.113.9"
INSIDE = ["192.0.2.0/24", "2001:db8::/32"]


@pytest.fixture
def scene(world: World) -> Scene:
    scene = scene_of(world)
    assert allow(world, scene.victim, INSIDE).status == 200
    return scene


def allow(world: World, company: Company, networks: list[str], ip: str = USUAL_IP) -> Reply:
    body = {"ip_allow_list": networks}
    return world.api("PATCH", "/account", body, token=world.token(company), ip=ip)


def test_every_route_refuses_people_and_keys_from_elsewhere_and_does_nothing(scene: Scene) -> None:
    world, sessions = scene.world, Browser(scene.world).sign_in(scene.victim).cookies
    before = scene.rows()
    for request in scene.guarded:
        bearers = [scene.victim.key]
        bearers += [] if request.as_get in APPLICATIONS else [world.token(scene.victim)]
        replies = [request.send(world.api, token=bearer, ip=ELSEWHERE) for bearer in bearers]
        if request.method in {"GET", "HEAD"} and request.as_get not in APPLICATIONS:
            replies.append(request.send(world.api, cookies=sessions, ip=ELSEWHERE))
        for reply in replies:
            assert reply.status == 403, (request.key, reply)
            if request.method != "HEAD":
                assert reply.slug == "network-not-allowed", (request.key, reply)
                assert ELSEWHERE in reply.json["detail"]
            scene.must_not_tell(request, reply, but={"Quillfeather"})
    assert scene.rows() == before


def test_every_page_says_what_keeps_one_out_and_whom_to_ask(scene: Scene) -> None:
    browser = Browser(scene.world).sign_in(scene.victim)
    browser.ip = ELSEWHERE
    csrf = csrf_token_of(browser.cookies[SESSION_COOKIE])
    link = scene.world.outbox.to("administrator@persimmon.test").token
    console = {route.path for route in template().routes if is_page(route.key)}
    before = scene.rows()
    for path in sorted({*console, "/", f"/invitations/{link}"}):
        address = path.replace("{", "").replace("}", "")
        page = browser.get(address)
        assert page.status == 403, (path, page)
        assert "Quillfeather takes requests from its own networks only" in page.text, path
        assert ELSEWHERE in page.text
        assert "an Administrator of Quillfeather" in page.text
        assert 'action="/sign-out"' in page.text
        assert "Account menu" not in page.text
        if path in console:
            posted = browser.post(address, {"csrf_token": csrf})
            # 404 where the page has no form.
            assert posted.status in {403, 404}, (path, posted)
            assert "Account menu" not in posted.text
    assert scene.rows() == before


def test_signing_out_works_from_anywhere(scene: Scene) -> None:
    browser = Browser(scene.world).sign_in(scene.victim)
    browser.ip = ELSEWHERE
    out = browser.submit(browser.get("/console"), "/sign-out")
    assert out.status == 200
    browser.ip = USUAL_IP
    assert browser.get("/console").status == 303  # to the sign-in: the session is over


def test_the_same_person_goes_on_from_inside(scene: Scene) -> None:
    browser = Browser(scene.world).sign_in(scene.victim)
    for ip, status in ((ELSEWHERE, 403), ("2001:db8::9", 200), ("::ffff:192.0.2.9", 200)):
        browser.ip = ip
        assert browser.get("/console").status == status, ip
        assert scene.world.api("GET", "/users", token=scene.victim.key, ip=ip).status == status


def test_nobody_else_is_kept_out(scene: Scene) -> None:
    world = scene.world
    for company in (scene.guest, scene.other):
        assert world.api("GET", "/me", token=world.token(company), ip=ELSEWHERE).status == 200
        assert world.api("GET", "/users", token=company.key, ip=ELSEWHERE).status == 200
    assert world.api("GET", "/openapi.json", ip=ELSEWHERE).status == 200
    assert world.api("GET", "/sign-in", ip=ELSEWHERE).status == 303


def test_wrong_credentials_are_told_so_and_nothing_of_the_account(scene: Scene) -> None:
    _, account, key, _ = scene.victim.key.split("_")
    wrong = f"gh_{account}_{key}_{'a' * 52}"
    reply = scene.world.api("GET", "/users", token=wrong, ip=ELSEWHERE)
    assert (reply.status, reply.slug) == (401, "unauthenticated")
    assert "Quillfeather" not in reply.text


@pytest.mark.parametrize(
    ("networks", "ip", "saved"),
    [
        (["198.51.100.0/24"], USUAL_IP, False),
        ([f"{USUAL_IP}/32"], USUAL_IP, True),
        ([USUAL_IP], f"::ffff:{USUAL_IP}", True),
        (["2001:db8::/32"], USUAL_IP, False),
        (["2001:db8::/32"], "2001:db8:ffff::1", True),
        (["::ffff:192.0.2.0/120"], USUAL_IP, True),
        ([], "198.51.100.1", True),
    ],
)
def test_nobody_locks_themselves_out(
    world: World, networks: list[str], ip: str, saved: bool
) -> None:
    acme = world.company("acme")
    before = world.dump()
    reply = allow(world, acme, networks, ip)
    if saved:
        assert reply.status == 200, reply
        assert world.api("GET", "/account", token=world.token(acme), ip=ip).status == 200
        return
    assert (reply.status, reply.slug) == (422, "refused")
    assert reply.json["errors"][0]["pointer"] == "/ip_allow_list"
    assert ip in reply.json["detail"]
    assert "lock yourself out" in reply.json["detail"]
    assert world.dump() == before


@pytest.mark.parametrize("count", [200, 201])
def test_an_account_has_two_hundred_networks_at_most(world: World, count: int) -> None:
    acme = world.company("acme")
    networks = [USUAL_IP, *(f"198.51.{number}.0/24" for number in range(count - 1))]
    reply = allow(world, acme, networks)
    assert reply.status == (200 if count == 200 else 400), reply
    if count == 201:
        assert reply.json["errors"][0] == {
            "pointer": "/ip_allow_list",
            "detail": "This must have at most 200 items.",
        }


def test_networks_are_kept_and_logged_as_they_are_written_one_way(world: World) -> None:
    acme = world.company("acme")
    saved = allow(world, acme, ["192.0.2.0/24", "2001:DB8:0::/32", "::ffff:198.51.100.1"])
    assert saved.json["ip_allow_list"] == ["192.0.2.0/24", "2001:db8::/32", "198.51.100.1/32"]
    twice = allow(world, acme, ["192.0.2.0/24", "::ffff:192.0.2.0/120"])
    assert twice.status == 400
    bits = allow(world, acme, ["192.0.2.5/24"])
    assert bits.json["errors"] == [
        {
            "pointer": "/ip_allow_list/0",
            "detail": "This must be 192.0.2.0/24, or 192.0.2.5 for that address alone; "
            "192.0.2.5/24 could mean either.",
        }
    ]
    entry = world.log(acme)[0]
    assert entry["action"] == "account.changed"
    assert entry["changes"] == {"ip_allow_list": [[], saved.json["ip_allow_list"]]}
