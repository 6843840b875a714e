"""Rules for single people: in the place of the grant, at the next decision, and everywhere."""

from typing import Any

import pytest

from tests.support.api import Reply
from tests.support.cleanup import run_cleanup
from tests.support.world import Company, World

NOBODY = "usr_" + "b" * 16 + "_" + "0" * 26


@pytest.fixture
def acme(world: World) -> Company:
    return world.company(
        "acme",
        {"administrator": "administrator", "manager": "manager"},
        organizations=["Alder", "Birch", "Cedar"],
        groups={"Level 1": ["Birch"], "Empty": []},
    )


@pytest.fixture
def continuum(world: World) -> Company:
    return world.company(
        "continuum", {"administrator": "administrator", "paula": "manager", "sam": "editor"}
    )


@pytest.fixture
def connection(world: World, acme: Company, continuum: Company) -> dict[str, Any]:
    return world.connect(
        acme, continuum, all_organizations=False, organization_ids=[acme.organizations["Alder"]]
    )


class Rules:
    """Sends what an Administrator of the host does with rules of one connection."""

    def __init__(self, world: World, host: Company, connection: dict[str, Any]) -> None:
        self.world, self.host = world, host
        self.address = f"/connections/{connection['connection_id']}/rules"

    def send(
        self,
        method: str,
        user_id: str = "",
        body: Any = None,
        name: str = "administrator",
        **headers: str,
    ) -> Reply:
        address = f"{self.address}/{user_id}" if user_id else self.address
        named = {key.replace("_", "-"): value for key, value in headers.items()}
        token = self.world.token(self.host, name)
        return self.world.api(method, address, body, token=token, headers=named)

    def put(self, user_id: str, etag: str | None = None, **terms: Any) -> Reply:
        headers = {} if etag is None else {"if_match": etag}
        body = {"denied": False, "maximum_role": "editor", **terms}
        return self.send("PUT", user_id, body, **headers)

    def deny(self, user_id: str) -> Reply:
        return self.send("PUT", user_id, {"denied": True})


@pytest.fixture
def rules(world: World, acme: Company, connection: dict[str, Any]) -> Rules:
    return Rules(world, acme, connection)


def reached(world: World, host: Company, user_id: str) -> set[str]:
    return {
        name
        for name, organization_id in host.organizations.items()
        if world.may(host, user_id, "view", organization_id)
    }


def test_a_rule_takes_the_place_of_the_grant_for_one_person_at_the_next_decision(
    world: World, acme: Company, continuum: Company, rules: Rules
) -> None:
    paula, sam = continuum.users["paula"], continuum.users["sam"]
    made = rules.put(
        paula,
        maximum_role="creator",
        group_ids=[acme.groups["Level 1"]],
        organization_ids=[acme.organizations["Cedar"]],
    )
    assert made.status == 200, made
    assert {name: made.json[name] for name in made.json if name not in {"created_at", "etag"}} == {
        "connection_id": rules.address.split("/")[2],
        "user_id": paula,
        "name": "Paula",
        "own_role": "manager",
        "effective_role": "creator",
        "denied": False,
        "maximum_role": "creator",
        "group_ids": [acme.groups["Level 1"]],
        "organization_ids": [acme.organizations["Cedar"]],
        "all_organizations": False,
    }
    assert reached(world, acme, paula) == {"Birch", "Cedar"}
    assert reached(world, acme, sam) == {"Alder"}
    answer = world.decide(acme, paula, "edit", acme.organizations["Birch"])["context"]
    assert (answer["via"], answer["rule"]) == (f"group:{acme.groups['Level 1']}", True)
    assert (answer["maximum_role"], answer["effective_role"]) == ("creator", "creator")
    too_low = world.decide(acme, paula, "delete", acme.organizations["Birch"])["context"]
    assert too_low["reason"] == "role_too_low"
    (change,) = too_low["hint"]["changes"]
    assert (change["change"], change["to"]) == ("raise_rules_role", "editor")
    assert "rule" not in world.decide(acme, sam, "view", acme.organizations["Alder"])["context"]


def test_the_connections_maximum_role_caps_a_rule(
    world: World, acme: Company, continuum: Company, rules: Rules
) -> None:
    paula = continuum.users["paula"]
    made = rules.put(paula, maximum_role="administrator", all_organizations=True)
    assert made.json["effective_role"] == "editor"
    answer = world.decide(acme, paula, "restore", acme.organizations["Cedar"])["context"]
    assert (answer["reason"], answer["maximum_role"]) == ("role_too_low", "editor")


def test_who_is_denied_gets_in_nowhere_and_is_told_why(
    world: World, acme: Company, continuum: Company, rules: Rules
) -> None:
    paula = continuum.users["paula"]
    assert rules.deny(paula).json["effective_role"] is None
    answer = world.decide(acme, paula, "view", acme.organizations["Alder"])
    assert answer["decision"] is False
    context = answer["context"]
    assert (context["reason"], context["rule"], context["via"]) == ("denied_by_rule", True, None)
    assert [one["change"] for one in context["hint"]["changes"]] == ["remove_rule"]
    (entry,) = world.log(acme, "&category=decision")
    assert (entry["outcome"], entry["reason"]) == ("denied", "denied_by_rule")

    token = world.token(continuum, "paula")
    me = world.api("GET", "/me", token=token).json
    assert [one["relation"] for one in me["accessible_accounts"]] == ["home"]
    listed = world.api("GET", f"/accessible-accounts/{acme.account_id}/organizations", token=token)
    assert (listed.status, listed.slug) == (403, "not-allowed")
    (entry, *_) = world.log(acme, "&category=activity")
    assert (entry["outcome"], entry["reason"]) == ("denied", "denied_by_rule")


def test_a_person_sees_where_their_rule_lets_them_in_and_as_what(
    world: World, acme: Company, continuum: Company, rules: Rules
) -> None:
    paula = continuum.users["paula"]
    rules.put(paula, maximum_role="read_only", organization_ids=[acme.organizations["Cedar"]])
    token = world.token(continuum, "paula")
    me = world.api("GET", "/me", token=token).json["accessible_accounts"]
    assert [one["effective_role"] for one in me] == ["manager", "read_only"]
    address = f"/accessible-accounts/{acme.account_id}/organizations"
    (one,) = world.api("GET", address, token=token).json["items"]
    assert (one["name"], one["actions"]) == ("Cedar", ["view"])


def test_removing_a_rule_brings_the_grant_back(
    world: World, acme: Company, continuum: Company, rules: Rules
) -> None:
    paula = continuum.users["paula"]
    made = rules.put(paula, organization_ids=[acme.organizations["Cedar"]])
    stale = rules.send("DELETE", paula, if_match="99")
    assert (stale.status, stale.slug) == (412, "etag-stale")
    assert rules.send("DELETE", paula, if_match=made.json["etag"]).status == 204
    assert reached(world, acme, paula) == {"Alder"}
    assert rules.send("GET", paula).status == 404
    assert rules.send("DELETE", paula).status == 404
    grants = [item for item in world.dump() if item["pk"]["S"].endswith("#GRANT")]
    assert len(grants) == 1, "only the connection's own"
    cedar = world.ports.store.directory.organization(acme.account_id, acme.organizations["Cedar"])
    assert cedar is not None
    assert cedar.grants == frozenset()


def test_a_rule_is_never_overwritten_unseen(world: World, continuum: Company, rules: Rules) -> None:
    paula = continuum.users["paula"]
    early = rules.put(paula, "1", all_organizations=True)
    assert (early.status, early.slug) == (412, "etag-stale")
    first = rules.put(paula, all_organizations=True)
    unseen = rules.put(paula, all_organizations=True)
    assert (unseen.status, unseen.slug) == (428, "etag-missing")
    stale = rules.put(paula, "99", all_organizations=True)
    assert (stale.status, stale.slug) == (412, "etag-stale")
    seen = rules.put(paula, first.json["etag"], maximum_role="creator", all_organizations=True)
    assert seen.status == 200
    assert rules.send("GET", paula).json == seen.json


def test_a_repeat_under_one_key_sets_a_rule_once(continuum: Company, rules: Rules) -> None:
    body = {"denied": True}
    first = rules.send("PUT", continuum.users["sam"], body, idempotency_key="one")
    again = rules.send("PUT", continuum.users["sam"], body, idempotency_key="one")
    assert (again.status, again.json) == (200, first.json)
    assert again.headers["idempotency-replayed"] == "true"


@pytest.mark.parametrize(
    ("terms", "status", "pointer"),
    [
        ({"maximum_role": "lite", "all_organizations": True}, 422, "/maximum_role"),
        ({"maximum_role": None, "all_organizations": True}, 422, "/maximum_role"),
        ({}, 422, "/organization_ids"),
        ({"group_ids": ["Empty"]}, 422, "/organization_ids"),
        ({"group_ids": ["grp_00000000000000000000000000"]}, 422, "/group_ids"),
        ({"organization_ids": ["org_00000000000000000000000000"]}, 422, "/organization_ids"),
        ({"denied": True}, 422, "/denied"),
        ({"denied": True, "maximum_role": None, "all_organizations": True}, 422, "/denied"),
        ({"denied": None, "all_organizations": True}, 400, "/denied"),
        ({"role": "editor"}, 400, "/role"),
    ],
)
def test_terms_that_cannot_be_change_nothing(
    world: World,
    acme: Company,
    continuum: Company,
    rules: Rules,
    terms: dict[str, Any],
    status: int,
    pointer: str,
) -> None:
    if terms.get("group_ids") == ["Empty"]:
        terms = {"group_ids": [acme.groups["Empty"]]}
    before = world.dump()
    refused = rules.put(continuum.users["paula"], **terms)
    assert refused.status == status, refused
    assert [one["pointer"] for one in refused.json["errors"]] == [pointer]
    assert world.dump() == before


def test_nobody_but_a_person_of_this_guest_can_have_a_rule(
    world: World, acme: Company, rules: Rules
) -> None:
    other = world.company("other", {"administrator": "administrator"})
    world.connect(acme, other)
    before = world.dump()
    for user_id in (
        other.users["administrator"],
        acme.users["manager"],
        NOBODY,
        "nobody",
        "usr_",
    ):
        for method, body in (("GET", None), ("PUT", {"denied": True}), ("DELETE", None)):
            reply = rules.send(method, user_id, body)
            assert (reply.status, reply.slug) == (404, "not-found"), (method, user_id)
    assert world.dump() == before


def test_rules_are_for_the_hosts_administrators_and_of_their_own_connections(
    world: World, acme: Company, continuum: Company, rules: Rules
) -> None:
    paula = continuum.users["paula"]
    for method, body in (("PUT", {"denied": True}), ("DELETE", None)):
        assert rules.send(method, paula, body, name="manager").status == 403
        asked = f"{rules.address}/{paula}"
        assert world.api(method, asked, body, token=acme.key).status == 403
        guest = world.api(method, asked, body, token=world.token(continuum))
        assert guest.status == 404
    assert rules.send("GET", name="manager").status == 403
    assert world.api("GET", rules.address, token=acme.key).json["items"] == []
    assert world.api("GET", rules.address, token=world.token(continuum)).status == 404


def test_before_a_guest_accepts_there_is_nobody_to_name(world: World, acme: Company) -> None:
    other = world.company("other", {"administrator": "administrator"})
    pending = Rules(world, acme, world.invite(acme, other).json)
    known = pending.deny(other.users["administrator"])
    unknown = pending.deny(NOBODY)
    assert (known.status, known.slug) == (409, "illegal-state-step")
    assert (known.status, known.json["detail"]) == (unknown.status, unknown.json["detail"])
    assert pending.send("GET").json["items"] == []
    assert pending.send("GET", other.users["administrator"]).status == 404


def test_a_new_connection_inherits_no_rule_of_an_older_one(
    world: World, acme: Company, continuum: Company, connection: dict[str, Any], rules: Rules
) -> None:
    paula, sam = continuum.users["paula"], continuum.users["sam"]
    rules.deny(paula)
    rules.put(sam, organization_ids=[acme.organizations["Cedar"]])
    revoke = f"/connections/{connection['connection_id']}/revoke"
    assert world.api("POST", revoke, token=world.token(acme)).status == 200
    assert rules.send("GET").json["items"] == []
    assert rules.deny(paula).status == 409
    again = world.connect(
        acme, continuum, all_organizations=False, organization_ids=[acme.organizations["Birch"]]
    )
    for _ in range(2):
        assert reached(world, acme, paula) == reached(world, acme, sam) == {"Birch"}
        answer = world.decide(acme, paula, "view", acme.organizations["Alder"])["context"]
        assert (answer["reason"], "rule" in answer) == ("organization_not_granted", False)
        run_cleanup()
    left = [item for item in world.dump() if item["pk"]["S"].endswith("#RULE")]
    assert left == []
    cedar = world.ports.store.directory.organization(acme.account_id, acme.organizations["Cedar"])
    assert cedar is not None
    assert cedar.grants == frozenset()
    newer = Rules(world, acme, again)
    assert newer.deny(paula).status == 200
    assert not world.may(acme, paula, "view", acme.organizations["Birch"])


def test_a_rule_of_an_older_connection_is_replaced_before_it_was_tidied(
    world: World, acme: Company, continuum: Company, connection: dict[str, Any], rules: Rules
) -> None:
    paula = continuum.users["paula"]
    rules.put(paula, organization_ids=[acme.organizations["Cedar"]])
    world.api("POST", f"/connections/{connection['connection_id']}/revoke", token=world.token(acme))
    newer = Rules(world, acme, world.connect(acme, continuum))
    assert newer.put(paula, organization_ids=[acme.organizations["Birch"]]).status == 200
    run_cleanup()
    assert reached(world, acme, paula) == {"Birch"}
    assert [one["user_id"] for one in newer.send("GET").json["items"]] == [paula]


def test_both_logs_say_who_set_what_for_whom(
    world: World, acme: Company, continuum: Company, rules: Rules
) -> None:
    paula = continuum.users["paula"]
    first = rules.put(paula, organization_ids=[acme.organizations["Cedar"]])
    rules.send("PUT", paula, {"denied": True}, if_match=first.json["etag"])
    rules.send("DELETE", paula)
    for company in (acme, continuum):
        entries = [
            one
            for one in world.log(company, "&category=connection")
            if one["action"].startswith("connection.rule")
        ]
        assert [one["action"] for one in entries] == [
            "connection.rule_removed",
            "connection.rule_set",
            "connection.rule_set",
        ]
        assert {one["actor"]["user_id"] for one in entries} == {acme.users["administrator"]}
        assert all(
            one["resource"] == {"type": "user", "id": paula, "name": "Paula"} for one in entries
        )
        removed, denied, made = (one["changes"] for one in entries)
        assert made == {
            "denied": [None, False],
            "maximum_role": [None, "editor"],
            "organization_ids": [[], [acme.organizations["Cedar"]]],
        }
        assert denied == {
            "denied": [False, True],
            "maximum_role": ["editor", None],
            "organization_ids": [[acme.organizations["Cedar"]], []],
        }
        assert removed == {"denied": [True, None]}


def test_an_organization_that_a_rule_alone_reaches_is_found_with_its_one_person(
    world: World, acme: Company, continuum: Company, rules: Rules
) -> None:
    paula, cedar = continuum.users["paula"], acme.organizations["Cedar"]
    rules.put(paula, maximum_role="creator", organization_ids=[cedar])
    rules.deny(continuum.users["administrator"])

    def subjects(action: str, where: str) -> list[str]:
        body = {
            "subject": {"type": "user"},
            "action": {"name": action},
            "resource": {"type": "organization", "id": acme.organizations[where]},
        }
        found = world.api("POST", "/access/v1/search/subject", body, token=acme.key)
        guests = set(continuum.users.values())
        return [one["id"] for one in found.json["results"] if one["id"] in guests]

    assert subjects("edit", "Cedar") == [paula]
    assert subjects("delete", "Cedar") == []
    assert subjects("view", "Alder") == [continuum.users["sam"]]


def test_previews_say_for_whom_a_rule_holds_to_both_sides(
    world: World, acme: Company, continuum: Company, rules: Rules
) -> None:
    paula, sam = continuum.users["paula"], continuum.users["sam"]
    rules.put(paula, maximum_role="read_only", all_organizations=True)
    rules.deny(sam)
    connection_id = rules.address.split("/")[2]
    for company, side in ((acme, "connections"), (continuum, "incoming-connections")):
        address = f"/{side}/{connection_id}/preview"
        shown = world.api("GET", address, token=world.token(company)).json
        people = {one["user_id"]: one for one in shown["people"]}
        assert (people[paula]["effective_role"], people[paula]["rule"]) == ("read_only", True)
        assert "rule" not in people[continuum.users["administrator"]]
        assert sam not in people
        assert [one["user_id"] for one in shown["denied_people"]] == [sam]


def test_who_leaves_stands_in_the_hosts_log_with_the_role_of_their_rule(
    world: World, acme: Company, continuum: Company, connection: dict[str, Any], rules: Rules
) -> None:
    rules.put(continuum.users["administrator"], maximum_role="creator", all_organizations=True)
    leave = f"/incoming-connections/{connection['connection_id']}/leave"
    assert world.api("POST", leave, token=world.token(continuum)).status == 200
    (entry,) = world.log(acme, "&action=connection.left")
    assert entry["actor"]["effective_role"] == "creator"


def test_lists_of_rules_are_paged_and_name_people_who_are_gone(
    world: World, continuum: Company, rules: Rules
) -> None:
    for name in ("paula", "sam", "administrator"):
        assert rules.deny(continuum.users[name]).status == 200
    gone = continuum.users["sam"]
    assert world.api("DELETE", f"/users/{gone}", token=world.token(continuum)).status == 204
    token, address = world.token(rules.host), f"{rules.address}?limit=2"
    first = world.api("GET", address, token=token).json
    second = world.api("GET", f"{address}&cursor={first['next_cursor']}", token=token).json
    found = {one["user_id"]: one["name"] for one in first["items"] + second["items"]}
    assert found == {
        continuum.users["paula"]: "Paula",
        continuum.users["administrator"]: "Administrator",
        gone: None,
    }
    assert rules.send("DELETE", gone).status == 204


def test_a_connection_has_only_so_many_rules(moto_table: str) -> None:
    world = World(moto_table, rules_per_connection_limit=1)
    acme = world.company("acme", {"administrator": "administrator"}, organizations=["Alder"])
    guest = world.company("guest", {"administrator": "administrator", "sam": "editor"})
    rules = Rules(world, acme, world.connect(acme, guest))
    first = rules.deny(guest.users["sam"])
    assert rules.deny(guest.users["administrator"]).status == 422
    body = {"denied": True}
    again = rules.send("PUT", guest.users["sam"], body, if_match=first.json["etag"])
    assert again.status == 200
    assert rules.send("DELETE", guest.users["sam"]).status == 204
    assert rules.deny(guest.users["administrator"]).status == 200
