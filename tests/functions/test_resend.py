"""Sending an invitation again: new links, the old ones dead at once, and not without end."""

import pytest

from tests.support.api import Reply
from tests.support.cleanup import run_cleanup
from tests.support.world import Company, World


@pytest.fixture
def acme(world: World) -> Company:
    return world.company("acme", {"administrator": "administrator"}, organizations=["Alder"])


@pytest.fixture
def continuum(world: World) -> Company:
    people = {"administrator": "administrator", "omar": "administrator", "manager": "manager"}
    return world.company("continuum", people)


def resend(world: World, host: Company, connection_id: str) -> Reply:
    return world.api("POST", f"/connections/{connection_id}/resend", token=world.token(host))


def test_new_links_replace_the_old_ones_at_once(
    world: World, acme: Company, continuum: Company
) -> None:
    connection_id = world.invite(acme, continuum).json["connection_id"]
    old = world.outbox.to("administrator@continuum.test").token
    token = world.token(continuum)
    again = resend(world, acme, connection_id)
    assert again.status == 200, again
    assert again.json["state"] == "pending"
    new = world.outbox.to("administrator@continuum.test").token
    assert new != old

    dead = world.api("GET", f"/invitations/{old}", headers={"accept": "application/json"})
    assert (dead.status, dead.json["state"]) == (200, "replaced")
    for step in ("accept", "decline"):
        refused = world.api("POST", f"/invitations/{old}/{step}", token=token)
        assert (refused.status, refused.slug) == (410, "link-replaced")
    assert world.api("POST", f"/invitations/{new}/accept", token=token).status == 200


def test_a_replaced_link_says_so_whatever_became_of_the_connection(
    world: World, acme: Company, continuum: Company
) -> None:
    connection_id = world.invite(acme, continuum).json["connection_id"]
    old = world.outbox.to("administrator@continuum.test").token
    resend(world, acme, connection_id)
    new = world.outbox.to("administrator@continuum.test").token
    token = world.token(continuum)
    world.api("POST", f"/invitations/{new}/accept", token=token)
    replaced = world.api("POST", f"/invitations/{old}/accept", token=token)
    assert (replaced.status, replaced.slug) == (410, "link-replaced")


def test_it_goes_to_whoever_is_administrator_now(
    world: World, acme: Company, continuum: Company
) -> None:
    connection_id = world.invite(acme, continuum).json["connection_id"]
    token = world.token(continuum)
    for name, role in (("omar", "editor"), ("manager", "administrator")):
        changed = world.api("PATCH", f"/users/{continuum.users[name]}", {"role": role}, token=token)
        assert changed.status == 200, changed
    before = len(world.outbox.mails)
    resend(world, acme, connection_id)

    assert sorted(mail.to for mail in world.outbox.mails[before:]) == [
        "administrator@continuum.test",
        "manager@continuum.test",
    ]
    omars = world.outbox.to("omar@continuum.test").token
    refused = world.api("POST", f"/invitations/{omars}/accept", token=world.token(continuum))
    assert (refused.status, refused.slug) == (410, "link-replaced")


def test_three_an_hour_and_ten_a_day_are_the_limit(
    world: World, acme: Company, continuum: Company
) -> None:
    connection_id = world.invite(acme, continuum, invitation_expires_in_days=30).json[
        "connection_id"
    ]
    for _ in range(3):
        for _ in range(3):
            assert resend(world, acme, connection_id).status == 200
        limited = resend(world, acme, connection_id)
        assert (limited.status, limited.slug) == (429, "too-many-requests")
        assert 3500 < int(limited.headers["retry-after"]) <= 3600
        world.clock.advance(hours=1)
    assert resend(world, acme, connection_id).status == 200
    limited = resend(world, acme, connection_id)
    assert limited.status == 429
    assert 20 * 3600 < int(limited.headers["retry-after"]) <= 21 * 3600
    world.clock.advance(seconds=int(limited.headers["retry-after"]))
    assert resend(world, acme, connection_id).status == 200


def test_an_expired_invitation_becomes_pending_again_for_as_long_as_before(
    world: World, acme: Company, continuum: Company
) -> None:
    invited = world.invite(acme, continuum, invitation_expires_in_days=2).json
    world.clock.advance(days=3)
    again = resend(world, acme, invited["connection_id"]).json
    assert (again["state"], again["ended_at"], again["end_reason"]) == ("pending", None, None)
    assert again["invitation"]["expires_at"][:10] == "2026-11-27"
    link = world.outbox.to("omar@continuum.test").token
    accepted = world.api(
        "POST", f"/invitations/{link}/accept", token=world.token(continuum, "omar")
    )
    assert accepted.status == 200, accepted


@pytest.mark.parametrize("end", ["accept", "decline", "revoke"])
def test_what_was_answered_or_revoked_is_not_sent_again(
    world: World, acme: Company, continuum: Company, end: str
) -> None:
    connection_id = world.invite(acme, continuum).json["connection_id"]
    path, who = ("connections", acme) if end == "revoke" else ("incoming-connections", continuum)
    ended = world.api("POST", f"/{path}/{connection_id}/{end}", token=world.token(who))
    assert ended.status == 200, ended
    refused = resend(world, acme, connection_id)
    assert (refused.status, refused.slug) == (409, "illegal-state-step")


def test_not_while_a_newer_connection_of_the_pair_is_live(
    world: World, acme: Company, continuum: Company
) -> None:
    old = world.invite(acme, continuum, invitation_expires_in_days=1).json["connection_id"]
    world.clock.advance(days=2)
    assert world.invite(acme, continuum).status == 201
    refused = resend(world, acme, old)
    assert (refused.status, refused.slug) == (409, "connection-live")


def test_once_the_newer_one_is_over_the_older_one_takes_its_place_with_its_own_grant(
    world: World, acme: Company, continuum: Company
) -> None:
    alder = acme.organizations["Alder"]
    old = world.invite(
        acme,
        continuum,
        all_organizations=False,
        organization_ids=[alder],
        maximum_role="creator",
        invitation_expires_in_days=1,
    ).json["connection_id"]
    world.clock.advance(days=2)
    newer = world.invite(acme, continuum).json["connection_id"]
    run_cleanup()
    world.api("POST", f"/connections/{newer}/revoke", token=world.token(acme))
    again = resend(world, acme, old)
    assert (again.status, again.json["state"]) == (200, "pending"), again
    assert again.json["organization_ids"] == [alder]
    assert world.invite(acme, continuum).status == 409

    accept = f"/incoming-connections/{old}/accept"
    assert world.api("POST", accept, token=world.token(continuum)).status == 200
    run_cleanup()
    answer = world.decide(acme, continuum.users["manager"], "edit", alder)
    assert answer["decision"] is True
    assert answer["context"]["connection_id"] == old
    assert answer["context"]["via"] == "direct"
    assert answer["context"]["effective_role"] == "creator"


def test_not_without_anybody_to_send_to(world: World, acme: Company) -> None:
    solo = world.company("solo", {"administrator": "administrator"})
    connection_id = world.invite(acme, solo).json["connection_id"]
    # No use case leaves an account without an Administrator; a restored backup might.
    table = world.ports.store._table  # type: ignore[attr-defined]  # the raw table
    table.connection.delete_item(table.name, solo.account_id, "ADMINISTRATORS")
    refused = resend(world, acme, connection_id)
    assert (refused.status, refused.slug) == (422, "refused")
