"""A new user gets a mail to sign in: its link points for six hours, and gives nobody anything."""

from typing import Any

import pytest

from tests.support.api import Reply
from tests.support.browser import Browser
from tests.support.cleanup import run_cleanup
from tests.support.console import words
from tests.support.meanwhile import just_before
from tests.support.world import Company, World

NEW = "new@acme.test"
KIND = "user_invitation"


@pytest.fixture
def acme(world: World) -> Company:
    people = {"administrator": "administrator", "manager": "manager", "editor": "editor"}
    return world.company("acme", people, organizations=["Alder"])


def add(world: World, acme: Company, by: str = "administrator", **more: Any) -> Reply:
    body = {"email": NEW, "name": "New", "role": "creator", **more}
    return world.api("POST", "/users", body, token=world.token(acme, by))


def added(world: World, acme: Company, **more: Any) -> str:
    made = add(world, acme, **more)
    assert made.status == 201, made
    return str(made.json["user_id"])


def invitation(world: World, acme: Company, user_id: str) -> Any:
    shown = world.api("GET", f"/users/{user_id}/invitation", token=world.token(acme))
    assert shown.status == 200, shown
    return shown.json


def resend(world: World, acme: Company, user_id: str, by: str = "administrator") -> Reply:
    return world.api("POST", f"/users/{user_id}/invitation", token=world.token(acme, by))


def sign_in(world: World, email: str = NEW) -> Browser:
    """Sign in for the first time, and say yes."""
    browser = Browser(world)
    page = browser.come_back(browser.begin(), email)
    assert browser.submit(page, "/sign-in/continue").status == 303
    return browser


def link_page(world: World, token: str) -> str:
    shown = Browser(world).get(f"/user-invitations/{token}")
    assert shown.status == 200, shown
    return words(shown)


def test_a_new_user_gets_a_mail_that_says_who_added_them_as_what_and_until_when(
    world: World, acme: Company
) -> None:
    user_id = added(world, acme)
    mail = world.outbox.to(NEW, KIND)
    assert "Administrator added you to Acme (acme) in Gatehouse as Creator." in mail.text
    assert "Link until:    22 November 2026, 16:00 UTC" in mail.text
    shown = invitation(world, acme, user_id)
    assert (shown["state"], shown["delivery"]) == ("invited", "sent")
    assert shown["expires_at"].startswith("2026-11-22T16:00")
    assert mail.token not in str(world.dump()), "only its hash is kept"
    (entry,) = world.log(acme, "&action=user.created")
    assert entry["changes"]["invited"] == [None, True]


def test_the_link_changes_nothing_and_leads_to_the_sign_in(world: World, acme: Company) -> None:
    added(world, acme)
    before = world.dump()
    page = Browser(world).get(f"/user-invitations/{world.outbox.to(NEW, KIND).token}")
    assert "Administrator added you to Acme (acme) as Creator" in words(page)
    assert "n•••@acme.test" in words(page)
    assert NEW not in page.text
    assert 'href="/sign-in?return_to=%2F"' in page.text
    assert world.dump() == before


def test_the_link_lets_nobody_in_and_without_it_the_address_does(
    world: World, acme: Company
) -> None:
    """The mail may be read by anybody: who signs in is what the identity provider says."""
    user_id = added(world, acme)
    world.clock.advance(days=30)
    browser = sign_in(world)
    assert world.api("GET", "/me", cookies=browser.cookies).json["user"]["user_id"] == user_id
    assert invitation(world, acme, user_id)["state"] == "signed_in"


def test_the_first_sign_in_asks_and_names_who_added_them(world: World, acme: Company) -> None:
    added(world, acme, by="manager")
    browser = Browser(world)
    page = browser.come_back(browser.begin(), NEW)
    assert "You were added to Acme by Manager: continue?" in words(page)
    world.api("POST", "/users", {"email": "app@acme.test", "name": "A", "role": "creator"})
    key = {"email": "app@acme.test", "name": "A", "role": "creator"}
    assert world.api("POST", "/users", key, token=acme.key).status == 201
    page = browser.come_back(browser.begin(), "app@acme.test")
    assert "added to Acme by the application Local: continue?" in words(page)
    assert "The application Local added you" in world.outbox.to("app@acme.test", KIND).text


def test_a_program_that_tells_people_itself_leaves_the_mail_out(
    world: World, acme: Company
) -> None:
    user_id = added(world, acme, send_invitation=False)
    assert world.outbox.mails == []
    shown = invitation(world, acme, user_id)
    assert shown == {"state": "not_sent", "delivery": None, "sent_at": None, "expires_at": None}
    assert resend(world, acme, user_id).json["state"] == "invited"
    assert [mail.to for mail in world.outbox.mails] == [NEW]


def test_sent_again_the_old_link_is_dead_at_once_and_the_new_one_has_six_hours(
    world: World, acme: Company
) -> None:
    user_id = added(world, acme)
    old = world.outbox.to(NEW, KIND).token
    world.clock.advance(hours=5)
    sent = resend(world, acme, user_id)
    assert (sent.status, sent.json["delivery"]) == (200, "sent")
    new = world.outbox.to(NEW, KIND).token
    assert "A newer link was sent" in link_page(world, old)
    world.clock.advance(hours=5, minutes=59)
    assert "You were added to Acme" in link_page(world, new)
    world.clock.advance(minutes=1)
    assert "This link is over" in link_page(world, new)
    assert invitation(world, acme, user_id)["state"] == "expired"
    (entry,) = world.log(acme, "&action=user.invited")
    assert entry["resource"]["id"] == user_id


def test_every_dead_link_says_why(world: World, acme: Company) -> None:
    token = world.token(acme)
    user_id = added(world, acme)
    link = world.outbox.to(NEW, KIND).token
    status = f"/users/{user_id}"
    world.api("PATCH", status, {"status": "deactivated"}, token=token)
    assert "This user is deactivated" in link_page(world, link)
    world.api("PATCH", status, {"status": "active"}, token=token)
    assert "You were added to Acme" in link_page(world, link)
    browser = sign_in(world)
    assert "This link has done its work" in link_page(world, link)
    assert "You have signed in already" in words(browser.get(f"/user-invitations/{link}"))
    world.api("DELETE", status, token=token)
    assert "This user no longer exists" in link_page(world, link)
    unknown = Browser(world).get("/user-invitations/" + "a" * 52)
    assert (unknown.status, "This link is not known" in words(unknown)) == (404, True)
    assert Browser(world).get("/user-invitations/nonsense").status == 404


def test_a_link_of_one_kind_opens_nothing_of_the_other(world: World, acme: Company) -> None:
    guest = world.company("continuum", {"nora": "administrator"})
    assert world.invite(acme, guest).status == 201
    connection = world.outbox.to("nora@continuum.test").token
    added(world, acme)
    user = world.outbox.to(NEW, KIND).token
    assert Browser(world).get(f"/user-invitations/{connection}").status == 404
    assert Browser(world).get(f"/invitations/{user}").status == 404
    accept = f"/invitations/{user}/accept"
    refused = world.api("POST", accept, token=world.token(guest, "nora"))
    assert (refused.status, refused.slug) == (404, "link-unknown")


def test_somebody_else_who_is_signed_in_is_told_whose_link_it_is(
    world: World, acme: Company
) -> None:
    added(world, acme)
    other = Browser(world).sign_in(acme, "editor")
    page = other.get(f"/user-invitations/{world.outbox.to(NEW, KIND).token}")
    assert "This link is somebody" in words(page)
    assert "You are signed in as Editor" in words(page)


def test_a_corrected_address_gets_the_mail_and_the_wrong_one_a_dead_link(
    world: World, acme: Company
) -> None:
    user_id = added(world, acme)
    old = world.outbox.to(NEW, KIND).token
    body = {"email": "right@acme.test"}
    assert world.api("PATCH", f"/users/{user_id}", body, token=world.token(acme)).status == 200
    assert "A newer link was sent" in link_page(world, old)
    assert "You were added" in link_page(world, world.outbox.to("right@acme.test", KIND).token)
    sign_in(world, "right@acme.test")
    body = {"email": "third@acme.test"}
    world.api("PATCH", f"/users/{user_id}", body, token=world.token(acme))
    assert not [mail for mail in world.outbox.mails if mail.to == "third@acme.test"]


def test_one_address_gets_three_mails_an_hour_however_they_come_about(
    world: World, acme: Company
) -> None:
    token = world.token(acme)
    user_id = added(world, acme)
    assert resend(world, acme, user_id).status == 200
    world.api("DELETE", f"/users/{user_id}", token=token)
    user_id = added(world, acme)
    refused = resend(world, acme, user_id)
    assert (refused.status, refused.slug) == (429, "too-many-requests")
    assert 0 < int(refused.headers["retry-after"]) <= 3600
    world.api("DELETE", f"/users/{user_id}", token=token)
    assert add(world, acme).status == 429
    assert add(world, acme, send_invitation=False).status == 201
    assert len([mail for mail in world.outbox.mails if mail.to == NEW]) == 3
    assert add(world, acme, email="other@acme.test").status == 201
    world.clock.advance(hours=1)
    newest = world.api("GET", "/users", token=world.token(acme)).json["items"][-2]
    assert resend(world, acme, newest["user_id"]).status == 200


def test_managers_send_within_their_limits_and_nobody_lower_at_all(
    world: World, acme: Company
) -> None:
    user_id = added(world, acme)
    assert resend(world, acme, user_id, "manager").status == 200
    assert resend(world, acme, user_id, "editor").status == 403
    boss = added(world, acme, email="boss@acme.test", role="administrator")
    assert resend(world, acme, boss, "manager").status == 403
    key = world.api("POST", f"/users/{boss}/invitation", token=acme.key)
    assert key.status == 403
    other = world.company("other", {"administrator": "administrator"})
    assert resend(world, other, user_id).status == 404
    shown = world.api("GET", f"/users/{user_id}/invitation", token=world.token(other))
    assert shown.status == 404


def test_nobody_is_invited_who_could_do_nothing_with_it(world: World, acme: Company) -> None:
    refused = resend(world, acme, acme.users["editor"])
    assert (refused.status, refused.slug) == (409, "not-invitable")
    user_id = added(world, acme)
    body = {"status": "deactivated"}
    world.api("PATCH", f"/users/{user_id}", body, token=world.token(acme))
    refused = resend(world, acme, user_id)
    assert (refused.status, refused.slug) == (409, "not-invitable")


def test_the_sweep_sends_what_is_still_wanted_and_nothing_else(world: World, acme: Company) -> None:
    world.outbox.is_down = True
    token = world.token(acme)
    waiting = added(world, acme)
    gone = added(world, acme, email="gone@acme.test")
    shut = added(world, acme, email="shut@acme.test")
    added(world, acme, email="in@acme.test")
    sign_in(world, "in@acme.test")
    world.api("DELETE", f"/users/{gone}", token=token)
    world.api("PATCH", f"/users/{shut}", {"status": "deactivated"}, token=token)
    resend(world, acme, waiting)
    world.outbox.is_down = False
    for _ in range(2):
        world.clock.advance(minutes=5)
        run_cleanup()
    assert [mail.to for mail in world.outbox.mails] == [NEW]
    assert "You were added" in link_page(world, world.outbox.to(NEW, KIND).token)
    assert run_cleanup()["done"] == {}


def test_a_repeat_under_its_key_sends_one_mail(world: World, acme: Company) -> None:
    user_id = added(world, acme)
    headers, token = {"idempotency-key": "again"}, world.token(acme)
    path = f"/users/{user_id}/invitation"
    first, second = (world.api("POST", path, token=token, headers=headers) for _ in range(2))
    assert second.headers["idempotency-replayed"] == "true"
    assert first.json == second.json
    assert len(world.outbox.mails) == 2


def test_whoever_signs_in_while_it_is_sent_again_is_signed_in(
    world: World, acme: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    user_id = added(world, acme)
    just_before(monkeypatch, world.ports.store, "commit", lambda: sign_in(world))
    refused = resend(world, acme, user_id)
    assert (refused.status, refused.slug) == (409, "not-invitable")
    assert invitation(world, acme, user_id)["state"] == "signed_in"
