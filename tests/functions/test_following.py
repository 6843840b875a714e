"""New entries are counted by the day and told to the event bus, however often the stream tells of them."""

import json
import random
from collections import Counter, defaultdict
from datetime import date, timedelta
from typing import Any

import pytest

from gatehouse.domain.errors import EventsUnavailable
from gatehouse.usecases.changes import LostRace
from tests.support.api import handler_of
from tests.support.stream import Bus, records_of
from tests.support.world import Company, World


@pytest.fixture
def acme(world: World) -> Company:
    return world.company("acme", organizations=["Alder", "Birch"])


@pytest.fixture
def continuum(world: World) -> Company:
    return world.company(
        "continuum", {"nora": "administrator", "sam": "editor", "iris": "read_only"}
    )


@pytest.fixture
def connection_id(world: World, acme: Company, continuum: Company) -> str:
    body = {"all_organizations": False, "organization_ids": [acme.organizations["Alder"]]}
    invited = world.invite(acme, continuum, maximum_role="manager", **body).json["connection_id"]
    address = f"/incoming-connections/{invited}/accept"
    assert world.api("POST", address, token=world.token(continuum, "nora")).status == 200
    return str(invited)


@pytest.fixture
def bus(world: World) -> Bus:
    bus = Bus()
    world.ports.__dict__["events"] = bus
    return bus


def follow(world: World, records: list[dict[str, Any]]) -> None:
    assert handler_of("follow")({"Records": records}, None) == {"entries": len(records)}


def usage(world: World, acme: Company, connection_id: str, query: str = "") -> dict[str, Any]:
    address = f"/connections/{connection_id}/usage{query}"
    reply = world.api("GET", address, token=world.token(acme))
    assert reply.status == 200, reply
    return dict(reply.json)


def at_work(world: World, acme: Company, continuum: Company) -> None:
    """Sam views twice, edits once, is denied elsewhere; Iris may not edit; an own user neither."""
    alder, birch = acme.organizations["Alder"], acme.organizations["Birch"]
    sam, iris = continuum.users["sam"], continuum.users["iris"]
    for user_id, action, organization_id in (
        *((sam, "view", alder), (sam, "view", alder), (sam, "edit", alder)),
        *((sam, "view", birch), (iris, "edit", alder), (iris, "manage_users", alder)),
        (acme.users["lite"], "view", alder),
    ):
        world.decide(acme, user_id, action, organization_id)
    report = {
        "user_id": sam,
        "action": "print",
        "organization_id": alder,
        "resource": {"type": "password", "id": "1"},
    }
    assert world.api("POST", "/activities", report, token=acme.key).status == 201


def test_what_guests_do_is_counted_by_the_day_and_says_how_much_role_it_took(
    world: World, acme: Company, continuum: Company, connection_id: str, bus: Bus
) -> None:
    at_work(world, acme, continuum)
    follow(world, records_of(world, acme))
    shown = usage(world, acme, connection_id)
    assert shown["decisions"] == {"allowed": 3, "denied": 3}
    assert shown["activities"] == {"allowed": 1, "denied": 0}
    assert [one["day"] for one in shown["days"]] == ["2026-11-22"]
    assert shown["actions"] == [
        {"category": "decision", "action": "view", "allowed": 2, "denied": 1},
        {"category": "decision", "action": "edit", "allowed": 1, "denied": 1},
        {"category": "activity", "action": "other", "allowed": 1, "denied": 0},
        {"category": "decision", "action": "manage_users", "allowed": 0, "denied": 1},
    ]
    assert shown["denials"] == [
        {"reason": "action_never_delegated", "count": 1},
        {"reason": "organization_not_granted", "count": 1},
        {"reason": "role_too_low", "count": 1},
    ]
    # An edit takes a Creator; for so short a time nobody is told to lower anything.
    assert (shown["needed_role"], shown["lower_maximum_to"]) == ("creator", None)


def test_a_maximum_role_that_nobody_needed_for_all_that_time_can_be_lowered(
    world: World, acme: Company, continuum: Company, connection_id: str, bus: Bus
) -> None:
    world.clock.advance(days=70)
    world.decide(acme, continuum.users["sam"], "view", acme.organizations["Alder"])
    follow(world, records_of(world, acme))
    shown = usage(world, acme, connection_id)
    assert shown["lower_maximum_to"] == "read_only"
    assert usage(world, acme, connection_id, "?days=90")["lower_maximum_to"] is None
    world.clock.advance(days=61)
    assert usage(world, acme, connection_id)["needed_role"] is None


def test_records_told_again_in_any_cut_are_counted_once(
    world: World, acme: Company, continuum: Company, connection_id: str, bus: Bus
) -> None:
    for _ in range(4):
        at_work(world, acme, continuum)
    world.clock.advance(days=12)  # into the next month
    at_work(world, acme, continuum)
    records, dice = records_of(world, acme), random.Random(3)
    told = 0
    while told < len(records):
        again = dice.randrange(told + 1)
        more = min(len(records), told + dice.randrange(1, 9))
        follow(world, records[again:more])
        told = max(told, more)
    first, last = date(2026, 11, 1), date(2026, 12, 31)
    days = {
        one.day: Counter(one.outcomes)
        for one in world.ports.store.uses.days_of_log(acme.account_id, first, last)
    }
    assert days == _by_day(records)
    shown = usage(world, acme, connection_id)
    assert shown["decisions"] == {"allowed": 15, "denied": 15}
    assert [one["decisions"] for one in shown["days"]] == [
        {"allowed": 12, "denied": 12},
        {"allowed": 3, "denied": 3},
    ]


def _by_day(records: list[dict[str, Any]]) -> dict[date, Counter[str]]:
    days: dict[date, Counter[str]] = defaultdict(Counter)
    for record in records:
        entry = record["dynamodb"]["NewImage"]
        days[date.fromisoformat(entry["sk"]["S"][:10])][entry["outcome"]["S"]] += 1
    return days


def test_somebody_who_counts_at_the_same_time_takes_nothing_away_and_adds_nothing(
    world: World,
    acme: Company,
    continuum: Company,
    connection_id: str,
    bus: Bus,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    at_work(world, acme, continuum)
    records, uses = records_of(world, acme), world.ports.store.uses
    first, add = [True], uses.add

    def overtaken(counted: Any) -> None:
        if first.pop() if first else False:
            add(counted)  # by another, just before
        add(counted)

    monkeypatch.setattr(uses, "add", overtaken)
    follow(world, records)
    assert usage(world, acme, connection_id)["decisions"] == {"allowed": 3, "denied": 3}
    with pytest.raises(LostRace):
        add(counted_nothing(world, acme))


def counted_nothing(world: World, acme: Company) -> Any:
    from gatehouse.domain.use import Counted

    return Counted(acme.account_id, "2026-11", "", "1", {})


def test_steps_of_connections_are_told_on_both_sides_and_the_rest_if_chosen(
    world: World, acme: Company, continuum: Company, connection_id: str, bus: Bus
) -> None:
    at_work(world, acme, continuum)
    follow(world, records_of(world, acme))
    follow(world, records_of(world, continuum))
    assert [
        (event["account_id"] == acme.account_id, event["activity"]["action"])
        for event in bus.details
    ] == [
        *((True, "connection.invited"), (True, "connection.accepted")),
        *((False, "connection.invited"), (False, "connection.accepted")),
    ]
    chosen = world.api("PATCH", "/account", {"publish_entries": True}, token=world.token(acme))
    assert chosen.json["publish_entries"] is True
    bus.details.clear()
    follow(world, records_of(world, acme))
    log = world.log(acme)
    assert {event["version"] for event in bus.details} == {"1"}
    assert [event["activity"] for event in reversed(bus.details)] == log


def test_what_the_bus_does_not_take_is_told_again_and_counted_once(
    world: World, acme: Company, continuum: Company, connection_id: str, bus: Bus
) -> None:
    at_work(world, acme, continuum)
    records = records_of(world, acme)
    bus.is_down = True
    with pytest.raises(EventsUnavailable):
        follow(world, records)
    bus.is_down = False
    follow(world, records)
    assert [event["activity"]["action"] for event in bus.details] == [
        "connection.invited",
        "connection.accepted",
    ]
    assert usage(world, acme, connection_id)["decisions"] == {"allowed": 3, "denied": 3}


def test_no_event_holds_a_secret(
    world: World, acme: Company, continuum: Company, connection_id: str, bus: Bus
) -> None:
    world.api("PATCH", "/account", {"publish_entries": True}, token=world.token(acme))
    body = {"name": "An application", "scopes": ["authorize"]}
    made = world.api("POST", "/api-keys", body, token=world.token(acme)).json
    follow(world, records_of(world, acme))
    told = json.dumps(bus.details)
    assert made["api_key_id"] in told
    assert made["secret"].rsplit("_", 1)[1] not in told
    assert world.outbox.to("nora@continuum.test").token not in told


def test_an_entry_of_a_day_before_is_counted_on_its_day(
    world: World, acme: Company, continuum: Company, connection_id: str, bus: Bus
) -> None:
    yesterday = world.clock.now() - timedelta(hours=12)
    report = {
        "user_id": continuum.users["sam"],
        "action": "view",
        "organization_id": acme.organizations["Alder"],
        "resource": {"type": "password", "id": "1"},
        "time": f"{yesterday:%Y-%m-%dT%H:%M:%S}.000Z",
    }
    assert world.api("POST", "/activities", report, token=acme.key).status == 201
    follow(world, records_of(world, acme))
    assert [one["day"] for one in usage(world, acme, connection_id)["days"]] == ["2026-11-21"]
