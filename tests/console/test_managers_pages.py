"""Managers see and do on pages what the rules give them; the rest is not shown and is refused."""

import pytest

from tests.support.api import Reply
from tests.support.browser import Browser
from tests.support.console import errors, read, rows, words
from tests.support.world import Company, World


@pytest.fixture
def acme(world: World) -> Company:
    return world.company(
        "acme",
        organizations=["Alder", "Birch", "Cedar"],
        groups={"Mine": ["Alder"], "Theirs": ["Birch"]},
        members={"Mine": ["manager", "editor"], "Theirs": ["creator"]},
    )


@pytest.fixture
def carla(world: World, acme: Company) -> Browser:
    """Return the browser of acme's Manager."""
    return Browser(world).sign_in(acme, "manager")


def csrf_of(page: Reply) -> str:
    return next(i["value"] for i in read(page).all("input") if i.get("name") == "csrf_token")


def labels(page: Reply) -> list[str]:
    return read(page).said("label")


def test_a_manager_may_tick_and_change_everybody_but_administrators(
    acme: Company, carla: Browser
) -> None:
    page = carla.get("/console/users")
    assert len(rows(page)) == len(acme.users) + 1
    assert "Choose Editor" in labels(page)
    assert "Choose Administrator" not in labels(page)
    above = carla.get(f"/console/users/{acme.users['administrator']}")
    assert "Administrators are changed by Administrators only." in words(above)
    assert not [f for f in read(above).all("form") if "/console/" in f["action"]]
    for step in ("status", "organizations"):
        refused = carla.get(f"/console/users/{acme.users['administrator']}/{step}")
        assert refused.status == 403
        assert "Only Administrators make, change or remove Administrators" in words(refused)


def test_a_manager_is_offered_roles_up_to_their_own_and_groups_of_their_own(
    world: World, acme: Company, carla: Browser
) -> None:
    for address in ("/console/users/new", f"/console/users/{acme.users['editor']}"):
        page = carla.get(address)
        assert "Manager" in labels(page)
        assert "Mine" in labels(page)
        assert {"Administrator", "Theirs", "Allow All Organizations"}.isdisjoint(labels(page))
    page = carla.get(f"/console/users/{acme.users['editor']}")
    assert "E-mail address" not in labels(page)
    assert "Delete" not in words(page)
    assert carla.get(f"/console/users/{acme.users['editor']}/delete").status == 403


def test_what_a_manager_was_not_offered_is_refused_all_the_same(
    world: World, acme: Company, carla: Browser
) -> None:
    form = carla.get("/console/users/new")
    before = world.dump()
    new = {"name": "Zoe", "email": "zoe@acme.test", "role": "editor"}
    for more in (
        {"role": "administrator"},
        {f"group.{acme.groups['Theirs']}": "on"},
        {"all_organizations": "on"},
    ):
        refused = carla.submit(form, "/console/users/new", **{**new, **more})
        assert refused.status == 403, more
    cedar = {f"organization.{acme.organizations['Cedar']}": "on", "csrf_token": csrf_of(form)}
    assert carla.post(f"/console/users/{acme.users['editor']}/organizations", cedar).status == 403
    assert world.dump() == before


def test_a_manager_changes_a_person_and_leaves_what_the_manager_does_not_see(
    world: World, acme: Company, carla: Browser
) -> None:
    creator = acme.users["creator"]
    address = f"/console/users/{creator}"
    page = carla.get(address)
    saved = carla.submit(
        page, address, name="Grace", role="creator", **{f"group.{acme.groups['Mine']}": "on"}
    )
    assert saved.status == 303, saved
    seen = world.api("GET", f"/users/{creator}", token=world.token(acme)).json
    assert seen["name"] == "Grace"
    assert sorted(seen["group_ids"]) == sorted(acme.groups.values())
    raised = carla.submit(carla.get(address), address, name="Grace", role="manager")
    assert raised.status == 403
    assert "reaches organizations that you do not" in words(raised)


def test_a_manager_is_told_beforehand_whom_they_cannot_reactivate(
    world: World, acme: Company, carla: Browser
) -> None:
    for name in ("creator", "editor"):
        off = {"status": "deactivated"}
        path = f"/users/{acme.users[name]}"
        assert world.api("PATCH", path, off, token=world.token(acme)).status == 200
    page = carla.get(f"/console/users/{acme.users['creator']}/status")
    assert "only an Administrator can raise their role or reactivate them" in words(page)
    assert "Reactivate Creator" not in read(page).said("button")
    page = carla.get(f"/console/users/{acme.users['editor']}/status")
    assert carla.submit(page, "/status").status == 303


def test_a_manager_sees_the_groups_they_belong_to_and_joins_those_they_create(
    world: World, acme: Company, carla: Browser
) -> None:
    assert [row[0] for row in rows(carla.get("/console/groups"))[1:]] == ["Mine"]
    assert carla.get(f"/console/groups/{acme.groups['Theirs']}").status == 404
    form = carla.get("/console/groups/new")
    assert "You belong to it from the start." in words(form)
    made = carla.submit(form, "/console/groups/new", name="Night", description="")
    page = carla.get(made.headers["location"])
    assert "1 person of your account" in words(page)
    assert "Which connections there are, Administrators see." in words(page)
    assert "Delete" not in words(page)
    assert carla.get(made.headers["location"] + "/delete").status == 403


def test_a_manager_puts_only_what_they_reach_into_a_group(
    world: World, acme: Company, carla: Browser
) -> None:
    address = f"/console/groups/{acme.groups['Mine']}/organizations"
    page = carla.get(address)
    assert "Alder" in labels(page)
    assert {"Birch", "Cedar"}.isdisjoint(labels(page))
    cedar = acme.organizations["Cedar"]
    sent = {"csrf_token": csrf_of(page), "next": "add", f"organization.{cedar}": "on"}
    assert carla.post(address, sent).status == 404
    members = carla.get(f"/console/groups/{acme.groups['Mine']}/members")
    assert "Creator" in labels(members)
    assert "Administrator" not in labels(members)


def test_what_another_company_reaches_a_manager_does_not_change(
    world: World, acme: Company, carla: Browser
) -> None:
    guest = world.company("continuum")
    world.connect(acme, guest, all_organizations=False, group_ids=[acme.groups["Mine"]])
    page = carla.get(f"/console/groups/{acme.groups['Mine']}")
    assert "A connection has this group, so Administrators change its organizations." in words(page)
    assert "Continuum" not in words(page)
    address = f"/console/groups/{acme.groups['Mine']}/organizations"
    page = carla.get(address)
    assert "Alder" in words(page)
    assert not [f for f in read(page).all("form") if f["action"].startswith("/console/")]
    token = csrf_of(carla.get("/console/groups/new"))
    alder = acme.organizations["Alder"]
    sent = {"csrf_token": token, "next": "take", f"organization.{alder}": "on"}
    assert carla.post(address, sent).status == 403
    assert world.may(acme, guest.users["editor"], "view", alder)


def test_a_manager_sees_own_people_who_reach_an_organization_and_no_guests(
    world: World, acme: Company, carla: Browser
) -> None:
    world.connect(acme, world.company("continuum"))
    alder = f"/console/organizations/{acme.organizations['Alder']}"
    page = carla.get(alder)
    assert [row[0] for row in rows(page)[1:]] == ["Administrator", "Manager", "Editor"]
    assert [row[3] for row in rows(page)[1:]] == ["As Administrator", "Mine", "Mine"]
    assert "Guests are shown to Administrators." in words(page)
    assert "Change" not in words(page)
    assert carla.get("/console/organizations/new").status == 403


def test_a_manager_with_all_organizations_writes_them(
    world: World, acme: Company, carla: Browser
) -> None:
    world.api(
        "PATCH",
        f"/users/{acme.users['manager']}",
        {"all_organizations": True},
        token=world.token(acme),
    )
    form = carla.get("/console/organizations/new")
    made = carla.submit(form, "/console/organizations/new", name="Elm", next="save")
    assert made.status == 303
    page = carla.get(f"/console/organizations/{acme.organizations['Birch']}")
    assert "a group that you are not in" in [cell.lower() for cell in rows(page)[-1]]
    assert carla.submit(carla.get(made.headers["location"] + "/delete"), "/delete").status == 303


def test_among_many_those_a_manager_may_not_change_are_named(
    world: World, acme: Company, carla: Browser
) -> None:
    chosen = "&".join(f"user.{acme.users[name]}=on" for name in ("creator", "editor"))
    check = carla.get(f"/console/users/change?what=role&role=manager&next=check&{chosen}")
    done = carla.submit(check, "/console/users/change")
    assert done.status == 409
    assert [row[0] for row in rows(done)[1:]] == ["Creator"]
    high = carla.get(f"/console/users/change?what=role&role=administrator&next=check&{chosen}")
    assert carla.submit(high, "/console/users/change").status == 409
    empty = carla.get(f"/console/users/change?what=role&next=check&{chosen}")
    assert errors(empty) == {"role-read_only": "Choose a role."}
    assert "Administrator" not in labels(empty)
