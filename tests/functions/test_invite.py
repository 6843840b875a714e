"""Who may invite whom, with what; and what is refused, with nothing written."""

from typing import Any

import pytest

from tests.support.world import ROLES, Company, World


@pytest.fixture
def acme(world: World) -> Company:
    return world.company(
        "acme", organizations=["Alder", "Birch"], groups={"Level 1": ["Alder"], "Empty": []}
    )


@pytest.fixture
def continuum(world: World) -> Company:
    return world.company("continuum", {"administrator": "administrator"})


def rows(world: World) -> list[dict[str, Any]]:
    """Return the table without the counters of attempts and of the uses of keys."""
    return [item for item in world.dump() if "#ATTEMPTS" not in item["pk"]["S"]]


def test_the_subdomain_is_trimmed_and_lower_cased(
    world: World, acme: Company, continuum: Company
) -> None:
    invited = world.invite(acme, continuum, guest_subdomain="  ContinuuM ")
    assert invited.status == 201, invited
    assert invited.json["guest_account"]["subdomain"] == "continuum"


@pytest.mark.parametrize(
    ("subdomain", "says"),
    [
        ("acme", "your own account"),
        ("ACME ", "your own account"),
        ("nobody-here", "no account nobody-here"),
        ("continuum.example", "one label"),
        ("-continuum", "one label"),
        ("con tinuum", "one label"),
        ("", "one label"),
        ("c" * 64, "one label"),
    ],
)
def test_a_subdomain_that_leads_to_no_other_account_is_refused_by_name(
    world: World, acme: Company, continuum: Company, subdomain: str, says: str
) -> None:
    before = rows(world)
    refused = world.invite(acme, continuum, guest_subdomain=subdomain)
    assert refused.status == 422, refused
    assert refused.json["errors"][0]["pointer"] == "/guest_subdomain"
    assert says in refused.json["detail"]
    assert rows(world) == before


def test_accounts_of_different_regions_are_not_connected(world: World, acme: Company) -> None:
    far = world.company("far", {"administrator": "administrator"}, region="eu")
    before = rows(world)
    refused = world.invite(acme, far)
    assert refused.status == 422, refused
    assert refused.json["errors"][0]["pointer"] == "/guest_subdomain"
    assert "region" in refused.json["detail"]
    assert rows(world) == before


def test_a_guest_without_an_active_administrator_is_not_invited(
    world: World, acme: Company
) -> None:
    idle = world.company("idle", {"manager": "manager"})
    before = rows(world)
    refused = world.invite(acme, idle)
    assert refused.status == 422, refused
    assert refused.json["errors"][0]["pointer"] == "/guest_subdomain"
    assert rows(world) == before
    assert world.outbox.mails == []


@pytest.mark.parametrize(
    ("terms", "status", "pointer"),
    [
        ({"maximum_role": "lite"}, 422, "/maximum_role"),
        ({"maximum_role": "owner"}, 400, "/maximum_role"),
        ({"maximum_role": 3}, 400, "/maximum_role"),
        ({"all_organizations": False}, 422, "/organization_ids"),
        ({"all_organizations": "yes"}, 400, "/all_organizations"),
        ({"organization_ids": "Alder"}, 400, "/organization_ids"),
        ({"message": "x" * 2001}, 400, "/message"),
        ({"message": "look\u202ehere"}, 400, "/message"),
        ({"invitation_expires_in_days": 0}, 400, "/invitation_expires_in_days"),
        ({"invitation_expires_in_days": 31}, 400, "/invitation_expires_in_days"),
        ({"colour": "red"}, 400, "/colour"),
    ],
)
def test_terms_that_cannot_be_are_refused_at_their_field(
    world: World,
    acme: Company,
    continuum: Company,
    terms: dict[str, Any],
    status: int,
    pointer: str,
) -> None:
    before = rows(world)
    refused = world.invite(acme, continuum, **terms)
    assert refused.status == status, refused
    assert refused.headers["content-type"] == "application/problem+json"
    assert refused.json["errors"][0]["pointer"] == pointer
    assert rows(world) == before
    assert world.outbox.mails == []


def test_required_fields_that_are_missing_are_named(
    world: World, acme: Company, continuum: Company
) -> None:
    refused = world.api(
        "POST", "/connections", {"all_organizations": True}, token=world.token(acme)
    )
    assert refused.status == 422, refused
    assert {error["pointer"] for error in refused.json["errors"]} == {
        "/guest_subdomain",
        "/maximum_role",
    }


@pytest.mark.parametrize("unknown", ["org_00000000000000000000000000", "nobody's", "org_é"])
def test_an_unknown_organization_is_named_and_nothing_is_written(
    world: World, acme: Company, continuum: Company, unknown: str
) -> None:
    before = rows(world)
    refused = world.invite(acme, continuum, organization_ids=[acme.organizations["Alder"], unknown])
    assert refused.status == 422, refused
    assert refused.json["errors"][0]["pointer"].startswith("/organization_ids")
    assert unknown in refused.json["errors"][0]["detail"]
    assert rows(world) == before


def test_another_tenants_group_and_organization_are_as_unknown_as_any(
    world: World, acme: Company, continuum: Company
) -> None:
    other = world.company(
        "other",
        {"administrator": "administrator"},
        organizations=["Zinnia"],
        groups={"Theirs": ["Zinnia"]},
    )
    before = rows(world)
    refused = world.invite(
        acme,
        continuum,
        group_ids=[other.groups["Theirs"]],
        organization_ids=[other.organizations["Zinnia"]],
    )
    assert refused.status == 422, refused
    assert [error["pointer"][:10] for error in refused.json["errors"]] == [
        "/group_ids",
        "/organizat",
    ]
    assert "Zinnia" not in refused.text
    assert "Theirs" not in refused.text
    assert rows(world) == before


def test_a_group_without_organizations_grants_nothing(
    world: World, acme: Company, continuum: Company
) -> None:
    empty = world.invite(acme, continuum, all_organizations=False, group_ids=[acme.groups["Empty"]])
    assert empty.status == 422, empty
    full = world.invite(
        acme, continuum, all_organizations=False, group_ids=[acme.groups["Level 1"]]
    )
    assert full.status == 201, full


@pytest.mark.parametrize("role", [role for role in ROLES if role != "administrator"])
def test_nobody_below_administrator_sees_or_makes_connections(
    world: World, acme: Company, continuum: Company, role: str
) -> None:
    connection_id = world.invite(acme, continuum).json["connection_id"]
    token = world.token(acme, role)
    before = world.dump()
    one = f"/connections/{connection_id}"
    for method, address, body in (
        ("GET", "/connections", None),
        ("GET", one, None),
        ("GET", f"{one}/grant", None),
        ("POST", "/connections", {"guest_subdomain": "continuum", "maximum_role": "editor"}),
        ("POST", f"{one}/resend", None),
        ("POST", f"{one}/revoke", None),
        ("PUT", f"{one}/grant", {}),
    ):
        refused = world.api(method, address, body, token=token)
        assert (refused.status, refused.slug) == (403, "not-allowed"), (method, address)
        assert "continuum" not in refused.text.lower()
    assert world.dump() == before


def test_a_pair_has_one_live_connection(world: World, acme: Company, continuum: Company) -> None:
    pending = world.invite(acme, continuum).json
    again = world.invite(acme, continuum)
    assert (again.status, again.slug) == (409, "connection-live")
    accept = f"/incoming-connections/{pending['connection_id']}/accept"
    assert world.api("POST", accept, token=world.token(continuum)).status == 200
    assert world.invite(acme, continuum).status == 409


def test_a_host_has_many_guests_a_guest_many_hosts_and_both_ways_are_two_connections(
    world: World, acme: Company, continuum: Company
) -> None:
    third = world.company("third", {"administrator": "administrator"}, organizations=["Yew"])
    world.api("POST", "/organizations", {"name": "Oak"}, token=world.token(continuum))
    for host, guest in ((acme, continuum), (acme, third), (third, continuum), (continuum, acme)):
        assert world.connect(host, guest)["state"] == "active"


def test_the_account_sets_how_long_its_invitations_live(
    world: World, acme: Company, continuum: Company
) -> None:
    other = world.company("other", {"administrator": "administrator"})
    token = world.token(acme)
    changed = world.api("PATCH", "/account", {"invitation_expires_in_days": 30}, token=token)
    assert changed.status == 200, changed
    usual = world.invite(acme, continuum).json
    chosen = world.invite(acme, other, invitation_expires_in_days=1).json

    assert usual["invitation"]["expires_at"][:10] == "2026-12-22"
    assert chosen["invitation"]["expires_at"][:10] == "2026-11-23"
