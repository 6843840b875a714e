"""Hand a queued mailing to the mail service, one personal letter to each recipient.

Each attempt at a mail with a link makes a *new* link and arms it before the letter is handed over:
a link that may have left the house is never forgotten, an older one answers ``link-replaced``.
A failure leaves the rest queued; the sweep tries again. Nothing here undoes what was committed.
"""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from typing import Final

from gatehouse.domain import secrets
from gatehouse.domain.errors import MailRefused, Unable
from gatehouse.domain.mailing import AccountLetter, Delivery, Letter, Link, Mailing, Recipient
from gatehouse.usecases.changes import Queue
from gatehouse.usecases.ports import Ports

HANDOVER: Final = timedelta(minutes=2)
"""How long the request that queued a mail has before the sweep takes over."""
IN_A_REQUEST: Final = timedelta(seconds=4)
"""How long somebody waits for mails to be handed over; the sweep sends the rest."""
IN_THE_SWEEP: Final = timedelta(seconds=20)
"""How long the sweep stays with one mailing before it turns to the next."""

Compose = Callable[[Recipient, str | None], Letter | AccountLetter]
"""Write the letter of one recipient, with the token of their link if the mail has links."""


def queued(mailing: Mailing) -> Queue:
    """Return the change that puts a mailing into the outbox."""
    return Queue(mailing, mailing.created_at + HANDOVER)


def handed_over(
    ports: Ports,
    mailing: Mailing,
    prepare: Callable[[], Compose],
    patience: timedelta = IN_A_REQUEST,
) -> Mailing:
    """Send what is queued for as long as there is patience; return the mailing as it then stands.

    ``prepare`` reads what all the letters say. Whatever fails here fails after the fact: it is
    left to the sweep, and the caller, whose change stands, is not told of an error.
    """
    recipients = dict(mailing.recipients)
    with suppress(Unable):
        _hand_over_all(ports, mailing, prepare(), recipients, patience)
    return replace(mailing, recipients=recipients)


def hand_over_again(ports: Ports, mailing: Mailing, compose: Compose) -> None:
    """Send what is still queued. Raises Unable where the sweep has to come back."""
    _hand_over_all(ports, mailing, compose, dict(mailing.recipients), IN_THE_SWEEP)


def tags_of(mailing: Mailing, recipient: Recipient) -> dict[str, str]:
    """Return what SES sends back with a report, so that it finds the recipient."""
    return {
        "kind": mailing.kind.value,
        "account_id": mailing.account_id,
        "about_id": mailing.about_id,
        "mailing_id": mailing.mailing_id,
        "user_id": recipient.user_id,
    }


def _hand_over_all(
    ports: Ports,
    mailing: Mailing,
    compose: Compose,
    recipients: dict[str, Recipient],
    patience: timedelta,
) -> None:
    """Hand over what is queued, and keep in ``recipients`` how far it got."""
    until = ports.clock.now() + patience
    for user_id, recipient in mailing.recipients.items():
        if recipient.delivery is not Delivery.QUEUED:
            continue
        if ports.clock.now() > until:
            break
        recipients[user_id] = _hand_over(ports, mailing, compose, recipient)
    if replace(mailing, recipients=recipients).is_settled:
        ports.store.mailings.settle(mailing)


def _hand_over(ports: Ports, mailing: Mailing, compose: Compose, recipient: Recipient) -> Recipient:
    token, link_hash = None, None
    if mailing.kind.has_link:
        token = ports.ids.token()
        link_hash = secrets.hash_of(token)
        link = Link(
            link_hash,
            mailing.account_id,
            mailing.about_id,
            mailing.mailing_id,
            recipient.user_id,
            ports.clock.now(),
        )
        if not ports.store.mailings.arm(mailing, link):
            return recipient
    try:
        ports.mailer.send(compose(recipient, token))
        delivery = Delivery.SENT
    except MailRefused:
        delivery = Delivery.BOUNCED
    if not ports.store.mailings.mark(mailing, recipient.user_id, delivery, link_hash):
        return recipient
    return replace(recipient, delivery=delivery, link_hash=link_hash)
