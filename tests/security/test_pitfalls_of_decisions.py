"""Pitfalls that lie in time, in the record and in what fails: docs/threat-model.md names each test."""

from collections.abc import Callable
from typing import Any

import pytest
from botocore.client import BaseClient
from botocore.exceptions import ClientError, ReadTimeoutError

from tests.support.api import template
from tests.support.world import Company, World

OFFER = {"guest_subdomain": "continuum", "maximum_role": "editor", "all_organizations": True}
READS = {"GetItem", "TransactGetItems", "BatchGetItem", "Query"}
RECORDS = {"PutItem", "BatchWriteItem"}
BROKEN = ClientError({"Error": {"Code": "InternalServerError"}}, "any")
SLOW = ReadTimeoutError(endpoint_url="https://dynamodb.test")


def invite(world: World, acme: Company) -> str:
    invited = world.api("POST", "/connections", OFFER, token=world.token(acme, "ada"))
    assert invited.status == 201, invited
    return str(invited.json["connection_id"])


@pytest.fixture
def connection_id(world: World, acme: Company, continuum: Company) -> str:
    """Return a connection that is active."""
    made = invite(world, acme)
    accept = f"/incoming-connections/{made}/accept"
    assert world.api("POST", accept, token=world.token(continuum, "nora")).status == 200
    return made


def change(world: World, company: Company, by: str, name: str, **fields: Any) -> None:
    address = f"/users/{company.users[name]}"
    changed = world.api("PATCH", address, fields, token=world.token(company, by))
    assert changed.status == 200, changed


def test_stale_authority_of_a_guest_ends_at_the_next_decision(
    world: World, acme: Company, continuum: Company, connection_id: str
) -> None:
    alder, paula = acme.organizations["Alder"], continuum.users["paula"]

    def reason(action: str = "delete") -> str:
        return str(world.decide(acme, paula, action, alder)["context"]["reason"])

    assert reason() == "allowed"
    change(world, continuum, "nora", "paula", role="read_only")
    assert reason() == "role_too_low"
    change(world, continuum, "nora", "paula", role="lite")
    assert reason("view") == "role_not_admitted"
    change(world, continuum, "nora", "paula", role="editor", status="deactivated")
    assert reason("view") == "subject_inactive"
    change(world, continuum, "nora", "paula", status="active")
    assert reason() == "allowed"
    assert (
        world.api("DELETE", f"/organizations/{alder}", token=world.token(acme, "ada")).status == 204
    )
    assert reason() == "unknown_resource"


def test_stale_authority_in_a_token_a_session_or_a_key_ends_at_the_next_request(
    world: World, acme: Company, continuum: Company
) -> None:
    made = invite(world, acme)
    omar = world.token(continuum, "omar")  # good for an hour yet, whatever happens to its bearer
    change(world, continuum, "nora", "omar", role="manager")
    accept = f"/incoming-connections/{made}/accept"
    assert world.api("POST", accept, token=omar).status == 403
    change(world, continuum, "nora", "omar", status="deactivated")
    assert world.api("POST", accept, token=omar).status == 401
    ada = world.token(acme, "ada")
    (key,) = world.api("GET", "/api-keys", token=ada).json["items"]
    assert world.api("GET", "/users", token=acme.key).status == 200
    assert world.api("DELETE", f"/api-keys/{key['api_key_id']}", token=ada).status == 204
    assert world.api("GET", "/users", token=acme.key).status == 401


def test_expiry_by_background_deletion_is_not_what_ends_an_invitation(
    world: World, acme: Company, continuum: Company
) -> None:
    made = invite(world, acme)
    link = world.outbox.to("nora@continuum.test").token
    table = world.dump()
    world.clock.advance(days=7)
    # No clean-up has run and nothing was deleted, yet nothing takes it for pending.
    ada, nora = world.token(acme, "ada"), world.token(continuum, "nora")
    assert world.dump() == table
    for address, token in (
        (f"/connections/{made}", ada),
        (f"/incoming-connections/{made}", nora),
        (f"/invitations/{link}", nora),
    ):
        shown = world.api("GET", address, token=token, headers={"accept": "application/json"})
        assert shown.json["state"] == "expired", address
    for state, count in (("pending", 0), ("expired", 1)):
        listed = world.api("GET", f"/connections?state={state}", token=ada).json["items"]
        assert len(listed) == count
    for address in (f"/invitations/{link}", f"/incoming-connections/{made}"):
        late = world.api("POST", f"{address}/accept", token=nora)
        assert (late.status, late.slug) == (410, "invitation-expired")
    assert not world.may(acme, continuum.users["paula"], "view", acme.organizations["Alder"])


@pytest.mark.parametrize("side", ["host", "guest"])
def test_an_approval_that_cannot_be_undone_is_not_given_here(
    world: World, acme: Company, continuum: Company, connection_id: str, side: str
) -> None:
    alder, paula = acme.organizations["Alder"], continuum.users["paula"]
    assert world.may(acme, paula, "view", alder)
    company, name, step, reason = {
        "host": (acme, "ada", f"/connections/{connection_id}/revoke", "revoked_by_host"),
        # Another Administrator than the one who agreed.
        "guest": (
            continuum,
            "omar",
            f"/incoming-connections/{connection_id}/leave",
            "left_by_guest",
        ),
    }[side]
    ended = world.api("POST", step, token=world.token(company, name))
    assert (ended.status, ended.json["state"], ended.json["end_reason"]) == (200, "revoked", reason)
    assert not world.may(acme, paula, "view", alder)
    # It does not come back by itself, nor by the mail that is still in the mailbox.
    link = world.outbox.to("nora@continuum.test").token
    nora = world.token(continuum, "nora")
    assert world.api("POST", f"/invitations/{link}/accept", token=nora).status == 410
    world.clock.advance(days=1)
    assert not world.may(acme, paula, "view", alder)


def test_an_approval_that_cannot_be_undone_leaves_nothing_behind_when_it_is(
    world: World, acme: Company, continuum: Company, connection_id: str
) -> None:
    ada, alder = world.token(acme, "ada"), acme.organizations["Alder"]
    assert world.api("POST", f"/connections/{connection_id}/revoke", token=ada).status == 200
    narrow = {"all_organizations": False, "organization_ids": [acme.organizations["Birch"]]}
    again = world.api("POST", "/connections", {**OFFER, **narrow}, token=ada)
    accept = f"/incoming-connections/{again.json['connection_id']}/accept"
    assert world.api("POST", accept, token=world.token(continuum, "nora")).status == 200
    # The new connection has its own grant, and nothing of the one before.
    answer = world.decide(acme, continuum.users["paula"], "view", alder)
    assert answer["context"]["reason"] == "organization_not_granted"


def test_logs_that_can_be_changed_or_injected_have_no_route_and_no_room_for_it(
    world: World, acme: Company, continuum: Company, connection_id: str
) -> None:
    routes = [route for route in template().routes if "/activities" in route.path]
    assert {route.method for route in routes} == {"GET", "HEAD", "POST"}
    ada, before = world.token(acme, "ada"), entries(world, acme)
    genuine = next(one for one in before if one["action"] == "connection.accepted")
    report = {
        "user_id": continuum.users["paula"],
        "action": "view",
        "organization_id": acme.organizations["Alder"],
        "resource": {"type": "password", "name": "Router"},
    }
    for forged in (
        {"action": "view\n2026-11-22T00:00:00.000Z connection.revoked by Ada"},
        {"user_agent": "curl\r\nallowed"},
        {"resource": {"type": "password", "name": "Router\u202e"}},
        {"outcome": "allowed"},
        {"category": "connection"},
        {"actor": {"type": "system"}},
    ):
        refused = world.api("POST", "/activities", {**report, **forged}, token=acme.key)
        assert refused.status in {400, 422}, forged
    # No entry gets the id of one of ours, and nothing is dated at will.
    for forged, status in (
        ({"activity_id": genuine["activity_id"]}, "refused"),
        ({"time": "2027-01-01T00:00:00.000Z"}, "refused"),
        ({"time": "2026-11-01T00:00:00.000Z"}, "refused"),
        ({"action": "connection.revoked"}, "recorded"),
    ):
        reported = world.api("POST", "/activities", {**report, **forged}, token=acme.key)
        assert reported.json["items"][0]["status"] == status, forged
    # What an application calls its action does not make it a step of the connection.
    now = entries(world, acme)
    assert now[0]["category"] == "activity"
    assert now[1:] == before
    assert world.api("POST", "/activities", report, token=ada).status == 403


def entries(world: World, company: Company) -> list[dict[str, Any]]:
    reply = world.api("GET", "/activities?limit=200", token=world.token(company, "ada"))
    return list(reply.json["items"])


@pytest.fixture
def fail(monkeypatch: pytest.MonkeyPatch) -> Callable[[set[str], Exception], None]:
    """Return what makes calls of the store fail from now on."""
    real = BaseClient._make_api_call

    def begin(operations: set[str], failure: Exception) -> None:
        def call(client: Any, operation: str, parameters: Any) -> Any:
            if operation in operations:
                raise failure
            return real(client, operation, parameters)

        monkeypatch.setattr(BaseClient, "_make_api_call", call)

    return begin


@pytest.mark.parametrize("failure", [BROKEN, SLOW], ids=["broken", "slow"])
@pytest.mark.parametrize("operations", [READS, RECORDS], ids=["reading", "recording"])
def test_failing_open_is_answering_without_a_decision_instead(
    world: World,
    acme: Company,
    continuum: Company,
    connection_id: str,
    fail: Callable[[set[str], Exception], None],
    operations: set[str],
    failure: Exception,
) -> None:
    paula, alder = continuum.users["paula"], acme.organizations["Alder"]
    assert world.may(acme, paula, "view", alder)  # and the key's use is noted
    fail(operations, failure)
    question = {
        "subject": {"type": "user", "id": paula},
        "action": {"name": "view"},
        "resource": {"type": "organization", "id": alder},
    }
    single = world.api("POST", "/access/v1/evaluation", question, token=acme.key)
    assert (single.status, single.slug) == (503, "store-unavailable")
    assert "decision" not in single.json
    batch = world.api(
        "POST", "/access/v1/evaluations", {**question, "evaluations": [{}, {}]}, token=acme.key
    )
    answers = batch.json.get("evaluations", [])
    assert batch.status == 503 or [one["decision"] for one in answers] == [False, False]


def test_failing_open_is_not_what_an_unknown_word_does(
    world: World, acme: Company, continuum: Company, connection_id: str
) -> None:
    paula, alder = continuum.users["paula"], acme.organizations["Alder"]
    for who, action, where in (
        (paula, "", alder),
        (paula, "VIEW", alder),
        (paula, "constructor", alder),
        (paula, "view", ""),
        (paula, "view", "*"),
        ("", "view", alder),
        ("*", "view", alder),
        (connection_id, "view", alder),
    ):
        assert not world.may(acme, who, action, where), (who, action, where)
