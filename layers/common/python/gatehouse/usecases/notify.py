"""Mail people of an account something of their own account, which no connection is about.

Three steps, in this order. The mail is on record before anything is sent, so what was caused is
told at least once: what the mail service does not take now, the sweep sends later (``queued`` is
:func:`gatehouse.usecases.hand_over.queued`)::

    notice = notice_to(ports, MailKind.KEY_UNUSED, key.api_key_id, administrators, facts={…})
    ports.store.commit(Save(…), …, queued(notice))     # in the transaction of its cause
    notify(ports, notice)                              # after it; raises nothing

A function that does so needs the policy SendMailPolicy in template.yaml. Who gets a mail with the
same facts twice is nobody: a notice is queued where its cause is, under the same conditions.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from gatehouse.domain.mailing import AccountLetter, Mailing, MailKind, Recipient
from gatehouse.domain.user import Status, User
from gatehouse.usecases.hand_over import (
    IN_A_REQUEST,
    Compose,
    hand_over_again,
    handed_over,
    tags_of,
)
from gatehouse.usecases.ports import Ports


def notice_to(
    ports: Ports,
    kind: MailKind,
    account_id: str,
    about_id: str,
    users: Iterable[User],
    *,
    actor_name: str | None = None,
    facts: Mapping[str, str] | None = None,
    expires_at: datetime | None = None,
) -> Mailing:
    """Return a mailing to users of an account about one of its things.

    ``facts`` are those that :class:`gatehouse.domain.mailing.MailKind` names. From ``expires_at``
    on the mail is not sent any more.
    """
    return Mailing(
        account_id=account_id,
        mailing_id=ports.ids.new("mlg"),
        about_id=about_id,
        kind=kind,
        created_at=ports.clock.now(),
        actor_name=actor_name,
        recipients={
            user.user_id: Recipient(user.user_id, user.account_id, user.email) for user in users
        },
        facts=facts or {},
        expires_at=expires_at,
    )


def notify(ports: Ports, mailing: Mailing, patience: timedelta = IN_A_REQUEST) -> Mailing:
    """Send what is queued for as long as there is patience; return the mailing as it then stands."""
    return handed_over(ports, mailing, lambda: _letters(ports, mailing), patience)


def notify_again(ports: Ports, mailing: Mailing) -> None:
    """Send what is still queued. Raises Unable where the sweep has to come back."""
    hand_over_again(ports, mailing, _letters(ports, mailing))


def is_over(ports: Ports, mailing: Mailing) -> bool:
    """Say whether a mail that waits would no longer be true."""
    if mailing.expires_at is not None and ports.clock.now() >= mailing.expires_at:
        return True
    if mailing.kind is not MailKind.USER_INVITATION:
        return False
    user = ports.store.users.get(mailing.about_id)
    wanted = user is not None and user.status is Status.ACTIVE and user.identity is None
    return not wanted or user is None or user.invitation_id != mailing.mailing_id


def _letters(ports: Ports, mailing: Mailing) -> Compose:
    account = ports.store.accounts.get(mailing.account_id)

    def letter(recipient: Recipient, token: str | None) -> AccountLetter:
        return AccountLetter(
            kind=mailing.kind,
            to=recipient.email,
            account_name=account.name if account else "",
            account_subdomain=account.subdomain if account else "",
            actor_name=mailing.actor_name,
            happened_at=mailing.created_at,
            expires_at=mailing.expires_at,
            facts=mailing.facts,
            link=f"{ports.public_base_url}/user-invitations/{token}" if token else None,
            tags=tags_of(mailing, recipient),
            colour=account.brand.colour if account else None,
        )

    return letter
