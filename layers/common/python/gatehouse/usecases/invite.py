"""Invite another company by its subdomain, capped by a maximum role, scoped by a grant."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from gatehouse.domain.account import Account, AccountName, clean_subdomain
from gatehouse.domain.connection import Connection, State
from gatehouse.domain.decision import Pair
from gatehouse.domain.errors import ConnectionLive, NotAllowed, Refused, TooMany
from gatehouse.domain.grant import GrantState, Scope
from gatehouse.domain.mailing import Mailing
from gatehouse.domain.principal import Person, Principal, administrator
from gatehouse.domain.roles import Role
from gatehouse.domain.user import User
from gatehouse.usecases.changes import RequireAdministrator, RequireWelcome
from gatehouse.usecases.deliver import deliver
from gatehouse.usecases.hand_over import queued
from gatehouse.usecases.lifecycle import Step, changes_of, invitation_to, terms_changed
from gatehouse.usecases.ports import Ports
from gatehouse.usecases.racing import settled
from gatehouse.usecases.receipts import Keep
from gatehouse.usecases.scope import check_scope, prepare_grant, retire_grant

_WEEK: Final = timedelta(days=7)
_DOING: Final = "invite accounts"


@dataclass(frozen=True, slots=True)
class Invitation:
    """What a host offers."""

    guest_subdomain: str
    maximum_role: Role
    scope: Scope
    message: str | None = None
    expires_in_days: int | None = None


def invite(
    ports: Ports, principal: Principal, invitation: Invitation, keep: Keep
) -> tuple[Connection, Mailing]:
    """Make a pending connection, mail every active Administrator of the guest, return both."""
    person = administrator(principal, _DOING)
    check_maximum_role(invitation.maximum_role)
    host, guest = _parties(ports, person, invitation.guest_subdomain)

    def attempt() -> tuple[Connection, Mailing]:
        now = ports.clock.now()
        pair = ports.store.connections.pair(host.account_id, guest.account_id)
        _check_pair(ports, pair, guest, now)
        if ports.store.connections.blocked(guest.account_id, host.account_id):
            raise Refused.at("/guest_subdomain", unwelcome(guest.named))
        administrators = _administrators_of(ports, guest)
        fence = check_scope(ports, host.account_id, invitation.scope, may_be_empty=False)
        connection_id = ports.ids.new("con")
        grant_id, in_force = prepare_grant(
            ports, host.account_id, connection_id, invitation.scope.organization_ids
        )
        days = invitation.expires_in_days or host.invitation_expires_in_days
        connection = Connection(
            connection_id=connection_id,
            host=host.named,
            guest=guest.named,
            state=State.PENDING,
            maximum_role=invitation.maximum_role,
            group_ids=invitation.scope.group_ids,
            grant_id=grant_id,
            all_organizations=invitation.scope.all_organizations,
            message=invitation.message,
            invited_by=person.named,
            created_at=now,
            expires_at=now + timedelta(days=days),
            lifetime_days=days,
            mailing_id=ports.ids.new("mlg"),
        )
        offered = terms_changed(None, connection, frozenset(), invitation.scope.organization_ids)
        step = Step(
            "invited", None, connection, pair, person.actor, now, person.origin, changed=offered
        )
        mailing = invitation_to(connection, administrators, now)
        ports.store.commit(
            *changes_of(ports, step),
            *in_force,
            # An invitation that expired gives its place to this one.
            *retire_grant(
                ports, host.account_id, pair.grant_id if pair else None, GrantState.ENDED
            ),
            fence,
            queued(mailing),
            RequireAdministrator(person.user),
            RequireWelcome(
                guest.account_id,
                host.account_id,
                Refused.at("/guest_subdomain", unwelcome(guest.named)),
            ),
            keep((connection, mailing)),
        )
        return connection, mailing

    connection, mailing = settled(attempt)
    return connection, deliver(ports, connection, mailing)


def unwelcome(guest: AccountName) -> str:
    """Say that a guest has blocked this host, and who could lift it."""
    return (
        f"{guest.name} takes no invitations from your account. "
        "An Administrator there can lift that; ask one in another way."
    )


def may_be_invited(ports: Ports, principal: Principal, subdomain: str) -> Account:
    """Return the account of this subdomain if it could be invited now; raise why not.

    It counts as an attempt: whoever asks learns which subdomains there are.
    """
    host, guest = _parties(ports, administrator(principal, _DOING), subdomain)
    pair = ports.store.connections.pair(host.account_id, guest.account_id)
    _check_pair(ports, pair, guest, ports.clock.now())
    if ports.store.connections.blocked(guest.account_id, host.account_id):
        raise Refused.at("/guest_subdomain", unwelcome(guest.named))
    _administrators_of(ports, guest)
    return guest


def check_maximum_role(maximum_role: Role) -> None:
    """Refuse Lite: whoever is Lite never gets in, so it caps nothing."""
    if maximum_role is Role.LITE:
        raise Refused.at(
            "/maximum_role",
            "Lite cannot be a maximum role. Choose Read-only, Creator, Editor, Manager or "
            "Administrator.",
        )


def _parties(ports: Ports, person: Person, subdomain: str) -> tuple[Account, Account]:
    host = ports.store.accounts.get(person.account_id)
    if host is None:
        raise NotAllowed("Your account no longer exists.")
    wait = ports.store.accounts.attempt(
        host.account_id, "invite", ports.clock.now(), ports.limits.invite_attempts_per_hour
    )
    if wait is not None:
        raise TooMany(
            f"Your account tried {ports.limits.invite_attempts_per_hour} invitations in this hour, "
            f"which is the limit. Try again in {wait} seconds.",
            retry_after=wait,
        )
    return host, _guest_of(ports, host, subdomain)


def _administrators_of(ports: Ports, guest: Account) -> Sequence[User]:
    administrators = ports.store.users.administrators(guest.account_id)
    if not administrators:
        raise Refused.at(
            "/guest_subdomain",
            f"{guest.name} has no active Administrator who could accept. "
            "Ask them to set one up, then invite again.",
        )
    return administrators


def _guest_of(ports: Ports, host: Account, text: str) -> Account:
    subdomain = clean_subdomain(text)
    if subdomain is None:
        raise Refused.at(
            "/guest_subdomain",
            "A subdomain must be one label of letters, digits and hyphens, such as continuum in "
            "the address of the account.",
        )
    if subdomain == host.subdomain:
        raise Refused.at(
            "/guest_subdomain", "This is your own account. Enter the subdomain of another company."
        )
    guest_id = ports.store.accounts.owner("subdomain", subdomain)
    guest = ports.store.accounts.get(guest_id) if guest_id else None
    if guest is None:
        raise Refused.at(
            "/guest_subdomain",
            f"There is no account {subdomain}. Check the spelling with the company you invite.",
        )
    if guest.region is not host.region:
        raise Refused.at(
            "/guest_subdomain",
            f"{guest.name} keeps its data in region {guest.region}, your account in "
            f"{host.region}. Accounts of different regions cannot be connected.",
        )
    return guest


def _check_pair(ports: Ports, pair: Pair | None, guest: Account, now: datetime) -> None:
    if pair is None:
        return
    if pair.is_live_at(now):
        raise ConnectionLive(
            f"You already have a connection with {guest.name} that is {pair.state}. "
            "Edit or resend it, or revoke it before inviting again.",
            pair.connection_id,
        )
    limit = ports.limits.invitations_per_pair_and_week
    recent = [moment for moment in pair.invited_at if moment > now - _WEEK]
    if len(recent) >= limit:
        wait = int((recent[-limit] + _WEEK - now).total_seconds()) + 1
        raise TooMany(
            f"You invited {guest.name} {limit} times within a week, which is the limit. "
            f"The next invitation can go out in {wait} seconds.",
            retry_after=wait,
        )
