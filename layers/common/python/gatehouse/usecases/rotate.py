"""Give an API key a new secret, and end the older one: nobody waits for anybody.

The application's people store the new secret while the older one still works; when the log and
the key's page show that the new one is in use, the older one is ended, or ends by itself.
"""

from datetime import timedelta

from gatehouse.domain import secrets
from gatehouse.domain.activity import Category
from gatehouse.domain.api_key import ApiKey
from gatehouse.domain.errors import IllegalStep
from gatehouse.domain.moments import to_text
from gatehouse.domain.principal import Principal
from gatehouse.usecases.api_keys import key_administrator, key_resource, own_key
from gatehouse.usecases.changes import Save
from gatehouse.usecases.ports import Ports
from gatehouse.usecases.racing import settled
from gatehouse.usecases.receipts import Keep
from gatehouse.usecases.writers import check_etag


def rotate_key(
    ports: Ports,
    principal: Principal,
    api_key_id: str,
    grace: timedelta,
    etag: str | None,
    keep: Keep,
) -> tuple[ApiKey, str]:
    """Make a new secret; return the key with its text, which is never to be had again.

    The secret so far works until the grace is over. A key has two living secrets at most: while
    an older one lives, only a rotation without grace, which ends both, is possible.
    """
    who = key_administrator(principal)

    def attempt() -> tuple[ApiKey, str]:
        old = own_key(ports, who, api_key_id)
        check_etag(etag, old.version)
        now = ports.clock.now()
        if grace and len(old.secrets_at(now)) > 1:
            raise _under_way(old)
        text = secrets.ApiKeyText(who.account_id, api_key_id, ports.ids.token())
        new = old.rotated(secrets.hash_of(text.secret), now, grace)
        ends = to_text(now + grace)
        ports.store.commit(
            Save(new, old),
            who.still(),
            who.entry(
                ports,
                "key.rotated",
                key_resource(new),
                {
                    "secret": (old.current.number, new.current.number),
                    "older_secret_ends_at": (None, ends),
                    "last_used_secret": (old.last_used_secret, old.last_used_secret),
                },
                category=Category.KEY,
            ),
            keep((new, text.text)),
        )
        return new, text.text

    return settled(attempt)


def end_older_secret(
    ports: Ports, principal: Principal, api_key_id: str, etag: str | None, keep: Keep
) -> None:
    """End the older secret of a rotation now: its next use is refused."""
    who = key_administrator(principal)

    def attempt() -> None:
        old = own_key(ports, who, api_key_id)
        check_etag(etag, old.version)
        now = ports.clock.now()
        older = old.older
        if older is None or not older.lives_at(now):
            raise IllegalStep(
                f"The key {old.name} has one secret, its newest. There is no older one to end."
            )
        ports.store.commit(
            Save(old.without_older(), old),
            who.still(),
            who.entry(
                ports,
                "key.older_secret_ended",
                key_resource(old),
                {
                    "older_secret_ends_at": (
                        to_text(older.ends_at) if older.ends_at else None,
                        to_text(now),
                    ),
                    "last_used_secret": (old.last_used_secret, old.last_used_secret),
                },
                category=Category.KEY,
            ),
            keep(None),
        )

    settled(attempt)


def _under_way(key: ApiKey) -> IllegalStep:
    until = f" until {key.older.ends_at:%Y-%m-%d %H:%M} UTC" if key.older else ""
    return IllegalStep(
        f"The key {key.name} has two secrets{until}, and no more at once. End the older one first, "
        "or rotate with a grace period of 0, which ends both."
    )
