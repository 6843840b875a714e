"""A key gets a new secret while the old one still works, for as long as somebody chose."""

from typing import Any

import pytest

from tests.support.api import Reply
from tests.support.world import Company, World


@pytest.fixture
def acme(world: World) -> Company:
    return world.company("acme", organizations=["Alder"])


@pytest.fixture
def key(world: World, acme: Company) -> dict[str, Any]:
    body = {"name": "Documentation", "scopes": ["directory:read", "directory:write", "authorize"]}
    return dict(world.api("POST", "/api-keys", body, token=world.token(acme)).json)


def rotate(
    world: World, acme: Company, key: dict[str, Any], hours: int | None = None, **how: Any
) -> Reply:
    body = None if hours is None else {"grace_period_hours": hours}
    address = f"/api-keys/{key['api_key_id']}/rotate"
    return world.api("POST", address, body, token=world.token(acme), **how)


def works(world: World, acme: Company, secret: str) -> bool:
    """Ask with a secret, for the directory and for a decision: both agree."""
    listed = world.api("GET", "/users", token=secret).status
    question = {
        "subject": {"type": "user", "id": acme.users["editor"]},
        "action": {"name": "view"},
        "resource": {"type": "organization", "id": acme.organizations["Alder"]},
    }
    decided = world.api("POST", "/access/v1/evaluation", question, token=secret).status
    assert (listed, decided) in {(200, 200), (401, 401)}
    return listed == 200


def test_both_secrets_work_until_the_grace_period_is_over(
    world: World, acme: Company, key: dict[str, Any]
) -> None:
    made = rotate(world, acme, key)
    assert made.status == 200, made
    old, new = key["secret"], made.json["secret"]
    assert old.rsplit("_", 1)[0] == new.rsplit("_", 1)[0]
    assert [one["number"] for one in made.json["secrets"]] == [2, 1]
    assert made.json["secrets"][1]["ends_at"].startswith("2026-11-23T10:00")
    assert works(world, acme, old)
    assert works(world, acme, new)
    world.clock.advance(hours=23, minutes=59)
    assert works(world, acme, old)
    world.clock.advance(minutes=2)
    assert not works(world, acme, old)
    assert works(world, acme, new)
    shown = world.api("GET", f"/api-keys/{key['api_key_id']}", token=world.token(acme)).json
    assert [one["number"] for one in shown["secrets"]] == [2]


def test_a_secret_is_shown_once_and_only_its_hash_is_kept(
    world: World, acme: Company, key: dict[str, Any]
) -> None:
    once = {"idempotency-key": "rotate-once"}
    made = rotate(world, acme, key, 24, headers=once)
    again = rotate(world, acme, key, 24, headers=once)
    assert again.status == 200
    assert again.json == {**made.json, "secret": None}
    token = world.token(acme)
    shown = world.api("GET", f"/api-keys/{key['api_key_id']}", token=token)
    assert {**shown.json, "secret": made.json["secret"]} == made.json
    for secret in (key["secret"], made.json["secret"]):
        assert secret.rsplit("_", 1)[1] not in str(world.dump())
        assert secret not in world.api("GET", "/activities", token=token).text


def test_the_older_secret_can_be_ended_at_once(
    world: World, acme: Company, key: dict[str, Any]
) -> None:
    new = rotate(world, acme, key, 7 * 24).json["secret"]
    address = f"/api-keys/{key['api_key_id']}/older-secret"
    token = world.token(acme)
    assert works(world, acme, key["secret"])
    assert world.api("DELETE", address, token=token).status == 204
    assert not works(world, acme, key["secret"])
    assert works(world, acme, new)
    again = world.api("DELETE", address, token=token)
    assert (again.status, again.slug) == (409, "illegal-state-step")


def test_no_grace_at_all_ends_every_older_secret_in_the_same_instant(
    world: World, acme: Company, key: dict[str, Any]
) -> None:
    second = rotate(world, acme, key, 24).json["secret"]
    third = rotate(world, acme, key, 0).json["secret"]
    worked = [works(world, acme, one) for one in (key["secret"], second, third)]
    assert worked == [False, False, True]


def test_a_key_has_two_secrets_at_most(world: World, acme: Company, key: dict[str, Any]) -> None:
    rotate(world, acme, key, 24)
    before = world.dump()
    refused = rotate(world, acme, key, 24)
    assert (refused.status, refused.slug) == (409, "illegal-state-step")
    assert "until 2026-11-23 10:00 UTC" in refused.json["detail"]
    assert world.dump() == before
    world.clock.advance(hours=25)
    assert rotate(world, acme, key, 24).status == 200


@pytest.mark.parametrize("hours", [-1, 169, 1.5, "24", None])
def test_the_grace_period_is_whole_hours_up_to_a_week(
    world: World, acme: Company, key: dict[str, Any], hours: object
) -> None:
    before = world.dump()
    address = f"/api-keys/{key['api_key_id']}/rotate"
    body = {"grace_period_hours": hours}
    refused = world.api("POST", address, body, token=world.token(acme))
    assert refused.status == 400
    assert refused.json["errors"][0]["pointer"] == "/grace_period_hours"
    assert world.dump() == before
    assert rotate(world, acme, key, 168).status == 200


def test_a_rotation_of_what_was_read_before_somebody_changed_it_is_refused(
    world: World, acme: Company, key: dict[str, Any]
) -> None:
    rotate(world, acme, key, 1, headers={"if-match": key["etag"]})
    for method, step in (("POST", "rotate"), ("DELETE", "older-secret")):
        address = f"/api-keys/{key['api_key_id']}/{step}"
        stale = {"if-match": key["etag"]}
        reply = world.api(method, address, token=world.token(acme), headers=stale)
        assert (reply.status, reply.slug) == (412, "etag-stale")


def test_only_administrators_rotate_and_only_keys_of_their_account(
    world: World, acme: Company, key: dict[str, Any]
) -> None:
    other = world.company("other", {"administrator": "administrator"})
    before = world.dump()
    for method, step in (("POST", "rotate"), ("DELETE", "older-secret")):
        address = f"/api-keys/{key['api_key_id']}/{step}"
        assert world.api(method, address, token=world.token(acme, "manager")).status == 403
        assert world.api(method, address, token=key["secret"]).status == 403
        assert world.api(method, address, token=world.token(other)).status == 404
    assert [item for item in world.dump() if "API_KEY_USE" not in item["pk"]["S"]] == [
        item for item in before if "API_KEY_USE" not in item["pk"]["S"]
    ]


def test_the_page_and_the_log_say_which_secret_was_used_and_never_what_it_is(
    world: World, acme: Company, key: dict[str, Any]
) -> None:
    """So that somebody can tell that every server has the new one before ending the older."""
    made = rotate(world, acme, key, 24).json
    token, address = world.token(acme), f"/api-keys/{key['api_key_id']}"
    shown: dict[str, Any] = {}
    for secret, number in ((made["secret"], 2), (key["secret"], 1)):
        world.clock.advance(minutes=1)
        body = {"email": f"made-by-{number}@acme.test", "name": "Made", "role": "editor"}
        assert world.api("POST", "/users", body, token=secret).status == 201
        shown = world.api("GET", address, token=token).json
        assert shown["last_used_secret"] == number
        entry = world.log(acme, "&action=user.created")[0]
        assert entry["actor"]["api_key_secret"] == number
    assert [one["last_used_at"] is not None for one in shown["secrets"]] == [True, True]
    world.api("DELETE", f"{address}/older-secret", token=token)
    ended, rotated = world.log(acme, "&category=key")[:2]
    assert (ended["action"], rotated["action"]) == ("key.older_secret_ended", "key.rotated")
    assert ended["changes"]["last_used_secret"] == [1, 1]
    assert rotated["changes"]["secret"] == [1, 2]
    assert [ended["actor"][name] for name in ("type", "api_key_secret")] == ["user", None]
