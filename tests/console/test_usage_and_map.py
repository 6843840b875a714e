"""What a connection is used for, and who gets where, as pictures and in words."""

import re

import pytest

from tests.console.test_reads import reads
from tests.support.api import handler_of
from tests.support.browser import Browser
from tests.support.console import heading, read, rows, words
from tests.support.stream import Bus, records_of
from tests.support.world import Company, World


def follow(world: World, company: Company) -> None:
    world.ports.__dict__["events"] = Bus()
    handler_of("follow")({"Records": records_of(world, company)}, None)


@pytest.fixture
def connection_id(world: World, acme: Company, continuum: Company) -> str:
    group = acme.groups["Level 1"]
    scope = {"group_ids": [group], "organization_ids": [acme.organizations["Cedar"]]}
    made = world.connect(acme, continuum, all_organizations=False, maximum_role="manager", **scope)
    return str(made["connection_id"])


def test_a_chart_has_a_bar_for_each_day_and_a_table_says_the_same(
    world: World, acme: Company, continuum: Company, ada: Browser, connection_id: str
) -> None:
    here = f"/console/connections/{connection_id}/usage"
    assert "Nobody of Continuum used it in the last 60 days" in words(ada.get(here))
    for _ in range(2):
        for name in ("Alder", "Dogwood"):
            world.decide(acme, continuum.users["paula"], "view", acme.organizations[name])
        world.clock.advance(days=1)
    follow(world, acme)
    page = Browser(world).sign_in(acme).get(here)
    assert "2 requests were allowed and 2 denied" in words(page)
    assert len(re.findall('class="allowed" x=', page.text)) == 2
    assert rows(page, 1)[1:] == [
        ["23 November 2026", "1", "1", "0"],
        ["22 November 2026", "1", "1", "0"],
    ]
    assert "lower" not in words(page).lower()


def test_a_maximum_role_that_nobody_needs_is_said(
    world: World, acme: Company, continuum: Company, ada: Browser, connection_id: str
) -> None:
    world.clock.advance(days=61)
    world.decide(acme, continuum.users["paula"], "view", acme.organizations["Alder"])
    follow(world, acme)
    page = Browser(world).sign_in(acme).get(f"/console/connections/{connection_id}/usage")
    assert "No guest needed more than Read-only for 60 days" in words(page)


def test_the_map_folds_what_is_reached_in_the_same_ways_and_the_table_names_it(
    world: World, acme: Company, continuum: Company, ada: Browser, connection_id: str
) -> None:
    page = ada.get("/console/map")
    assert heading(page) == "Access map"
    assert rows(page)[1:] == [
        ["Continuum", "Manager", "Directly", "1: Cedar"],
        ["Continuum", "Manager", "Group Level 1", "2: Alder, Birch"],
    ]
    drawn = re.findall("<text[^>]*>([^<]*)</text>", page.text)
    assert drawn[3:] == [
        *("Continuum", "at most Manager", "Level 1", "group"),
        *("2 organizations", "through Level 1", "Cedar", "directly"),
    ]
    assert page.text.count("<path d=") == 3


def test_all_organizations_are_one_box_and_nobody_let_in_is_no_map(
    world: World, acme: Company, continuum: Company, ada: Browser
) -> None:
    assert "No other company works in your account" in words(ada.get("/console/map"))
    world.connect(acme, continuum)
    page = ada.get("/console/map")
    assert "All organizations" in words(page)
    assert rows(page)[1:] == [["Continuum", "Editor", "All organizations", "4"]]


def test_two_hundred_organizations_stay_readable_and_take_as_few_reads(
    world: World, continuum: Company
) -> None:
    names = [f"Client {n:03}" for n in range(200)]
    groups = {f"Team {n:02}": names[n * 4 : n * 4 + 4] for n in range(50)}
    host = world.company(
        "host", {"administrator": "administrator"}, groups=groups, organizations=names
    )
    world.connect(host, continuum, group_ids=list(host.groups.values()), all_organizations=False)
    ada = Browser(world).sign_in(host)
    page = ada.get("/console/map")
    boxes = read(page).all("rect")
    assert len(boxes) <= 1 + 40 + 40
    assert len([row for row in read(page).said("tr") if "Group Team" in row]) == 50
    assert reads(ada, "/console/map") <= 12


def test_a_connections_page_says_since_when_it_counts_and_how_many_there_were(
    world: World,
    acme: Company,
    continuum: Company,
    connection_id: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for _ in range(2):
        for name in ("Alder", "Dogwood"):
            world.decide(acme, continuum.users["paula"], "view", acme.organizations[name])
        world.clock.advance(days=1)
    follow(world, acme)
    here = f"/console/connections/{connection_id}"
    whole = words(Browser(world).sign_in(acme).get(here))
    assert "People of Continuum in the last 30 days" in whole
    assert "requests of Continuum" not in whole
    monkeypatch.setattr("gatehouse.usecases.usage._READ", 2)
    part = words(Browser(world).sign_in(acme).get(here))
    assert "In the last 30 days 2 requests of Continuum were allowed and 2 denied" in part
    assert "People of Continuum since 23 November 2026" in part
