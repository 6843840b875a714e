"""Read activity logs: the whole, the part a Manager reaches, the part a guest's people made."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from gatehouse.domain.activity import Activity
from gatehouse.domain.api_key import ApiScope
from gatehouse.domain.errors import NotAllowed
from gatehouse.domain.grant import via_of
from gatehouse.domain.principal import Application, Person, Principal, administrator, with_scope
from gatehouse.domain.roles import Role
from gatehouse.domain.user import User
from gatehouse.usecases.lifecycle import incoming
from gatehouse.usecases.ports import Ports
from gatehouse.usecases.report import OLDEST
from gatehouse.usecases.stored import LogPage, LogQuery

USUAL_SPAN: Final = timedelta(days=30)


def read_log(
    ports: Ports, principal: Principal, query: LogQuery, after: str | None, limit: int
) -> LogPage:
    """Return entries of the caller's own log, newest first."""
    if isinstance(principal, Application):
        with_scope(principal, ApiScope.ACTIVITIES_READ, "read the activity log")
    elif principal.user.role not in {Role.ADMINISTRATOR, Role.MANAGER}:
        raise NotAllowed(
            "Only Administrators and Managers may read the activity log; your role is "
            f"{principal.user.role.label}. Ask an Administrator of your account."
        )
    page = ports.store.log.page(
        principal.account_id, within_account(ports, principal.account_id, query), after, limit
    )
    if isinstance(principal, Person) and principal.user.role is Role.MANAGER:
        return replace(page, items=_reached(ports, principal.user, page.items))
    return page


def own_people_there(
    ports: Ports,
    principal: Principal,
    connection_id: str,
    span: tuple[datetime, datetime],
    after: str | None,
    limit: int,
) -> LogPage:
    """Return what the guest's own people did in a host, also after the connection's end."""
    person = administrator(principal, "see what your people did in other accounts")
    connection = incoming(ports, person.account_id, connection_id)
    query = LogQuery(
        since=span[0],
        until=span[1],
        connection_id=connection_id,
        home_account_id=person.account_id,
    )
    host_account_id = connection.host.account_id
    return ports.store.log.page(
        host_account_id, within_account(ports, host_account_id, query), after, limit
    )


def within_account(ports: Ports, account_id: str, query: LogQuery) -> LogQuery:
    """Begin no earlier than the account itself, and what it may report of the time before."""
    account = ports.store.accounts.get(account_id)
    if account is None:
        return query
    return replace(query, since=max(query.since, account.created_at - OLDEST))


def _reached(ports: Ports, user: User, entries: tuple[Activity, ...]) -> tuple[Activity, ...]:
    """Keep what is about organizations that the Manager reaches."""
    if user.reaches_everything:
        return entries
    organizations = ports.store.directory.organizations(
        user.account_id, {entry.organization_id for entry in entries if entry.organization_id}
    )
    return tuple(
        entry
        for entry in entries
        if entry.organization_id is not None
        and (organization := organizations.get(entry.organization_id)) is not None
        and via_of(user, organization)
    )
