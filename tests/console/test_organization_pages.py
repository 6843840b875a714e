"""Organizations on pages: found, added, put below others, deleted; and who can reach each."""

from unittest.mock import patch

import pytest

from gatehouse.usecases import sift
from tests.support.browser import Browser
from tests.support.console import errors, heading, read, rows, said, words
from tests.support.world import Company, World


def page_of(acme: Company, name: str, step: str = "") -> str:
    return f"/console/organizations/{acme.organizations[name]}{step}"


def test_an_organization_is_added_below_another_that_is_searched_for(
    world: World, acme: Company, ada: Browser
) -> None:
    form = ada.get("/console/organizations/new")
    searched = ada.submit(
        form, "/console/organizations/new", name="Birch Annex", words="bir", next="search"
    )
    assert searched.status == 200
    fields = {one["id"]: one for one in read(searched).all("input") if "id" in one}
    assert fields["name"]["value"] == "Birch Annex"
    birch = acme.organizations["Birch"]
    assert f"parent-{birch}" in fields
    assert f"parent-{acme.organizations['Alder']}" not in fields
    made = ada.submit(
        searched,
        "/console/organizations/new",
        name="Birch Annex",
        words="bir",
        parent=birch,
        next="save",
    )
    page = ada.get(made.headers["location"])
    assert heading(page) == "Birch Annex"
    assert "Stands below Birch, which gives nobody access." in words(page)
    assert said(page).startswith("Birch Annex was created.")
    assert ["Birch Annex", "Birch"] in [row[:2] for row in rows(ada.get("/console/organizations"))]


def test_enter_in_the_search_field_searches_and_in_the_name_saves(ada: Browser) -> None:
    form = ada.get("/console/organizations/new")
    default = read(form).all("button")[1]
    assert (default["name"], default["value"]) == ("next", "enter")
    address = "/console/organizations/new"
    found = ada.submit(form, address, name="Elm", words="ald", next="enter")
    assert found.status == 200
    assert "Alder" in words(found)
    assert ada.submit(found, address, name="Elm", words="ald", next="enter").status == 303


def test_an_organization_is_renamed_and_cannot_stand_below_itself(
    world: World, acme: Company, ada: Browser
) -> None:
    address = page_of(acme, "Alder", "/edit")
    form = ada.get(address)
    assert "Neither the name nor the parent changes who reaches it." in words(form)
    nameless = ada.submit(form, "/edit", name=" ", next="save")
    assert errors(nameless) == {"name": "Enter the organization's name."}
    alder = acme.organizations["Alder"]
    below = ada.submit(form, "/edit", name="Alder", parent=alder, next="save")
    assert errors(below) == {"words": "An organization cannot stand below itself."}
    assert ada.submit(form, "/edit", name="Elder", next="save").status == 303
    assert said(ada.get(page_of(acme, "Alder"))) == "Saved as Elder."
    stale = ada.submit(form, "/edit", name="Other", next="save")
    assert stale.status == 412
    assert "Somebody else changed this organization" in errors(stale)["name"]


def test_who_can_reach_it_are_own_people_and_guests_each_with_through_what(
    world: World, acme: Company, continuum: Company, ada: Browser
) -> None:
    token, alder = world.token(acme), acme.organizations["Alder"]
    group = acme.groups["Level 1"]
    for name, change in {
        "editor": {"organization_ids": [alder], "group_ids": [group]},
        "creator": {"all_organizations": True},
        "lite": {"all_organizations": True},
    }.items():
        reply = world.api("PATCH", f"/users/{acme.users[name]}", change, token=token)
        assert reply.status == 200, reply
    world.connect(
        acme, continuum, all_organizations=False, group_ids=[group], maximum_role="creator"
    )
    page = ada.get(page_of(acme, "Alder"))
    head, *people = rows(page)
    assert head == ["Person", "Company", "Role here", "Through"]
    assert people == [
        ["Administrator", "Acme", "Administrator", "As Administrator"],
        ["Editor", "Acme", "Editor", "Directly, Level 1"],
        ["Creator", "Acme", "Creator", "All organizations"],
        ["Administrator", "Continuum (guest)", "CreatorAdministrator at home", "Level 1"],
        ["Omar", "Continuum (guest)", "CreatorAdministrator at home", "Level 1"],
        ["Manager", "Continuum (guest)", "CreatorManager at home", "Level 1"],
        ["Paula", "Continuum (guest)", "CreatorEditor at home", "Level 1"],
    ]
    for company in (acme, continuum):
        for name, user_id in company.users.items():
            listed = [company.name, name.replace("_", " ").capitalize()] in [
                [row[1].removesuffix(" (guest)"), row[0]] for row in people
            ]
            assert listed is world.may(acme, user_id, "view", alder), (company.name, name)


def test_the_list_of_who_reaches_goes_on_from_own_people_to_guests(
    world: World, continuum: Company
) -> None:
    own = {"administrator": "administrator"} | {f"p{n:03}": "administrator" for n in range(60)}
    crowd = world.company("crowd", own, organizations=["Fir"])
    world.connect(crowd, continuum)
    browser = Browser(world).sign_in(crowd)
    address = first = f"/console/organizations/{crowd.organizations['Fir']}"
    seen: list[str] = []
    while address:
        page = browser.get(address)
        seen += [row[1] for row in rows(page)[1:]]
        onward = [a["href"] for a in read(page).all("a") if "cursor=" in a.get("href", "")]
        address = first + onward[0] if onward else ""
    assert seen == ["Crowd"] * 61 + ["Continuum (guest)"] * 4


def test_who_is_left_out_when_the_account_demands_more_is_said(
    world: World, acme: Company, continuum: Company, ada: Browser
) -> None:
    world.connect(acme, continuum)
    token = world.token(acme, amr=["mfa"])
    assert world.api("PATCH", "/account", {"require_mfa": True}, token=token).status == 200
    page = ada.sign_in(acme, amr=["mfa"]).get(page_of(acme, "Alder"))
    assert "Paula" in words(page)
    assert "Guests get in only with a second factor." in words(page)


def test_deleting_names_the_guests_and_holds_at_once(
    world: World, acme: Company, continuum: Company, ada: Browser
) -> None:
    world.connect(acme, continuum, all_organizations=False, group_ids=[acme.groups["Level 1"]])
    asked = ada.get(page_of(acme, "Alder", "/delete"))
    assert "nobody reaches Alder any more. 1 person of your account loses it." in words(asked)
    assert "1 group gives no access to it any more." in words(asked)
    assert rows(asked)[1:] == [
        ["Continuum", "Active", "1 organization", "Reaches the rest as before"]
    ]
    assert ada.submit(asked, "/delete").status == 303
    assert said(ada.get("/console/organizations")).startswith("Alder was deleted.")
    assert not world.may(acme, continuum.users["paula"], "view", acme.organizations["Alder"])
    assert ada.get(page_of(acme, "Alder")).status == 404


def test_a_search_looks_at_so_many_names_says_so_and_goes_on(world: World) -> None:
    names = [f"Client {n:02}" for n in range(29)] + ["Zenith"]
    large = world.company("large", organizations=names)
    browser = Browser(world).sign_in(large)
    with patch.object(sift, "READ_AT_MOST", 20), patch.object(sift, "_AT_ONCE", 10):
        stopped = browser.get("/console/organizations?words=zen")
        assert "No organization has “zen” in its name here" in words(stopped)
        assert "names were looked at, and there are more." in words(stopped)
        (onward,) = [a["href"] for a in read(stopped).all("a") if "cursor=" in a.get("href", "")]
        assert [row[0] for row in rows(browser.get(onward))[1:]] == ["Zenith"]


@pytest.mark.parametrize("name", ["editor", "read_only"])
def test_others_see_the_organizations_that_they_reach_and_nothing_to_change(
    world: World, acme: Company, name: str
) -> None:
    browser = Browser(world).sign_in(acme, name)
    none = browser.get("/console/organizations")
    assert "You reach no organization yet" in words(none)
    world.api(
        "PATCH",
        f"/users/{acme.users[name]}",
        {"group_ids": [acme.groups["Level 1"]]},
        token=world.token(acme),
    )
    assert [row[0] for row in rows(browser.get("/console/organizations"))[1:]] == ["Alder", "Birch"]
    page = browser.get(page_of(acme, "Alder"))
    assert "Who can reach this" not in words(page)
    assert "Delete" not in words(page)
    assert browser.get(page_of(acme, "Cedar")).status == 404
    for step in ("/edit", "/delete"):
        refused = browser.get(page_of(acme, "Alder", step))
        assert refused.status == 403
        assert "Only Administrators and Managers may" in words(refused)
    assert browser.get("/console/organizations/new").status == 403
