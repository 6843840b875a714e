"""Activity Logs by the day: a sentence, bars that lead to their day, and the same as a table."""

import re

import pytest

from tests.console.test_reads import reads
from tests.console.test_usage_and_map import follow
from tests.support.browser import Browser
from tests.support.console import rows, words
from tests.support.world import Company, World


@pytest.fixture
def counted(world: World, acme: Company, continuum: Company) -> None:
    """Two days of work: three decisions on the first, one of them denied, one on the second."""
    world.connect(acme, continuum)
    alder, paula = acme.organizations["Alder"], continuum.users["paula"]
    for action in ("view", "edit", "restore"):
        world.decide(acme, paula, action, alder)
    world.clock.advance(days=1)
    world.decide(acme, paula, "view", alder)
    follow(world, acme)


def at(world: World, acme: Company, name: str, query: str = "") -> str:
    page = Browser(world).sign_in(acme, name).get(f"/console/log{query}")
    assert page.status == 200
    return page.text


def test_each_day_has_a_bar_that_leads_to_it_and_a_row_that_says_the_same(
    world: World, acme: Company, counted: None
) -> None:
    page = Browser(world).sign_in(acme).get("/console/log")
    assert "7 entries in 30 days, 1 denied. Most on 22 November 2026: 6, 1 denied" in words(page), (
        words(page)
    )
    assert rows(page)[1:3] == [
        ["23 November 2026", "1", "1", "0", "0"],
        ["22 November 2026", "6", "2", "1", "3"],
    ]
    led = re.findall(r'<a href="(/console/log\?from=[^"]*)" tabindex="-1">', page.text)
    assert led == [f"/console/log?from=2026-11-{day}&amp;to=2026-11-{day}" for day in (22, 23)]
    one = Browser(world).sign_in(acme).get(led[0].replace("&amp;", "&"))
    assert "6 entries on 22 November 2026, 1 denied" in words(one)
    assert one.text.count('class="said"') == 6


def test_what_happened_on_a_single_day_is_said_once(world: World, acme: Company) -> None:
    ada = Browser(world).sign_in(acme)
    follow(world, acme)
    assert "2 entries in 30 days, all on 22 November 2026, 0 denied" in words(
        ada.get("/console/log")
    )


def test_what_is_counted_is_all_so_a_narrowed_list_has_no_chart(
    world: World, acme: Company, counted: None
) -> None:
    chart = 'id="days"'
    assert chart in at(world, acme, "administrator", "?from=2026-11-01")
    year = at(world, acme, "administrator", "?from=2026-01-01")
    assert "7 entries in the last 31 of these days, 1 denied" in year
    for narrowed in (
        "outcome=denied",
        "action=view",
        f"organization_id={acme.organizations['Alder']}",
    ):
        assert chart not in at(world, acme, "administrator", f"?{narrowed}")
    assert chart not in at(world, acme, "administrator", "?to=2026-11-01")


def test_a_manager_with_a_part_of_the_log_learns_nothing_of_how_much_there_is(
    world: World, acme: Company, counted: None
) -> None:
    assert 'id="days"' not in at(world, acme, "manager")
    everything = {"all_organizations": True}
    address = f"/users/{acme.users['manager']}"
    assert world.api("PATCH", address, everything, token=world.token(acme)).status == 200
    assert 'id="days"' in at(world, acme, "manager")


def test_a_longer_log_takes_no_more_reads(world: World, acme: Company, counted: None) -> None:
    ada = Browser(world).sign_in(acme)
    addresses = ("/console/log", "/console/log?from=2000-01-01")
    assert len({reads(ada, address) for address in addresses}) == 1
