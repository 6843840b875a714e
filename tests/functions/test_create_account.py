"""A deployment's accounts are created by its operator, by name, and each name once."""

from typing import Any

import pytest

from gatehouse.domain.errors import EmailTaken, GatehouseError, Refused, SubdomainTaken
from tests.support.api import handler_of
from tests.support.world import World


def create(**fields: Any) -> dict[str, Any]:
    event = {
        "subdomain": "globex",
        "name": "Globex",
        "region": "eu",
        "admin_email": "hank@globex.test",
        **fields,
    }
    return dict(handler_of("create_account")(event, None))


def test_a_name_is_trimmed_and_lower_cased_and_then_invites_and_is_invited(world: World) -> None:
    acme = world.company("acme", region="eu")
    made = create(subdomain="  GlobEx ", admin_email="Hank@Globex.test")
    account = world.ports.store.accounts.get(made["account_id"])
    assert account
    assert (account.subdomain, account.name) == ("globex", "Globex")
    (hank,) = world.ports.store.users.administrators(made["account_id"])
    assert (hank.user_id, hank.email) == (made["user_id"], "hank@globex.test")
    body = {"guest_subdomain": "globex", "maximum_role": "editor", "all_organizations": True}
    assert world.api("POST", "/connections", body, token=world.token(acme)).status == 201


def test_a_new_account_begins_with_its_plan_and_its_first_administrator_counted(
    world: World,
) -> None:
    made = create(plan="Team", seats=1)
    seats = world.ports.store.seats.get(made["account_id"])
    assert (seats.plan.name, seats.plan.seats) == ("Team", 1)
    assert {role.value: n for role, n in seats.by_role.items() if n} == {"administrator": 1}


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({"subdomain": "glo bex"}, Refused),
        ({"subdomain": "globex.test"}, Refused),
        ({"subdomain": "-globex"}, Refused),
        ({"subdomain": "glöbex"}, Refused),
        ({"subdomain": "ACME"}, SubdomainTaken),
        ({"admin_email": "Administrator@acme.test"}, EmailTaken),
    ],
)
def test_what_stands_in_the_way_is_raised_and_nothing_is_written(
    world: World, fields: dict[str, str], error: type[GatehouseError]
) -> None:
    world.company("acme", {"administrator": "administrator"})
    before = world.dump()
    with pytest.raises(error):
        create(**fields)
    assert world.dump() == before
