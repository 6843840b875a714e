"""Where people are signed in: listed, ended one by one or all at once, by themselves and others."""

from typing import Any

import pytest

from tests.support.api import Reply
from tests.support.browser import Browser
from tests.support.meanwhile import just_before
from tests.support.world import Company, World

SESSION = "__Host-gatehouse"


@pytest.fixture
def acme(world: World) -> Company:
    return world.company("acme")


def is_in(world: World, browser: Browser) -> bool:
    return world.api("GET", "/me", cookies=browser.cookies).status == 200


def sessions(world: World, browser: Browser) -> list[dict[str, Any]]:
    reply = world.api("GET", "/sessions", cookies=browser.cookies)
    assert reply.status == 200, reply
    return list(reply.json["items"])


def write(browser: Browser, world: World, method: str, address: str, **more: Any) -> Reply:
    """Send a write as the browser's session does, with the token of our own pages."""
    page = browser.get("/").text
    token = page.partition('name="csrf_token" value="')[2].partition('"')[0]
    headers = {"x-csrf-token": token, **more.pop("headers", {})}
    return world.api(method, address, cookies=browser.cookies, headers=headers, **more)


def left(world: World) -> list[str]:
    """Return the keys of all rows of sessions."""
    return [i["pk"]["S"] for i in world.dump() if "SESSION#" in i["pk"]["S"]]


def test_ones_sessions_are_listed_newest_first_and_this_one_is_marked(
    world: World, acme: Company
) -> None:
    first = Browser(world).sign_in(acme, "editor")
    world.clock.advance(minutes=1)
    Browser(world).sign_in(acme, "editor")
    Browser(world).sign_in(acme, "manager")
    newest, oldest = sessions(world, first)
    assert (newest["current"], oldest["current"]) == (False, True)
    assert newest["created_at"] > oldest["created_at"]
    assert oldest["ip_address"] == "192.0.2.7"
    assert oldest["user_agent"]
    secret = first.cookies[SESSION]
    shown = world.api("GET", "/sessions", cookies=first.cookies).text
    assert secret not in shown
    hashes = [key.removeprefix("SESSION#") for key in left(world) if key.startswith("SESSION#")]
    assert len(hashes) == 3
    assert not [one for one in hashes if one in shown]
    token = world.api("GET", "/sessions", token=world.token(acme, "editor")).json["items"]
    assert [one["current"] for one in token] == [False, False]


def test_when_a_session_was_last_seen_is_noted_to_the_hour(world: World, acme: Company) -> None:
    browser = Browser(world).sign_in(acme, "editor")
    (one,) = sessions(world, browser)
    assert one["last_seen_at"] == one["created_at"]
    world.clock.advance(minutes=59)
    before = world.dump()
    assert is_in(world, browser)
    assert world.dump() == before
    world.clock.advance(minutes=1)
    assert is_in(world, browser)
    (one,) = sessions(world, browser)
    assert one["last_seen_at"].startswith("2026-11-22T11:00")


def test_one_session_is_ended_and_the_others_go_on(world: World, acme: Company) -> None:
    here, there, third = (Browser(world).sign_in(acme, "editor") for _ in range(3))
    session_id = next(one["session_id"] for one in sessions(world, there) if one["current"])
    assert write(here, world, "DELETE", f"/sessions/{session_id}").status == 204
    assert not is_in(world, there)
    assert is_in(world, here)
    assert is_in(world, third)
    assert write(here, world, "DELETE", f"/sessions/{session_id}").status == 404
    assert len(sessions(world, here)) == 2


def test_signing_out_everywhere_else_leaves_this_one(world: World, acme: Company) -> None:
    here, *others = (Browser(world).sign_in(acme, "editor") for _ in range(4))
    stranger = Browser(world).sign_in(acme, "manager")
    assert write(here, world, "DELETE", "/sessions").status == 204
    assert [is_in(world, one) for one in (here, stranger, *others)] == [True, True] + 3 * [False]
    assert len(left(world)) == 2 * 2
    (entry,) = world.log(acme, "&action=session.others_ended")
    assert entry["category"] == "session"
    assert entry["actor"]["user_id"] == acme.users["editor"]
    world.clock.advance(minutes=5)
    assert is_in(world, Browser(world).sign_in(acme, "editor"))


def test_an_administrator_ends_all_sessions_of_a_user(world: World, acme: Company) -> None:
    browsers = [Browser(world).sign_in(acme, "editor") for _ in range(2)]
    address = f"/users/{acme.users['editor']}/sessions"
    shown = world.api("GET", address, token=world.token(acme)).json["items"]
    assert len(shown) == 2
    assert world.api("DELETE", address, token=world.token(acme)).status == 204
    assert not any(is_in(world, one) for one in browsers)
    assert left(world) == []
    (entry,) = world.log(acme, "&action=session.all_ended")
    assert entry["resource"]["id"] == acme.users["editor"]
    assert is_in(world, Browser(world).sign_in(acme, "editor"))


def test_managers_end_sessions_within_their_limits(world: World, acme: Company) -> None:
    boss = Browser(world).sign_in(acme)
    Browser(world).sign_in(acme, "editor")
    for method in ("GET", "DELETE"):
        address = f"/users/{acme.users['administrator']}/sessions"
        assert world.api(method, address, token=world.token(acme, "manager")).status == 403
        assert world.api(method, address, token=acme.key).status == 403
        address = f"/users/{acme.users['editor']}/sessions"
        assert world.api(method, address, token=world.token(acme, "creator")).status == 403
        assert world.api(method, address, token=world.token(acme, "manager")).status in {200, 204}
    assert is_in(world, boss)


def test_nobody_ends_a_session_of_somebody_else_by_its_id(world: World, acme: Company) -> None:
    editor = Browser(world).sign_in(acme, "editor")
    (one,) = sessions(world, editor)
    address = f"/sessions/{one['session_id']}"
    assert world.api("DELETE", address, token=world.token(acme)).status == 404
    assert world.api("DELETE", address, token=acme.key).status == 403
    other = world.company("other", {"administrator": "administrator"})
    assert world.api("DELETE", address, token=world.token(other)).status == 404
    assert is_in(world, editor)


@pytest.mark.parametrize("how", ["deactivated", "deleted"])
def test_whoever_is_shut_out_has_no_session_left_nor_gets_one_back(
    world: World, acme: Company, how: str
) -> None:
    browser = Browser(world).sign_in(acme, "editor")
    address, token = f"/users/{acme.users['editor']}", world.token(acme)
    if how == "deleted":
        assert world.api("DELETE", address, token=token).status == 204
    else:
        world.api("PATCH", address, {"status": "deactivated"}, token=token)
        assert left(world) == []
        world.api("PATCH", address, {"status": "active"}, token=token)
    assert not is_in(world, browser)
    assert left(world) == []


def test_a_removal_of_rows_that_fails_ends_the_sessions_all_the_same(
    world: World, acme: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The user's epoch decides; the rows are only what is left of it."""
    browser = Browser(world).sign_in(acme, "editor")
    monkeypatch.setattr(world.ports.store.sessions, "clear", lambda *_: None)
    address = f"/users/{acme.users['editor']}/sessions"
    assert world.api("DELETE", address, token=world.token(acme)).status == 204
    assert len(left(world)) == 2
    assert not is_in(world, browser)
    shown = world.api("GET", address, token=world.token(acme)).json["items"]
    assert shown == []


def test_a_session_that_begins_while_all_are_ended_is_of_one_side_or_the_other(
    world: World, acme: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever was read before the end began to sign in before it, and is ended with the rest."""
    late = Browser(world)
    asked = late.begin()

    def end_all() -> None:
        address = f"/users/{acme.users['editor']}/sessions"
        assert world.api("DELETE", address, token=world.token(acme)).status == 204

    just_before(monkeypatch, world.ports.store, "commit", end_all)
    assert late.come_back(asked, acme.emails["editor"]).status == 303
    assert not is_in(world, late)


def test_a_repeat_under_its_key_ends_nothing_that_began_since(world: World, acme: Company) -> None:
    address, headers = f"/users/{acme.users['editor']}/sessions", {"idempotency-key": "once"}
    token = world.token(acme)
    assert world.api("DELETE", address, token=token, headers=headers).status == 204
    browser = Browser(world).sign_in(acme, "editor")
    assert world.api("DELETE", address, token=token, headers=headers).status == 204
    assert is_in(world, browser)
