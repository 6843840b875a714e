"""The billing contact: named by Administrators, validated, on the record, decided by nobody."""

from typing import Any

import pytest

from tests.support.world import Company, World

ADDRESS = "/account/billing-contact"
CONTACT = {
    "name": "Accounts payable",
    "email": "billing@acme.test",
    "postal_address": "1 Main Street\nFairmont",
    "reference": "PO 4711",
}


@pytest.fixture
def acme(world: World) -> Company:
    return world.company("acme")


def test_the_contact_is_named_and_replaced_whole(world: World, acme: Company) -> None:
    token = world.token(acme)
    none = world.api("GET", ADDRESS, token=token)
    nobody = dict.fromkeys((*CONTACT, "changed_at"))
    assert none.json == {**nobody, "etag": "0"}
    first = world.api("PUT", ADDRESS, CONTACT, token=token, headers={"if-match": "0"})
    assert first.status == 200, first
    assert first.json == {**CONTACT, "changed_at": first.json["changed_at"], "etag": "1"}
    assert world.api("GET", ADDRESS, token=token).json == first.json
    less = {"name": "Ada", "email": "Ada@Acme.test"}
    second = world.api("PUT", ADDRESS, less, token=token).json
    assert (second["email"], second["postal_address"], second["reference"]) == (
        *("ada@acme.test", None, None),
    )
    stale = world.api("PUT", ADDRESS, CONTACT, token=token, headers={"if-match": "1"})
    assert (stale.status, stale.slug) == (412, "etag-stale")


def test_each_change_is_in_the_log(world: World, acme: Company) -> None:
    token = world.token(acme)
    world.api("PUT", ADDRESS, CONTACT, token=token)
    world.api("PUT", ADDRESS, {**CONTACT, "reference": "VAT 12"}, token=token)
    second, first = world.log(acme, "&action=account.billing_contact_changed")
    assert first["changes"] == {name: [None, value] for name, value in CONTACT.items()}
    assert second["changes"] == {"reference": ["PO 4711", "VAT 12"]}


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"email": "nobody"}, 400),
        ({"email": None}, 400),
        ({"name": " "}, 400),
        ({"name": "A\nB"}, 400),
        ({"reference": "A\nB"}, 400),
        ({"postal_address": "\u202e1 Main"}, 400),
        ({"card_number": "4111"}, 400),
    ],
)
def test_what_is_no_contact_is_refused(
    world: World, acme: Company, change: dict[str, Any], status: int
) -> None:
    before = world.dump()
    reply = world.api("PUT", ADDRESS, {**CONTACT, **change}, token=world.token(acme))
    assert reply.status == status
    assert reply.json["errors"][0]["pointer"] == f"/{next(iter(change))}"
    assert world.dump() == before


def test_only_administrators_see_or_name_it(world: World, acme: Company) -> None:
    world.api("PUT", ADDRESS, CONTACT, token=world.token(acme))
    for token in (world.token(acme, "manager"), acme.key):
        assert world.api("GET", ADDRESS, token=token).status == 403
        assert world.api("PUT", ADDRESS, CONTACT, token=token).status == 403
    other = world.company("other", {"administrator": "administrator"})
    assert world.api("GET", ADDRESS, token=world.token(other)).json["name"] is None
