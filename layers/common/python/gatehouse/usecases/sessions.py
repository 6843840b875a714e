"""Where people are signed in: seen and ended by themselves, and by who runs the account.

Ending all sessions is one write to the user: a session holds in the user's epoch only. What is
left of them is removed afterwards, and nothing depends on that.
"""

from dataclasses import dataclass, replace

from gatehouse.domain.activity import Category, Resource
from gatehouse.domain.errors import NotAllowed, NotFound, Unauthenticated
from gatehouse.domain.ids import is_id
from gatehouse.domain.pages import Page
from gatehouse.domain.principal import Person, Principal
from gatehouse.domain.session import Session
from gatehouse.domain.user import Status, User
from gatehouse.usecases.changes import Save
from gatehouse.usecases.entries import done
from gatehouse.usecases.memberships import own_user
from gatehouse.usecases.ports import Ports
from gatehouse.usecases.racing import settled
from gatehouse.usecases.receipts import Keep
from gatehouse.usecases.session_changes import CarryOver, Close
from gatehouse.usecases.writers import Writer, writer


@dataclass(frozen=True, slots=True)
class Listed:
    """A session, and whether it is the one that asks."""

    session: Session
    is_current: bool


def own_sessions(ports: Ports, principal: Principal, after: str | None, limit: int) -> Page[Listed]:
    """Return where the caller is signed in, newest first."""
    person = _person(principal)
    return _living(ports, person.user, person.session_id, after, limit)


def end_own_session(ports: Ports, principal: Principal, session_id: str, keep: Keep) -> None:
    """End one of the caller's sessions: its next request is refused."""
    person = _person(principal)

    def attempt() -> None:
        found = (
            ports.store.sessions.find(person.user.user_id, session_id)
            if is_id(session_id, "ses")
            else None
        )
        if found is None or not _holds(ports, found, _fresh(ports, person)):
            raise NotFound(f"You have no session {session_id}. It may be over already.")
        entry = done(
            ports, person, "session.ended", _resource(person.user), category=Category.SESSION
        )
        ports.store.commit(Close(found), entry, keep(None))

    settled(attempt)


def end_other_sessions(ports: Ports, principal: Principal, keep: Keep) -> None:
    """End every session of the caller but the one that asks, at one instant."""
    person = _person(principal)

    def attempt() -> User:
        old = _fresh(ports, person)
        new = replace(old, session_epoch=old.session_epoch + 1, version=old.version + 1)
        current = (
            ports.store.sessions.find(old.user_id, person.session_id)
            if person.session_id is not None
            else None
        )
        ports.store.commit(
            Save(new, old),
            CarryOver(current, new.session_epoch) if current else None,
            done(
                ports,
                person,
                "session.others_ended",
                _resource(old),
                category=Category.SESSION,
            ),
            keep(None),
        )
        return new

    user = settled(attempt)
    ports.store.sessions.clear(user.user_id, user.session_epoch)


def sessions_of(
    ports: Ports, principal: Principal, user_id: str, after: str | None, limit: int
) -> Page[Listed]:
    """Return where a user of the account is signed in, for who may change that user."""
    who, user = must_be_able_to_end(ports, principal, user_id)
    current = who.principal.session_id if isinstance(who.principal, Person) else None
    return _living(ports, user, current, after, limit)


def end_sessions_of(ports: Ports, principal: Principal, user_id: str, keep: Keep) -> None:
    """End every session of a user of the account, at one instant."""

    def attempt() -> User:
        who, old = must_be_able_to_end(ports, principal, user_id)
        new = replace(old, session_epoch=old.session_epoch + 1, version=old.version + 1)
        ports.store.commit(
            Save(new, old),
            who.still(old),
            who.entry(ports, "session.all_ended", _resource(old), category=Category.SESSION),
            keep(None),
        )
        return new

    user = settled(attempt)
    ports.store.sessions.clear(user.user_id, user.session_epoch)


def must_be_able_to_end(ports: Ports, principal: Principal, user_id: str) -> tuple[Writer, User]:
    """Return who asks and whom it is about; refuse whoever may not change that user."""
    who = writer(principal, "end sessions of users")
    user = own_user(ports, who, user_id)
    who.must_not_touch_administrators(user.role)
    return who, user


def _living(
    ports: Ports, user: User, current: str | None, after: str | None, limit: int
) -> Page[Listed]:
    page = ports.store.sessions.page(user.user_id, after, limit)
    listed = (Listed(one, one.session_id == current) for one in page.items)
    return Page(tuple(one for one in listed if _holds(ports, one.session, user)), page.after)


def _holds(ports: Ports, session: Session, user: User) -> bool:
    return session.epoch == user.session_epoch and ports.clock.now() < session.expires_at


def _fresh(ports: Ports, person: Person) -> User:
    user = ports.store.users.get(person.user.user_id)
    if user is None or user.status is not Status.ACTIVE:
        raise Unauthenticated("Your user is deactivated or no longer exists.")
    return user


def _resource(user: User) -> Resource:
    return Resource("user", user.user_id, user.name)


def _person(principal: Principal) -> Person:
    if not isinstance(principal, Person):
        raise NotAllowed("An API key has no sessions. People have, in the console.")
    return principal
