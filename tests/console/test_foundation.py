"""Who comes into the console, what they find there, and what stops them."""

from unittest.mock import patch

import pytest

from gatehouse.domain.errors import StoreUnavailable
from tests.support.browser import Browser
from tests.support.console import entries, heading, read, said, words
from tests.support.world import Company, World


@pytest.fixture
def acme(world: World) -> Company:
    return world.company("acme")


def test_signed_out_a_page_leads_to_the_sign_in_and_back(world: World, acme: Company) -> None:
    browser = Browser(world)
    sent = browser.get("/console?state=active")
    assert sent.status == 303
    assert sent.headers["location"] == "/sign-in?return_to=%2Fconsole%3Fstate%3Dactive"
    browser.cookies["__Host-gatehouse"] = "a" * 52
    assert browser.get("/console").headers["location"] == "/sign-in?return_to=%2Fconsole"


def test_the_landing_page_leads_to_the_console_whoever_has_something_there(
    world: World, acme: Company
) -> None:
    home = Browser(world).sign_in(acme).get("/")
    assert 'href="/console"' in home.text
    assert 'href="/console"' not in Browser(world).sign_in(acme, "lite").get("/").text


def test_the_landing_page_offers_nobody_what_they_may_not_do(world: World, acme: Company) -> None:
    said = {
        name: words(Browser(world).sign_in(acme, name).get("/"))
        for name in ("administrator", "manager", "editor")
    }
    assert "Let other companies in" in said.pop("administrator")
    assert "and what happened in its account" in said["manager"]
    assert "The organizations of your company that you reach" in said["editor"]
    assert not [text for text in said.values() if "Let other companies in" in text]


def test_the_header_says_who_works_where_and_as_what(world: World, acme: Company) -> None:
    page = Browser(world).sign_in(acme).get("/console")
    assert heading(page) == "Account of Acme"
    assert "Working in Acme as Administrator" in read(page).said("header")[0]
    assert "Sign out" in read(page).said("button")


def test_an_administrators_menu_has_what_is_built(world: World, acme: Company) -> None:
    page = Browser(world).sign_in(acme).get("/console")
    shown = entries(page)[0]
    labels = ["Users", "Groups", "Organizations", "Connections", "API Keys"]
    places = [shown.index(label) for label in labels]
    assert places == sorted(places)


@pytest.mark.parametrize(
    ("name", "sees"),
    [
        ("manager", {"Users", "Groups", "Organizations"}),
        ("editor", {"Organizations"}),
        ("creator", {"Organizations"}),
        ("read_only", {"Organizations"}),
    ],
)
def test_a_menu_has_what_the_role_may_open(
    world: World, acme: Company, name: str, sees: set[str]
) -> None:
    browser = Browser(world).sign_in(acme, name)
    shown = entries(browser.get("/console"))[0]
    for label, path in {
        "Users": "users",
        "Groups": "groups",
        "Organizations": "organizations",
        "Connections": "connections",
        "API Keys": "api-keys",
    }.items():
        assert (label in shown) is (label in sees)
        answer = browser.get(f"/console/{path}")
        assert answer.status == (200 if label in sees else 403), path
        assert label in sees or "your role is" in words(answer)


def test_who_has_nothing_there_is_told_whom_to_ask(world: World, acme: Company) -> None:
    page = Browser(world).sign_in(acme, "lite").get("/console")
    assert page.status == 200
    assert "Connections" not in words(page)
    assert "ask one of them" in words(page)


def test_an_api_key_opens_no_page(world: World, acme: Company) -> None:
    refused = world.api("GET", "/console", token=acme.key)
    assert refused.status == 403


def test_an_address_takes_get_and_head_and_the_posts_of_its_forms_alone(
    world: World, acme: Company
) -> None:
    browser = Browser(world).sign_in(acme)
    head = world.api("HEAD", "/console", cookies=browser.cookies)
    assert (head.status, head.text) == (200, "")
    for method in ("PUT", "DELETE", "PATCH", "OPTIONS"):
        csrf = {"x-csrf-token": read(browser.get("/console")).all("input")[0]["value"]}
        other = world.api(method, "/console", cookies=browser.cookies, headers=csrf)
        assert other.status == 404
        assert heading(other) == "Not found"


def test_a_failure_is_a_page_that_tells_nothing_of_itself(world: World, acme: Company) -> None:
    browser = Browser(world).sign_in(acme)
    with patch.object(
        world.ports.store.accounts, "get", side_effect=StoreUnavailable("It is down.")
    ):
        down = browser.get("/console")
    assert down.status == 503
    assert down.headers["retry-after"] == "2"
    assert "It is down." in down.text
    with patch.object(world.ports.store.accounts, "get", side_effect=RuntimeError("secret detail")):
        broken = browser.get("/console")
    assert broken.status == 500
    assert "secret detail" not in broken.text


def test_looking_changes_nothing(world: World, acme: Company) -> None:
    browser = Browser(world).sign_in(acme)
    before = world.dump()
    browser.get("/console")
    world.api("HEAD", "/console", cookies=browser.cookies)
    assert world.dump() == before


def test_nothing_was_done_and_nothing_is_said(world: World, acme: Company) -> None:
    browser = Browser(world).sign_in(acme)
    browser.cookies["__Host-gatehouse-said"] = "made-up"
    page = browser.get("/console")
    assert said(page) == ""
    assert "__Host-gatehouse-said" not in browser.cookies
