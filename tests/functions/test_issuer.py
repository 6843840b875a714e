"""The identity provider, as it answers over HTTP: its metadata, its keys, its tokens."""

import json
from collections.abc import Iterator
from typing import Any
from urllib.error import HTTPError
from urllib.parse import parse_qs

import pytest

from gatehouse.domain.errors import IssuerUnavailable, Unauthenticated
from gatehouse.http import oidc
from gatehouse.http.fetching import fetch_json
from gatehouse.http.oidc import OidcIdentities
from tests.support import issuer
from tests.support.loopback import Loopback, loopback
from tests.support.people import NOW

METADATA, KEYS, TOKENS = "/.well-known/openid-configuration", "/jwks", "/token"
EMAIL = "sam@acme.test"


@pytest.fixture
def provider() -> Iterator[Loopback]:
    """Return an identity provider of this machine that answers as it should."""
    with loopback() as server:
        server.answers[METADATA] = (200, json.dumps(metadata(server)).encode())
        server.answers[KEYS] = (200, json.dumps({"keys": [public("first")]}).encode())
        yield server


def metadata(server: Loopback, **more: Any) -> dict[str, Any]:
    return {
        "issuer": server.url,
        "authorization_endpoint": f"{server.url}/authorize",
        "token_endpoint": f"{server.url}{TOKENS}",
        "jwks_uri": f"{server.url}{KEYS}",
        **more,
    }


def public(name: str) -> dict[str, Any]:
    return dict(issuer.key(name).as_dict(private=False))


def identities(server: Loopback) -> OidcIdentities:
    return OidcIdentities(
        issuer=server.url,
        client_id=issuer.CLIENT_ID,
        redirect_uri="https://gatehouse.test/sign-in/callback",
    )


def access_token(server: Loopback, **claims: Any) -> str:
    return issuer.access_token(EMAIL, NOW, iss=server.url, **claims)


def test_an_access_token_is_verified_with_the_keys_that_the_issuer_publishes(
    provider: Loopback,
) -> None:
    known = identities(provider)
    for _ in range(3):
        whose = known.of_access_token(access_token(provider), NOW)
        assert whose.identity == f"{provider.url} {issuer.subject_of(EMAIL)}"
    assert [one.path for one in provider.asked] == [METADATA, KEYS]
    with pytest.raises(Unauthenticated):
        known.of_access_token(access_token(provider, signed_by="second"), NOW)


def test_a_code_is_exchanged_for_who_signed_in(provider: Loopback) -> None:
    token = issuer.id_token(EMAIL, NOW, "nonce-1", iss=provider.url)
    provider.answers[TOKENS] = (200, json.dumps({"id_token": token}).encode())
    signed_in = identities(provider).exchange(
        code="code-1", verifier="verifier-1", nonce="nonce-1", now=NOW
    )
    assert signed_in.identity == f"{provider.url} {issuer.subject_of(EMAIL)}"
    assert signed_in.verified_email == EMAIL
    (form,) = [one for one in provider.asked if one.path == TOKENS]
    assert form.method == "POST"
    assert form.headers["content-type"] == "application/x-www-form-urlencoded"
    assert parse_qs(form.body.decode()) == {
        "grant_type": ["authorization_code"],
        "client_id": [issuer.CLIENT_ID],
        "redirect_uri": ["https://gatehouse.test/sign-in/callback"],
        "code": ["code-1"],
        "code_verifier": ["verifier-1"],
    }


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        ((400, b'{"error":"invalid_grant"}'), Unauthenticated),
        ((401, b""), Unauthenticated),
        ((200, b"{}"), Unauthenticated),
        ((500, b'{"error":"server_error"}'), IssuerUnavailable),
        ((200, b"<html>Maintenance</html>"), IssuerUnavailable),
        ((200, b"[]"), IssuerUnavailable),
    ],
)
def test_a_code_that_is_not_confirmed_signs_nobody_in(
    provider: Loopback, answer: tuple[int, bytes], error: type[Exception]
) -> None:
    provider.answers[TOKENS] = answer
    with pytest.raises(error):
        identities(provider).exchange(code="code-1", verifier="v", nonce="n", now=NOW)


@pytest.mark.parametrize("path", [METADATA, KEYS])
@pytest.mark.parametrize(
    "answer",
    [
        (500, b"{}"),
        (404, b""),
        (200, b""),
        (200, b"<html>Maintenance</html>"),
        (200, b"\xff\xfe"),
        (200, b"[]"),
        (200, b'"text"'),
        (200, b"{}"),
        (200, b'{"keys": 5, "issuer": 5}'),
        (200, b'{"keys": [{"kty": "RSA", "n": "x", "e": "AQAB"}]}'),
        (200, b'{"padding": "' + b"x" * 600_000 + b'"}'),
    ],
)
def test_an_issuer_that_answers_oddly_is_to_be_asked_again_and_no_token_is_blamed(
    provider: Loopback, path: str, answer: tuple[int, bytes]
) -> None:
    provider.answers[path] = answer
    with pytest.raises(IssuerUnavailable) as unable:
        identities(provider).of_access_token(access_token(provider), NOW)
    assert unable.value.retry_after


@pytest.mark.parametrize(
    "wrong",
    [
        {"issuer": "https://other.test"},
        {"jwks_uri": None},
        {"token_endpoint": 5},
        {"authorization_endpoint": None},
    ],
)
def test_metadata_of_another_issuer_or_without_an_endpoint_is_not_used(
    provider: Loopback, wrong: dict[str, Any]
) -> None:
    provider.answers[METADATA] = (200, json.dumps(metadata(provider, **wrong)).encode())
    known = identities(provider)
    with pytest.raises(IssuerUnavailable):
        known.of_access_token(access_token(provider), NOW)
    with pytest.raises(IssuerUnavailable):
        known.sign_in_address(state="s", nonce="n", challenge="c", hint=None)
    with pytest.raises(IssuerUnavailable):
        known.exchange(code="c", verifier="v", nonce="n", now=NOW)
    assert {one.path for one in provider.asked} == {METADATA}


def test_an_issuer_that_cannot_be_reached_is_to_be_asked_again() -> None:
    with loopback() as gone:
        token = access_token(gone)
    with pytest.raises(IssuerUnavailable):
        identities(gone).of_access_token(token, NOW)


@pytest.mark.parametrize(
    "address",
    ["http://issuer.test/jwks", "http://127.0.0.1.issuer.test/", "file:///etc/hosts", "ftp://x/y"],
)
def test_nothing_is_fetched_in_the_clear(provider: Loopback, address: str) -> None:
    with pytest.raises(ValueError, match="over https"):
        fetch_json(address, None)
    provider.answers["/moved"] = (302, b"", {"Location": address})
    with pytest.raises(HTTPError, match="302"):
        fetch_json(f"{provider.url}/moved", None)


def test_an_issuer_may_send_on_to_where_its_keys_are(provider: Loopback) -> None:
    provider.answers["/moved"] = (302, b"", {"Location": f"{provider.url}{KEYS}"})
    assert fetch_json(f"{provider.url}/moved", None) == {"keys": [public("first")]}


class Watch:
    """A watch that a test moves."""

    seconds = 1_000.0

    def monotonic(self) -> float:
        return self.seconds


@pytest.fixture
def watch(monkeypatch: pytest.MonkeyPatch) -> Watch:
    watch = Watch()
    monkeypatch.setattr(oidc, "time", watch)
    return watch


def publish(provider: Loopback, *names: str) -> None:
    keys = [public(name) for name in names]
    provider.answers[KEYS] = (200, json.dumps({"keys": keys}).encode())


def test_a_new_key_of_the_issuer_is_fetched_when_a_token_is_first_signed_with_it(
    provider: Loopback, watch: Watch
) -> None:
    known = identities(provider)
    known.of_access_token(access_token(provider), NOW)
    publish(provider, "first", "second")
    watch.seconds += 61
    for name in ("second", "first"):
        known.of_access_token(access_token(provider, signed_by=name), NOW)
    assert [one.path for one in provider.asked] == [METADATA, KEYS, KEYS]


@pytest.mark.parametrize("token", ["", "nonsense", "a.b.c", "unknown key", "no key named"])
def test_a_flood_of_bad_tokens_asks_the_issuer_once_a_minute(
    provider: Loopback, watch: Watch, token: str
) -> None:
    bad = {
        "unknown key": access_token(provider, signed_by="second"),
        "no key named": access_token(provider).partition(".")[2],
    }
    known = identities(provider)
    for minute in range(1, 4):
        for _ in range(5):
            with pytest.raises(Unauthenticated):
                known.of_access_token(bad.get(token, token), NOW)
        assert sum(one.path == KEYS for one in provider.asked) == minute
        watch.seconds += 61


def test_a_key_that_the_issuer_takes_back_is_trusted_for_an_hour_at_most(
    provider: Loopback, watch: Watch
) -> None:
    known = identities(provider)
    token = access_token(provider)
    known.of_access_token(token, NOW)
    publish(provider, "second")
    watch.seconds += 3_601
    with pytest.raises(Unauthenticated):
        known.of_access_token(token, NOW)
    assert [one.path for one in provider.asked] == [METADATA, KEYS] * 2
