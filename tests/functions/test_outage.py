"""When the store fails, nothing is allowed, nothing half is written, and the caller is told to wait."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from tests.support.outage import FAILURES, READS, RECORDS, WRITES, outage
from tests.support.world import Company, World


@pytest.fixture
def acme(world: World) -> Company:
    return world.company("acme", organizations=["Alder"])


@pytest.fixture
def continuum(world: World, acme: Company) -> Company:
    guest = world.company("continuum", {"administrator": "administrator", "editor": "editor"})
    world.connect(acme, guest)
    return guest


@pytest.fixture
def fail() -> Iterator[Callable[..., None]]:
    """Return what makes calls of the store fail from now on."""
    with ExitStack() as until_the_end:
        yield lambda *what: until_the_end.enter_context(outage(*what))


def question(company: Company, user_id: str, **more: Any) -> dict[str, Any]:
    return {
        "subject": {"type": "user", "id": user_id},
        "action": {"name": "view"},
        "resource": {"type": "organization", "id": company.organizations["Alder"]},
        **more,
    }


@pytest.mark.parametrize("failure", list(FAILURES))
@pytest.mark.parametrize("operations", [READS, RECORDS], ids=["reading", "recording"])
def test_a_decision_that_cannot_be_read_or_recorded_is_no_decision(
    world: World,
    acme: Company,
    continuum: Company,
    fail: Callable[..., None],
    failure: str,
    operations: set[str],
) -> None:
    world.api("GET", "/users", token=acme.key)  # its use is noted
    fail(operations, failure)
    body = question(acme, continuum.users["editor"])
    for address in ("/access/v1/evaluation", "/access/v1/evaluations"):
        reply = world.api("POST", address, body, token=acme.key)
        assert (reply.status, reply.slug) == (503, "store-unavailable"), (address, reply)
        assert "decision" not in reply.json
        assert int(reply.headers["retry-after"]) > 0


def test_of_a_batch_that_cannot_be_recorded_each_recorded_item_is_an_error(
    world: World, acme: Company, continuum: Company, fail: Callable[..., None]
) -> None:
    world.api("GET", "/users", token=acme.key)
    fail(RECORDS)
    own = {"subject": {"type": "user", "id": acme.users["administrator"]}}
    body = question(acme, continuum.users["editor"], evaluations=[{}, own, {}])
    reply = world.api("POST", "/access/v1/evaluations", body, token=acme.key)
    assert reply.status == 200, reply
    guest, mine, again = reply.json["evaluations"]
    assert (mine["decision"], mine["context"]["reason"]) == (True, "allowed")
    for unrecorded in (guest, again):
        assert unrecorded["decision"] is False
        assert unrecorded["context"]["error"]["status"] == 503
        assert "reason" not in unrecorded["context"]


def test_a_batch_that_stops_at_a_denial_stops_at_one_that_could_not_be_recorded(
    world: World, acme: Company, continuum: Company, fail: Callable[..., None]
) -> None:
    world.api("GET", "/users", token=acme.key)
    fail(RECORDS)
    body = question(
        acme,
        continuum.users["editor"],
        evaluations=[{}, {}, {}],
        options={"evaluations_semantic": "deny_on_first_deny"},
    )
    reply = world.api("POST", "/access/v1/evaluations", body, token=acme.key)
    assert [answer["decision"] for answer in reply.json["evaluations"]] == [False]


def test_every_read_that_fails_is_told_as_that(
    world: World, acme: Company, continuum: Company, fail: Callable[..., None]
) -> None:
    link = world.outbox.to("administrator@continuum.test").token
    fail(READS)
    for address in (
        "/connections",
        "/incoming-connections",
        "/users",
        "/groups",
        "/organizations",
        "/api-keys",
        "/account",
        "/activities",
        "/me",
        f"/invitations/{link}",
    ):
        headers = {"accept": "application/json"}
        reply = world.api("GET", address, token=world.token(acme), headers=headers)
        assert (reply.status, reply.slug) == (503, "store-unavailable"), address
        assert int(reply.headers["retry-after"]) > 0
        assert "nothing was allowed" in reply.json["detail"].lower()


def test_a_write_that_fails_leaves_everything_as_it_was(
    world: World, acme: Company, continuum: Company, fail: Callable[..., None]
) -> None:
    before, mails = world.dump(), len(world.outbox.mails)
    (connection,) = world.api("GET", "/connections", token=world.token(acme)).json["items"]
    one = connection["connection_id"]
    fail(WRITES)
    calls: list[tuple[Company, str, str, Any]] = [
        (acme, "POST", f"/connections/{one}/revoke", None),
        (continuum, "POST", f"/incoming-connections/{one}/leave", None),
        (acme, "POST", "/groups", {"name": "A"}),
        (acme, "POST", "/users", {"email": "a@acme.test", "name": "A", "role": "lite"}),
        (acme, "DELETE", f"/organizations/{acme.organizations['Alder']}", None),
        (acme, "POST", "/api-keys", {"name": "A", "scopes": ["authorize"]}),
        (acme, "PATCH", "/account", {"name": "A"}),
    ]
    for company, method, address, body in calls:
        reply = world.api(method, address, body, token=world.token(company))
        assert (reply.status, reply.slug) == (503, "store-unavailable"), address
    assert world.dump() == before
    assert len(world.outbox.mails) == mails


def test_what_fails_after_the_change_is_not_told_as_its_failure(
    world: World, acme: Company
) -> None:
    fresh = world.company("fresh", {"administrator": "administrator"})
    with outage({"TransactWriteItems"}, after=1):  # the links cannot be stored
        invited = world.invite(acme, fresh)
    assert invited.status == 201, invited
    assert invited.json["invitation"]["recipients"][0]["delivery"] == "queued"
    assert world.invite(acme, fresh).status == 409
