"""A grant: groups and organizations, or all organizations, current and future.

Direct organizations stand in each organization's set under the *grant's* id. A change writes
the next id into the organizations first, then one transaction lets the holder name it: that
moment is the change, whatever its size.
"""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from gatehouse.domain.directory import Organization


class Holder(Protocol):
    """Whoever holds a grant: a user at home, or a connection."""

    @property
    def group_ids(self) -> frozenset[str]: ...
    @property
    def grant_id(self) -> str | None: ...
    @property
    def reaches_everything(self) -> bool: ...


class GrantState(StrEnum):
    """Where a list of direct organizations stands in its life."""

    PREPARING = "preparing"
    IN_FORCE = "in_force"
    REPLACED = "replaced"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class DirectGrant:
    """The direct organizations that one grant id stands for.

    ``due_at`` is set while there is tidying to do: the id leaves the organizations' sets of a
    grant that was prepared and never named, was replaced, or whose holder ended.
    """

    account_id: str
    grant_id: str
    organization_ids: frozenset[str]
    state: GrantState = GrantState.IN_FORCE
    due_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Scope:
    """What a grant names, as people and programs write it."""

    group_ids: frozenset[str] = field(default_factory=frozenset)
    organization_ids: frozenset[str] = field(default_factory=frozenset)
    all_organizations: bool = False

    @property
    def parts(self) -> dict[str, object]:
        """Return what is named at all, as the log writes it."""
        parts = {
            "group_ids": sorted(self.group_ids),
            "organization_ids": sorted(self.organization_ids),
            "all_organizations": self.all_organizations,
        }
        return {name: part for name, part in parts.items() if part}


def via_of(holder: Holder, organization: Organization) -> tuple[str, ...]:
    """Return everything through which the holder reaches the organization; empty if it does not.

    In the order in which an answer names one of them: ``all``, ``direct``, then ``group:<id>`` by id.
    """
    ways = ["all"] if holder.reaches_everything else []
    if holder.grant_id is not None and holder.grant_id in organization.grants:
        ways.append("direct")
    ways.extend(f"group:{group}" for group in sorted(holder.group_ids & organization.groups))
    return tuple(ways)
