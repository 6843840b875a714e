"""Ending a connection: the host revokes, the guest leaves; access ends with the answer."""

from typing import Any

import pytest

from tests.support.world import ROLES, Company, World


@pytest.fixture
def acme(world: World) -> Company:
    return world.company("acme", organizations=["Alder"])


@pytest.fixture
def continuum(world: World) -> Company:
    return world.company("continuum")


@pytest.fixture
def connection_id(world: World, acme: Company, continuum: Company) -> str:
    return str(world.connect(acme, continuum)["connection_id"])


def ways(acme: Company, continuum: Company, connection_id: str) -> dict[str, tuple[str, Company]]:
    return {
        "revoked_by_host": (f"/connections/{connection_id}/revoke", acme),
        "left_by_guest": (f"/incoming-connections/{connection_id}/leave", continuum),
    }


@pytest.mark.parametrize("reason", ["revoked_by_host", "left_by_guest"])
def test_all_access_ends_at_once_and_the_history_stays(
    world: World, acme: Company, continuum: Company, connection_id: str, reason: str
) -> None:
    address, who = ways(acme, continuum, connection_id)[reason]
    organization_id = acme.organizations["Alder"]
    assert world.may(acme, continuum.users["editor"], "edit", organization_id)
    grant = f"/connections/{connection_id}/grant"
    before = world.api("GET", grant, token=world.token(acme)).json

    ended = world.api("POST", address, token=world.token(who))
    assert (ended.status, ended.json["state"]) == (200, "revoked"), ended
    assert ended.json["end_reason"] == reason
    for role in ROLES:
        answer = world.decide(acme, continuum.users[role], "view", organization_id)
        assert answer["context"]["reason"] == "connection_not_active"
        assert answer["context"]["own_role"] is None
        assert answer["context"]["connection_id"] is None
    after = world.api("GET", grant, token=world.token(acme)).json
    assert {**after, "etag": before["etag"]} == before
    assert world.log(acme, f"&connection_id={connection_id}&category=decision")
    me = world.api("GET", "/me", token=world.token(continuum, "editor")).json
    assert [one["relation"] for one in me["accessible_accounts"]] == ["home"]


@pytest.mark.parametrize("reason", ["revoked_by_host", "left_by_guest"])
def test_what_is_over_cannot_be_ended_again(
    world: World, acme: Company, continuum: Company, connection_id: str, reason: str
) -> None:
    address, who = ways(acme, continuum, connection_id)[reason]
    world.api("POST", address, token=world.token(who))
    before = world.dump()
    for again, whose in ways(acme, continuum, connection_id).values():
        refused = world.api("POST", again, token=world.token(whose))
        assert (refused.status, refused.slug) == (409, "illegal-state-step")
    assert world.dump() == before


@pytest.mark.parametrize("step", ["accept", "leave", "revoke", "resend"])
def test_a_step_takes_no_fields_and_is_not_done_in_spite_of_one(
    world: World, acme: Company, continuum: Company, connection_id: str, step: str
) -> None:
    whose = continuum if step in {"accept", "leave"} else acme
    path = "incoming-connections" if whose is continuum else "connections"
    before = world.dump()
    bodies: list[Any] = [{"after": "2027-01-01"}, {"dry_run": True}, []]
    for body in bodies:
        address = f"/{path}/{connection_id}/{step}"
        refused = world.api("POST", address, body, token=world.token(whose))
        assert (refused.status, refused.slug) == (400, "malformed-request"), refused
    assert world.dump() == before


def test_a_pending_invitation_can_be_revoked_but_not_left(world: World, acme: Company) -> None:
    fresh = world.company("fresh", {"administrator": "administrator"})
    connection_id = world.invite(acme, fresh).json["connection_id"]
    leave = f"/incoming-connections/{connection_id}/leave"
    refused = world.api("POST", leave, token=world.token(fresh))
    assert (refused.status, refused.slug) == (409, "illegal-state-step")
    revoked = world.api("POST", f"/connections/{connection_id}/revoke", token=world.token(acme))
    assert (revoked.status, revoked.json["state"]) == (200, "revoked")


@pytest.mark.parametrize("role", [role for role in ROLES if role != "administrator"])
def test_only_guest_administrators_see_and_leave_incoming_connections(
    world: World, continuum: Company, connection_id: str, role: str
) -> None:
    token = world.token(continuum, role)
    one = f"/incoming-connections/{connection_id}"
    for method, address in (
        ("GET", "/incoming-connections"),
        ("GET", one),
        ("GET", f"{one}/activities"),
        ("POST", f"{one}/leave"),
    ):
        assert world.api(method, address, token=token).status == 403, address


def test_a_guest_lists_every_host_newest_first(
    world: World, acme: Company, continuum: Company, connection_id: str
) -> None:
    other = world.company("other", {"administrator": "administrator"})
    second = world.invite(other, continuum).json["connection_id"]
    token = world.token(continuum)

    def listed(query: str = "") -> list[str]:
        reply = world.api("GET", f"/incoming-connections{query}", token=token)
        assert reply.status == 200, reply
        return [one["connection_id"] for one in reply.json["items"]]

    assert listed() == [second, connection_id]
    assert listed("?state=active") == [connection_id]
    assert listed("?state=pending") == [second]
    first_page = world.api("GET", "/incoming-connections?limit=1", token=token).json
    assert [one["connection_id"] for one in first_page["items"]] == [second]
    assert listed(f"?limit=1&cursor={first_page['next_cursor']}") == [connection_id]
    assert world.api("GET", "/incoming-connections?state=gone", token=token).status == 400
