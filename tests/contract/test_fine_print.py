"""What the document says in passing holds as well: whole numbers, empty parameters, open spans."""

from datetime import timedelta

import pytest

from tests.support.api import Reply
from tests.support.world import Company, World


@pytest.fixture
def acme(world: World) -> Company:
    return world.company("acme", {"administrator": "administrator"}, organizations=["Alder"])


def test_a_number_without_a_fraction_is_whole_however_it_is_written(
    world: World, acme: Company
) -> None:
    world.company("continuum", {"administrator": "administrator"})
    start = '{"guest_subdomain": "continuum", "maximum_role": "editor", "all_organizations": true'
    token = world.token(acme)

    def invite(days: str) -> Reply:
        body = f'{start}, "invitation_expires_in_days": {days}}}'
        return world.api("POST", "/connections", body, token=token)

    assert invite("7.5").status == 400
    invited = invite("7.0")
    assert invited.status == 201, invited
    lifetime = world.clock.now() + timedelta(days=7)
    assert invited.json["invitation"]["expires_at"][:16] == lifetime.isoformat()[:16]


def test_an_empty_parameter_is_as_good_as_none(world: World, acme: Company) -> None:
    for address in (
        "/activities?from=&to=&user_id=&outcome=&category=&action=&cursor=",
        "/connections?state=&cursor=",
    ):
        plain = world.api("GET", address.partition("?")[0], token=world.token(acme))
        assert world.api("GET", address, token=world.token(acme)).json == plain.json


def test_a_span_that_begins_in_the_future_has_nothing_in_it_and_one_that_ends_there_has(
    world: World, acme: Company
) -> None:
    assert world.log(acme, "&from=2999-01-01T00:00:00Z") == []
    assert world.log(acme, "&to=2999-01-01T00:00:00Z") == world.log(acme)


def test_a_foreign_cursor_is_pointed_out_where_it_stands(world: World, acme: Company) -> None:
    body = {
        "subject": {"type": "user"},
        "action": {"name": "view"},
        "resource": {"type": "organization", "id": acme.organizations["Alder"]},
        "page": {"token": "AAAA"},
    }
    in_body = world.api("POST", "/access/v1/search/subject", body, token=acme.key)
    in_query = world.api("GET", "/users?cursor=AAAA", token=world.token(acme))
    pointers = [reply.json["errors"][0]["pointer"] for reply in (in_body, in_query)]
    assert pointers == ["/page/token", "/cursor"]


def test_a_precondition_without_a_version_is_not_taken_for_none(
    world: World, acme: Company
) -> None:
    token, empty = world.token(acme), {"if-match": " "}
    renamed = world.api("PATCH", "/account", {"name": "New"}, token=token, headers=empty)
    assert (renamed.status, renamed.json["errors"][0]["pointer"]) == (400, "/If-Match")
    assert world.api("GET", "/account", token=token).json["name"] == "Acme"
