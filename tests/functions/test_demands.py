"""What an account demands of decisions: its own actions and types, MFA and networks of guests."""

from itertools import cycle
from typing import Any

import pytest

from tests.support.api import Reply
from tests.support.meanwhile import each_time_before
from tests.support.world import Company, World


@pytest.fixture
def host(world: World) -> Company:
    return world.company("acme", organizations=["Alder", "Birch"])


@pytest.fixture
def guest(world: World, host: Company) -> Company:
    guest = world.company("continuum", {"administrator": "administrator", "sam": "editor"})
    world.connect(host, guest)
    return guest


def setting(world: World, host: Company, **fields: Any) -> Reply:
    return world.api("PATCH", "/account", fields, token=world.token(host, amr=["mfa"]))


def reason(
    world: World, host: Company, user_id: str, action: str = "view", **more: Any
) -> tuple[bool, str]:
    answer = world.decide(host, user_id, action, host.organizations["Alder"], **more)
    return answer["decision"], answer["context"]["reason"]


def test_an_account_maps_its_own_actions_to_a_minimum_role(
    world: World, host: Company, guest: Company
) -> None:
    sam = guest.users["sam"]
    assert reason(world, host, sam, "print_password") == (False, "action_unknown")
    saved = setting(world, host, mapped_actions={"print_password": "editor"})
    assert saved.json["mapped_actions"] == {"print_password": "editor"}
    assert reason(world, host, sam, "print_password") == (True, "allowed")
    setting(world, host, mapped_actions={"print_password": "manager"})
    assert reason(world, host, sam, "print_password") == (False, "role_too_low")


@pytest.mark.parametrize(
    ("actions", "pointer"),
    [
        ({"export": "administrator"}, "/mapped_actions/export"),
        ({"manage_users": "administrator"}, "/mapped_actions/manage_users"),
        ({"view": "read_only"}, "/mapped_actions/view"),
        ({"print": "lite"}, "/mapped_actions/print"),
    ],
)
def test_what_is_never_delegated_is_never_mapped(
    world: World, host: Company, actions: dict[str, str], pointer: str
) -> None:
    refused = setting(world, host, mapped_actions=actions)
    assert refused.status == 422
    assert refused.json["errors"][0]["pointer"] == pointer
    assert world.api("GET", "/account", token=world.token(host)).json["mapped_actions"] == {}


def test_a_resource_names_its_organization_in_the_property_that_the_account_says(
    world: World, host: Company, guest: Company
) -> None:
    setting(world, host, mapped_resource_types={"password": "client"})

    def ask(properties: dict[str, str]) -> str:
        resource = {"type": "password", "id": "42", "properties": properties}
        return reason(world, host, guest.users["sam"], resource=resource)[1]

    alder = host.organizations["Alder"]
    assert ask({"client": alder}) == "allowed"
    assert ask({"organization_id": alder}) == "unknown_resource"
    # The one that counts is the account's, whatever else the request names.
    assert ask({"organization_id": "org_other", "client": alder}) == "allowed"
    assert ask({"organization_id": alder, "client": "org_other"}) == "unknown_resource"
    assert ask({}) == "unknown_resource"


def test_an_organization_names_itself_and_cannot_be_mapped(world: World, host: Company) -> None:
    types = {"password": "client", "organization": "client"}
    refused = setting(world, host, mapped_resource_types=types)
    assert (refused.status, refused.slug) == (422, "refused")
    assert refused.json["errors"][0]["pointer"] == "/mapped_resource_types/organization"
    account = world.api("GET", "/account", token=world.token(host)).json
    assert account["mapped_resource_types"] == {}


def test_while_the_mapping_keeps_changing_nothing_is_decided(
    world: World, host: Company, guest: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    alder, birch = host.organizations["Alder"], host.organizations["Birch"]
    body = {
        "subject": {"type": "user", "id": guest.users["sam"]},
        "action": {"name": "view"},
        "resource": {
            "type": "password",
            "id": "42",
            "properties": {"client": alder, "customer": birch},
        },
    }
    turns = cycle(["customer", "client"])
    each_time_before(
        monkeypatch,
        world.ports.store,
        "snapshot",
        lambda: setting(world, host, mapped_resource_types={"password": next(turns)}),
    )
    unable = world.api("POST", "/access/v1/evaluation", body, token=host.key)
    assert unable.status == 503, unable
    assert "decision" not in unable.json
    assert world.log(host, "&category=decision") == []


def test_a_guest_must_show_a_second_factor_where_the_host_demands_it(
    world: World, host: Company, guest: Company
) -> None:
    sam = guest.users["sam"]
    setting(world, host, require_mfa=True)
    assert reason(world, host, sam) == (False, "mfa_required")
    assert reason(world, host, sam, context={"amr": ["pwd"]}) == (False, "mfa_required")
    assert reason(world, host, sam, context={"amr": ["pwd", "mfa"]}) == (True, "allowed")
    assert reason(world, host, sam, context={"acr": "phr"}) == (True, "allowed")
    assert reason(world, host, host.users["administrator"]) == (True, "allowed")


def test_a_guest_must_come_from_a_network_that_the_host_allows(
    world: World, host: Company, guest: Company
) -> None:
    sam = guest.users["sam"]
    setting(world, host, ip_allow_list=["192.0.2.0/24", "2001:db8::/32"])
    assert reason(world, host, sam) == (False, "network_not_allowed")
    for address, allowed in (
        ("192.0.2.9", True),
        ("2001:db8::1", True),
        ("198.51.100.1", False),
        ("192.0.2.9, 198.51.100.1", False),
        ("nonsense", False),
    ):
        assert reason(world, host, sam, context={"ip_address": address})[0] is allowed, address


def test_a_network_that_is_none_is_refused_with_its_place(world: World, host: Company) -> None:
    refused = setting(world, host, ip_allow_list=["192.0.2.0/24", "everywhere"])
    assert refused.status == 400
    assert refused.json["errors"][0]["pointer"] == "/ip_allow_list/1"


def test_a_dry_run_decides_without_recording_and_takes_a_scope_of_its_own(
    world: World, host: Company, guest: Company
) -> None:
    sam, before = guest.users["sam"], len(world.log(host))
    dry = world.decide(host, sam, "view", host.organizations["Alder"], context={"dry_run": True})
    assert (dry["decision"], dry["context"]["activity_id"]) == (True, None)
    assert len(world.log(host)) == before
    key = world.api(
        "POST",
        "/api-keys",
        {"name": "narrow", "scopes": ["authorize"]},
        token=world.token(host),
    ).json["secret"]
    body = {
        "subject": {"type": "user", "id": sam},
        "action": {"name": "view"},
        "resource": {"type": "organization", "id": host.organizations["Alder"]},
        "context": {"dry_run": True},
    }
    assert world.api("POST", "/access/v1/evaluation", body, token=key).status == 403
    assert world.api("POST", "/access/v1/evaluations", body, token=key).status == 403


def test_a_denial_says_what_would_allow_it(world: World, host: Company, guest: Company) -> None:
    (connection,) = world.api("GET", "/connections", token=world.token(host)).json["items"]
    terms = {
        "maximum_role": "read_only",
        "group_ids": [],
        "organization_ids": [host.organizations["Birch"]],
        "all_organizations": False,
    }
    world.api(
        "PUT",
        f"/connections/{connection['connection_id']}/grant",
        terms,
        token=world.token(host),
        headers={"If-Match": connection["etag"]},
    )
    sam = guest.users["sam"]
    hint = world.decide(host, sam, "delete", host.organizations["Alder"])["context"]["hint"]
    assert [change["change"] for change in hint["changes"]] == [
        "grant_organization",
        "raise_maximum_role",
    ]
    assert hint["changes"][0]["organization_id"] == host.organizations["Alder"]
    assert hint["changes"][1] == {
        "change": "raise_maximum_role",
        "connection_id": connection["connection_id"],
        "to": "editor",
    }
    assert "maximum role to Editor" in hint["text"]
    allowed = world.decide(host, sam, "view", host.organizations["Birch"])
    assert "hint" not in allowed["context"]
