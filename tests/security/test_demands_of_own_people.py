"""What an account demands of its own people and keys, on every route and page that there is."""

from dataclasses import dataclass
from typing import Any

import pytest

from gatehouse.domain.session import csrf_token_of
from gatehouse.http.identity import SESSION_COOKIE
from tests.support.api import USUAL_IP, Reply, template
from tests.support.browser import Browser
from tests.support.document import is_page
from tests.support.meanwhile import just_before
from tests.support.requests import APPLICATIONS
from tests.support.scene import Scene, scene_of
from tests.support.world import Company, World

ELSEWHERE = "203.0.113.9"
INSIDE = ["192.0.2.0/24", "2001:db8::/32"]
MFA = ["pwd", "mfa"]


def demand(world: World, company: Company, ip: str = USUAL_IP, **settings: Any) -> Reply:
    """Change what the company demands, as an Administrator with a second factor."""
    token = world.token(company, amr=MFA)
    return world.api("PATCH", "/account", settings, token=token, ip=ip)


@dataclass(frozen=True)
class Demand:
    """What an account demands, and what its Administrator does without meeting it."""

    settings: dict[str, Any]
    problem: str
    says: str
    ip: str = USUAL_IP
    amr: tuple[str, ...] = ("pwd", "mfa")
    of_keys: bool = False


DEMANDS = [
    Demand(
        {"ip_allow_list": INSIDE},
        "network-not-allowed",
        "takes requests from its own networks only",
        ip=ELSEWHERE,
        of_keys=True,
    ),
    Demand(
        {"require_mfa": True},
        "second-factor-required",
        "lets nobody in without a second factor",
        amr=("pwd", "otp"),
    ),
]
of_each = pytest.mark.parametrize("demanded", DEMANDS, ids=[one.problem for one in DEMANDS])


@pytest.fixture
def scene(world: World) -> Scene:
    return scene_of(world)


@of_each
def test_every_route_refuses_who_does_not_meet_it_and_does_nothing(
    scene: Scene, demanded: Demand
) -> None:
    world = scene.world
    assert demand(world, scene.victim, **demanded.settings).status == 200
    token = world.token(scene.victim, amr=list(demanded.amr))
    before = scene.rows()
    for request in scene.guarded:
        if request.method == "HEAD":  # is answered by the function of its GET
            continue
        for_people = request.as_get not in APPLICATIONS
        sent: list[dict[str, Any]] = [{"token": token}] if for_people else []
        sent += [{"token": scene.victim.key}] if demanded.of_keys else []
        for credentials in sent:
            reply = request.send(world.api, ip=demanded.ip, **credentials)
            assert reply.status == 403, (request.key, reply)
            assert reply.slug == demanded.problem, (request.key, reply)
            assert demanded.says in reply.json["detail"]
            scene.must_not_tell(request, reply, but={"Quillfeather"})
    assert scene.rows() == before


@of_each
def test_every_page_says_what_keeps_one_out_and_whom_to_ask(scene: Scene, demanded: Demand) -> None:
    world = scene.world
    assert demand(world, scene.victim, **demanded.settings).status == 200
    browser = Browser(world).sign_in(scene.victim, amr=list(demanded.amr))
    browser.ip = demanded.ip
    csrf = csrf_token_of(browser.cookies[SESSION_COOKIE])
    link = world.outbox.to("administrator@persimmon.test").token
    console = {route.path for route in template().routes if is_page(route.key)}
    before = scene.rows()
    for path in sorted({*console, "/", f"/invitations/{link}"}):
        address = path.replace("{", "").replace("}", "")
        page = browser.get(address)
        assert page.status == 403, (path, page)
        assert f"Quillfeather {demanded.says}" in page.text, path
        assert "an Administrator of Quillfeather" in page.text
        assert 'action="/sign-out"' in page.text
        assert "Account menu" not in page.text
        if path in console:
            posted = browser.post(address, {"csrf_token": csrf})
            # 404 where the page has no form.
            assert posted.status in {403, 404}, (path, posted)
            assert "Account menu" not in posted.text
    assert scene.rows() == before


@of_each
def test_nobody_binds_an_identity_without_meeting_it(world: World, demanded: Demand) -> None:
    acme = world.company("acme")
    assert demand(world, acme, **demanded.settings).status == 200
    body = {"email": "zoe@acme.test", "name": "Zoe", "role": "editor"}
    made = world.api("POST", "/users", body, token=world.token(acme, amr=MFA))
    assert made.status == 201
    browser = Browser(world)
    asked = browser.come_back(browser.begin(), "zoe@acme.test", amr=list(demanded.amr))
    browser.ip = demanded.ip
    refused = browser.submit(asked, "/sign-in/continue")
    assert refused.status == 403
    assert f"Acme {demanded.says}" in refused.text
    assert SESSION_COOKIE not in browser.cookies
    user = world.ports.store.users.get(made.json["user_id"])
    assert user is not None
    assert user.identity is None


def test_a_second_factor_is_not_asked_of_keys_nor_of_who_showed_one(world: World) -> None:
    acme = world.company("acme")
    assert demand(world, acme, require_mfa=True).status == 200
    assert world.api("GET", "/users", token=acme.key).status == 200
    shown: list[dict[str, Any]] = [{"amr": MFA}, {"acr": "phr"}, {"acr": "phrh"}]
    for claims in shown:
        assert Browser(world).sign_in(acme, **claims).get("/console").status == 200
        assert world.api("GET", "/me", token=world.token(acme, **claims)).status == 200
    none: list[dict[str, Any]] = [{}, {"amr": []}, {"amr": "mfa"}, {"acr": "mfa"}]
    for claims in none:
        assert world.api("GET", "/me", token=world.token(acme, **claims)).status == 403


def test_nobody_demands_a_second_factor_without_having_shown_one(world: World) -> None:
    acme = world.company("acme")
    before = world.dump()
    body = {"require_mfa": True, "name": "Other"}
    refused = world.api("PATCH", "/account", body, token=world.token(acme))
    assert (refused.status, refused.slug) == (422, "refused")
    assert refused.json["errors"][0]["pointer"] == "/require_mfa"
    assert "lock yourself out" in refused.json["detail"]
    assert world.dump() == before


@pytest.fixture
def fenced(world: World) -> Company:
    """Return a company behind its networks."""
    acme = world.company("acme")
    assert demand(world, acme, ip_allow_list=INSIDE).status == 200
    return acme


def test_signing_out_works_from_anywhere_and_the_way_in_from_inside(
    world: World, fenced: Company
) -> None:
    browser = Browser(world).sign_in(fenced)
    for ip, status in ((ELSEWHERE, 403), ("2001:db8::9", 200), ("::ffff:192.0.2.9", 200)):
        browser.ip = ip
        assert browser.get("/console").status == status, ip
        assert world.api("GET", "/users", token=fenced.key, ip=ip).status == status
    browser.ip = ELSEWHERE
    assert browser.submit(browser.get("/console"), "/sign-out").status == 200
    browser.ip = USUAL_IP
    assert browser.get("/console").status == 303  # to the sign-in: the session is over


def test_nobody_else_is_kept_out_nor_told_of_the_account(world: World, fenced: Company) -> None:
    other = world.company("other", {"administrator": "administrator"})
    assert world.api("GET", "/me", token=world.token(other), ip=ELSEWHERE).status == 200
    assert world.api("GET", "/users", token=other.key, ip=ELSEWHERE).status == 200
    assert world.api("GET", "/openapi.json", ip=ELSEWHERE).status == 200
    assert world.api("GET", "/sign-in", ip=ELSEWHERE).status == 303
    _, account, key, _ = fenced.key.split("_")
    wrong = world.api("GET", "/users", token=f"gh_{account}_{key}_{'a' * 52}", ip=ELSEWHERE)
    assert (wrong.status, wrong.slug) == (401, "unauthenticated")
    assert "Acme" not in wrong.text


def test_nobody_locks_themselves_out(world: World) -> None:
    acme = world.company("acme")
    before = world.dump()
    for networks in (["198.51.100.0/24"], ["2001:db8::/32"], ["::/0"], [f"{USUAL_IP}/32"]):
        ip = "203.0.113.9" if networks == [f"{USUAL_IP}/32"] else USUAL_IP
        refused = demand(world, acme, ip, ip_allow_list=networks)
        assert (refused.status, refused.slug) == (422, "refused"), networks
        assert refused.json["errors"][0]["pointer"] == "/ip_allow_list"
        assert ip in refused.json["detail"]
        assert "lock yourself out" in refused.json["detail"]
    assert world.dump() == before
    for networks, ip in (
        ([f"{USUAL_IP}/32"], USUAL_IP),
        ([USUAL_IP], f"::ffff:{USUAL_IP}"),
        (["192.0.2.0/24", "2001:db8::/32"], USUAL_IP),
        (["2001:db8::/32", "::ffff:192.0.2.0/120"], "2001:db8:ffff::1"),
        ([], USUAL_IP),
    ):
        saved = demand(world, acme, ip, ip_allow_list=networks)
        assert saved.status == 200, (networks, saved)
        assert world.api("GET", "/account", token=world.token(acme), ip=ip).status == 200


def test_a_list_saved_meanwhile_holds_for_a_change_that_is_under_way(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    acme = world.company("acme", {"administrator": "administrator", "nora": "administrator"})
    theirs = {"ip_allow_list": ["198.51.100.0/24"]}
    nora = world.token(acme, "nora")
    just_before(
        monkeypatch,
        world.ports.store,
        "commit",
        lambda: world.api("PATCH", "/account", theirs, token=nora, ip="198.51.100.9"),
    )
    late = world.api("PATCH", "/account", {"name": "Late"}, token=world.token(acme))
    assert (late.status, late.slug) == (403, "network-not-allowed")
    kept = world.api("GET", "/account", token=nora, ip="198.51.100.9").json
    assert (kept["name"], kept["ip_allow_list"]) == ("Acme", ["198.51.100.0/24"])


@pytest.mark.parametrize("count", [200, 201])
def test_an_account_has_two_hundred_networks_at_most(world: World, count: int) -> None:
    acme = world.company("acme")
    networks = [USUAL_IP, *(f"198.51.{number}.0/24" for number in range(count - 1))]
    reply = demand(world, acme, ip_allow_list=networks)
    assert reply.status == (200 if count == 200 else 400), reply
    if count == 201:
        assert reply.json["errors"][0] == {
            "pointer": "/ip_allow_list",
            "detail": "This must have at most 200 items.",
        }


def test_networks_are_kept_and_logged_as_they_are_written_one_way(world: World) -> None:
    acme = world.company("acme")
    saved = demand(
        world, acme, ip_allow_list=["192.0.2.0/24", "2001:DB8:0::/32", "::ffff:198.51.100.1"]
    )
    assert saved.json["ip_allow_list"] == ["192.0.2.0/24", "2001:db8::/32", "198.51.100.1/32"]
    twice = demand(world, acme, ip_allow_list=["192.0.2.0/24", "::ffff:192.0.2.0/120"])
    assert twice.status == 400
    bits = demand(world, acme, ip_allow_list=["192.0.2.5/24"])
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
