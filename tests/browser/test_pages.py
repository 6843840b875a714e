"""Every page can be read by everybody, in both themes, on any screen, and keeps to itself."""

import pytest

from scripts.pictures.tour import TOUR, Stop
from tests.browser.visitor import Visitors, faults

pytestmark = [pytest.mark.ministack]

HEAVIEST = 100_000
STOPS = {stop.name: stop for stop in TOUR}

PLANTED = {
    "image-alt": "main.append(document.createElement('img'))",
    "color-contrast": "h1.style.color = h1.style.backgroundColor = '#777'; h1.style.color = '#888'",
    "label": "main.append(document.createElement('input'))",
    "target-size": "for (const _ of 'ab') { const b = main.appendChild(document.createElement"
    "('button')); b.textContent = '·'; b.style.cssText = 'all: revert; min-width: 0; "
    "min-height: 0; padding: 0; border: 0; margin: 0; width: 6px; height: 6px' }",
    "style=": "h1.style.color = 'inherit'",
    "onclick=": "h1.setAttribute('onclick', '')",
    "2 h1": "main.append(h1.cloneNode(true))",
    "wider than": "main.style.minWidth = '5000px'",
    "no caption": "document.querySelector('caption').remove()",
    "no scope": "document.querySelector('th').removeAttribute('scope')",
    "no row header": "document.querySelector('tbody th').remove()",
}
"""What is looked for, each with a script that plants it."""

BREACHES = {
    "script-src": "const script = document.createElement('script');"
    " script.textContent = 'window.breached = true'; document.body.append(script)",
    "img-src": "document.body.append(Object.assign(new Image(),"
    " {src: 'http://127.0.0.1:9/elsewhere.png'}))",
}


@pytest.mark.parametrize("stop", TOUR, ids=STOPS)
def test_a_page_is_sound_for_everybody(stop: Stop, visitors: Visitors) -> None:
    page, document = visitors.open(stop)
    assert faults(page) == []
    assert visitors.foreign() == []
    assert visitors.complaints(stop) == []
    assert visitors.weight(page, document) <= HEAVIEST


@pytest.mark.parametrize("fault", PLANTED)
def test_a_planted_fault_is_found(fault: str, visitors: Visitors) -> None:
    page, _ = visitors.open(STOPS["connections"])
    page.evaluate(
        "() => { const main = document.querySelector('main'), h1 = document.querySelector('h1');"
        f"{PLANTED[fault]} }}"
    )
    found = faults(page)
    assert any(fault in one for one in found), found


def test_a_script_and_a_request_that_the_policy_forbids_are_found(visitors: Visitors) -> None:
    page, _ = visitors.open(STOPS["account"])
    for kind, plant in BREACHES.items():
        with page.expect_console_message() as said:
            page.evaluate(f"() => {{ {plant} }}")
        assert kind in said.value.text
    assert page.evaluate("window.breached") is None
    assert len(visitors.complaints(STOPS["account"])) >= len(BREACHES)


def test_a_page_that_weighs_too_much_is_found(visitors: Visitors) -> None:
    page, document = visitors.open(STOPS["account"])
    alone = visitors.weight(page, b"")
    assert alone > 0
    assert visitors.weight(page, document) == alone + len(document)
