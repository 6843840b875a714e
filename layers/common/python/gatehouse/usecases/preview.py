"""What a connection means before anybody agrees to it: people × effective role × organizations."""

from dataclasses import dataclass

from gatehouse.domain.connection import Connection, State
from gatehouse.domain.directory import Organization
from gatehouse.domain.grant import Scope
from gatehouse.domain.pages import Page, every
from gatehouse.domain.principal import Principal, administrator
from gatehouse.domain.roles import Role, effective_role
from gatehouse.domain.rule import Rule, limit_of
from gatehouse.domain.user import Status, User
from gatehouse.usecases.choose import Unnamed, organizations_in_reach
from gatehouse.usecases.invite import check_maximum_role
from gatehouse.usecases.lifecycle import incoming, outgoing
from gatehouse.usecases.ports import Ports
from gatehouse.usecases.scope import check_scope

_PAGE = 200


@dataclass(frozen=True, slots=True)
class Entering:
    """Somebody of a guest who gets in, with the rule that the host has for them alone."""

    user: User
    effective_role: Role
    rule: Rule | None


@dataclass(frozen=True, slots=True)
class People:
    """A guest's active people: those who get in, and those whom a rule of the host denies."""

    entering: tuple[Entering, ...]
    denied: tuple[User, ...]


@dataclass(frozen=True, slots=True)
class Preview:
    """What would be (or is) true: the roles, the guest's people, the organizations.

    ``people`` is None for a host before the guest accepted; ``organizations`` is None where only
    their number may be known, or nothing is reached any more. They are those of the connection:
    who has a rule of the host may reach others.
    """

    roles: tuple[tuple[Role, Role], ...]
    people: People | None
    organizations: Page[Organization] | None
    organization_count: int
    all_organizations: bool


def preview_of_offer(
    ports: Ports,
    principal: Principal,
    maximum_role: Role,
    scope: Scope,
    after: str | None,
    limit: int,
) -> Preview:
    """Show a host's Administrator what an invitation with these terms would mean.

    Refused is what inviting would refuse of them. Whom it is for plays no part: of a guest that
    has not accepted the host learns nothing, not even how many people it has.
    """
    person = administrator(principal, "preview invitations")
    check_maximum_role(maximum_role)
    check_scope(ports, person.account_id, scope, may_be_empty=False)
    return Preview(
        roles_under(maximum_role),
        None,
        reached_by(ports, person.account_id, scope, after, limit),
        organizations_in_reach(ports, person.account_id, scope),
        scope.all_organizations,
    )


def outgoing_preview(
    ports: Ports, principal: Principal, connection_id: str, after: str | None, limit: int
) -> Preview:
    """Show a host's Administrator what a connection means; the guest's people once it is active."""
    person = administrator(principal, "preview connections")
    connection = outgoing(ports, person.account_id, connection_id)
    is_live = connection.is_live_at(ports.clock.now())
    directory = ports.store.directory
    return Preview(
        roles_under(connection.maximum_role),
        people_of(ports, connection) if connection.state is State.ACTIVE else None,
        directory.reach_page(person.account_id, connection, after, limit) if is_live else None,
        directory.reach_count(person.account_id, connection) if is_live else 0,
        connection.all_organizations,
    )


def incoming_preview(
    ports: Ports, principal: Principal, connection_id: str, after: str | None, limit: int
) -> Preview:
    """Show a guest's Administrator what a connection that lets their company in means."""
    person = administrator(principal, "preview incoming connections")
    connection = incoming(ports, person.account_id, connection_id)
    return preview_for_guest(ports, connection, reach_today(ports, connection), after, limit)


def reach_today(ports: Ports, connection: Connection) -> int:
    """Count what a connection reaches now: nothing, once it is over."""
    if not connection.is_live_at(ports.clock.now()):
        return 0
    return ports.store.directory.reach_count(connection.host.account_id, connection)


def preview_for_guest(
    ports: Ports, connection: Connection, count: int, after: str | None, limit: int
) -> Preview:
    """Show a guest's Administrator their own people and the reach, of ``count`` organizations.

    Of all organizations only the number is shown until somebody accepted: their names would be
    the host's whole list of clients. What is over reaches nothing, so nothing is shown of it.
    """
    named = connection.is_live_at(ports.clock.now()) and (
        not connection.all_organizations or connection.state is State.ACTIVE
    )
    return Preview(
        roles_under(connection.maximum_role),
        people_of(ports, connection),
        ports.store.directory.reach_page(connection.host.account_id, connection, after, limit)
        if named
        else None,
        count,
        connection.all_organizations,
    )


def roles_under(maximum: Role) -> tuple[tuple[Role, Role], ...]:
    """Return own role → effective role for every role that gets in."""
    return tuple((own, effective_role(own, maximum)) for own in Role if own is not Role.LITE)


def people_of(ports: Ports, connection: Connection) -> People:
    """Return all active people of the guest, but for Lite ones, who never get in."""
    rules = ports.store.connections.rules([connection])
    entering: list[Entering] = []
    denied: list[User] = []
    guest_id = connection.guest.account_id
    for user in every(lambda after: ports.store.users.page(guest_id, after, _PAGE)):
        if user.status is not Status.ACTIVE or user.role is Role.LITE:
            continue
        rule = rules.get(user.user_id)
        if rule is not None and rule.denied:
            denied.append(user)
        else:
            limit = limit_of(connection.maximum_role, rule)
            entering.append(Entering(user, effective_role(user.role, limit), rule))
    return People(tuple(entering), tuple(denied))


def reached_by(
    ports: Ports, account_id: str, scope: Scope, after: str | None, limit: int
) -> Page[Organization]:
    """Return what a scope would reach, by id; nobody holds its direct organizations yet."""
    held = Unnamed(scope.group_ids, scope.all_organizations)
    page = ports.store.directory.reach_page(account_id, held, after, limit)
    if scope.all_organizations:
        return page
    known = {one.organization_id: one for one in page.items}
    # What comes after the groups' page is for the next one, whatever it is reached through.
    direct = sorted(
        one
        for one in scope.organization_ids - known.keys()
        if one > (after or "") and (page.after is None or one <= page.after)
    )[: limit + 1]
    known.update(ports.store.directory.organizations(account_id, direct))
    found = tuple(known[one] for one in sorted(known))
    if len(found) <= limit:
        return Page(found, page.after)
    return Page(found[:limit], found[limit - 1].organization_id)
