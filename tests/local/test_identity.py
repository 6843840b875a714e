"""The local identity provider issues what a real one would, and only for a proper code flow."""

import base64
import hashlib
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from joserfc import jwt
from joserfc.jwk import KeySet

from local.identity import CLIENT_ID, Issuer, RequestRefused, subject_of
from local.state import StateFolder

BASE = "http://127.0.0.1:8000"
VERIFIER = "v" * 64
CHALLENGE = (
    base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()
)


class Clock:
    def __init__(self):
        self.moment = datetime(2026, 11, 21, 22, 43, tzinfo=UTC)

    def now(self):
        return self.moment


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def state(tmp_path):
    folder = StateFolder(tmp_path / "state")
    folder.open()
    yield folder
    folder.close()


@pytest.fixture
def issuer(state, clock):
    return Issuer(BASE, state, clock.now)


def asked(**changed):
    query = {
        "response_type": "code",
        "client_id": CLIENT_ID,
        "redirect_uri": f"{BASE}/sign-in/callback",
        "scope": "openid email",
        "state": "s",
        "nonce": "n",
        "code_challenge": CHALLENGE,
        "code_challenge_method": "S256",
    }
    return {name: value for name, value in (query | changed).items() if value is not None}


def code_for(issuer, email="ada@acme.test"):
    back = urlsplit(issuer.issue_code(issuer.check(asked()), email, "Ada Okafor"))
    query = parse_qs(back.query)
    assert query["state"] == ["s"]
    return query["code"][0]


def redeemed(issuer, code, **changed):
    form = {
        "grant_type": "authorization_code",
        "client_id": CLIENT_ID,
        "redirect_uri": f"{BASE}/sign-in/callback",
        "code": code,
        "code_verifier": VERIFIER,
    }
    return issuer.redeem(form | changed)


def claims_of(issuer, token):
    return jwt.decode(token, KeySet.import_key_set(issuer.jwks()), algorithms=["RS256"]).claims


def test_a_code_becomes_tokens_in_the_shape_of_cognitos(issuer, clock):
    tokens = redeemed(issuer, code_for(issuer))

    now = int(clock.now().timestamp())
    identity = claims_of(issuer, tokens["id_token"])
    assert identity["iss"] == f"{BASE}/.local/idp"
    assert (identity["aud"], identity["nonce"]) == (CLIENT_ID, "n")
    assert (identity["email"], identity["email_verified"]) == ("ada@acme.test", True)
    access = claims_of(issuer, tokens["access_token"])
    assert access["sub"] == identity["sub"] == subject_of("Ada@acme.test")
    assert (access["client_id"], access["token_use"]) == (CLIENT_ID, "access")
    assert (access["iat"], access["exp"]) == (now, now + 3600)
    assert {"aud", "email"}.isdisjoint(access)


def test_a_code_is_good_once(issuer):
    code = code_for(issuer)
    redeemed(issuer, code)

    with pytest.raises(RequestRefused, match="invalid_grant"):
        redeemed(issuer, code)


@pytest.mark.parametrize(
    "changed", [{"code_verifier": "w" * 64}, {"redirect_uri": f"{BASE}/elsewhere"}]
)
def test_a_code_is_good_for_the_browser_that_asked_alone(issuer, changed):
    with pytest.raises(RequestRefused, match="invalid_grant"):
        redeemed(issuer, code_for(issuer), **changed)


def test_tokens_say_how_somebody_signed_in_where_that_is_asked_for(issuer):
    code = parse_qs(
        urlsplit(issuer.issue_code(issuer.check(asked()), "a@b.test", "A", ["pwd"])).query
    )
    tokens = redeemed(issuer, code["code"][0])
    keys = KeySet.import_key_set(issuer.jwks())
    assert jwt.decode(tokens["id_token"], keys).claims["amr"] == ["pwd"]
    assert jwt.decode(tokens["access_token"], keys).claims["amr"] == ["pwd"]
    assert "amr" not in jwt.decode(issuer.access_token("a@b.test"), keys).claims


def test_a_code_is_good_for_ten_minutes(issuer, clock):
    code = code_for(issuer)
    clock.moment += timedelta(minutes=10)

    with pytest.raises(RequestRefused, match="invalid_grant"):
        redeemed(issuer, code)


@pytest.mark.parametrize(
    "changed",
    [
        {"redirect_uri": f"{BASE}/sign-in/callback/"},
        {"redirect_uri": "https://elsewhere.test/"},
        {"client_id": "other"},
    ],
)
def test_a_request_of_an_unknown_client_or_address_leads_nowhere(issuer, changed):
    with pytest.raises(RequestRefused) as refused:
        issuer.check(asked(**changed))

    assert refused.value.redirect is None


@pytest.mark.parametrize(
    "changed",
    [{"code_challenge": None}, {"code_challenge_method": "plain"}, {"response_type": "token"}],
)
def test_a_request_without_pkce_or_code_is_sent_back(issuer, changed):
    with pytest.raises(RequestRefused) as refused:
        issuer.check(asked(**changed))

    assert refused.value.redirect is not None
    assert refused.value.redirect.startswith(f"{BASE}/sign-in/callback?error=")


def test_the_key_survives_a_restart_and_is_for_its_owner_alone(issuer, state, clock):
    token = issuer.access_token("ada@acme.test")

    assert claims_of(Issuer(BASE, state, clock.now), token)["username"]
    assert (state.folder / "idp-key.json").stat().st_mode & 0o777 == 0o600
