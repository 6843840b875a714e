"""Hostile text in every stored field of the directory is shown, and does nothing."""

from tests.support.browser import Browser
from tests.support.console import read
from tests.support.world import Company, World

HOSTILE = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)> {{7*7}} & co"


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
