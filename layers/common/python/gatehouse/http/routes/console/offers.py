"""What an offer means, before it is made: the whole of an invitation, or what a change changes."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from gatehouse.domain.connection import Connection
from gatehouse.domain.directory import Organization
from gatehouse.domain.draft import Draft
from gatehouse.domain.grant import Scope
from gatehouse.domain.plain_text import one_line
from gatehouse.domain.roles import Role, actions_allowed, effective_role
from gatehouse.domain.rule import limit_of
from gatehouse.domain.wording import grant_in_words, scope_in_words
from gatehouse.http.routes.console.visit import Visit
from gatehouse.usecases import describe
from gatehouse.usecases.choose import organizations_in_reach
from gatehouse.usecases.draft import letter_of
from gatehouse.usecases.preview import people_of, reached_by, roles_under

_SHOWN: Final = 50
NAMED: Final = 100
"""How many organizations in reach a page names; the rest are counted."""


def offer_of(visit: Visit, draft: Draft, maximum_role: Role) -> dict[str, Any]:
    """Return what an invitation would offer."""
    scope, directory = draft.scope, visit.ports.store.directory
    groups = directory.groups(draft.account_id, scope.group_ids).values()
    names = sorted((one_line(group.name) for group in groups), key=str.casefold)
    direct = directory.organizations(draft.account_id, sorted(scope.organization_ids)[:_SHOWN])
    everything = scope.all_organizations
    named: Sequence[Organization] = ()
    if names and not everything:  # else what is granted says it all
        named = reached_by(visit.ports, draft.account_id, scope, None, NAMED).items
    return {
        "roles": roles_under(maximum_role),
        "actions": actions_allowed(maximum_role),
        "reach": organizations_in_reach(visit.ports, draft.account_id, scope),
        "granted": grant_in_words(names, len(scope.organization_ids), all_organizations=everything),
        "groups": names,
        "organizations": sorted((one.name for one in direct.values()), key=str.casefold),
        "named": named,
        "days": visit.account.invitation_expires_in_days,
        "mail": letter_of(visit.ports, visit.person, draft),
    }


def changes_of(visit: Visit, draft: Draft, maximum_role: Role) -> dict[str, Any]:
    """Return a connection as it is now, as it would be, and the difference in words."""
    found = describe.outgoing_one(visit.ports, visit.person, draft.connection_id or "")
    connection, old, new = found.connection, _scope_of(found), draft.scope
    names = names_of_groups(visit, old, new)
    before = organizations_in_reach(visit.ports, draft.account_id, old)
    after = organizations_in_reach(visit.ports, draft.account_id, new)
    rows = [
        (
            "Maximum role",
            connection.maximum_role.label,
            maximum_role.label,
            raised(connection.maximum_role, maximum_role),
        ),
        (
            "What they reach",
            in_words(names, old),
            in_words(names, new),
            chosen(names, old, new),
        ),
        (
            "In reach today",
            scope_in_words(before, all_organizations=False),
            scope_in_words(after, all_organizations=False),
            counted(before, after),
        ),
    ]
    if connection.accepted_at is not None:
        rows.append(_people(visit, connection, maximum_role))
    return {
        "connection": connection,
        "etag": str(connection.version),
        "rows": rows,
        "changed": old != new or connection.maximum_role is not maximum_role,
        "narrower": after < before or not maximum_role.reaches(connection.maximum_role),
    }


def _scope_of(found: describe.Described) -> Scope:
    c = found.connection
    return Scope(c.group_ids, found.organization_ids, c.all_organizations)


def names_of_groups(visit: Visit, *scopes: Scope) -> dict[str, str]:
    """Return what the groups that scopes name are called."""
    ids = frozenset[str]().union(*(scope.group_ids for scope in scopes))
    found = visit.ports.store.directory.groups(visit.person.account_id, ids)
    return {group_id: one_line(group.name) for group_id, group in found.items()}


def in_words(names: Mapping[str, str], scope: Scope) -> str:
    """Write what a scope names, its groups by their names."""
    groups = sorted(names[group_id] for group_id in scope.group_ids if group_id in names)
    return grant_in_words(
        groups, len(scope.organization_ids), all_organizations=scope.all_organizations
    )


def raised(before: Role, after: Role) -> str:
    """Write what becomes of a maximum role."""
    if before is after:
        return "No change"
    return f"{'Raised' if after.reaches(before) else 'Lowered'} to {after.label}"


def chosen(names: Mapping[str, str], old: Scope, new: Scope) -> str:
    """Write what a choice adds and removes."""
    added = sorted(names.get(one, one) for one in new.group_ids - old.group_ids)
    removed = sorted(names.get(one, one) for one in old.group_ids - new.group_ids)
    more = len(new.organization_ids - old.organization_ids)
    fewer = len(old.organization_ids - new.organization_ids)
    if more:
        added.append(scope_in_words(more, all_organizations=False))
    if fewer:
        removed.append(scope_in_words(fewer, all_organizations=False))
    everything = scope_in_words(0, all_organizations=True)
    if new.all_organizations and not old.all_organizations:
        added.insert(0, everything)
    if old.all_organizations and not new.all_organizations:
        removed.insert(0, everything)
    parts = [f"Added: {', '.join(added)}"] if added else []
    parts += [f"Removed: {', '.join(removed)}"] if removed else []
    return ". ".join(parts) or "No change"


def counted(before: int, after: int) -> str:
    """Write how a number changes."""
    if before == after:
        return "As many as now"
    return f"{abs(after - before):,} {'more' if after > before else 'fewer'}"


def _people(visit: Visit, connection: Connection, maximum_role: Role) -> tuple[str, str, str, str]:
    """Say for how many of the guest's people the role changes, who are known since they accepted."""
    people = people_of(visit.ports, connection).entering
    others = sum(
        1
        for one in people
        if effective_role(one.user.role, limit_of(maximum_role, one.rule)) is not one.effective_role
    )
    count = f"{len(people):,} {'person' if len(people) == 1 else 'people'}"
    change = f"{others:,} get another role" if others else "Nobody gets another role"
    return ("Who gets in", count, count, change)
