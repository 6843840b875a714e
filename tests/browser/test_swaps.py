"""What changes in place leaves people where they are, and tells those who do not see it."""

import zipfile

import pytest
from playwright.sync_api import Page, expect

from scripts.pictures.tour import TOUR
from tests.browser.visitor import Visitors

pytestmark = [pytest.mark.ministack]

STOPS = {stop.name: stop for stop in TOUR}


def in_focus(page: Page) -> str:
    return str(page.evaluate("document.activeElement.id || document.activeElement.tagName"))


def test_the_roles_below_follow_the_choice_and_the_focus_stays_on_it(visitors: Visitors) -> None:
    page, _ = visitors.open(STOPS["invite-role"])
    page.get_by_role("radio", name="Editor", exact=True).focus()
    for key, role in (("ArrowDown", "creator"), ("ArrowUp", "editor")):
        page.keyboard.press(key)
        caption = f"With the maximum role {role.capitalize()}"
        expect(page.get_by_role("table", name=caption)).to_be_visible()
        assert in_focus(page) == f"role-{role}"


def test_a_search_finds_while_one_types_and_keeps_what_was_chosen(visitors: Visitors) -> None:
    page, _ = visitors.open(STOPS["invite-grant"])
    page.get_by_label("Search groups and organizations").focus()
    page.keyboard.type("kestrel")
    expect(page.get_by_role("checkbox", name="Tidewater Marine")).to_have_count(0)
    assert in_focus(page) == "words"
    status = page.get_by_role("status")
    expect(status).to_contain_text("Shown: 0 groups and 1 organization.")

    kestrel = page.get_by_role("checkbox", name="Kestrel Aviation Services")
    kestrel.focus()
    before = in_focus(page)
    for chosen in ("Level 1 and 2 organizations", "Level 1 and 1 organization"):
        page.keyboard.press("Space")
        expect(page.locator("#tally")).to_contain_text(chosen)
        expect(status).to_contain_text(chosen)
        assert in_focus(page) == before


BOXES = """() => Object.fromEntries([...document.querySelectorAll('main [type=checkbox]')].map(
  box => [box.id, Math.round(box.getBoundingClientRect().top + scrollY)]))"""


@pytest.mark.parametrize("width", [1280, 390])
def test_ticking_moves_no_box(visitors: Visitors, width: int) -> None:
    page, _ = visitors.open(STOPS["invite-grant"])
    page.set_viewport_size({"width": width, "height": 844})
    box = page.get_by_role("checkbox", name="Tidewater Marine")
    box.scroll_into_view_if_needed()
    places, scrolled = page.evaluate(BOXES), page.evaluate("scrollY")
    for chosen in ("Level 1 and 2 organizations", "Level 1 and 1 organization"):
        box.click()
        expect(page.locator("#tally")).to_contain_text(chosen)
        assert page.evaluate(BOXES) == places
        assert page.evaluate("scrollY") == scrolled
    # What stands beside Continue is what was chosen, wherever one is on the page.
    assert page.locator("#tally").evaluate("e => e.getBoundingClientRect().bottom < innerHeight")

    group = page.get_by_role("checkbox", name="Level 1")
    groups = {name: top for name, top in places.items() if name.startswith("grp_")}
    for chosen in ("1 organization", "Level 1 and 1 organization"):
        group.click()
        expect(page.locator("#tally")).to_contain_text(f"Chosen: {chosen}")
        now = page.evaluate(BOXES)
        assert {name: top for name, top in now.items() if name in groups} == groups


def test_a_search_that_fails_loses_nothing(visitors: Visitors) -> None:
    page, _ = visitors.open(STOPS["invite-grant"])
    page.route("**/grant", lambda route: route.abort())
    page.get_by_label("Search groups and organizations").focus()
    with page.expect_event("requestfailed"):
        page.keyboard.type("kestrel")
    assert page.get_by_role("checkbox", name="Redwood Accounting").is_checked()
    assert page.get_by_label("Search groups and organizations").input_value() == "kestrel"
    assert in_focus(page) == "words"
    page.unroute("**/grant")


def test_an_export_that_is_watched_ends_in_a_download_with_the_focus_on_it(
    visitors: Visitors,
) -> None:
    page, _ = visitors.open(STOPS["export-begun"])
    page.locator("#onward").focus()
    download = page.get_by_role("button", name="Download")
    expect(download).to_be_visible(timeout=30_000)
    expect(page.get_by_role("status")).to_contain_text("can be downloaded")
    assert in_focus(page) == "onward"
    with page.expect_download() as archive:
        page.keyboard.press("Enter")
    assert archive.value.suggested_filename.startswith("gatehouse-acme-")
    with zipfile.ZipFile(archive.value.path()) as opened:
        assert opened.testzip() is None
    assert visitors.complaints(STOPS["export-begun"]) == []
