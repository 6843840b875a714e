"""The pages of a search: each result once, none left out, wherever a page ends."""

import pytest

from tests.support.meanwhile import just_before
from tests.support.world import Company, World


@pytest.fixture
def host(world: World) -> Company:
    return world.company(
        "acme",
        {"administrator": "administrator", "andy": "administrator"},
        organizations=["Alder", "Birch"],
    )


def question(host: Company) -> dict[str, object]:
    return {
        "subject": {"type": "user"},
        "action": {"name": "view"},
        "resource": {"type": "organization", "id": host.organizations["Alder"]},
    }


def who_may(world: World, host: Company, limit: int) -> list[str]:
    """Follow the pages of people who may view, to the end."""
    found: list[str] = []
    token = ""
    while True:
        body = {**question(host), "page": {"token": token, "limit": limit}}
        reply = world.api("POST", "/access/v1/search/subject", body, token=host.key)
        assert reply.status == 200, reply
        page = [one["id"] for one in reply.json["results"]]
        assert len(page) <= limit
        found += page
        token = reply.json["page"]["next_token"]
        if not token:
            return found


@pytest.mark.parametrize("limit", [1, 2, 3, 4, 7, 50])
def test_a_page_that_ends_among_the_people_of_a_company_goes_on_with_the_next_of_them(
    world: World, host: Company, limit: int
) -> None:
    people = {"administrator": "administrator", "lee": "lite", "sam": "editor", "ria": "read_only"}
    guests = [world.company(name, people) for name in ("continuum", "helpers")]
    for guest in guests:
        world.connect(host, guest)
    expected = {
        *host.users.values(),
        *(user_id for one in guests for name, user_id in one.users.items() if name != "lee"),
    }
    found = who_may(world, host, limit)
    assert len(found) == len(set(found))
    assert set(found) == expected


@pytest.mark.parametrize("limit", [2, 50])
def test_people_of_more_companies_than_one_page_reads_are_found(
    real_world: World, limit: int
) -> None:
    world = real_world
    host = world.company("acme", {"administrator": "administrator"}, organizations=["Alder"])
    guests = [world.company(f"guest-{n}", {"administrator": "administrator"}) for n in range(10)]
    for guest in guests:
        world.connect(host, guest)
    world.company("stranger", {"administrator": "administrator"})
    found = who_may(world, host, limit)
    assert len(found) == len(set(found))
    assert set(found) == {
        *host.users.values(),
        *(one.users["administrator"] for one in guests),
    }


@pytest.mark.parametrize(
    ("page", "pointer"),
    [
        ({"token": 5}, "/page/token"),
        ({"token": ["a"]}, "/page/token"),
        ({"limit": 0}, "/page/limit"),
        ({"limit": 201}, "/page/limit"),
        ({"limit": "10"}, "/page/limit"),
        ({"limit": True}, "/page/limit"),
        ({"limit": None}, "/page/limit"),
        ([], "/page"),
    ],
)
def test_a_page_that_cannot_be_read_is_pointed_at(
    world: World, host: Company, page: object, pointer: str
) -> None:
    body = {**question(host), "page": page}
    refused = world.api("POST", "/access/v1/search/subject", body, token=host.key)
    assert (refused.status, refused.slug) == (400, "malformed-request")
    assert refused.json["errors"][0]["pointer"] == pointer


def test_a_search_about_a_resource_type_that_is_mapped_meanwhile_goes_by_the_new_mapping(
    world: World, host: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first reading guesses where the organization stands; the account says where."""
    alder, birch = host.organizations["Alder"], host.organizations["Birch"]
    asked = {
        "subject": {"type": "user", "id": host.users["andy"]},
        "resource": {
            "type": "password",
            "id": "7",
            "properties": {"organization_id": alder, "client": "org_00000000000000000000000000"},
        },
    }

    def actions() -> list[str]:
        reply = world.api("POST", "/access/v1/search/action", asked, token=host.key)
        assert reply.status == 200, reply
        return [one["name"] for one in reply.json["results"]]

    def names(property_: str) -> None:
        change = {"mapped_resource_types": {"password": property_}}
        changed = world.api("PATCH", "/account", change, token=world.token(host))
        assert changed.status == 200, changed

    assert "delete" in actions()
    with monkeypatch.context() as patched:
        just_before(patched, world.ports.store, "snapshot", lambda: names("client"))
        assert actions() == []
    asked["resource"]["properties"]["client"] = birch  # type: ignore[index]  # of mixed values
    assert "delete" in actions()
