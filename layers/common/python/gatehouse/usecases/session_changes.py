"""The changes that a session may see; members of :data:`gatehouse.usecases.changes.Change`."""

from dataclasses import dataclass

from gatehouse.domain.session import Session


@dataclass(frozen=True, slots=True)
class Open:
    """Store a session, and list it under its user."""

    session: Session


@dataclass(frozen=True, slots=True)
class Close:
    """End one session; no other is touched."""

    session: Session


@dataclass(frozen=True, slots=True)
class CarryOver:
    """Take a session over into its user's next epoch, which ends all the others."""

    session: Session
    epoch: int
