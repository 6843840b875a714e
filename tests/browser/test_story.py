"""The whole story by clicking: let a company in, see it work, shut the door."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.hands import Keyboard, Mouse
from tests.support.runner import Runner

pytestmark = [pytest.mark.ministack]

WAYS: dict[str, tuple[type[Mouse], bool]] = {
    "with-a-script": (Mouse, True),
    "without-a-script": (Mouse, False),
    "by-keyboard-alone": (Keyboard, True),
}

Arrive = Callable[[str, str], Mouse]


@pytest.fixture(params=WAYS)
def arrive(request: pytest.FixtureRequest, browser: Browser, product: Runner) -> Arrive:
    """Return how somebody comes to an address in a browser of their own, and signs in if asked."""
    hands, script = WAYS[request.param]

    def arrive(address: str, name: str) -> Mouse:
        context = browser.new_context(base_url=product.base_url, java_script_enabled=script)
        person = hands(context.new_page())
        person.page.goto(address)
        if name:
            sign_in(person, name)
        return person

    return arrive


def sign_in(person: Mouse, name: str) -> None:
    person.write("Name, address or role", name)
    person.press("Search")
    person.press(name)


def main(page: Page) -> str:
    return page.locator("main").inner_text()


def test_a_company_is_let_in_works_and_is_shut_out(arrive: Arrive) -> None:
    ada = arrive("/console", "Ada Okafor")
    ada.follow("Connections")
    ada.follow("Invite Account")

    ada.write("Which account do you invite?", "continuum")
    ada.press("Continue")
    ada.choose("Editor")
    ada.press("Continue")
    for words, organization in (("redwood", "Redwood Accounting"), ("tide", "Tidewater Marine")):
        ada.write("Search groups and organizations", words)
        ada.press("Search")
        ada.tick(organization)
    ada.press("Continue")
    ada.write("What do you want to say", "Welcome aboard")
    ada.press("Check the invitation")

    asked = main(ada.page)
    assert "Nothing has been sent yet" in asked
    assert "At most Editor" in asked
    assert "Redwood Accounting, Tidewater Marine" in asked
    ada.press("Invite Continuum to 2 organizations")
    expect(ada.page.get_by_role("status")).to_contain_text("The invitation was sent")

    nora = arrive("/.local/mail", "")
    nora.follow("Acme MSP invites", "li:has-text('to nora@continuum.test')")
    nora.follow("Open the link of this mail")
    assert "Welcome aboard" in main(nora.page)
    assert "Redwood Accounting" not in main(nora.page)
    nora.follow("Sign in to answer")
    sign_in(nora, "Nora Castellanos")
    assert "Redwood Accounting" in main(nora.page)
    assert "Sam Whitfield" in main(nora.page)
    nora.press("Accept and let 22 people of Continuum in")
    assert "People of Continuum now work in Acme MSP as at most Editor" in main(nora.page)

    sam = arrive("/console/accounts", "Sam Whitfield")
    sam.follow("Acme MSP")
    expect(sam.page.get_by_role("banner")).to_contain_text("Working in Acme MSP as Editor (guest)")
    reached = sam.page.locator("main li").all_inner_texts()
    assert reached == ["Redwood Accounting", "Tidewater Marine"]

    ada.follow("Activity Logs")
    assert "Sam Whitfield of Continuum" in main(ada.page)

    ada.follow("Connections")
    ada.follow("Continuum", "tbody")
    ada.follow("Revoke")
    assert "22 people of Continuum lose access to 2 organizations" in main(ada.page)
    ada.press("Revoke access for 22 people")
    expect(ada.page.get_by_role("status")).to_contain_text("nobody of Continuum has access")

    sam.press("Search")
    assert "Redwood Accounting" not in main(sam.page)
    sam.follow("Switch account")
    assert "Acme MSP" not in main(sam.page)
