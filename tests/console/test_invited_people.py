"""Inviting people to sign in, on pages: with the form that adds them, and again on their own."""

import pytest

from tests.support.browser import Browser
from tests.support.console import said, words
from tests.support.world import Company, World

ZOE = "zoe@acme.test"
NEW = {"name": "Zoe Lind", "email": ZOE, "role": "editor"}


@pytest.fixture
def page(world: World, ada: Browser) -> str:
    """Add somebody with a mail; return the address of their page."""
    form = ada.get("/console/users/new")
    assert 'id="send_invitation" name="send_invitation" checked' in form.text
    made = ada.submit(form, "/console/users/new", **NEW, send_invitation="on")
    assert made.status == 303, made
    return str(made.headers["location"])


def test_whoever_adds_somebody_sees_that_a_mail_went_out_and_until_when_its_link_works(
    ada: Browser, page: str, world: World
) -> None:
    shown = ada.get(page)
    assert said(shown) == "Zoe Lind was added and gets a mail with a link to sign in."
    assert "Invited: the link works until 22 November 2026, 16:00 UTC" in words(shown)
    assert "MailSent" in words(shown)
    assert "Not signed in yet" in words(ada.get("/console/users"))
    world.clock.advance(hours=6)
    assert "the link of the mail ended on 22 November 2026" in words(ada.get(page))


def test_a_mail_that_waits_or_came_back_is_seen(world: World, acme: Company, ada: Browser) -> None:
    world.outbox.is_down = True
    form = ada.get("/console/users/new")
    made = ada.submit(form, "/console/users/new", **NEW, send_invitation="on")
    assert "MailWaiting to be sent" in words(ada.get(made.headers["location"]))


def test_it_is_sent_again_after_a_page_that_says_what_that_does(
    world: World, ada: Browser, page: str
) -> None:
    asked = ada.get(f"{page}/invitation")
    assert f"A mail goes to {ZOE}, with a link that works for six hours" in words(asked)
    assert "The link of the mail before stops working at once" in words(asked)
    for _ in range(2):  # pressed twice
        sent = ada.submit(asked, "/invitation")
        assert (sent.status, sent.headers["location"]) == (303, page)
    assert said(ada.get(page)) == "A new link was sent to Zoe Lind, for six hours."
    assert len([mail for mail in world.outbox.mails if mail.to == ZOE]) == 2


def test_with_no_mail_sent_the_page_offers_one(world: World, ada: Browser) -> None:
    form = ada.get("/console/users/new")
    made = ada.submit(form, "/console/users/new", **NEW)
    page = made.headers["location"]
    assert "Has not signed in yet; no mail was sent" in words(ada.get(page))
    assert "Send Zoe Lind a mail to sign in" in words(ada.get(f"{page}/invitation"))


def test_there_is_nothing_to_send_to_who_signed_in_or_is_deactivated(
    world: World, acme: Company, ada: Browser, page: str
) -> None:
    user_id = page.rpartition("/")[2]
    ada.submit(ada.get(f"{page}/status"), "/status")
    assert "Reactivate Zoe Lind first" in words(ada.get(f"{page}/invitation"))
    ada.submit(ada.get(f"{page}/status"), "/status")
    zoe = Browser(world)
    zoe.submit(zoe.come_back(zoe.begin(), ZOE), "/sign-in/continue")
    assert "Has signed in" in words(ada.get(page))
    asked = ada.get(f"/console/users/{user_id}/invitation")
    assert "There is nothing to send" in words(asked)


def test_too_many_mails_are_refused_on_a_page(ada: Browser, page: str) -> None:
    for _ in range(2):
        assert ada.submit(ada.get(f"{page}/invitation"), "/invitation").status == 303
    refused = ada.submit(ada.get(f"{page}/invitation"), "/invitation")
    assert refused.status == 429
    assert "3 mails to sign in within this hour" in words(refused)
