"""Find groups and organizations to grant, among many, and see what is chosen already.

What is found stands in the order of names whether it is chosen or not, so that choosing moves
nothing; what is chosen is named besides, found or not.
"""

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
    """What was found, and what is chosen (of organizations the first).

    ``through`` names, for each organization found, the chosen groups that reach it already;
    ``sizes`` says how many organizations each group found brings.
    """

    groups: Sequence[Group]
    organizations: Sequence[Organization]
    chosen_groups: Sequence[Group]
    chosen_organizations: Sequence[Organization]
    through: Mapping[str, Sequence[Group]]
    sizes: Mapping[str, int]
    reach: int
    """How many organizations all that is chosen reaches today."""
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
    """Return the first groups and organizations with all these words, and what is chosen."""
    directory, account_id, scope = ports.store.directory, draft.account_id, draft.scope
    all_groups = directory.groups_page(account_id, None, _MOST_GROUPS).items
    finds = finder(words)
    groups = _by_name(group for group in all_groups if finds(group.name))
    total = directory.reach_count(account_id, Unnamed(frozenset(), reaches_everything=True))
    if words.strip() or total <= SORTED:
        page = directory.organizations_named(account_id, words, _SHOWN)
    else:
        page = directory.organizations_page(account_id, None, _SHOWN)
    chosen_groups = _by_name(group for group in all_groups if group.group_id in scope.group_ids)
    chosen = directory.organizations(account_id, sorted(scope.organization_ids)[:_SHOWN])
    return Choices(
        groups=groups[:_SHOWN],
        organizations=_by_name(page.items),
        chosen_groups=chosen_groups,
        chosen_organizations=_by_name(chosen.values()),
        through={
            one.organization_id: [g for g in chosen_groups if g.group_id in one.groups]
            for one in page.items
        },
        sizes=directory.group_sizes(account_id, [group.group_id for group in groups[:_SHOWN]]),
        reach=organizations_in_reach(ports, account_id, scope)
        if scope.group_ids or scope.all_organizations
        else len(scope.organization_ids),
        more_groups=len(groups) > _SHOWN,
        more_organizations=page.after is not None,
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
