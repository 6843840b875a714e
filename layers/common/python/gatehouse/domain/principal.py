"""Who calls: a person as their user, or an application by its API key."""

from dataclasses import dataclass

from gatehouse.domain.activity import Actor
from gatehouse.domain.api_key import ApiKey, ApiScope, Secret
from gatehouse.domain.connection import Person as Named
from gatehouse.domain.errors import NotAllowed
from gatehouse.domain.factors import UNKNOWN_FACTORS, Factors
from gatehouse.domain.policy import Circumstances
from gatehouse.domain.roles import Role
from gatehouse.domain.user import User


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a request came from, for the record."""

    ip_address: str | None = None
    user_agent: str | None = None


@dataclass(frozen=True, slots=True)
class Person:
    """A signed-in user, as read from the table for this request.

    ``factors`` are of the sign-in that the session or the access token stands on; ``session_id``
    is the session's, of a browser.
    """

    user: User
    origin: Origin = Origin()
    factors: Factors = UNKNOWN_FACTORS
    session_id: str | None = None

    @property
    def account_id(self) -> str:
        return self.user.account_id

    @property
    def caller_id(self) -> str:
        return self.user.user_id

    @property
    def circumstances(self) -> Circumstances:
        """Return how and from where this person acts, to hold against what an account demands."""
        return Circumstances(self.factors.amr, self.factors.acr, self.origin.ip_address)

    @property
    def named(self) -> Named:
        """Return how a connection's history names this person."""
        return Named(self.user.user_id, self.user.name)

    @property
    def actor(self) -> Actor:
        """Return how the log names this person acting at home."""
        return Actor(
            type="user",
            name=self.user.name,
            user_id=self.user.user_id,
            home_account_id=self.user.account_id,
            own_role=self.user.role,
            effective_role=self.user.role,
        )


@dataclass(frozen=True, slots=True)
class Application:
    """An application with an API key, acting for the key's account; ``secret`` is the one it sent."""

    key: ApiKey
    secret: Secret
    origin: Origin = Origin()

    @property
    def account_id(self) -> str:
        return self.key.account_id

    @property
    def caller_id(self) -> str:
        return self.key.api_key_id

    @property
    def actor(self) -> Actor:
        """Return how the log names this application."""
        return Actor(
            type="key",
            name=self.key.name,
            api_key_id=self.key.api_key_id,
            api_key_secret=self.secret.number,
            home_account_id=self.key.account_id,
        )


Principal = Person | Application


def administrator(principal: Principal, doing: str) -> Person:
    """Return the person if an active Administrator; raise NotAllowed otherwise.

    ``doing`` completes the sentence "Only Administrators may …".
    """
    if isinstance(principal, Application):
        raise NotAllowed(
            f"An API key can never {doing}. An Administrator of the account does that, signed in."
        )
    if principal.user.role is not Role.ADMINISTRATOR:
        raise NotAllowed(
            f"Only Administrators may {doing}; your role is {principal.user.role.label}. "
            "Ask an Administrator of your account."
        )
    return principal


def with_scope(principal: Principal, scope: ApiScope, doing: str) -> Application:
    """Return the application if its key has the scope; raise NotAllowed otherwise."""
    if not isinstance(principal, Application):
        raise NotAllowed(f"Only an API key with the scope {scope} may {doing}.")
    if scope not in principal.key.scopes:
        raise NotAllowed(
            f"This API key may not {doing}: it lacks the scope {scope}. "
            "An Administrator can add the scope or make another key."
        )
    return principal


def administrator_or_scope(principal: Principal, scope: ApiScope, doing: str) -> Principal:
    """Return the principal if an Administrator or a key with the scope."""
    if isinstance(principal, Application):
        return with_scope(principal, scope, doing)
    return administrator(principal, doing)
