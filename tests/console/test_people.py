"""An Administrator looks after the people of the account on pages."""

import pytest

from tests.support.api import Reply
from tests.support.browser import Browser
from tests.support.console import errors, heading, read, rows, said, words
from tests.support.world import Company, World

NEW = {"name": "Zoe Lind", "email": "zoe@acme.test", "role": "editor"}


def user_named(world: World, acme: Company, email: str) -> dict[str, object]:
    listed = world.api("GET", "/users?limit=200", token=world.token(acme)).json["items"]
    return next(one for one in listed if one["email"] == email)


def test_the_list_says_who_works_here_as_what_and_reaches_what(ada: Browser, acme: Company) -> None:
    page = ada.get("/console/users")
    head, *people = rows(page)
    assert head == ["User", "Role", "Reach", "State"]
    assert people[0] == [
        "Choose AdministratorAdministratoradministrator@acme.test",
        "Administrator",
        "All organizations",
        "Active",
    ]
    assert len(people) == len(acme.users)
    assert ["Lite", "Nothing"] in [person[1:3] for person in people]


def test_a_search_finds_people_by_words_of_name_and_address_in_any_order(
    ada: Browser, acme: Company
) -> None:
    found = rows(ada.get("/console/users?words=ACME.test+edi"))
    assert [row[0] for row in found[1:]] == ["Choose EditorEditoreditor@acme.test"]
    nobody = ada.get("/console/users?words=nobody")
    assert "No user has “nobody” in the name or address" in words(nobody)
    assert "Show all users" in words(nobody)


def test_lists_go_on_page_by_page(world: World, continuum: Company) -> None:
    crowd = world.company(
        "crowd", {"administrator": "administrator"} | {f"p{n:03}": "editor" for n in range(104)}
    )
    browser = Browser(world).sign_in(crowd)
    seen: list[str] = []
    address = "/console/users"
    for count in (50, 50, 5):
        page = browser.get(address)
        people = rows(page)[1:]
        assert len(people) == count
        seen += [row[0] for row in people]
        onward = [a["href"] for a in read(page).all("a") if "cursor=" in a.get("href", "")]
        address = onward[0] if onward else ""
    assert not address
    assert len(set(seen)) == 105
    found = browser.get("/console/users?words=p00")
    assert [row[0][:11] for row in rows(found)[1:]] == [f"Choose P{n:03}" for n in range(10)]


def test_a_person_is_added_and_can_sign_in(world: World, acme: Company, ada: Browser) -> None:
    form = ada.get("/console/users/new")
    level_1 = acme.groups["Level 1"]
    made = ada.submit(form, "/console/users/new", **NEW, **{f"group.{level_1}": "on"})
    assert made.status == 303, made
    page = ada.get(made.headers["location"])
    assert said(page) == "Zoe Lind was added and can sign in with this address."
    assert heading(page) == "Zoe Lind"
    zoe = user_named(world, acme, "zoe@acme.test")
    assert (zoe["role"], zoe["group_ids"]) == ("editor", [level_1])
    browser = Browser(world)
    assert browser.come_back(browser.begin(), "zoe@acme.test").status in {200, 303}


def test_pressing_the_button_twice_adds_one_person(
    world: World, acme: Company, ada: Browser
) -> None:
    form = ada.get("/console/users/new")
    first = ada.submit(form, "/console/users/new", **NEW)
    second = ada.submit(form, "/console/users/new", **NEW)
    assert first.headers["location"] == second.headers["location"]
    again = ada.submit(form, "/console/users/new", **{**NEW, "email": "other@acme.test"})
    assert again.status == 303
    assert again.headers["location"] != first.headers["location"]


def test_what_is_wrong_stands_at_its_field_and_nothing_typed_is_lost(
    acme: Company, ada: Browser
) -> None:
    form = ada.get("/console/users/new")
    group = acme.groups["Level 2"]
    wrong = ada.submit(
        form, "/console/users/new", name="  ", email="not an address", **{f"group.{group}": "on"}
    )
    assert wrong.status == 422
    assert errors(wrong) == {
        "name": "Enter the person's name.",
        "email": "The e-mail address must be one such as ada@example.com.",
        "role-read_only": "Choose a role.",
    }
    fields = {one["id"]: one for one in read(wrong).all("input") if "id" in one}
    assert fields["email"]["value"] == "not an address"
    assert "checked" in fields[group]
    assert "checked" not in fields[acme.groups["Level 1"]]
    taken = ada.submit(form, "/console/users/new", **{**NEW, "email": "editor@acme.test"})
    assert taken.status == 409
    assert "already belongs to a user" in errors(taken)["email"]


def test_a_person_is_changed_in_one_go(world: World, acme: Company, ada: Browser) -> None:
    address = f"/console/users/{acme.users['editor']}"
    page = ada.get(address)
    level_2 = acme.groups["Level 2"]
    saved = ada.submit(
        page,
        address,
        name="Erin Walsh",
        email="erin@acme.test",
        role="creator",
        all_organizations="on",
        **{f"group.{level_2}": "on"},
    )
    assert saved.status == 303, saved
    assert said(ada.get(address)) == "Saved. It holds from the next click of Erin Walsh."
    erin = user_named(world, acme, "erin@acme.test")
    assert (erin["name"], erin["role"], erin["group_ids"], erin["all_organizations"]) == (
        "Erin Walsh",
        "creator",
        [level_2],
        True,
    )


def test_saving_over_somebody_elses_change_is_told_and_keeps_what_was_typed(
    world: World, acme: Company, ada: Browser
) -> None:
    address = f"/console/users/{acme.users['editor']}"
    page = ada.get(address)
    typed = {"name": "Erin", "email": "editor@acme.test", "role": "editor"}
    assert ada.submit(page, address, **{**typed, "name": "Somebody"}).status == 303
    stale = ada.submit(page, address, **typed)
    assert stale.status == 412
    assert "Somebody else changed this person" in errors(stale)["name"]
    fields = {one["id"]: one for one in read(stale).all("input") if "id" in one}
    assert fields["name"]["value"] == "Erin"
    assert ada.submit(stale, address, **typed).status == 303


def test_deactivating_says_what_it_means_and_holds_at_the_next_click(
    world: World, acme: Company, ada: Browser
) -> None:
    editor = Browser(world).sign_in(acme, "editor")
    assert editor.get("/console/organizations").status == 200
    address = f"/console/users/{acme.users['editor']}"
    asked = ada.get(f"{address}/status")
    assert heading(asked) == "Deactivate Editor"
    assert "From the next click on, Editor is signed out and reaches nothing" in words(asked)
    assert "The way back is to reactivate Editor here." in words(asked)
    assert "Leave Editor active" in words(asked)
    assert ada.submit(asked, "/status").headers["location"] == address
    assert "Deactivated" in words(ada.get(address))
    assert editor.get("/console/organizations").status == 303
    back = ada.get(f"{address}/status")
    assert heading(back) == "Reactivate Editor"
    ada.submit(back, "/status")
    assert user_named(world, acme, "editor@acme.test")["status"] == "active"


def test_the_last_administrator_stays(world: World, acme: Company, ada: Browser) -> None:
    address = f"/console/users/{acme.users['administrator']}"
    for step in ("status", "delete"):
        page = ada.get(f"{address}/{step}")
        assert "is the last active Administrator of Acme" in words(page)
        assert not [form for form in read(page).all("form") if form["action"].endswith(step)]
        csrf = csrf_of(page)
        forced = ada.post(f"{address}/{step}", {"csrf_token": csrf, "status": "deactivated"})
        assert forced.status == 409
    page = ada.get(address)
    demoted = ada.submit(page, address, name="Ada", email="administrator@acme.test", role="editor")
    assert demoted.status == 409
    assert "Make somebody else an Administrator first" in errors(demoted)["role-read_only"]


def test_deleting_says_that_there_is_no_way_back(world: World, acme: Company, ada: Browser) -> None:
    address = f"/console/users/{acme.users['creator']}"
    asked = ada.get(f"{address}/delete")
    assert "The log keeps what they did, under their name, which an Administrator can" in words(
        asked
    )
    assert "There is no way back" in words(asked)
    done = ada.submit(asked, "/delete")
    assert done.headers["location"] == "/console/users"
    assert said(ada.get("/console/users")).startswith("Creator was deleted.")
    gone = ada.get(address)
    assert gone.status == 404
    assert heading(gone) == "Not found"


def test_single_organizations_are_given_and_taken_at_once(
    world: World, acme: Company, ada: Browser
) -> None:
    editor, alder = acme.users["editor"], acme.organizations["Alder"]
    address = f"/console/users/{editor}/organizations"
    page = ada.get(f"{address}?words=ald")
    nothing = ada.submit(page, "?words=ald", next="add")
    assert errors(nothing) == {"words": "Tick at least one organization."}
    given = ada.submit(page, "?words=ald", **{f"organization.{alder}": "on"})
    assert given.status == 303, given
    assert said(ada.get(address)) == "1 organization given to Editor. It holds at once."
    assert world.may(acme, editor, "view", alder)
    page = ada.get(address)
    taken = ada.submit(page, "/organizations", **{f"organization.{alder}": "on"})
    assert taken.status == 303, taken
    assert not world.may(acme, editor, "view", alder)


def test_looking_at_people_changes_nothing(world: World, acme: Company, ada: Browser) -> None:
    one = acme.users["editor"]
    addresses = [
        "/console/users",
        "/console/users?words=e",
        "/console/users/new",
        f"/console/users/change?what=role&user.{one}=on",
        f"/console/users/change?what=role&user.{one}=on&role=lite&next=check",
        *(f"/console/users/{one}{step}" for step in ("", "/status", "/delete", "/organizations")),
    ]
    before = world.dump()
    for address in addresses:
        assert ada.get(address).status == 200, address
        assert world.api("HEAD", address, cookies=ada.cookies).status == 200
    assert world.dump() == before


def test_people_of_another_account_are_not_there(
    world: World, acme: Company, continuum: Company, ada: Browser
) -> None:
    theirs = f"/console/users/{continuum.users['paula']}"
    own = ada.get(f"/console/users/{acme.users['editor']}")
    before = world.dump()
    for address in (theirs, *(f"{theirs}/{s}" for s in ("status", "delete", "organizations"))):
        assert ada.get(address).status == 404
        form = {"csrf_token": csrf_of(own), "name": "X", "status": "deactivated"}
        assert ada.post(address, form).status == 404
    chosen = f"/console/users/change?what=role&user.{continuum.users['paula']}=on"
    assert ada.get(chosen).status == 404
    assert ada.get(f"{theirs}/nothing").status == 404
    assert world.dump() == before


def csrf_of(page: Reply) -> str:
    return next(i["value"] for i in read(page).all("input") if i["name"] == "csrf_token")


def test_people_are_listed_by_name_and_by_the_day_they_came_where_they_are_very_many(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    people = {"zoe": "administrator", "adam": "editor", "bea": "editor", "mia": "manager"}
    company = world.company("small", people)
    browser = Browser(world).sign_in(company, "zoe")
    monkeypatch.setattr("gatehouse.http.routes.console.users.SHOWN", 2)

    def listed() -> tuple[list[str], str]:
        address, found, first = "/console/users", [], ""
        while address:
            page = browser.get(address)
            first = first or words(page)
            found += [a["href"] for a in read(page).all("a") if "/console/users/usr_" in a["href"]]
            onward = [a["href"] for a in read(page).all("a") if "cursor=" in a["href"]]
            address = onward[-1] if onward else ""
        names = {f"/console/users/{id_}": name for name, id_ in company.users.items()}
        return [names[one] for one in found], first

    assert listed()[0] == ["adam", "bea", "mia", "zoe"]
    assert "People of your account, by name" in listed()[1]
    monkeypatch.setattr("gatehouse.usecases.find.SORTED", 3)
    assert listed()[0] == ["zoe", "adam", "bea", "mia"]
    assert "in the order they were added" in listed()[1]


def test_a_list_by_name_that_becomes_too_long_meanwhile_begins_anew(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    company = world.company("small", {"zoe": "administrator", "adam": "editor", "mia": "manager"})
    browser = Browser(world).sign_in(company, "zoe")
    monkeypatch.setattr("gatehouse.http.routes.console.users.SHOWN", 2)
    first = browser.get("/console/users")
    (onward,) = [a["href"] for a in read(first).all("a") if "cursor=" in a["href"]]
    monkeypatch.setattr("gatehouse.usecases.find.SORTED", 2)
    again = [row[0] for row in rows(browser.get(onward))[1:]]
    assert ["Zoe" in again[0], "Adam" in again[1]] == [True, True]
