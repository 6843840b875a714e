"""AuthZEN batches of more than one snapshot can hold: read in parts, one of which may fail."""

from typing import Any

import pytest

from tests.support.api import Reply
from tests.support.outage import outage
from tests.support.world import Company, World


@pytest.fixture
def world(real_world: World) -> World:
    """Return a world on ministack: moto reads at most 25 items as a snapshot, DynamoDB 100."""
    return real_world


@pytest.fixture
def acme(world: World) -> Company:
    return world.company("acme", {"administrator": "administrator"}, organizations=["Alder"])


@pytest.fixture
def continuum(world: World, acme: Company) -> Company:
    guest = world.company("continuum", {"administrator": "administrator", "creator": "creator"})
    world.connect(acme, guest)
    return guest


def ask(world: World, acme: Company, continuum: Company, **more: Any) -> Reply:
    """Ask about a hundred people, two of whom are somebody; the last item is none."""
    made_up = continuum.users["creator"][:-3]
    strangers = [f"{made_up}{number:03d}" for number in range(97)]
    people = [continuum.users["creator"], *strangers, acme.users["administrator"]]
    body = {
        "action": {"name": "view"},
        "resource": {"type": "organization", "id": acme.organizations["Alder"]},
        "evaluations": [*({"subject": {"type": "user", "id": one}} for one in people), "view"],
        **more,
    }
    return world.api("POST", "/access/v1/evaluations", body, token=acme.key)


def decisions(reply: Reply) -> list[bool]:
    assert reply.status == 200, reply
    return [answer["decision"] for answer in reply.json["evaluations"]]


def statuses(reply: Reply) -> list[int | None]:
    return [
        answer["context"].get("error", {}).get("status") for answer in reply.json["evaluations"]
    ]


def test_a_hundred_people_are_asked_about_at_once(
    world: World, acme: Company, continuum: Company
) -> None:
    reply = ask(world, acme, continuum)
    assert decisions(reply) == [True] + [False] * 97 + [True, False]
    assert statuses(reply) == [None] * 99 + [400]


def test_what_could_not_be_read_is_an_error_in_its_place_and_what_was_read_stands(
    world: World, acme: Company, continuum: Company
) -> None:
    with outage({"TransactGetItems"}, after=1):
        reply = ask(world, acme, continuum)
    assert decisions(reply) == [True] + [False] * 99
    found = statuses(reply)
    unread = found.index(503)
    assert found == [None] * unread + [503] * (99 - unread) + [400]
    # A guest is two items of a snapshot: themselves, and the rule that the host may have for them.
    assert unread > 45
    # What was answered is on the record, and what was not is not.
    recorded = world.log(acme, "&category=decision")
    assert len(recorded) == unread


def test_nobody_is_answered_whose_credentials_could_not_be_read(
    world: World, acme: Company, continuum: Company
) -> None:
    with outage({"TransactGetItems"}):
        reply = ask(world, acme, continuum)
    assert (reply.status, reply.slug) == (503, "store-unavailable")


@pytest.mark.parametrize(
    ("semantic", "answered"), [("deny_on_first_deny", 2), ("permit_on_first_permit", 1)]
)
def test_a_batch_that_stops_reads_no_further(
    world: World, acme: Company, continuum: Company, semantic: str, answered: int
) -> None:
    with outage({"TransactGetItems"}, after=1):
        reply = ask(world, acme, continuum, options={"evaluations_semantic": semantic})
    assert len(decisions(reply)) == answered


def test_a_batch_that_stops_at_a_denial_stops_at_the_first_that_could_not_be_read(
    world: World,
) -> None:
    many = world.company(
        "many",
        {"administrator": "administrator"},
        organizations=[f"Organization {number}" for number in range(100)],
    )
    body = {
        "subject": {"type": "user", "id": many.users["administrator"]},
        "action": {"name": "view"},
        "evaluations": [
            {"resource": {"type": "organization", "id": one}} for one in many.organizations.values()
        ],
        "options": {"evaluations_semantic": "deny_on_first_deny"},
    }
    with outage({"TransactGetItems"}, after=1):
        reply = world.api("POST", "/access/v1/evaluations", body, token=many.key)
    *read, unread = decisions(reply)
    assert read == [True] * len(read)
    assert 90 < len(read) < 99
    assert (unread, statuses(reply)[-1]) == (False, 503)
