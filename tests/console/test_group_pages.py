"""Groups on pages: who is in one, what it reaches, and whom a change of it concerns."""

from tests.console.clicking import go
from tests.support.browser import Browser
from tests.support.console import errors, heading, read, rows, said, words
from tests.support.world import Company, World


def page_of(acme: Company, name: str, step: str = "") -> str:
    return f"/console/groups/{acme.groups[name]}{step}"


def test_a_group_is_added_renamed_and_found(world: World, acme: Company, ada: Browser) -> None:
    form = ada.get("/console/groups/new")
    nameless = ada.submit(form, "/console/groups/new", name="", description="For nights")
    assert errors(nameless) == {"name": "Enter the group's name."}
    assert "For nights" in read(nameless).said("textarea")
    made = ada.submit(form, "/console/groups/new", name="Night shift", description="For nights")
    address = made.headers["location"]
    page = ada.get(address)
    assert heading(page) == "Night shift"
    assert said(page) == "The group Night shift was created. It reaches nothing yet."
    assert "No connection has this group" in words(page)
    edit = ada.get(f"{address}/edit")
    assert ada.submit(edit, "/edit", name="Late shift", description="").status == 303
    stale = ada.submit(edit, "/edit", name="Other", description="")
    assert stale.status == 412
    assert "Somebody else changed this group" in errors(stale)["name"]
    assert [row[0] for row in rows(ada.get("/console/groups?words=late"))[1:]] == ["Late shift"]
    assert "No group has “zzz” in its name" in words(ada.get("/console/groups?words=zzz"))


def test_an_account_without_groups_is_told_what_one_is_for(
    world: World, continuum: Company
) -> None:
    page = Browser(world).sign_in(continuum).get("/console/groups")
    assert "There are no groups yet" in words(page)
    assert "Add Group" in words(page)


def test_a_group_says_who_is_in_it_what_it_reaches_and_which_connections_have_it(
    world: World, acme: Company, continuum: Company, ada: Browser
) -> None:
    group = acme.groups["Level 1"]
    world.api("PUT", f"/groups/{group}/members/{acme.users['editor']}", token=world.token(acme))
    world.connect(acme, continuum, all_organizations=False, group_ids=[group])
    page = ada.get(page_of(acme, "Level 1"))
    assert "1 person of your account" in words(page)
    assert "It reaches 2 organizations." in words(page)
    assert {"Alder", "Birch"} <= set(read(page).said("a"))
    assert rows(page) == [
        ["Guest", "State", "Maximum role", "Held by"],
        ["Continuum", "Active", "Editor", "The connection"],
    ]


def test_a_group_in_rules_for_single_people_concerns_their_connection_too(
    world: World, acme: Company, continuum: Company, ada: Browser
) -> None:
    group, token = acme.groups["Level 1"], world.token(acme)
    made = world.connect(acme, continuum)
    rule = {"denied": False, "maximum_role": "editor", "group_ids": [group]}
    for name in ("paula", "manager"):
        address = f"/connections/{made['connection_id']}/rules/{continuum.users[name]}"
        assert world.api("PUT", address, rule, token=token).status == 200
    held = rows(ada.get(page_of(acme, "Level 1")))[1]
    assert held == ["Continuum", "Active", "Editor", "The rules for 2 people"]
    asked = ada.get(page_of(acme, "Level 1", "/delete"))
    assert rows(asked)[1][2] == "2 people with rules of their own"
    assert "stays and reaches nothing: nobody falls back on what the connection grants" in words(
        asked
    )
    max_ = Browser(world).sign_in(acme, "manager")
    world.api("PUT", f"/groups/{group}/members/{acme.users['manager']}", token=token)
    assert "A connection has this group" in words(max_.get(page_of(acme, "Level 1")))
    refused = world.api(
        "DELETE",
        f"/groups/{group}/organizations/{acme.organizations['Alder']}",
        token=world.token(acme, "manager"),
    )
    assert (refused.status, refused.slug) == (403, "not-allowed")
    deleted = go(ada, ada.submit(asked, "/delete"))
    assert "was deleted" in said(deleted)
    for name in ("paula", "manager"):
        user_id = continuum.users[name]
        context = world.decide(acme, user_id, "view", acme.organizations["Alder"])["context"]
        assert (context["reason"], context["rule"]) == ("organization_not_granted", True)
    assert world.may(acme, continuum.users["omar"], "view", acme.organizations["Alder"])


def test_changing_what_a_group_reaches_names_the_guests_it_concerns_and_holds_at_once(
    world: World, acme: Company, continuum: Company, ada: Browser
) -> None:
    group, cedar = acme.groups["Level 1"], acme.organizations["Cedar"]
    world.connect(acme, continuum, all_organizations=False, group_ids=[group])
    paula = continuum.users["paula"]
    assert not world.may(acme, paula, "view", cedar)
    address = page_of(acme, "Level 1", "/organizations")
    page = ada.get(f"{address}?words=ced")
    assert "and everybody of Continuum who is let in" in words(page)
    added = ada.submit(page, "?words=ced", **{f"organization.{cedar}": "on"})
    assert added.status == 303, added
    assert said(ada.get(address)) == "1 organization added. It holds at once."
    assert world.may(acme, paula, "view", cedar)
    taken = ada.submit(ada.get(address), "/organizations", **{f"organization.{cedar}": "on"})
    assert taken.status == 303
    assert not world.may(acme, paula, "view", cedar)
    nothing = ada.submit(ada.get(address), "/organizations")
    assert errors(nothing) == {"held": "Tick at least one organization."}


def test_a_group_that_reaches_very_many_is_offered_what_it_does_not_reach(world: World) -> None:
    names = [f"Client {n:02}" for n in range(75)]
    large = world.company("large", organizations=names, groups={"Most": names[:73]})
    browser = Browser(world).sign_in(large)
    address = f"/console/groups/{large.groups['Most']}/organizations"
    page = browser.get(address)
    assert read(page).said("label")[-2:] == names[73:]
    (more,) = [a["href"] for a in read(page).all("a") if "cursor=" in a.get("href", "")]
    held = read(browser.get(address + more)).said("label")
    assert held[:23] == names[50:73]


def test_people_are_put_into_a_group_and_taken_out(
    world: World, acme: Company, ada: Browser
) -> None:
    editor, alder = acme.users["editor"], acme.organizations["Alder"]
    address = page_of(acme, "Level 1", "/members")
    page = ada.get(f"{address}?words=editor")
    assert "Whoever is put in reaches 2 organizations at the next click." in words(page)
    added = ada.submit(page, "?words=editor", **{f"user.{editor}": "on"})
    assert added.status == 303, added
    assert world.may(acme, editor, "view", alder)
    page = ada.get(address)
    assert ada.submit(page, "/members", **{f"user.{editor}": "on"}).status == 303
    assert not world.may(acme, editor, "view", alder)


def test_deleting_a_group_says_first_who_loses_what(
    world: World, acme: Company, continuum: Company, ada: Browser
) -> None:
    group = acme.groups["Level 1"]
    world.api("PUT", f"/groups/{group}/members/{acme.users['editor']}", token=world.token(acme))
    world.connect(acme, continuum, all_organizations=False, group_ids=[group])
    asked = ada.get(page_of(acme, "Level 1", "/delete"))
    assert (
        "1 person of your account loses at the next click what they reach through this group "
        "only, of its 2 organizations."
    ) in words(asked)
    assert rows(asked)[1:] == [
        [
            "Continuum",
            "Active",
            "2 organizations",
            "Reaches nothing until you change its grant",
        ]
    ]
    assert "There is no way back" in words(asked)
    assert ada.submit(asked, "/delete").headers["location"] == "/console/groups"
    assert not world.may(acme, continuum.users["paula"], "view", acme.organizations["Alder"])
    assert ada.get(page_of(acme, "Level 1")).status == 404
    unused = ada.get(page_of(acme, "Level 2", "/delete"))
    assert "Nobody of your account has this group, so nobody of it loses" in words(unused)
    assert "No connection loses anything." in words(unused)


def test_who_loses_nothing_by_a_groups_deletion_is_not_counted(
    world: World, acme: Company, continuum: Company, ada: Browser
) -> None:
    group, token = acme.groups["Level 1"], world.token(acme)
    world.api("PUT", f"/groups/{group}/members/{acme.users['administrator']}", token=token)
    world.connect(acme, continuum, all_organizations=True, group_ids=[group])
    denied = {"denied_resource_types": {"password": [group]}}
    assert world.api("PATCH", "/account", denied, token=token).status == 200
    asked = ada.get(page_of(acme, "Level 1", "/delete"))
    assert "Nobody of your account loses anything: its members reach" in words(asked)
    assert rows(asked)[1][2:] == [
        "Nothing that it does not reach another way",
        "Reaches the rest as before",
    ]
    assert "Whoever has this group is denied password. That ends with the group" in words(asked)


def test_looking_at_groups_changes_nothing_and_others_groups_are_not_there(
    world: World, acme: Company, continuum: Company, ada: Browser
) -> None:
    steps = ("", "/edit", "/members", "/organizations", "/delete")
    stranger = Browser(world).sign_in(continuum)
    before = world.dump()
    for address in ["/console/groups", "/console/groups/new"] + [
        page_of(acme, "Level 1", step) for step in steps
    ]:
        assert ada.get(address).status == 200, address
        assert world.api("HEAD", address, cookies=ada.cookies).status == 200
    page = stranger.get("/console/groups/new")
    csrf = next(i["value"] for i in read(page).all("input") if i["name"] == "csrf_token")
    for step in steps:
        assert stranger.get(page_of(acme, "Level 1", step)).status == 404, step
        sent = {"csrf_token": csrf, "name": "X", "user.x": "on", "organization.x": "on"}
        assert stranger.post(page_of(acme, "Level 1", step), sent).status == 404, step
    assert world.dump() == before
