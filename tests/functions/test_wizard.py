"""The seed's wizard as calls: subdomain, maximum role, groups and organizations, message, send."""

from typing import Any

import pytest

from tests.support.world import Company, World

HELP_DESK = {
    "administrator": "administrator",
    "omar": "administrator",
    "manager": "manager",
    "editor": "editor",
    "creator": "creator",
    "read_only": "read_only",
    "lite": "lite",
}


@pytest.fixture
def acme(world: World) -> Company:
    return world.company(
        "acme",
        {"administrator": "administrator"},
        organizations=["Alder", "Birch", "Cedar"],
        groups={"Level 1": ["Alder", "Birch"]},
    )


@pytest.fixture
def continuum(world: World) -> Company:
    return world.company("continuum", HELP_DESK)


def grant_of(world: World, host: Company, connection_id: str) -> Any:
    reply = world.api("GET", f"/connections/{connection_id}/grant", token=world.token(host))
    assert reply.status == 200, reply
    return reply.json


def test_the_grant_marks_what_is_inherited_from_a_group(
    world: World, acme: Company, continuum: Company
) -> None:
    invited = world.invite(
        acme,
        continuum,
        all_organizations=False,
        group_ids=[acme.groups["Level 1"]],
        organization_ids=[acme.organizations["Birch"], acme.organizations["Cedar"]],
    )

    grant = grant_of(world, acme, invited.json["connection_id"])
    through = f"group:{acme.groups['Level 1']}"
    assert {item["name"]: item["via"] for item in grant["items"]} == {
        "Alder": [through],
        "Birch": ["direct", through],
        "Cedar": ["direct"],
    }
    assert grant["maximum_role"] == "editor"
    assert grant["group_ids"] == [acme.groups["Level 1"]]
    assert grant["organization_ids"] == sorted(
        [acme.organizations["Birch"], acme.organizations["Cedar"]]
    )
    assert grant["all_organizations"] is False
    assert grant["etag"] == invited.json["etag"]
    assert grant["next_cursor"] is None


def test_a_grant_is_read_in_pages(world: World, acme: Company, continuum: Company) -> None:
    invited = world.invite(acme, continuum)
    address = f"/connections/{invited.json['connection_id']}/grant"
    pages = [world.api("GET", f"{address}?limit=1", token=world.token(acme)).json]
    while cursor := pages[-1]["next_cursor"]:
        more = f"{address}?limit=1&cursor={cursor}"
        pages.append(world.api("GET", more, token=world.token(acme)).json)
    assert [(item["name"], item["via"]) for page in pages for item in page["items"]] == [
        ("Alder", ["all"]),
        ("Birch", ["all"]),
        ("Cedar", ["all"]),
    ]


def test_a_connection_is_as_the_contract_shows_it(
    world: World, acme: Company, continuum: Company
) -> None:
    invited = world.invite(acme, continuum, message="Welcome aboard", maximum_role="creator").json

    assert invited["state"] == "pending"
    assert invited["host_account"] == {
        "account_id": acme.account_id,
        "subdomain": "acme",
        "name": "Acme",
    }
    assert invited["guest_account"]["account_id"] == continuum.account_id
    assert invited["maximum_role"] == "creator"
    assert (invited["group_ids"], invited["organization_ids"]) == ([], [])
    assert invited["all_organizations"] is True
    assert invited["invitation"]["message"] == "Welcome aboard"
    assert invited["invitation"]["recipients"] == [
        {"email": "a•••@continuum.test", "delivery": "sent"},
        {"email": "o•••@continuum.test", "delivery": "sent"},
    ]
    assert invited["invited_by"] == {
        "user_id": acme.users["administrator"],
        "name": "Administrator",
    }
    for unset in ("accepted_by", "accepted_at", "ended_at", "end_reason"):
        assert invited[unset] is None

    address = f"/connections/{invited['connection_id']}"
    shown = world.api("GET", address, token=world.token(acme))
    assert shown.json == invited
    assert shown.headers["etag"] == f'"{invited["etag"]}"'
    assert world.api("GET", "/connections", token=world.token(acme)).json["items"] == [invited]
    assert world.api("GET", address, token=acme.key).json == invited


def test_every_administrator_and_nobody_else_gets_a_link_of_their_own(
    world: World, acme: Company, continuum: Company
) -> None:
    world.invite(acme, continuum)

    invitations = [mail for mail in world.outbox.mails if mail.kind == "invitation"]
    assert sorted(mail.to for mail in invitations) == [
        "administrator@continuum.test",
        "omar@continuum.test",
    ]
    assert len({mail.token for mail in invitations}) == 2
    assert all(len(mail.token) == 52 for mail in invitations)


def test_a_pending_connection_lets_nobody_in(
    world: World, acme: Company, continuum: Company
) -> None:
    world.invite(acme, continuum, maximum_role="administrator")

    for user_id in continuum.users.values():
        answer = world.decide(acme, user_id, "view", acme.organizations["Alder"])
        assert answer["decision"] is False
        assert answer["context"]["reason"] == "connection_not_active"


def test_from_acceptance_on_everybody_but_lite_is_in(
    world: World, acme: Company, continuum: Company
) -> None:
    world.connect(acme, continuum)

    organization_id = acme.organizations["Alder"]
    entering = {
        name
        for name, user_id in continuum.users.items()
        if world.may(acme, user_id, "view", organization_id)
    }
    assert entering == HELP_DESK.keys() - {"lite"}


def test_all_organizations_includes_one_created_after_acceptance(
    world: World, acme: Company, continuum: Company
) -> None:
    world.connect(acme, continuum)
    made = world.api("POST", "/organizations", {"name": "Dogwood"}, token=world.token(acme))
    assert made.status == 201, made

    answer = world.decide(acme, continuum.users["read_only"], "view", made.json["organization_id"])
    assert answer["decision"] is True
    assert answer["context"]["via"] == "all"


def test_somebody_who_joins_the_guest_later_is_in_too(
    world: World, acme: Company, continuum: Company
) -> None:
    world.connect(acme, continuum)
    made = world.api(
        "POST",
        "/users",
        {"email": "new@continuum.test", "name": "New", "role": "creator"},
        token=world.token(continuum),
    )
    assert made.status == 201, made
    assert world.may(acme, made.json["user_id"], "edit", acme.organizations["Alder"])


def test_both_logs_tell_the_whole_story(world: World, acme: Company, continuum: Company) -> None:
    connection = world.invite(acme, continuum, maximum_role="creator").json
    address = f"/connections/{connection['connection_id']}"
    token = world.token(acme)
    resent = world.api("POST", f"{address}/resend", token=token)
    link = world.outbox.to("omar@continuum.test").token
    world.api("POST", f"/invitations/{link}/accept", token=world.token(continuum, "omar"))
    edit = {
        "maximum_role": "editor",
        "group_ids": [],
        "organization_ids": [acme.organizations["Cedar"]],
        "all_organizations": False,
    }
    etag = world.api("GET", address, token=token).json["etag"]
    assert resent.json["etag"] != etag
    edited = world.api(
        "PUT", f"{address}/grant", edit, token=token, headers={"if-match": f'"{etag}"'}
    )
    assert edited.status == 200, edited
    left = world.api(
        "POST",
        f"/incoming-connections/{connection['connection_id']}/leave",
        token=world.token(continuum),
    )
    assert left.status == 200, left

    steps = ["left", "edited", "accepted", "resent", "invited"]
    for company in (acme, continuum):
        entries = world.log(company, "&category=connection")
        assert [e["action"].removeprefix("connection.") for e in entries] == steps
        assert {e["connection_id"] for e in entries} == {connection["connection_id"]}
        assert {e["guest_account_id"] for e in entries} == {continuum.account_id}
        assert {e["outcome"] for e in entries} == {"done"}
        by = {e["action"].removeprefix("connection."): e["actor"] for e in entries}
        assert by["invited"]["user_id"] == acme.users["administrator"]
        assert by["accepted"]["user_id"] == continuum.users["omar"]
        assert by["accepted"]["home_account_id"] == continuum.account_id
        assert by["left"]["user_id"] == continuum.users["administrator"]
        assert entries[1]["changes"] == {
            "maximum_role": ["creator", "editor"],
            "organization_ids": [[], [acme.organizations["Cedar"]]],
            "all_organizations": [True, False],
        }


def test_after_the_end_a_new_invitation_makes_a_new_connection(
    world: World, acme: Company, continuum: Company
) -> None:
    first = world.connect(acme, continuum)
    revoke = f"/connections/{first['connection_id']}/revoke"
    ended = world.api("POST", revoke, token=world.token(acme)).json
    assert (ended["state"], ended["end_reason"]) == ("revoked", "revoked_by_host")
    assert ended["ended_at"]

    second = world.connect(acme, continuum, maximum_role="read_only")
    assert second["connection_id"] != first["connection_id"]
    listed = world.api("GET", "/connections", token=world.token(acme)).json["items"]
    assert [one["connection_id"] for one in listed] == [
        second["connection_id"],
        first["connection_id"],
    ]
    assert listed[1] == ended
    assert not world.may(acme, continuum.users["editor"], "edit", acme.organizations["Alder"])
    assert world.may(acme, continuum.users["editor"], "view", acme.organizations["Alder"])
