"""The look of an account's pages: its own on its own, the host's where the host is, nobody else's."""

import base64

import pytest

from tests.support.api import Reply
from tests.support.browser import Browser, form_of
from tests.support.console import errors, read, said, words
from tests.support.pictures import a_png
from tests.support.world import Company, World

HERE = "/console/settings/branding"
JOINT = "x-boundary-x"


def brand(world: World, company: Company, colour: str) -> str:
    """Give a company a colour and a logo; return where the logo is."""
    token = world.token(company)
    assert world.api("PATCH", "/account", {"colour": colour}, token=token).status == 200
    png = base64.b64encode(a_png(len(company.name), 3)).decode()
    headers = {"content-type": "image/png"}
    reply = world.api("PUT", "/account/logo", png, token=token, headers=headers, is_base64=True)
    return str(reply.json["logo_url"])


def looks(text: str) -> tuple[list[str], list[str]]:
    """Return the stylesheets of colours and the logos of a page."""
    links = [part.split('"')[0] for part in text.split('href="/assets/colour-')[1:]]
    return links, [part.split('"')[0] for part in text.split('src="/logos/')[1:]]


def send(browser: Browser, fields: dict[str, str], content: bytes | None = None) -> Reply:
    """Send the branding's form as a browser does: in parts, the file as it is."""
    address, hidden = form_of(browser.get(HERE), HERE)
    parts = [
        f'--{JOINT}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, value in {**hidden, **fields}.items()
    ]
    file = f'--{JOINT}\r\nContent-Disposition: form-data; name="logo"; filename="a.png"\r\n'
    parts.append(f"{file}Content-Type: image/png\r\n\r\n".encode() + (content or b"") + b"\r\n")
    body = base64.b64encode(b"".join(parts) + f"--{JOINT}--\r\n".encode()).decode()
    return browser.post_raw(address, body, f"multipart/form-data; boundary={JOINT}")


def test_colour_and_logo_are_set_on_a_page_and_seen_on_every_page(
    world: World, acme: Company, ada: Browser
) -> None:
    assert looks(ada.get("/console").text) == ([], [])
    saved = send(ada, {"colour": "#0B5CAD"}, a_png(40, 20))
    assert saved.status == 303, saved
    page = ada.get(HERE)
    assert said(page) == "The branding was saved. Pages and mails have it from now on."
    assert "White on #0b5cad: a contrast of 6.7 to 1" in words(page)
    for address in ("/console", "/console/users", "/", HERE):
        sheets, logos = looks(ada.get(address).text)
        assert sheets == ["0b5cad.css"], address
        assert [one.split("/")[0] for one in logos] == [acme.account_id], address
    sheet = world.api("GET", "/assets/colour-0b5cad.css")
    assert sheet.text == (
        ".bar { --surface: #0b5cad; --text: #ffffff; --muted: #ffffff; --accent: #ffffff; "
        "color: #ffffff; }\n"
    )
    assert send(ada, {"colour": "", "without_logo": "on"}).status == 303
    assert looks(ada.get("/console").text) == ([], [])


@pytest.mark.parametrize(
    ("fields", "content", "wrong"),
    [
        ({"colour": "red"}, None, ("colour", "The colour must be six hexadecimal digits")),
        ({"colour": "#fff"}, b"<svg/>", ("logo", "The logo must be a PNG file.")),
        ({"colour": "#fff"}, a_png(600, 1), ("logo", "The logo must be at most 512 pixels wide")),
    ],
)
def test_what_is_no_colour_or_logo_is_said_at_its_field(
    world: World, ada: Browser, fields: dict[str, str], content: bytes, wrong: tuple[str, str]
) -> None:
    before = world.dump()
    refused = send(ada, fields, content)
    assert refused.status == 422
    assert errors(refused)[wrong[0]].startswith(wrong[1])
    assert fields["colour"] in [field.get("value") for field in read(refused).all("input")]
    assert world.dump() == before


def test_no_form_in_parts_goes_through_without_its_token(world: World, ada: Browser) -> None:
    before = world.dump()
    assert send(ada, {"csrf_token": "x", "colour": "#fff"}, a_png()).status == 403
    for broken in (b"", b"--", f"--{JOINT}\r\n\r\n".encode(), b"\xff" * 100):
        body = base64.b64encode(broken).decode()
        reply = ada.post_raw(HERE, body, f"multipart/form-data; boundary={JOINT}")
        assert reply.status in {400, 403}, reply
    assert ada.post_raw(HERE, "eA==", "multipart/form-data").status in {400, 403}
    assert world.dump() == before


def test_the_look_of_a_host_is_where_the_host_is_and_nowhere_else(
    world: World, acme: Company, continuum: Company, ada: Browser
) -> None:
    hosts, guests = brand(world, acme, "#ffcc00"), brand(world, continuum, "#123456")
    of_host = (["ffcc00.css"], [hosts.removeprefix("/logos/")])
    of_guest = (["123456.css"], [guests.removeprefix("/logos/")])
    assert world.invite(acme, continuum).status == 201
    link = f"/invitations/{world.outbox.to(continuum.emails['administrator']).token}"
    nora = Browser(world).sign_in(continuum)
    # Who is invited sees whose invitation it is, signed in or not.
    assert looks(nora.get(link).text) == of_host
    assert looks(Browser(world).get(link).text) == of_host
    assert looks(nora.submit(nora.get(link), "/accept").text) == of_host
    there = f"/console/in/{acme.account_id}"
    assert looks(nora.get(there).text) == of_host
    for address in ("/", "/console", "/console/hosts", "/console/accounts", "/console/log"):
        assert looks(nora.get(address).text) == of_guest, address
    for address in ("/", "/console", "/console/connections", "/console/accounts"):
        assert looks(ada.get(address).text) == of_host, address
    stranger = world.company("stranger")
    for address in ("/", "/console", "/console/settings", "/console/accounts"):
        assert looks(Browser(world).sign_in(stranger).get(address).text) == ([], []), address


def test_a_page_with_a_look_has_the_same_policy(world: World, acme: Company, ada: Browser) -> None:
    plain = ada.get("/console").headers["content-security-policy"]
    brand(world, acme, "#ffcc00")
    page = ada.get("/console")
    assert page.headers["content-security-policy"] == plain
    assert "unsafe" not in plain
    assert "style=" not in page.text


def test_stylesheets_are_of_colours_alone(world: World) -> None:
    for name in ("colour-red.css", "colour-0B5CAD.css", "colour-0b5cad.css.css", "colour-.css"):
        assert world.api("GET", f"/assets/{name}").status == 404, name
