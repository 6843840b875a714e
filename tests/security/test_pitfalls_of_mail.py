"""Pitfalls that lie in sending mail at somebody's request: docs/threat-model.md names each test."""

import re
from collections import Counter

import pytest

from tests.mail.linkable import LINKABLE
from tests.support.cleanup import run_cleanup
from tests.support.world import Company, World

OFFER = {"guest_subdomain": "continuum", "maximum_role": "editor", "all_organizations": True}
MESSAGES = (
    "Your account is locked. Log in at https://evil.example/login or call +1 555 0100",
    '<a href="https://evil.example">Read the invitation</a><img src="//evil.example/p.gif">',
    "> Gatehouse wrote:\n\nhttps://gatehouse.test.evil.example/invitations/" + "a" * 52,
    "javascript:alert(1) www.evil.example mailto:ceo@evil.example",
)
NAMES = (
    "Microsoft Security www.evil.example",
    'Acme" <ceo@evil.example>',
    "<h1>Urgent</h1>",
    "Acme, Bcc: all@evil.example",
)


@pytest.mark.parametrize("message", MESSAGES)
@pytest.mark.parametrize("name", NAMES)
def test_phishing_through_message_and_account_name_leaves_no_link_but_ours(
    world: World, acme: Company, continuum: Company, name: str, message: str
) -> None:
    ada = world.token(acme, "ada")
    for address in ("/account", f"/users/{acme.users['ada']}"):
        assert world.api("PATCH", address, {"name": name}, token=ada).status == 200
    invited = world.api("POST", "/connections", {**OFFER, "message": message}, token=ada)
    assert invited.status == 201, invited
    mail = world.outbox.to("nora@continuum.test")
    ours = f"https://gatehouse.test/invitations/{mail.token}"
    assert not LINKABLE.search(mail.text.replace(ours, "")), mail.text
    assert not LINKABLE.search(mail.subject)
    assert mail.subject.isprintable()
    assert set(re.findall(r'(?:href|src)="([^"]*)"', mail.html)) == {ours}
    assert not re.search(r"<(img|h1>Urgent|script|form|iframe)", mail.html)
    # Who wrote it is told apart from us: the message stands quoted, under who sent it.
    assert "acme" in mail.text


@pytest.mark.parametrize("hidden", ["\r\nBcc: all@evil.example", "\u202egro", "\u200b", "\u0000"])
def test_phishing_through_message_and_account_name_takes_no_hidden_characters(
    world: World, acme: Company, continuum: Company, hidden: str
) -> None:
    ada = world.token(acme, "ada")
    named = world.api("PATCH", "/account", {"name": f"Acme{hidden}"}, token=ada)
    assert (named.status, named.json["errors"][0]["pointer"]) == (400, "/name")
    if "\n" not in hidden:
        offer = {**OFFER, "message": f"Hello{hidden}"}
        assert world.api("POST", "/connections", offer, token=ada).status == 400
    assert not world.outbox.mails


def test_unsolicited_invitations_reach_administrators_alone_and_five_times_a_week_at_most(
    world: World, acme: Company, continuum: Company
) -> None:
    ada = world.token(acme, "ada")
    for number in range(6):
        invited = world.api("POST", "/connections", OFFER, token=ada)
        if number == 5:
            assert (invited.status, invited.slug) == (429, "too-many-requests")
            assert int(invited.headers["retry-after"]) > 6 * 86_400
            break
        revoke = f"/connections/{invited.json['connection_id']}/revoke"
        assert world.api("POST", revoke, token=ada).status == 200
    got = Counter(mail.to for mail in world.outbox.mails if mail.kind == "invitation")
    assert got == {"nora@continuum.test": 5, "omar@continuum.test": 5}


def test_unsolicited_invitations_end_when_the_guest_blocks_the_host(
    world: World, acme: Company, continuum: Company
) -> None:
    ada, nora = world.token(acme, "ada"), world.token(continuum, "nora")
    connection_id = world.api("POST", "/connections", OFFER, token=ada).json["connection_id"]
    block = f"/blocked-hosts/{acme.account_id}"
    assert world.api("PUT", block, token=nora).status == 200
    sent = len(world.outbox.mails)

    resent = world.api("POST", f"/connections/{connection_id}/resend", token=ada)
    assert (resent.status, resent.slug) == (422, "refused")
    assert world.api("POST", f"/connections/{connection_id}/revoke", token=ada).status == 200
    invited = world.api("POST", "/connections", OFFER, token=ada)
    assert (invited.status, invited.slug) == (422, "refused")
    assert invited.json["errors"][0]["pointer"] == "/guest_subdomain"

    invitations = [mail for mail in world.outbox.mails[sent:] if mail.kind == "invitation"]
    assert invitations == []
    assert world.api("DELETE", block, token=ada).status == 404
    assert world.api("DELETE", block, token=nora).status == 204
    assert world.api("POST", "/connections", OFFER, token=ada).status == 201


def test_resend_as_a_mail_bomb_is_ten_mails_a_day_however_hard_the_host_tries(
    world: World, acme: Company, continuum: Company
) -> None:
    ada = world.token(acme, "ada")
    connection_id = world.api("POST", "/connections", OFFER, token=ada).json["connection_id"]
    for _ in range(23):
        ada = world.token(acme, "ada")
        again = f"/connections/{connection_id}/resend"
        seen = [world.api("POST", again, token=ada).status for _ in range(4)]
        assert seen[-1] == 429
        # A pair has one live invitation, and the clean-up sends nothing twice.
        assert world.api("POST", "/connections", OFFER, token=ada).status == 409
        run_cleanup()
        world.clock.advance(hours=1)
    got = Counter(mail.to for mail in world.outbox.mails)
    assert got == {"nora@continuum.test": 11, "omar@continuum.test": 11}


def test_resend_as_a_mail_bomb_does_not_go_off_by_a_repeated_request(
    world: World, acme: Company, continuum: Company
) -> None:
    ada, once = world.token(acme, "ada"), {"idempotency-key": "again"}
    connection_id = world.api("POST", "/connections", OFFER, token=ada).json["connection_id"]
    before = len(world.outbox.mails)
    resend = f"/connections/{connection_id}/resend"
    for _ in range(5):
        assert world.api("POST", resend, token=ada, headers=once).status == 200
    assert len(world.outbox.mails) == before + 2
