"""The clean-up when things go wrong: mail is down, time is out, one thing is odd, it runs twice."""

from dataclasses import replace
from typing import Any

import pytest

from gatehouse.domain.errors import StoreUnavailable
from gatehouse.domain.mailing import Link, Mailing
from gatehouse.domain.secrets import hash_of
from gatehouse.usecases.ports import Ports
from tests.support.cleanup import run_cleanup
from tests.support.outage import outage
from tests.support.world import Company, World


@pytest.fixture
def acme(world: World) -> Company:
    return world.company(
        "acme", {"ada": "administrator"}, organizations=["Alder", "Birch", "Cedar"]
    )


@pytest.fixture
def guest(world: World) -> Company:
    return world.company("continuum", {"nora": "administrator", "omar": "administrator"})


def invite(world: World, acme: Company, guest: Company, **terms: Any) -> dict[str, Any]:
    body = {"guest_subdomain": guest.subdomain, "maximum_role": "editor", **terms}
    if "organization_ids" not in terms:
        body["all_organizations"] = True
    reply = world.api("POST", "/connections", body, token=world.token(acme, "ada"))
    assert reply.status == 201, reply
    return dict(reply.json)


def delivery(world: World, acme: Company, connection: dict[str, Any]) -> list[str]:
    address = f"/connections/{connection['connection_id']}"
    found = world.api("GET", address, token=world.token(acme, "ada")).json
    return [one["delivery"] for one in found["invitation"]["recipients"]]


def test_mail_that_could_not_be_sent_goes_out_once_the_mail_service_is_back(
    world: World, acme: Company, guest: Company
) -> None:
    world.outbox.is_down = True
    connection = invite(world, acme, guest)
    assert delivery(world, acme, connection) == ["queued", "queued"]
    world.clock.advance(minutes=3)
    swept = run_cleanup()
    assert (swept["done"], swept["failed"]) == ({}, 1), "what is still queued is not done"
    assert delivery(world, acme, connection) == ["queued", "queued"]

    world.outbox.is_down = False
    swept = run_cleanup()
    assert (swept["done"], swept["failed"]) == ({"mailing": 1}, 0)
    assert delivery(world, acme, connection) == ["sent", "sent"]
    assert sorted(mail.to for mail in world.outbox.mails) == [
        "nora@continuum.test",
        "omar@continuum.test",
    ]
    token = world.outbox.to("omar@continuum.test").token
    accepted = world.api("POST", f"/invitations/{token}/accept", token=world.token(guest, "omar"))
    assert accepted.status == 200, accepted
    assert steps(world, acme, connection) == ["connection.accepted", "connection.invited"]


def test_a_mail_that_left_unnoted_is_sent_again_with_a_link_that_replaces_the_first(
    world: World, acme: Company, guest: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    mailings = world.ports.store.mailings

    def die(*_: object) -> bool:
        raise StoreUnavailable("killed between the hand-over and its note")

    with monkeypatch.context() as killed:
        killed.setattr(type(mailings), "mark", die)
        invite(world, acme, guest)
    first = world.outbox.to("nora@continuum.test").token
    world.clock.advance(minutes=3)
    run_cleanup()
    second = world.outbox.to("nora@continuum.test").token
    assert first != second
    token = world.token(guest, "nora")
    refused = world.api("POST", f"/invitations/{first}/accept", token=token)
    assert (refused.status, refused.slug) == (410, "link-replaced")
    assert world.api("POST", f"/invitations/{second}/accept", token=token).status == 200


def test_whoever_was_overtaken_does_not_settle_what_the_other_has_not_sent_yet(
    world: World, acme: Company, guest: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A slow request and the sweep send the same mail; then the sweep dies before it sends."""
    mailings = world.ports.store.mailings
    send = world.outbox.send

    def overtaken(letter: Any) -> str:
        newer = replace(link_of(world, letter.link), link_hash=hash_of(letter.to))
        queued = mailings.get(acme.account_id, newer.about_id, newer.mailing_id)
        assert isinstance(queued, Mailing)
        assert mailings.arm(queued, newer)
        return send(letter)

    with monkeypatch.context() as slow:
        slow.setattr(world.outbox, "send", overtaken)
        connection = invite(world, acme, guest)
    assert delivery(world, acme, connection) == ["queued", "queued"]
    world.clock.advance(minutes=3)
    assert run_cleanup()["done"] == {"mailing": 1}
    assert delivery(world, acme, connection) == ["sent", "sent"]
    token = world.outbox.to("nora@continuum.test").token
    accept = f"/invitations/{token}/accept"
    assert world.api("POST", accept, token=world.token(guest, "nora")).status == 200


def link_of(world: World, address: str) -> Link:
    found = world.ports.store.mailings.link(hash_of(address.rpartition("/")[2]))
    assert found
    return found


def test_what_waits_for_nobody_any_more_is_not_sent(
    world: World, acme: Company, guest: Company
) -> None:
    world.outbox.is_down = True
    connection = invite(world, acme, guest)
    address = f"/connections/{connection['connection_id']}/revoke"
    assert world.api("POST", address, token=world.token(acme, "ada")).status == 200
    world.outbox.is_down = False
    world.clock.advance(minutes=3)
    assert run_cleanup()["done"] == {"mailing": 2}
    assert {mail.kind for mail in world.outbox.mails} == {"ended"}
    assert run_cleanup()["done"] == {}


def regrant(
    world: World, acme: Company, connection: dict[str, Any], organization_ids: list[str]
) -> None:
    terms = {
        "maximum_role": "editor",
        "group_ids": [],
        "organization_ids": organization_ids,
        "all_organizations": False,
    }
    address = f"/connections/{connection['connection_id']}/grant"
    etag, token = {"if-match": connection["etag"]}, world.token(acme, "ada")
    edited = world.api("PUT", address, terms, token=token, headers=etag)
    assert edited.status == 200, edited


def test_a_replaced_grant_that_could_not_be_gathered_at_once_is_gathered_and_the_new_one_stays(
    world: World, acme: Company, guest: Company
) -> None:
    ids = acme.organizations
    connection = invite(world, acme, guest, organization_ids=[ids["Alder"], ids["Birch"]])
    with outage({"UpdateItem"}):
        regrant(world, acme, connection, [ids["Birch"], ids["Cedar"]])
    assert {name: len(grants_of(world.ports, acme, name)) for name in ids} == {
        "Alder": 1,
        "Birch": 2,
        "Cedar": 1,
    }
    for done in ({"grant": 1}, {}):
        assert run_cleanup()["done"] == done
        world.clock.advance(minutes=5)
    assert {name: len(grants_of(world.ports, acme, name)) for name in ids} == {
        "Alder": 0,
        "Birch": 1,
        "Cedar": 1,
    }


def test_a_large_replaced_grant_is_left_to_the_clean_up(world: World, guest: Company) -> None:
    names = [f"Organization {number:02d}" for number in range(30)]
    large = world.company("large", {"ada": "administrator"}, organizations=names)
    everything = list(large.organizations.values())
    connection = invite(world, large, guest, organization_ids=everything)
    regrant(world, large, connection, everything[:1])
    assert [len(grants_of(world.ports, large, name)) for name in names] == [2] + [1] * 29
    assert run_cleanup()["done"] == {"grant": 1}
    assert [len(grants_of(world.ports, large, name)) for name in names] == [1] + [0] * 29


def grants_of(ports: Ports, company: Company, name: str) -> frozenset[str]:
    found = ports.store.directory.organization(company.account_id, company.organizations[name])
    assert found
    return found.grants


def test_a_run_without_time_does_nothing_and_the_next_goes_on(
    world: World, acme: Company, guest: Company
) -> None:
    invite(world, acme, guest, invitation_expires_in_days=1)
    world.clock.advance(days=2)
    before = world.dump()
    stopped = run_cleanup(milliseconds=1_000)
    assert (stopped["done"], stopped["finished"]) == ({}, False)
    assert world.dump() == before
    swept = run_cleanup()
    assert (swept["done"]["connection"], swept["finished"]) == (1, True)


def test_a_second_run_finds_nothing_to_do(world: World, acme: Company, guest: Company) -> None:
    invite(world, acme, guest, invitation_expires_in_days=1)
    world.clock.advance(days=2)
    run_cleanup()
    mails, items = len(world.outbox.mails), world.dump()
    swept = run_cleanup()
    assert (swept["done"], swept["failed"], swept["finished"]) == ({}, 0, True)
    assert (len(world.outbox.mails), world.dump()) == (mails, items)


def test_one_thing_that_cannot_be_done_does_not_keep_the_others_waiting(
    world: World, acme: Company, guest: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = world.company("helpers", {"hugo": "administrator"})
    odd = invite(world, acme, guest, invitation_expires_in_days=1)
    fine = invite(world, acme, other, invitation_expires_in_days=1)
    world.clock.advance(days=2)
    connections = world.ports.store.connections
    get = connections.get

    def stumble(host_account_id: str, connection_id: str) -> Any:
        if connection_id == odd["connection_id"]:
            raise ValueError("no state of this name")
        return get(host_account_id, connection_id)

    with monkeypatch.context() as broken:
        broken.setattr(connections, "get", stumble)
        swept = run_cleanup()
    assert (swept["done"]["connection"], swept["failed"]) == (1, 1)
    assert steps(world, acme, fine) == ["connection.expired", "connection.invited"]
    assert steps(world, acme, odd) == ["connection.invited"]
    run_cleanup()
    assert steps(world, acme, odd) == ["connection.expired", "connection.invited"]


def steps(world: World, acme: Company, connection: dict[str, Any]) -> list[str]:
    address = f"/activities?connection_id={connection['connection_id']}"
    token = world.token(acme, "ada")
    return [one["action"] for one in world.api("GET", address, token=token).json["items"]]
