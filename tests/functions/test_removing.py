"""Deleting groups and organizations in several steps: what stops half-way goes on when repeated."""

from typing import Any

import pytest

from gatehouse.domain.account import AccountName
from gatehouse.domain.connection import State
from gatehouse.usecases.changes import Save
from tests.support.cleanup import run_cleanup
from tests.support.meanwhile import just_before
from tests.support.outage import outage
from tests.support.people import a_connection, a_pair
from tests.support.world import Company, World

MANY = 45
"""More connections than lose a group within two transactions, and more members than in one."""


def host_in(world: World) -> Company:
    return world.company(
        "acme",
        {"administrator": "administrator", "editor": "editor"},
        organizations=["Alder", "Birch"],
        groups={"Level 1": ["Alder"], "Level 2": ["Birch"]},
        members={"Level 1": ["editor"]},
    )


@pytest.fixture
def acme(world: World) -> Company:
    return host_in(world)


def connect_many(world: World, host: Company) -> None:
    """Let many made-up companies have both groups."""
    groups = frozenset(host.groups.values())
    named = AccountName(host.account_id, host.subdomain, host.name)
    for number in range(MANY):
        guest = AccountName(f"acc_{number:016d}", f"guest-{number}", f"Guest {number}")
        terms: dict[str, Any] = {
            "state": State.ACTIVE,
            "group_ids": groups,
            "all_organizations": False,
        }
        made = a_connection(number, host=named, guest=guest, **terms)
        pair = a_pair(
            host_account_id=host.account_id,
            guest_account_id=guest.account_id,
            connection_id=made.connection_id,
            **terms,
        )
        world.ports.store.commit(Save(made), Save(pair))


def having(world: World, host: Company, name: str) -> int:
    """Count the connections that have a group; they and what decisions read must agree."""
    group_id = host.groups[name]
    pairs = world.ports.store.connections.pairs(host.account_id)
    deciding = {pair.connection_id for pair in pairs if group_id in pair.group_ids}
    listed = world.api("GET", "/connections?limit=200", token=world.token(host)).json["items"]
    shown = {one["connection_id"] for one in listed if group_id in one["group_ids"]}
    assert shown == deciding
    return len(deciding)


def delete(world: World, host: Company, address: str, **headers: str) -> int:
    return world.api("DELETE", address, token=world.token(host), headers=headers).status


def test_a_group_is_taken_from_more_connections_than_one_transaction_holds(
    real_world: World,
) -> None:
    host = host_in(real_world)
    connect_many(real_world, host)
    assert having(real_world, host, "Level 1") == MANY
    assert delete(real_world, host, f"/groups/{host.groups['Level 1']}") == 204
    assert having(real_world, host, "Level 1") == 0
    assert having(real_world, host, "Level 2") == MANY
    edited = real_world.log(host, "&action=connection.edited")
    assert len({one["connection_id"] for one in edited}) == len(edited) == MANY


def test_a_group_that_was_taken_from_some_connections_only_is_taken_from_the_rest_on_repeating(
    real_world: World,
) -> None:
    host = host_in(real_world)
    connect_many(real_world, host)
    group = f"/groups/{host.groups['Level 1']}"
    with outage({"TransactWriteItems"}, after=1):
        assert delete(real_world, host, group) == 503
    assert having(real_world, host, "Level 1") == MANY - 20
    assert real_world.api("GET", group, token=real_world.token(host)).status == 200
    assert delete(real_world, host, group) == 204
    assert having(real_world, host, "Level 1") == 0
    edited = real_world.log(host, "&action=connection.edited")
    assert len({one["connection_id"] for one in edited}) == len(edited) == MANY


@pytest.mark.parametrize("end", ["revoke", "decline"])
def test_a_connection_that_is_over_keeps_the_group_in_its_history(
    world: World, acme: Company, end: str
) -> None:
    continuum = world.company("continuum", {"administrator": "administrator"})
    group_id = acme.groups["Level 1"]
    invited = world.invite(acme, continuum, all_organizations=False, group_ids=[group_id])
    connection_id = invited.json["connection_id"]
    path, whose = ("connections", acme) if end == "revoke" else ("incoming-connections", continuum)
    ended = world.api("POST", f"/{path}/{connection_id}/{end}", token=world.token(whose))
    assert ended.status == 200, ended
    assert delete(world, acme, f"/groups/{group_id}") == 204
    kept = world.api("GET", f"/connections/{connection_id}", token=world.token(acme)).json
    assert (kept["group_ids"], kept["etag"]) == ([group_id], ended.json["etag"])
    assert world.log(acme, "&action=connection.edited") == []


@pytest.mark.parametrize("by", ["repeating", "the clean-up"])
@pytest.mark.parametrize("what", ["groups", "organizations"])
def test_traces_that_could_not_be_cleared_are_cleared_later(
    world: World, acme: Company, what: str, by: str
) -> None:
    name = "Level 1" if what == "groups" else "Alder"
    address = f"/{what}/{getattr(acme, what)[name]}"
    with outage({"UpdateItem", "DeleteItem"}):
        assert delete(world, acme, address) == 503
    assert world.api("GET", address, token=world.token(acme)).status == 404
    gone = getattr(acme, what)[name]
    assert traces(world, gone)
    if by == "repeating":
        assert delete(world, acme, address, **{"idempotency-key": "again"}) == 204
        assert delete(world, acme, address, **{"idempotency-key": "again"}) == 204
    else:
        assert run_cleanup()["done"] == {"removal": 1}
    assert not traces(world, gone)
    assert not world.may(acme, acme.users["editor"], "view", acme.organizations["Alder"])
    assert delete(world, acme, address) == 404
    assert len(world.log(acme, f"&action={what.removesuffix('s')}.deleted")) == 1


def test_a_deleted_group_lets_nobody_in_from_the_next_decision_on_whatever_breaks_after(
    world: World, acme: Company
) -> None:
    group, alder = f"/groups/{acme.groups['Level 1']}", acme.organizations["Alder"]
    assert world.may(acme, acme.users["editor"], "view", alder)
    with outage({"UpdateItem", "DeleteItem"}):
        assert delete(world, acme, group) == 503
        assert not world.may(acme, acme.users["editor"], "view", alder)
    assert world.api("GET", group, token=world.token(acme)).status == 404


def test_a_group_is_there_until_its_last_member_has_lost_it(real_world: World) -> None:
    names = [f"user{number}" for number in range(MANY)]
    host = real_world.company(
        "acme",
        {"administrator": "administrator"} | dict.fromkeys(names, "editor"),
        organizations=["Alder"],
        groups={"Level 1": ["Alder"]},
        members={"Level 1": ["administrator", *names]},
    )
    group, token = f"/groups/{host.groups['Level 1']}", real_world.token(host)

    def holders() -> int:
        users = real_world.api("GET", "/users?limit=200", token=token).json["items"]
        members = real_world.api("GET", f"{group}/members?limit=200", token=token)
        holding = sum(bool(one["group_ids"]) for one in users)
        shown = len(members.json["items"]) if members.status == 200 else 0
        assert shown == holding
        return holding

    assert holders() == MANY + 1
    with outage({"TransactWriteItems"}, after=1):
        assert delete(real_world, host, group) == 503
    left = holders()
    assert 0 < left < MANY + 1
    assert real_world.api("GET", group, token=token).status == 200
    assert delete(real_world, host, group) == 204
    assert holders() == 0
    assert real_world.api("GET", group, token=token).status == 404
    lost = real_world.log(host, "&action=group.member_removed")
    ids = [one["changes"]["user_id"][0] for one in lost]
    assert len(set(ids)) == len(ids) == MANY + 1


def test_who_is_added_while_the_group_is_deleted_loses_it_too(
    world: World, acme: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    group_id = acme.groups["Level 1"]
    new = {"email": "zoe@acme.test", "name": "Zoe", "role": "editor", "group_ids": [group_id]}

    def meanwhile() -> None:
        assert world.api("POST", "/users", new, token=world.token(acme)).status == 201

    just_before(monkeypatch, world.ports.store, "commit", meanwhile)
    assert delete(world, acme, f"/groups/{group_id}") == 204
    users = world.api("GET", "/users", token=world.token(acme)).json["items"]
    assert [one["group_ids"] for one in users] == [[], [], []]


def test_both_logs_say_that_a_connection_lost_a_deleted_organization_the_guests_without_its_name(
    world: World, acme: Company
) -> None:
    alder, birch = acme.organizations["Alder"], acme.organizations["Birch"]
    companies = {
        name: world.company(name, {"administrator": "administrator", "paula": "editor"})
        for name in ("direct", "grouped", "ruled", "other", "everything")
    }
    terms: dict[str, dict[str, Any]] = {
        "direct": {"organization_ids": [alder]},
        "grouped": {"group_ids": [acme.groups["Level 1"]]},
        "ruled": {"organization_ids": [birch]},
        "other": {"organization_ids": [birch]},
        "everything": {"all_organizations": True},
    }
    made = {
        name: world.connect(acme, company, **{"all_organizations": False, **terms[name]})
        for name, company in companies.items()
    }
    ruled = companies["ruled"].users["paula"]
    rule = {"denied": False, "maximum_role": "editor", "organization_ids": [alder]}
    address = f"/connections/{made['ruled']['connection_id']}/rules/{ruled}"
    assert world.api("PUT", address, rule, token=world.token(acme)).status == 200
    assert delete(world, acme, f"/organizations/{alder}") == 204

    changes = {"organization_ids": [[alder], []]}
    entries = world.log(acme, "&action=connection.edited")
    assert {one["connection_id"] for one in entries} == {
        made[name]["connection_id"] for name in ("direct", "grouped", "ruled")
    }
    for name, company in companies.items():
        told_of = world.log(company, "&action=connection.edited")
        assert len(told_of) == (name in {"direct", "grouped", "ruled"}), name
        for told in told_of:
            assert told["changes"] == changes
            assert (told["organization_id"], told["resource"]) == (None, None)
            assert told["actor"]["user_id"] == acme.users["administrator"]
        assert "Alder" not in str(world.log(company))


def test_what_a_hosts_application_is_called_is_not_told_to_guests(
    world: World, acme: Company
) -> None:
    continuum, alder = world.company("continuum"), acme.organizations["Alder"]
    world.connect(acme, continuum, all_organizations=False, organization_ids=[alder])
    gone = f"/organizations/{alder}"
    assert world.api("DELETE", gone, token=acme.key).status == 204
    key_id = f"key_{acme.key.split('_')[2]}"
    (here,) = world.log(acme, "&action=connection.edited")
    (there,) = world.log(continuum, "&action=connection.edited")
    assert (here["actor"]["type"], here["actor"]["api_key_id"]) == ("key", key_id)
    assert (there["actor"]["type"], there["actor"]["api_key_id"]) == ("key", None)
    assert there["actor"]["name"] == "An application"
    assert key_id not in str(there)


@pytest.mark.parametrize("by", ["repeating", "the clean-up"])
def test_more_connections_than_one_transaction_holds_are_told_too(
    real_world: World, by: str
) -> None:
    host = host_in(real_world)
    connect_many(real_world, host)
    organization = f"/organizations/{host.organizations['Alder']}"

    def told() -> int:
        entries = real_world.log(host, "&action=connection.edited")
        assert len({one["connection_id"] for one in entries}) == len(entries)
        return len(entries)

    with outage({"TransactWriteItems"}, after=2):
        assert delete(real_world, host, organization) == 503
    assert real_world.api("GET", organization, token=real_world.token(host)).status == 404
    assert told() == 40
    if by == "repeating":
        assert delete(real_world, host, organization) == 204
    else:
        assert run_cleanup()["done"] == {"removal": 1}
    assert told() == MANY
    assert not traces(real_world, host.organizations["Alder"])


def traces(world: World, entity_id: str) -> list[Any]:
    """Return what names a deleted thing, but for the log and the note that it was deleted."""
    return [
        item["pk"]
        for item in world.dump()
        if entity_id in str(item) and not {"LOG", "REMOVED"} & set(item["pk"]["S"].split("#"))
    ]
