"""Who was deactivated, came back, or was deleted: what they lose, and what of them stays readable."""

import pytest

from tests.support.browser import Browser
from tests.support.console import words
from tests.support.world import Company, World


@pytest.fixture
def acme(world: World) -> Company:
    people = {"administrator": "administrator", "ada": "administrator", "erin": "editor"}
    return world.company(
        "acme",
        people,
        organizations=["Alder", "Birch"],
        groups={"Level 1": ["Alder"]},
        members={"Level 1": ["erin"]},
    )


@pytest.fixture
def continuum(world: World) -> Company:
    people = {"administrator": "administrator", "nora": "administrator", "paula": "editor"}
    return world.company("continuum", people)


def change(world: World, company: Company, name: str, **body: object) -> None:
    address = f"/users/{company.users[name]}"
    reply = world.api("PATCH", address, body, token=world.token(company))
    assert reply.status == 200, reply


def delete(world: World, company: Company, name: str) -> None:
    address = f"/users/{company.users[name]}"
    assert world.api("DELETE", address, token=world.token(company)).status == 204


def test_who_is_deactivated_loses_everything_at_once_and_comes_back_as_they_were(
    world: World, acme: Company, continuum: Company
) -> None:
    alder, birch = acme.organizations.values()
    world.connect(acme, continuum)
    change(world, acme, "erin", organization_ids=[birch])
    people = ((acme, "erin"), (continuum, "paula"))
    before = {
        name: world.api("GET", f"/users/{company.users[name]}", token=world.token(company)).json
        for company, name in people
    }
    for company, name in people:
        user_id, token = company.users[name], world.token(company, name)
        assert world.may(acme, user_id, "edit", alder)
        change(world, company, name, status="deactivated")
        denied = world.decide(acme, user_id, "view", alder)
        assert denied["context"]["reason"] == "subject_inactive"
        assert world.api("GET", "/me", token=token).status == 401
        change(world, company, name, status="active")
        assert world.may(acme, user_id, "edit", alder)
        assert world.api("GET", "/me", token=token).status == 200
        after = world.api("GET", f"/users/{user_id}", token=world.token(company)).json
        assert {**after, "etag": ""} == {**before[name], "etag": ""}
    assert world.may(acme, acme.users["erin"], "edit", birch)


def test_a_deactivated_administrator_may_act_again_only_after_being_reactivated(
    world: World, acme: Company
) -> None:
    change(world, acme, "ada", status="deactivated")
    alone = {"role": "manager"}
    address = f"/users/{acme.users['administrator']}"
    refused = world.api("PATCH", address, alone, token=world.token(acme))
    assert (refused.status, refused.slug) == (409, "last-administrator")
    change(world, acme, "ada", status="active")
    assert world.api("PATCH", address, alone, token=world.token(acme)).status == 200
    assert world.api("GET", "/account", token=world.token(acme, "ada")).status == 200


def test_the_log_tells_what_somebody_did_after_they_were_deleted(
    world: World, acme: Company, continuum: Company
) -> None:
    group, alder = acme.groups["Level 1"], acme.organizations["Alder"]
    world.connect(acme, continuum)
    ada = world.token(acme, "ada")
    member = f"/groups/{group}/members/{acme.users['administrator']}"
    assert world.api("PUT", member, token=ada).status == 204
    erin = f"/groups/{group}/members/{acme.users['erin']}"
    assert world.api("DELETE", erin, token=ada).status == 204
    world.decide(acme, continuum.users["paula"], "view", alder)
    told = {
        company.subdomain: world.log(company, f"&user_id={user_id}")
        for company, user_id in ((acme, acme.users["ada"]), (acme, continuum.users["paula"]))
    }
    for company, name in ((acme, "ada"), (acme, "erin"), (continuum, "paula")):
        delete(world, company, name)

    assert world.log(acme, f"&user_id={continuum.users['paula']}") == told["acme"]
    (was_allowed,) = told["acme"]
    assert was_allowed["actor"]["name"] == "Paula"
    assert was_allowed["actor"]["own_role"] == "editor"
    by_ada = world.log(acme, f"&user_id={acme.users['ada']}")
    assert [one["action"] for one in by_ada] == ["group.member_removed", "group.member_added"]
    assert {one["actor"]["name"] for one in by_ada} == {"Ada"}
    page = words(Browser(world).sign_in(acme).get("/console/log"))
    assert "Ada took Erin out of the group Level 1" in page
    assert "Ada added Administrator to the group Level 1" in page
    assert "Paula of Continuum was allowed to look at Alder" in page
    assert "Administrator deleted the user Erin" in page


def test_who_invited_and_who_accepted_stays_known_on_both_sides(
    world: World, acme: Company, continuum: Company
) -> None:
    body = {"guest_subdomain": "continuum", "maximum_role": "editor", "all_organizations": True}
    invited = world.api("POST", "/connections", body, token=world.token(acme, "ada")).json
    connection_id = invited["connection_id"]
    incoming = f"/incoming-connections/{connection_id}"
    accepted = world.api("POST", f"{incoming}/accept", token=world.token(continuum, "nora"))
    assert accepted.status == 200
    delete(world, acme, "ada")
    delete(world, continuum, "nora")

    for address, company in ((f"/connections/{connection_id}", acme), (incoming, continuum)):
        seen = world.api("GET", address, token=world.token(company)).json
        assert seen["state"] == "active"
        assert seen["invited_by"] == {"user_id": acme.users["ada"], "name": "Ada"}
        assert seen["accepted_by"] == {"user_id": continuum.users["nora"], "name": "Nora"}
    assert world.may(acme, continuum.users["paula"], "view", acme.organizations["Alder"])
    for company, page in ((acme, f"/console/connections/{connection_id}"), (continuum, "")):
        address = page or f"/console/hosts/{connection_id}"
        shown = Browser(world).sign_in(company).get(address)
        assert shown.status == 200
        assert "Nora" in words(shown)
        assert acme.users["ada"] not in shown.text
    steps = [one["action"] for one in world.log(continuum, "&category=connection")]
    assert steps == ["connection.accepted", "connection.invited"]


def test_an_address_is_free_again_and_whoever_gets_it_inherits_nothing(
    world: World, acme: Company, continuum: Company
) -> None:
    connection = world.connect(acme, continuum)["connection_id"]
    paula, alder = continuum.users["paula"], acme.organizations["Alder"]
    rule = {"denied": False, "maximum_role": "manager", "all_organizations": True}
    address = f"/connections/{connection}/rules/{paula}"
    assert world.api("PUT", address, rule, token=world.token(acme)).status == 200
    browser = Browser(world).sign_in(acme, "erin")
    delete(world, acme, "erin")
    delete(world, continuum, "paula")
    for company, name, reach in ((acme, "erin", set()), (continuum, "paula", {"Alder"})):
        new = {"email": company.emails[name], "name": "Somebody else", "role": "editor"}
        made = world.api("POST", "/users", new, token=world.token(company))
        assert made.status == 201, made
        assert made.json["user_id"] != company.users[name]
        assert (made.json["group_ids"], made.json["organization_ids"]) == ([], [])
        answer = world.decide(acme, made.json["user_id"], "view", alder)
        assert answer["decision"] is bool(reach)
        assert answer["context"]["maximum_role"] in {None, "editor"}
        gone = world.decide(acme, company.users[name], "view", alder)
        assert gone["context"]["reason"] == "unknown_subject"
        # Bound to nobody yet: whoever signs in with that identity is asked first.
        assert world.api("GET", "/me", token=world.token(company, name)).status == 401
    assert browser.get("/console").status == 303
