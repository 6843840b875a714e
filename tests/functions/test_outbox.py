"""Mail goes out at least once: what the mail service did not take waits for the clean-up."""

from typing import Any

import pytest

from gatehouse.domain.errors import MailRefused
from gatehouse.domain.mailing import Letter
from tests.support.cleanup import run_cleanup
from tests.support.meanwhile import just_before
from tests.support.world import Company, World


@pytest.fixture
def acme(world: World) -> Company:
    return world.company("acme", {"administrator": "administrator"}, organizations=["Alder"])


@pytest.fixture
def continuum(world: World) -> Company:
    return world.company("continuum", {"administrator": "administrator", "omar": "administrator"})


def deliveries(world: World, acme: Company, connection_id: str) -> list[str]:
    shown = world.api("GET", f"/connections/{connection_id}", token=world.token(acme)).json
    return [one["delivery"] for one in shown["invitation"]["recipients"]]


def test_an_invitation_stands_though_no_mail_could_go_out(
    world: World, acme: Company, continuum: Company
) -> None:
    world.outbox.is_down = True
    invited = world.invite(acme, continuum)
    assert (invited.status, invited.json["state"]) == (201, "pending")
    connection_id = invited.json["connection_id"]
    assert deliveries(world, acme, connection_id) == ["queued", "queued"]
    accept = f"/incoming-connections/{connection_id}/accept"
    assert world.api("POST", accept, token=world.token(continuum)).status == 200


def test_the_clean_up_sends_what_waits_once_the_service_is_back(
    world: World, acme: Company, continuum: Company
) -> None:
    world.outbox.is_down = True
    connection_id = world.invite(acme, continuum).json["connection_id"]
    world.clock.advance(minutes=5)
    run_cleanup()
    assert deliveries(world, acme, connection_id) == ["queued", "queued"]
    world.outbox.is_down = False
    for _ in range(2):
        world.clock.advance(minutes=5)
        run_cleanup()
    assert deliveries(world, acme, connection_id) == ["sent", "sent"]
    sent = [mail for mail in world.outbox.mails if mail.kind == "invitation"]
    assert sorted(mail.to for mail in sent) == [
        "administrator@continuum.test",
        "omar@continuum.test",
    ]
    link = world.outbox.to("omar@continuum.test").token
    accepted = world.api(
        "POST", f"/invitations/{link}/accept", token=world.token(continuum, "omar")
    )
    assert accepted.status == 200


def test_a_letter_that_may_have_gone_out_is_replaced_by_the_next(
    world: World, acme: Company, continuum: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    send, lost = world.outbox.send, []

    def taken_but_never_confirmed(letter: Letter) -> str:
        lost.append(send(letter))
        world.outbox.is_down = True
        return send(letter)

    monkeypatch.setattr(world.outbox, "send", taken_but_never_confirmed)
    connection_id = world.invite(acme, continuum).json["connection_id"]
    (first,) = world.outbox.mails
    monkeypatch.undo()
    world.outbox.is_down = False
    world.clock.advance(minutes=5)
    run_cleanup()
    assert deliveries(world, acme, connection_id) == ["sent", "sent"]
    token = world.token(continuum)
    old = world.api("POST", f"/invitations/{first.token}/accept", token=token)
    assert (old.status, old.slug) == (410, "link-replaced")
    new = world.outbox.to(first.to).token
    assert new != first.token
    assert world.api("POST", f"/invitations/{new}/accept", token=token).status == 200


def test_an_address_that_the_service_refuses_is_bounced_and_not_tried_again(
    world: World, acme: Company, continuum: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    send, tried = world.outbox.send, []

    def refuse(letter: Letter) -> str:
        tried.append(letter.to)
        if letter.to == "omar@continuum.test":
            raise MailRefused("suppressed")
        return send(letter)

    monkeypatch.setattr(world.outbox, "send", refuse)
    connection_id = world.invite(acme, continuum).json["connection_id"]
    assert deliveries(world, acme, connection_id) == ["sent", "bounced"]
    world.clock.advance(minutes=5)
    run_cleanup()
    assert tried.count("omar@continuum.test") == 1


def test_whoever_has_a_mail_gets_no_second_when_the_rest_are_sent_later(
    world: World, acme: Company, continuum: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    send = world.outbox.send

    def one_only(letter: Letter) -> str:
        world.outbox.is_down = bool(world.outbox.mails)
        return send(letter)

    monkeypatch.setattr(world.outbox, "send", one_only)
    connection_id = world.invite(acme, continuum).json["connection_id"]
    assert sorted(deliveries(world, acme, connection_id)) == ["queued", "sent"]
    monkeypatch.undo()
    world.outbox.is_down = False
    world.clock.advance(minutes=5)
    run_cleanup()
    assert_one_mail_each(world, continuum)


def test_nobody_waits_long_for_a_slow_mail_service_and_the_clean_up_sends_the_rest(
    world: World, acme: Company, continuum: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    send = world.outbox.send

    def slowly(letter: Letter) -> str:
        world.clock.advance(seconds=5)
        return send(letter)

    monkeypatch.setattr(world.outbox, "send", slowly)
    invited = world.invite(acme, continuum)
    assert invited.status == 201, invited
    shown = [one["delivery"] for one in invited.json["invitation"]["recipients"]]
    assert sorted(shown) == ["queued", "sent"]
    world.clock.advance(minutes=5)
    run_cleanup()
    assert_one_mail_each(world, continuum)


def test_what_the_clean_up_sends_while_somebody_still_waits_is_not_sent_by_both(
    world: World, acme: Company, continuum: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    def late() -> None:
        world.clock.advance(minutes=5)
        assert run_cleanup()["done"] == {"mailing": 1}

    just_before(monkeypatch, world.ports.store.mailings, "arm", late)
    invited = world.invite(acme, continuum)
    assert invited.status == 201, invited
    assert_one_mail_each(world, continuum)
    link = world.outbox.to("omar@continuum.test").token
    accept = f"/invitations/{link}/accept"
    assert world.api("POST", accept, token=world.token(continuum, "omar")).status == 200


def assert_one_mail_each(world: World, guest: Company) -> None:
    invitations = [mail.to for mail in world.outbox.mails if mail.kind == "invitation"]
    assert sorted(invitations) == sorted(guest.emails.values())


@pytest.mark.parametrize("end", ["accepted", "revoked", "expired", "resent"])
def test_an_invitation_that_is_over_is_not_sent_late(
    world: World, acme: Company, continuum: Company, end: str
) -> None:
    world.outbox.is_down = True
    connection_id = world.invite(acme, continuum).json["connection_id"]
    one, incoming = f"/connections/{connection_id}", f"/incoming-connections/{connection_id}"
    calls: dict[str, tuple[str, Any]] = {
        "accepted": (f"{incoming}/accept", continuum),
        "revoked": (f"{one}/revoke", acme),
        "resent": (f"{one}/resend", acme),
    }
    if end == "expired":
        world.clock.advance(days=8)
    else:
        address, by = calls[end]
        assert world.api("POST", address, token=world.token(by)).status == 200
    world.outbox.is_down = False
    for _ in range(3):
        world.clock.advance(minutes=5)
        run_cleanup()
    invitations = [mail.to for mail in world.outbox.mails if mail.kind == "invitation"]
    assert len(invitations) == (2 if end == "resent" else 0)


def test_a_clean_up_without_time_does_nothing_and_says_so(
    world: World, acme: Company, continuum: Company
) -> None:
    world.invite(acme, continuum, invitation_expires_in_days=1)
    world.clock.advance(days=2)
    before = world.dump()
    assert run_cleanup(milliseconds=1_000)["finished"] is False
    assert world.dump() == before
    assert run_cleanup()["finished"] is True


def test_a_clean_up_with_nothing_due_changes_nothing(
    world: World, acme: Company, continuum: Company
) -> None:
    world.connect(acme, continuum)
    world.clock.advance(days=2)
    run_cleanup()
    before = world.dump()
    assert run_cleanup()["done"] == {}
    assert world.dump() == before
