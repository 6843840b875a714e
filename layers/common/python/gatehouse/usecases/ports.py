"""The ports that use cases speak to; adapters stand behind them."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from gatehouse.domain.activity import Activity
from gatehouse.domain.factors import UNKNOWN_FACTORS, Factors
from gatehouse.domain.limits import Limits
from gatehouse.domain.mailing import AccountLetter, Letter
from gatehouse.usecases.stored import Store


class Clock(Protocol):
    """The one clock."""

    def now(self) -> datetime:
        """Return the moment, UTC, cut to milliseconds."""


class Ids(Protocol):
    """Where ids come from."""

    def new(self, kind: str) -> str: ...
    def account(self) -> str: ...
    def user(self, account_id: str) -> str: ...
    def api_key(self) -> str: ...
    def token(self) -> str: ...


class Mailer(Protocol):
    """The mail service."""

    def send(self, letter: Letter | AccountLetter) -> str:
        """Hand over one letter; return the service's id of it. Raises MailUnavailable."""

    def text_of(self, letter: Letter) -> str:
        """Return what a letter would say, as text."""


class Identities(Protocol):
    """The identity provider (OpenID Connect) that says who somebody is."""

    def of_access_token(self, token: str, now: datetime) -> "SignedIn":
        """Verify an access token; return whose it is. Raises Unauthenticated."""

    def sign_in_address(
        self, *, state: str, nonce: str, challenge: str, hint: str | None, again: bool = False
    ) -> str:
        """Return where a browser goes to sign in (authorization code flow with PKCE).

        With ``again`` they sign in anew, with more than one factor if the provider can be asked.
        """

    def exchange(self, *, code: str, verifier: str, nonce: str, now: datetime) -> "SignedIn":
        """Turn a code into who signed in. Raises Unauthenticated."""


@dataclass(frozen=True, slots=True)
class SignedIn:
    """What a token says: the identity, an address if it is verified, and how they signed in."""

    identity: str
    verified_email: str | None
    factors: Factors = UNKNOWN_FACTORS


@dataclass(frozen=True, slots=True)
class File:
    """A file that is kept: how many bytes, and what tells this content from any other."""

    size: int
    etag: str


@dataclass(frozen=True, slots=True)
class UploadForm:
    """Where a browser's form sends a file, and the fields that stand before it."""

    address: str
    fields: Mapping[str, str]


class Files(Protocol):
    """Files by name. Everything here raises FilesUnavailable when they cannot be reached."""

    def put(self, name: str, chunks: Iterable[bytes]) -> File:
        """Keep a file, whole or not at all, without holding more than a part of it in memory."""

    def find(self, name: str) -> File | None: ...
    def read(self, name: str, etag: str, start: int = 0) -> Iterator[bytes]:
        """Read on from a byte, chunk by chunk. Raises FileGone if it is not that file any more."""

    def delete(self, name: str) -> None: ...
    def upload_address(self, name: str, lifetime: timedelta) -> str:
        """Return where anybody who has the address may PUT this file, for so long."""

    def upload_form(
        self, name: str, lifetime: timedelta, *, most: int, return_to: str
    ) -> UploadForm:
        """Return what lets a form send this file of at most so many bytes, and then go on."""

    def download_address(self, name: str, lifetime: timedelta, *, save_as: str) -> str:
        """Return where anybody who has the address may read this file, for so long."""


class Queue(Protocol):
    """The queue of jobs that want to go on."""

    def send(self, account_id: str, job_id: str) -> None:
        """Ask for a job's next steps, at least once and soon. Raises QueueUnavailable.

        What is lost here the sweep asks for again: a job that is not over is always due.
        """


class Events(Protocol):
    """The event bus, on which other systems hear what stands in the logs."""

    def publish(self, entries: Sequence[Activity]) -> None:
        """Tell of entries, each at least once. Raises EventsUnavailable."""


class Ports(Protocol):
    """Everything a use case may speak to; each is made when first asked for."""

    @property
    def store(self) -> Store: ...
    @property
    def mailer(self) -> Mailer: ...
    @property
    def identities(self) -> Identities: ...
    @property
    def files(self) -> Files: ...
    @property
    def queue(self) -> Queue: ...
    @property
    def events(self) -> Events: ...
    @property
    def clock(self) -> Clock: ...
    @property
    def ids(self) -> Ids: ...
    @property
    def limits(self) -> Limits: ...
    @property
    def public_base_url(self) -> str: ...
    @property
    def signing_key(self) -> bytes:
        """Return the key that cursors and sign-in attempts are signed with."""
