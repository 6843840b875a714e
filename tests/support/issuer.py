"""An OpenID Connect issuer in memory: makes tokens, right ones and every kind of wrong one."""

from collections.abc import Mapping
from datetime import datetime
from threading import Lock
from typing import Any
from urllib.parse import parse_qsl

from joserfc import jwt
from joserfc.jwk import RSAKey

ISSUER = "https://issuer.test"
CLIENT_ID = "gatehouse-test"


_keys: dict[str, RSAKey] = {}
_one_at_a_time = Lock()


def key(name: str = "first") -> RSAKey:
    """Return a signing key, the same for the same name and for every thread."""
    with _one_at_a_time:
        if name not in _keys:
            _keys[name] = RSAKey.generate_key(2048, {"kid": name, "alg": "RS256", "use": "sig"})
        return _keys[name]


def subject_of(email: str) -> str:
    return f"sub-{email}"


def identity_of(email: str) -> str:
    return f"{ISSUER} {subject_of(email)}"


def access_token(email: str, now: datetime, /, signed_by: str = "first", **claims: Any) -> str:
    """Return an access token in the shape of Cognito's; claims given as None are left out."""
    moment = int(now.timestamp())
    content = {
        "iss": ISSUER,
        "sub": subject_of(email),
        "client_id": CLIENT_ID,
        "token_use": "access",
        "scope": "openid email profile",
        "iat": moment,
        "exp": moment + 3600,
        **claims,
    }
    kept = {name: value for name, value in content.items() if value is not None}
    return jwt.encode({"alg": "RS256", "kid": signed_by}, kept, key(signed_by))


class FakeIssuer:
    """What the adapter fetches: metadata, keys, and tokens for codes that a test laid out."""

    def __init__(self) -> None:
        self.keys = ["first"]
        self.is_down = False
        self.id_tokens: dict[str, str] = {}
        self.fetched: list[str] = []
        self.forms: list[dict[str, str]] = []

    def fetch(self, url: str, form: bytes | None) -> Mapping[str, Any]:
        self.fetched.append(url)
        if self.is_down:
            raise OSError("the issuer is down")
        if url.endswith("/.well-known/openid-configuration"):
            return {
                "issuer": ISSUER,
                "authorization_endpoint": f"{ISSUER}/authorize",
                "token_endpoint": f"{ISSUER}/token",
                "jwks_uri": f"{ISSUER}/jwks",
            }
        if url.endswith("/jwks"):
            return {"keys": [key(name).as_dict(private=False) for name in self.keys]}
        self.forms.append(dict(parse_qsl((form or b"").decode())))
        return {"id_token": self.id_tokens[self.forms[-1]["code"]]}


def id_token(
    email: str, now: datetime, /, nonce: str, signed_by: str = "first", **claims: Any
) -> str:
    """Return an ID token, the address verified unless a claim says otherwise."""
    return access_token(
        email,
        now,
        signed_by,
        **{
            "token_use": "id",
            "aud": CLIENT_ID,
            "client_id": None,
            "scope": None,
            "nonce": nonce,
            "email": email,
            "email_verified": True,
            **claims,
        },
    )
