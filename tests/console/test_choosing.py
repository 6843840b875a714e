"""What a guest may reach, chosen among many groups and organizations."""

import pytest

from tests.console.clicking import HOSTILE, answer, begin, draft_of, go
from tests.support.api import Reply
from tests.support.browser import Browser
from tests.support.console import errors, read, words
from tests.support.world import Company, World


def test_a_grant_that_reaches_nothing_is_refused_and_what_was_chosen_stays(
    acme: Company, continuum: Company, ada: Browser
) -> None:
    page = go(ada, answer(ada, begin(ada), maximum_role="editor"))
    level_2 = f"group.{acme.groups['Level 2']}"
    assert answer(ada, page, next="continue").status == 422
    wrong = answer(ada, page, next="continue", **{level_2: "on"})
    assert wrong.status == 422
    assert errors(wrong)["choices"].startswith("The grant reaches no organization.")
    (box,) = (i for i in read(wrong).all("input") if i.get("name") == level_2)
    assert "checked" in box


def test_what_comes_through_a_group_is_greyed_and_says_so(
    acme: Company, continuum: Company, ada: Browser
) -> None:
    page = go(ada, answer(ada, begin(ada), maximum_role="editor"))
    page = go(ada, answer(ada, page, **{f"group.{acme.groups['Level 1']}": "on"}))
    boxes = {i["id"]: i for i in read(page).all("input") if i["type"] == "checkbox"}
    for name in ("Alder", "Birch"):
        assert {"checked", "disabled"} <= boxes[acme.organizations[name]].keys()
    assert "disabled" not in boxes[acme.organizations["Cedar"]]
    assert words(page).count("through Level 1") == 2


def test_searching_keeps_what_is_chosen(acme: Company, continuum: Company, ada: Browser) -> None:
    page = go(ada, answer(ada, begin(ada), maximum_role="editor"))
    cedar = {f"organization.{acme.organizations['Cedar']}": "on"}
    found = go(ada, answer(ada, page, next="search", words="DOG", **cedar))
    text = words(found)
    assert offered(found) == ["Dogwood"]
    assert "Alder" not in text
    assert "Chosen: 1 organization" in text
    assert "Take out Cedar" in read(found).said("button")
    nothing = go(ada, answer(ada, found, words=HOSTILE))
    assert "No organization has" in words(nothing)
    assert "<script>" not in nothing.text
    assert "Chosen: 1 organization" in words(nothing)


def test_what_is_chosen_stays_where_it_stood_and_can_be_taken_out_by_its_name(
    acme: Company, continuum: Company, ada: Browser
) -> None:
    page = go(ada, answer(ada, begin(ada), maximum_role="editor"))
    before = offered(page)
    assert before[-1] == "Dogwood"
    both = {f"organization.{acme.organizations[name]}": "on" for name in ("Dogwood", "Cedar")}
    chosen = go(ada, answer(ada, page, **both))
    assert offered(chosen) == before
    assert "Chosen: 2 organizations" in words(chosen)
    searched = go(ada, answer(ada, chosen, next="search", words="alder"))
    left = go(ada, answer(ada, searched, words="alder", drop=acme.organizations["Dogwood"]))
    assert "Chosen: 1 organization" in words(left)
    assert "Take out Dogwood" not in read(left).said("button")
    # Of what is not shown, too: its box is not on the page that names it.
    assert offered(left) == ["Alder"]
    grant = f"/console/drafts/{draft_of(page)}/grant"
    (cedar,) = (
        i for i in read(ada.get(grant)).all("input") if i["type"] == "checkbox" and "checked" in i
    )
    assert cedar["id"] == acme.organizations["Cedar"]


def test_a_group_says_how_many_organizations_it_brings(
    acme: Company, continuum: Company, ada: Browser
) -> None:
    page = go(ada, answer(ada, begin(ada), maximum_role="editor"))
    hints = [text for text in read(page).said("p") if text.endswith(" organizations")]
    assert hints == ["2 organizations", "0 organizations"]
    chosen = {
        f"group.{acme.groups['Level 1']}": "on",
        f"organization.{acme.organizations['Cedar']}": "on",
    }
    page = go(ada, answer(ada, page, **chosen))
    assert "Chosen: Level 1 and 1 organization – 3 organizations today" in words(page)


def test_among_very_many_the_first_fifty_are_shown_and_the_rest_is_found(
    world: World, continuum: Company
) -> None:
    many = world.company(
        "many",
        {"administrator": "administrator"},
        organizations=[f"Client {n:03}" for n in range(130)],
    )
    browser = Browser(world).sign_in(many)
    page = go(browser, answer(browser, begin(browser), maximum_role="editor"))
    assert len([i for i in read(page).all("input") if i["type"] == "checkbox"]) == 51
    assert "These are the first 50 of 130, by name." in words(page)
    page = go(browser, answer(browser, page, words="client 129"))
    assert [i["name"] for i in read(page).all("input") if i["type"] == "checkbox"] == [
        f"organization.{many.organizations['Client 129']}",
        "all_organizations",
    ]


def test_more_than_may_be_named_is_refused_before_it_is_kept(
    world: World, moto_table: str, acme: Company, continuum: Company
) -> None:
    strict = World(moto_table, world.clock, organization_ids_limit=1)
    ada = Browser(strict).sign_in(acme)
    page = go(ada, answer(ada, begin(ada), maximum_role="editor"))
    both = {f"organization.{acme.organizations[name]}": "on" for name in ("Cedar", "Alder")}
    wrong = answer(ada, page, next="continue", **both)
    assert wrong.status == 422
    assert errors(wrong)["choices"].startswith("Choose at most 1 organizations")


def test_all_organizations_says_what_that_means(
    world: World, acme: Company, continuum: Company, ada: Browser
) -> None:
    page = go(ada, answer(ada, begin(ada), maximum_role="editor"))
    assert "All 4 organizations of today, and every one that is added later" in words(page)
    page = go(ada, answer(ada, page, next="continue", all_organizations="on"))
    check = go(ada, answer(ada, page))
    assert "Every organization that is added to Acme, at once" in words(check)
    assert "Invite Continuum to all 4 organizations" in read(check).said("button")
    go(ada, answer(ada, check))
    (connection,) = world.api("GET", "/connections", token=world.token(acme)).json["items"]
    assert connection["all_organizations"] is True


def test_what_was_deleted_meanwhile_is_said_and_no_longer_chosen(
    world: World, acme: Company, continuum: Company, ada: Browser
) -> None:
    page = go(ada, answer(ada, begin(ada), maximum_role="editor"))
    cedar = acme.organizations["Cedar"]
    page = go(ada, answer(ada, page, **{f"organization.{cedar}": "on"}))
    world.api("DELETE", f"/organizations/{cedar}", token=world.token(acme))
    wrong = answer(ada, page, next="continue")
    assert wrong.status == 422
    assert errors(wrong)["choices"].startswith("1 of what was chosen was deleted meanwhile")
    assert "Chosen: nothing yet" in words(wrong)


def offered(page: Reply) -> list[str]:
    boxes = [i["id"] for i in read(page).all("input") if i["type"] == "checkbox"]
    names = {a["for"]: text for a, text in labels(page)}
    return [names[one] for one in boxes if one != "all_organizations"]


def labels(page: Reply) -> list[tuple[dict[str, str], str]]:
    document = read(page)
    return list(zip(document.all("label"), document.said("label"), strict=True))


def test_organizations_are_offered_by_name_however_they_were_added(
    world: World, continuum: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    backwards = world.company(
        "backwards",
        {"administrator": "administrator"},
        organizations=[f"Client {n:03}" for n in range(59, -1, -1)],
    )
    browser = Browser(world).sign_in(backwards)
    page = go(browser, answer(browser, begin(browser), maximum_role="editor"))
    assert offered(page) == [f"Client {n:03}" for n in range(50)]
    found = go(browser, answer(browser, page, words="client 05"))
    assert offered(found) == ["Client 005", *(f"Client {n:03}" for n in range(50, 60))]
    # Of very many not all names are read: the page says which these are.
    monkeypatch.setattr("gatehouse.usecases.choose.SORTED", 40)
    monkeypatch.setattr("gatehouse.store.directory.SORTED", 40)
    page = browser.get(f"/console/drafts/{draft_of(page)}/grant")
    assert offered(page) == [f"Client {n:03}" for n in range(10, 60)]
    assert "These 50 of 60 were added first." in words(page)
    page = browser.get(f"/console/drafts/{draft_of(page)}/grant?words=client")
    assert "These 50 were found first, and there are more." in words(page)
