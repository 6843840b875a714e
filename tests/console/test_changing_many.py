"""Many people are changed alike: ticked, asked what, shown what it means, done."""

from tests.support.api import Reply
from tests.support.browser import Browser
from tests.support.console import errors, heading, read, rows, said, words
from tests.support.world import Company, World


def ticked(acme: Company, *names: str, **more: str) -> str:
    fields = {f"user.{acme.users[name]}": "on" for name in names} | more
    return "/console/users/change?" + "&".join(f"{n}={v}" for n, v in fields.items())


def role_of(world: World, acme: Company, name: str) -> str:
    one = world.api("GET", f"/users/{acme.users[name]}", token=world.token(acme))
    return str(one.json["role"])


def send(browser: Browser, page: Reply) -> Reply:
    return browser.submit(page, "/console/users/change")


def test_nobody_ticked_is_told_on_the_list(ada: Browser, acme: Company) -> None:
    page = ada.get("/console/users/change?what=role")
    assert page.status == 422
    assert errors(page) == {"people": "Tick at least one person."}
    assert len(rows(page)) == len(acme.users) + 1


def test_a_role_is_given_to_two_people_after_a_look_at_now_and_after(
    world: World, acme: Company, ada: Browser
) -> None:
    asked = ada.get(ticked(acme, "editor", "creator", what="role"))
    assert heading(asked) == "Change the role of 2 people"
    unchosen = ada.get(ticked(acme, "editor", what="role", next="check"))
    assert errors(unchosen) == {"role-read_only": "Choose a role."}
    check = ada.get(ticked(acme, "editor", "creator", what="role", role="creator", next="check"))
    assert rows(check) == [
        ["User", "Now", "After", "Change"],
        ["Creator", "Creator", "Creator", "None"],
        ["Editor", "Editor", "Creator", "Changes"],
    ]
    assert "It changes for 1 person, at their next click" in words(check)
    assert "Change the role of 1 person" in read(check).said("button")
    before = len(world.log(acme))
    done = send(ada, check)
    assert done.headers["location"] == "/console/users"
    assert (
        said(ada.get("/console/users")) == "1 person was changed. It holds from their next click."
    )
    assert role_of(world, acme, "editor") == "creator"
    assert len(world.log(acme)) == before + 1
    assert send(ada, check).status == 303
    assert len(world.log(acme)) == before + 1


def test_giving_lite_or_administrator_says_what_that_means(acme: Company, ada: Browser) -> None:
    lite = ada.get(ticked(acme, "editor", what="role", role="lite", next="check"))
    assert "Lite reaches no organization: they are shut out." in words(lite)
    high = ada.get(ticked(acme, "editor", what="role", role="administrator", next="check"))
    assert "Administrators reach all organizations and run the account" in words(high)


def test_people_are_put_into_groups_and_taken_out(
    world: World, acme: Company, ada: Browser
) -> None:
    group, alder = acme.groups["Level 1"], acme.organizations["Alder"]
    empty = ada.get(ticked(acme, "editor", what="groups", next="check"))
    assert errors(empty) == {"groups": "Tick at least one group."}
    check = ada.get(
        ticked(acme, "editor", "read_only", what="groups", way="add", next="check")
        + f"&group.{group}=on"
    )
    assert rows(check)[1:] == [
        ["Editor", "None", "Level 1", "Changes"],
        ["Read only", "None", "Level 1", "Changes"],
    ]
    assert send(ada, check).status == 303
    assert world.may(acme, acme.users["editor"], "view", alder)
    out = ada.get(
        ticked(acme, "editor", what="groups", way="take", next="check") + f"&group.{group}=on"
    )
    assert rows(out)[1:] == [["Editor", "Level 1", "None", "Changes"]]
    assert send(ada, out).status == 303
    assert not world.may(acme, acme.users["editor"], "view", alder)
    assert world.may(acme, acme.users["read_only"], "view", alder)


def test_one_who_may_not_be_changed_stops_nobody_else_and_is_named(
    world: World, acme: Company, ada: Browser
) -> None:
    check = ada.get(ticked(acme, "administrator", "editor", what="role", role="lite", next="check"))
    assert "It changes for 2 people" in words(check)
    done = send(ada, check)
    assert done.status == 409
    assert heading(done) == "1 person was not changed"
    assert rows(done)[1][0] == "Administrator"
    assert "last active Administrator" in rows(done)[1][1]
    assert role_of(world, acme, "editor") == "lite"
    assert role_of(world, acme, "administrator") == "administrator"
