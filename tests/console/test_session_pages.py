"""Sessions on pages: where one is signed in, and the ways out."""

from tests.support.browser import Browser
from tests.support.console import heading, rows, said, words
from tests.support.world import Company, World


def test_everybody_sees_where_they_are_signed_in_and_ends_what_they_do_not_know(
    world: World, acme: Company
) -> None:
    here = Browser(world).sign_in(acme, "lite")
    world.clock.advance(minutes=5)
    there = Browser(world).sign_in(acme, "lite")
    page = here.get("/console/sessions")
    head, newest, oldest = rows(page)
    assert head[:4] == ["Device", "Address", "Since", "Last seen, to the hour"]
    assert "This one" in oldest[0]
    assert newest[1] == "192.0.2.7"
    done = here.submit(page, "/console/sessions")
    assert (done.status, done.headers["location"]) == (303, "/console/sessions")
    assert said(here.get("/console/sessions")).startswith("The session was ended")
    assert world.api("GET", "/me", cookies=there.cookies).status == 401
    assert "Sign out everywhere else" not in words(here.get("/console/sessions"))


def test_signing_out_everywhere_else_says_what_stays(world: World, acme: Company) -> None:
    here, there = (Browser(world).sign_in(acme, "editor") for _ in range(2))
    page = here.get("/console/sessions")
    assert "Access tokens of programs that act for you work until they expire" in words(page)
    assert here.submit(page, "/console/sessions", session_id="").status == 303
    assert said(here.get("/console/sessions")) == "You are signed out everywhere but here."
    assert world.api("GET", "/me", cookies=there.cookies).status == 401


def test_an_administrator_ends_all_sessions_of_a_user_on_a_page(
    world: World, acme: Company, ada: Browser
) -> None:
    editor = Browser(world).sign_in(acme, "editor")
    page = f"/console/users/{acme.users['editor']}"
    assert f"{page}/sessions" in ada.get(page).text
    asked = ada.get(f"{page}/sessions")
    assert heading(asked) == "Where Editor is signed in"
    assert "is signed out everywhere at once, and can sign in again" in words(asked)
    assert ada.submit(asked, "/sessions").status == 303
    assert said(ada.get(page)) == "Editor is signed out everywhere."
    assert world.api("GET", "/me", cookies=editor.cookies).status == 401
    assert "Editor is not signed in anywhere" in words(ada.get(f"{page}/sessions"))


def test_whoever_ends_their_own_is_told_that_it_is_them(
    world: World, acme: Company, ada: Browser
) -> None:
    page = f"/console/users/{acme.users['administrator']}/sessions"
    assert "here too: that is you" in words(ada.get(page))
    ada.submit(ada.get(page), "/sessions")
    assert ada.get("/console").headers["location"].startswith("/sign-in")
