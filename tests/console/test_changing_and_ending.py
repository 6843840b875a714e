"""Change what a connection grants, with now and after side by side, and end it."""

import pytest

from tests.console.clicking import address, answer, go, ticks
from tests.support.browser import Browser
from tests.support.console import errors, read, rows, said, words
from tests.support.world import Company, World


def test_a_change_is_shown_as_now_after_and_change_before_it_is_saved(
    world: World, acme: Company, continuum: Company, ada: Browser
) -> None:
    connection = world.connect(
        acme, continuum, all_organizations=False, group_ids=[acme.groups["Level 1"]]
    )
    page = ada.get(address(connection))
    asked = go(ada, ada.submit(page, connection["connection_id"], question="role"))
    assert "Step" not in words(asked)
    assert [i["id"] for i in read(asked).all("input") if "checked" in i] == ["role-editor"]
    shown = go(ada, answer(ada, asked, maximum_role="creator"))
    assert rows(shown) == [
        ["What", "Now", "After", "Change"],
        ["Maximum role", "Editor", "Creator", "Lowered to Creator"],
        ["What they reach", "Level 1", "Level 1", "No change"],
        ["In reach today", "2 organizations", "2 organizations", "As many as now"],
        ["Who gets in", "4 people", "4 people", "4 get another role"],
    ]
    assert "loses what is taken away at their next click" in words(shown)
    (grant,) = (a["href"] for a in read(shown).all("a") if "/grant?" in a["href"])
    picker = ada.get(grant)
    ticked = {i["name"]: "on" for i in read(picker).all("input") if ticks(i)}
    assert ticked == {f"group.{acme.groups['Level 1']}": "on"}
    cedar = {f"organization.{acme.organizations['Cedar']}": "on"}
    shown = go(ada, answer(ada, picker, next="continue", **cedar))
    assert rows(shown)[2:4] == [
        ["What they reach", "Level 1", "Level 1 and 1 organization", "Added: 1 organization"],
        ["In reach today", "2 organizations", "3 organizations", "1 more"],
    ]
    now = world.api("GET", f"/connections/{connection['connection_id']}", token=world.token(acme))
    assert now.json["maximum_role"] == "editor"

    once, twice = (answer(ada, shown) for _ in range(2))
    assert once.headers["location"] == twice.headers["location"]
    saved = go(ada, once)
    assert said(saved) == "Saved. It holds from the next click of everybody of Continuum."
    now = world.api("GET", f"/connections/{connection['connection_id']}", token=world.token(acme))
    assert now.json["maximum_role"] == "creator"
    assert now.json["organization_ids"] == [acme.organizations["Cedar"]]
    assert len(world.log(acme, "&action=connection.edited")) == 1


def test_a_change_over_somebody_elses_is_shown_again_and_not_saved(
    world: World, acme: Company, continuum: Company, ada: Browser
) -> None:
    connection = world.connect(acme, continuum)
    page = ada.get(address(connection))
    asked = go(ada, ada.submit(page, connection["connection_id"], question="role"))
    shown = go(ada, answer(ada, asked, maximum_role="creator"))
    theirs = {"maximum_role": "read_only", "group_ids": [], "organization_ids": []}
    world.api(
        "PUT",
        f"/connections/{connection['connection_id']}/grant",
        {**theirs, "all_organizations": True},
        token=world.token(acme),
        headers={"if-match": connection["etag"]},
    )
    stale = answer(ada, shown)
    assert stale.status == 412
    assert errors(stale)["part-grant"].startswith("The connection changed since you read it.")
    assert rows(stale)[1] == ["Maximum role", "Read-only", "Creator", "Raised to Creator"]
    assert answer(ada, stale).status == 303


def test_nothing_changed_is_nothing_to_save(
    world: World, acme: Company, continuum: Company, ada: Browser
) -> None:
    connection = world.connect(acme, continuum)
    page = ada.get(address(connection))
    asked = go(ada, ada.submit(page, connection["connection_id"], question="grant"))
    shown = go(ada, answer(ada, asked, next="continue"))
    assert "Nothing would change." in words(shown)
    assert "Save the change" not in read(shown).said("button")


def test_revoking_says_what_it_means_and_ends_it(
    world: World, acme: Company, continuum: Company, ada: Browser
) -> None:
    connection = world.connect(acme, continuum)
    before = world.dump()
    ask = ada.get(f"{address(connection)}/revoke")
    assert (
        "4 people of Continuum lose access to all 4 organizations at their next click. "
        "Nobody keeps access. The record of what was granted and the log are kept." in words(ask)
    )
    assert "Revoke access for 4 people" in read(ask).said("button")
    assert "Keep the connection" in read(ask).said("a")
    assert world.dump() == before
    assert world.may(acme, continuum.users["paula"], "view", acme.organizations["Alder"])
    once, twice = (ada.submit(ask, "/revoke") for _ in range(2))
    assert once.status == twice.status == 303
    page = go(ada, once)
    assert said(page) == "Revoked: nobody of Continuum has access any more."
    assert not world.may(acme, continuum.users["paula"], "view", acme.organizations["Alder"])
    text = words(page)
    assert "Nobody of Continuum has access through this connection." in text
    assert text.count("Administrator revoked it.") == 2
    assert "Invite Continuum anew" in read(page).said("a")
    assert "Change what they reach" not in read(page).said("button")
    over = ada.get(f"{address(connection)}/revoke")
    assert "there is nothing left to revoke" in words(over)


@pytest.mark.parametrize("step", ["decline", "leave"])
def test_how_it_ended_stands_on_its_page(
    world: World, acme: Company, continuum: Company, ada: Browser, step: str
) -> None:
    connection = world.invite(acme, continuum).json
    incoming = f"/incoming-connections/{connection['connection_id']}"
    if step == "leave":
        world.api("POST", f"{incoming}/accept", token=world.token(continuum))
    assert world.api("POST", f"{incoming}/{step}", token=world.token(continuum)).status == 200
    page = ada.get(address(connection))
    ends = {
        "decline": "An Administrator of Continuum declined.",  # who of them is their business
        "leave": "Administrator of Continuum ended it.",
    }
    assert words(page).count(ends[step]) == 2


def test_what_is_over_names_what_there_is_instead_and_says_nothing_untrue_of_it(
    world: World, acme: Company, continuum: Company, ada: Browser
) -> None:
    old = world.connect(acme, continuum)
    revoke = f"/connections/{old['connection_id']}/revoke"
    world.api("POST", revoke, token=world.token(acme))
    nora, there = Browser(world).sign_in(continuum), f"/console/hosts/{old['connection_id']}"
    for browser, page in ((ada, address(old)), (nora, there)):
        assert "newer" not in words(browser.get(page))
    again = world.invite(acme, continuum).json
    assert "A newer invitation waits for an answer." in words(ada.get(address(old)))
    accept = f"/incoming-connections/{again['connection_id']}/accept"
    assert world.api("POST", accept, token=world.token(continuum)).status == 200
    for browser, page, newer in (
        (ada, address(old), address(again)),
        (nora, there, f"/console/hosts/{again['connection_id']}"),
    ):
        over = browser.get(page)
        assert "Nobody of Continuum has access through this connection." in words(over)
        assert "Continuum has access again, through a newer connection." in words(over)
        assert newer in [a["href"] for a in read(over).all("a")]
        assert "Invite Continuum anew" not in words(over)


def test_revoking_a_pending_invitation_is_worded_for_it(
    world: World, acme: Company, continuum: Company, ada: Browser
) -> None:
    connection = world.invite(acme, continuum).json
    ask = ada.get(f"{address(connection)}/revoke")
    assert "The links in the mails stop working at once" in words(ask)
    assert "Revoke the invitation" in read(ask).said("button")


def test_a_form_without_the_sessions_token_ends_nothing(
    world: World, acme: Company, continuum: Company, ada: Browser
) -> None:
    connection = world.connect(acme, continuum)
    before = world.dump()
    for path in ("", "/resend", "/revoke"):
        assert ada.post(f"{address(connection)}{path}", {"key": "k"}).status == 403
    assert world.dump() == before
