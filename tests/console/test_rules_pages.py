"""Rules for single people, on pages: found, set, denied, removed; now and after side by side."""

import pytest

from tests.console.clicking import HOSTILE, answer, go, ticks
from tests.support.browser import Browser
from tests.support.console import errors, heading, read, rows, said, words
from tests.support.world import Company, World


@pytest.fixture
def place(world: World, acme: Company, continuum: Company) -> str:
    connection = world.connect(
        acme, continuum, all_organizations=False, group_ids=[acme.groups["Level 1"]]
    )
    return f"/console/connections/{connection['connection_id']}"


def test_a_rule_is_set_question_by_question_and_shown_before_it_is_saved(
    world: World, acme: Company, continuum: Company, ada: Browser, place: str
) -> None:
    manager = continuum.users["manager"]
    page = ada.get(place)
    assert "None: what the connection grants holds for everybody of Continuum." in words(page)
    found = ada.get(f"{place}/rules?person=mana")
    (person,) = (a["href"] for a in read(found).all("a") if manager in a.get("href", ""))
    page = ada.get(person)
    assert "There is no rule for Manager" in words(page)
    asked = go(ada, ada.submit(page, person))
    assert "Step 1 of 2" in words(asked)
    offered = [one["value"] for one in read(asked).all("input") if one["type"] == "radio"]
    assert offered == ["editor", "creator", "read_only"], "none above the connection's own"
    asked = go(ada, answer(ada, asked, maximum_role="creator"))
    assert "Step 2 of 2" in words(asked)
    ticked = {i["name"] for i in read(asked).all("input") if ticks(i)}
    assert ticked == {f"group.{acme.groups['Level 1']}"}, "begins with what is granted"
    chosen = {f"organization.{acme.organizations['Cedar']}": "on"}
    shown = go(ada, answer(ada, asked, next="continue", **chosen))
    assert rows(shown) == [
        ["What", "Now", "After", "Change"],
        ["What counts", "What the connection grants", "A rule for this person", "Changed"],
        ["Role here", "Editor", "Creator", "Lowered to Creator"],
        ["Reach", "Level 1", "Level 1 and 1 organization", "Added: 1 organization"],
        ["In reach today", "2 organizations", "3 organizations", "1 more"],
    ]
    assert "and for nobody else of Continuum" in words(shown)
    assert "reaches more than now" in words(shown)
    assert world.may(acme, manager, "delete", acme.organizations["Alder"])
    once, twice = (answer(ada, shown) for _ in range(2))
    assert once.headers["location"] == twice.headers["location"] == person
    assert said(go(ada, once)) == "Saved. It holds from the next click of Manager."
    assert not world.may(acme, manager, "delete", acme.organizations["Alder"])
    assert world.may(acme, manager, "edit", acme.organizations["Cedar"])
    assert len(world.log(acme, "&action=connection.rule_set")) == 1
    listed = rows(ada.get(f"{place}/rules"))
    assert listed[1:] == [["Manager", "Manager", "Creator", "Level 1 and 1 organization"]]
    assert listed == rows(ada.get(place), 2)


def test_denying_somebody_says_what_they_lose_and_removing_gives_it_back(
    world: World, acme: Company, continuum: Company, ada: Browser, place: str
) -> None:
    paula = continuum.users["paula"]
    person = f"{place}/rules/{paula}"
    asked = ada.get(f"{person}/deny")
    assert "loses access to 2 organizations at the next click" in words(asked)
    assert rows(asked)[1:3] == [
        ["What counts", "What the connection grants", "A rule that denies this person", "Changed"],
        ["Role here", "Editor", "No access", "Shut out"],
    ]
    denied = go(ada, ada.submit(asked, f"{person}/deny"))
    assert said(denied) == "Paula is denied: nothing is open from the next click on."
    assert not world.may(acme, paula, "view", acme.organizations["Alder"])
    assert rows(ada.get(f"{place}/rules"))[1:] == [["Paula", "Editor", "Denied", "Nothing"]]
    assert "Nothing would change." in words(ada.get(f"{person}/deny"))
    nobody = [
        button for button in read(ada.get(f"{person}/deny")).said("button") if "Deny" in button
    ]
    assert nobody == []
    asked = ada.get(f"{person}/remove")
    assert rows(asked)[2] == ["Role here", "No access", "Editor", "Gets in"]
    removed = go(ada, ada.submit(asked, f"{person}/remove"))
    assert said(removed).startswith("The rule was removed.")
    assert world.may(acme, paula, "view", acme.organizations["Alder"])


def test_a_rule_that_somebody_else_set_meanwhile_is_shown_and_not_overwritten(
    world: World, acme: Company, continuum: Company, ada: Browser, place: str
) -> None:
    paula = continuum.users["paula"]
    person = f"{place}/rules/{paula}"
    denying = ada.get(f"{person}/deny")
    asked = go(ada, ada.submit(ada.get(person), person))
    asked = go(ada, answer(ada, asked, maximum_role="read_only"))
    shown = go(ada, answer(ada, asked, next="continue"))
    rule = {"denied": False, "maximum_role": "creator", "all_organizations": True}
    address = person.removeprefix("/console")
    assert world.api("PUT", address, rule, token=world.token(acme)).status == 200
    for page, action in ((denying, f"{person}/deny"), (shown, "/check")):
        stale = ada.submit(page, action)
        assert stale.status == 428
        assert errors(stale)["part-grant"].startswith("There is a rule for this person already.")
        assert rows(stale)[2][1] == "Creator"
    removing = ada.get(f"{person}/remove")
    made = world.api("GET", address, token=world.token(acme)).json
    world.api(
        "PUT",
        address,
        {"denied": True},
        token=world.token(acme),
        headers={"if-match": made["etag"]},
    )
    stale = ada.submit(removing, f"{person}/remove")
    assert stale.status == 412
    assert rows(stale)[2][1:3] == ["No access", "Editor"]


@pytest.mark.parametrize(
    ("words_", "sentence"),
    [("", "Enter a name, or a part of it."), ("zzz", "Nobody of Continuum has “zzz” in the name.")],
)
def test_a_search_that_finds_nobody_says_so(
    ada: Browser, place: str, words_: str, sentence: str
) -> None:
    page = ada.get(f"{place}/rules?person={words_}")
    assert page.status == 422
    assert errors(page) == {"person": sentence}


def test_a_rule_for_somebody_who_was_deleted_can_be_removed(
    world: World, acme: Company, continuum: Company, ada: Browser, place: str
) -> None:
    gone = continuum.users["paula"]
    address = f"{place.removeprefix('/console')}/rules/{gone}"
    assert world.api("PUT", address, {"denied": True}, token=world.token(acme)).status == 200
    assert world.api("DELETE", f"/users/{gone}", token=world.token(continuum)).status == 204
    page = ada.get(f"{place}/rules")
    assert rows(page)[1][0] == "Somebody whom Continuum deleted"
    go(ada, ada.submit(page, f"{gone}/remove"))
    assert "There is no rule yet" in words(ada.get(f"{place}/rules"))


def test_where_nobody_is_let_in_there_is_nobody_to_make_a_rule_for(
    world: World, acme: Company, continuum: Company, ada: Browser
) -> None:
    invited = world.invite(acme, continuum).json
    place = f"/console/connections/{invited['connection_id']}"
    page = ada.get(f"{place}/rules?person=paula")
    assert page.status == 200
    assert "The connection is not active" in words(page)
    assert continuum.users["paula"] not in page.text
    assert ada.get(f"{place}/rules/{continuum.users['paula']}").status == 409


def test_managers_and_other_companies_see_no_rules(
    world: World, acme: Company, continuum: Company, place: str
) -> None:
    for company, name, status in ((acme, "manager", 403), (continuum, "administrator", 404)):
        browser = Browser(world).sign_in(company, name)
        for address in ("", f"/{continuum.users['paula']}", f"/{continuum.users['paula']}/deny"):
            assert browser.get(f"{place}/rules{address}").status == status


def test_the_guest_reads_whom_its_host_treats_otherwise(
    world: World, acme: Company, continuum: Company, ada: Browser, place: str
) -> None:
    address = f"{place.removeprefix('/console')}/rules"
    rule = {"denied": False, "maximum_role": "creator", "all_organizations": True}
    token = world.token(acme)
    world.api("PUT", f"{address}/{continuum.users['paula']}", {"denied": True}, token=token)
    world.api("PUT", f"{address}/{continuum.users['manager']}", rule, token=token)
    nora = Browser(world).sign_in(continuum)
    page = nora.get(place.replace("connections", "hosts"))
    assert "Acme has a rule of its own for one of them" in words(page)
    assert "Acme denies Paula by a rule: this person does not get in." in words(page)
    assert ["Manager", "Creator", "1"] in rows(page)


def test_hostile_names_stay_text(
    world: World, acme: Company, continuum: Company, ada: Browser, place: str
) -> None:
    paula = continuum.users["paula"]
    body = {"name": HOSTILE}
    named = world.api("PATCH", f"/users/{paula}", body, token=world.token(continuum))
    assert named.status == 200
    person = f"{place}/rules/{paula}"
    for address in (person, f"{person}/deny", f"{place}/rules?person=script", f"{person}/remove"):
        page = ada.get(address)
        assert page.status == 200
        assert "<script>" not in page.text
        assert "49" not in heading(page)
