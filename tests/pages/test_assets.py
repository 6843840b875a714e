"""The stylesheet is legible in both themes, and served as what it is."""

import base64
import gzip
import hashlib
import re
from pathlib import Path

import pytest

import gatehouse.http.pages
from gatehouse.http.pages import Asset, asset, page
from gatehouse.http.routes.console.menu import SECTIONS
from tests.support.page import OF_ASSETS


def known(name: str) -> Asset:
    found = asset(name)
    assert found
    return found


STYLESHEET = known("gatehouse.css")
CSS = STYLESHEET.content.decode()
LIGHT, DARK = (
    dict(re.findall(r"--([\w-]+): (#\w+);", block))
    for block in re.findall(r":root \{(.*?)\}", CSS, re.DOTALL)
)
both_themes = pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])

TEXT = [
    *((text, ground) for text in ("text", "muted", "accent") for ground in ("canvas", "surface")),
    ("text", "sunken"),
    ("bad", "surface"),
    ("on-accent", "accent"),
    *((state, f"{state}-ground") for state in ("ok", "warn", "bad", "info", "off")),
]
CONTROLS = [("control", "surface"), ("control", "sunken"), ("accent", "surface")]


def luminance(colour: str) -> float:
    """Relative luminance (WCAG 2.2)."""
    digits = colour[1:] if len(colour) == 7 else "".join(2 * digit for digit in colour[1:])
    parts = [int(digits[n : n + 2], 16) / 255 for n in (0, 2, 4)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def test_contrast_is_computed_as_the_standard_does():
    assert contrast("#000", "#fff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@both_themes
@pytest.mark.parametrize(("text", "ground"), TEXT)
def test_text_stands_out_from_its_ground(theme, text, ground):
    assert contrast(theme[text], theme[ground]) >= 4.5


@both_themes
@pytest.mark.parametrize(("control", "ground"), CONTROLS)
def test_controls_stand_out_from_their_ground(theme, control, ground):
    assert contrast(theme[control], theme[ground]) >= 3


def test_both_themes_have_the_same_tokens():
    assert set(LIGHT) == set(DARK)
    assert len(LIGHT) >= 18


def test_every_colour_of_the_stylesheet_is_a_token():
    rules = re.sub(r":root \{.*?\}", "", CSS, flags=re.DOTALL)
    assert not re.findall(r"#[0-9a-f]{3,8}\b|rgb|hsl", rules)
    assert set(re.findall(r"var\(--([\w-]+)\)", rules)) <= set(LIGHT)


def test_the_stylesheet_loads_nothing():
    assert "url(" not in CSS
    assert "@import" not in CSS


def test_an_asset_is_served_as_what_it_is():
    assert STYLESHEET.content_type == "text/css; charset=utf-8"
    assert known("gatehouse.svg").content_type == "image/svg+xml"
    assert re.fullmatch(r'"[0-9a-f]{16}"', STYLESHEET.etag)


def test_every_icon_that_a_page_names_is_drawn():
    drawn = set(re.findall(r'<symbol id="([\w-]+)"', known("icons.svg").content.decode()))
    templates = Path(gatehouse.http.pages.__file__).parent / "templates"
    shown = {
        name
        for template in templates.rglob("*.html")
        for call in re.findall(r"icon\((\"[^)]*)\)", template.read_text())
        for name in re.findall(r'"([\w-]+)"', call)
    }
    assert shown | {section.icon for section in SECTIONS} <= drawn
    assert len(shown) > 15


def test_the_script_is_the_published_one_byte_for_byte():
    # The npm package htmx.org 4.0.1, dist/htmx.min.js.
    script = known("htmx.js")
    assert script.content_type == "text/javascript; charset=utf-8"
    digest = hashlib.sha256(script.content).hexdigest()
    assert digest == "a0abb04f2f45a1f89d1d4844023245537e5e6014c87b144553e0607b4cc32130"


def test_what_every_page_loads_leaves_room_for_the_page():
    names = ("gatehouse.css", "htmx.js", "gatehouse.svg", "icons.svg")
    assert sum(len(known(name).zipped) for name in names) < OF_ASSETS


@pytest.mark.parametrize("name", ["other.css", "../render.py", "/etc/passwd", "", "."])
def test_nothing_else_is_an_asset(name):
    assert asset(name) is None


def test_a_page_names_its_assets_by_their_content():
    version = STYLESHEET.etag.strip('"')[:8]
    assert f'href="/assets/gatehouse.css?v={version}"' in page("signed-out").body


def test_a_browser_is_sent_them_compressed(world):
    address = "/assets/gatehouse.css"
    plain, zipped = (
        world.api("GET", address, headers=headers)
        for headers in ({}, {"accept-encoding": "br, gzip"})
    )
    assert plain.text == CSS
    assert "content-encoding" not in plain.headers
    assert zipped.headers["content-encoding"] == "gzip"
    assert gzip.decompress(base64.b64decode(zipped.text)).decode() == CSS
    assert plain.headers["vary"] == zipped.headers["vary"] == "Accept-Encoding"
    assert plain.headers["etag"] != zipped.headers["etag"]
    head = world.api("HEAD", address, headers={"accept-encoding": "gzip"})
    assert (head.status, head.text) == (200, "")


def test_a_page_is_never_compressed(world):
    # It has a form's token beside what somebody typed.
    page = world.api("GET", "/", headers={"accept": "text/html", "accept-encoding": "gzip"})
    assert "content-encoding" not in page.headers
