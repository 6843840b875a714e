"""Where there are many groups, a person's form finds them all, and loses nothing meanwhile."""

import pytest

from tests.console.clicking import go
from tests.support.api import Reply
from tests.support.browser import Browser
from tests.support.console import read, rows, words
from tests.support.world import Company, World


@pytest.fixture
def many(world: World) -> Company:
    return world.company(
        "many",
        {"administrator": "administrator", "editor": "editor"},
        groups={f"Team {n:03}": [] for n in range(59, -1, -1)},
    )


@pytest.fixture
def browser(world: World, many: Company) -> Browser:
    return Browser(world).sign_in(many)


def groups(page: Reply) -> dict[str, bool]:
    """Return the groups that a form offers, in order, and whether each is ticked."""
    document = read(page)
    names = dict(
        zip((a["for"] for a in document.all("label")), document.said("label"), strict=True)
    )
    boxes = [i for i in document.all("input") if i.get("name", "").startswith("group.")]
    return {names[i["id"]]: "checked" in i for i in boxes}


def test_a_new_person_gets_a_group_that_only_a_search_finds(
    world: World, many: Company, browser: Browser
) -> None:
    page = browser.get("/console/users/new")
    assert list(groups(page)) == [f"Team {n:03}" for n in range(50)]
    assert "these are the first 50, by name" in words(page)
    ticked = {f"group.{many.groups['Team 007']}": "on"}
    typed = {"name": "Zoe", "email": "zoe@many.test", "role": "editor"}
    found = browser.submit(
        page, "/users/new", **typed, **ticked, group_words="team 059", next="search"
    )
    assert found.status == 200
    assert groups(found) == {"Team 007": True, "Team 059": False}
    assert 'value="Zoe"' in found.text
    assert 'value="zoe@many.test"' in found.text
    ticked[f"group.{many.groups['Team 059']}"] = "on"
    made = go(browser, browser.submit(found, "/users/new", **typed, **ticked))
    assert [name for name, has in groups(made).items() if has] == ["Team 007", "Team 059"]


def test_searching_groups_saves_nothing_and_says_when_there_is_none(
    world: World, many: Company, browser: Browser
) -> None:
    address = f"/console/users/{many.users['editor']}"
    page = browser.get(address)
    before = world.dump()
    looked = browser.submit(
        page, address, name="Edith", role="creator", group_words="<b>", next="search"
    )
    assert "No group has “<b>” in its name." in words(looked)
    assert 'value="Edith"' in looked.text
    assert world.dump() == before
    # Enter in the search searches; Enter in another field saves.
    by_enter = browser.submit(page, address, name="Edith", group_words="058", next="enter")
    assert list(groups(by_enter)) == ["Team 058"]
    saved = browser.submit(
        by_enter, address, name="Edith", role="editor", group_words="058", next="enter"
    )
    assert saved.status == 303


def test_many_people_are_put_into_a_group_that_only_a_search_finds(
    many: Company, browser: Browser
) -> None:
    asked = f"/console/users/change?what=groups&user.{many.users['editor']}=on"
    found = browser.get(f"{asked}&group_words=059&next=search")
    assert groups(found) == {"Team 059": False}
    check = browser.get(f"{asked}&group.{many.groups['Team 059']}=on&next=check")
    assert rows(check)[1] == ["Editor", "None", "Team 059", "Changes"]


def test_the_list_of_users_is_narrowed_to_a_role_and_says_so(
    world: World, acme: Company, ada: Browser
) -> None:
    only = ada.get("/console/users?role=manager")
    assert [row[1] for row in rows(only)[1:]] == ["Manager"]
    assert "People of your account, Manager only, by name" in words(only)
    both = ada.get("/console/users?role=manager&words=editor")
    assert "No user with “editor” is Manager" in words(both)
    ways_out = [a["href"] for a in read(both).all("a")]
    assert "/console/users?role=manager" in ways_out
    assert "/console/users?words=editor" in ways_out
    assert ada.get("/console/users?role=boss").status == 400


def test_a_filter_goes_on_from_page_to_page(
    many: Company, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gatehouse.http.routes.console.users.SHOWN", 1)
    first = browser.get("/console/users?words=many")
    (onward,) = (a["href"] for a in read(first).all("a") if "cursor=" in a["href"])
    second = browser.get(onward)
    assert [row[1] for row in rows(first)[1:] + rows(second)[1:]] == ["Administrator", "Editor"]
    assert "/console/users?words=many" in [a["href"] for a in read(second).all("a")]
