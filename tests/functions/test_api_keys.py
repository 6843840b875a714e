"""API keys: shown once, within scopes, gone at once; and the account they belong to."""

from typing import Any

import pytest

from tests.support.world import Company, World

SCOPES = {
    "authorize": [("POST", "/access/v1/evaluation"), ("POST", "/access/v1/evaluations")],
    "activities:write": [("POST", "/activities")],
    "activities:read": [("GET", "/activities")],
    "directory:read": [("GET", "/users"), ("GET", "/groups"), ("GET", "/organizations")],
    "directory:write": [("POST", "/users"), ("POST", "/groups"), ("POST", "/organizations")],
    "connections:read": [("GET", "/connections")],
    "authorize:dry_run": [],
    "scim": [],
}


@pytest.fixture
def acme(world: World) -> Company:
    return world.company("acme", organizations=["Alder"], groups={"Level 1": ["Alder"]})


def make(world: World, acme: Company, *scopes: str) -> dict[str, Any]:
    body = {"name": "Documentation", "scopes": list(scopes)}
    reply = world.api("POST", "/api-keys", body, token=world.token(acme))
    assert reply.status == 201, reply
    return dict(reply.json)


def test_a_key_is_as_the_contract_shows_it_and_its_secret_is_shown_once(
    world: World, acme: Company
) -> None:
    made = make(world, acme, "authorize", "activities:write")
    secret = made.pop("secret")
    assert secret.startswith("gh_")
    assert set(made) == {
        *("api_key_id", "name", "scopes", "created_at", "etag", "secrets"),
        *("last_used_at", "last_used_secret", "revoked_if_unused_at"),
    }
    assert made["scopes"] == ["activities:write", "authorize"]
    assert made["last_used_at"] is None
    token = world.token(acme)
    shown = world.api("GET", f"/api-keys/{made['api_key_id']}", token=token)
    assert shown.json == made
    assert made in world.api("GET", "/api-keys", token=token).json["items"]
    assert secret.rsplit("_", 1)[1] not in str(world.dump())
    assert secret not in world.api("GET", "/activities", token=token).text


def test_a_key_does_what_its_scopes_say_and_nothing_else(world: World, acme: Company) -> None:
    for scope in SCOPES:
        key = make(world, acme, scope)["secret"]
        for other, calls in SCOPES.items():
            for method, address in calls:
                reply = world.api(method, address, {} if method == "POST" else None, token=key)
                assert (reply.status == 403) is (other != scope), (scope, method, address)
                assert reply.status != 401


def test_no_key_invites_answers_edits_or_opens_the_account_area(
    world: World, acme: Company
) -> None:
    continuum = world.company("continuum", {"administrator": "administrator"})
    connection = world.connect(acme, continuum)
    one = f"/connections/{connection['connection_id']}"
    incoming = f"/incoming-connections/{connection['connection_id']}"
    world.api("GET", "/connections", token=acme.key)
    before = world.dump()
    for method, address in (
        ("POST", "/connections"),
        ("POST", f"{one}/resend"),
        ("POST", f"{one}/revoke"),
        ("GET", f"{one}/grant"),
        ("PUT", f"{one}/grant"),
        ("GET", "/incoming-connections"),
        ("GET", incoming),
        ("POST", f"{incoming}/accept"),
        ("POST", f"{incoming}/leave"),
        ("GET", f"{incoming}/activities"),
        ("GET", "/api-keys"),
        ("POST", "/api-keys"),
        ("GET", "/account"),
        ("PATCH", "/account"),
        ("GET", "/me"),
        ("GET", f"/accessible-accounts/{acme.account_id}/organizations"),
        ("DELETE", f"/users/{acme.users['editor']}"),
        ("DELETE", f"/groups/{acme.groups['Level 1']}"),
    ):
        body: object = {} if method in {"POST", "PUT", "PATCH"} else None
        assert world.api(method, address, body, token=acme.key).status == 403, (method, address)
    assert world.dump() == before


def test_a_key_writes_the_directory_up_to_manager(world: World, acme: Company) -> None:
    key = make(world, acme, "directory:write")["secret"]
    for role, status in (("manager", 201), ("administrator", 403)):
        body = {"email": f"new-{role}@acme.test", "name": "New", "role": role}
        assert world.api("POST", "/users", body, token=key).status == status
    administrator = f"/users/{acme.users['administrator']}"
    assert world.api("PATCH", administrator, {"name": "Nobody"}, token=key).status == 403
    editor = f"/users/{acme.users['editor']}"
    assert world.api("PATCH", editor, {"role": "administrator"}, token=key).status == 403
    assert world.api("PATCH", editor, {"role": "manager"}, token=key).status == 200
    (entry,) = world.log(acme, "&action=user.changed")
    assert entry["actor"]["type"] == "key"
    assert entry["actor"]["name"] == "Documentation"
    assert entry["actor"]["user_id"] is None


def test_a_key_is_revoked_and_rescoped_from_its_next_use_on(world: World, acme: Company) -> None:
    made = make(world, acme, "directory:read")
    token, address = world.token(acme), f"/api-keys/{made['api_key_id']}"
    assert world.api("GET", "/users", token=made["secret"]).status == 200
    changed = world.api("PATCH", address, {"scopes": ["activities:read"]}, token=token)
    assert (changed.status, changed.json["scopes"]) == (200, ["activities:read"])
    assert world.api("GET", "/users", token=made["secret"]).status == 403
    stale = world.api("DELETE", address, token=token, headers={"if-match": made["etag"]})
    assert stale.status == 412
    assert world.api("DELETE", address, token=token).status == 204
    assert world.api("GET", "/activities", token=made["secret"]).status == 401
    assert world.api("GET", address, token=token).status == 404
    steps = [entry["action"] for entry in world.log(acme, "&category=key")]
    assert steps == ["key.revoked", "key.changed", "key.created"]


def test_when_a_key_was_last_used_is_shown_to_the_hour(world: World, acme: Company) -> None:
    made = make(world, acme, "directory:read")
    address = f"/api-keys/{made['api_key_id']}"

    def last_used() -> str:
        shown = world.api("GET", address, token=world.token(acme)).json
        return str(shown["last_used_at"])[:16]

    world.api("GET", "/users", token=made["secret"])
    assert last_used() == "2026-11-22T10:00"
    world.clock.advance(minutes=30)
    world.api("GET", "/users", token=made["secret"])
    assert last_used() == "2026-11-22T10:00"
    world.clock.advance(minutes=31)
    world.api("GET", "/users", token=made["secret"])
    assert last_used() == "2026-11-22T11:01"


def test_a_wrong_key_is_no_key(world: World, acme: Company) -> None:
    other = world.company("other", {"administrator": "administrator"})
    account, key, secret = acme.key.removeprefix("gh_").split("_")
    foreign = other.key.removeprefix("gh_").split("_")
    before = world.dump()
    for wrong in (
        f"gh_{account}_{key}_{'a' * 52}",
        f"gh_{account}_{key}_{secret[:-1]}",
        f"gh_{foreign[0]}_{key}_{secret}",
        f"gh_{account}_{foreign[1]}_{secret}",
        f"gh_{account}_{key}_{foreign[2]}",
        f"gh_{account}_{key}",
        "gh_",
        acme.key.upper(),
    ):
        for method, address in (("GET", "/users"), ("POST", "/access/v1/evaluation")):
            refused = world.api(method, address, {} if method == "POST" else None, token=wrong)
            assert (refused.status, refused.slug) == (401, "unauthenticated"), wrong
            assert refused.headers["www-authenticate"].startswith("Bearer")
    assert world.dump() == before


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"name": "A", "scopes": []}, 400),
        ({"name": "A", "scopes": ["everything"]}, 400),
        ({"name": "", "scopes": ["authorize"]}, 400),
        ({"name": "A"}, 422),
        ({"name": "A", "scopes": ["authorize"], "secret": "mine"}, 400),
    ],
)
def test_a_key_has_a_name_and_scopes_that_exist(
    world: World, acme: Company, body: dict[str, object], status: int
) -> None:
    before = world.dump()
    assert world.api("POST", "/api-keys", body, token=world.token(acme)).status == status
    assert world.dump() == before


def test_managers_never_see_keys(world: World, acme: Company) -> None:
    made = make(world, acme, "authorize")
    token = world.token(acme, "manager")
    for method, address in (
        ("GET", "/api-keys"),
        ("GET", f"/api-keys/{made['api_key_id']}"),
        ("POST", "/api-keys"),
        ("PATCH", f"/api-keys/{made['api_key_id']}"),
        ("DELETE", f"/api-keys/{made['api_key_id']}"),
    ):
        body: object = {} if method in {"POST", "PATCH"} else None
        assert world.api(method, address, body, token=token).status == 403


def test_the_account_is_changed_but_for_subdomain_and_region(world: World, acme: Company) -> None:
    token = world.token(acme)
    old = world.api("GET", "/account", token=token)
    assert old.json["subdomain"] == "acme"
    assert (old.json["region"], old.json["invitation_expires_in_days"]) == ("na", 7)
    change = {"name": "Acme MSP", "invitation_expires_in_days": 14}
    new = world.api("PATCH", "/account", change, token=token)
    assert new.json == {**old.json, **change, "etag": new.json["etag"]}
    for fixed in ({"subdomain": "other"}, {"region": "eu"}, {"invitation_expires_in_days": 31}):
        assert world.api("PATCH", "/account", fixed, token=token).status == 400
    stale = {"if-match": old.json["etag"]}
    assert world.api("PATCH", "/account", change, token=token, headers=stale).status == 412
    (entry,) = world.log(acme, "&action=account.changed")
    assert entry["changes"]["name"] == ["Acme", "Acme MSP"]
