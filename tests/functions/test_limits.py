"""How often and how much: what is over a limit waits, and is told for how long."""

import pytest

from tests.support.world import Company, World


@pytest.fixture
def acme(world: World) -> Company:
    return world.company("acme", {"administrator": "administrator"}, organizations=["Alder"])


def test_a_host_tries_a_hundred_invitations_an_hour(world: World, acme: Company) -> None:
    continuum = world.company("continuum", {"administrator": "administrator"})
    for _ in range(100):
        assert world.invite(acme, continuum, guest_subdomain="nobody-here").status == 422
    limited = world.invite(acme, continuum)
    assert (limited.status, limited.slug) == (429, "too-many-requests")
    wait = int(limited.headers["retry-after"])
    assert 0 < wait <= 3600
    other = world.company("other", {"administrator": "administrator"})
    assert world.invite(other, continuum).status == 201
    world.clock.advance(seconds=wait)
    assert world.invite(acme, continuum).status == 201


def revoked(world: World, acme: Company, continuum: Company) -> None:
    made = world.invite(acme, continuum)
    assert made.status == 201, made
    address = f"/connections/{made.json['connection_id']}/revoke"
    assert world.api("POST", address, token=world.token(acme)).status == 200


def test_a_pair_has_five_invitations_a_week(world: World, acme: Company) -> None:
    continuum = world.company("continuum", {"administrator": "administrator"})
    for _ in range(5):
        revoked(world, acme, continuum)
    limited = world.invite(acme, continuum)
    assert (limited.status, limited.slug) == (429, "too-many-requests")
    wait = int(limited.headers["retry-after"])
    assert 6 * 86400 < wait <= 7 * 86400
    world.clock.advance(seconds=wait)
    assert world.invite(acme, continuum).status == 201


def test_a_deployment_may_set_another_number_of_them(moto_table: str) -> None:
    world = World(moto_table, invitations_per_pair_and_week=12)
    acme = world.company("acme", {"administrator": "administrator"}, organizations=["Alder"])
    continuum = world.company("continuum", {"administrator": "administrator"})
    for _ in range(12):
        revoked(world, acme, continuum)
    assert world.invite(acme, continuum).status == 429


@pytest.mark.parametrize("field", ["group_ids", "organization_ids"])
def test_one_request_names_so_many_ids_and_no_more(moto_table: str, field: str) -> None:
    world = World(moto_table, organization_ids_limit=2, group_ids_limit=2)
    acme = world.company(
        "acme",
        {"administrator": "administrator"},
        organizations=["Alder", "Birch", "Cedar"],
        groups={name: ["Alder"] for name in ("One", "Two", "Three")},
    )
    continuum = world.company("continuum", {"administrator": "administrator"})
    ids = list((acme.groups if field == "group_ids" else acme.organizations).values())
    refused = world.invite(acme, continuum, all_organizations=False, **{field: ids})
    assert refused.status == 400, refused
    assert refused.json["errors"][0]["pointer"] == f"/{field}"
    allowed = world.invite(acme, continuum, all_organizations=False, **{field: ids[:2]})
    assert allowed.status == 201, allowed


def test_an_organization_has_so_many_direct_grants_and_no_more(moto_table: str) -> None:
    world = World(moto_table, grants_per_organization_limit=1)
    acme = world.company("acme", {"administrator": "administrator"}, organizations=["Alder"])
    alder = acme.organizations["Alder"]
    made = [
        world.invite(
            acme,
            world.company(name, {"administrator": "administrator"}),
            all_organizations=False,
            organization_ids=[alder],
        )
        for name in ("first", "second")
    ]
    assert [reply.status for reply in made] == [201, 422]
    assert made[1].json["errors"][0]["pointer"] == "/organization_ids"
    assert alder in made[1].json["errors"][0]["detail"]


def test_editing_again_and_again_does_not_use_up_what_an_organization_can_hold(
    moto_table: str,
) -> None:
    world = World(moto_table, grants_per_organization_limit=2)
    organizations = ["Alder", "Birch"]
    people = {"administrator": "administrator", "editor": "editor"}
    acme = world.company("acme", people, organizations=organizations)
    continuum = world.company("continuum", {"administrator": "administrator"})
    connection = world.connect(acme, continuum)
    token = world.token(acme)
    for edit in range(6):
        chosen = [acme.organizations[organizations[edit % 2]]]
        terms = {"maximum_role": "editor", "group_ids": [], "all_organizations": False}
        address = f"/connections/{connection['connection_id']}/grant"
        etag = world.api("GET", address, token=token).json["etag"]
        granted = world.api(
            "PUT",
            address,
            {**terms, "organization_ids": chosen},
            token=token,
            headers={"if-match": etag},
        )
        assert granted.status == 200, granted
        user = f"/users/{acme.users['editor']}"
        given = world.api("PATCH", user, {"organization_ids": chosen}, token=token)
        assert given.status == 200, given


@pytest.mark.parametrize("limit", ["0", "201", "-1", "ten", "", "1.5", "٣"])
def test_a_page_has_one_to_two_hundred_items(world: World, acme: Company, limit: str) -> None:
    refused = world.api("GET", f"/organizations?limit={limit}", token=world.token(acme))
    assert refused.status == 400, refused
    assert refused.json["errors"][0]["pointer"] == "/limit"


def test_lists_go_on_where_the_page_ended_and_end(world: World, acme: Company) -> None:
    token = world.token(acme)
    for number in range(4):
        world.api("POST", "/organizations", {"name": f"Number {number}"}, token=token)
    page = world.api("GET", "/organizations?limit=2", token=token).json
    pages = [page]
    while page["next_cursor"]:
        address = f"/organizations?limit=2&cursor={page['next_cursor']}"
        page = world.api("GET", address, token=token).json
        pages.append(page)
    assert [[one["name"] for one in page["items"]] for page in pages] == [
        ["Alder", "Number 0"],
        ["Number 1", "Number 2"],
        ["Number 3"],
    ]
    everything = world.api("GET", "/organizations", token=token).json
    assert (len(everything["items"]), everything["next_cursor"]) == (5, None)


def test_a_cursor_is_good_for_its_own_list_and_caller_only(world: World, acme: Company) -> None:
    other = world.company("other", {"administrator": "administrator"}, organizations=["Yew"])
    token = world.token(acme)
    world.api("POST", "/organizations", {"name": "Birch"}, token=token)
    cursor = world.api("GET", "/organizations?limit=1", token=token).json["next_cursor"]
    flipped = ("A" if cursor[0] != "A" else "B") + cursor[1:]
    for address, by in (
        (f"/organizations?cursor={cursor}", world.token(other)),
        (f"/groups?cursor={cursor}", token),
        (f"/organizations?cursor={flipped}", token),
        (f"/organizations?cursor={cursor[:-2]}", token),
        ("/organizations?cursor=%C3%A9", token),
        ("/organizations?cursor=x", token),
    ):
        refused = world.api("GET", address, token=by)
        assert refused.status == 400, address
        assert refused.json["errors"][0]["pointer"] == "/cursor"
    assert "org_" not in cursor


def test_a_body_has_at_most_256_kilobytes(world: World, acme: Company) -> None:
    token = world.token(acme)
    filler = "x" * (256 * 1024)
    for method, address, key in (
        ("POST", "/connections", token),
        ("POST", "/users", token),
        ("PATCH", "/account", token),
        ("POST", "/activities", acme.key),
        ("POST", "/access/v1/evaluation", acme.key),
        ("POST", "/access/v1/evaluations", acme.key),
    ):
        refused = world.api(method, address, {"filler": filler}, token=key)
        assert (refused.status, refused.slug) == (413, "body-too-large"), address
