"""The changes that one transaction may be made of, in the words of the domain.

A use case reads, decides, and commits a list of these: all of them take effect at one instant,
or none does. A change that carries ``otherwise`` names the refusal its caller meets when it no
longer holds; any other that no longer holds means that somebody was faster (:class:`LostRace`),
and the use case reads and decides again.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from gatehouse.domain.account import Account
from gatehouse.domain.actions import check_name
from gatehouse.domain.activity import Activity
from gatehouse.domain.api_key import ApiKey
from gatehouse.domain.billing import BillingContact
from gatehouse.domain.blocking import Blocked
from gatehouse.domain.brand import Logo
from gatehouse.domain.connection import Connection
from gatehouse.domain.decision import Pair
from gatehouse.domain.directory import Group, Organization
from gatehouse.domain.errors import GatehouseError
from gatehouse.domain.grant import DirectGrant
from gatehouse.domain.job import Job
from gatehouse.domain.log_archive import ArchivedMonth, Segment
from gatehouse.domain.mailing import Mailing
from gatehouse.domain.rule import Rule
from gatehouse.domain.seats import Plan
from gatehouse.domain.user import User
from gatehouse.usecases.session_changes import CarryOver, Close, Open


class LostRace(Exception):
    """Say that what was read is no longer what is stored; nothing was written."""


class Replayed(Exception):
    """Say that this Idempotency-Key already has its answer; nothing was written."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """The answer to an Idempotency-Key, kept in the transaction that did the work."""

    account_id: str
    receipt_id: str
    fingerprint: str
    status: int
    body: str
    now: datetime
    expires_at: datetime


Entity = (
    Account
    | Logo
    | User
    | Group
    | Organization
    | Connection
    | Pair
    | Rule
    | ApiKey
    | Job
    | BillingContact
    | ArchivedMonth
    | Segment
)


@dataclass(frozen=True, slots=True)
class Save:
    """Store something new (``replaces`` is None) or its next version (it replaces that one).

    What that changes of an account's seats is counted with it, whoever commits it. Raises
    SeatsTaken where somebody would take a seat that the plan does not have.
    """

    new: Entity
    replaces: Entity | None = None
    otherwise: GatehouseError | None = None


@dataclass(frozen=True, slots=True)
class Remove:
    """Delete something that stands as it was read; organizations and groups count a removal.

    With ``namings`` it holds only while no grant named a group since that count was read; with
    ``unused``, of a key, only while nobody used that since it was read. ``untold`` are connections
    that are still to be told that an organization is gone.
    """

    old: Logo | User | Group | Organization | Rule | ApiKey
    otherwise: GatehouseError | None = None
    namings: int | None = None
    unused: bool = False
    untold: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Revisit:
    """Have the sweep look at a key again.

    It holds only while nobody used the key, or told its account's Administrators that nobody
    does, since it was read. ``noticed_at`` is when they are told with this.
    """

    key: ApiKey
    at: datetime
    noticed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class SetPlan:
    """Give an account a plan; of one that is being made ``replaces`` is None."""

    account_id: str
    plan: Plan
    replaces: Plan | None = None


@dataclass(frozen=True, slots=True)
class Told:
    """Note that connections were told of a deletion; holds only while they were not yet."""

    account_id: str
    entity_id: str
    connection_ids: frozenset[str]


@dataclass(frozen=True, slots=True)
class Claim:
    """Take a name that is unique in the whole system: ``subdomain``, ``email`` or ``identity``.

    An account's latest ``export`` is one too: ``instead_of`` is the one that it follows, and
    ``until`` is when nobody asks for it any more.
    """

    kind: str
    name: str
    owner_id: str
    otherwise: GatehouseError | None = None
    instead_of: str | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Release:
    """Give a unique name back."""

    kind: str
    name: str
    owner_id: str


@dataclass(frozen=True, slots=True)
class Enrol:
    """Add a user to the account's active Administrators."""

    user: User


@dataclass(frozen=True, slots=True)
class Dismiss:
    """Take a user from the account's active Administrators, never the last one."""

    user: User
    otherwise: GatehouseError | None = None


@dataclass(frozen=True, slots=True)
class RequireAdministrator:
    """Hold only while this user is an active Administrator."""

    user: User
    otherwise: GatehouseError | None = None


@dataclass(frozen=True, slots=True)
class RequireUnchanged:
    """Hold only while this user, organization or key stands as it was read."""

    read: User | Organization | ApiKey
    otherwise: GatehouseError | None = None


@dataclass(frozen=True, slots=True)
class RequireGroup:
    """Hold only while this group exists."""

    account_id: str
    group_id: str
    otherwise: GatehouseError | None = None


@dataclass(frozen=True, slots=True)
class RequireRemovals:
    """Hold only while no group or organization was removed since the count was read.

    What ``names`` groups is counted in turn: a removal under way looks again who has the group.
    """

    account_id: str
    count: int
    names: bool = False


@dataclass(frozen=True, slots=True)
class RequireNamings:
    """Hold only while no grant named a group since the count was read."""

    account_id: str
    count: int


@dataclass(frozen=True, slots=True)
class ListMember:
    """List a user under a group; the user's own item decides, this row only finds it."""

    user: User
    group_id: str


@dataclass(frozen=True, slots=True)
class UnlistMember:
    """No longer list a user under a group."""

    user: User
    group_id: str


@dataclass(frozen=True, slots=True)
class Reach:
    """Let everybody who has the group reach the organization."""

    account_id: str
    group_id: str
    organization_id: str
    otherwise: GatehouseError | None = None


@dataclass(frozen=True, slots=True)
class Unreach:
    """Let the group no longer give access to the organization."""

    account_id: str
    group_id: str
    organization_id: str


@dataclass(frozen=True, slots=True)
class KeepGrant:
    """Store a list of direct organizations in its (next) state."""

    grant: DirectGrant


@dataclass(frozen=True, slots=True)
class KeepOut:
    """Take no more invitations from a host."""

    blocked: Blocked


@dataclass(frozen=True, slots=True)
class LetIn:
    """Take invitations from a blocked host again."""

    blocked: Blocked


@dataclass(frozen=True, slots=True)
class RequireWelcome:
    """Hold only while a guest takes invitations from a host."""

    guest_account_id: str
    host_account_id: str
    otherwise: GatehouseError


@dataclass(frozen=True, slots=True)
class CountAttempt:
    """Count what an hour has a limit of; hold only while the limit is not reached."""

    account_id: str
    name: str
    now: datetime
    limit: int
    otherwise: GatehouseError


@dataclass(frozen=True, slots=True)
class Queue:
    """Put a mailing into the outbox; due for the sweep if not handed over by then."""

    mailing: Mailing
    due_at: datetime


@dataclass(frozen=True, slots=True)
class Record:
    """Append an entry to an account's log; its name is one of the closed list."""

    activity: Activity

    def __post_init__(self) -> None:
        check_name(self.activity)


@dataclass(frozen=True, slots=True)
class Erase:
    """Take from an entry what is somebody's own, as ``domain/erasure.py`` does: nothing else."""

    old: Activity
    new: Activity


@dataclass(frozen=True, slots=True)
class Notes:
    """Keep what a job has to say beside its counts; a repeat of the same number replaces it."""

    job: Job
    number: int
    entries: tuple[Mapping[str, Any], ...]


@dataclass(frozen=True, slots=True)
class Look:
    """Look at a month of a log at another time, if it is still due when it was; or never again."""

    account_id: str
    month: str
    instead_of: datetime
    due_at: datetime | None


Change = (
    Save
    | Remove
    | Told
    | Revisit
    | SetPlan
    | Claim
    | Release
    | Enrol
    | Dismiss
    | RequireAdministrator
    | RequireUnchanged
    | RequireGroup
    | RequireRemovals
    | RequireNamings
    | ListMember
    | UnlistMember
    | Reach
    | Unreach
    | KeepGrant
    | KeepOut
    | LetIn
    | RequireWelcome
    | CountAttempt
    | Queue
    | Record
    | Erase
    | Open
    | Notes
    | Look
    | Close
    | CarryOver
    | Receipt
)
