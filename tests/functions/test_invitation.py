"""An invitation read through its link: inert, and as much as whoever holds it may know."""

import pytest

from tests.support.browser import Browser
from tests.support.world import Company, World

JSON = {"accept": "application/json"}
PUBLIC = {
    "state",
    "host_account",
    "guest_account",
    "invited_by",
    "message",
    "maximum_role",
    "organization_count",
    "all_organizations",
    "expires_at",
}
PREVIEW = PUBLIC | {"etag", "roles", "people", "organizations", "next_cursor"}


@pytest.fixture
def acme(world: World) -> Company:
    return world.company(
        "acme",
        {"administrator": "administrator"},
        organizations=["Alder", "Birch", "Cedar"],
        groups={"Level 1": ["Alder"]},
    )


@pytest.fixture
def continuum(world: World) -> Company:
    return world.company("continuum")


def offer(world: World, acme: Company, continuum: Company, **terms: object) -> str:
    """Invite; return the address of the link."""
    scope = {
        "all_organizations": False,
        "group_ids": [acme.groups["Level 1"]],
        "organization_ids": [acme.organizations["Birch"]],
    }
    invited = world.invite(acme, continuum, message="Welcome aboard", **{**scope, **terms})
    assert invited.status == 201, invited
    return f"/invitations/{world.outbox.to('administrator@continuum.test').token}"


def test_whoever_holds_the_link_reads_what_the_mail_says_and_no_more(
    world: World, acme: Company, continuum: Company
) -> None:
    link = offer(world, acme, continuum)
    shown = world.api("GET", link, headers=JSON)
    assert shown.status == 200, shown
    assert shown.headers["cache-control"] == "no-store"
    assert shown.headers["vary"] == "Accept, Authorization, Cookie"
    assert set(shown.json) == PUBLIC
    assert shown.json["state"] == "pending"
    assert shown.json["host_account"]["name"] == "Acme"
    assert shown.json["guest_account"]["subdomain"] == "continuum"
    assert shown.json["invited_by"]["name"] == "Administrator"
    assert shown.json["message"] == "Welcome aboard"
    assert shown.json["maximum_role"] == "editor"
    assert (shown.json["organization_count"], shown.json["all_organizations"]) == (2, False)
    for hidden in ("Alder", "Birch", "Creator", "Lite", *continuum.users.values()):
        assert hidden not in shown.text


def test_a_signed_in_administrator_of_the_guest_sees_people_roles_and_organizations(
    world: World, acme: Company, continuum: Company
) -> None:
    link = offer(world, acme, continuum, maximum_role="creator")
    shown = world.api("GET", link, headers=JSON, token=world.token(continuum)).json
    assert set(shown) == PREVIEW
    assert {one["own_role"]: one["effective_role"] for one in shown["roles"]} == {
        "administrator": "creator",
        "manager": "creator",
        "editor": "creator",
        "creator": "creator",
        "read_only": "read_only",
    }
    assert {one["name"]: one["effective_role"] for one in shown["people"]} == {
        "Administrator": "creator",
        "Manager": "creator",
        "Editor": "creator",
        "Creator": "creator",
        "Read only": "read_only",
    }
    assert [one["name"] for one in shown["organizations"]] == ["Alder", "Birch"]


def test_of_all_organizations_only_the_number_is_told_before_acceptance(
    world: World, acme: Company, continuum: Company
) -> None:
    link = offer(world, acme, continuum, all_organizations=True, group_ids=[], organization_ids=[])
    token = world.token(continuum)
    before = world.api("GET", link, headers=JSON, token=token).json
    assert (before["organization_count"], before["organizations"]) == (3, [])
    world.api("POST", f"{link}/accept", token=token)
    after = world.api("GET", link, headers=JSON, token=token).json
    assert [one["name"] for one in after["organizations"]] == ["Alder", "Birch", "Cedar"]


def test_nobody_else_signed_in_sees_more_than_somebody_signed_out(
    world: World, acme: Company, continuum: Company
) -> None:
    link = offer(world, acme, continuum)
    public = world.api("GET", link, headers=JSON).json
    third = world.company("third", {"administrator": "administrator"})
    for token in (
        world.token(acme),
        world.token(third),
        world.token(continuum, "manager"),
        world.token(continuum, "lite"),
        acme.key,
        continuum.key,
        "nonsense",
    ):
        assert world.api("GET", link, headers=JSON, token=token).json == public


def test_reading_changes_nothing_however_often_and_however(
    world: World, acme: Company, continuum: Company
) -> None:
    link = offer(world, acme, continuum)
    browser = Browser(world).sign_in(continuum)
    before = world.dump()
    for method in ("GET", "HEAD"):
        for headers in (JSON, {"accept": "text/html"}, {}, {"user-agent": "a link scanner"}):
            for cookies in ({}, browser.cookies):
                reply = world.api(method, link, headers=headers, cookies=cookies)
                assert reply.status == 200
                assert bool(reply.text) is (method == "GET")
    for token in (world.token(continuum), world.token(acme)):
        world.api("GET", link, token=token)
    assert world.dump() == before


@pytest.mark.parametrize("end", ["declined", "expired", "revoked", "left", "replaced"])
def test_what_is_over_names_no_organization_to_anybody(
    world: World, acme: Company, continuum: Company, end: str
) -> None:
    link = offer(world, acme, continuum)
    (connection,) = world.api("GET", "/connections", token=world.token(acme)).json["items"]
    one, incoming = (
        f"/{path}/{connection['connection_id']}" for path in ("connections", "incoming-connections")
    )
    if end == "left":
        world.api("POST", f"{incoming}/accept", token=world.token(continuum))
    address, by = {
        "declined": (f"{incoming}/decline", continuum),
        "left": (f"{incoming}/leave", continuum),
        "revoked": (f"{one}/revoke", acme),
        "replaced": (f"{one}/resend", acme),
    }.get(end, ("", acme))
    if end == "expired":
        world.clock.advance(days=8)
    else:
        assert world.api("POST", address, token=world.token(by)).status == 200
    added = f"/groups/{acme.groups['Level 1']}/organizations/{acme.organizations['Cedar']}"
    assert world.api("PUT", added, token=world.token(acme)).status == 204

    shown = world.api("GET", link, headers=JSON, token=world.token(continuum))
    assert shown.status == 200
    assert shown.json["state"] == {"left": "revoked"}.get(end, end)
    if end != "replaced":  # whose newest link shows the same offer
        assert "Cedar" not in shown.text
        assert shown.json["organizations"] == []
        assert shown.json["organization_count"] == 0


def test_an_unknown_link_is_not_found(world: World, acme: Company, continuum: Company) -> None:
    offer(world, acme, continuum)
    for token in ("a" * 52, "nonsense", "A" * 52, "%00", "a" * 2000):
        unknown = world.api("GET", f"/invitations/{token}", headers=JSON)
        assert (unknown.status, unknown.slug) == (404, "link-unknown"), token
        page = world.api("GET", f"/invitations/{token}", headers={"accept": "text/html"})
        assert page.status == 404
        assert page.headers["content-type"] == "text/html; charset=utf-8"


def test_no_answer_log_or_item_of_the_table_holds_a_link(
    world: World, acme: Company, continuum: Company
) -> None:
    link = offer(world, acme, continuum)
    token = link.rpartition("/")[2]
    body = {"reason": "Not now"}
    browser = Browser(world).sign_in(continuum)
    page = browser.get(link)
    seen = [
        world.api("GET", link, headers=JSON).text,
        world.api("POST", f"{link}/accept", token=world.token(acme)).text,
        world.api("POST", f"{link}/decline", body, token=world.token(continuum)).text,
        world.api("GET", "/connections", token=world.token(acme)).text,
        world.api("GET", "/activities", token=world.token(acme)).text,
        world.api("GET", "/activities", token=world.token(continuum)).text,
        str(world.dump()),
    ]
    assert not [text for text in seen if token in text]
    assert page.headers["referrer-policy"] == "same-origin"
    hosts_mails = [mail for mail in world.outbox.mails if mail.to.endswith("@acme.test")]
    assert not [mail for mail in hosts_mails if token in mail.text + mail.html]
