"""What an account tells its own people by mail goes the way of the outbox: at least once."""

from datetime import timedelta

import pytest

from gatehouse.domain.errors import MailRefused
from gatehouse.domain.mailing import Delivery, Mailing, MailKind
from gatehouse.domain.moments import to_text
from gatehouse.usecases.hand_over import queued
from gatehouse.usecases.notify import notice_to, notify
from tests.support.cleanup import run_cleanup
from tests.support.world import Company, World

KEY = "key_aaaaaaaaaaaa"


@pytest.fixture
def acme(world: World) -> Company:
    people = {"ada": "administrator", "omar": "administrator"}
    return world.company("acme", people, organizations=["Alder"])


@pytest.fixture
def notice(world: World, acme: Company) -> Mailing:
    """Return a notice to both Administrators, on record and not sent yet."""
    now = world.clock.now()
    facts = {"key_name": "Documentation", "revokes_at": to_text(now)}
    notice = notice_to(
        world.ports,
        MailKind.KEY_UNUSED,
        acme.account_id,
        KEY,
        world.ports.store.users.administrators(acme.account_id),
        facts=facts,
        expires_at=now + timedelta(days=1),
    )
    world.ports.store.commit(queued(notice))
    return notice


def read(world: World, notice: Mailing) -> Mailing:
    found = world.ports.store.mailings.get(notice.account_id, KEY, notice.mailing_id)
    assert found
    return found


def test_a_notice_is_read_back_as_it_was_queued(world: World, notice: Mailing) -> None:
    assert read(world, notice) == notice
    assert notice.facts["key_name"] == "Documentation"


def test_each_recipient_gets_one_letter_and_the_sweep_finds_nothing_left(
    world: World, acme: Company, notice: Mailing
) -> None:
    assert notify(world.ports, notice).is_settled
    assert sorted(mail.to for mail in world.outbox.mails) == sorted(acme.emails.values())
    mail = world.outbox.to("omar@acme.test", "key_unused")
    assert "the API key Documentation of Acme" in mail.text
    assert mail.tags["about_id"] == KEY
    world.clock.advance(minutes=5)
    assert run_cleanup()["done"] == {}
    assert len(world.outbox.mails) == 2


def test_what_the_mail_service_did_not_take_is_sent_by_the_sweep(
    world: World, acme: Company, notice: Mailing
) -> None:
    world.outbox.is_down = True
    assert {r.delivery for r in notify(world.ports, notice).recipients.values()} == {
        Delivery.QUEUED
    }
    world.clock.advance(minutes=5)
    assert run_cleanup()["failed"] == 1
    world.outbox.is_down = False
    world.clock.advance(minutes=5)
    assert run_cleanup()["done"] == {"mailing": 1}
    assert sorted(mail.to for mail in world.outbox.mails) == sorted(acme.emails.values())
    assert read(world, notice).is_settled


def test_an_address_that_is_refused_for_good_is_marked_and_left_alone(
    world: World, notice: Mailing, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_: object) -> str:
        raise MailRefused("suppressed")

    monkeypatch.setattr(world.outbox, "send", refuse)
    assert {r.delivery for r in notify(world.ports, notice).recipients.values()} == {
        Delivery.BOUNCED
    }
    world.clock.advance(minutes=5)
    assert run_cleanup()["done"] == {}


def test_a_notice_whose_time_is_over_is_not_sent_any_more(world: World, notice: Mailing) -> None:
    world.clock.advance(days=1)
    run_cleanup()
    assert world.outbox.mails == []
    assert run_cleanup()["done"] == {}
