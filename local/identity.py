"""The local identity provider: an OpenID Connect issuer whose people sign in with one click.

Code flow with PKCE (S256) required, RS256, access tokens in the shape of Amazon Cognito's: no `aud`,
no `email`, but `client_id` and `token_use`. See OpenID Connect Core 1.0, RFC 7636, and
docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-user-pools-using-the-access-token.html
"""

import base64
import hashlib
import hmac
import secrets
import threading
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from urllib.parse import urlencode

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import RSAKey

from local.state import StateFolder

PATH: Final = "/.local/idp"
CLIENT_ID: Final = "gatehouse-local"
SCOPE: Final = "openid email profile"
TOKEN_LIFETIME: Final = timedelta(hours=1)
CODE_LIFETIME: Final = timedelta(minutes=10)


def subject_of(email: str) -> str:
    """Derive the stable `sub` of a person from the e-mail address."""
    return str(uuid.uuid5(uuid.NAMESPACE_URL, f"mailto:{email.strip().lower()}"))


@dataclass(frozen=True, slots=True)
class SignInRequest:
    """An authorization request that was found to be in order."""

    redirect_uri: str
    state: str
    nonce: str
    code_challenge: str

    def back(self, **answer: str) -> str:
        """Write the address that leads back to the client."""
        given = {"state": self.state} if self.state else {}
        return f"{self.redirect_uri}?{urlencode(answer | given)}"


@dataclass(frozen=True, slots=True)
class RequestRefused(Exception):
    """Say why an authorization or token request is refused, by its OAuth 2.0 error code."""

    error: str
    description: str
    redirect: str | None = None


@dataclass(frozen=True, slots=True)
class _Code:
    request: SignInRequest
    email: str
    name: str
    issued_at: datetime
    amr: tuple[str, ...]


class Issuer:
    """Issue codes and tokens; keep the signing key in the state folder."""

    def __init__(self, base_url: str, state: StateFolder, now: Callable[[], datetime]) -> None:
        self.url = f"{base_url}{PATH}"
        self._callback = f"{base_url}/sign-in/callback"
        self._now = now
        self._key = _signing_key(state)
        self._codes: dict[str, _Code] = {}
        self._lock = threading.Lock()

    def discovery(self) -> dict[str, Any]:
        """Describe the issuer (OpenID Connect Discovery 1.0)."""
        return {
            "issuer": self.url,
            "authorization_endpoint": f"{self.url}/authorize",
            "token_endpoint": f"{self.url}/token",
            "jwks_uri": f"{self.url}/jwks.json",
            "response_types_supported": ["code"],
            "grant_types_supported": ["authorization_code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "code_challenge_methods_supported": ["S256"],
            "token_endpoint_auth_methods_supported": ["none"],
            "scopes_supported": SCOPE.split(),
        }

    def jwks(self) -> dict[str, Any]:
        """Publish the verification key."""
        public: dict[str, Any] = dict(self._key.as_dict(private=False))
        return {"keys": [public | {"use": "sig", "alg": "RS256"}]}

    def check(self, query: Mapping[str, str]) -> SignInRequest:
        """Check an authorization request; raise RequestRefused."""
        if query.get("client_id") != CLIENT_ID:
            raise RequestRefused("invalid_client", f"client_id must be {CLIENT_ID}")
        if query.get("redirect_uri") != self._callback:
            raise RequestRefused("invalid_request", f"redirect_uri must be {self._callback}")
        request = SignInRequest(
            redirect_uri=self._callback,
            state=query.get("state", ""),
            nonce=query.get("nonce", ""),
            code_challenge=query.get("code_challenge", ""),
        )
        if query.get("response_type") != "code":
            raise _refused(request, "unsupported_response_type", "response_type must be code")
        if "openid" not in query.get("scope", "").split():
            raise _refused(request, "invalid_scope", "scope must contain openid")
        if query.get("code_challenge_method") != "S256" or not request.code_challenge:
            raise _refused(request, "invalid_request", "PKCE with S256 is required")
        return request

    def issue_code(
        self, request: SignInRequest, email: str, name: str, amr: Sequence[str] = ()
    ) -> str:
        """Issue a code for a person who clicked; return the address to go to.

        ``amr`` is how they sign in, of which the tokens say nothing while it is empty.
        """
        code = secrets.token_urlsafe(32)
        now = self._now()
        with self._lock:
            self._codes = {
                c: kept for c, kept in self._codes.items() if now - kept.issued_at < CODE_LIFETIME
            }
            self._codes[code] = _Code(request, email.strip().lower(), name, now, tuple(amr))
        return request.back(code=code)

    def redeem(self, form: Mapping[str, str]) -> dict[str, Any]:
        """Exchange a code for tokens, once; raise RequestRefused."""
        if form.get("grant_type") != "authorization_code":
            raise RequestRefused("unsupported_grant_type", "grant_type must be authorization_code")
        if form.get("client_id") != CLIENT_ID:
            raise RequestRefused("invalid_client", f"client_id must be {CLIENT_ID}")
        with self._lock:
            code = self._codes.pop(form.get("code", ""), None)
        now = self._now()
        if code is None or now - code.issued_at >= CODE_LIFETIME:
            raise RequestRefused("invalid_grant", "the code is unknown, used or too old")
        if form.get("redirect_uri") != code.request.redirect_uri:
            raise RequestRefused("invalid_grant", "redirect_uri is not the one of the request")
        challenge = _challenge_of(form.get("code_verifier", ""))
        if not hmac.compare_digest(challenge, code.request.code_challenge):
            raise RequestRefused("invalid_grant", "code_verifier does not match")
        return {
            "access_token": self.access_token(code.email, code.amr),
            "id_token": self._id_token(code),
            "token_type": "Bearer",
            "expires_in": int(TOKEN_LIFETIME.total_seconds()),
            "scope": SCOPE,
        }

    def identity_of(self, email: str) -> str:
        """Write the identity as the product stores it: issuer and subject."""
        return f"{self.url} {subject_of(email)}"

    def access_token(self, email: str, amr: Sequence[str] = ()) -> str:
        """Issue an access token for a person, who signed in by these methods if any are given."""
        subject = subject_of(email)
        return self._sign(
            {
                "sub": subject,
                "client_id": CLIENT_ID,
                "token_use": "access",
                "scope": SCOPE,
                "username": subject,
                "jti": str(uuid.uuid4()),
                "version": 2,
                **({"amr": list(amr)} if amr else {}),
            }
        )

    def _id_token(self, code: _Code) -> str:
        claims: dict[str, Any] = {
            "sub": subject_of(code.email),
            "aud": CLIENT_ID,
            "token_use": "id",
            "email": code.email,
            "email_verified": True,
            "name": code.name,
        }
        if code.request.nonce:
            claims["nonce"] = code.request.nonce
        if code.amr:
            claims["amr"] = list(code.amr)
        return self._sign(claims)

    def _sign(self, claims: dict[str, Any]) -> str:
        now = int(self._now().timestamp())
        times = {
            "iss": self.url,
            "auth_time": now,
            "iat": now,
            "exp": now + int(TOKEN_LIFETIME.total_seconds()),
        }
        header = {"alg": "RS256", "kid": self._key.kid, "typ": "JWT"}
        return jwt.encode(header, claims | times, self._key, algorithms=["RS256"])


def _refused(request: SignInRequest, error: str, description: str) -> RequestRefused:
    redirect = request.back(error=error, error_description=description)
    return RequestRefused(error, description, redirect)


def _challenge_of(verifier: str) -> str:
    digest = hashlib.sha256(verifier.encode("ascii", "replace")).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode("ascii")


def _signing_key(state: StateFolder) -> RSAKey:
    kept = state.read("idp-key.json")
    if kept is None:
        key = RSAKey.generate_key(2048, auto_kid=True)
        state.write("idp-key.json", key.as_dict(private=True))
        return key
    try:
        return RSAKey.import_key(kept)
    except (JoseError, ValueError, TypeError, KeyError):
        raise state.stale("idp-key.json in it is damaged") from None
