"""Denying a resource type to groups, on pages: chosen, shown with whom it concerns, saved."""

from typing import Any
from urllib.parse import urlencode

import pytest

from tests.console.clicking import go
from tests.support.browser import Browser
from tests.support.console import errors, read, rows, said, words
from tests.support.world import Company, World

HERE = "/console/settings/types-denied"


def checked(browser: Browser, kind: str, *group_ids: str) -> Any:
    ticked = {f"group.{one}": "on" for one in group_ids}
    return browser.get(
        f"{HERE}?{urlencode({'type': kind, 'sent': 'on', 'next': 'check', **ticked})}"
    )


def may(world: World, host: Company, user_id: str) -> bool:
    resource = {
        "type": "password",
        "id": "1",
        "properties": {"organization_id": host.organizations["Alder"]},
    }
    return bool(world.decide(host, user_id, "view", "", resource=resource)["decision"])


def test_a_type_is_denied_to_groups_and_it_is_said_whom_that_concerns(
    world: World, acme: Company, continuum: Company, ada: Browser
) -> None:
    level_1, paula = acme.groups["Level 1"], continuum.users["paula"]
    world.api("PUT", f"/groups/{level_1}/members/{acme.users['editor']}", token=world.token(acme))
    world.connect(acme, continuum, all_organizations=False, group_ids=[level_1])
    assert "No type is denied to anybody" in words(ada.get(HERE))
    asked = ada.get(f"{HERE}?type=password")
    assert "Who is denied password?" in words(asked)
    shown = checked(ada, "password", level_1)
    assert rows(shown) == [
        ["Group", "Now", "After", "Own people", "Guests"],
        ["Level 1", "Not denied", "Denied", "1 person", "Continuum"],
    ]
    assert may(world, acme, paula)
    once, twice = (ada.submit(shown, HERE) for _ in range(2))
    assert once.headers["location"] == twice.headers["location"]
    saved = go(ada, once)
    assert said(saved) == "password is denied as you chose, from the next click on."
    assert rows(saved)[1] == ["password", "Level 1", "Change whom password is denied to"]
    assert not may(world, acme, paula)
    assert len(world.log(acme, "&action=account.changed")) == 1
    asked = ada.get(f"{HERE}?type=password")
    ticked = [one["name"] for one in read(asked).all("input") if "checked" in one]
    assert ticked == [f"group.{level_1}"]

    lifted = checked(ada, "password")
    assert rows(lifted)[1][1:3] == ["Denied", "Not denied"]
    assert said(go(ada, ada.submit(lifted, HERE))).startswith("password is denied to nobody")
    assert may(world, acme, paula)


@pytest.mark.parametrize(
    ("kind", "sentence"),
    [
        ("", "Enter the type of resource, such as password."),
        ("two words", "The type must be one word of letters, digits and _.:-, a letter first."),
        ("organization", "The type must be of something in an organization"),
    ],
)
def test_a_type_that_cannot_be_is_named_at_its_field(
    ada: Browser, kind: str, sentence: str
) -> None:
    page = ada.get(f"{HERE}?{urlencode({'type': kind})}")
    assert page.status == 422
    assert errors(page)["type"].startswith(sentence)


def test_more_groups_than_decisions_can_carry_are_refused_where_they_are_ticked(
    world: World, acme: Company, ada: Browser
) -> None:
    page = checked(ada, "password", *(f"grp_{number}" for number in range(101)))
    refused = ada.submit(page, HERE)
    assert refused.status == 422
    assert errors(refused)["groups"].startswith("At most 100 groups are denied something")
    gone = ada.submit(checked(ada, "password", "grp_gone"), HERE)
    assert errors(gone)["groups"].startswith("There is no group")


def test_settings_that_changed_meanwhile_are_shown_again(
    world: World, acme: Company, ada: Browser
) -> None:
    shown = checked(ada, "password", acme.groups["Level 1"])
    world.api("PATCH", "/account", {"name": "Acme Ltd"}, token=world.token(acme))
    stale = ada.submit(shown, HERE)
    assert stale.status == 412
    assert errors(stale)["changes"].startswith("This changed since you read it.")
    assert ada.submit(stale, HERE).status == 303
    unchanged = checked(ada, "password", acme.groups["Level 1"])
    assert "It is so already." in words(unchanged)


def test_a_group_that_is_denied_something_says_so_before_it_is_deleted(
    world: World, acme: Company, ada: Browser
) -> None:
    level_1 = acme.groups["Level 1"]
    types = {"denied_resource_types": {"password": [level_1]}}
    world.api("PATCH", "/account", types, token=world.token(acme))
    asked = ada.get(f"/console/groups/{level_1}/delete")
    assert "Whoever has this group is denied password." in words(asked)


def test_only_administrators_deny_types(world: World, acme: Company) -> None:
    manager = Browser(world).sign_in(acme, "manager")
    assert manager.get(HERE).status == 403
    assert "types-denied" not in manager.get("/console/groups").text
