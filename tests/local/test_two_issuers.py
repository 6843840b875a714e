"""Sign-in against two independent issuers over real HTTP: ours, and one that nobody here wrote.

The whole flow without a browser: discovery, the provider's own page, the code with PKCE, its keys.
"""

import urllib.parse
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.support.browser import Browser
from tests.support.clock import FakeClock
from tests.support.console import heading, words
from tests.support.providers import Provider, foreign_provider, local_provider
from tests.support.world import Company, World

SESSION = "__Host-gatehouse"
PEOPLE: dict[str, dict[str, object]] = {
    "zoe": {"email": "zoe@acme.test", "email_verified": True},
    "vic": {"email": "vic@acme.test", "email_verified": False},
    "una": {"email": "una@nowhere.test", "email_verified": True},
    # The same address at the same provider, under another subject.
    "zoe-2": {"email": "zoe@acme.test", "email_verified": True},
}


@pytest.fixture
def world(moto_table: str) -> World:
    """Return a world at the time of the machine, which the other provider goes by."""
    return World(moto_table, FakeClock(datetime.now(UTC)))


@pytest.fixture
def acme(world: World) -> Company:
    acme = world.company("acme", {"administrator": "administrator"})
    for name in ("zoe", "vic"):
        new = {"email": f"{name}@acme.test", "name": name.capitalize(), "role": "editor"}
        assert world.api("POST", "/users", new, token=world.token(acme)).status == 201
    return acme


@pytest.fixture(params=["ours", "another"])
def provider(
    request: pytest.FixtureRequest, world: World, acme: Company, tmp_path: Path
) -> Iterator[Provider]:
    """Return a provider that the product signs people in at from here on."""
    running = (
        local_provider(world, tmp_path / "state")
        if request.param == "ours"
        else foreign_provider(PEOPLE, tmp_path / "provider.log")
    )
    with running as provider:
        world.ports.__dict__["identities"] = provider.identities()
        yield provider


def signed_in_as(browser: Browser, provider: Provider, person: str) -> Any:
    """Sign in at the provider; return the page that the browser ends up at."""
    if provider.field == "email":
        person = f"{person}@acme.test"
    reply = browser.get("/sign-in?return_to=/console")
    assert reply.status == 303, reply
    back = urllib.parse.urlsplit(provider.sign_in(reply.headers["location"], person))
    assert f"{back.scheme}://{back.netloc}{back.path}" == provider.redirect_uri
    return browser.get(f"/sign-in/callback?{back.query}")


def test_somebody_signs_in_for_the_first_time_and_again(
    world: World, acme: Company, provider: Provider
) -> None:
    browser = Browser(world)
    page = signed_in_as(browser, provider, "zoe")
    assert heading(page) == "You were added to Acme by Administrator: continue?"
    done = browser.submit(page, "/sign-in/continue")
    assert (done.status, done.headers["location"]) == (303, "/console")
    me = world.api("GET", "/me", cookies=browser.cookies).json
    assert me["user"]["email"] == "zoe@acme.test"
    again = Browser(world)
    assert signed_in_as(again, provider, "zoe").status == 303
    assert SESSION in again.cookies
    bound = world.ports.store.users.get(me["user"]["user_id"])
    assert bound
    assert str(bound.identity).startswith(f"{provider.issuer} ")


def test_a_code_is_good_for_the_browser_that_asked_and_once(
    world: World, acme: Company, provider: Provider
) -> None:
    victim, thief = Browser(world), Browser(world)
    asked = victim.get("/sign-in").headers["location"]
    person = "zoe@acme.test" if provider.field == "email" else "zoe"
    back = urllib.parse.urlsplit(provider.sign_in(asked, person)).query
    stolen = urllib.parse.parse_qs(back)["code"][0]
    thiefs = urllib.parse.parse_qs(
        urllib.parse.urlsplit(thief.get("/sign-in").headers["location"]).query
    )
    state = thiefs["state"][0]
    page = thief.get(f"/sign-in/callback?code={stolen}&state={state}")
    assert heading(page) == "The identity provider did not confirm who you are"
    assert SESSION not in thief.cookies
    spent = victim.get(f"/sign-in/callback?{back}")
    assert spent.status == 400, "a code that was tried is spent"


@pytest.mark.parametrize("provider", ["another"], indirect=True)
def test_who_is_turned_away_is_told_why(world: World, acme: Company, provider: Provider) -> None:
    before = world.dump()
    browser = Browser(world)
    unverified = signed_in_as(browser, provider, "vic")
    assert (unverified.status, heading(unverified)) == (403, "Your e-mail address is not verified")
    nobody = signed_in_as(browser, provider, "una")
    assert heading(nobody) == "You are not a user of Gatehouse yet"
    assert world.dump() == before
    browser.submit(signed_in_as(browser, provider, "zoe"), "/sign-in/continue")
    other = signed_in_as(Browser(world), provider, "zoe-2")
    assert (other.status, heading(other)) == (403, "This user belongs to another sign-in")
    assert "zoe@acme.test" in words(other)


def test_whoever_is_bound_at_one_issuer_is_somebody_else_at_the_next(
    world: World, acme: Company, tmp_path: Path
) -> None:
    with local_provider(world, tmp_path / "state") as ours:
        world.ports.__dict__["identities"] = ours.identities()
        browser = Browser(world)
        browser.submit(signed_in_as(browser, ours, "zoe"), "/sign-in/continue")
    with foreign_provider(PEOPLE, tmp_path / "log") as another:
        world.ports.__dict__["identities"] = another.identities()
        page = signed_in_as(Browser(world), another, "zoe")
        assert heading(page) == "This user belongs to another sign-in"
        assert world.api("GET", "/me", cookies=browser.cookies).status == 200
