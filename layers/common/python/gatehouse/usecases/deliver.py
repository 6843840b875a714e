"""Hand a queued mailing to the mail service, one personal letter to each recipient.

Each attempt at an invitation makes a *new* link and arms it before the letter is handed over: a
link that may have left the house is never forgotten, an older one answers ``link-replaced``.
A failure leaves the rest queued; the sweep tries again. Nothing here undoes what was committed.
"""

from collections.abc import Mapping
from dataclasses import replace

from gatehouse.domain import secrets
from gatehouse.domain.connection import Connection
from gatehouse.domain.errors import MailRefused, MailUnavailable
from gatehouse.domain.mailing import Delivery, Letter, Link, Mailing, MailKind, Recipient
from gatehouse.usecases.ports import Ports


def deliver(ports: Ports, connection: Connection, mailing: Mailing) -> Mailing:
    """Send what is queued; return the mailing as it stands afterwards."""
    count = ports.store.directory.reach_count(connection.host.account_id, connection)
    recipients = dict(mailing.recipients)
    for user_id, recipient in mailing.recipients.items():
        if recipient.delivery is not Delivery.QUEUED:
            continue
        try:
            recipients[user_id] = _hand_over(ports, connection, mailing, recipient, count)
        except MailUnavailable:
            break
    delivered = replace(mailing, recipients=recipients)
    if delivered.is_settled:
        ports.store.mailings.settle(delivered)
    return delivered


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
    ports.store.mailings.mark(mailing, recipient.user_id, delivery, link_hash)
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
