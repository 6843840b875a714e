"""Find groups and organizations to grant, among many, and see what is chosen already."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, TypeVar

from gatehouse.domain.directory import Group, Organization
from gatehouse.domain.draft import Draft
from gatehouse.domain.finding import finder
from gatehouse.domain.grant import Scope
from gatehouse.usecases.ports import Ports
from gatehouse.usecases.stored import SORTED

N = TypeVar("N", Group, Organization)

_SHOWN: Final = 50
_MOST_GROUPS: Final = 1_000


@dataclass(frozen=True, slots=True)
class Choices:
    """What is chosen (of organizations the first) and what was found besides.

    ``through`` names, for each organization shown, the chosen groups that reach it already.
    """

    groups: Sequence[Group]
    organizations: Sequence[Organization]
    chosen_groups: Sequence[Group]
    chosen_organizations: Sequence[Organization]
    through: Mapping[str, Sequence[Group]]
    more_groups: bool
    more_organizations: bool
    total: int
    """How many organizations the account has."""
    by_name: bool
    """Whether these are the first of them by name; else those that were found first."""


@dataclass(frozen=True, slots=True)
class Unnamed:
    """Whoever would hold the groups of a scope, or all organizations."""

    group_ids: frozenset[str]
    reaches_everything: bool
    grant_id: str | None = None


def choices(ports: Ports, draft: Draft, words: str) -> Choices:
    """Return what is chosen, and the first groups and organizations with all these words."""
    directory, account_id, scope = ports.store.directory, draft.account_id, draft.scope
    all_groups = directory.groups_page(account_id, None, _MOST_GROUPS).items
    finds = finder(words)
    groups = [
        group for group in all_groups if group.group_id not in scope.group_ids and finds(group.name)
    ]
    total = directory.reach_count(account_id, Unnamed(frozenset(), reaches_everything=True))
    if words.strip() or total <= SORTED:
        page = directory.organizations_named(
            account_id, words, _SHOWN + len(scope.organization_ids)
        )
    else:
        page = directory.organizations_page(account_id, None, _SHOWN + len(scope.organization_ids))
    found = [one for one in page.items if one.organization_id not in scope.organization_ids]
    pinned = sorted(scope.organization_ids)[:_SHOWN]
    known = directory.organizations(account_id, pinned)
    chosen_groups = _by_name(group for group in all_groups if group.group_id in scope.group_ids)
    shown = [*known.values(), *found[:_SHOWN]]
    return Choices(
        groups=_by_name(groups)[:_SHOWN],
        organizations=_by_name(found[:_SHOWN]),
        chosen_groups=chosen_groups,
        chosen_organizations=_by_name(known.values()),
        through={
            one.organization_id: [g for g in chosen_groups if g.group_id in one.groups]
            for one in shown
        },
        more_groups=len(groups) > _SHOWN,
        more_organizations=len(found) > _SHOWN or page.after is not None,
        total=total,
        by_name=total <= SORTED,
    )


def organizations_in_reach(ports: Ports, account_id: str, scope: Scope) -> int:
    """Count the organizations that a scope would reach now, each once."""
    directory = ports.store.directory
    held = Unnamed(scope.group_ids, scope.all_organizations)
    count = directory.reach_count(account_id, held)
    if scope.all_organizations or not scope.organization_ids:
        return count
    direct = directory.organizations(account_id, scope.organization_ids)
    return count + sum(1 for one in direct.values() if not one.groups & scope.group_ids)


def _by_name(found: Iterable[N]) -> list[N]:
    return sorted(found, key=lambda one: one.name.casefold())
