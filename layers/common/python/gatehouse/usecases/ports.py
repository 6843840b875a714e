"""The ports that use cases speak to; adapters stand behind them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from gatehouse.domain.limits import Limits
from gatehouse.domain.mailing import AccountLetter, Letter
from gatehouse.usecases.stored import Store


class Clock(Protocol):
    """The one clock."""

    def now(self) -> datetime:
        """Return the moment, UTC, cut to milliseconds."""


class Ids(Protocol):
    """Where ids come from."""

    def new(self, kind: str) -> str: ...
    def account(self) -> str: ...
    def user(self, account_id: str) -> str: ...
    def api_key(self) -> str: ...
    def token(self) -> str: ...


class Mailer(Protocol):
    """The mail service."""

    def send(self, letter: Letter | AccountLetter) -> str:
        """Hand over one letter; return the service's id of it. Raises MailUnavailable."""


class Identities(Protocol):
    """The identity provider (OpenID Connect) that says who somebody is."""

    def of_access_token(self, token: str, now: datetime) -> str:
        """Verify an access token; return the identity. Raises Unauthenticated."""

    def sign_in_address(self, *, state: str, nonce: str, challenge: str, hint: str | None) -> str:
        """Return where a browser goes to sign in (authorization code flow with PKCE)."""

    def exchange(self, *, code: str, verifier: str, nonce: str, now: datetime) -> "SignedIn":
        """Turn a code into who signed in. Raises Unauthenticated."""


@dataclass(frozen=True, slots=True)
class SignedIn:
    """What an ID token says: the identity, and an address if it is verified."""

    identity: str
    verified_email: str | None


class Ports(Protocol):
    """Everything a use case may speak to; each is made when first asked for."""

    @property
    def store(self) -> Store: ...
    @property
    def mailer(self) -> Mailer: ...
    @property
    def identities(self) -> Identities: ...
    @property
    def clock(self) -> Clock: ...
    @property
    def ids(self) -> Ids: ...
    @property
    def limits(self) -> Limits: ...
    @property
    def public_base_url(self) -> str: ...
    @property
    def signing_key(self) -> bytes:
        """Return the key that cursors and sign-in attempts are signed with."""
