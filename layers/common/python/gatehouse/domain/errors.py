"""The one error tree. Every refusal a caller can meet is here and nowhere else.

    GatehouseError                500  something of ours went wrong
    ├── Unauthenticated           401  no credentials, or none that hold
    ├── NotAllowed                403  known, but not allowed
    │   ├── WrongAccount, AdministratorRequired, CsrfFailed
    │   ├── NotAdded, EmailUnverified, OtherIdentity, Deactivated
    │   └── ShutOut                    the account's own security settings keep it out
    │       └── NetworkNotAllowed, SecondFactorRequired
    ├── NotFound                  404  not there, or another tenant's
    │   └── LinkUnknown, AccessEnded
    ├── Conflict                  409  true request, wrong moment
    │   ├── ConnectionLive, IllegalStep, AlreadyAccepted, OfferChanged
    │   ├── LastAdministrator, EmailTaken, SubdomainTaken, SeatsTaken
    │   └── ExportRunning, ErasureRunning, StillHere, NotInvitable, OtherUser, Contended
    ├── Gone                      410  was there, is over
    │   ├── LinkReplaced, InvitationExpired, InvitationDeclined, ConnectionRevoked
    │   └── FileGone
    ├── Malformed                 400  not of the documented shape
    ├── TooLarge                  413  body over the limit
    ├── UnsupportedMediaType      415
    ├── Refused                   422  well formed, but not possible; names the field
    │   └── IdempotencyKeyReused
    ├── EtagStale                 412
    ├── EtagMissing               428
    ├── TooMany                   429  carries the seconds to wait
    ├── MailRefused                    (never leaves the outbox)
    └── Unable                    503  we could not read or record
        ├── StoreUnavailable, MailUnavailable, IssuerUnavailable
        ├── FilesUnavailable, QueueUnavailable, EventsUnavailable
        └── ArchiveDamaged

Each class carries what RFC 9457 asks for: a stable slug (its ``type``), a title, a status; each
instance a ``detail`` that says what happened, why, and what to do next.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class FieldError:
    """One field that is wrong: its JSON pointer (RFC 6901) and a sentence about it."""

    pointer: str
    detail: str


class GatehouseError(Exception):
    """Be the root of every refusal."""

    slug: ClassVar[str] = "internal-error"
    title: ClassVar[str] = "Something went wrong"
    status: ClassVar[int] = 500

    def __init__(
        self, detail: str, *, fields: Sequence[FieldError] = (), retry_after: int | None = None
    ) -> None:
        super().__init__(detail)
        self.detail = detail
        self.fields = tuple(fields)
        self.retry_after = retry_after


class Unauthenticated(GatehouseError):
    """Say that the caller is not known."""

    slug, title, status = "unauthenticated", "Credentials needed", 401


class NotAllowed(GatehouseError):
    """Say that the caller is known and may not do this."""

    slug, title, status = "not-allowed", "Not allowed", 403


class WrongAccount(NotAllowed):
    """Say that the signed-in person belongs to another company than the one invited."""

    slug, title = "wrong-account", "This invitation is for another account"


class AdministratorRequired(NotAllowed):
    """Say that only an Administrator may answer."""

    slug, title = "administrator-required", "An Administrator must answer"


class CsrfFailed(NotAllowed):
    """Say that a form came without the token that proves our own page sent it."""

    slug, title = "csrf-token-wrong", "The form could not be matched to your session"


class NotAdded(NotAllowed):
    """Say that nobody has been added under this address."""

    slug, title = "not-added", "You have not been added to an account"


class EmailUnverified(NotAllowed):
    """Say that the identity provider does not vouch for the address."""

    slug, title = "email-unverified", "Your e-mail address is not verified"


class OtherIdentity(NotAllowed):
    """Say that the user with this address signs in with another identity."""

    slug, title = "other-identity", "You sign in another way"


class Deactivated(NotAllowed):
    """Say that the user may not act any more."""

    slug, title = "deactivated", "Your user is deactivated"


class ShutOut(NotAllowed):
    """Say that the account's own security settings keep a request out, whoever sent it."""

    slug, title = "shut-out", "Kept out by the security settings of your account"

    def __init__(self, detail: str, account_name: str = "") -> None:
        super().__init__(detail)
        self.account_name = account_name


class NetworkNotAllowed(ShutOut):
    """Say that the request came from outside of the account's networks."""

    slug, title = "network-not-allowed", "Not from this network"


class SecondFactorRequired(ShutOut):
    """Say that somebody signed in with one factor where their account asks for two."""

    slug, title = "second-factor-required", "Not without a second factor"


class NotFound(GatehouseError):
    """Say that nothing of the caller's stands under this id."""

    slug, title, status = "not-found", "Not found", 404


class AccessEnded(NotFound):
    """Say to somebody whose company was let in there once that this is over."""

    slug, title = "access-ended", "Your access has ended"


class LinkUnknown(NotFound):
    """Say that no invitation was ever sent with this link."""

    slug, title = "link-unknown", "This link is not known"


class Conflict(GatehouseError):
    """Say that the request is right but the moment is not."""

    slug, title, status = "conflict", "Conflict", 409


class ConnectionLive(Conflict):
    """Say that the pair already has a pending or active connection."""

    slug, title = "connection-live", "These accounts already have a connection"

    def __init__(self, detail: str, connection_id: str | None = None) -> None:
        super().__init__(detail)
        self.connection_id = connection_id


class IllegalStep(Conflict):
    """Say that the connection's state does not allow this step."""

    slug, title = "illegal-state-step", "The connection is not in a state for this"


class AlreadyAccepted(Conflict):
    """Say that somebody accepted first; the detail names them."""

    slug, title = "already-accepted", "Already accepted"

    def __init__(self, accepted_by: str, accepted_at: datetime | None) -> None:
        day = f" on {accepted_at:%Y-%m-%d} at {accepted_at:%H:%M} UTC" if accepted_at else ""
        super().__init__(f"{accepted_by} accepted this invitation{day}. The connection is active.")


class OfferChanged(Conflict):
    """Say that the offer is no longer the one that was read."""

    slug, title = "offer-changed", "The offer changed while it was being read"


class LastAdministrator(Conflict):
    """Say that an account keeps at least one active Administrator."""

    slug, title = "last-administrator", "The last active Administrator stays"


class EmailTaken(Conflict):
    """Say that somebody has the address already; never whose user that is."""

    slug, title = "email-taken", "This e-mail address is taken"


class SubdomainTaken(Conflict):
    """Say that the subdomain names another account."""

    slug, title = "subdomain-taken", "This subdomain is taken"


class SeatsTaken(Conflict):
    """Say that the account's plan has no room for one more person."""

    slug, title = "seats-taken", "No seat is free"


class ExportRunning(Conflict):
    """Say that the account's last export is not finished yet; the detail names it."""

    slug, title = "export-running", "An export is running"

    def __init__(self, detail: str, export_id: str) -> None:
        super().__init__(detail)
        self.export_id = export_id


class ErasureRunning(Conflict):
    """Say that the account's last erasure is not finished yet; the detail names it."""

    slug, title = "erasure-running", "An erasure is running"


class StillHere(Conflict):
    """Say that somebody is still a user of the account, so that their name would be written anew."""

    slug, title = "still-here", "This person is still a user"


class OtherUser(Conflict):
    """Say that an identity would by now sign in as another user than its person said yes to."""

    slug, title = "other-user", "You would sign in as somebody else by now"


class NotInvitable(Conflict):
    """Say that a user needs no link to sign in, or could do nothing with one."""

    slug, title = "not-invitable", "There is nobody to invite here"


class Contended(Conflict):
    """Say that others kept changing the same thing; trying again helps."""

    slug, title = "contended", "Others changed this at the same time"


class Gone(GatehouseError):
    """Say that what the link offered is over."""

    slug, title, status = "gone", "Over", 410


class LinkReplaced(Gone):
    """Say that a newer link was sent to the same person."""

    slug, title = "link-replaced", "A newer link was sent"


class InvitationExpired(Gone):
    """Say that the invitation's time is over."""

    slug, title = "invitation-expired", "The invitation has expired"


class InvitationDeclined(Gone):
    """Say that the guest declined."""

    slug, title = "invitation-declined", "The invitation was declined"


class ConnectionRevoked(Gone):
    """Say that the connection was ended."""

    slug, title = "connection-revoked", "The connection was revoked"


class FileGone(Gone):
    """Say that a file is no longer kept, or is not the one that was meant."""

    slug, title = "file-gone", "The file is gone"


class Malformed(GatehouseError):
    """Say that the request is not of the documented shape."""

    slug, title, status = "malformed-request", "The request is malformed", 400


class TooLarge(GatehouseError):
    """Say that the body is over the limit."""

    slug, title, status = "body-too-large", "The body is too large", 413


class UnsupportedMediaType(GatehouseError):
    """Say that the body is of a type this route does not read."""

    slug, title, status = "unsupported-media-type", "This content type is not read here", 415


class Refused(GatehouseError):
    """Say that the request is well formed and cannot be done; the fields say where."""

    slug, title, status = "refused", "This cannot be done", 422

    @classmethod
    def at(cls, pointer: str, detail: str) -> "Refused":
        """Refuse one field, with the same sentence for the field and the whole."""
        return cls(detail, fields=[FieldError(pointer, detail)])


class IdempotencyKeyReused(Refused):
    """Say that the same Idempotency-Key came with another body."""

    slug, title = "idempotency-key-reused", "This Idempotency-Key was used for another request"


class EtagStale(GatehouseError):
    """Say that the caller read an older version than the one stored."""

    slug, title, status = "etag-stale", "Changed since it was read", 412


class EtagMissing(GatehouseError):
    """Say that this write must name the version it replaces."""

    slug, title, status = "etag-missing", "If-Match is needed", 428


class TooMany(GatehouseError):
    """Say that a rate limit is reached; carries the seconds to wait."""

    slug, title, status = "too-many-requests", "Too many requests", 429


class Unable(GatehouseError):
    """Say that we could not read or record; nothing was allowed."""

    slug, title, status = "unable", "Temporarily unable", 503

    def __init__(self, detail: str, *, retry_after: int = 2) -> None:
        super().__init__(detail, retry_after=retry_after)


class StoreUnavailable(Unable):
    """Say that the table did not answer."""

    slug, title = "store-unavailable", "The store did not answer"


class MailUnavailable(Unable):
    """Say that the mail service did not take the message."""

    slug, title = "mail-unavailable", "The mail service did not answer"


class MailRefused(GatehouseError):
    """Say that the mail service will never take this message; trying again changes nothing."""

    slug, title = "mail-refused", "The mail service refused the message"


class IssuerUnavailable(Unable):
    """Say that the identity provider did not answer."""

    slug, title = "issuer-unavailable", "The identity provider did not answer"


class FilesUnavailable(Unable):
    """Say that where files are kept did not answer."""

    slug, title = "files-unavailable", "The files did not answer"


class ArchiveDamaged(Unable):
    """Say that an archived part of a log is not what was put there; it is never passed over."""

    slug, title = "archive-damaged", "A part of the log's archive is damaged"


class QueueUnavailable(Unable):
    """Say that the queue of jobs did not answer."""

    slug, title = "queue-unavailable", "The queue did not answer"


class EventsUnavailable(Unable):
    """Say that the event bus did not take an event."""

    slug, title = "events-unavailable", "The event bus did not answer"
