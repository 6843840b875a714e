"""A colour and a logo: set by Administrators, shown as a picture and nothing else, kept apart."""

import base64
import json
from typing import Any

import pytest

from gatehouse.domain.png import clean
from tests.support.api import Reply
from tests.support.pictures import a_png, chunk
from tests.support.world import Company, World

OTHER = a_png(6, 6)


@pytest.fixture
def acme(world: World) -> Company:
    return world.company("acme", organizations=["Alder"])


def put(world: World, company: Company, content: bytes, **headers: str) -> Reply:
    return world.api(
        "PUT",
        "/account/logo",
        base64.b64encode(content).decode(),
        token=world.token(company),
        headers={"content-type": "image/png", **headers},
        is_base64=True,
    )


def logo_of(world: World, company: Company) -> Any:
    return world.api("GET", "/account", token=world.token(company)).json["logo_url"]


def test_a_colour_is_set_and_taken_away(world: World, acme: Company) -> None:
    token = world.token(acme)
    for sent, kept in (("#0B5CAD", "#0b5cad"), ("fc0", "#ffcc00"), (None, None)):
        saved = world.api("PATCH", "/account", {"colour": sent}, token=token)
        assert saved.json["colour"] == kept
    assert [entry["changes"] for entry in world.log(acme)[:3]] == [
        {"colour": ["#ffcc00", None]},
        {"colour": ["#0b5cad", "#ffcc00"]},
        {"colour": [None, "#0b5cad"]},
    ]
    world.api("PATCH", "/account", {"colour": "#0b5cad"}, token=token)
    renamed = world.api("PATCH", "/account", {"name": "Acme Two"}, token=token)
    assert renamed.json["colour"] == "#0b5cad"
    wrong = world.api("PATCH", "/account", {"colour": "red; } * { color: red"}, token=token)
    assert (wrong.status, wrong.json["errors"][0]["pointer"]) == (400, "/colour")


def test_a_logo_is_shown_as_a_picture_and_as_nothing_else(world: World, acme: Company) -> None:
    saved = put(world, acme, a_png(4, 3, chunk(b"tEXt", b"x\x00<script>")))
    assert saved.status == 200, saved
    address = saved.json["logo_url"]
    assert address.startswith(f"/logos/{acme.account_id}/")
    shown = world.api("GET", address)
    assert (shown.status, shown.headers["content-type"]) == (200, "image/png")
    assert base64.b64decode(shown.text) == clean(a_png(4, 3))
    assert shown.headers["x-content-type-options"] == "nosniff"
    policy = "default-src 'none'; frame-ancestors 'none'; sandbox"
    assert shown.headers["content-security-policy"] == policy
    assert shown.headers["content-disposition"].startswith("attachment")
    assert shown.headers["cross-origin-resource-policy"] == "same-origin"


def test_another_logo_has_another_address_and_the_old_one_is_gone(
    world: World, acme: Company
) -> None:
    first = put(world, acme, a_png()).json["logo_url"]
    second = put(world, acme, OTHER).json["logo_url"]
    assert first != second == logo_of(world, acme)
    assert world.api("GET", first).status == 404
    assert world.api("GET", second).status == 200
    back = put(world, acme, a_png()).json["logo_url"]
    assert back == first
    assert put(world, acme, a_png()).json["logo_url"] == first  # once more changes nothing
    gone = world.api("DELETE", "/account/logo", token=world.token(acme))
    assert (gone.status, gone.text) == (204, "")
    assert logo_of(world, acme) is None
    assert world.api("GET", first).status == 404
    assert not [item for item in world.dump() if "#LOGO" in item["pk"]["S"]]
    changed = [entry["changes"]["logo_id"] for entry in world.log(acme) if entry["changes"]]
    assert changed[0][1] is changed[-1][0] is None


def test_a_logo_is_found_under_its_own_account_alone(world: World, acme: Company) -> None:
    other = world.company("other")
    address = put(world, acme, a_png()).json["logo_url"]
    assert world.api("GET", address.replace(acme.account_id, other.account_id)).status == 404
    for name in ("", ".png", "x.png", f"{'0' * 32}.png", "../ACCOUNT", "%00"):
        found = world.api("GET", f"/logos/{acme.account_id}/{name}")
        assert found.status == 404, name


def test_decisions_read_nothing_of_a_logo(world: World, acme: Company) -> None:
    put(world, acme, a_png(300, 300, pixels=bytes(i * i % 251 for i in range(901)) * 300))
    (account,) = (item for item in world.dump() if item["sk"]["S"] == "ACCOUNT")
    assert len(json.dumps(account, default=str)) < 1_000
    assert account["logo_id"]["S"] in logo_of(world, acme)


def test_a_file_that_is_no_logo_is_refused_and_nothing_is_written(
    world: World, acme: Company
) -> None:
    before = world.dump()
    for content, says in (
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "The logo must be a PNG file."),
        (a_png(513, 1), "The logo must be at most 512 pixels wide and 512 pixels high."),
        (a_png(4, 3, chunk(b"acTL", b"\x00" * 8)), "The logo must be a still picture."),
        (a_png(after=b"PK\x05\x06"), "The logo must be a PNG file with nothing behind its end."),
        (b"", "The logo must be a PNG file."),
    ):
        refused = put(world, acme, content)
        assert (refused.status, refused.slug) == (422, "refused")
        assert refused.json["errors"] == [{"pointer": "/logo", "detail": says}]
    assert world.dump() == before


def test_only_a_png_is_read_and_only_so_large(world: World, acme: Company) -> None:
    assert put(world, acme, a_png(), **{"content-type": "image/svg+xml"}).status == 415
    assert put(world, acme, b"x" * (256 * 1024 + 1)).status == 413
    assert put(world, acme, b"\x89PNG" + b"x" * 200_000).status == 422
    as_key = world.api("PUT", "/account/logo", "x", token=acme.key)
    assert as_key.status == 403


def test_a_logo_takes_the_etag_and_is_set_once(world: World, acme: Company) -> None:
    stale = put(world, acme, a_png(), **{"if-match": "7"})
    assert (stale.status, stale.slug) == (412, "etag-stale")
    first = put(world, acme, a_png(), **{"idempotency-key": "k"})
    again = put(world, acme, a_png(), **{"idempotency-key": "k"})
    assert (again.status, again.text) == (first.status, first.text)
    assert again.headers["idempotency-replayed"] == "true"
    other = put(world, acme, OTHER, **{"idempotency-key": "k"})
    assert (other.status, other.slug) == (422, "idempotency-key-reused")


def test_mails_about_a_connection_have_the_hosts_colour(world: World, acme: Company) -> None:
    guest = world.company("continuum")
    for company, colour in ((acme, "#ffcc00"), (guest, "#123456")):
        world.api("PATCH", "/account", {"colour": colour}, token=world.token(company))
    world.connect(acme, guest)
    mails = world.outbox.mails
    assert {mail.kind for mail in mails} == {"invitation", "accepted"}
    for mail in mails:
        assert 'bgcolor="#ffcc00"' in mail.html
        assert "#123456" not in mail.html
        assert "<img" not in mail.html
