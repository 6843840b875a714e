"""The index of what is due may be behind the table: whoever acts on it looks again."""

from collections.abc import Callable
from typing import Any

import pytest

from gatehouse.store.table import Key
from tests.support.cleanup import run_cleanup
from tests.support.outage import outage
from tests.support.world import Company, World


@pytest.fixture
def acme(world: World) -> Company:
    return world.company(
        "acme",
        {"administrator": "administrator"},
        organizations=["Alder", "Birch"],
        groups={"Level 1": ["Alder"]},
    )


@pytest.fixture
def continuum(world: World) -> Company:
    return world.company("continuum", {"administrator": "administrator"})


@pytest.fixture
def expired(world: World, acme: Company, continuum: Company) -> str:
    """Let an invitation expire that nobody noted yet; return the connection."""
    invited = world.invite(
        acme,
        continuum,
        all_organizations=False,
        organization_ids=[acme.organizations["Alder"]],
        invitation_expires_in_days=1,
    )
    world.clock.advance(days=2)
    return str(invited.json["connection_id"])


def run_late(
    world: World, monkeypatch: pytest.MonkeyPatch, meanwhile: Callable[[], Any]
) -> dict[str, Any]:
    """Run the clean-up on what was due before something else happened."""
    due = list(world.ports.store.due(world.clock.now()))
    assert due
    meanwhile()
    with monkeypatch.context() as patched:
        patched.setattr(world.ports.store, "due", lambda _: due)
        return run_cleanup()


def test_an_invitation_that_was_sent_again_meanwhile_does_not_expire(
    world: World,
    acme: Company,
    continuum: Company,
    expired: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    resend = f"/connections/{expired}/resend"
    swept = run_late(world, monkeypatch, lambda: world.api("POST", resend, token=world.token(acme)))
    assert swept["failed"] == 0
    shown = world.api("GET", f"/connections/{expired}", token=world.token(acme)).json
    assert shown["state"] == "pending"
    assert not [mail for mail in world.outbox.mails if mail.kind == "expired"]
    accept = f"/incoming-connections/{expired}/accept"
    assert world.api("POST", accept, token=world.token(continuum)).status == 200


def everything_due(world: World, acme: Company, expired: str) -> None:
    """Leave something of every kind to do: a mail, a replaced grant, a removal, an expiry."""
    helpers = world.company("helpers", {"administrator": "administrator"})
    connection = world.connect(
        acme, helpers, all_organizations=False, organization_ids=[acme.organizations["Alder"]]
    )
    world.outbox.is_down = True
    third = world.company("third", {"administrator": "administrator"})
    assert world.invite(acme, third).status == 201
    terms = {
        "maximum_role": "editor",
        "group_ids": [],
        "organization_ids": [acme.organizations["Birch"]],
        "all_organizations": False,
    }
    grant = f"/connections/{connection['connection_id']}/grant"
    etag = {"if-match": connection["etag"]}
    group = f"/groups/{acme.groups['Level 1']}"
    with outage({"UpdateItem"}):  # nothing can be tidied up at once
        changed = world.api("PUT", grant, terms, token=world.token(acme), headers=etag)
        assert changed.status == 200, changed
        assert world.api("DELETE", group, token=world.token(acme)).status == 503
    world.outbox.is_down = False
    world.clock.advance(minutes=5)


def test_what_was_done_meanwhile_is_not_done_again(
    world: World, acme: Company, expired: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    everything_due(world, acme, expired)
    after: list[Any] = []

    def another_run() -> None:
        done = run_cleanup()["done"]
        assert set(done) == {"connection", "mailing", "grant", "removal"}
        after.extend([len(world.outbox.mails), world.dump()])

    swept = run_late(world, monkeypatch, another_run)
    assert swept["failed"] == 0
    assert [len(world.outbox.mails), world.dump()] == after


def test_what_is_gone_meanwhile_is_passed_over(
    world: World, acme: Company, expired: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    everything_due(world, acme, expired)
    table = world.ports.store._table  # type: ignore[attr-defined]  # the raw table

    def operator() -> None:
        for item in world.dump():
            if item["pk"]["S"].startswith(acme.account_id):
                table.delete(Key(item["pk"]["S"], item["sk"]["S"]))

    mails = len(world.outbox.mails)
    assert run_late(world, monkeypatch, operator)["failed"] == 0
    assert len(world.outbox.mails) == mails
    assert not [item for item in world.dump() if item["pk"]["S"].startswith(acme.account_id)]
