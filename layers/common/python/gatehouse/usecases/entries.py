"""What an account's log says of what a person, an application or Gatehouse itself did in it."""

from collections.abc import Mapping
from typing import Any

from gatehouse.domain.activity import SYSTEM, Activity, Category, Outcome, Resource
from gatehouse.domain.principal import Principal
from gatehouse.usecases.changes import Record
from gatehouse.usecases.ports import Ports


def done(
    ports: Ports,
    principal: Principal,
    action: str,
    resource: Resource,
    *,
    category: Category = Category.DIRECTORY,
    organization_id: str | None = None,
    changes: Mapping[str, tuple[Any, Any]] | None = None,
) -> Record:
    """Return the entry of what was done, for the transaction that does it."""
    return Record(
        Activity(
            account_id=principal.account_id,
            activity_id=ports.ids.new("act"),
            time=ports.clock.now(),
            category=category,
            action=action,
            outcome=Outcome.DONE,
            actor=principal.actor,
            organization_id=organization_id,
            resource=resource,
            ip_address=principal.origin.ip_address,
            user_agent=principal.origin.user_agent,
            changes=changes or {},
        )
    )


def by_itself(
    ports: Ports,
    account_id: str,
    action: str,
    resource: Resource,
    changes: Mapping[str, tuple[Any, Any]] | None = None,
) -> Record:
    """Return the entry of what Gatehouse, or whoever runs it, did in an account."""
    return Record(
        Activity(
            account_id=account_id,
            activity_id=ports.ids.new("act"),
            time=ports.clock.now(),
            category=Category.DIRECTORY,
            action=action,
            outcome=Outcome.DONE,
            actor=SYSTEM,
            resource=resource,
            changes=changes or {},
        )
    )
