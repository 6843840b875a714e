"""Sign in: who an identity belongs to, the first time and every time after.

Signing in creates nobody. An identity (issuer and subject) is bound once, to the user who has
the verified address, after that person said so; from then on only the identity counts.
"""

from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Final

from gatehouse.domain import secrets
from gatehouse.domain.account import Account
from gatehouse.domain.activity import Category, Resource
from gatehouse.domain.demands import must_meet
from gatehouse.domain.errors import (
    Deactivated,
    EmailUnverified,
    NotAdded,
    OtherIdentity,
    OtherUser,
    Unauthenticated,
)
from gatehouse.domain.factors import Factors
from gatehouse.domain.principal import Origin, Person
from gatehouse.domain.session import LIFETIME, Session
from gatehouse.domain.user import Status, User
from gatehouse.usecases.changes import Claim, LostRace, Record, Save
from gatehouse.usecases.entries import done
from gatehouse.usecases.ports import Ports, SignedIn
from gatehouse.usecases.racing import settled
from gatehouse.usecases.session_changes import Close, Open

_OVER: Final = "Your session is over. Sign in again."


@dataclass(frozen=True, slots=True)
class Stranger:
    """An identity that is not bound yet, and the user it may be bound to after a yes."""

    user: User
    account: Account


def recognise(ports: Ports, signed_in: SignedIn) -> User | Stranger:
    """Return the user of an identity, or whom it could be bound to."""
    user_id = ports.store.accounts.owner("identity", signed_in.identity)
    user = ports.store.users.get(user_id) if user_id else None
    if user is None:
        if signed_in.verified_email is None:
            raise EmailUnverified(
                "The identity provider does not say that your e-mail address is verified. "
                "Verify it there, then sign in again."
            )
        email = signed_in.verified_email.lower()
        user_id = ports.store.accounts.owner("email", email)
        user = ports.store.users.get(user_id) if user_id else None
        account = ports.store.accounts.get(user.account_id) if user else None
        if user is None or account is None:
            raise NotAdded(
                "Nobody has added you to an account yet. Ask an Administrator of your company to "
                "add you under the address you sign in with."
            )
        if user.identity == signed_in.identity:  # bound since the identity was looked up
            _must_be_active(user)
            return user
        if user.identity is not None:
            raise OtherIdentity(
                "You signed in before with another identity. Use that one, or ask an "
                "Administrator of your account to remove and add you again."
            )
        _must_be_active(user)
        return Stranger(user, account)
    _must_be_active(user)
    return user


def bind(ports: Ports, signed_in: SignedIn, user_id: str, origin: Origin) -> User:
    """Bind an identity to the user that its person said yes to; harmless when done twice.

    Raises OtherUser where by now it would be another one: whoever says yes to one company is not
    brought into the next by an address that moved meanwhile.
    """

    def attempt() -> User:
        found = recognise(ports, signed_in)
        who = found if isinstance(found, User) else found.user
        if who.user_id != user_id:
            raise OtherUser(
                "The user that you were asked about is no longer the one that you would sign in "
                "as. Sign in again: you are asked anew."
            )
        if isinstance(found, User):
            return found
        must_meet(found.account, Person(found.user, origin, signed_in.factors))
        user = replace(found.user, identity=signed_in.identity, version=found.user.version + 1)
        ports.store.commit(
            Save(user, found.user),
            Claim("identity", signed_in.identity, user.user_id),
            _entry(ports, "session.bound", Person(user, origin)),
        )
        return user

    return settled(attempt)


def open_session(ports: Ports, user: User, origin: Origin, factors: Factors) -> str:
    """Start a console session; return its token, which only the browser keeps."""
    token = ports.ids.token()
    now = ports.clock.now()
    session = Session(
        session_hash=secrets.hash_of(token),
        session_id=ports.ids.new("ses"),
        user_id=user.user_id,
        created_at=now,
        expires_at=now + LIFETIME,
        last_seen_at=now,
        epoch=user.session_epoch,
        factors=factors,
        ip_address=origin.ip_address,
        user_agent=origin.user_agent,
    )
    ports.store.commit(Open(session), _entry(ports, "session.started", Person(user, origin)))
    return token


def end_session(ports: Ports, token: str, origin: Origin) -> None:
    """End a session; the cookie is worthless from now on. One that was over leaves no entry."""
    session = _stored(ports, token)
    if session is None:
        return
    try:
        entry = _entry(ports, "session.ended", _person(ports, session, origin))
    except Unauthenticated:
        entry = None
    with suppress(LostRace):  # ended meanwhile, which is what was wanted
        ports.store.commit(Close(session), entry)


def person_of_session(ports: Ports, token: str, origin: Origin) -> Person:
    """Return who a session's cookie belongs to, read fresh. Raises Unauthenticated."""
    session = _stored(ports, token)
    if session is None:
        raise Unauthenticated(_OVER)
    person = _person(ports, session, origin)
    ports.store.sessions.touch(session, ports.clock.now())
    return person


def person_of_token(ports: Ports, signed_in: SignedIn, origin: Origin) -> Person:
    """Return who an access token belongs to, read fresh. Raises Unauthenticated."""
    user_id = ports.store.accounts.owner("identity", signed_in.identity)
    if user_id is None:
        raise Unauthenticated(
            "This identity has not signed in here before. Sign in once in a browser first."
        )
    return Person(_active(ports, user_id), origin, signed_in.factors)


def _stored(ports: Ports, token: str) -> Session | None:
    return ports.store.sessions.get(secrets.hash_of(token)) if secrets.is_token(token) else None


def _person(ports: Ports, session: Session, origin: Origin) -> Person:
    if ports.clock.now() >= session.expires_at:
        raise Unauthenticated(_OVER)
    user = _active(ports, session.user_id)
    if user.session_epoch != session.epoch:
        raise Unauthenticated(_OVER)
    return Person(user, origin, session.factors, session.session_id)


def _active(ports: Ports, user_id: str) -> User:
    user = ports.store.users.get(user_id)
    if user is None or user.status is not Status.ACTIVE:
        raise Unauthenticated(
            "Your user is deactivated or no longer exists. Ask an Administrator of your account."
        )
    return user


def _entry(ports: Ports, action: str, person: Person) -> Record:
    """Return what the log says of a person's own sign-in."""
    user = Resource("user", person.user.user_id, person.user.name)
    return done(ports, person, action, user, category=Category.SESSION)


def _must_be_active(user: User) -> None:
    if user.status is not Status.ACTIVE:
        raise Deactivated(
            "Your user was deactivated. Ask an Administrator of your account to reactivate you."
        )
