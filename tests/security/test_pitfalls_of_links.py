"""Pitfalls of delegation by invitation that lie in the link: docs/threat-model.md names each test."""

import base64
import json
import re

import pytest

from gatehouse.domain.secrets import hash_of
from tests.support.api import Reply, template
from tests.support.browser import Browser
from tests.support.world import Company, World

JSON = {"accept": "application/json"}
STEPS = ("accept", "decline")


@pytest.fixture
def connection_id(world: World, acme: Company, continuum: Company) -> str:
    return str(invite(world, acme).json["connection_id"])


def invite(world: World, acme: Company, **headers: str) -> Reply:
    body = {"guest_subdomain": "continuum", "maximum_role": "editor", "all_organizations": True}
    token = world.token(acme, "ada")
    invited = world.api("POST", "/connections", body, token=token, headers=headers)
    assert invited.status == 201, invited
    return invited


def link_of(world: World, name: str = "nora") -> str:
    return world.outbox.to(f"{name}@continuum.test").token


def test_a_get_that_acts_opening_the_link_changes_nothing(
    world: World, continuum: Company, connection_id: str
) -> None:
    address = f"/invitations/{link_of(world)}"
    signed_in = Browser(world).sign_in(continuum, "nora")
    before = world.dump()
    for method in ("GET", "HEAD"):
        for headers in (JSON, {"accept": "text/html"}, {"purpose": "prefetch"}):
            assert world.api(method, address, headers=headers).status == 200
            as_nora = world.token(continuum, "nora")
            assert world.api(method, address, headers=headers, token=as_nora).status == 200
    assert "/accept" in signed_in.get(address).text
    assert world.dump() == before


def test_a_get_that_acts_is_not_among_the_routes(
    world: World, continuum: Company, connection_id: str
) -> None:
    safe = {"GET", "HEAD"}
    steps = re.compile(r"/(accept|decline|leave|revoke|resend|continue|sign-out)$")
    acting = [route for route in template().routes if steps.search(route.path)]
    assert len(acting) >= 8
    assert not [route.key for route in acting if route.method in safe]
    nora = world.token(continuum, "nora")
    for step in STEPS:
        assert world.api("GET", f"/invitations/{link_of(world)}/{step}", token=nora).status == 404


def test_the_link_as_authority_is_worth_nothing_in_other_hands(
    world: World, acme: Company, continuum: Company, initech: Company, connection_id: str
) -> None:
    address, before = f"/invitations/{link_of(world)}", world.dump()
    for company, name in (
        (acme, "ada"),
        (initech, "bill"),
        (continuum, "paula"),
        (continuum, "sam"),
    ):
        token = world.token(company, name)
        for step in STEPS:
            assert world.api("POST", f"{address}/{step}", token=token).status == 403, name
        seen = world.api("GET", address, token=token, headers=JSON).json
        assert not {"etag", "people", "organizations"} & seen.keys(), name
    assert world.dump() == before
    nora = world.token(continuum, "nora")
    assert world.api("POST", f"{address}/accept", token=nora).status == 200


def test_the_link_as_authority_does_not_outlive_the_role_it_was_sent_to(
    world: World, continuum: Company, connection_id: str
) -> None:
    address, nora = f"/invitations/{link_of(world)}/accept", world.token(continuum, "nora")
    omar = world.token(continuum, "omar")
    demoted = {"role": "manager"}
    changed = world.api("PATCH", f"/users/{continuum.users['nora']}", demoted, token=omar)
    assert changed.status == 200
    assert world.api("POST", address, token=nora).status == 403
    # Who may answer may do so with whatever link leads there.
    assert world.api("POST", address, token=omar).status == 200


def test_token_at_rest_is_a_hash_that_opens_nothing(
    world: World, continuum: Company, connection_id: str
) -> None:
    link, table = link_of(world), json.dumps(world.dump())
    assert link not in table
    assert hash_of(link) in table
    assert base64.b32decode(f"{link.upper()}====").hex() not in table
    nora = world.token(continuum, "nora")
    assert world.api("POST", f"/invitations/{hash_of(link)}/accept", token=nora).status == 404


def test_self_describing_tokens_are_none_of_ours(
    world: World, acme: Company, continuum: Company, connection_id: str
) -> None:
    links = {link_of(world, name) for name in ("nora", "omar")}
    assert len(links) == 2
    facts = (acme.account_id, continuum.account_id, connection_id, "acme", "continuum", "nora@")
    for link in links:
        assert re.fullmatch("[a-z2-7]{52}", link)  # base32 of 256 bits, and nothing beside
        raw = base64.b32decode(f"{link.upper()}====")
        assert len(raw) == 32
        assert not [fact for fact in facts if fact in link or fact.encode() in raw]
        # Nothing in it could be rewritten: any other text is as unknown as any.
        bent = link[::-1]
        assert world.api("GET", f"/invitations/{bent}", headers=JSON).slug == "link-unknown"


def test_inviter_learns_the_link_from_no_answer_log_or_mail(
    world: World, acme: Company, continuum: Company
) -> None:
    once = {"idempotency-key": "one"}
    invited = invite(world, acme, **once)
    repeated = invite(world, acme, **once)
    assert repeated.headers["idempotency-replayed"] == "true"
    address, ada = f"/connections/{invited.json['connection_id']}", world.token(acme, "ada")
    told = [invited, repeated, world.api("POST", f"{address}/resend", token=ada)]
    nora = world.token(continuum, "nora")
    assert world.api("POST", f"/invitations/{link_of(world)}/accept", token=nora).status == 200
    told += [
        world.api("GET", place, token=ada)
        for place in ("/connections", address, f"{address}/grant", "/activities?limit=200")
    ]
    links = [mail.token for mail in world.outbox.mails if mail.kind == "invitation"]
    assert len(links) == 4
    heard = "".join(f"{reply.text}{reply.headers}{reply.cookies}" for reply in told)
    heard += "".join(f"{m.text}{m.html}" for m in world.outbox.mails if m.to.endswith("acme.test"))
    for link in links:
        assert link not in heard
        assert hash_of(link) not in heard
    assert "nora@continuum.test" not in "".join(reply.text for reply in told)


def test_redeemed_twice_is_redeemed_once(
    world: World, acme: Company, continuum: Company, connection_id: str
) -> None:
    address = f"/invitations/{link_of(world)}/accept"
    nora, omar = world.token(continuum, "nora"), world.token(continuum, "omar")
    first = world.api("POST", address, token=nora)
    assert (first.status, first.json["accepted_by"]["name"]) == (200, "Nora")
    before = world.dump()
    again = world.api("POST", address, token=nora)
    assert (again.status, again.json) == (200, first.json)
    for link in (link_of(world), link_of(world, "omar")):
        other = world.api("POST", f"/invitations/{link}/accept", token=omar)
        assert (other.status, other.slug) == (409, "already-accepted")
        assert "Nora" in other.json["detail"]
    assert world.dump() == before
    revoke = f"/connections/{connection_id}/revoke"
    assert world.api("POST", revoke, token=world.token(acme, "ada")).status == 200
    over = world.api("POST", address, token=nora)
    assert (over.status, over.slug) == (410, "connection-revoked")


def test_old_links_alive_after_resend_there_are_none(
    world: World, acme: Company, continuum: Company, connection_id: str
) -> None:
    old = [mail.token for mail in world.outbox.mails]
    resent = world.api(
        "POST", f"/connections/{connection_id}/resend", token=world.token(acme, "ada")
    )
    assert resent.status == 200
    nora, before = world.token(continuum, "nora"), world.dump()
    for link in old:
        for step in STEPS:
            dead = world.api("POST", f"/invitations/{link}/{step}", token=nora)
            assert (dead.status, dead.slug) == (410, "link-replaced")
        assert world.api("GET", f"/invitations/{link}", headers=JSON).json["state"] == "replaced"
    assert world.dump() == before
    assert world.api("POST", f"/invitations/{link_of(world)}/accept", token=nora).status == 200


def test_nil_or_empty_token_finds_no_invitation(
    world: World, acme: Company, continuum: Company
) -> None:
    # Of recipients whose mail was not handed over yet no link exists, which nil must not match.
    world.outbox.is_down = True
    waiting = invite(world, acme).json
    assert {one["delivery"] for one in waiting["invitation"]["recipients"]} == {"queued"}
    world.outbox.is_down = False
    nora, before = world.token(continuum, "nora"), world.dump()
    nothing = ("", "%20", "%00", "null", "nil", "None", "undefined", "0", "false", "[]", "%7B%7D")
    for token in (*nothing, "a" * 52, "2" * 52, hash_of(""), hash_of("None")):
        for method, step in (("GET", ""), ("POST", "/accept"), ("POST", "/decline")):
            address = f"/invitations/{token}{step}"
            assert world.api(method, address, token=nora, headers=JSON).status == 404, address
    assert world.dump() == before


def test_token_by_referer_reaches_no_other_site(
    world: World, continuum: Company, connection_id: str
) -> None:
    address, browser = f"/invitations/{link_of(world)}", Browser(world)
    outside = browser.get(address)
    asked = browser.begin(address)
    assert link_of(world) not in json.dumps(asked)
    browser.come_back(asked, "nora@continuum.test")
    pages = [outside, browser.get(address), browser.submit(browser.get(address), "/accept")]
    for page in pages:
        assert page.status == 200
        assert page.headers["referrer-policy"] == "same-origin"
        assert page.headers["cache-control"] == "no-store"
        assert "default-src 'none'" in page.headers["content-security-policy"]
        leads = re.findall(r'(?:href|src|srcset|action)="([^"]*)"', page.text)
        assert leads
        assert not [one for one in leads if not re.match(r"/(?!/)|#", one)]


def test_host_header_builds_the_link_nowhere(
    world: World, acme: Company, continuum: Company
) -> None:
    evil = {
        "host": "evil.example",
        "x-forwarded-host": "evil.example",
        "x-forwarded-proto": "http",
        "forwarded": "host=evil.example;proto=http",
        "x-original-url": "https://evil.example/",
        "origin": "https://evil.example",
    }
    connection_id = invite(world, acme, **evil).json["connection_id"]
    ada = world.token(acme, "ada")
    resend = f"/connections/{connection_id}/resend"
    assert world.api("POST", resend, token=ada, headers=evil).status == 200
    assert len(world.outbox.mails) == 4
    for mail in world.outbox.mails:
        assert "evil" not in f"{mail.subject}{mail.text}{mail.html}"
        assert f"https://gatehouse.test/invitations/{mail.token}" in mail.text.splitlines()
    to_sign_in = world.api("GET", "/sign-in", headers=evil)
    assert "redirect_uri=https%3A%2F%2Fgatehouse.test%2F" in to_sign_in.headers["location"]
    for address in ("/.well-known/authzen-configuration", f"/invitations/{link_of(world)}"):
        assert "evil" not in world.api("GET", address, headers=evil).text
