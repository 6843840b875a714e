"""Signing in: the code flow with PKCE, the first time and every time, and who is turned away."""

import base64
import hashlib
from datetime import UTC, datetime

import pytest

from gatehouse.domain.account import Region
from gatehouse.domain.policy import Circumstances
from gatehouse.domain.principal import Origin
from gatehouse.store.accounts import DynamoAccounts
from gatehouse.usecases.account import NewAccount, create_account
from gatehouse.usecases.sign_in import person_of_session, person_of_token
from tests.support import issuer
from tests.support.browser import Browser
from tests.support.world import Company, World

SESSION = "__Host-gatehouse"


@pytest.fixture
def acme(world: World) -> Company:
    return world.company("acme", {"administrator": "administrator", "editor": "editor"})


def added(world: World, acme: Company, email: str = "new@acme.test") -> str:
    """Add a person who has never signed in; return the user id."""
    body = {"email": email, "name": "New", "role": "creator"}
    made = world.api("POST", "/users", body, token=world.token(acme))
    assert made.status == 201, made
    return str(made.json["user_id"])


def test_the_issuer_is_asked_for_a_code_with_pkce_state_and_nonce(
    world: World, acme: Company
) -> None:
    browser = Browser(world)
    asked = browser.begin()
    assert asked["response_type"] == "code"
    assert asked["client_id"] == issuer.CLIENT_ID
    assert asked["redirect_uri"] == "https://gatehouse.test/sign-in/callback"
    assert asked["code_challenge_method"] == "S256"
    assert {"openid", "email"} <= set(asked["scope"].split())
    browser.come_back(asked, acme.emails["editor"])
    (form,) = world.issuer.forms
    digest = hashlib.sha256(form["code_verifier"].encode()).digest()
    assert base64.urlsafe_b64encode(digest).decode().rstrip("=") == asked["code_challenge"]
    assert form["grant_type"] == "authorization_code"
    others = Browser(world).begin()
    for fresh in ("state", "nonce", "code_challenge"):
        assert others[fresh] != asked[fresh]


def test_a_session_is_a_cookie_no_script_reads_and_no_other_host_gets(
    world: World, acme: Company
) -> None:
    browser = Browser(world).sign_in(acme, "editor")
    assert set(browser.cookies) == {SESSION}
    for cookie in browser.set_cookies:
        attributes = {part.strip() for part in cookie.split(";")[1:]}
        assert {"Path=/", "HttpOnly", "Secure", "SameSite=Lax"} <= attributes, cookie
        assert cookie.startswith("__Host-")
        assert "Domain" not in cookie
    (entry,) = world.log(acme, "&category=session")
    assert entry["actor"]["user_id"] == acme.users["editor"]
    assert browser.cookies[SESSION] not in str(world.dump())
    me = world.api("GET", "/me", cookies=browser.cookies)
    assert me.json["user"]["user_id"] == acme.users["editor"]


def test_a_session_ends_after_twelve_hours_and_with_its_user(world: World, acme: Company) -> None:
    browser = Browser(world).sign_in(acme, "editor")
    body = {"status": "deactivated"}
    editor = f"/users/{acme.users['editor']}"
    world.api("PATCH", editor, body, token=world.token(acme))
    assert world.api("GET", "/me", cookies=browser.cookies).status == 401
    world.api("PATCH", editor, {"status": "active"}, token=world.token(acme))
    assert world.api("GET", "/me", cookies=browser.cookies).status == 401
    browser.sign_in(acme, "editor")
    world.clock.advance(hours=11, minutes=59)
    assert world.api("GET", "/me", cookies=browser.cookies).status == 200
    world.clock.advance(minutes=1)
    assert world.api("GET", "/me", cookies=browser.cookies).status == 401


def test_a_session_writes_only_with_the_token_of_our_own_pages(world: World, acme: Company) -> None:
    browser = Browser(world).sign_in(acme)
    body = {"name": "Alder"}
    refused = world.api("POST", "/organizations", body, cookies=browser.cookies)
    assert (refused.status, refused.slug) == (403, "csrf-token-wrong")
    page = browser.get("/").text
    token = page.partition('name="csrf_token" value="')[2].partition('"')[0]
    made = world.api(
        "POST", "/organizations", body, cookies=browser.cookies, headers={"x-csrf-token": token}
    )
    assert made.status == 201


def test_the_first_sign_in_binds_only_after_a_yes(world: World, acme: Company) -> None:
    user_id = added(world, acme)
    browser = Browser(world)
    before = world.dump()
    page = browser.come_back(browser.begin("/invitations/x"), "new@acme.test")
    assert page.status == 200
    assert "You were added to Acme" in page.text
    assert world.dump() == before
    assert browser.post("/sign-in/continue", {"csrf_token": "guessed"}).status == 403
    assert world.dump() == before
    done = browser.submit(page, "/sign-in/continue")
    assert (done.status, done.headers["location"]) == (303, "/invitations/x")
    me = world.api("GET", "/me", cookies=browser.cookies).json
    assert me["user"]["user_id"] == user_id
    later = Browser(world)
    assert later.come_back(later.begin(), "new@acme.test").status == 303
    token = issuer.access_token("new@acme.test", world.clock.now())
    assert world.api("GET", "/me", token=token).status == 200


def test_whoever_is_bound_by_another_tab_between_two_reads_is_let_in(
    world: World, acme: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    added(world, acme)
    other = Browser(world)
    other.submit(other.come_back(other.begin(), "new@acme.test"), "/sign-in/continue")
    real = DynamoAccounts.owner

    def unbound_yet(store: DynamoAccounts, kind: str, name: str) -> str | None:
        return None if kind == "identity" else real(store, kind, name)

    monkeypatch.setattr(DynamoAccounts, "owner", unbound_yet)
    late = Browser(world)
    assert late.come_back(late.begin(), "new@acme.test").status == 303
    stranger = Browser(world)
    page = stranger.come_back(stranger.begin(), "new@acme.test", sub="somebody-else")
    assert (page.status, "with another identity" in page.text) == (403, True)


def test_a_yes_said_twice_binds_once(world: World, acme: Company) -> None:
    added(world, acme)
    browser = Browser(world)
    page = browser.come_back(browser.begin(), "new@acme.test")
    waiting = dict(browser.cookies)
    for _ in range(2):
        browser.cookies = dict(waiting)
        assert browser.submit(page, "/sign-in/continue").status == 303
        assert world.api("GET", "/me", cookies=browser.cookies).status == 200
    assert len(world.log(acme, "&action=session.bound")) == 1


def test_once_bound_only_the_identity_counts_not_the_address(world: World, acme: Company) -> None:
    browser = Browser(world)
    moved = browser.come_back(
        browser.begin(), acme.emails["editor"], email="elsewhere@other.test", email_verified=False
    )
    assert moved.status == 303
    imposter = Browser(world)
    page = imposter.come_back(imposter.begin(), acme.emails["editor"], sub="somebody-else")
    assert page.status == 403
    assert "other identity" in page.text.lower() or "another identity" in page.text
    assert SESSION not in imposter.cookies


@pytest.mark.parametrize(
    "claims", [{"email_verified": False}, {"email_verified": None}, {"email": None}]
)
def test_an_address_that_is_not_verified_binds_nobody(
    world: World, acme: Company, claims: dict[str, object]
) -> None:
    added(world, acme)
    before = world.dump()
    browser = Browser(world)
    page = browser.come_back(browser.begin(), "new@acme.test", **claims)
    assert page.status == 403
    assert "not verified" in page.text
    assert SESSION not in browser.cookies
    assert world.dump() == before


def test_whoever_nobody_added_gets_in_nowhere(world: World, acme: Company) -> None:
    before = world.dump()
    browser = Browser(world)
    page = browser.come_back(browser.begin(), "stranger@nowhere.test")
    assert page.status == 403
    assert "stranger@nowhere.test" in page.text
    assert SESSION not in browser.cookies
    token = issuer.access_token("stranger@nowhere.test", world.clock.now())
    assert world.api("GET", "/me", token=token).status == 401
    assert world.dump() == before


def test_a_deactivated_person_is_told_so(world: World, acme: Company) -> None:
    body = {"status": "deactivated"}
    world.api("PATCH", f"/users/{acme.users['editor']}", body, token=world.token(acme))
    browser = Browser(world)
    page = browser.come_back(browser.begin(), acme.emails["editor"])
    assert page.status == 403
    assert "deactivated" in page.text
    assert SESSION not in browser.cookies


def test_an_attempt_is_good_for_its_own_browser_state_and_ten_minutes(
    world: World, acme: Company
) -> None:
    victim, attacker = Browser(world), Browser(world)
    asked, other = victim.begin(), attacker.begin()
    email = acme.emails["administrator"]
    assert victim.come_back({**asked, "state": other["state"]}, email).status == 400
    assert victim.come_back({**asked, "state": ""}, email).status == 400
    assert victim.come_back({**asked, "nonce": other["nonce"]}, email).status == 400
    assert Browser(world).come_back(asked, email).status == 400
    assert victim.get(f"/sign-in/callback?error=access_denied&state={asked['state']}").status == 400
    for cookie in ("__Host-gatehouse-sign-in",):
        tampered = Browser(world)
        tampered.cookies[cookie] = victim.cookies[cookie][:-2] + "xx"
        assert tampered.come_back(asked, email).status == 400
    assert SESSION not in victim.cookies
    world.clock.advance(minutes=10)
    assert victim.come_back(asked, email).status == 400


@pytest.mark.parametrize(
    "claims",
    [
        {"aud": "another-client"},
        {"iss": "https://other.test"},
        {"exp": 1},
        {"signed_by": "second"},
        {"sub": ""},
    ],
)
def test_an_id_token_that_is_not_for_us_now_signs_nobody_in(
    world: World, acme: Company, claims: dict[str, object]
) -> None:
    browser = Browser(world)
    page = browser.come_back(browser.begin(), acme.emails["administrator"], **claims)
    assert page.status == 400
    assert SESSION not in browser.cookies


def test_a_dead_issuer_has_a_page_that_says_so(world: World, acme: Company) -> None:
    browser = Browser(world)
    asked = browser.begin()
    world.issuer.is_down = True
    assert browser.come_back(asked, acme.emails["editor"]).status == 503
    assert browser.get("/sign-in").status in {303, 503}
    fresh = World(world.ports.settings.table_name)
    fresh.issuer.is_down = True
    assert Browser(fresh).get("/sign-in").status == 503
    bearer = fresh.api("GET", "/me", token=world.token(acme))
    assert (bearer.status, bearer.slug) == (503, "issuer-unavailable")
    assert int(bearer.headers["retry-after"]) > 0


@pytest.mark.parametrize(
    "return_to",
    [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example",
        "\\\\evil.example",
        "javascript:alert(1)",
        "/\tevil",
        "/\r\nSet-Cookie: a=b",
        "/é",
        "evil.example",
        "",
        "/" + "a" * 5000,
    ],
)
def test_coming_back_never_leads_to_another_origin(
    world: World, acme: Company, return_to: str
) -> None:
    browser = Browser(world)
    back = browser.come_back(browser.begin(return_to), acme.emails["editor"])
    assert (back.status, back.headers["location"]) == (303, "/")


def test_the_first_person_of_a_new_account_signs_in_like_everybody(world: World) -> None:
    new = NewAccount("fresh", "Fresh", Region.EU, "first@fresh.test", "First")
    create_account(world.ports, new)
    browser = Browser(world)
    page = browser.come_back(browser.begin(), "FIRST@fresh.test")
    assert browser.submit(page, "/sign-in/continue").status == 303
    account = world.api("GET", "/account", cookies=browser.cookies).json
    assert (account["subdomain"], account["region"]) == ("fresh", "eu")


def test_a_session_remembers_how_its_person_signed_in(world: World, acme: Company) -> None:
    browser = Browser(world)
    moment = int(world.clock.now().timestamp()) - 90
    browser.come_back(
        browser.begin(), acme.emails["editor"], amr=["pwd", "mfa"], acr="phr", auth_time=moment
    )
    person = person_of_session(world.ports, browser.cookies[SESSION], Origin("192.0.2.7"))
    assert person.circumstances == Circumstances(frozenset({"pwd", "mfa"}), "phr", "192.0.2.7")
    assert person.factors.auth_time == datetime.fromtimestamp(moment, UTC)
    plain = Browser(world).sign_in(acme, "editor")
    person = person_of_session(world.ports, plain.cookies[SESSION], Origin())
    assert not person.circumstances.is_multi_factor


def test_the_first_sign_in_remembers_it_too(world: World, acme: Company) -> None:
    added(world, acme)
    browser = Browser(world)
    page = browser.come_back(browser.begin(), "new@acme.test", amr=["mfa"])
    browser.submit(page, "/sign-in/continue")
    person = person_of_session(world.ports, browser.cookies[SESSION], Origin())
    assert person.circumstances.is_multi_factor


def test_an_access_token_says_how_its_person_signed_in(world: World, acme: Company) -> None:
    token = world.token(acme, amr=["pwd", "mfa"])
    signed_in = world.ports.identities.of_access_token(token, world.clock.now())
    assert person_of_token(world.ports, signed_in, Origin()).circumstances.is_multi_factor


def test_signing_in_again_ends_the_session_that_the_browser_had(
    world: World, acme: Company
) -> None:
    browser = Browser(world).sign_in(acme, "editor")
    first = dict(browser.cookies)
    browser.sign_in(acme, "administrator")
    assert world.api("GET", "/me", cookies=first).status == 401
    me = world.api("GET", "/me", cookies=browser.cookies).json
    assert me["user"]["user_id"] == acme.users["administrator"]
