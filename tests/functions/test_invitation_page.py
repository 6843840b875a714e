"""The page of an invitation, as people use it: read, sign in, accept or decline, or a dead end."""

import pytest

from tests.support.api import Reply
from tests.support.browser import Browser, form_of
from tests.support.world import Company, World


@pytest.fixture
def acme(world: World) -> Company:
    return world.company("acme", {"administrator": "administrator"}, organizations=["Alder"])


@pytest.fixture
def continuum(world: World) -> Company:
    people = {
        "administrator": "administrator",
        "omar": "administrator",
        "manager": "manager",
        "lite": "lite",
    }
    return world.company("continuum", people)


@pytest.fixture
def connection_id(world: World, acme: Company, continuum: Company) -> str:
    body = {"all_organizations": False, "organization_ids": [acme.organizations["Alder"]]}
    return str(world.invite(acme, continuum, **body).json["connection_id"])


def link_of(world: World, name: str = "administrator") -> str:
    return f"/invitations/{world.outbox.to(f'{name}@continuum.test').token}"


def state(world: World, acme: Company, connection_id: str) -> str:
    found = world.api("GET", f"/connections/{connection_id}", token=world.token(acme))
    return str(found.json["state"])


def test_from_the_mail_through_sign_in_to_accepted(
    world: World, acme: Company, continuum: Company, connection_id: str
) -> None:
    link, browser = link_of(world), Browser(world)
    outside = browser.get(link)
    assert outside.status == 200
    assert "Acme invites Continuum" in outside.text
    assert "<form" not in outside.text
    assert "Alder" not in outside.text
    assert f"/sign-in?return_to={link.replace('/', '%2F')}" in outside.text

    inside = browser.sign_in(continuum, return_to=link).get(link)
    assert "Alder" in inside.text
    assert "3 people of Continuum" in inside.text
    done = browser.submit(inside, "/accept")
    assert (done.status, state(world, acme, connection_id)) == (200, "active"), done
    assert "People of Continuum now work in Acme" in done.text
    again = browser.submit(inside, "/accept")
    assert again.status == 200
    assert "You had accepted before" in again.text


def test_an_old_link_leads_to_the_newer_connection_and_tells_nobody_else_of_it(
    world: World, acme: Company, continuum: Company, connection_id: str
) -> None:
    link = link_of(world)
    browser = Browser(world).sign_in(continuum)
    assert browser.submit(browser.get(link), "/accept").status == 200
    revoke = f"/connections/{connection_id}/revoke"
    assert world.api("POST", revoke, token=world.token(acme)).status == 200
    newer = world.connect(acme, continuum)["connection_id"]
    for one, knows in (
        (browser, True),
        (Browser(world), False),
        (Browser(world).sign_in(continuum, "manager"), False),
        (Browser(world).sign_in(acme), False),
    ):
        page = one.get(link)
        assert "This connection has ended" in page.text
        assert "has access to Acme through it" in page.text
        assert (f"/console/hosts/{newer}" in page.text) is knows


def test_declining_takes_a_reason_along(
    world: World, acme: Company, continuum: Company, connection_id: str
) -> None:
    browser = Browser(world).sign_in(continuum)
    done = browser.submit(browser.get(link_of(world)), "/decline", reason="Not\r\nthis year")
    assert (done.status, state(world, acme, connection_id)) == (200, "declined"), done
    (entry,) = world.log(acme, "&action=connection.declined")
    assert entry["reason"] == "Not\nthis year"


def test_a_form_without_the_sessions_token_or_the_offers_version_does_nothing(
    world: World, acme: Company, continuum: Company, connection_id: str
) -> None:
    browser = Browser(world).sign_in(continuum)
    address, fields = form_of(browser.get(link_of(world)), "/accept")
    before = world.dump()
    other = Browser(world).sign_in(continuum, "omar")
    theirs = form_of(other.get(link_of(world)), "/accept")[1]["csrf_token"]
    before = world.dump()
    for wrong, status in (
        ({"etag": fields["etag"]}, 403),
        ({"csrf_token": "", "etag": fields["etag"]}, 403),
        ({"csrf_token": theirs, "etag": fields["etag"]}, 403),
        ({"csrf_token": fields["csrf_token"]}, 400),
        ({"csrf_token": fields["csrf_token"], "etag": ""}, 400),
    ):
        refused = browser.post(address, wrong)
        assert refused.status == status, wrong
        assert refused.headers["content-type"] == "text/html; charset=utf-8"
    as_json = world.api("POST", address, cookies=browser.cookies)
    assert (as_json.status, as_json.slug) == (403, "csrf-token-wrong")
    assert world.dump() == before
    assert browser.post(address, fields).status == 200


def test_an_offer_edited_after_reading_has_to_be_read_again(
    world: World, acme: Company, continuum: Company, connection_id: str
) -> None:
    browser = Browser(world).sign_in(continuum)
    read = browser.get(link_of(world))
    body = {
        "maximum_role": "administrator",
        "group_ids": [],
        "organization_ids": [acme.organizations["Alder"]],
        "all_organizations": False,
    }
    grant = f"/connections/{connection_id}/grant"
    etag = {"if-match": form_of(read, "/accept")[1]["etag"]}
    assert world.api("PUT", grant, body, token=world.token(acme), headers=etag).status == 200
    for step in ("/accept", "/decline"):
        stale = browser.submit(read, step)
        assert stale.status == 409
        assert "The offer changed while you were reading" in stale.text
    assert state(world, acme, connection_id) == "pending"
    assert browser.submit(browser.get(link_of(world)), "/accept").status == 200


def heading(reply: Reply) -> str:
    return reply.text.partition("<h1>")[2].partition("</h1>")[0]


def test_every_dead_end_has_a_page_of_its_own_that_names_whom_to_ask(
    world: World, acme: Company, continuum: Company, connection_id: str
) -> None:
    link = link_of(world)
    administrator = Browser(world).sign_in(continuum)
    omar = Browser(world).sign_in(continuum, "omar")
    manager = Browser(world).sign_in(continuum, "manager")
    host = Browser(world).sign_in(acme)
    nobody = Browser(world)
    seen: dict[str, str] = {}

    def see(name: str, reply: Reply, status: int = 200) -> None:
        assert reply.status == status, name
        assert "Whom to ask" in reply.text, name
        assert "/accept" not in reply.text, name
        seen[name] = heading(reply)

    fields = form_of(administrator.get(link), "/accept")[1]
    see("wrong person", manager.get(link))
    see("wrong account", host.get(link))
    see("unknown", nobody.get("/invitations/nonsense"), 404)
    world.api("POST", f"/connections/{connection_id}/resend", token=world.token(acme))
    see("replaced", nobody.get(link))
    see("replaced, posted", administrator.post(f"{link}/accept", fields), 410)
    newest = link_of(world)
    accepted = omar.submit(omar.get(newest), "/accept")
    assert accepted.status == 200
    see("accepted by another", administrator.get(newest))
    assert "Omar accepted" in seen["accepted by another"]
    see("accepted by another, posted", administrator.post(f"{newest}/accept", fields), 409)
    see("accepted by oneself", omar.get(newest))
    assert "Omar" not in nobody.get(newest).text
    assert "Omar" not in host.get(newest).text
    world.api("POST", f"/connections/{connection_id}/revoke", token=world.token(acme))
    see("revoked", administrator.get(newest))
    see("revoked, posted", administrator.post(f"{newest}/accept", fields), 410)
    world.invite(acme, continuum)
    declined = link_of(world)
    administrator.submit(administrator.get(declined), "/decline")
    see("declined", administrator.get(declined))
    see("declined, posted", administrator.post(f"{declined}/accept", fields), 410)
    world.invite(acme, continuum)
    expired = link_of(world)
    world.clock.advance(days=8)
    see("expired", nobody.get(expired))
    token = world.token(continuum)
    posted = world.api("POST", f"{expired}/accept", token=token)
    assert (posted.status, posted.slug) == (410, "invitation-expired")

    plain = {name: text for name, text in seen.items() if "posted" not in name}
    assert len(set(plain.values())) == len(plain), plain
    for name, text in seen.items():
        if name.endswith(", posted"):
            assert text == seen[name.removesuffix(", posted")]


def test_a_form_sent_signed_out_asks_to_sign_in_and_changes_nothing(
    world: World, connection_id: str
) -> None:
    before = world.dump()
    for link in (link_of(world), "/invitations/nonsense"):
        for step in ("accept", "decline"):
            page = Browser(world).post(f"{link}/{step}", {"etag": "1"})
            assert page.status == 401
            assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert world.dump() == before


def test_a_dead_session_reads_as_signed_out(
    world: World, continuum: Company, connection_id: str
) -> None:
    browser = Browser(world).sign_in(continuum)
    world.clock.advance(hours=12)
    page = browser.get(link_of(world))
    assert page.status == 200
    assert "Sign in to answer" in page.text
    assert "<form" not in page.text


def test_pages_keep_to_themselves(world: World, continuum: Company, connection_id: str) -> None:
    browser = Browser(world).sign_in(continuum)
    for page in (browser.get(link_of(world)), browser.get("/"), browser.get("/invitations/x")):
        policy = page.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "unsafe-inline" not in policy
        assert page.headers["cache-control"] == "no-store"
        assert page.headers["referrer-policy"] == "same-origin"
        assert page.headers["x-content-type-options"] == "nosniff"
        assert "<script" not in page.text
        assert "style=" not in page.text


def test_what_people_wrote_is_shown_as_text_and_leads_nowhere(world: World, acme: Company) -> None:
    fresh = world.company("fresh", {"administrator": "administrator"})
    world.invite(acme, fresh, message="<b>Hi</b> https://evil.example/x?a=1&b=2")
    link = f"/invitations/{world.outbox.to('administrator@fresh.test').token}"
    page = Browser(world).get(link).text
    assert "<b>Hi" not in page
    assert "&lt;b&gt;Hi" in page
    assert "https://evil.example" not in page
    assert "hxxps://evil" in page


@pytest.mark.parametrize(
    ("accept", "is_page"),
    [
        ("text/html", True),
        ("*/*", True),
        ("", True),
        ("application/json", False),
        ("application/json, text/plain", False),
        ("text/html,application/xhtml+xml,application/json;q=0.5", True),
    ],
)
def test_programs_get_json_and_browsers_pages(
    world: World, connection_id: str, accept: str, is_page: bool
) -> None:
    reply = world.api("GET", link_of(world), headers={"accept": accept} if accept else {})
    kind = "text/html; charset=utf-8" if is_page else "application/json"
    assert (reply.status, reply.headers["content-type"]) == (200, kind)
    assert reply.headers["vary"] == "Accept, Authorization, Cookie"


def test_a_form_with_a_link_that_was_never_sent_finds_nothing_and_says_what_to_do(
    world: World, acme: Company, continuum: Company, connection_id: str
) -> None:
    known = link_of(world)
    unknown = f"/invitations/{'a' * 52}"
    browser = Browser(world).sign_in(continuum, return_to=known)
    _, fields = form_of(browser.get(known), "/accept")
    for step in ("accept", "decline"):
        refused = browser.post(f"{unknown}/{step}", fields)
        assert refused.status == 404, refused
        assert refused.headers["content-type"].startswith("text/html")
        assert "Acme" not in refused.text
    signed_out = Browser(world).post(f"{unknown}/accept", fields)
    assert signed_out.status == 401
    assert "Acme" not in signed_out.text
    assert state(world, acme, connection_id) == "pending"
