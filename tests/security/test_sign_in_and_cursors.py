"""Sign-ins are on the record and bind nobody else's address; cursors tell their holder nothing."""

import base64

from tests.support.browser import Browser
from tests.support.world import World


def test_the_log_has_the_binding_of_an_identity_and_both_ends_of_a_session(world: World) -> None:
    host = world.company("acme")
    new = {"email": "zoe@acme.test", "name": "Zoe", "role": "manager", "all_organizations": True}
    assert world.api("POST", "/users", new, token=world.token(host)).status == 201
    browser = Browser(world)
    asked = browser.come_back(browser.begin(), "zoe@acme.test")
    browser.submit(asked, "/sign-in/continue")
    browser.submit(browser.get("/"), "/sign-out")
    browser.post("/sign-out", {})  # a session that is over ends once

    entries = world.log(host, "&category=session")
    assert [one["action"] for one in entries] == [
        "session.ended",
        "session.started",
        "session.bound",
    ]
    assert {one["actor"]["name"] for one in entries} == {"Zoe"}
    assert {one["ip_address"] for one in entries} == {"192.0.2.7"}


def test_the_log_says_what_a_new_user_may_reach(world: World) -> None:
    host = world.company("acme", organizations=["Alder"])
    new = {"email": "zoe@acme.test", "name": "Zoe", "role": "editor", "all_organizations": True}
    world.api("POST", "/users", new, token=world.token(host))
    (entry,) = world.log(host, "&action=user.created")[:1]
    assert entry["changes"] == {
        "role": [None, "editor"],
        "invited": [None, True],
        "all_organizations": [None, True],
    }


def test_an_address_that_only_looks_alike_in_small_letters_is_not_the_same(world: World) -> None:
    host = world.company("acme")
    new = {"email": "kate@acme.test", "name": "Kate", "role": "administrator"}
    assert world.api("POST", "/users", new, token=world.token(host)).status == 201
    browser = Browser(world)
    kelvin = "\N{KELVIN SIGN}ate@acme.test"
    reply = browser.come_back(browser.begin(), "mallory@acme.test", email=kelvin, sub="mallory")
    assert reply.status == 403, reply
    assert "Kate" not in reply.text


def test_a_cursor_does_not_name_the_entry_of_a_host_at_which_the_search_stopped(
    world: World,
) -> None:
    host = world.company("acme", organizations=["Alder"])
    guest = world.company("continuum")
    connection = world.connect(host, guest)
    address = f"/accessible-accounts/{host.account_id}/organizations"
    for _ in range(2):
        world.api("GET", address, token=world.token(guest))
    world.api("POST", "/groups", {"name": "Ours"}, token=world.token(host))
    page = world.api(
        "GET",
        f"/incoming-connections/{connection['connection_id']}/activities?limit=1",
        token=world.token(guest),
    ).json
    cursor = page["next_cursor"]
    raw = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
    assert b"act_" not in raw
    assert b"2026" not in raw
