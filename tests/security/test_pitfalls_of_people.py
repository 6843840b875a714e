"""Pitfalls that lie in who somebody is, and in who asks: docs/threat-model.md names each test."""

import itertools
from typing import Any

import pytest

from gatehouse.domain.roles import Role
from tests.support.api import USUAL_IP
from tests.support.browser import Browser, form_of
from tests.support.world import ROLES, Company, World

JSON = {"accept": "application/json"}
NEVER = ("manage_users", "manage_groups", "manage_connections", "view_logs", "export")


def invite(world: World, host: Company, guest: Company, **terms: Any) -> str:
    """Let the host's Administrator invite; return the connection's id."""
    body = {
        "guest_subdomain": guest.subdomain,
        "maximum_role": "editor",
        "all_organizations": True,
        **terms,
    }
    invited = world.api("POST", "/connections", body, token=world.token(host, "ada"))
    assert invited.status == 201, invited
    return str(invited.json["connection_id"])


def connect(world: World, host: Company, guest: Company, **terms: Any) -> str:
    """Let the guest accept, too."""
    connection_id = invite(world, host, guest, **terms)
    accept = f"/incoming-connections/{connection_id}/accept"
    assert world.api("POST", accept, token=world.token(guest, "nora")).status == 200
    return connection_id


def state(world: World, host: Company, connection_id: str) -> str:
    shown = world.api("GET", f"/connections/{connection_id}", token=world.token(host, "ada"))
    return str(shown.json["state"])


def test_object_ids_of_others_are_answered_like_ids_of_nothing(
    world: World, acme: Company, continuum: Company, initech: Company
) -> None:
    connection_id = connect(world, acme, continuum)
    keys = world.api("GET", "/api-keys", token=world.token(acme, "ada")).json["items"]
    theirs = {
        "/connections/{}": connection_id,
        "/connections/{}/grant": connection_id,
        "/incoming-connections/{}": connection_id,
        "/users/{}": acme.users["max"],
        "/organizations/{}": acme.organizations["Alder"],
        "/api-keys/{}": keys[0]["api_key_id"],
        "/accessible-accounts/{}/organizations": acme.account_id,
    }
    bill, before = world.token(initech, "bill"), world.dump()
    for route, thing in theirs.items():
        of_nothing = thing[:-4] + ("aaaa" if thing[-4:] != "aaaa" else "bbbb")
        known = world.api("GET", route.format(thing), token=bill)
        unknown = world.api("GET", route.format(of_nothing), token=bill)
        assert (known.status, known.slug) == (unknown.status, unknown.slug) == (404, "not-found")
        assert known.text.replace(thing, "") == unknown.text.replace(of_nothing, "")
    for step in ("revoke", "resend"):
        refused = world.api("POST", f"/connections/{connection_id}/{step}", token=bill)
        assert refused.status == 404, refused
    assert world.dump() == before


def test_object_ids_of_others_cannot_be_granted(
    world: World, acme: Company, continuum: Company, initech: Company
) -> None:
    oak = initech.organizations["Oak"]
    body = {"guest_subdomain": "continuum", "maximum_role": "editor", "organization_ids": [oak]}
    refused = world.api("POST", "/connections", body, token=world.token(acme, "ada"))
    assert (refused.status, refused.slug) == (422, "refused")
    assert refused.json["errors"][0]["pointer"] == "/organization_ids"
    assert "Oak" not in refused.text
    connect(world, acme, continuum)
    answer = world.decide(acme, continuum.users["paula"], "view", oak)
    assert (answer["decision"], answer["context"]["reason"]) == (False, "unknown_resource")


def test_enumeration_of_people_meets_one_answer_for_all(
    world: World, acme: Company, continuum: Company, initech: Company
) -> None:
    invite(world, acme, continuum)
    there, nobody = continuum.users["paula"], f"{continuum.users['paula'][:-4]}0000"
    answers = [
        world.decide(acme, who, "view", acme.organizations["Alder"]) for who in (there, nobody)
    ]
    recorded = [answer["context"].pop("activity_id") for answer in answers]
    assert answers[0] == answers[1]
    assert all(recorded)
    stranger = world.decide(acme, initech.users["peter"], "view", acme.organizations["Alder"])
    assert stranger["context"]["reason"] == "unknown_subject"
    lookups = [
        world.api("GET", f"/lookup?email={email}", token=acme.key)
        for email in ("paula@continuum.test", "peter@initech.test", "nobody@nowhere.test")
    ]
    assert {reply.status for reply in lookups} == {404}
    assert len({reply.text for reply in lookups}) == 1


def test_enumeration_of_a_guests_administrators_finds_masked_addresses(
    world: World, acme: Company, continuum: Company
) -> None:
    address = f"/connections/{invite(world, acme, continuum)}"
    shown = world.api("GET", address, token=world.token(acme, "ada"))
    recipients = shown.json["invitation"]["recipients"]
    assert [one["email"] for one in recipients] == ["n•••@continuum.test", "o•••@continuum.test"]
    for name in ("nora", "omar", "Nora", "Omar", "Paula", *continuum.users.values()):
        assert name not in shown.text


def test_enumeration_of_subdomains_is_slowed_down(
    world: World, acme: Company, continuum: Company
) -> None:
    body = {"maximum_role": "editor", "all_organizations": True}
    ada, seen = world.token(acme, "ada"), []
    for number in range(101):
        wanted = {**body, "guest_subdomain": f"company-{number}"}
        seen.append(world.api("POST", "/connections", wanted, token=ada))
    assert {reply.status for reply in seen[:100]} == {422}
    assert (seen[100].status, seen[100].slug) == (429, "too-many-requests")


def test_acceptance_as_a_side_effect_of_sign_in_does_not_happen(
    world: World, acme: Company, continuum: Company
) -> None:
    new = {"email": "zoe@continuum.test", "name": "Zoe", "role": "administrator"}
    added = world.api("POST", "/users", new, token=world.token(continuum, "nora"))
    assert added.status == 201
    connection_id = invite(world, acme, continuum)
    link = f"/invitations/{world.outbox.to('zoe@continuum.test').token}"
    browser = Browser(world)
    browser.get(link)
    # Zoe signs in for the first time, says that it is her, and is led back to what she was reading.
    asks = browser.come_back(browser.begin(link), "zoe@continuum.test")
    back = browser.submit(asks, "/sign-in/continue")
    assert back.headers["location"] == link
    browser.get(link)
    browser.get("/")
    assert state(world, acme, connection_id) == "pending"
    assert browser.submit(browser.get(link), "/accept").status == 200
    assert state(world, acme, connection_id) == "active"


def test_anonymous_confirm_is_refused(world: World, acme: Company, continuum: Company) -> None:
    connection_id = invite(world, acme, continuum)
    link = f"/invitations/{world.outbox.to('nora@continuum.test').token}"
    before = world.dump()
    assert "<form" not in Browser(world).get(link).text
    for step in ("accept", "decline"):
        assert world.api("POST", f"{link}/{step}").status == 401
        assert Browser(world).post(f"{link}/{step}", {"etag": "1"}).status == 401
        by_id = f"/incoming-connections/{connection_id}/{step}"
        assert world.api("POST", by_id).status == 401
    # A key is no person, whatever its scopes.
    accept = f"/incoming-connections/{connection_id}/accept"
    for key in (acme.key, continuum.key):
        assert world.api("POST", accept, token=key).status in {403, 404}
    assert state(world, acme, connection_id) == "pending"
    kept = [item for item in world.dump() if "#API_KEY_USE" not in item["pk"]["S"]]
    assert kept == [item for item in before if "#API_KEY_USE" not in item["pk"]["S"]]


def test_confused_deputy_no_other_site_answers_for_somebody_signed_in(
    world: World, acme: Company, continuum: Company
) -> None:
    connection_id = invite(world, acme, continuum)
    link = f"/invitations/{world.outbox.to('nora@continuum.test').token}"
    nora = Browser(world).sign_in(continuum, "nora")
    address, fields = form_of(nora.get(link), "/accept")
    for forged in ({}, {"etag": fields["etag"]}, {"etag": fields["etag"], "csrf_token": "guess"}):
        assert nora.post(address, forged).status in {400, 403}
    cookies = nora.cookies
    by_id = f"/incoming-connections/{connection_id}"
    for method, target in (
        ("POST", f"{by_id}/accept"),
        ("DELETE", f"/users/{continuum.users['sam']}"),
    ):
        assert world.api(method, target, cookies=cookies).slug == "csrf-token-wrong"
    assert all("SameSite=Lax" in cookie for cookie in nora.set_cookies)
    assert state(world, acme, connection_id) == "pending"


def test_confused_deputy_an_application_asks_and_reports_for_its_own_account_alone(
    world: World, acme: Company, continuum: Company, initech: Company
) -> None:
    connect(world, acme, continuum)
    alder, paula = acme.organizations["Alder"], continuum.users["paula"]
    for company in (initech, continuum):
        answer = world.decide(company, paula, "view", alder)
        assert answer["decision"] is False, answer
    report = {
        "user_id": paula,
        "action": "view",
        "organization_id": alder,
        "resource": {"type": "password"},
    }
    reported = world.api("POST", "/activities", report, token=initech.key)
    assert reported.json["items"][0]["status"] == "refused"
    assert world.may(acme, paula, "view", alder)


@pytest.mark.parametrize("maximum", [role for role in ROLES if role != "lite"])
def test_role_mapping_that_escalates_the_effective_role_is_the_lower_of_two(
    world: World, acme: Company, maximum: str
) -> None:
    everybody = {"nora": "administrator", **{role: role for role in ROLES}}
    guest = world.company("help", everybody)
    connect(world, acme, guest, maximum_role=maximum)
    rank = {role: place for place, role in enumerate(ROLES)}  # the highest first
    for own in ROLES:
        context = world.decide(acme, guest.users[own], "view", acme.organizations["Alder"])[
            "context"
        ]
        if own == "lite":
            assert context["reason"] == "role_not_admitted"
        else:
            assert context["effective_role"] == max(own, maximum, key=rank.__getitem__)


def test_role_mapping_that_escalates_is_refused(
    world: World, acme: Company, continuum: Company
) -> None:
    ada = world.token(acme, "ada")
    body = {"guest_subdomain": "continuum", "all_organizations": True}
    for role in ("lite", "owner", "Administrator", "", None):
        wrong = world.api("POST", "/connections", {**body, "maximum_role": role}, token=ada)
        assert wrong.status in {400, 422}, wrong
    for action, role in itertools.product(NEVER, ("read_only", "administrator")):
        mapped = world.api("PATCH", "/account", {"mapped_actions": {action: role}}, token=ada)
        assert mapped.status == 422, mapped
    # An action that the host has mapped is measured against the effective role, not the own one.
    mapped = world.api("PATCH", "/account", {"mapped_actions": {"print": "manager"}}, token=ada)
    assert mapped.status == 200
    connect(world, acme, continuum, maximum_role=Role.EDITOR)
    answer = world.decide(acme, continuum.users["nora"], "print", acme.organizations["Alder"])
    assert (answer["decision"], answer["context"]["reason"]) == (False, "role_too_low")


def test_trusted_relationship_as_attack_path_ends_at_the_guest(
    world: World, acme: Company, continuum: Company, initech: Company
) -> None:
    connect(world, acme, continuum, maximum_role="administrator")
    # Whoever takes the guest over lets a third company in, and may do all that the guest may.
    body = {
        "guest_subdomain": "initech",
        "maximum_role": "administrator",
        "all_organizations": True,
    }
    organization = {"name": "Own"}
    nora = world.token(continuum, "nora")
    assert world.api("POST", "/organizations", organization, token=nora).status == 201
    third = world.api("POST", "/connections", body, token=nora).json["connection_id"]
    accept = f"/incoming-connections/{third}/accept"
    assert world.api("POST", accept, token=world.token(initech, "bill")).status == 200
    alder = acme.organizations["Alder"]
    for name in ("bill", "peter"):
        assert not world.may(acme, initech.users[name], "view", alder)
    for action in NEVER:
        answer = world.decide(acme, continuum.users["nora"], action, alder)
        assert answer["context"]["reason"] == "action_never_delegated"
    address = f"/users/{acme.users['ada']}"
    assert world.api("PATCH", address, {"role": "lite"}, token=nora).status == 404
    # All that it did do is on the host's record, under its own name and home.
    assert world.may(acme, continuum.users["nora"], "delete", alder)
    entry = world.api("GET", "/activities", token=world.token(acme, "ada")).json["items"][0]
    assert (entry["action"], entry["actor"]["name"]) == ("delete", "Nora")
    assert entry["actor"]["home_account_id"] == continuum.account_id


def test_trusted_relationship_as_attack_path_is_narrowed_by_what_the_host_demands(
    world: World, acme: Company, continuum: Company
) -> None:
    connect(world, acme, continuum)
    demands = {"require_mfa": True, "ip_allow_list": ["198.51.100.0/24", USUAL_IP]}
    token = world.token(acme, "ada", amr=["mfa"])
    assert world.api("PATCH", "/account", demands, token=token).status == 200
    alder, paula = acme.organizations["Alder"], continuum.users["paula"]
    for context, reason in (
        ({}, "mfa_required"),
        ({"amr": ["mfa"]}, "network_not_allowed"),
        ({"amr": ["mfa"], "ip_address": "203.0.113.9"}, "network_not_allowed"),
        ({"amr": ["mfa"], "ip_address": "198.51.100.9"}, "allowed"),
    ):
        answer = world.decide(acme, paula, "view", alder, context=context)
        assert answer["context"]["reason"] == reason, context
