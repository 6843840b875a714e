"""Activities that an application reports: recorded, with whether there was access just then."""

from typing import Any

import pytest

from tests.support.api import Reply
from tests.support.world import Company, World


@pytest.fixture
def acme(world: World) -> Company:
    return world.company(
        "acme",
        {"administrator": "administrator", "editor": "editor"},
        organizations=["Alder", "Birch"],
    )


@pytest.fixture
def continuum(world: World, acme: Company) -> Company:
    guest = world.company("continuum", {"administrator": "administrator", "editor": "editor"})
    world.connect(
        acme, guest, all_organizations=False, organization_ids=[acme.organizations["Alder"]]
    )
    return guest


def activity(acme: Company, user_id: str, name: str = "Alder", /, **more: Any) -> dict[str, Any]:
    return {
        "user_id": user_id,
        "action": "view",
        "organization_id": acme.organizations.get(name, name),
        "resource": {"type": "password", "id": "7", "name": "Router"},
        **more,
    }


def report(world: World, acme: Company, *activities: dict[str, Any]) -> Reply:
    body = activities[0] if len(activities) == 1 else {"activities": list(activities)}
    return world.api("POST", "/activities", body, token=acme.key)


def test_one_report_is_one_entry(world: World, acme: Company, continuum: Company) -> None:
    reported = report(
        world,
        acme,
        activity(
            acme,
            continuum.users["editor"],
            action="password.revealed",
            ip_address="198.51.100.7",
            user_agent="Browser 1",
            time="2026-11-22T09:00:00.000Z",
        ),
    )
    assert reported.status == 201, reported
    (item,) = reported.json["items"]
    assert (item["status"], item["reason"]) == ("recorded", None)
    (entry,) = world.log(acme, "&category=activity")
    assert entry["activity_id"] == item["activity_id"]
    assert (entry["action"], entry["outcome"]) == ("password.revealed", "allowed")
    assert entry["time"] == "2026-11-22T09:00:00.000Z"
    assert entry["actor"]["home_account_id"] == continuum.account_id
    assert entry["actor"]["effective_role"] == "editor"
    assert (entry["ip_address"], entry["user_agent"]) == ("198.51.100.7", "Browser 1")
    assert entry["resource"] == {"type": "password", "id": "7", "name": "Router"}


def test_what_was_done_without_access_is_recorded_as_denied(
    world: World, acme: Company, continuum: Company
) -> None:
    editor = continuum.users["editor"]
    elsewhere = report(world, acme, activity(acme, editor, "Birch"))
    assert elsewhere.json["items"][0]["status"] == "recorded"
    (connection,) = world.api("GET", "/connections", token=world.token(acme)).json["items"]
    revoke = f"/connections/{connection['connection_id']}/revoke"
    world.api("POST", revoke, token=world.token(acme))
    after_the_end = report(world, acme, activity(acme, editor))
    assert after_the_end.json["items"][0]["status"] == "recorded"
    entries = world.log(acme, "&category=activity")
    assert [(entry["outcome"], entry["reason"]) for entry in entries] == [
        ("denied", "connection_not_active"),
        ("denied", "organization_not_granted"),
    ]


def test_a_batch_is_answered_item_by_item(world: World, acme: Company, continuum: Company) -> None:
    editor = continuum.users["editor"]
    stranger = world.company("other", {"administrator": "administrator"})
    answers = report(
        world,
        acme,
        activity(acme, editor),
        activity(acme, stranger.users["administrator"]),
        activity(acme, "nobody"),
        activity(acme, editor, "org_00000000000000000000000000"),
        activity(acme, editor, time="2026-11-21T09:00:00Z"),
        activity(acme, editor, time="2026-11-23T09:00:00Z"),
        activity(acme, editor, activity_id="not an id"),
        activity(acme, acme.users["administrator"]),
    )
    assert answers.status == 201, answers
    assert [(one["status"], one["reason"]) for one in answers.json["items"]] == [
        ("recorded", None),
        ("refused", "unknown_user"),
        ("refused", "unknown_user"),
        ("refused", "unknown_organization"),
        ("refused", "time_older_than_a_day"),
        ("refused", "time_in_the_future"),
        ("refused", "activity_id_malformed"),
        ("recorded", None),
    ]
    assert len(world.log(acme, "&category=activity")) == 2


def test_an_id_reported_before_is_a_duplicate_of_this_account(
    world: World, acme: Company, continuum: Company
) -> None:
    mine = activity(acme, continuum.users["editor"], activity_id="ticket-7")
    answers = report(world, acme, mine, mine)
    assert [one["status"] for one in answers.json["items"]] == ["recorded", "duplicate"]
    again = report(world, acme, {**mine, "action": "edit"})
    assert again.json["items"] == [
        {"activity_id": "ticket-7", "status": "duplicate", "reason": None}
    ]
    (entry,) = world.log(acme, "&category=activity")
    assert (entry["activity_id"], entry["action"]) == ("ticket-7", "view")
    yew = world.api("POST", "/organizations", {"name": "Yew"}, token=world.token(continuum)).json
    theirs = {**mine, "organization_id": yew["organization_id"]}
    fresh = world.api("POST", "/activities", theirs, token=continuum.key)
    assert fresh.json["items"][0]["status"] == "recorded"


def test_a_hundred_at_once_and_no_more(world: World, acme: Company, continuum: Company) -> None:
    one = activity(acme, continuum.users["editor"])
    before = world.dump()
    too_many = report(world, acme, *[one] * 101)
    assert too_many.status == 400
    assert too_many.json["errors"][0]["pointer"] == "/activities"
    none = world.api("POST", "/activities", {"activities": []}, token=acme.key)
    assert none.status == 400
    assert but_uses(world.dump()) == but_uses(before)
    full = report(world, acme, *[one] * 100)
    assert [item["status"] for item in full.json["items"]] == ["recorded"] * 100
    assert len({item["activity_id"] for item in full.json["items"]}) == 100


@pytest.mark.parametrize(
    ("change", "status", "pointer"),
    [
        ({"user_id": 7}, 400, "/user_id"),
        ({"action": ""}, 400, "/action"),
        ({"resource": "Router"}, 400, "/resource"),
        ({"time": "now"}, 400, "/time"),
        ({"colour": "red"}, 400, "/colour"),
        ({"user_id": None}, 400, "/user_id"),
    ],
)
def test_what_is_wrong_with_a_report_is_named(
    world: World,
    acme: Company,
    continuum: Company,
    change: dict[str, Any],
    status: int,
    pointer: str,
) -> None:
    wrong = activity(acme, continuum.users["editor"], **change)
    refused = report(world, acme, wrong)
    assert refused.status == status, refused
    assert refused.json["errors"][0]["pointer"] == pointer
    batch = report(world, acme, activity(acme, continuum.users["editor"]), wrong)
    assert batch.status == status
    assert batch.json["errors"][0]["pointer"] == f"/activities/1{pointer}"
    assert world.log(acme, "&category=activity") == []


def test_people_report_nothing(world: World, acme: Company, continuum: Company) -> None:
    body = activity(acme, continuum.users["editor"])
    for token in (world.token(acme), world.token(continuum)):
        assert world.api("POST", "/activities", body, token=token).status == 403


def test_before_acceptance_known_and_unknown_people_of_a_guest_are_alike(
    world: World, acme: Company
) -> None:
    fresh = world.company("fresh", {"administrator": "administrator"})
    world.invite(acme, fresh)
    known = fresh.users["administrator"]
    answers = report(world, acme, activity(acme, known), activity(acme, known[:-4] + "0000")).json[
        "items"
    ]
    assert {(one["status"], one["reason"]) for one in answers} == {("refused", "unknown_user")}


def but_uses(items: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Leave out when keys were used, which every request notes."""
    return [item for item in items if "#API_KEY_USE" not in item["pk"]["S"]]
