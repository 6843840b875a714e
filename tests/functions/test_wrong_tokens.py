"""Every token that is not the right one is refused, with a page or a 401, and trying again works."""

import base64
import hashlib
import hmac
import json
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

import pytest
from joserfc import jwt
from joserfc.jwk import RSAKey

from tests.support import issuer
from tests.support.browser import Browser
from tests.support.console import heading
from tests.support.world import Company, World

SESSION = "__Host-gatehouse"
NONCE = "the nonce of this sign-in"


@pytest.fixture
def acme(world: World) -> Company:
    return world.company("acme", {"administrator": "administrator", "editor": "editor"})


def part(content: Any) -> str:
    raw = content if isinstance(content, bytes) else json.dumps(content).encode()
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def unsigned(header: dict[str, Any], right: str, signature: bytes = b"") -> str:
    """Return the claims of a right token under another header and signature."""
    return f"{part(header)}.{right.split('.')[1]}.{part(signature)}"


def with_public_key(right: str) -> str:
    """Sign with HS256, the secret being the key that everybody may read (RFC 8725, 2.1)."""
    secret = issuer.key("first").as_pem(private=False)
    head = f"{part({'alg': 'HS256', 'kid': 'first', 'typ': 'JWT'})}.{right.split('.')[1]}"
    return f"{head}.{part(hmac.digest(secret, head.encode(), hashlib.sha256))}"


def with_key_of_its_own(right: str) -> str:
    """Sign with a key that the token itself brings along (RFC 7515, 4.1.3)."""
    own = RSAKey.generate_key(2048)
    header = {"alg": "RS256", "jwk": own.as_dict(private=False)}
    return jwt.encode(header, claims_of(right), own)


def claims_of(token: str) -> dict[str, Any]:
    content = token.split(".")[1]
    found: dict[str, Any] = json.loads(
        base64.urlsafe_b64decode(content + "=" * (-len(content) % 4))
    )
    return found


FORGED: dict[str, Callable[[str], str]] = {
    "unsigned": lambda right: unsigned({"alg": "none"}, right),
    "unsigned, shouted": lambda right: unsigned({"alg": "NONE", "kid": "first"}, right),
    "no signature": lambda right: f"{right.rpartition('.')[0]}.",
    "a signature of zeros": lambda right: unsigned(
        {"alg": "RS256", "kid": "first"}, right, bytes(256)
    ),
    "the public key as a secret": with_public_key,
    "a key of its own": with_key_of_its_own,
    "another claim": lambda right: ".".join(
        [right.split(".")[0], part({**claims_of(right), "sub": "other"}), right.split(".")[2]]
    ),
    "a key at an address": lambda right: unsigned(
        {"alg": "RS256", "kid": "x", "jku": "https://evil.example/keys"}, right, b"x"
    ),
    "an odd key id": lambda right: unsigned({"alg": "RS256", "kid": ["first"]}, right, b"x"),
    "a critical header": lambda right: unsigned(
        {"alg": "RS256", "kid": "first", "crit": ["exp"], "exp": 1}, right, b"x"
    ),
    "no parts": lambda _: "garbage",
    "five parts": lambda right: f"{right}.a.b",
    "very long": lambda _: "a." * 50_000,
}
WRONG_CLAIMS: dict[str, dict[str, Any]] = {
    "of another issuer": {"iss": "https://other.test"},
    "of an issuer almost the same": {"iss": f"{issuer.ISSUER}/"},
    "of several issuers": {"iss": [issuer.ISSUER]},
    "of no issuer": {"iss": None},
    "expired": {"exp": 1},
    "without an end": {"exp": None},
    "with an end that is no number": {"exp": "tomorrow"},
    "with an end beyond numbers": {"exp": True},
    "of the future": {"iat": 4_000_000_000, "exp": 4_000_003_600},
    "not yet valid": {"nbf": 4_000_000_000},
    "of nobody": {"sub": None},
    "of an empty name": {"sub": ""},
    "of a name that is no text": {"sub": 7},
    "of a name without end": {"sub": "s" * 256},
    "signed by a stranger": {"signed_by": "second"},
}
WRONG_ACCESS: dict[str, dict[str, Any]] = {
    "another client's": {"client_id": "another"},
    "another client's, by its audience": {"client_id": None, "token_use": None, "aud": "another"},
    "of no client": {"client_id": None},
    "an ID token": {"token_use": "id", "aud": issuer.CLIENT_ID},
    "an ID token by its nonce": {"token_use": None, "aud": issuer.CLIENT_ID, "nonce": "n"},
    "an ID token by its hash": {"token_use": None, "aud": issuer.CLIENT_ID, "at_hash": "h"},
    "of an odd use": {"token_use": ["access"]},
    "of a refreshing use": {"token_use": "refresh", "aud": issuer.CLIENT_ID},
}
WRONG_ID: dict[str, dict[str, Any]] = {
    "another client's": {"aud": "another"},
    "of no client": {"aud": None},
    "made for another of its audiences": {"aud": [issuer.CLIENT_ID, "another"], "azp": "another"},
    "of several audiences without a party": {"aud": [issuer.CLIENT_ID, "another"]},
    "of another party": {"azp": "another"},
    "an access token": {"token_use": "access"},
    "of an odd use": {"token_use": ["id"]},
    "of another sign-in": {"nonce": "of the one before"},
    "of no sign-in": {"nonce": None},
    "of a nonce that is no text": {"nonce": [NONCE]},
}


def test_a_forged_access_token_opens_nothing(world: World, acme: Company) -> None:
    right = world.token(acme)
    before = world.dump()
    for name, forge in FORGED.items():
        refused = world.api("GET", "/users", token=forge(right))
        assert (refused.status, refused.slug) == (401, "unauthenticated"), (name, refused)
    assert world.dump() == before
    assert world.api("GET", "/users", token=right).status == 200


def test_a_wrong_access_token_opens_nothing(world: World, acme: Company) -> None:
    for name, claims in {**WRONG_CLAIMS, **WRONG_ACCESS}.items():
        refused = world.api("GET", "/users", token=world.token(acme, **claims))
        assert (refused.status, refused.slug) == (401, "unauthenticated"), (name, refused)


def come_back_with(browser: Browser, world: World, token: str, state: str) -> Any:
    code = f"code-{len(world.issuer.id_tokens)}"
    world.issuer.id_tokens[code] = token
    return browser.get(f"/sign-in/callback?{urlencode({'code': code, 'state': state})}")


def must_sign_nobody_in(browser: Browser, page: Any) -> None:
    assert page.status == 400, page
    assert heading(page) == "The identity provider did not confirm who you are"
    assert SESSION not in browser.cookies


def test_a_forged_id_token_signs_nobody_in_and_trying_again_works(
    world: World, acme: Company
) -> None:
    before = world.dump()
    for forge in FORGED.values():
        browser = Browser(world)
        asked = browser.begin()
        right = issuer.id_token(acme.emails["editor"], world.clock.now(), asked["nonce"])
        page = come_back_with(browser, world, forge(right), asked["state"])
        must_sign_nobody_in(browser, page)
    assert world.dump() == before
    Browser(world).sign_in(acme, "editor")


def test_a_wrong_id_token_signs_nobody_in(world: World, acme: Company) -> None:
    for wrong in ({**WRONG_CLAIMS, **WRONG_ID}).values():
        browser = Browser(world)
        asked = browser.begin()
        claims = {"nonce": asked["nonce"], **wrong}
        token = issuer.id_token(acme.emails["editor"], world.clock.now(), **claims)
        must_sign_nobody_in(browser, come_back_with(browser, world, token, asked["state"]))


def test_the_token_of_one_sign_in_is_of_no_use_in_the_next(world: World, acme: Company) -> None:
    browser, email = Browser(world), acme.emails["editor"]
    asked = browser.begin()
    token = issuer.id_token(email, world.clock.now(), asked["nonce"])
    assert come_back_with(browser, world, token, asked["state"]).status == 303
    again = browser.get(f"/sign-in/callback?code=code-0&state={asked['state']}")
    assert heading(again) == "Signing in took too long", "the attempt is over"
    other = Browser(world)
    asked = other.begin()
    must_sign_nobody_in(other, come_back_with(other, world, token, asked["state"]))


def test_the_issuers_clock_may_be_a_minute_ahead(world: World, acme: Company) -> None:
    now = int(world.clock.now().timestamp())
    for ahead, status in ((-3_590, 200), (0, 200), (60, 200), (61, 401), (3_600, 401)):
        token = world.token(acme, iat=now + ahead, nbf=now + ahead, exp=now + ahead + 3_600)
        assert world.api("GET", "/me", token=token).status == status, ahead


def test_only_an_address_that_is_said_to_be_verified_binds(world: World, acme: Company) -> None:
    body = {"email": "new@acme.test", "name": "New", "role": "creator", "send_invitation": False}
    assert world.api("POST", "/users", body, token=world.token(acme)).status == 201
    browser = Browser(world)
    for said in (None, False, "false", "True", "yes", 1, [True], {"email": True}, ""):
        page = browser.come_back(browser.begin(), "new@acme.test", email_verified=said)
        assert (page.status, heading(page)) == (403, "Your e-mail address is not verified"), said
    page = browser.come_back(browser.begin(), "new@acme.test", email_verified="true")
    assert page.status == 200, "Cognito writes it as text when a user was imported"


def test_an_address_of_another_shape_belongs_to_nobody(world: World, acme: Company) -> None:
    browser = Browser(world)
    for email in ("", 7, ["new@acme.test"], "no address", "n\x00@acme.test", "a" * 5_000):
        page = browser.come_back(browser.begin(), "new@acme.test", email=email)
        assert page.status == 403, (email, page)
        assert SESSION not in browser.cookies


def test_whoever_cancels_at_the_provider_is_told_so_and_may_try_again(
    world: World, acme: Company
) -> None:
    browser = Browser(world)
    asked = browser.begin()
    for error in ("access_denied", "server_error", "<script>", "x" * 3_000):
        query = urlencode({"error": error, "error_description": error, "state": asked["state"]})
        page = browser.get(f"/sign-in/callback?{query}")
        must_sign_nobody_in(browser, page)
        assert error not in page.text
    assert browser.come_back(asked, acme.emails["editor"]).status == 303


KEYS: dict[str, tuple[Any, bool]] = {
    "beside keys that nobody reads": (
        [{"kty": "oct", "k": "c2VjcmV0", "kid": "o"}, {"kty": "new"}, 7, None, {}],
        True,
    ),
    "beside a broken key": ([{"kty": "RSA", "n": "x", "kid": "broken"}], True),
    "beside a key for encryption": (
        [{**issuer.key("second").as_dict(private=False), "use": "enc"}],
        True,
    ),
    "no key at all": (None, False),
}


@pytest.mark.parametrize("name", KEYS)
def test_keys_that_cannot_be_read_do_not_stand_in_the_others_way(
    world: World, acme: Company, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    others, works = KEYS[name]
    fetch = world.issuer.fetch

    def published(url: str, form: bytes | None) -> Any:
        found = fetch(url, form)
        if not url.endswith("/jwks"):
            return found
        return {"keys": [*others, *found["keys"]]} if works else {"keys": others}

    monkeypatch.setattr(world.ports.identities, "_fetch", published)
    reply = world.api("GET", "/me", token=world.token(acme))
    assert reply.status == (200 if works else 503), reply
    if works:
        stranger = world.token(acme, signed_by="second")
        assert world.api("GET", "/me", token=stranger).status == 401


@pytest.mark.parametrize(
    "change",
    [
        {"authorization_endpoint": "javascript:alert(1)"},
        {"authorization_endpoint": "http://issuer.test/authorize"},
        {"authorization_endpoint": "https://[x"},
        {"token_endpoint": 7},
        {"jwks_uri": None},
        {"issuer": "https://other.test"},
    ],
)
def test_metadata_that_leads_astray_leads_nowhere(
    world: World, change: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    fetch = world.issuer.fetch
    monkeypatch.setattr(
        world.ports.identities, "_fetch", lambda url, form: {**fetch(url, form), **change}
    )
    page = Browser(world).get("/sign-in")
    assert (page.status, heading(page)) == (503, "Signing in does not work right now")
    monkeypatch.undo()
    assert Browser(world).get("/sign-in").status == 303
