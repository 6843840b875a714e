"""An invitation whose time is over counts as expired everywhere, tidied up or not."""

from typing import Any

import pytest

from tests.support.cleanup import run_cleanup
from tests.support.world import Company, World


@pytest.fixture
def acme(world: World) -> Company:
    return world.company("acme", {"administrator": "administrator"}, organizations=["Alder"])


@pytest.fixture
def continuum(world: World) -> Company:
    return world.company("continuum", {"administrator": "administrator", "editor": "editor"})


@pytest.fixture(params=["before the clean-up", "after the clean-up"])
def expired(request: pytest.FixtureRequest, world: World, acme: Company, continuum: Company) -> Any:
    """Return an invitation that expired, noted or not yet."""
    invited = world.invite(acme, continuum, invitation_expires_in_days=1).json
    world.clock.advance(days=1)
    if request.param == "after the clean-up":
        assert run_cleanup()["done"]["connection"] == 1
    return invited


def test_until_the_last_moment_it_is_pending(
    world: World, acme: Company, continuum: Company
) -> None:
    invited = world.invite(acme, continuum, invitation_expires_in_days=1).json
    world.clock.advance(hours=23, minutes=59)
    address = f"/connections/{invited['connection_id']}"
    assert world.api("GET", address, token=world.token(acme)).json["state"] == "pending"
    world.clock.advance(minutes=1)
    assert world.api("GET", address, token=world.token(acme)).json["state"] == "expired"


def test_both_sides_read_and_filter_it_as_expired(
    world: World, acme: Company, continuum: Company, expired: Any
) -> None:
    for company, path in ((acme, "/connections"), (continuum, "/incoming-connections")):
        token = world.token(company)
        one = world.api("GET", f"{path}/{expired['connection_id']}", token=token).json
        assert (one["state"], one["end_reason"]) == ("expired", "expired")
        assert one["ended_at"] == expired["invitation"]["expires_at"]
        for state, count in (("expired", 1), ("pending", 0), ("active", 0)):
            listed = world.api("GET", f"{path}?state={state}", token=token).json["items"]
            assert len(listed) == count, state


def test_it_can_no_longer_be_answered_by_any_way(
    world: World, continuum: Company, expired: Any
) -> None:
    link = world.outbox.to("administrator@continuum.test").token
    token = world.token(continuum)
    for address in (
        f"/invitations/{link}/accept",
        f"/invitations/{link}/decline",
        f"/incoming-connections/{expired['connection_id']}/accept",
        f"/incoming-connections/{expired['connection_id']}/decline",
    ):
        refused = world.api("POST", address, token=token)
        assert (refused.status, refused.slug) == (410, "invitation-expired"), address
    leave = f"/incoming-connections/{expired['connection_id']}/leave"
    assert world.api("POST", leave, token=token).status == 409


def test_its_link_says_that_it_expired(world: World, continuum: Company, expired: Any) -> None:
    link = world.outbox.to("administrator@continuum.test").token
    shown = world.api("GET", f"/invitations/{link}", headers={"accept": "application/json"})
    assert (shown.status, shown.json["state"]) == (200, "expired")


def test_the_host_can_neither_edit_nor_revoke_it(world: World, acme: Company, expired: Any) -> None:
    address = f"/connections/{expired['connection_id']}"
    token = world.token(acme)
    etag = world.api("GET", address, token=token).json["etag"]
    terms = {
        "maximum_role": "creator",
        "group_ids": [],
        "organization_ids": [],
        "all_organizations": True,
    }
    edited = world.api("PUT", f"{address}/grant", terms, token=token, headers={"if-match": etag})
    revoked = world.api("POST", f"{address}/revoke", token=token)
    for refused in (edited, revoked):
        assert (refused.status, refused.slug) == (409, "illegal-state-step")


def test_it_lets_nobody_in_and_keeps_nobody_out(
    world: World, acme: Company, continuum: Company, expired: Any
) -> None:
    answer = world.decide(acme, continuum.users["editor"], "view", acme.organizations["Alder"])
    assert answer["context"]["reason"] == "connection_not_active"
    assert world.invite(acme, continuum).status == 201


def test_a_connection_accepted_in_time_never_expires(
    world: World, acme: Company, continuum: Company
) -> None:
    connection = world.connect(acme, continuum, invitation_expires_in_days=1)
    world.clock.advance(days=400)
    run_cleanup()
    address = f"/connections/{connection['connection_id']}"
    assert world.api("GET", address, token=world.token(acme)).json["state"] == "active"
    assert world.may(acme, continuum.users["editor"], "view", acme.organizations["Alder"])


def test_the_clean_up_notes_it_once_in_both_logs_and_tells_both_sides(
    world: World, acme: Company, continuum: Company
) -> None:
    world.invite(acme, continuum, invitation_expires_in_days=1)
    world.clock.advance(days=1)
    for _ in range(3):
        run_cleanup()
        world.clock.advance(minutes=5)

    for company in (acme, continuum):
        (entry, _) = world.log(company, "&category=connection")
        assert entry["action"] == "connection.expired"
        assert entry["actor"]["type"] == "system"
        assert entry["actor"]["user_id"] is None
    told = sorted(mail.to for mail in world.outbox.mails if mail.kind == "expired")
    assert told == ["administrator@acme.test", "administrator@continuum.test"]
