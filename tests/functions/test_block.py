"""A guest that has enough of a host: it takes no more of its invitations."""

from dataclasses import replace

from tests.support.api import Reply
from tests.support.world import Company, World


def companies(world: World) -> tuple[Company, Company]:
    host = world.company("acme", {"administrator": "administrator"}, organizations=["Alder"])
    guest = world.company("continuum", {"administrator": "administrator", "max": "manager"})
    return host, guest


def as_guest(
    world: World, guest: Company, method: str, host: Company | None = None, **more: object
) -> Reply:
    address = f"/blocked-hosts/{host.account_id}" if host else "/blocked-hosts"
    return world.api(method, address, token=world.token(guest), **more)  # type: ignore[arg-type]


def test_a_blocked_host_cannot_invite_until_it_is_unblocked(world: World) -> None:
    host, guest = companies(world)
    first = world.invite(host, guest).json["connection_id"]
    world.api("POST", f"/connections/{first}/revoke", token=world.token(host))
    sent = len(world.outbox.mails)
    blocked = as_guest(world, guest, "PUT", host)
    assert blocked.status == 200
    assert blocked.json["host_account"]["subdomain"] == "acme"
    assert blocked.json["blocked_by"] == {
        "user_id": guest.users["administrator"],
        "name": "Administrator",
    }
    refused = world.invite(host, guest)
    assert (refused.status, refused.slug) == (422, "refused")
    assert [error["pointer"] for error in refused.json["errors"]] == ["/guest_subdomain"]
    assert "takes no invitations from your account" in refused.json["detail"]
    assert len(world.outbox.mails) == sent
    assert as_guest(world, guest, "DELETE", host).status == 204
    assert world.invite(host, guest).status == 201


def test_an_invitation_is_not_sent_again_by_a_blocked_host_and_can_still_be_accepted(
    world: World,
) -> None:
    host, guest = companies(world)
    connection = world.invite(host, guest).json["connection_id"]
    assert as_guest(world, guest, "PUT", host).status == 200
    sent = len(world.outbox.mails)
    resent = world.api("POST", f"/connections/{connection}/resend", token=world.token(host))
    assert (resent.status, resent.slug) == (422, "refused")
    assert len(world.outbox.mails) == sent
    accepted = world.api(
        "POST",
        f"/incoming-connections/{connection}/accept",
        token=world.token(guest),
    )
    assert accepted.json["state"] == "active"


def test_other_hosts_are_not_blocked_with_it(world: World) -> None:
    host, guest = companies(world)
    other = world.company("other", {"administrator": "administrator"}, organizations=["Oak"])
    world.invite(host, guest)
    assert as_guest(world, guest, "PUT", host).status == 200
    assert world.invite(other, guest).status == 201
    assert world.invite(host, other).status == 201


def test_blocking_twice_and_lifting_twice_change_nothing_more(world: World) -> None:
    host, guest = companies(world)
    world.invite(host, guest)
    first = as_guest(world, guest, "PUT", host).json
    world.clock.advance(seconds=60)
    assert as_guest(world, guest, "PUT", host).json == first
    assert as_guest(world, guest, "DELETE", host).status == 204
    assert as_guest(world, guest, "DELETE", host).status == 404
    listed = world.api("GET", "/activities", token=world.token(guest)).json["items"]
    actions = [entry["action"] for entry in listed if entry["action"].startswith("host.")]
    assert actions == ["host.unblocked", "host.blocked"]
    about = next(entry for entry in listed if entry["action"] == "host.blocked")["resource"]
    assert about == {"type": "account", "id": host.account_id, "name": "Acme"}


def test_the_host_reads_nothing_of_it_in_its_log(world: World) -> None:
    host, guest = companies(world)
    world.invite(host, guest)
    as_guest(world, guest, "PUT", host)
    told = world.api("GET", "/activities", token=world.token(host)).text
    assert "blocked" not in told


def test_a_company_that_never_invited_is_not_there_to_be_blocked(world: World) -> None:
    _, guest = companies(world)
    stranger = world.company("other", {"administrator": "administrator"})
    known = as_guest(world, guest, "PUT", stranger)
    nobody = replace(stranger, account_id="acc_0000000000000000")
    unknown = as_guest(world, guest, "PUT", nobody)
    assert (known.status, known.slug) == (unknown.status, unknown.slug) == (404, "not-found")


def test_administrators_of_the_guest_block_and_nobody_else(world: World) -> None:
    host, guest = companies(world)
    world.invite(host, guest)
    for method, address in (
        ("GET", "/blocked-hosts"),
        ("PUT", f"/blocked-hosts/{host.account_id}"),
        ("DELETE", f"/blocked-hosts/{host.account_id}"),
    ):
        assert world.api(method, address, token=world.token(guest, "max")).status == 403
        assert world.api(method, address, token=guest.key).status == 403
        assert world.api(method, address).status == 401


def test_blocked_hosts_are_listed_page_by_page(world: World) -> None:
    host, guest = companies(world)
    other = world.company("other", {"administrator": "administrator"}, organizations=["Oak"])
    for one in (host, other):
        world.invite(one, guest)
        as_guest(world, guest, "PUT", one)
    seen: list[str] = []
    cursor: str | None = ""
    while cursor is not None:
        page = world.api(
            "GET", f"/blocked-hosts?limit=1&cursor={cursor}", token=world.token(guest)
        ).json
        seen += [item["host_account"]["account_id"] for item in page["items"]]
        cursor = page["next_cursor"]
    assert sorted(seen) == sorted([host.account_id, other.account_id])
