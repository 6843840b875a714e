"""Hostile text in every stored field of the directory is shown, and does nothing."""

from tests.support.browser import Browser
from tests.support.console import read
from tests.support.world import Company, World

HOSTILE = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)> {{7*7}} & co"


def test_every_page_shows_hostile_names_as_text(
    world: World, acme: Company, continuum: Company, ada: Browser
) -> None:
    token = world.token(acme)
    user, group = acme.users["editor"], acme.groups["Level 1"]
    organization, below = acme.organizations["Alder"], acme.organizations["Birch"]
    key = f"key_{acme.key.split('_')[2]}"
    for address, change in (
        (f"/users/{user}", {"name": HOSTILE, "group_ids": [group]}),
        (f"/users/{user}", {"organization_ids": [organization]}),
        (f"/groups/{group}", {"name": HOSTILE, "description": HOSTILE}),
        (f"/organizations/{organization}", {"name": HOSTILE}),
        (f"/organizations/{below}", {"name": HOSTILE, "parent_id": organization}),
        (f"/api-keys/{key}", {"name": HOSTILE}),
        ("/account", {"name": HOSTILE}),
    ):
        assert world.api("PATCH", address, change, token=token).status == 200, address
    guest = world.token(continuum)
    world.connect(acme, continuum, all_organizations=False, group_ids=[group])
    world.api("PATCH", "/account", {"name": HOSTILE}, token=guest)
    world.api("PATCH", f"/users/{continuum.users['paula']}", {"name": HOSTILE}, token=guest)
    ticked = f"user.{user}=on"
    addresses = [
        "/console/users",
        "/console/users?words=%3Cscript%3E",
        *(f"/console/users/{user}{step}" for step in ("", "/status", "/delete", "/organizations")),
        f"/console/users/change?what=role&{ticked}",
        f"/console/users/change?what=groups&{ticked}",
        f"/console/users/change?what=role&role=lite&next=check&{ticked}",
        f"/console/users/change?what=groups&next=check&group.{group}=on&{ticked}",
        "/console/users/new",
        "/console/groups",
        *(
            f"/console/groups/{group}{step}"
            for step in ("", "/edit", "/members", "/organizations", "/delete")
        ),
        "/console/organizations",
        *(f"/console/organizations/{below}{step}" for step in ("", "/edit", "/delete")),
        "/console/api-keys",
        f"/console/api-keys/{key}",
        f"/console/api-keys/{key}/revoke",
    ]
    for address in addresses:
        page = ada.get(address)
        assert page.status == 200, address
        assert "<script>" in read(page).said("main")[0], address
        assert "49" not in read(page).said("main")[0].replace("{{7*7}}", ""), address
        assert {"img", "b"}.isdisjoint(tag for tag, _ in read(page).elements), address


def test_hostile_input_comes_back_as_text_in_the_form(ada: Browser) -> None:
    form = ada.get("/console/users/new")
    wrong = ada.submit(form, "/console/users/new", name=HOSTILE, email=HOSTILE, role=HOSTILE)
    assert wrong.status == 422
    fields = {one["id"]: one for one in read(wrong).all("input") if "id" in one}
    assert fields["name"]["value"] == HOSTILE
    assert fields["email"]["value"] == HOSTILE
    assert "img" not in [tag for tag, _ in read(wrong).elements]


def test_made_up_ids_and_words_are_refused_without_harm(
    world: World, acme: Company, ada: Browser
) -> None:
    for address in (
        "/console/users/%00",
        "/console/users/usr_x/status",
        "/console/groups/..%2f..",
        "/console/organizations/%F0%9F%92%A5",
        "/console/api-keys/key_/revoke",
        f"/console/users/{acme.users['editor']}/constructor",
        f"/console/groups/{acme.groups['Level 1']}/nothing",
        "/console/users?cursor=made-up",
    ):
        assert ada.get(address).status in {400, 404}, address
    long = ada.get("/console/organizations?words=" + "x" * 5_000)
    assert long.status == 200
    assert len(long.text) < 20_000
