"""A key that nobody uses is revoked after ninety days, ten days after that was announced."""

from typing import Any

import pytest

from tests.support.cleanup import run_cleanup
from tests.support.world import Company, World


@pytest.fixture
def acme(world: World) -> Company:
    return world.company("acme", {"administrator": "administrator"})


@pytest.fixture
def key(world: World, acme: Company) -> dict[str, Any]:
    body = {"name": "Documentation", "scopes": ["directory:read"]}
    return dict(world.api("POST", "/api-keys", body, token=world.token(acme)).json)


def shown(world: World, acme: Company, key: dict[str, Any]) -> dict[str, Any] | None:
    address = f"/api-keys/{key['api_key_id']}"
    reply = world.api("GET", address, token=world.token(acme))
    return dict(reply.json) if reply.status == 200 else None


def steps(world: World, acme: Company, key: dict[str, Any]) -> list[str]:
    """Return what the log has of the key, the oldest first."""
    token = world.token(acme)
    address = "/activities?category=key&from=2026-11-01T00:00:00Z"
    items = world.api("GET", address, token=token).json["items"]
    return [one["action"] for one in reversed(items) if one["resource"]["id"] == key["api_key_id"]]


def test_a_key_that_was_never_used_is_announced_and_revoked(
    world: World, acme: Company, key: dict[str, Any]
) -> None:
    world.clock.advance(days=79, hours=23)
    assert run_cleanup()["done"] == {}
    world.clock.advance(hours=2)
    for _ in range(3):
        run_cleanup()
    assert steps(world, acme, key) == ["key.created", "key.unused"]
    assert shown(world, acme, key) is not None
    world.clock.advance(days=9, hours=23)
    assert run_cleanup()["done"] == {}
    world.clock.advance(hours=1)
    for _ in range(3):
        run_cleanup()
    assert steps(world, acme, key) == ["key.created", "key.unused", "key.revoked"]
    assert world.api("GET", "/users", token=key["secret"]).status == 401
    assert shown(world, acme, key) is None
    entry = world.log(acme, "&action=key.revoked")[0]
    assert (entry["actor"]["type"], entry["reason"]) == ("system", "unused")


def mails(world: World, key: dict[str, Any]) -> list[tuple[str, str]]:
    """Return kind and recipient of what was sent about the key, the oldest first."""
    return [
        (mail.kind, mail.to)
        for mail in world.outbox.mails
        if mail.tags.get("about_id") == key["api_key_id"]
    ]


def test_every_active_administrator_gets_one_mail_before_and_one_after(world: World) -> None:
    people = {
        "administrator": "administrator",
        "ben": "administrator",
        "gone": "administrator",
        "manager": "manager",
    }
    acme = world.company("acme", people)
    token = world.token(acme)
    body = {"name": "Nightly <b>report</b>", "scopes": ["directory:read"]}
    key = world.api("POST", "/api-keys", body, token=token).json
    gone = f"/users/{acme.users['gone']}"
    assert world.api("PATCH", gone, {"status": "deactivated"}, token=token).status == 200
    told = {"administrator@acme.test", "ben@acme.test"}
    world.clock.advance(days=80)
    for _ in range(3):
        run_cleanup()
        world.clock.advance(minutes=5)
    assert sorted(mails(world, key)) == sorted(("key_unused", to) for to in told)
    mail = world.outbox.to("ben@acme.test", "key_unused")
    assert "Nightly" in mail.text
    assert "20 February 2027" in mail.text
    assert "Never" in mail.text
    world.clock.advance(days=10)
    for _ in range(3):
        run_cleanup()
        world.clock.advance(minutes=5)
    assert sorted(mails(world, key)[2:]) == sorted(("key_revoked", to) for to in told)
    assert key["secret"] not in str([mail.text for mail in world.outbox.mails])


def test_a_mail_that_ses_does_not_take_is_sent_by_a_later_sweep_once(
    world: World, acme: Company, key: dict[str, Any]
) -> None:
    world.outbox.is_down = True
    world.clock.advance(days=80)
    run_cleanup()
    assert steps(world, acme, key)[-1] == "key.unused"
    assert mails(world, key) == []
    world.outbox.is_down = False
    for _ in range(3):
        world.clock.advance(minutes=5)
        run_cleanup()
    assert mails(world, key) == [("key_unused", "administrator@acme.test")]


def test_a_key_of_an_account_that_nobody_runs_is_revoked_without_a_mail(world: World) -> None:
    lonely = world.company("lonely", {"editor": "editor"})
    world.clock.advance(days=80)
    run_cleanup()
    world.clock.advance(days=10)
    for _ in range(2):
        assert run_cleanup()["failed"] == 0
    assert world.outbox.mails == []
    assert world.api("GET", "/users", token=lonely.key).status == 401


def test_the_key_says_when_it_would_be_revoked(
    world: World, acme: Company, key: dict[str, Any]
) -> None:
    assert key["revoked_if_unused_at"].startswith("2027-02-20T10:00")
    world.clock.advance(days=3)
    world.api("GET", "/users", token=key["secret"])
    used = shown(world, acme, key)
    assert used is not None
    assert used["revoked_if_unused_at"].startswith("2027-02-23T10:00")


def test_a_use_begins_the_ninety_days_anew_even_after_the_notice(
    world: World, acme: Company, key: dict[str, Any]
) -> None:
    world.clock.advance(days=81)
    run_cleanup()
    world.clock.advance(days=8)
    assert world.api("GET", "/users", token=key["secret"]).status == 200
    world.clock.advance(days=3)
    run_cleanup()
    assert steps(world, acme, key) == ["key.created", "key.unused"]
    world.clock.advance(days=78)
    run_cleanup()
    assert steps(world, acme, key) == ["key.created", "key.unused", "key.unused"]
    world.clock.advance(days=11)
    run_cleanup()
    assert steps(world, acme, key)[-1] == "key.revoked"


def test_a_rotation_begins_the_ninety_days_anew_too(
    world: World, acme: Company, key: dict[str, Any]
) -> None:
    world.clock.advance(days=85)
    run_cleanup()
    address = f"/api-keys/{key['api_key_id']}/rotate"
    assert world.api("POST", address, token=world.token(acme)).status == 200
    world.clock.advance(days=79)
    run_cleanup()
    assert steps(world, acme, key) == ["key.created", "key.unused", "key.rotated"]


def test_a_clean_up_that_was_down_for_months_still_gives_ten_days_of_notice(
    world: World, acme: Company, key: dict[str, Any]
) -> None:
    world.clock.advance(days=200)
    run_cleanup()
    assert steps(world, acme, key) == ["key.created", "key.unused"]
    announced = shown(world, acme, key)
    assert announced is not None
    assert announced["revoked_if_unused_at"].startswith("2027-06-20T10:00")
    world.clock.advance(days=9, hours=23)
    run_cleanup()
    assert shown(world, acme, key) is not None
    world.clock.advance(hours=2)
    run_cleanup()
    assert shown(world, acme, key) is None


def test_the_sweep_reads_no_key_that_is_not_due(
    world: World, acme: Company, key: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[str] = []
    api_keys = type(world.ports.store.api_keys)
    get = api_keys.get

    def noting(self: Any, account_id: str, api_key_id: str) -> Any:
        read.append(api_key_id)
        return get(self, account_id, api_key_id)

    for _ in range(8):
        world.clock.advance(days=10, minutes=-1)
        world.api("GET", "/users", token=key["secret"])
    monkeypatch.setattr(api_keys, "get", noting)
    run_cleanup()
    assert read == []
    world.clock.advance(days=1)
    run_cleanup()
    assert sorted(read) == sorted({key["api_key_id"], *read})
    assert read.count(key["api_key_id"]) == 1, "used all the time, it is looked at every 80 days"
    run_cleanup()
    assert read.count(key["api_key_id"]) == 1


def test_what_is_noted_of_a_key_that_is_gone_is_dropped(
    world: World, acme: Company, key: dict[str, Any]
) -> None:
    """A request that read the key just before its end notes its use just after."""
    api_keys = world.ports.store.api_keys
    stored = api_keys.get(acme.account_id, key["api_key_id"])
    assert stored is not None
    world.api("DELETE", f"/api-keys/{key['api_key_id']}", token=world.token(acme))
    api_keys.touch(stored, stored.current, world.clock.now())
    world.clock.advance(days=81)
    run_cleanup()
    assert key["api_key_id"] not in str(
        [item["sk"]["S"] for item in world.dump() if "API_KEY" in item["pk"]["S"]]
    )
