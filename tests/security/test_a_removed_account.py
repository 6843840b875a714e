"""An account that an operator took from the table leaves nobody in, and takes nobody's history."""

from typing import Any

import pytest

from gatehouse.store import table as t
from tests.support.world import Company, World


@pytest.fixture
def acme(world: World) -> Company:
    return world.company("acme", organizations=["Alder"])


@pytest.fixture
def continuum(world: World) -> Company:
    return world.company("continuum")


@pytest.fixture
def connection(world: World, acme: Company, continuum: Company) -> dict[str, Any]:
    return world.connect(acme, continuum)


def remove(world: World, company: Company) -> None:
    table = world.ports.store._table  # type: ignore[attr-defined]  # the raw table
    table.delete(t.account_key(company.account_id))


def test_its_own_people_are_told_so(
    world: World, acme: Company, continuum: Company, connection: dict[str, Any]
) -> None:
    token = world.token(acme)
    remove(world, acme)
    before = world.dump()
    invitation = {
        "guest_subdomain": "continuum",
        "maximum_role": "editor",
        "all_organizations": True,
    }
    for method, address, body, status in (
        ("GET", "/me", None, 401),
        ("GET", "/account", None, 401),
        ("PATCH", "/account", {"name": "Acme again"}, 401),
        ("POST", "/connections", invitation, 401),
    ):
        refused = world.api(method, address, body, token=token)
        assert refused.status == status, refused
        assert "no longer exists" in refused.json["detail"]
    assert world.dump() == before


def test_its_guests_and_its_applications_get_in_no_more(
    world: World, acme: Company, continuum: Company, connection: dict[str, Any]
) -> None:
    remove(world, acme)
    there = f"/accessible-accounts/{acme.account_id}/organizations"
    listed = world.api("GET", there, token=world.token(continuum, "editor"))
    assert (listed.status, "Alder" in listed.text) == (404, False)
    question = {
        "subject": {"type": "user", "id": continuum.users["editor"]},
        "action": {"name": "view"},
        "resource": {"type": "organization", "id": acme.organizations["Alder"]},
    }
    asked = world.api("POST", "/access/v1/evaluation", question, token=acme.key)
    assert asked.status == 401


def test_what_its_guests_did_stays_theirs_to_read(
    world: World, acme: Company, continuum: Company, connection: dict[str, Any]
) -> None:
    world.may(acme, continuum.users["editor"], "edit", acme.organizations["Alder"])
    remove(world, acme)
    address = f"/incoming-connections/{connection['connection_id']}/activities"
    seen = world.api("GET", address, token=world.token(continuum))
    assert [one["action"] for one in seen.json["items"]] == ["edit", "connection.accepted"]
