"""The activity log: who may read how much of it, newest first, by which filters."""

from typing import Any

import pytest

from tests.support.world import ROLES, Company, World


@pytest.fixture
def acme(world: World) -> Company:
    return world.company(
        "acme",
        organizations=["Alder", "Birch"],
        groups={"Level 1": ["Alder"]},
        members={"Level 1": ["manager"]},
    )


@pytest.fixture
def continuum(world: World) -> Company:
    return world.company("continuum")


def read(world: World, token: str, query: str = "") -> list[dict[str, Any]]:
    reply = world.api("GET", f"/activities?{query}", token=token)
    assert reply.status == 200, reply
    return list(reply.json["items"])


def test_an_entry_is_as_the_contract_shows_it(
    world: World, acme: Company, continuum: Company
) -> None:
    connection = world.connect(acme, continuum)
    resource = {"type": "password", "id": "7", "properties": {"name": "Router"}}
    resource["properties"]["organization_id"] = acme.organizations["Alder"]  # type: ignore[index]  # of mixed values
    context = {"ip_address": "198.51.100.7", "user_agent": "Browser 1"}
    decided = world.decide(
        acme, continuum.users["manager"], "view", "", resource=resource, context=context
    )
    (entry,) = world.log(acme, "&category=decision")
    assert entry == {
        "activity_id": decided["context"]["activity_id"],
        "time": entry["time"],
        "category": "decision",
        "action": "view",
        "outcome": "allowed",
        "reason": "allowed",
        "actor": {
            "type": "user",
            "user_id": continuum.users["manager"],
            "api_key_id": None,
            "api_key_secret": None,
            "name": "Manager",
            "home_account_id": continuum.account_id,
            "own_role": "manager",
            "effective_role": "editor",
        },
        "connection_id": connection["connection_id"],
        "guest_account_id": continuum.account_id,
        "organization_id": acme.organizations["Alder"],
        "resource": {"type": "password", "id": "7", "name": "Router"},
        "ip_address": "198.51.100.7",
        "user_agent": "Browser 1",
        "changes": {},
        "erased": None,
    }
    assert len(entry["time"]) == len("2026-11-22T10:00:00.123Z")
    assert entry["time"].endswith("Z")


@pytest.mark.parametrize(
    "role", [role for role in ROLES if role not in {"administrator", "manager"}]
)
def test_below_manager_nobody_reads_it(world: World, acme: Company, role: str) -> None:
    assert world.api("GET", "/activities", token=world.token(acme, role)).status == 403


def test_a_manager_reads_what_concerns_the_managers_own_organizations(
    world: World, acme: Company, continuum: Company
) -> None:
    world.connect(acme, continuum)
    for name in ("Alder", "Birch"):
        world.may(acme, continuum.users["editor"], "view", acme.organizations[name])
    token = world.token(acme, "manager")
    assert {entry["organization_id"] for entry in read(world, token)} == {
        acme.organizations["Alder"]
    }
    everything = {"all_organizations": True}
    manager = f"/users/{acme.users['manager']}"
    assert world.api("PATCH", manager, everything, token=world.token(acme)).status == 200
    whole = read(world, world.token(acme), "limit=200")
    assert read(world, token, "limit=200") == whole
    assert None in {entry["organization_id"] for entry in whole}


def test_a_managers_pages_come_to_an_end(world: World, acme: Company, continuum: Company) -> None:
    world.connect(acme, continuum)
    for name in ("Alder", "Birch") * 3:
        world.may(acme, continuum.users["editor"], "view", acme.organizations[name])
    token = world.token(acme, "manager")
    pages = [world.api("GET", "/activities?limit=2", token=token).json]
    while cursor := pages[-1]["next_cursor"]:
        assert len(pages) < 20
        more = f"/activities?limit=2&cursor={cursor}"
        pages.append(world.api("GET", more, token=token).json)
    seen = [entry["organization_id"] for page in pages for entry in page["items"]]
    assert seen == [acme.organizations["Alder"]] * 3


def test_newest_first_page_after_page(world: World, acme: Company) -> None:
    for number in range(5):
        world.api("POST", "/groups", {"name": f"Group {number}"}, token=world.token(acme))
    token = world.token(acme)
    whole = read(world, token, "category=directory&limit=200")
    assert [entry["time"] for entry in whole] == sorted(
        (entry["time"] for entry in whole), reverse=True
    )
    query = "category=directory&limit=2"
    pages = [world.api("GET", f"/activities?{query}", token=token).json]
    while cursor := pages[-1]["next_cursor"]:
        more = f"/activities?{query}&cursor={cursor}"
        pages.append(world.api("GET", more, token=token).json)
    assert [entry for page in pages for entry in page["items"]] == whole
    assert all(len(page["items"]) == 2 for page in pages[:-1])


def test_filters_narrow_it(world: World, acme: Company, continuum: Company) -> None:
    connection = world.connect(acme, continuum)
    other = world.company("other", {"administrator": "administrator"})
    world.connect(acme, other)
    alder = acme.organizations["Alder"]
    world.may(acme, continuum.users["editor"], "delete", alder)
    world.may(acme, continuum.users["read_only"], "delete", alder)
    world.may(acme, other.users["administrator"], "view", acme.organizations["Birch"])
    token = world.token(acme)

    def found(query: str) -> list[tuple[str, str]]:
        return [(entry["action"], entry["outcome"]) for entry in read(world, token, query)]

    assert found(f"user_id={continuum.users['editor']}") == [("delete", "allowed")]
    assert found(f"organization_id={alder}") == [("delete", "denied"), ("delete", "allowed")]
    assert found("outcome=denied") == [("delete", "denied")]
    assert found("action=view") == [("view", "allowed")]
    assert found(f"guest_account_id={other.account_id}&category=decision") == [("view", "allowed")]
    assert found(f"connection_id={connection['connection_id']}&category=connection") == [
        ("connection.accepted", "done"),
        ("connection.invited", "done"),
    ]
    assert found(f"action=view&organization_id={alder}") == []
    for wrong in ("outcome=maybe", "category=other", "from=yesterday", "to=2026-13-01T00:00:00Z"):
        refused = world.api("GET", f"/activities?{wrong}", token=token)
        assert refused.status == 400, wrong
        assert refused.json["errors"][0]["pointer"] == f"/{wrong.partition('=')[0]}"


def test_the_last_thirty_days_unless_asked_and_back_to_the_beginning(
    world: World, acme: Company
) -> None:
    token = world.token(acme)
    world.api("POST", "/groups", {"name": "Early"}, token=token)
    world.clock.advance(days=100)
    token = world.token(acme)
    world.api("POST", "/groups", {"name": "Late"}, token=token)

    def names(query: str = "") -> list[str]:
        entries = read(world, token, f"action=group.created&{query}")
        return [entry["resource"]["name"] for entry in entries]

    assert names() == ["Late"]
    assert names("from=2020-01-01T00:00:00Z") == ["Late", "Early"]
    assert names("from=2026-11-01T00:00:00%2B01:00&to=2026-12-01T00:00:00Z") == ["Early"]
    assert names("to=2026-11-23T00:00:00Z") == ["Early"]
    assert names("to=2026-11-10T00:00:00Z") == []
    assert names("from=2027-02-01T00:00:00Z&to=9999-01-01T00:00:00Z") == ["Late"]
    assert names("from=9000-01-01T00:00:00Z&to=9999-01-01T00:00:00Z") == []
    turned = "/activities?from=2026-12-01T00:00:00Z&to=2026-11-01T00:00:00Z"
    assert world.api("GET", turned, token=token).status == 400


def test_guest_administrators_read_what_their_people_did_also_after_the_end(
    world: World, acme: Company, continuum: Company
) -> None:
    connection = world.connect(acme, continuum)
    other = world.company("other", {"administrator": "administrator"})
    world.connect(acme, other)
    alder = acme.organizations["Alder"]
    world.may(acme, continuum.users["editor"], "edit", alder)
    world.may(acme, other.users["administrator"], "edit", alder)
    world.may(acme, acme.users["lite"], "edit", alder)
    token = world.token(continuum)
    address = f"/incoming-connections/{connection['connection_id']}/activities"

    def seen() -> list[str]:
        reply = world.api("GET", address, token=token)
        assert reply.status == 200, reply
        items = reply.json["items"]
        assert {entry["actor"]["home_account_id"] for entry in items} <= {continuum.account_id}
        return [entry["action"] for entry in items]

    assert seen() == ["edit", "connection.accepted"]
    revoke = f"/connections/{connection['connection_id']}/revoke"
    assert world.api("POST", revoke, token=world.token(acme)).status == 200
    world.may(acme, continuum.users["editor"], "view", alder)
    assert seen() == ["view", "edit", "connection.accepted"]
    assert world.api("GET", address, token=world.token(acme)).status == 404
    assert world.api("GET", address, token=world.token(continuum, "manager")).status == 403


def test_each_log_names_the_role_that_somebody_has_in_that_account(
    world: World, acme: Company, continuum: Company
) -> None:
    connection = world.connect(acme, continuum, maximum_role="creator")["connection_id"]
    world.api("POST", f"/incoming-connections/{connection}/leave", token=world.token(continuum))
    for step in ("connection.accepted", "connection.left"):
        for account, effective in ((acme, "creator"), (continuum, "administrator")):
            (entry,) = (one for one in world.log(account) if one["action"] == step)
            actor = entry["actor"]
            assert actor["home_account_id"] == continuum.account_id
            assert (actor["own_role"], actor["effective_role"]) == ("administrator", effective)


def test_entries_are_only_ever_added(world: World, acme: Company, continuum: Company) -> None:
    def entries() -> dict[str, Any]:
        return {str(i["sk"]): i for i in world.dump() if "#LOG#" in i["pk"]["S"]}

    connection = world.connect(acme, continuum)
    world.may(acme, continuum.users["editor"], "edit", acme.organizations["Alder"])
    before = entries()
    token = world.token(acme)
    world.api("PATCH", f"/organizations/{acme.organizations['Alder']}", {"name": "A"}, token=token)
    world.api("POST", f"/connections/{connection['connection_id']}/revoke", token=token)
    gone = f"/users/{continuum.users['editor']}"
    assert world.api("DELETE", gone, token=world.token(continuum)).status == 204
    after = entries()
    assert before.items() <= after.items()
    assert len(after) > len(before)


def test_an_invitation_says_in_both_logs_what_was_offered(
    world: World, acme: Company, continuum: Company
) -> None:
    organization_ids = [acme.organizations["Alder"]]
    terms = {"all_organizations": False, "organization_ids": organization_ids}
    assert world.invite(acme, continuum, maximum_role="creator", **terms).status == 201
    for company in (acme, continuum):
        (entry,) = world.log(company, "&action=connection.invited")
        assert entry["changes"] == {
            "maximum_role": [None, "creator"],
            "organization_ids": [[], organization_ids],
        }
