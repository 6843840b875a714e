"""What the one table keeps, as use cases ask for it; the store stands behind these ports.

Every read is strongly consistent unless it says otherwise, and everything here raises
:class:`gatehouse.domain.errors.Unable` when what is behind it does not answer.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final, Protocol

from gatehouse.domain.account import Account
from gatehouse.domain.activity import Activity, Category, Outcome
from gatehouse.domain.api_key import ApiKey, Secret
from gatehouse.domain.billing import BillingContact
from gatehouse.domain.blocking import Blocked
from gatehouse.domain.brand import Logo
from gatehouse.domain.connection import Connection
from gatehouse.domain.decision import Facts, Pair
from gatehouse.domain.directory import Group, Organization
from gatehouse.domain.draft import Draft
from gatehouse.domain.grant import DirectGrant, Holder
from gatehouse.domain.job import Job, JobKind
from gatehouse.domain.mailing import Delivery, Link, Mailing
from gatehouse.domain.pages import Page
from gatehouse.domain.rule import Rule
from gatehouse.domain.seats import Seats
from gatehouse.domain.session import Session
from gatehouse.domain.use import Counted, DayOfLog, DayOfUse
from gatehouse.domain.user import User
from gatehouse.usecases.archived import LogArchive
from gatehouse.usecases.asking import Question, Snapshot
from gatehouse.usecases.changes import Change, Receipt

SORTED: Final = 1_000
"""Of so many organizations or users all names are looked at, to show the first by name."""


@dataclass(frozen=True, slots=True)
class LogQuery:
    """What to read of a log: a span of time and what an entry must match."""

    since: datetime
    until: datetime
    user_id: str | None = None
    home_account_id: str | None = None
    guest_account_id: str | None = None
    organization_id: str | None = None
    action: str | None = None
    connection_id: str | None = None
    outcome: Outcome | None = None
    category: Category | None = None


@dataclass(frozen=True, slots=True)
class LogPage(Page[Activity]):
    """Entries that match, newest first, and the moment down to which all were looked at.

    A page may be short, or empty, while ``after`` is set: as many were looked at as one page may.
    """

    scanned_to: datetime = field(kw_only=True)


@dataclass(frozen=True, slots=True)
class Passage:
    """Entries that concern somebody, oldest first; ``after`` is where reading goes on, if it does.

    A passage may be empty while ``after`` is set: as many were looked at as one may.
    """

    items: tuple[Activity, ...]
    after: str | None = None


@dataclass(frozen=True, slots=True)
class Due:
    """Something whose time has come: a ``connection``, ``mailing``, ``grant``, ``removal``,
    ``api_key``, ``job``, or ``month`` of a log.
    """

    kind: str
    account_id: str
    id: str
    parent_id: str | None = None


class Accounts(Protocol):
    """Accounts and the names that are unique in the whole system."""

    def get(self, account_id: str) -> Account | None: ...
    def many(self, account_ids: Iterable[str]) -> Mapping[str, Account]: ...
    def owner(self, kind: str, name: str) -> str | None:
        """Return who holds a ``subdomain``, ``email`` or ``identity``; of an account the ``export``."""

    def owners(self, kind: str, names: Iterable[str]) -> Mapping[str, str]:
        """Return who holds these, read at once, as {name: owner}."""

    def removals(self, account_id: str) -> int:
        """Return how many groups and organizations were ever removed: the fence of grants."""

    def namings(self, account_id: str) -> int:
        """Return how many grants ever named groups: the fence of removing one."""

    def attempt(self, account_id: str, name: str, now: datetime, limit: int) -> int | None:
        """Count an attempt in this hour; return None, or the seconds to wait if over the limit."""

    def billing_contact(self, account_id: str) -> BillingContact | None: ...
    def logo(self, account_id: str, logo_id: str) -> Logo | None: ...


class SeatCount(Protocol):
    """Plans, and the seats in use; every commit that moves a seat counts it."""

    def get(self, account_id: str) -> Seats: ...
    def recount(self, account_id: str) -> Seats:
        """Look at every user, and put the count right should it be wrong."""


class Users(Protocol):
    """People."""

    def get(self, user_id: str) -> User | None: ...
    def many(self, user_ids: Iterable[str]) -> Mapping[str, User]: ...
    def page(self, account_id: str, after: str | None, limit: int) -> Page[User]: ...
    def pages(
        self, positions: Sequence[tuple[str, str | None]], limit: int
    ) -> Sequence[Page[User]]:
        """Return a page of each account, read side by side, from its position on."""

    def administrators(self, account_id: str) -> Sequence[User]:
        """Return every active Administrator."""


class Directory(Protocol):
    """Groups, organizations, and who reaches what."""

    def group(self, account_id: str, group_id: str) -> Group | None: ...
    def groups(self, account_id: str, group_ids: Iterable[str]) -> Mapping[str, Group]: ...
    def groups_page(self, account_id: str, after: str | None, limit: int) -> Page[Group]: ...
    def members_page(
        self, account_id: str, group_id: str, after: str | None, limit: int
    ) -> Page[User]: ...
    def group_names(self, account_id: str) -> Iterator[tuple[str, str]]:
        """Go through all groups, as (id, name)."""

    def organization_names(self, account_id: str) -> Iterator[tuple[str, str]]:
        """Go through all organizations, as (id, name)."""

    def organization(self, account_id: str, organization_id: str) -> Organization | None: ...
    def organizations(
        self, account_id: str, organization_ids: Iterable[str]
    ) -> Mapping[str, Organization]: ...
    def organizations_page(
        self, account_id: str, after: str | None, limit: int
    ) -> Page[Organization]: ...
    def organizations_named(self, account_id: str, words: str, limit: int) -> Page[Organization]:
        """Return the first by name whose names have all the words; ``after`` says there are more.

        In an account of more than ``SORTED`` they are the first by name of those found first.
        """

    def group_sizes(self, account_id: str, group_ids: Sequence[str]) -> Mapping[str, int]:
        """Count the organizations of each group, all side by side."""

    def group_organizations_page(
        self, account_id: str, group_id: str, after: str | None, limit: int
    ) -> Page[Organization]: ...
    def reach_page(
        self, account_id: str, holder: Holder, after: str | None, limit: int
    ) -> Page[Organization]:
        """Return what the holder reaches, by id, each once, however it is reached."""

    def reach_count(self, account_id: str, holder: Holder) -> int:
        """Count what the holder reaches now."""

    def reaches_anything(self, account_id: str, group_ids: Iterable[str]) -> bool:
        """Say whether at least one of the groups gives access to an organization."""

    def unfinished_removal(self, account_id: str, entity_id: str) -> bool:
        """Say whether a deletion of this group or organization still has traces to tidy."""

    def untold(self, account_id: str, organization_id: str) -> frozenset[str]:
        """Return the connections that are still to be told of a deletion."""

    def tidy_removal(self, account_id: str, entity_id: str) -> None:
        """Take the last traces of a deleted group or organization from everybody's sets."""


class Grants(Protocol):
    """Direct organizations, under the grant ids that stand for them."""

    def get(self, account_id: str, grant_id: str) -> DirectGrant | None: ...
    def many(self, keys: Iterable[tuple[str, str]]) -> Mapping[str, DirectGrant]:
        """Return grants by (account, grant) as {grant_id: grant}."""

    def spread(self, grant: DirectGrant) -> None:
        """Write the grant's id into its organizations, in chunks; harmless until named.

        Raises Refused naming an organization that is gone or has too many grants.
        """

    def gather(self, grant: DirectGrant) -> None:
        """Take the grant's id from its organizations, in chunks, and settle the grant."""


class Connections(Protocol):
    """Connections, from the side of the host and of the guest."""

    def get(self, host_account_id: str, connection_id: str) -> Connection | None: ...
    def page(self, host_account_id: str, after: str | None, limit: int) -> Page[Connection]:
        """Return outgoing connections, newest first."""

    def incoming(self, guest_account_id: str, connection_id: str) -> Connection | None: ...
    def incoming_page(
        self, guest_account_id: str, after: str | None, limit: int
    ) -> Page[Connection]:
        """Return incoming connections, newest first."""

    def blocked(self, guest_account_id: str, host_account_id: str) -> Blocked | None: ...
    def blocked_page(self, guest_account_id: str, after: str | None, limit: int) -> Page[Blocked]:
        """Return the hosts that this account takes no invitations from."""

    def pair(self, host_account_id: str, guest_account_id: str) -> Pair | None: ...
    def pairs(self, host_account_id: str) -> Sequence[Pair]:
        """Return what a host has with every guest."""

    def facing(self, keys: Iterable[tuple[str, str]]) -> Sequence[Pair]:
        """Return the pairs of these (host, guest) that exist."""

    def rule(self, host_account_id: str, user_id: str) -> Rule | None: ...
    def rules(self, connections: Iterable[Pair | Connection]) -> Mapping[str, Rule]:
        """Return the rules of these connections, by user."""

    def rules_for(self, user_id: str, host_account_ids: Iterable[str]) -> Mapping[str, Rule]:
        """Return the rules that hosts have for one user, by host, of whatever connection."""


class Mailings(Protocol):
    """The outbox, and the links that went out with it."""

    def get(self, account_id: str, about_id: str, mailing_id: str) -> Mailing | None: ...
    def many(self, keys: Iterable[tuple[str, str, str]]) -> Mapping[str, Mailing]:
        """Return mailings by (account, what they are about, mailing) as {mailing_id: mailing}."""

    def link(self, link_hash: str) -> Link | None: ...
    def arm(self, mailing: Mailing, link: Link) -> bool:
        """Store a link and make it the recipient's only live one; False if not queued any more."""

    def mark(
        self, mailing: Mailing, user_id: str, delivery: Delivery, link_hash: str | None
    ) -> bool:
        """Note how far a queued mail got; False if the recipient has another link by now."""

    def report(self, mailing: Mailing, user_id: str, delivery: Delivery) -> bool:
        """Note what the mail service reports later; False if it is known, or a complaint is."""

    def settle(self, mailing: Mailing) -> None:
        """Take a mailing that waits for nobody from the due list."""


class Log(Protocol):
    """Activity logs; they only grow, and lose nothing but what an erasure takes out of them."""

    def record(self, activities: Sequence[Activity]) -> None: ...
    def record_once(self, activity: Activity) -> bool:
        """Record an entry under the id its reporter chose; False if that id was used before."""

    def page(self, account_id: str, query: LogQuery, after: str | None, limit: int) -> LogPage:
        """Return matching entries, newest first, from the table and from the archive as one.

        In the order of time strongly consistent; of a user, a connection, an organization or a
        guest account eventually, a moment after the entry was written.
        """

    def about(
        self,
        account_id: str,
        user_id: str,
        span: tuple[datetime, datetime],
        after: str | None,
        most: int,
    ) -> Passage:
        """Return what somebody did and what names them by their id, oldest first.

        Looked for in the order of time, so strongly consistent, entry by entry.
        """


class Uses(Protocol):
    """What guests did with connections, and what logs hold, counted by the day."""

    def counted_to(self, account_id: str, month: str) -> str:
        """Return up to which place in the stream a month (``yyyy-mm``) is counted; "" if not yet."""

    def add(self, counted: Counted) -> None:
        """Add to days and move on, at one instant. Raises LostRace if somebody moved on before."""

    def days(
        self, account_id: str, connection_id: str, first: date, last: date
    ) -> Sequence[DayOfUse]:
        """Return the days on which anything happened, in order."""

    def days_of_log(self, account_id: str, first: date, last: date) -> Sequence[DayOfLog]:
        """Return the days of the whole log on which anything happened, in order."""


class ApiKeys(Protocol):
    """API keys; when one was last used stands apart from the key."""

    def get(self, account_id: str, api_key_id: str) -> ApiKey | None: ...
    def page(self, account_id: str, after: str | None, limit: int) -> Page[ApiKey]: ...
    def touch(self, key: ApiKey, secret: Secret, now: datetime) -> None:
        """Note that a secret of a key was used, at most once an hour."""

    def forget(self, account_id: str, api_key_id: str) -> None:
        """Drop what is noted of a key that is gone."""


class Sessions(Protocol):
    """Signed-in browsers."""

    def get(self, session_hash: str) -> Session | None: ...
    def find(self, user_id: str, session_id: str) -> Session | None: ...
    def page(self, user_id: str, after: str | None, limit: int) -> Page[Session]:
        """Return a user's sessions, newest first; one that is over may still be among them."""

    def touch(self, session: Session, now: datetime) -> None:
        """Note that a session was used, at most once an hour."""

    def clear(self, user_id: str, epoch: int | None) -> None:
        """Remove what is left of sessions that began in another epoch; with None, of all."""


class Drafts(Protocol):
    """What people are still putting together; each is its owner's alone."""

    def get(self, account_id: str, user_id: str, draft_id: str) -> Draft | None: ...
    def of(self, account_id: str, user_id: str, limit: int) -> Sequence[Draft]:
        """Return somebody's drafts, the newest first."""

    def keep(self, draft: Draft) -> None: ...
    def drop(self, account_id: str, user_id: str, draft_id: str) -> None: ...


class Jobs(Protocol):
    """Work that is done in steps."""

    def get(self, account_id: str, job_id: str) -> Job | None: ...
    def page(self, account_id: str, kind: JobKind, after: str | None, limit: int) -> Page[Job]:
        """Return the account's jobs of a kind, newest first."""

    def notes(
        self, account_id: str, job_id: str, first: int, limit: int
    ) -> Sequence[Sequence[Mapping[str, Any]]]:
        """Return the entries of at most ``limit`` notes, from the one with this number on."""


class Store(Protocol):
    """The one table."""

    @property
    def accounts(self) -> Accounts: ...
    @property
    def seats(self) -> SeatCount: ...
    @property
    def users(self) -> Users: ...
    @property
    def directory(self) -> Directory: ...
    @property
    def grants(self) -> Grants: ...
    @property
    def connections(self) -> Connections: ...
    @property
    def mailings(self) -> Mailings: ...
    @property
    def log(self) -> Log: ...
    @property
    def archive(self) -> LogArchive: ...
    @property
    def uses(self) -> Uses: ...
    @property
    def api_keys(self) -> ApiKeys: ...
    @property
    def sessions(self) -> Sessions: ...
    @property
    def drafts(self) -> Drafts: ...
    @property
    def jobs(self) -> Jobs: ...

    def commit(self, *changes: Change | None) -> None:
        """Make all changes at one instant, or none; Nones are left out.

        Raises the ``otherwise`` of a change that no longer holds, :class:`LostRace` if it has
        none, :class:`Replayed` if the receipt is there already.
        """

    def snapshot(
        self, account_id: str, api_key_id: str | None, questions: Sequence[Question]
    ) -> Snapshot:
        """Read credentials and the facts of questions as one strongly consistent snapshot.

        Without a key there are no credentials in it: a person asks.
        """

    def standing(self, user_id: str, host_account_id: str) -> Facts:
        """Read a user and what their account has with the host, as one snapshot."""

    def receipt(self, account_id: str, receipt_id: str, now: datetime) -> Receipt | None: ...
    def amend(self, receipt: Receipt) -> None:
        """Replace the stored answer by the one that was really given."""

    def due(self, now: datetime) -> Iterable[Due]:
        """Return what is due, eventually consistent; whoever acts reads again."""
