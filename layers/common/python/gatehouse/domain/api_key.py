"""An API key: an application that acts for its account, within scopes.

A key has one secret, and for the grace period of a rotation a second one: the older. Secrets are
numbered from 1, so that the log and the pages can say which was used without revealing it.

A key that nobody uses is revoked after 90 days, and the account's Administrators are told ten
days before: ``notice_at`` and ``revoked_if_unused_at``. Every use, and every rotation, begins
the 90 days anew.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from gatehouse.domain.secrets import matches

UNUSED: Final = timedelta(days=90)
"""How long a key lives without being used."""
NOTICE: Final = timedelta(days=10)
"""How long before that its account's Administrators are told, at the latest."""
USUAL_GRACE_HOURS: Final = 24
LONGEST_GRACE_HOURS: Final = 7 * 24


class ApiScope(StrEnum):
    """What a key may be used for."""

    AUTHORIZE = "authorize"
    AUTHORIZE_DRY_RUN = "authorize:dry_run"
    ACTIVITIES_WRITE = "activities:write"
    ACTIVITIES_READ = "activities:read"
    DIRECTORY_READ = "directory:read"
    DIRECTORY_WRITE = "directory:write"
    CONNECTIONS_READ = "connections:read"
    SCIM = "scim"


@dataclass(frozen=True, slots=True)
class Secret:
    """One secret of a key, known by its hash. It lives as long as the key unless it ``ends_at``."""

    number: int
    hash: str
    created_at: datetime
    ends_at: datetime | None = None

    def __repr__(self) -> str:
        return f"Secret({self.number}, …)"

    def lives_at(self, now: datetime) -> bool:
        """Say whether the secret still opens anything: its end is a comparison with the clock."""
        return self.ends_at is None or now < self.ends_at


@dataclass(frozen=True, slots=True)
class ApiKey:
    """A key with the hashes of its secrets; ``uses`` are moments by the number of a secret.

    ``uses`` and ``noticed_at`` stand apart from the key: whoever decides does not read them.
    """

    account_id: str
    api_key_id: str
    name: str
    scopes: frozenset[ApiScope]
    current: Secret
    created_at: datetime
    older: Secret | None = None
    uses: Mapping[int, datetime] = field(default_factory=dict)
    noticed_at: datetime | None = None
    version: int = 1

    def __repr__(self) -> str:
        return f"ApiKey({self.account_id}, {self.api_key_id}, …)"

    @classmethod
    def new(
        cls,
        account_id: str,
        api_key_id: str,
        name: str,
        scopes: frozenset[ApiScope],
        secret_hash: str,
        now: datetime,
    ) -> "ApiKey":
        """Make a key with its first secret."""
        return cls(account_id, api_key_id, name, scopes, Secret(1, secret_hash, now), now)

    # ---- secrets

    def secrets_at(self, now: datetime) -> tuple[Secret, ...]:
        """Return the secrets that open something now, the newest first."""
        older = self.older
        return (self.current, older) if older and older.lives_at(now) else (self.current,)

    def secret_of(self, text: str, now: datetime) -> Secret | None:
        """Return which living secret a text is; None if it is none."""
        found = [secret for secret in self.secrets_at(now) if matches(text, secret.hash)]
        return found[0] if found else None

    def rotated(self, new_hash: str, now: datetime, grace: timedelta) -> "ApiKey":
        """Return the key with another secret; the one so far is good until the grace is over."""
        older = replace(self.current, ends_at=now + grace) if grace else None
        current = Secret(self.current.number + 1, new_hash, now)
        return replace(self, current=current, older=older, version=self.version + 1)

    def without_older(self) -> "ApiKey":
        """Return the key with its newest secret alone."""
        return replace(self, older=None, version=self.version + 1)

    # ---- use

    @property
    def last_used_at(self) -> datetime | None:
        """Return when any of its secrets was last used, to the hour; None if never."""
        return max(self.uses.values(), default=None)

    @property
    def last_used_secret(self) -> int | None:
        """Return the number of the secret that was used last; None if none ever was."""
        return max(self.uses, key=lambda number: (self.uses[number], number), default=None)

    @property
    def idle_since(self) -> datetime:
        """Return since when nobody has used the key or given it a secret."""
        return max(self.current.created_at, self.last_used_at or self.created_at)

    @property
    def notice_at(self) -> datetime:
        """Return when Administrators are told, if the key stays unused."""
        return self.idle_since + UNUSED - NOTICE

    @property
    def has_notice(self) -> bool:
        """Say whether Administrators were told of *this* idle time; a use makes it void."""
        return self.noticed_at is not None and self.noticed_at > self.idle_since

    @property
    def revoked_if_unused_at(self) -> datetime:
        """Return when the key is revoked, if it stays unused.

        A notice that went out late puts it off: nobody loses a key within ten days of being told.
        """
        usual = self.idle_since + UNUSED
        if self.noticed_at is None or not self.has_notice:
            return usual
        return max(usual, self.noticed_at + NOTICE)
