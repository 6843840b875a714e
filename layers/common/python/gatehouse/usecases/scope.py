"""From the scope somebody asks for to a grant that can be named in one transaction."""

from collections.abc import Iterable
from contextlib import suppress
from datetime import timedelta
from typing import Final

from gatehouse.domain.errors import FieldError, Refused, Unable
from gatehouse.domain.grant import DirectGrant, GrantState, Scope
from gatehouse.usecases.changes import Change, KeepGrant, RequireRemovals
from gatehouse.usecases.ports import Ports

_ABANDONED: Final = timedelta(hours=1)
"""A grant prepared so long ago and still not named never will be."""
_AT_ONCE: Final = 25
"""How many organizations are tidied up in the request that replaced their grant."""


def check_scope(ports: Ports, account_id: str, scope: Scope, *, may_be_empty: bool) -> Change:
    """Refuse unknown ids and an empty scope; return the fence that keeps this answer true.

    The fence holds while no group or organization of the account is removed, and stops the
    removal of a group that has not seen this grant: a grant naming something and the removal of
    the same thing can never both succeed side by side.
    """
    directory = ports.store.directory
    removals = ports.store.accounts.removals(account_id)
    fence = RequireRemovals(account_id, removals, names=bool(scope.group_ids))
    known_groups = directory.groups(account_id, scope.group_ids)
    known_organizations = directory.organizations(account_id, scope.organization_ids)
    unknown = [
        FieldError("/group_ids", f"There is no group {group} in your account.")
        for group in sorted(scope.group_ids - known_groups.keys())
    ] + [
        FieldError("/organization_ids", f"There is no organization {organization} in your account.")
        for organization in sorted(scope.organization_ids - known_organizations.keys())
    ]
    if unknown:
        raise Refused(
            "The grant names groups or organizations that your account does not have. "
            "Nothing was written.",
            fields=unknown,
        )
    if not may_be_empty and not (
        scope.all_organizations
        or scope.organization_ids
        or directory.reaches_anything(account_id, scope.group_ids)
    ):
        raise Refused.at(
            "/organization_ids",
            "The grant reaches no organization. Choose at least one organization, a group that "
            "has one, or all organizations.",
        )
    return fence


def prepare_grant(
    ports: Ports, account_id: str, holder_id: str, organization_ids: frozenset[str]
) -> tuple[str | None, list[Change]]:
    """Write the next grant's id into its organizations; return it and what puts it in force.

    The id starts with the holder's (a connection or a user), so that an organization's own set
    says who reaches it. Until the returned changes are committed, nobody has the grant.
    """
    if not organization_ids:
        return None, []
    grant_id = f"{holder_id}.{ports.ids.new('gnt').removeprefix('gnt_')}"
    grant = DirectGrant(
        account_id,
        grant_id,
        organization_ids,
        GrantState.PREPARING,
        ports.clock.now() + _ABANDONED,
    )
    ports.store.commit(KeepGrant(grant))
    ports.store.grants.spread(grant)
    return grant_id, [KeepGrant(DirectGrant(account_id, grant_id, organization_ids))]


def retire_grant(
    ports: Ports, account_id: str, grant_id: str | None, state: GrantState
) -> list[KeepGrant]:
    """Return what marks a grant in force as replaced or ended, due for the sweep to tidy up."""
    grant = ports.store.grants.get(account_id, grant_id) if grant_id is not None else None
    if grant is None or grant.state is not GrantState.IN_FORCE:
        return []
    return [
        KeepGrant(
            DirectGrant(
                account_id, grant.grant_id, grant.organization_ids, state, ports.clock.now()
            )
        )
    ]


def tidy_up(ports: Ports, committed: Iterable[Change]) -> None:
    """Take a small grant that was replaced just now out of its organizations' sets.

    Nobody has it any more, so nothing depends on this: what is larger or fails is the sweep's. It
    keeps the sets small under somebody who edits again and again.
    """
    for change in committed:
        if not isinstance(change, KeepGrant) or change.grant.due_at is None:
            continue
        if len(change.grant.organization_ids) <= _AT_ONCE:
            with suppress(Unable):
                ports.store.grants.gather(change.grant)


def scope_of(ports: Ports, account_id: str, holder_grant_id: str | None) -> frozenset[str]:
    """Return the direct organizations that a grant id stands for."""
    if holder_grant_id is None:
        return frozenset()
    grant = ports.store.grants.get(account_id, holder_grant_id)
    return grant.organization_ids if grant else frozenset()
