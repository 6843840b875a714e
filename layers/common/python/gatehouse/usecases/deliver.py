"""Mail the Administrators of a connection's sides what happened to it; see hand_over.py."""

from datetime import timedelta

from gatehouse.domain.connection import Connection
from gatehouse.domain.mailing import Letter, Mailing, MailKind, Recipient
from gatehouse.usecases.hand_over import (
    IN_A_REQUEST,
    Compose,
    hand_over_again,
    handed_over,
    tags_of,
)
from gatehouse.usecases.ports import Ports


def deliver(
    ports: Ports, connection: Connection, mailing: Mailing, patience: timedelta = IN_A_REQUEST
) -> Mailing:
    """Send what is queued for as long as there is patience; return the mailing as it then stands."""
    return handed_over(ports, mailing, lambda: _letters(ports, connection, mailing), patience)


def deliver_again(ports: Ports, connection: Connection, mailing: Mailing) -> None:
    """Send what is still queued. Raises Unable where the sweep has to come back."""
    hand_over_again(ports, mailing, _letters(ports, connection, mailing))


def _letters(ports: Ports, connection: Connection, mailing: Mailing) -> Compose:
    count = ports.store.directory.reach_count(connection.host.account_id, connection)

    host = ports.store.accounts.get(connection.host.account_id)

    def letter(recipient: Recipient, token: str | None) -> Letter:
        is_host = recipient.account_id == connection.host.account_id
        return Letter(
            kind=mailing.kind,
            to=recipient.email,
            side="host" if is_host else "guest",
            host_name=connection.host.name,
            host_subdomain=connection.host.subdomain,
            guest_name=connection.guest.name,
            guest_subdomain=connection.guest.subdomain,
            maximum_role=connection.maximum_role,
            organization_count=count,
            all_organizations=connection.all_organizations,
            actor_name=mailing.actor_name,
            happened_at=mailing.created_at,
            expires_at=connection.expires_at if mailing.kind is MailKind.INVITATION else None,
            message=mailing.text,
            end_reason=connection.end_reason.value if connection.end_reason else None,
            link=f"{ports.public_base_url}/invitations/{token}" if token else None,
            tags=tags_of(mailing, recipient),
            colour=host.brand.colour if host else None,
        )

    return letter
