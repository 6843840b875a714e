"""AuthZEN search: who may, where may they, what may they do; and looking people up."""

import pytest

from tests.support.world import Company, World


@pytest.fixture
def host(world: World) -> Company:
    return world.company(
        "acme",
        organizations=["Alder", "Birch", "Cedar", "Dogwood"],
        groups={"Level 1": ["Alder", "Birch"], "Level 2": ["Birch", "Cedar"]},
        members={"Level 1": ["editor"]},
    )


@pytest.fixture
def guest(world: World) -> Company:
    return world.company(
        "continuum", {"nora": "administrator", "sam": "editor", "ria": "read_only", "lee": "lite"}
    )


def connect(world: World, host: Company, guest: Company, **terms: object) -> dict[str, object]:
    invited = world.invite(host, guest, **terms)
    assert invited.status == 201, invited
    path = f"/incoming-connections/{invited.json['connection_id']}/accept"
    assert world.api("POST", path, token=world.token(guest, "nora")).status == 200
    return dict(invited.json)


def search(world: World, host: Company, entity: str, **body: object) -> dict[str, object]:
    reply = world.api("POST", f"/access/v1/search/{entity}", body, token=host.key)
    assert reply.status == 200, reply
    assert next(iter(reply.json)) == "page"
    return dict(reply.json)


def ids(found: dict[str, object]) -> list[str]:
    return [one.get("id") or one["name"] for one in found["results"]]  # type: ignore[attr-defined]


def walk(world: World, host: Company, entity: str, limit: int, **body: object) -> list[str]:
    """Follow the pages to the end."""
    found: list[str] = []
    token = ""
    while True:
        page = search(world, host, entity, **body, page={"token": token, "limit": limit})
        assert len(ids(page)) <= limit
        found += ids(page)
        token = page["page"]["next_token"]  # type: ignore[index]
        if not token:
            return found


def organization(company: Company, name: str) -> dict[str, str]:
    return {"type": "organization", "id": company.organizations[name]}


def user(company: Company, name: str) -> dict[str, str]:
    return {"type": "user", "id": company.users[name]}


@pytest.mark.parametrize("limit", [1, 2, 3, 50])
def test_subject_search_finds_own_people_and_guests_who_may(
    world: World, host: Company, guest: Company, limit: int
) -> None:
    connect(
        world,
        host,
        guest,
        all_organizations=False,
        group_ids=[host.groups["Level 1"]],
        maximum_role="creator",
    )
    found = walk(
        world,
        host,
        "subject",
        limit,
        subject={"type": "user"},
        action={"name": "edit"},
        resource=organization(host, "Alder"),
    )
    assert sorted(found) == sorted(
        [
            host.users["administrator"],
            host.users["editor"],
            guest.users["nora"],
            guest.users["sam"],
        ]
    )
    assert len(set(found)) == len(found)


def test_subject_search_reads_nobody_of_a_company_that_is_not_let_in(
    world: World, host: Company, guest: Company
) -> None:
    world.invite(host, guest)
    found = search(
        world,
        host,
        "subject",
        subject={"type": "user"},
        action={"name": "view"},
        resource=organization(host, "Alder"),
    )
    assert not set(ids(found)) & set(guest.users.values())


@pytest.mark.parametrize("limit", [1, 2, 50])
def test_resource_search_finds_each_organization_once_however_it_is_reached(
    world: World, host: Company, guest: Company, limit: int
) -> None:
    connect(
        world,
        host,
        guest,
        all_organizations=False,
        group_ids=[host.groups["Level 1"], host.groups["Level 2"]],
        organization_ids=[host.organizations["Alder"]],
    )
    found = walk(
        world,
        host,
        "resource",
        limit,
        subject=user(guest, "sam"),
        action={"name": "edit"},
        resource={"type": "organization"},
    )
    assert found == sorted(host.organizations[name] for name in ("Alder", "Birch", "Cedar"))


def test_resource_search_is_empty_for_whoever_may_not(
    world: World, host: Company, guest: Company
) -> None:
    connect(world, host, guest)
    for name, action in (("lee", "view"), ("ria", "edit"), ("sam", "no_such_action")):
        found = search(
            world,
            host,
            "resource",
            subject=user(guest, name),
            action={"name": action},
            resource={"type": "organization"},
        )
        assert found["results"] == [], name


def test_action_search_names_what_may_be_done_and_nothing_more(
    world: World, host: Company, guest: Company
) -> None:
    connect(world, host, guest, maximum_role="creator")
    found = search(
        world,
        host,
        "action",
        subject=user(guest, "sam"),
        resource=organization(host, "Alder"),
    )
    assert ids(found) == ["view", "create", "edit", "archive"]
    for action in ids(found):
        assert world.may(host, guest.users["sam"], action, host.organizations["Alder"])


def test_unknown_entities_have_no_results(world: World, host: Company) -> None:
    nobody = {"type": "user", "id": "usr_nobody"}
    nothing = {"type": "organization", "id": "org_nothing"}
    view = {"name": "view"}
    for entity, body in (
        ("subject", {"subject": {"type": "user"}, "action": view, "resource": nothing}),
        ("subject", {"subject": {"type": "robot"}, "action": view, "resource": nothing}),
        ("resource", {"subject": nobody, "action": view, "resource": {"type": "organization"}}),
        ("resource", {"subject": nobody, "action": view, "resource": {"type": "password"}}),
        ("action", {"subject": nobody, "resource": nothing}),
    ):
        found = search(world, host, entity, **body)
        assert found == {"page": {"next_token": "", "count": 0}, "results": []}


def test_searches_are_not_recorded(world: World, host: Company, guest: Company) -> None:
    connect(world, host, guest)
    before = world.dump()
    search(world, host, "action", subject=user(guest, "sam"), resource=organization(host, "Alder"))
    after = [item for item in world.dump() if "#API_KEY_USE" not in item["pk"]["S"]]
    assert after == [item for item in before if "#API_KEY_USE" not in item["pk"]["S"]]


def test_a_token_is_good_for_its_own_search_only(world: World, host: Company) -> None:
    body = {
        "subject": {"type": "user"},
        "action": {"name": "view"},
        "resource": organization(host, "Alder"),
    }
    first = search(world, host, "subject", **body, page={"limit": 1})
    token = first["page"]["next_token"]  # type: ignore[index]
    other = {**body, "resource": organization(host, "Birch"), "page": {"token": token}}
    assert world.api("POST", "/access/v1/search/subject", other, token=host.key).status == 400


def test_looking_up_finds_own_people_and_guests_let_in_and_nobody_else(
    world: World, host: Company, guest: Company
) -> None:
    def look_up(email: str) -> tuple[int, str]:
        reply = world.api("GET", f"/lookup?email={email}", token=host.key)
        return reply.status, reply.json.get("user_id", "")

    assert look_up("editor@acme.test") == (200, host.users["editor"])
    world.invite(host, guest)
    pending = world.api("GET", "/lookup?email=sam@continuum.test", token=host.key)
    unknown = world.api("GET", "/lookup?email=nobody@nowhere.test", token=host.key)
    assert (pending.status, pending.text) == (404, unknown.text)

    world.company("fabrikam", {"fay": "administrator"})
    path = world.api("GET", "/connections", token=world.token(host)).json["items"][0]
    world.api(
        "POST",
        f"/incoming-connections/{path['connection_id']}/accept",
        token=world.token(guest, "nora"),
    )
    assert look_up("sam@continuum.test") == (200, guest.users["sam"])
    assert look_up("fay@fabrikam.test")[0] == 404
