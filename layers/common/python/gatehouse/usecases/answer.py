"""Accept or decline an invitation, by its link or from the list of incoming connections.

The link only points. What counts is who is signed in: an active Administrator of the guest, now,
checked once more inside the write. Anybody else leaves the invitation as it was.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from gatehouse.domain import secrets
from gatehouse.domain.activity import Actor
from gatehouse.domain.connection import Connection, State
from gatehouse.domain.errors import (
    AdministratorRequired,
    LinkReplaced,
    LinkUnknown,
    NotAllowed,
    OfferChanged,
    Unauthenticated,
    WrongAccount,
)
from gatehouse.domain.grant import GrantState
from gatehouse.domain.mailing import Link, MailKind
from gatehouse.domain.principal import Person, Principal
from gatehouse.usecases.changes import Change, RequireAdministrator
from gatehouse.usecases.deliver import deliver
from gatehouse.usecases.hand_over import queued
from gatehouse.usecases.lifecycle import (
    Step,
    changes_of,
    incoming,
    notice_of,
    pair_of,
)
from gatehouse.usecases.ports import Ports
from gatehouse.usecases.racing import settled
from gatehouse.usecases.receipts import Keep
from gatehouse.usecases.scope import retire_grant


@dataclass(frozen=True, slots=True)
class ByLink:
    """The invitation that a link points to."""

    token: str


@dataclass(frozen=True, slots=True)
class ById:
    """The invitation that stands in the guest's list."""

    connection_id: str


Pointer = ByLink | ById


def accept(
    ports: Ports, principal: Principal, pointer: Pointer, etag: str | None, keep: Keep
) -> Connection:
    """Make the connection active; a second acceptance by the same person changes nothing."""

    def attempt() -> Connection:
        person, before = _stand(ports, principal, pointer)
        if _accepted_by(before, person):
            ports.store.commit(keep(before))
            return before
        now = ports.clock.now()
        after = before.accept(person.named, now)
        _must_be_as_read(before, etag)
        step = Step(
            "accepted", before, after, pair_of(ports, before), person.actor, now, person.origin
        )
        return _commit(ports, person, step, MailKind.ACCEPTED, None, [], keep)

    return settled(attempt)


def decline(
    ports: Ports,
    principal: Principal,
    pointer: Pointer,
    etag: str | None,
    reason: str | None,
    keep: Keep,
) -> Connection:
    """Make the connection declined. The host is told by whom only as "the guest"."""

    def attempt() -> Connection:
        person, before = _stand(ports, principal, pointer)
        now = ports.clock.now()
        after = before.decline(now)
        _must_be_as_read(before, etag)
        step = Step(
            "declined",
            before,
            after,
            pair_of(ports, before),
            person.actor,
            now,
            person.origin,
            seen_by_host=Actor(
                type="user",
                name=before.guest.name,
                home_account_id=before.guest.account_id,
            ),
            reason=reason,
        )
        tidy = retire_grant(ports, after.host.account_id, after.grant_id, GrantState.ENDED)
        return _commit(ports, person, step, MailKind.DECLINED, reason, tidy, keep)

    return settled(attempt)


def may_answer(ports: Ports, principal: Principal, pointer: Pointer) -> None:
    """Refuse whoever may not answer what is pointed to, before anything else is looked at."""
    _stand(ports, principal, pointer, even_replaced=True)


def linked(ports: Ports, token: str) -> tuple[Link, Connection]:
    """Find what a link points to. Raises LinkUnknown."""
    link = ports.store.mailings.link(secrets.hash_of(token)) if secrets.is_token(token) else None
    connection = ports.store.connections.get(link.account_id, link.about_id) if link else None
    if link is None or connection is None:
        raise LinkUnknown(
            "No invitation was sent with this link. Check that it was copied whole, "
            "or open Who let us in, in your account."
        )
    return link, connection


def is_replaced(ports: Ports, link: Link, connection: Connection) -> bool:
    """Say whether a newer link was sent to the same person."""
    if connection.mailing_id != link.mailing_id:
        return True
    mailing = ports.store.mailings.get(link.account_id, link.about_id, link.mailing_id)
    recipient = mailing.recipients.get(link.user_id) if mailing else None
    return recipient is None or recipient.link_hash != link.link_hash


def check_may_answer(person: Person, connection: Connection) -> None:
    """Refuse everybody but an Administrator of the guest; the invitation stays as it is."""
    if person.account_id != connection.guest.account_id:
        raise WrongAccount(
            f"This invitation is for {connection.guest.name}; you are signed in with another "
            f"account. Sign in as an Administrator of {connection.guest.name}, or pass the mail on."
        )
    if not person.user.is_active_administrator:
        raise AdministratorRequired(
            f"Only an Administrator of {connection.guest.name} can answer; your role is "
            f"{person.user.role.label}. Ask an Administrator of your account."
        )


def _stand(
    ports: Ports, principal: Principal, pointer: Pointer, *, even_replaced: bool = False
) -> tuple[Person, Connection]:
    """Read who answers and what is answered, as they stand now."""
    if not isinstance(principal, Person):
        raise NotAllowed(
            "An API key never answers an invitation. An Administrator does, signed in."
        )
    user = ports.store.users.get(principal.user.user_id)
    if user is None:
        raise Unauthenticated("Your user no longer exists. Sign in again.")
    person = Person(user, principal.origin)
    if isinstance(pointer, ById):
        if not user.is_active_administrator:
            raise AdministratorRequired(
                f"Only an Administrator can answer invitations; your role is {user.role.label}. "
                "Ask an Administrator of your account."
            )
        return person, incoming(ports, person.account_id, pointer.connection_id)
    link, connection = linked(ports, pointer.token)
    check_may_answer(person, connection)
    if not even_replaced and is_replaced(ports, link, connection):
        raise LinkReplaced(
            "A newer invitation was sent to the same person after this one. Open the newest mail, "
            "or Who let us in, in your account."
        )
    return person, connection


def _accepted_by(connection: Connection, person: Person) -> bool:
    return (
        connection.state is State.ACTIVE
        and connection.accepted_by is not None
        and connection.accepted_by.user_id == person.user.user_id
    )


def _must_be_as_read(connection: Connection, etag: str | None) -> None:
    if etag is not None and etag != str(connection.version):
        raise OfferChanged(
            f"{connection.host.name} changed the offer after this page was opened. "
            "Read it again, then answer."
        )


def _commit(
    ports: Ports,
    person: Person,
    step: Step,
    kind: MailKind,
    text: str | None,
    more: Sequence[Change],
    keep: Keep,
) -> Connection:
    notice = notice_of(ports, kind, step.after, step, text)
    ports.store.commit(
        *changes_of(ports, step),
        *more,
        RequireAdministrator(
            person.user,
            AdministratorRequired("You are no longer an active Administrator of your account."),
        ),
        queued(notice),
        keep(step.after),
    )
    deliver(ports, step.after, notice)
    return step.after
