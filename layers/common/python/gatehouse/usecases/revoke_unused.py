"""Revoke an API key that nobody used for 90 days, ten days after its Administrators were told.

The sweep looks at a key when it *could* be unused for long enough, which is once in eighty days
for one in use: what is read is in proportion to what is due. When a key was used stands in an
item of its own, read strongly here and required unchanged by the transaction that acts on it. So
a use and the revocation have an order: whichever is written first. A use before keeps the key; one
after it finds no key, but for the answer to a request that had read the key while it stood.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from gatehouse.domain.activity import SYSTEM, Activity, Category, Outcome
from gatehouse.domain.api_key import ApiKey
from gatehouse.domain.moments import to_text
from gatehouse.usecases.api_keys import key_resource
from gatehouse.usecases.changes import Record, Remove, RequireUnchanged, Revisit
from gatehouse.usecases.ports import Ports
from gatehouse.usecases.racing import settled
from gatehouse.usecases.stored import Due


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
    told = replace(key, noticed_at=now)
    ports.store.commit(
        RequireUnchanged(key),
        Revisit(key, told.revoked_if_unused_at, now),
        _entry(
            ports,
            "key.unused",
            key,
            {"revoked_if_unused_at": (None, to_text(told.revoked_if_unused_at))},
        ),
    )


def _revoke(ports: Ports, key: ApiKey) -> None:
    last = to_text(key.last_used_at) if key.last_used_at else None
    ports.store.commit(
        Remove(key, unused=True),
        _entry(
            ports,
            "key.revoked",
            key,
            {"last_used_at": (last, None), "last_used_secret": (key.last_used_secret, None)},
        ),
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
