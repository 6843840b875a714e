"""The plan: seats are counted as users change, and nobody gets in who would have none."""

from typing import Any

import pytest

from gatehouse.domain.errors import Malformed, NotFound
from tests.support.api import Reply, handler_of
from tests.support.world import Company, World


@pytest.fixture
def acme(world: World) -> Company:
    """Return a company of one of each role: five take a seat."""
    return world.company("acme")


def set_plan(**fields: Any) -> dict[str, Any]:
    return dict(handler_of("set_plan")({"subdomain": "acme", **fields}, None))


def plan(world: World, acme: Company) -> dict[str, Any]:
    reply = world.api("GET", "/account/plan", token=world.token(acme))
    assert reply.status == 200, reply
    return dict(reply.json)


def add(world: World, acme: Company, name: str, role: str = "editor", **how: Any) -> Reply:
    body = {"email": f"{name}@acme.test", "name": name.capitalize(), "role": role}
    return world.api("POST", "/users", body, **{"token": world.token(acme), **how})


def change(world: World, acme: Company, who: str, **fields: str) -> Reply:
    return world.api("PATCH", f"/users/{acme.users[who]}", fields, token=world.token(acme))


def test_the_plan_shows_the_seats_in_use_by_role(world: World, acme: Company) -> None:
    assert plan(world, acme) == {
        "plan": None,
        "seats": {
            "limit": None,
            "in_use": 5,
            "free": None,
            "by_role": {
                "administrator": 1,
                "manager": 1,
                "editor": 1,
                "creator": 1,
                "read_only": 1,
            },
        },
    }


def test_every_way_to_take_or_free_a_seat_is_counted(world: World, acme: Company) -> None:
    set_plan(plan="Team", seats=20)
    in_use = [plan(world, acme)["seats"]["in_use"]]
    for step in (
        lambda: add(world, acme, "new"),
        lambda: add(world, acme, "light", "lite"),
        lambda: change(world, acme, "lite", role="editor"),
        lambda: change(world, acme, "editor", role="lite"),
        lambda: change(world, acme, "manager", status="deactivated"),
        lambda: change(world, acme, "manager", status="active"),
        lambda: change(world, acme, "creator", role="manager"),
        lambda: change(world, acme, "creator", name="Renamed"),
        lambda: world.api("DELETE", f"/users/{acme.users['read_only']}", token=world.token(acme)),
    ):
        assert step().status in {200, 201, 204}
        in_use.append(plan(world, acme)["seats"]["in_use"])
    assert in_use == [5, 6, 6, 7, 6, 5, 6, 6, 6, 5]
    assert plan(world, acme)["seats"]["by_role"] == {
        "administrator": 1,
        "manager": 2,
        "editor": 2,
        "creator": 0,
        "read_only": 0,
    }


def test_people_of_a_connected_guest_take_no_seat_here(world: World, acme: Company) -> None:
    continuum = world.company("continuum")
    before = plan(world, acme)
    world.connect(acme, continuum)
    assert plan(world, acme) == before


def test_nobody_takes_a_seat_that_the_plan_does_not_have(world: World, acme: Company) -> None:
    set_plan(seats=6)
    assert change(world, acme, "editor", status="deactivated").status == 200
    assert add(world, acme, "one").status == 201
    assert add(world, acme, "two").status == 201
    before = world.dump()
    for refused in (
        add(world, acme, "three"),
        change(world, acme, "lite", role="read_only"),
        change(world, acme, "editor", status="active"),
    ):
        assert (refused.status, refused.slug) == (409, "seats-taken"), refused
        assert "has 6 seats, and 6 are in use" in refused.json["detail"]
        assert "ask whoever runs Gatehouse" in refused.json["detail"]
    assert world.dump() == before
    assert add(world, acme, "four", "lite").status == 201, "Lite takes no seat"
    assert change(world, acme, "creator", role="manager").status == 200, "nor does another role"
    world.api("DELETE", f"/users/{acme.users['read_only']}", token=world.token(acme))
    assert add(world, acme, "three").status == 201


def test_an_application_is_refused_like_a_person(world: World, acme: Company) -> None:
    set_plan(seats=5)
    refused = add(world, acme, "three", token=acme.key)
    assert (refused.status, refused.slug) == (409, "seats-taken")


def test_a_limit_below_what_is_in_use_keeps_everybody_and_lets_nobody_else_in(
    world: World, acme: Company
) -> None:
    answer = set_plan(seats=2)
    assert answer["after"]["seats"] == {**answer["before"]["seats"], "limit": 2, "free": 0}
    people = world.api("GET", "/users", token=world.token(acme)).json["items"]
    assert [one["status"] for one in people] == ["active"] * 6
    assert world.api("GET", "/me", token=world.token(acme, "read_only")).status == 200
    assert add(world, acme, "three").status == 409
    assert change(world, acme, "creator", role="editor").status == 200
    for name in ("creator", "read_only", "editor"):
        assert change(world, acme, name, status="deactivated").status == 200
    assert plan(world, acme)["seats"]["in_use"] == 2
    assert change(world, acme, "editor", status="active").status == 409


def test_a_plan_is_changed_in_part_and_its_limit_lifted(world: World, acme: Company) -> None:
    set_plan(plan="Team", seats=5)
    assert set_plan(seats=6)["after"]["plan"] == "Team"
    assert set_plan(plan="Enterprise")["after"]["seats"]["limit"] == 6
    assert set_plan(seats=None)["after"]["seats"]["limit"] is None
    assert add(world, acme, "anybody").status == 201
    changes = [entry["changes"] for entry in world.log(acme, "&action=account.plan_changed")]
    assert changes == [
        {"seats": [6, None]},
        {"plan": ["Team", "Enterprise"]},
        {"seats": [5, 6]},
        {"plan": [None, "Team"], "seats": [None, 5]},
    ]


def test_what_is_no_plan_changes_nothing(world: World, acme: Company) -> None:
    before = world.dump()
    for wrong, error in (
        ({"seats": 0}, Malformed),
        ({"seats": "5"}, Malformed),
        ({"plan": ""}, Malformed),
        ({"seat": 5}, Malformed),
        ({"subdomain": "nobody"}, NotFound),
        ({"subdomain": "no body"}, NotFound),
    ):
        with pytest.raises(error):
            set_plan(**wrong)
    assert world.dump() == before


def test_only_administrators_see_the_plan(world: World, acme: Company) -> None:
    for token in (world.token(acme, "manager"), world.token(acme, "read_only"), acme.key):
        assert world.api("GET", "/account/plan", token=token).status == 403


def test_an_account_without_a_count_is_counted_when_it_is_first_needed(
    world: World, acme: Company
) -> None:
    """As accounts are that were made before seats were counted."""
    forget_count(world, acme)
    before = world.dump()
    assert plan(world, acme)["seats"]["in_use"] == 5
    assert world.dump() == before, "a GET writes nothing"
    assert change(world, acme, "lite", role="editor").status == 200
    assert plan(world, acme)["seats"]["in_use"] == 6
    forget_count(world, acme)
    assert change(world, acme, "lite", role="lite").status == 200
    assert plan(world, acme)["seats"]["in_use"] == 5


def test_setting_a_plan_puts_a_count_right_that_drifted(world: World, acme: Company) -> None:
    items = [item for item in world.dump() if item["sk"]["S"] == "SEATS"]
    for item in items:
        put(world, {**item, "in_use": {"N": "99"}, "editor": {"N": "95"}})
    assert plan(world, acme)["seats"]["in_use"] == 99
    answer = set_plan()
    in_use = (answer["before"]["seats"]["in_use"], answer["after"]["seats"]["in_use"])
    assert in_use == (99, 5)
    assert plan(world, acme)["seats"]["by_role"]["editor"] == 1


def forget_count(world: World, acme: Company) -> None:
    table = world.ports.store._table  # type: ignore[attr-defined]  # past the store
    key = {"pk": {"S": acme.account_id}, "sk": {"S": "SEATS"}}
    table.connection.client.delete_item(TableName=table.name, Key=key)


def put(world: World, item: dict[str, Any]) -> None:
    table = world.ports.store._table  # type: ignore[attr-defined]  # past the store
    table.connection.client.put_item(TableName=table.name, Item=item)
