"""An API key: an application that acts for its account, within scopes."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


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
class ApiKey:
    """A key, without its secret: only the hash is kept."""

    account_id: str
    api_key_id: str
    name: str
    scopes: frozenset[ApiScope]
    secret_hash: str
    created_at: datetime
    last_used_at: datetime | None = None
    version: int = 1

    def __repr__(self) -> str:
        return f"ApiKey({self.account_id}, {self.api_key_id}, …)"
