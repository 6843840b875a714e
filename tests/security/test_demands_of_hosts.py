"""What a host demands of guests cannot be walked around."""

from typing import Any

import pytest

from tests.support.api import USUAL_IP
from tests.support.world import World


@pytest.mark.parametrize(
    ("demands", "reason"),
    [
        ({"ip_allow_list": ["198.51.100.7"]}, "network_not_allowed"),
        ({"require_mfa": True}, "mfa_required"),
        ({"ip_allow_list": ["192.0.2.0/24"]}, None),
        ({}, None),
    ],
)
def test_a_guest_lists_the_organizations_of_a_host_only_as_the_host_demands(
    world: World, demands: dict[str, Any], reason: str | None
) -> None:
    host = world.company("acme", organizations=["Alder"])
    guest = world.company("continuum")
    world.connect(host, guest)
    inside = "198.51.100.7" if reason == "network_not_allowed" else USUAL_IP
    token = world.token(host, amr=["mfa"])
    saved = world.api("PATCH", "/account", demands, token=token, ip=inside)
    assert saved.status == 200, saved

    address = f"/accessible-accounts/{host.account_id}/organizations"
    reply = world.api("GET", address, token=world.token(guest, "editor"))

    assert reply.status == (403 if reason else 200), reply
    assert ("Alder" in reply.text) is (reason is None)
    log = world.api("GET", "/activities", token=token, ip=inside).json
    entry = log["items"][0]
    assert (entry["action"], entry["reason"]) == ("organizations.listed", reason)
