"""Signing out: the session ends in the table, not only in the browser."""

import pytest

from gatehouse.domain.session import csrf_token_of
from gatehouse.http.identity import SESSION_COOKIE as SESSION
from tests.support.browser import Browser
from tests.support.world import Company, World


@pytest.fixture
def acme(world: World) -> Company:
    return world.company("acme", {"administrator": "administrator", "editor": "editor"})


def test_signing_out_ends_the_session_everywhere_it_was_copied_to(
    world: World, acme: Company
) -> None:
    browser = Browser(world).sign_in(acme)
    copied = dict(browser.cookies)
    home = browser.get("/")
    assert browser.post("/sign-out", {"csrf_token": "guessed"}).status == 403
    assert world.api("GET", "/me", cookies=copied).status == 200
    assert browser.submit(home, "/sign-out").status == 200
    assert browser.cookies == {}
    assert world.api("GET", "/me", cookies=copied).status == 401


@pytest.mark.parametrize("over", ["deactivated", "twelve hours", "signed out before"])
def test_signing_out_of_a_session_that_is_over_takes_what_is_left_of_it_away(
    world: World, acme: Company, over: str
) -> None:
    browser = Browser(world).sign_in(acme, "editor")
    home, copied = browser.get("/"), dict(browser.cookies)
    if over == "deactivated":
        body = {"status": "deactivated"}
        world.api("PATCH", f"/users/{acme.users['editor']}", body, token=world.token(acme))
    elif over == "twelve hours":
        world.clock.advance(hours=12)
    else:
        assert browser.submit(home, "/sign-out").status == 200
        browser.cookies |= copied
    ended = world.log(acme, "&action=session.ended")
    assert browser.submit(home, "/sign-out").status == 200
    assert browser.cookies == {}
    assert not [item for item in world.dump() if item["pk"]["S"].startswith("SESSION#")]
    assert world.log(acme, "&action=session.ended") == ended


def test_a_cookie_that_was_never_a_session_is_taken_away_too(world: World, acme: Company) -> None:
    browser = Browser(world)
    browser.cookies[SESSION] = "nonsense"
    before = world.dump()
    assert browser.post("/sign-out", {"csrf_token": csrf_token_of("nonsense")}).status == 200
    assert browser.cookies == {}
    assert world.dump() == before
