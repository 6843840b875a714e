"""OpenID Connect: verify access tokens, and sign people in by the code flow with PKCE.

The issuer's metadata (OpenID Connect Discovery 1.0) and keys (JWKS) are kept for an hour; a key
id never seen before fetches the keys again, at most once a minute.
"""

import time
import urllib.parse
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from typing import Any, Final, TypeGuard

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import JWKRegistry, Key, KeySet

from gatehouse.domain.errors import IssuerUnavailable, Unauthenticated
from gatehouse.domain.policy import MULTI_FACTOR_ACR
from gatehouse.http.factors import Assurance, factors_of
from gatehouse.http.fetching import Fetch, Rejected, fetch_json, is_safe
from gatehouse.usecases.ports import SignedIn

_ALGORITHMS: Final = ["RS256", "ES256", "PS256", "EdDSA"]
_ENDPOINTS: Final = ("authorization_endpoint", "token_endpoint", "jwks_uri")
_KEPT_SECONDS: Final = 3600
_AGAIN_SECONDS: Final = 60
_SKEW_SECONDS: Final = 60
_LONGEST_SUBJECT: Final = 255
"""Characters of a subject, by OpenID Connect Core 1.0."""
_KEY_TYPES: Final = ("RSA", "EC", "OKP")
"""Never ``oct``: a secret that is published is none."""
_NOTHING_KNOWN: Final = Assurance()


class OidcIdentities:
    """Implements :class:`gatehouse.usecases.ports.Identities` for one issuer and client.

    With a secret the client is a confidential one (``client_secret_post``); PKCE goes along too.
    """

    def __init__(
        self,
        *,
        issuer: str,
        client_id: str,
        redirect_uri: str,
        client_secret: str | None = None,
        assurance: Assurance = _NOTHING_KNOWN,
        fetch: Fetch | None = None,
    ) -> None:
        self._issuer = issuer
        self._client_id = client_id
        self._redirect_uri = redirect_uri
        self._secret = {"client_secret": client_secret} if client_secret else {}
        self._assurance = assurance
        self._fetch = fetch or fetch_json
        self._metadata: tuple[float, Mapping[str, Any]] | None = None
        self._keys: tuple[float, KeySet] | None = None

    def of_access_token(self, token: str, now: datetime) -> SignedIn:
        claims = self._verified(token, now)
        use = claims.get("token_use")
        if use not in (None, "access") or "nonce" in claims or "at_hash" in claims:
            raise Unauthenticated("This is an ID token. Send the access token.")
        for_us = self._client_id in _audiences(claims) or (
            use == "access" and claims.get("client_id") == self._client_id
        )
        if not for_us:
            raise Unauthenticated("This access token was issued to another client. Sign in here.")
        return SignedIn(self._identity(claims), None, factors_of(claims, self._assurance))

    def sign_in_address(
        self, *, state: str, nonce: str, challenge: str, hint: str | None, again: bool = False
    ) -> str:
        metadata = self._discovered()
        query = {
            "response_type": "code",
            "client_id": self._client_id,
            "redirect_uri": self._redirect_uri,
            "scope": "openid email profile",
            "state": state,
            "nonce": nonce,
            "code_challenge": challenge,
            "code_challenge_method": "S256",
            **({"login_hint": hint} if hint else {}),
            **(self._anew(metadata) if again else {}),
        }
        endpoint = metadata["authorization_endpoint"]
        joint = "&" if urllib.parse.urlsplit(endpoint).query else "?"
        return f"{endpoint}{joint}{urllib.parse.urlencode(query)}"

    def _anew(self, metadata: Mapping[str, Any]) -> dict[str, str]:
        """Ask to sign in once more, with more than one factor if the issuer has a word for it.

        An ``acr`` that it does not list is not asked for: some refuse what they do not know.
        """
        listed = metadata.get("acr_values_supported")
        known = self._assurance.acr_values | MULTI_FACTOR_ACR
        wanted = sorted(known & set(filter(_is_text, listed))) if isinstance(listed, list) else []
        words = wanted or sorted(self._assurance.acr_values)
        return {"prompt": "login", "max_age": "0"} | (
            {"acr_values": " ".join(words)} if words else {}
        )

    def exchange(self, *, code: str, verifier: str, nonce: str, now: datetime) -> SignedIn:
        form = urllib.parse.urlencode(
            {
                "grant_type": "authorization_code",
                "client_id": self._client_id,
                "redirect_uri": self._redirect_uri,
                "code": code,
                "code_verifier": verifier,
                **self._secret,
            }
        ).encode()
        endpoint = self._discovered()["token_endpoint"]
        try:
            answer = self._fetch(endpoint, form)
        except Rejected as no:
            raise Unauthenticated("The identity provider did not confirm the sign-in.") from no
        except (OSError, ValueError) as failure:
            raise _unavailable() from failure
        claims = self._verified(str(answer.get("id_token", "")), now)
        audiences = _audiences(claims)
        # Of several audiences the authorized party is the one it was made for (OIDC Core, 3.1.3.7).
        party = claims.get("azp", self._client_id if len(audiences) == 1 else None)
        if self._client_id not in audiences or party != self._client_id:
            raise Unauthenticated("The identity provider answered another client than this one.")
        if claims.get("nonce") != nonce or claims.get("token_use") not in (None, "id"):
            raise Unauthenticated("The identity provider answered another sign-in than this one.")
        # Cognito writes the claim as text when a user was imported.
        verified = claims.get("email_verified") is True or claims.get("email_verified") == "true"
        email = claims.get("email")
        return SignedIn(
            self._identity(claims),
            _lowered(email) if verified and isinstance(email, str) else None,
            factors_of(claims, self._assurance),
        )

    def _verified(self, token: str, now: datetime) -> Mapping[str, Any]:
        try:
            claims = self._decoded(token)
        except JoseError as wrong:
            raise Unauthenticated("The token's signature does not hold. Sign in again.") from wrong
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as wrong:
            raise Unauthenticated("This is no token of ours. Sign in again.") from wrong
        moment = now.timestamp()
        expires = claims.get("exp")
        if claims.get("iss") != self._issuer:
            raise Unauthenticated("This token is of another issuer. Sign in here.")
        if not _is_number(expires) or _is_number(expires, most=moment):
            raise Unauthenticated("The token has expired. Sign in again.")
        for name in ("nbf", "iat"):
            begins = claims.get(name)
            if begins is not None and not _is_number(begins, most=moment + _SKEW_SECONDS):
                raise Unauthenticated("The token is not valid yet. Check the clocks.")
        if not _is_text(claims.get("sub")) or len(claims["sub"]) > _LONGEST_SUBJECT:
            raise Unauthenticated("The token names nobody. Sign in again.")
        return claims

    def _decoded(self, token: str) -> Mapping[str, Any]:
        keys = self._jwks()
        try:
            return jwt.decode(token, keys, algorithms=_ALGORITHMS).claims
        except (JoseError, ValueError):
            # A key made since we last looked; a flood of bad tokens fetches no more often.
            fresh = self._jwks(older_than=_AGAIN_SECONDS)
            if fresh is keys:
                raise
            return jwt.decode(token, fresh, algorithms=_ALGORITHMS).claims

    def _jwks(self, older_than: float = _KEPT_SECONDS) -> KeySet:
        if self._keys is None or time.monotonic() - self._keys[0] > older_than:
            keys = _keys_of(self._get(self._discovered()["jwks_uri"]))
            if not keys:
                raise _unavailable()
            self._keys = (time.monotonic(), KeySet(keys))
        return self._keys[1]

    def _discovered(self) -> Mapping[str, Any]:
        if self._metadata is None or time.monotonic() - self._metadata[0] > _KEPT_SECONDS:
            document = self._get(f"{self._issuer}/.well-known/openid-configuration")
            known = all(is_safe(document.get(name)) for name in _ENDPOINTS)
            if not known or document.get("issuer") != self._issuer:
                raise _unavailable()
            self._metadata = (time.monotonic(), document)
        return self._metadata[1]

    def _get(self, url: str) -> Mapping[str, Any]:
        try:
            return self._fetch(url, None)
        except (OSError, ValueError) as failure:
            raise _unavailable() from failure

    def _identity(self, claims: Mapping[str, Any]) -> str:
        return f"{self._issuer} {claims['sub']}"


def _keys_of(document: Mapping[str, Any]) -> list[Key]:
    """Return the keys that sign; one that nobody here can read does not stand in the others' way."""
    listed = document.get("keys")
    found: list[Key] = []
    for one in listed if isinstance(listed, list) else []:
        if isinstance(one, dict) and one.get("kty") in _KEY_TYPES and one.get("use") != "enc":
            with suppress(JoseError, KeyError, TypeError, ValueError):
                found.append(JWKRegistry.import_key(one))
    return found


def _audiences(claims: Mapping[str, Any]) -> list[Any]:
    audience = claims.get("aud")
    return audience if isinstance(audience, list) else [audience]


def _is_text(value: object) -> TypeGuard[str]:
    return isinstance(value, str) and value != ""


def _lowered(email: str) -> str | None:
    """Write an address in small letters; None if that makes it another one.

    The Kelvin sign is no k in a mail server's eyes, and becomes one when lower-cased.
    """
    lowered = email.lower()
    return lowered if all(one.isascii() or not one.lower().isascii() for one in email) else None


def _is_number(value: object, most: float | None = None) -> bool:
    if not isinstance(value, int | float) or isinstance(value, bool):
        return False
    return most is None or value <= most


def _unavailable() -> IssuerUnavailable:
    return IssuerUnavailable(
        "The identity provider did not answer as it should. Wait a minute, then try again.",
        retry_after=60,
    )
