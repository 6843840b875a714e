"""What a connection means before anybody agrees to it: people × effective role × organizations."""

from dataclasses import dataclass

from gatehouse.domain.connection import Connection, State
from gatehouse.domain.directory import Organization
from gatehouse.domain.pages import Page
from gatehouse.domain.roles import Role, effective_role
from gatehouse.domain.user import Status, User
from gatehouse.usecases.ports import Ports

_PAGE = 200


@dataclass(frozen=True, slots=True)
class Preview:
    """What would be (or is) true: the roles, the guest's people, the organizations.

    ``organizations`` is None where only their number may be known.
    """

    roles: tuple[tuple[Role, Role], ...]
    people: tuple[tuple[User, Role], ...]
    organizations: Page[Organization] | None


def preview_for_guest(
    ports: Ports, connection: Connection, after: str | None, limit: int
) -> Preview:
    """Show a guest's Administrator their own people and the reach.

    Of all organizations only the number is shown until somebody accepted: their names would be
    the host's whole list of clients. What is over reaches nothing, so nothing is shown of it.
    """
    named = connection.is_live_at(ports.clock.now()) and (
        not connection.all_organizations or connection.state is State.ACTIVE
    )
    return Preview(
        roles_under(connection.maximum_role),
        people_under(ports, connection.guest.account_id, connection.maximum_role),
        ports.store.directory.reach_page(connection.host.account_id, connection, after, limit)
        if named
        else None,
    )


def roles_under(maximum: Role) -> tuple[tuple[Role, Role], ...]:
    """Return own role → effective role for every role that gets in."""
    return tuple((own, effective_role(own, maximum)) for own in Role if own is not Role.LITE)


def people_under(ports: Ports, account_id: str, maximum: Role) -> tuple[tuple[User, Role], ...]:
    """Return all active people who get in, with what they may do there."""
    people: list[tuple[User, Role]] = []
    after: str | None = None
    while True:
        page = ports.store.users.page(account_id, after, _PAGE)
        people.extend(
            (user, effective_role(user.role, maximum))
            for user in page.items
            if user.status is Status.ACTIVE and user.role is not Role.LITE
        )
        after = page.after
        if after is None:
            return tuple(people)
