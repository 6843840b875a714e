"""Connections of one state: each once and newest first, wherever the pages end."""

from typing import Any

import pytest

from tests.support.world import Company, World

STATES = ["revoked", "active", "declined", "pending", "active", "revoked", "active", "pending"]
"""What becomes of each connection, in the order in which they were made."""


def answer(world: World, connection_id: str, state: str, host: Company, guest: Company) -> None:
    steps = {
        "revoked": (f"/connections/{connection_id}/revoke", host),
        "declined": (f"/incoming-connections/{connection_id}/decline", guest),
        "active": (f"/incoming-connections/{connection_id}/accept", guest),
    }
    if state in steps:
        address, who = steps[state]
        assert world.api("POST", address, token=world.token(who)).status == 200


def walk(world: World, who: Company, address: str, query: str, limit: int) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    cursor = ""
    while True:
        page = world.api(
            "GET", f"{address}?limit={limit}{query}{cursor}", token=world.token(who)
        ).json
        assert len(page["items"]) <= limit
        found += page["items"]
        if page["next_cursor"] is None:
            return found
        assert len(page["items"]) == limit, "only the last page is short"
        cursor = f"&cursor={page['next_cursor']}"


@pytest.mark.parametrize("side", ["host", "guest"])
def test_a_list_of_one_state_has_each_connection_once_and_newest_first(
    real_world: World, side: str
) -> None:
    world, people = real_world, {"administrator": "administrator"}
    one = world.company("one", people)
    made: list[tuple[str, str]] = []
    for number, state in enumerate(STATES):
        other = world.company(f"other-{number}", people)
        host, guest = (one, other) if side == "host" else (other, one)
        invited = world.invite(host, guest)
        assert invited.status == 201, invited
        answer(world, invited.json["connection_id"], state, host, guest)
        made.insert(0, (invited.json["connection_id"], state))
    address = "/connections" if side == "host" else "/incoming-connections"
    for limit in (1, 2, 3, 50):
        everything = walk(world, one, address, "", limit)
        assert [(c["connection_id"], c["state"]) for c in everything] == made
        for state in ("pending", "active", "declined", "revoked", "expired"):
            listed = walk(world, one, address, f"&state={state}", limit)
            expected = [connection_id for connection_id, is_ in made if is_ == state]
            assert [c["connection_id"] for c in listed] == expected, (limit, state)
