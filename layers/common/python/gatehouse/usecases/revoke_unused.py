"""Revoke an API key that nobody used for 90 days, ten days after its Administrators were told.

The sweep looks at a key when it *could* be unused for long enough, which is once in eighty days
for one in use: what is read is in proportion to what is due. When a key was used stands in an
item of its own, read strongly here and required unchanged by the transaction that acts on it. So
a use and the revocation have an order: whichever is written first. A use before keeps the key; one
after it finds no key, but for the answer to a request that had read the key while it stood.

Each mail is queued in the transaction of its cause, so it is handed over at least once, and no
second one is ever queued. The ten days count from there.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from gatehouse.domain.activity import SYSTEM, Activity, Category, Outcome
from gatehouse.domain.api_key import ApiKey
from gatehouse.domain.mailing import Mailing, MailKind
from gatehouse.domain.moments import to_text
from gatehouse.usecases.api_keys import key_resource
from gatehouse.usecases.changes import Record, Remove, RequireUnchanged, Revisit
from gatehouse.usecases.hand_over import IN_THE_SWEEP, queued
from gatehouse.usecases.notify import notice_to, notify
from gatehouse.usecases.ports import Ports
from gatehouse.usecases.racing import settled
from gatehouse.usecases.stored import Due

_TOLD: Final = 100
"""How many Administrators are told, the longest-serving first."""


def revoke_unused(ports: Ports, due: Due) -> None:
    """Do what a key's idle time calls for: nothing yet, a notice, or the revocation."""

    def attempt() -> None:
        now = ports.clock.now()
        key = ports.store.api_keys.get(due.account_id, due.id)
        if key is None:
            ports.store.api_keys.forget(due.account_id, due.id)
        elif now < key.notice_at:
            ports.store.commit(Revisit(key, key.notice_at))
        elif not key.has_notice:
            _give_notice(ports, key)
        elif now < key.revoked_if_unused_at:
            ports.store.commit(Revisit(key, key.revoked_if_unused_at))
        else:
            _revoke(ports, key)

    settled(attempt)


def _give_notice(ports: Ports, key: ApiKey) -> None:
    now = ports.clock.now()
    revokes_at = replace(key, noticed_at=now).revoked_if_unused_at
    mail = _mail(ports, MailKind.KEY_UNUSED, key, {"revokes_at": to_text(revokes_at)}, revokes_at)
    ports.store.commit(
        RequireUnchanged(key),
        Revisit(key, revokes_at, now),
        _entry(ports, "key.unused", key, {"revoked_if_unused_at": (None, to_text(revokes_at))}),
        queued(mail) if mail.recipients else None,
    )
    notify(ports, mail, IN_THE_SWEEP)


def _revoke(ports: Ports, key: ApiKey) -> None:
    last = to_text(key.last_used_at) if key.last_used_at else None
    changes = {"last_used_at": (last, None), "last_used_secret": (key.last_used_secret, None)}
    mail = _mail(ports, MailKind.KEY_REVOKED, key)
    ports.store.commit(
        Remove(key, unused=True),
        _entry(ports, "key.revoked", key, changes),
        queued(mail) if mail.recipients else None,
    )
    notify(ports, mail, IN_THE_SWEEP)


def _mail(
    ports: Ports,
    kind: MailKind,
    key: ApiKey,
    facts: Mapping[str, str] | None = None,
    expires_at: datetime | None = None,
) -> Mailing:
    """Return a mail to the active Administrators; one item holds it, hence so many of them."""
    used = {"last_used_at": to_text(key.last_used_at)} if key.last_used_at else {}
    return notice_to(
        ports,
        kind,
        key.account_id,
        key.api_key_id,
        ports.store.users.administrators(key.account_id)[:_TOLD],
        facts={"key_name": key.name, **used, **(facts or {})},
        expires_at=expires_at,
    )


def _entry(
    ports: Ports, action: str, key: ApiKey, changes: Mapping[str, tuple[Any, Any]]
) -> Record:
    return Record(
        Activity(
            account_id=key.account_id,
            activity_id=ports.ids.new("act"),
            time=ports.clock.now(),
            category=Category.KEY,
            action=action,
            outcome=Outcome.DONE,
            reason="unused",
            actor=SYSTEM,
            resource=key_resource(key),
            changes=changes,
        )
    )
