"""When each connection was last used, on both sides' lists."""

import pytest

from tests.console.test_reads import reads
from tests.support.browser import Browser
from tests.support.console import rows
from tests.support.world import Company, World

GLOBEX = {"administrator": "administrator", "gwen": "editor"}


def last_use(browser: Browser, address: str) -> dict[str, str]:
    """Return the last cell of each row by the name in its first."""
    table = rows(browser.get(address))
    assert table[0][-1] == "Last use"
    return {row[0].partition(" ")[0]: row[-1] for row in table[1:]}


def test_both_lists_say_when_somebody_was_last_let_in(
    world: World, acme: Company, continuum: Company, ada: Browser
) -> None:
    globex = world.company("globex", GLOBEX)
    world.connect(acme, continuum)
    world.connect(acme, globex)
    world.invite(acme, world.company("initech", {"administrator": "administrator"}))
    nora = Browser(world).sign_in(continuum)
    assert last_use(ada, "/console/connections") == dict.fromkeys(
        ("Initech", "Globex", "Continuum"), "Never"
    )
    assert last_use(nora, "/console/hosts") == {"Acme": "Never"}
    alder = acme.organizations["Alder"]
    world.clock.advance(minutes=5)
    assert world.may(acme, continuum.users["paula"], "view", alder)
    world.clock.advance(minutes=5)
    assert not world.may(acme, continuum.users["paula"], "restore", alder)
    assert not world.may(acme, globex.users["gwen"], "restore", alder)
    found = last_use(ada, "/console/connections")
    assert found["Continuum"] == "22 November 2026, 10:05 UTC"
    assert found["Globex"] == "Never"
    assert last_use(nora, "/console/hosts") == {"Acme": "22 November 2026, 10:05 UTC"}


def test_long_ago_is_said_as_such(
    world: World, acme: Company, continuum: Company, ada: Browser
) -> None:
    connection = world.connect(acme, continuum)
    world.clock.advance(days=31)
    ada.sign_in(acme)
    assert last_use(ada, "/console/connections") == {"Continuum": "Not in the last 30 days"}
    revoke = f"/connections/{connection['connection_id']}/revoke"
    assert world.api("POST", revoke, token=world.token(acme)).status == 200
    world.clock.advance(days=31)
    ada.sign_in(acme)
    assert last_use(ada, "/console/connections") == {"Continuum": "Not in the last 30 days"}


def test_where_a_log_is_too_long_to_look_through_the_list_says_how_far_it_looked(
    world: World,
    acme: Company,
    continuum: Company,
    ada: Browser,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("gatehouse.usecases.usage._READ", 11)
    globex = world.company("globex", GLOBEX)
    world.connect(acme, globex)
    world.connect(acme, continuum)
    world.clock.advance(hours=1)
    viewed = {
        "user_id": globex.users["gwen"],
        "action": "view",
        "organization_id": acme.organizations["Alder"],
        "resource": {"type": "password", "id": "1", "name": "Router"},
    }
    for _ in range(11):
        body = {"activities": [viewed] * 5}
        assert world.api("POST", "/activities", body, token=acme.key).status == 201
        world.clock.advance(minutes=1)
    found = last_use(ada, "/console/connections")
    assert found["Globex"] == "22 November 2026, 11:10 UTC"
    assert found["Continuum"] == "Not since 22 November 2026, 11:01 UTC"
    nora = Browser(world).sign_in(continuum)
    other = world.company("other", {"administrator": "administrator"}, organizations=["Oak"])
    world.connect(other, continuum)
    assert last_use(nora, "/console/hosts") == {
        "Other": "Never",
        "Acme": "Not since 22 November 2026, 11:07 UTC",
    }


def test_a_long_list_looks_into_a_log_as_often_as_a_short_one(
    world: World, acme: Company, continuum: Company, ada: Browser
) -> None:
    world.connect(acme, continuum)
    before = reads(ada, "/console/connections")
    for n in range(5):
        world.connect(acme, world.company(f"guest{n}", {"administrator": "administrator"}))
    assert reads(ada, "/console/connections") == before
