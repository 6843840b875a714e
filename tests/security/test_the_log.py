"""The log cannot be forged or emptied by those who write to it."""

from typing import Any

from tests.support.world import Company, World


def report(world: World, host: Company, **fields: Any) -> dict[str, Any]:
    activity = {
        "user_id": host.users["editor"],
        "action": "view",
        "organization_id": host.organizations["Alder"],
        "resource": {"type": "password"},
        **fields,
    }
    reply = world.api("POST", "/activities", activity, token=host.key)
    assert reply.status == 201, reply
    return dict(reply.json["items"][0])


def test_a_reported_activity_never_takes_the_place_of_an_entry_of_the_log(world: World) -> None:
    host = world.company("acme", organizations=["Alder"])
    guest = world.company("continuum")
    world.connect(host, guest)
    entry = next(one for one in world.log(host) if one["action"] == "connection.accepted")

    forged = report(world, host, activity_id=entry["activity_id"], time=entry["time"])

    assert (forged["status"], forged["reason"]) == ("refused", "activity_id_malformed")
    assert entry in world.log(host)
