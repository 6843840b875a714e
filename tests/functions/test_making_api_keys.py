"""Applications get keys from Administrators, over the API."""

from tests.support.world import World


def test_an_administrator_makes_a_key_that_works_within_its_scopes(world: World) -> None:
    acme = world.company("acme", organizations=["Alder"])
    wanted = {"name": "The ticket system", "scopes": ["authorize", "activities:write"]}
    made = world.api("POST", "/api-keys", wanted, token=world.token(acme))
    assert made.status == 201, made
    assert made.json["scopes"] == ["activities:write", "authorize"]

    key = made.json["secret"]
    question = {
        "subject": {"type": "user", "id": acme.users["administrator"]},
        "action": {"name": "view"},
        "resource": {"type": "organization", "id": acme.organizations["Alder"]},
    }
    assert world.api("POST", "/access/v1/evaluation", question, token=key).json["decision"] is True
    assert world.api("GET", "/users", token=key).status == 403

    address = f"/api-keys/{made.json['api_key_id']}"
    changed = world.api("PATCH", address, {"scopes": ["directory:read"]}, token=world.token(acme))
    assert changed.status == 200, changed
    assert "secret" not in changed.json
    assert world.api("GET", "/users", token=key).status == 200
    assert world.api("POST", "/access/v1/evaluation", question, token=key).status == 403


def test_a_scope_that_does_not_exist_is_refused_by_name(world: World) -> None:
    acme = world.company("acme")
    wanted = {"name": "Too curious", "scopes": ["everything"]}
    reply = world.api("POST", "/api-keys", wanted, token=world.token(acme))
    assert (reply.status, reply.slug) == (400, "malformed-request")
    assert reply.json["errors"][0]["pointer"] == "/scopes/0"
