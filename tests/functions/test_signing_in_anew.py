"""Signing in anew, with a second factor where an account demands one."""

from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from gatehouse.http.factors import Assurance
from tests.support.browser import Browser
from tests.support.console import heading
from tests.support.world import Company, World


@pytest.fixture
def acme(world: World) -> Company:
    return world.company("acme", {"administrator": "administrator", "editor": "editor"})


def asked_anew(world: World) -> dict[str, str]:
    reply = Browser(world).get("/sign-in?again=1&return_to=/console")
    assert reply.status == 303
    query = parse_qs(urlsplit(reply.headers["location"]).query)
    return {name: values[0] for name, values in query.items()}


def test_a_page_that_demands_a_second_factor_leads_to_signing_in_anew_and_back(
    world: World, acme: Company
) -> None:
    body = {"require_mfa": True}
    token = world.token(acme, amr=["mfa"])
    assert world.api("PATCH", "/account", body, token=token).status == 200
    browser = Browser(world).sign_in(acme, "editor", "/console")
    page = browser.get("/console")
    assert (page.status, "without a second factor" in heading(page)) == (403, True)
    assert 'href="/sign-in?return_to=%2Fconsole&amp;again=1"' in page.text
    once_more = browser.get("/sign-in?return_to=%2Fconsole&again=1")
    query = parse_qs(urlsplit(once_more.headers["location"]).query)
    asked = {name: values[0] for name, values in query.items()}
    assert (asked["prompt"], asked["max_age"]) == ("login", "0")
    back = browser.come_back(asked, acme.emails["editor"], amr=["pwd", "mfa"])
    assert (back.status, back.headers["location"]) == (303, "/console")
    assert browser.get("/console").status == 200
    weak = browser.come_back(browser.begin("/console"), acme.emails["editor"], amr=["pwd"])
    assert weak.status == 303, "who they are is not in doubt; the account's page says the rest"
    assert browser.get("/console").status == 403


def test_signing_in_as_usual_demands_nothing_anew(world: World) -> None:
    asked = Browser(world).begin()
    assert not {"prompt", "max_age", "acr_values"} & asked.keys()


@pytest.mark.parametrize(
    ("listed", "own", "wanted"),
    [
        (None, set(), None),
        (["1", "2"], set(), None),
        (["1", "phr", "phrh"], set(), "phr phrh"),
        (["silver", "gold"], {"gold"}, "gold"),
        (None, {"gold"}, "gold"),
        ("phr", set(), None),
        ([7, None, "phr"], set(), "phr"),
    ],
)
def test_a_second_factor_is_asked_for_in_the_issuers_own_words(
    world: World, listed: Any, own: set[str], wanted: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    fetch = world.issuer.fetch
    monkeypatch.setattr(
        world.ports.identities,
        "_fetch",
        lambda url, form: {**fetch(url, form), "acr_values_supported": listed},
    )
    monkeypatch.setattr(world.ports.identities, "_assurance", Assurance(acr_values=frozenset(own)))
    assert asked_anew(world).get("acr_values") == wanted
