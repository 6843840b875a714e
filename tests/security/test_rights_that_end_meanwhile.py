"""Whoever loses a right while a write is under way does not get it done any more."""

from typing import Any

import pytest

from tests.support.api import Reply
from tests.support.meanwhile import just_before
from tests.support.world import Company, World


@pytest.fixture
def host(world: World) -> Company:
    return world.company(
        "acme",
        {"administrator": "administrator", "other": "administrator", "mia": "manager"},
        organizations=["Alder", "Birch"],
        groups={"Level 1": ["Alder"], "Level 2": ["Birch"]},
        members={"Level 1": ["mia"], "Level 2": ["mia"]},
    )


def patch(world: World, host: Company, name: str, **fields: Any) -> Reply:
    """Let an Administrator change a user."""
    reply = world.api("PATCH", f"/users/{host.users[name]}", fields, token=world.token(host))
    assert reply.status == 200, reply
    return reply


def test_a_manager_who_is_deactivated_meanwhile_writes_nothing(
    world: World, host: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = world.token(host, "mia")
    for method, address, body in (
        ("POST", "/users", {"email": "new@acme.test", "name": "New", "role": "manager"}),
        ("POST", "/groups", {"name": "Level 3"}),
        (
            "PUT",
            f"/groups/{host.groups['Level 1']}/organizations/{host.organizations['Birch']}",
            {},
        ),
        ("PATCH", f"/users/{host.users['mia']}", {"name": "Mia Two"}),
    ):
        with monkeypatch.context() as patched:
            just_before(
                patched,
                world.ports.store,
                "commit",
                lambda: patch(world, host, "mia", status="deactivated"),
            )
            refused = world.api(method, address, body, token=token)
        assert refused.status in {401, 403, 409}, refused
        patch(world, host, "mia", status="active")
    names = [
        one["name"] for one in world.api("GET", "/users", token=world.token(host)).json["items"]
    ]
    assert not {"New", "Mia Two"} & set(names)
    assert len(world.api("GET", "/groups", token=world.token(host)).json["items"]) == 2


def test_an_administrator_who_is_demoted_meanwhile_does_not_promote_themselves_again(
    world: World, host: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = world.token(host, "other")
    # The first reading says who calls, the second whom the request changes.
    just_before(
        monkeypatch,
        world.ports.store.users,
        "get",
        lambda: patch(world, host, "other", role="read_only"),
        call=2,
    )
    refused = world.api(
        "PATCH", f"/users/{host.users['other']}", {"role": "administrator"}, token=token
    )
    assert refused.status == 409, refused
    now = world.api("GET", f"/users/{host.users['other']}", token=world.token(host)).json
    assert now["role"] == "read_only"


def test_an_administrator_who_is_demoted_meanwhile_sets_and_removes_no_rule(
    world: World, host: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    guest = world.company("continuum", {"administrator": "administrator"})
    connection = world.connect(host, guest)
    rule = f"/connections/{connection['connection_id']}/rules/{guest.users['administrator']}"
    token = world.token(host, "other")
    denial = {"denied_resource_types": {"password": [host.groups["Level 1"]]}}
    for method, address, body in (
        ("PUT", rule, {"denied": True}),
        ("PATCH", "/account", denial),
        ("DELETE", rule, None),
    ):
        if method == "DELETE":
            made = world.api("PUT", rule, {"denied": True}, token=world.token(host))
            assert made.status == 200
        with monkeypatch.context() as patched:
            just_before(
                patched,
                world.ports.store,
                "commit",
                lambda: patch(world, host, "other", role="read_only"),
            )
            refused = world.api(method, address, body, token=token)
        assert refused.status == 403, refused
        patch(world, host, "other", role="administrator")
    assert world.api("GET", rule, token=world.token(host)).json["denied"] is True
    account = world.api("GET", "/account", token=world.token(host)).json
    assert account["denied_resource_types"] == {}


@pytest.mark.parametrize("by", ["link", "id"])
@pytest.mark.parametrize("step", ["accept", "decline"])
def test_an_administrator_who_is_deleted_meanwhile_answers_nothing(
    world: World, host: Company, monkeypatch: pytest.MonkeyPatch, by: str, step: str
) -> None:
    guest = world.company("continuum", {"nora": "administrator", "omar": "administrator"})
    connection_id = world.invite(host, guest).json["connection_id"]
    link = world.outbox.to("omar@continuum.test").token
    address = f"/invitations/{link}" if by == "link" else f"/incoming-connections/{connection_id}"
    # The first reading says who calls, the second whether they may answer.
    just_before(
        monkeypatch,
        world.ports.store.users,
        "get",
        lambda: world.api(
            "DELETE", f"/users/{guest.users['omar']}", token=world.token(guest, "nora")
        ),
        call=2,
    )
    refused = world.api("POST", f"{address}/{step}", token=world.token(guest, "omar"))
    assert refused.status == 401, refused
    found = world.api("GET", f"/connections/{connection_id}", token=world.token(host)).json
    assert found["state"] == "pending"


def test_an_api_key_that_is_revoked_meanwhile_writes_nothing(
    world: World, host: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    keys = world.api("GET", "/api-keys", token=world.token(host)).json["items"]

    def revoke() -> None:
        gone = world.api("DELETE", f"/api-keys/{keys[0]['api_key_id']}", token=world.token(host))
        assert gone.status == 204, gone

    just_before(monkeypatch, world.ports.store, "commit", revoke)
    new = {"email": "new@acme.test", "name": "New", "role": "manager", "all_organizations": True}
    refused = world.api("POST", "/users", new, token=host.key)
    assert refused.status == 403, refused
    assert len(world.api("GET", "/users", token=world.token(host)).json["items"]) == 3


@pytest.mark.parametrize("as_key", [True, False])
def test_no_one_below_administrator_widens_a_group_that_a_connection_gets_meanwhile(
    world: World, host: Company, monkeypatch: pytest.MonkeyPatch, *, as_key: bool
) -> None:
    guest = world.company("continuum")
    group, birch = host.groups["Level 1"], host.organizations["Birch"]
    just_before(
        monkeypatch,
        world.ports.store,
        "commit",
        lambda: world.connect(host, guest, all_organizations=False, group_ids=[group]),
    )
    token = host.key if as_key else world.token(host, "mia")
    refused = world.api("PUT", f"/groups/{group}/organizations/{birch}", token=token)
    assert refused.status == 403, refused
    assert not world.may(host, guest.users["editor"], "view", birch)


def test_no_one_below_administrator_widens_a_group_of_an_invitation_sent_again_meanwhile(
    world: World, host: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    guest = world.company("continuum")
    group, birch = host.groups["Level 1"], host.organizations["Birch"]
    invited = world.invite(
        host, guest, all_organizations=False, group_ids=[group], invitation_expires_in_days=1
    ).json
    world.clock.advance(days=2)
    token = world.token(host, "mia")
    resend = f"/connections/{invited['connection_id']}/resend"
    just_before(
        monkeypatch,
        world.ports.store,
        "commit",
        lambda: world.api("POST", resend, token=world.token(host)),
    )
    refused = world.api("PUT", f"/groups/{group}/organizations/{birch}", token=token)
    assert refused.status == 403, refused
