"""One entry of an account's activity log. Entries are written once and never changed."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from gatehouse.domain.roles import Role


class Category(StrEnum):
    """What kind of thing an entry tells of."""

    CONNECTION = "connection"
    DECISION = "decision"
    ACTIVITY = "activity"
    DIRECTORY = "directory"
    KEY = "key"
    SESSION = "session"


class Outcome(StrEnum):
    """What came of it."""

    ALLOWED = "allowed"
    DENIED = "denied"
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Actor:
    """Who did it: a user, an API key (by which of its secrets), or the system itself."""

    type: str
    name: str
    user_id: str | None = None
    api_key_id: str | None = None
    home_account_id: str | None = None
    own_role: Role | None = None
    effective_role: Role | None = None
    api_key_secret: int | None = None


SYSTEM = Actor(type="system", name="Gatehouse")


@dataclass(frozen=True, slots=True)
class Resource:
    """What it was done to."""

    type: str
    id: str | None = None
    name: str | None = None


@dataclass(frozen=True, slots=True)
class Activity:
    """An entry in the log of ``account_id``."""

    account_id: str
    activity_id: str
    time: datetime
    category: Category
    action: str
    outcome: Outcome
    actor: Actor
    reason: str | None = None
    connection_id: str | None = None
    guest_account_id: str | None = None
    organization_id: str | None = None
    resource: Resource | None = None
    ip_address: str | None = None
    user_agent: str | None = None
    changes: Mapping[str, tuple[Any, Any]] = field(default_factory=dict)
