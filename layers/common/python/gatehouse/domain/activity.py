"""One entry of an account's activity log.

Entries are written once. Afterwards only what is a person's own can be taken out of them, by an
erasure (``domain/erasure.py``).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from gatehouse.domain.moments import from_text, to_text
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
    """Who did it: a user, an API key (by which of its secrets), or the system itself.

    They have a name unless it was erased; it is empty where it was never known.
    """

    type: str
    name: str | None
    user_id: str | None = None
    api_key_id: str | None = None
    home_account_id: str | None = None
    own_role: Role | None = None
    effective_role: Role | None = None
    api_key_secret: int | None = None

    @property
    def called(self) -> str:
        """Return the name, or what stands for one that was erased."""
        return NAMELESS if self.name is None else self.name


NAMELESS: Final = "Somebody whose name was erased"
SYSTEM = Actor(type="system", name="Gatehouse")


@dataclass(frozen=True, slots=True)
class Resource:
    """What it was done to."""

    type: str
    id: str | None = None
    name: str | None = None


@dataclass(frozen=True, slots=True)
class Erased:
    """When what is somebody's own was last taken out of an entry, and by which erasure."""

    at: datetime
    erasure_id: str


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
    erased: Erased | None = None

    def as_json(self) -> dict[str, Any]:
        """Return the entry as everybody is shown it: in the API, in exports, and in events."""
        actor, resource = self.actor, self.resource
        return {
            "activity_id": self.activity_id,
            "time": to_text(self.time),
            "category": self.category.value,
            "action": self.action,
            "outcome": self.outcome.value,
            "reason": self.reason,
            "actor": {
                "type": actor.type,
                "user_id": actor.user_id,
                "api_key_id": actor.api_key_id,
                "api_key_secret": actor.api_key_secret,
                "name": actor.name,
                "home_account_id": actor.home_account_id,
                "own_role": actor.own_role.value if actor.own_role else None,
                "effective_role": actor.effective_role.value if actor.effective_role else None,
            },
            "connection_id": self.connection_id,
            "guest_account_id": self.guest_account_id,
            "organization_id": self.organization_id,
            "resource": {"type": resource.type, "id": resource.id, "name": resource.name}
            if resource
            else None,
            "ip_address": self.ip_address,
            "user_agent": self.user_agent,
            "changes": {name: list(pair) for name, pair in self.changes.items()},
            "erased": {"at": to_text(self.erased.at), "erasure_id": self.erased.erasure_id}
            if self.erased
            else None,
        }

    @classmethod
    def from_json(cls, account_id: str, said: Mapping[str, Any]) -> "Activity":
        """Return the entry of an account's log that :meth:`as_json` wrote."""
        actor, resource, erased = said["actor"], said["resource"], said["erased"]
        own, effective = actor["own_role"], actor["effective_role"]
        return cls(
            account_id=account_id,
            activity_id=said["activity_id"],
            time=from_text(said["time"]),
            category=Category(said["category"]),
            action=said["action"],
            outcome=Outcome(said["outcome"]),
            reason=said["reason"],
            actor=Actor(
                **{
                    **actor,
                    "own_role": Role(own) if own else None,
                    "effective_role": Role(effective) if effective else None,
                }
            ),
            connection_id=said["connection_id"],
            guest_account_id=said["guest_account_id"],
            organization_id=said["organization_id"],
            resource=Resource(**resource) if resource else None,
            ip_address=said["ip_address"],
            user_agent=said["user_agent"],
            changes={name: (before, after) for name, (before, after) in said["changes"].items()},
            erased=Erased(from_text(erased["at"]), erased["erasure_id"]) if erased else None,
        )
