"""Hand a queued mailing to the mail service, one personal letter to each recipient.

Each attempt at an invitation makes a *new* link and arms it before the letter is handed over: a
link that may have left the house is never forgotten, an older one answers ``link-replaced``.
A failure leaves the rest queued; the sweep tries again. Nothing here undoes what was committed.
"""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from typing import Final

from gatehouse.domain import secrets
from gatehouse.domain.connection import Connection
from gatehouse.domain.errors import MailRefused, Unable
from gatehouse.domain.mailing import Delivery, Letter, Link, Mailing, MailKind, Recipient
from gatehouse.usecases.ports import Ports

IN_A_REQUEST: Final = timedelta(seconds=4)
"""How long somebody waits for mails to be handed over; the sweep sends the rest."""
IN_THE_SWEEP: Final = timedelta(seconds=20)
"""How long the sweep stays with one mailing before it turns to the next."""


def deliver(
    ports: Ports, connection: Connection, mailing: Mailing, patience: timedelta = IN_A_REQUEST
) -> Mailing:
    """Send what is queued for as long as there is patience; return the mailing as it then stands.

    Whatever fails here fails after the fact: it is left to the sweep, and the caller, whose
    change stands, is not told of an error.
    """
    recipients = dict(mailing.recipients)
    with suppress(Unable):
        _hand_over_all(ports, connection, mailing, recipients, patience)
    return replace(mailing, recipients=recipients)


def deliver_again(ports: Ports, connection: Connection, mailing: Mailing) -> None:
    """Send what is still queued. Raises Unable where the sweep has to come back."""
    _hand_over_all(ports, connection, mailing, dict(mailing.recipients), IN_THE_SWEEP)


def _hand_over_all(
    ports: Ports,
    connection: Connection,
    mailing: Mailing,
    recipients: dict[str, Recipient],
    patience: timedelta,
) -> None:
    """Hand over what is queued, and keep in ``recipients`` how far it got."""
    until = ports.clock.now() + patience
    count = ports.store.directory.reach_count(connection.host.account_id, connection)
    for user_id, recipient in mailing.recipients.items():
        if recipient.delivery is not Delivery.QUEUED:
            continue
        if ports.clock.now() > until:
            break
        recipients[user_id] = _hand_over(ports, connection, mailing, recipient, count)
    if replace(mailing, recipients=recipients).is_settled:
        ports.store.mailings.settle(mailing)


def _hand_over(
    ports: Ports, connection: Connection, mailing: Mailing, recipient: Recipient, count: int
) -> Recipient:
    token, link_hash = None, None
    if mailing.kind is MailKind.INVITATION:
        token = ports.ids.token()
        link_hash = secrets.hash_of(token)
        link = Link(
            link_hash,
            mailing.account_id,
            mailing.connection_id,
            mailing.mailing_id,
            recipient.user_id,
            ports.clock.now(),
        )
        if not ports.store.mailings.arm(mailing, link):
            return recipient
    try:
        ports.mailer.send(_letter(ports, connection, mailing, recipient, count, token))
        delivery = Delivery.SENT
    except MailRefused:
        delivery = Delivery.BOUNCED
    if not ports.store.mailings.mark(mailing, recipient.user_id, delivery, link_hash):
        return recipient
    return replace(recipient, delivery=delivery, link_hash=link_hash)


def _letter(
    ports: Ports,
    connection: Connection,
    mailing: Mailing,
    recipient: Recipient,
    count: int,
    token: str | None,
) -> Letter:
    is_host = recipient.account_id == connection.host.account_id
    tags: Mapping[str, str] = {
        "kind": mailing.kind.value,
        "account_id": mailing.account_id,
        "connection_id": mailing.connection_id,
        "mailing_id": mailing.mailing_id,
        "user_id": recipient.user_id,
    }
    return Letter(
        kind=mailing.kind,
        to=recipient.email,
        side="host" if is_host else "guest",
        host_name=connection.host.name,
        host_subdomain=connection.host.subdomain,
        guest_name=connection.guest.name,
        guest_subdomain=connection.guest.subdomain,
        maximum_role=connection.maximum_role,
        organization_count=count,
        all_organizations=connection.all_organizations,
        actor_name=mailing.actor_name,
        happened_at=mailing.created_at,
        expires_at=connection.expires_at if mailing.kind is MailKind.INVITATION else None,
        message=mailing.text,
        end_reason=connection.end_reason.value if connection.end_reason else None,
        link=f"{ports.public_base_url}/invitations/{token}" if token else None,
        tags=tags,
    )
