"""AuthZEN batches: answers in order, defaults replaced whole, bad items in their places."""

from typing import Any

import pytest

from tests.support.api import Reply
from tests.support.world import Company, World


@pytest.fixture
def acme(world: World) -> Company:
    return world.company("acme", organizations=["Alder", "Birch"])


@pytest.fixture
def continuum(world: World, acme: Company) -> Company:
    guest = world.company("continuum", {"administrator": "administrator", "creator": "creator"})
    world.connect(
        acme, guest, all_organizations=False, organization_ids=[acme.organizations["Alder"]]
    )
    return guest


def ask(world: World, acme: Company, **body: Any) -> Reply:
    return world.api("POST", "/access/v1/evaluations", body, token=acme.key)


def resource(acme: Company, name: str = "Alder") -> dict[str, Any]:
    return {"type": "organization", "id": acme.organizations[name]}


def actions(*names: str) -> list[dict[str, Any]]:
    return [{"action": {"name": name}} for name in names]


def decisions(reply: Reply) -> list[bool]:
    assert reply.status == 200, reply
    assert set(reply.json) == {"evaluations"}
    return [answer["decision"] for answer in reply.json["evaluations"]]


def test_every_item_is_answered_in_order(world: World, acme: Company, continuum: Company) -> None:
    reply = ask(
        world,
        acme,
        subject={"type": "user", "id": continuum.users["creator"]},
        resource=resource(acme),
        evaluations=[*actions("view", "delete", "edit", "export"), {"action": {"name": "view"}}],
    )
    assert decisions(reply) == [True, False, True, False, True]
    reasons = [answer["context"]["reason"] for answer in reply.json["evaluations"]]
    assert reasons[1] == "role_too_low"
    assert reasons[3] == "action_never_delegated"


def test_an_items_key_replaces_the_default_whole(
    world: World, acme: Company, continuum: Company
) -> None:
    reply = ask(
        world,
        acme,
        subject={"type": "user", "id": continuum.users["creator"]},
        action={"name": "view"},
        resource={
            "type": "password",
            "id": "7",
            "properties": {"organization_id": acme.organizations["Alder"]},
        },
        evaluations=[
            {},
            {"resource": {"type": "password", "id": "8"}},
            {"resource": resource(acme, "Birch")},
            {"subject": {"type": "user", "id": acme.users["administrator"]}},
            {"subject": {"id": acme.users["administrator"]}},
        ],
    )
    assert decisions(reply) == [True, False, False, True, False]
    answers = [answer["context"] for answer in reply.json["evaluations"]]
    assert answers[1]["reason"] == "unknown_resource"
    assert answers[2]["reason"] == "organization_not_granted"
    assert answers[4]["error"]["status"] == 400


def test_a_bad_item_is_answered_in_its_place(
    world: World, acme: Company, continuum: Company
) -> None:
    reply = ask(
        world,
        acme,
        subject={"type": "user", "id": continuum.users["creator"]},
        resource=resource(acme),
        evaluations=[
            {"action": {"name": "view"}},
            {},
            {"action": "view"},
            "view",
            None,
            {"action": {"name": "view"}, "context": 5},
            {"action": {"name": "view"}},
        ],
    )
    assert decisions(reply) == [True, False, False, False, False, False, True]
    for bad in reply.json["evaluations"][1:6]:
        assert set(bad["context"]) == {"error"}
        assert bad["context"]["error"]["status"] == 400
        assert bad["context"]["error"]["message"]


@pytest.mark.parametrize(
    ("semantic", "expected"),
    [
        (None, [True, True, False, True]),
        ("execute_all", [True, True, False, True]),
        ("deny_on_first_deny", [True, True, False]),
        ("permit_on_first_permit", [True]),
    ],
)
def test_a_batch_stops_where_its_semantic_says(
    world: World, acme: Company, continuum: Company, semantic: str | None, expected: list[bool]
) -> None:
    options = {} if semantic is None else {"options": {"evaluations_semantic": semantic}}
    reply = ask(
        world,
        acme,
        subject={"type": "user", "id": continuum.users["creator"]},
        resource=resource(acme),
        evaluations=actions("view", "edit", "delete", "archive"),
        **options,
    )
    assert decisions(reply) == expected
    assert len(world.log(acme, "&category=decision")) == len(expected)


def test_a_bad_item_is_a_denial_to_the_semantic_too(
    world: World, acme: Company, continuum: Company
) -> None:
    parts = {
        "subject": {"type": "user", "id": continuum.users["creator"]},
        "resource": resource(acme),
        "evaluations": [{}, *actions("view", "edit")],
    }
    stopped = ask(world, acme, **parts, options={"evaluations_semantic": "deny_on_first_deny"})
    assert decisions(stopped) == [False]
    went_on = ask(world, acme, **parts, options={"evaluations_semantic": "permit_on_first_permit"})
    assert decisions(went_on) == [False, True]


@pytest.mark.parametrize("evaluations", [{}, {"evaluations": []}, {"evaluations": None}])
def test_without_items_it_is_a_single_evaluation(
    world: World, acme: Company, continuum: Company, evaluations: dict[str, Any]
) -> None:
    reply = ask(
        world,
        acme,
        subject={"type": "user", "id": continuum.users["creator"]},
        action={"name": "view"},
        resource=resource(acme),
        **evaluations,
    )
    assert (reply.status, reply.json["decision"]) == (200, True)
    assert ask(world, acme, action={"name": "view"}, **evaluations).status == 400


@pytest.mark.parametrize(
    "change",
    [
        {"options": {"evaluations_semantic": "first_come"}},
        {"options": {"evaluations_semantic": 1}},
        {"options": []},
        {"evaluations": {}},
        {"evaluations": "view"},
        {"subject": "user"},
        {"context": []},
        {"resource": None},
        {"evaluations": [{}] * 101},
    ],
)
def test_a_batch_that_cannot_be_read_is_a_malformed_request(
    world: World, acme: Company, continuum: Company, change: dict[str, Any]
) -> None:
    body = {
        "subject": {"type": "user", "id": continuum.users["creator"]},
        "resource": resource(acme),
        "evaluations": actions("view"),
        **change,
    }
    refused = ask(world, acme, **body)
    assert (refused.status, refused.slug) == (400, "malformed-request"), refused
    assert world.log(acme, "&category=decision") == []


def test_each_answer_names_the_entry_that_it_is_recorded_in(
    world: World, acme: Company, continuum: Company
) -> None:
    reply = ask(
        world,
        acme,
        subject={"type": "user", "id": continuum.users["creator"]},
        resource=resource(acme),
        evaluations=[
            *actions("view", "delete"),
            {
                "action": {"name": "edit"},
                "subject": {"type": "user", "id": acme.users["administrator"]},
            },
        ],
    )
    ids = [answer["context"]["activity_id"] for answer in reply.json["evaluations"]]
    entries = world.log(acme, "&category=decision")
    assert {entry["activity_id"]: entry["action"] for entry in entries} == {
        ids[0]: "view",
        ids[1]: "delete",
    }
    assert ids[2] is None


def test_every_decision_on_a_guest_is_recorded_of_own_users_the_denials_of_strangers_none(
    world: World, acme: Company, continuum: Company
) -> None:
    alder = acme.organizations["Alder"]
    stranger = world.company("other", {"administrator": "administrator"})
    recorded = [
        (continuum.users["creator"], "view", True),
        (continuum.users["creator"], "restore", True),
        (continuum.users["creator"], "export", True),
        (continuum.users["creator"], "dance", True),
        (acme.users["administrator"], "restore", False),
        (acme.users["lite"], "view", True),
        (acme.users["administrator"], "export", True),
        (stranger.users["administrator"], "view", False),
        ("nobody", "view", False),
    ]
    for user_id, action, is_recorded in recorded:
        answer = world.decide(acme, user_id, action, alder)
        assert (answer["context"]["activity_id"] is not None) is is_recorded, (user_id, action)
    entries = world.log(acme, "&category=decision")
    assert [(e["actor"]["user_id"], e["action"]) for e in reversed(entries)] == [
        (user_id, action) for user_id, action, is_recorded in recorded if is_recorded
    ]
    assert world.log(stranger, "&category=decision") == []
    assert world.log(continuum, "&category=decision") == []
