"""API keys on pages: made, shown once, changed, revoked with what that means."""

import pytest

from tests.support.browser import Browser
from tests.support.console import errors, heading, read, rows, said, words
from tests.support.world import Company, World

TICKED = {"name": "Ticket system", "scope.authorize": "on", "scope.directory:read": "on"}


def test_the_list_says_what_each_key_may_and_when_it_was_used(
    world: World, acme: Company, ada: Browser
) -> None:
    head, first = rows(ada.get("/console/api-keys"))
    assert head == ["Key", "Scopes", "Created", "Last used"]
    assert first[3] == "Never"
    world.decide(acme, acme.users["editor"], "view", acme.organizations["Alder"])
    assert rows(ada.get("/console/api-keys"))[1][3] == "Within the last hour"


def test_a_key_is_shown_once_and_works_and_is_nowhere_to_be_had_again(
    world: World, acme: Company, ada: Browser
) -> None:
    form = ada.get("/console/api-keys/new")
    made = ada.submit(form, "/console/api-keys/new", **TICKED)
    assert made.status == 200
    assert made.headers["cache-control"] == "no-store"
    (secret,) = read(made).said("code")
    assert secret.startswith("gh_")
    assert world.api("GET", "/users", token=secret).status == 200
    assert world.api("GET", "/connections", token=secret).status == 403
    again = ada.submit(form, "/console/api-keys/new", **TICKED)
    assert heading(again) == "The key Ticket system was shown already"
    key_id = "key_" + secret.split("_")[2]
    pages = [
        ada.get(address)
        for address in (
            "/console/api-keys",
            f"/console/api-keys/{key_id}",
            f"/console/api-keys/{key_id}/revoke",
        )
    ]
    assert len(rows(pages[0])) == 3
    part = secret.rsplit("_", 1)[1]
    assert not [page for page in (again, *pages) if part in page.text]
    assert part not in str(world.dump())


def test_a_key_needs_a_name_and_a_scope(ada: Browser) -> None:
    form = ada.get("/console/api-keys/new")
    wrong = ada.submit(form, "/console/api-keys/new", name="")
    assert errors(wrong) == {
        "name": "Enter a name: which application uses the key.",
        "scope-authorize": "Tick at least one scope.",
    }
    kept = ada.submit(form, "/console/api-keys/new", **{"name": "", "scope.scim": "on"})
    ticked = [i["id"] for i in read(kept).all("input") if "checked" in i]
    assert ticked == ["scope-scim"]


def test_a_key_is_changed_from_its_next_use_on(world: World, acme: Company, ada: Browser) -> None:
    form = ada.get("/console/api-keys/new")
    (secret,) = read(ada.submit(form, "/console/api-keys/new", **TICKED)).said("code")
    address = "/console/api-keys/key_" + secret.split("_")[2]
    page = ada.get(address)
    changed = ada.submit(page, address, **{"name": "Tickets", "scope.authorize": "on"})
    assert changed.status == 303
    assert said(ada.get("/console/api-keys")) == "Tickets was changed. It holds from its next use."
    assert world.api("GET", "/users", token=secret).status == 403
    stale = ada.submit(page, address, **TICKED)
    assert stale.status == 412
    assert "Somebody else changed this key" in errors(stale)["name"]


def test_revoking_says_what_stops_and_holds_at_the_next_request(
    world: World, acme: Company, ada: Browser
) -> None:
    address = f"/console/api-keys/key_{acme.key.split('_')[2]}"
    asked = ada.get(f"{address}/revoke")
    assert "what it protects stays shut, for your own people and for guests" in words(asked)
    assert "There is no way back" in words(asked)
    assert world.api("GET", "/users", token=acme.key).status == 200
    assert ada.submit(asked, "/revoke").headers["location"] == "/console/api-keys"
    assert world.api("GET", "/users", token=acme.key).status == 401
    assert ada.get(address).status == 404
    assert "No application acts for your account" in words(ada.get("/console/api-keys"))


@pytest.mark.parametrize("name", ["manager", "editor"])
def test_keys_are_for_administrators(world: World, acme: Company, name: str) -> None:
    browser = Browser(world).sign_in(acme, name)
    key = f"/console/api-keys/key_{acme.key.split('_')[2]}"
    for address in ("/console/api-keys", "/console/api-keys/new", key, f"{key}/revoke"):
        refused = browser.get(address)
        assert refused.status == 403
        assert "Only Administrators may manage API keys" in words(refused)


def test_keys_of_another_account_are_not_there(
    world: World, acme: Company, continuum: Company, ada: Browser
) -> None:
    theirs = f"/console/api-keys/key_{continuum.key.split('_')[2]}"
    assert ada.get(theirs).status == 404
    assert ada.get(f"{theirs}/revoke").status == 404
    csrf = next(
        i["value"]
        for i in read(ada.get("/console/api-keys/new")).all("input")
        if i["name"] == "csrf_token"
    )
    assert ada.post(f"{theirs}/revoke", {"csrf_token": csrf}).status == 404
    assert world.api("GET", "/users", token=continuum.key).status == 200
