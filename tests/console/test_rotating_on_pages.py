"""A key is rotated on pages: chosen, shown once, watched, and its older secret ended."""

import pytest

from tests.support.browser import Browser
from tests.support.cleanup import run_cleanup
from tests.support.console import errors, heading, read, rows, said, words
from tests.support.world import Company, World


@pytest.fixture
def address(acme: Company) -> str:
    return f"/console/api-keys/key_{acme.key.split('_')[2]}"


def works(world: World, secret: str) -> bool:
    return world.api("GET", "/users", token=secret).status == 200


def rotate(browser: Browser, address: str, hours: str) -> str:
    page = browser.get(f"{address}/rotate")
    made = browser.submit(page, f"{address}/rotate", grace=hours)
    assert made.status == 200, made
    (secret,) = read(made).said("code")
    return secret


def test_a_new_secret_is_shown_once_beside_now_and_after(
    world: World, acme: Company, ada: Browser, address: str
) -> None:
    asked = ada.get(f"{address}/rotate")
    assert rows(asked)[0] == ["What", "Now", "After"]
    assert [row[0] for row in rows(asked)[1:]] == ["Secret 2", "Secret 1"]
    (chosen,) = (i["value"] for i in read(asked).all("input") if "checked" in i)
    assert chosen == "24"
    made = ada.submit(asked, f"{address}/rotate", grace="24")
    (secret,) = read(made).said("code")
    assert made.headers["cache-control"] == "no-store"
    assert works(world, secret)
    assert works(world, acme.key)
    again = ada.submit(asked, f"{address}/rotate", grace="24")
    assert heading(again).endswith("was shown already")
    assert secret not in again.text
    part = secret.rsplit("_", 1)[1]
    for page in (ada.get(address), ada.get(f"{address}/rotate"), ada.get("/console/log")):
        assert part not in page.text


def test_the_page_says_which_secret_was_used_and_when(
    world: World, acme: Company, ada: Browser, address: str
) -> None:
    secret = rotate(ada, address, "168")
    assert works(world, secret)
    world.clock.advance(days=3)
    page = Browser(world).sign_in(acme).get(address)
    assert "3 days ago" in words(page)
    assert "by secret 2" in words(page)
    head, newest, older = rows(page)
    assert head == ["Secret", "Made", "Last used", "Works"]
    assert (newest[0], newest[2], newest[3]) == ("2 (newest)", "3 days ago", "As long as the key")
    assert (older[0], older[2]) == ("1 (older)", "Never")
    assert older[3].startswith("Until 29 November 2026")
    assert works(world, acme.key)


def test_the_older_secret_is_ended_with_what_that_stops(
    world: World, acme: Company, ada: Browser, address: str
) -> None:
    secret = rotate(ada, address, "24")
    assert works(world, acme.key)
    asked = ada.get(f"{address}/end-older")
    assert "whatever still uses secret 1 is refused" in words(asked)
    assert "Nothing has used secret 2 yet" in words(asked)
    ended = ada.submit(asked, "/end-older")
    assert ended.headers["location"] == address
    assert "is over. Its next request is refused." in said(ada.get(address))
    assert not works(world, acme.key)
    assert works(world, secret)
    assert "There is no older one to end" in words(ada.get(f"{address}/end-older"))


def test_with_two_secrets_a_third_ends_both_or_waits(
    world: World, acme: Company, ada: Browser, address: str
) -> None:
    second = rotate(ada, address, "24")
    asked = ada.get(f"{address}/rotate")
    assert "A new one now ends both of them" in words(asked)
    assert [i["value"] for i in read(asked).all("input") if i["type"] == "radio"] == ["0"]
    third = rotate(ada, address, "0")
    assert [works(world, one) for one in (acme.key, second, third)] == [False, False, True]


@pytest.mark.parametrize("hours", ["", "169", "-1", "1.5"])
def test_how_long_the_older_goes_on_has_to_be_chosen(
    ada: Browser, address: str, hours: str
) -> None:
    page = ada.get(f"{address}/rotate")
    wrong = ada.submit(page, f"{address}/rotate", grace=hours)
    assert wrong.status == 422
    assert errors(wrong) == {"grace-0": "Choose how long the secret so far goes on."}


def test_a_key_that_somebody_changed_meanwhile_is_read_again_first(
    world: World, acme: Company, ada: Browser, address: str
) -> None:
    page = ada.get(f"{address}/rotate")
    rotate(ada, address, "24")
    stale = ada.submit(page, f"{address}/rotate", grace="72")
    assert stale.status == 412
    assert "Somebody else changed this key" in errors(stale)["grace-0"]
    assert not read(stale).all("code")


def test_a_key_about_to_be_revoked_says_so_in_the_list_and_on_its_page(
    world: World, acme: Company, address: str
) -> None:
    world.clock.advance(days=80)
    run_cleanup()
    ada = Browser(world).sign_in(acme)
    assert "Revoked on 20 February 2027 if unused" in rows(ada.get("/console/api-keys"))[1][3]
    assert "It is revoked on 20 February 2027" in words(ada.get(address))
