"""Between the log's rows and its entries."""

from __future__ import annotations

from gatehouse.domain.activity import Activity, Actor, Category, Erased, Outcome, Resource
from gatehouse.domain.moments import from_text, to_text
from gatehouse.domain.roles import Role
from gatehouse.store import table as t


def activity_row(a: Activity) -> t.LeanRow:
    time = to_text(a.time)
    return t.LeanRow.of(
        t.log_key(a.account_id, time, a.activity_id),
        log_by_user=_order(a.account_id, a.actor.user_id),
        log_by_connection=_order(a.account_id, a.connection_id),
        log_by_organization=_order(a.account_id, a.organization_id),
        log_by_guest=_order(a.account_id, a.guest_account_id),
        account_id=a.account_id,
        activity_id=a.activity_id,
        time=time,
        category=a.category.value,
        action=a.action,
        outcome=a.outcome.value,
        reason=a.reason,
        actor_type=a.actor.type,
        actor_name=a.actor.name,
        actor_user_id=a.actor.user_id,
        actor_api_key_id=a.actor.api_key_id,
        actor_api_key_secret=str(a.actor.api_key_secret) if a.actor.api_key_secret else None,
        actor_home_account_id=a.actor.home_account_id,
        actor_own_role=_value(a.actor.own_role),
        actor_effective_role=_value(a.actor.effective_role),
        connection_id=a.connection_id,
        guest_account_id=a.guest_account_id,
        organization_id=a.organization_id,
        resource_type=a.resource.type if a.resource else None,
        resource_id=a.resource.id if a.resource else None,
        resource_name=a.resource.name if a.resource else None,
        ip_address=a.ip_address,
        user_agent=a.user_agent,
        changes=dict(a.changes) or None,
        erased_at=to_text(a.erased.at) if a.erased else None,
        erased_by=a.erased.erasure_id if a.erased else None,
    )


def activity(row: t.ActivityRow | t.LeanRow) -> Activity:
    return Activity(
        account_id=row.account_id,
        activity_id=row.activity_id,
        time=from_text(row.time),
        category=Category(row.category),
        action=row.action,
        outcome=Outcome(row.outcome),
        reason=row.reason,
        actor=Actor(
            type=row.actor_type,
            name=row.actor_name,
            user_id=row.actor_user_id,
            api_key_id=row.actor_api_key_id,
            api_key_secret=int(row.actor_api_key_secret) if row.actor_api_key_secret else None,
            home_account_id=row.actor_home_account_id,
            own_role=Role(row.actor_own_role) if row.actor_own_role else None,
            effective_role=Role(row.actor_effective_role) if row.actor_effective_role else None,
        ),
        connection_id=row.connection_id,
        guest_account_id=row.guest_account_id,
        organization_id=row.organization_id,
        resource=Resource(row.resource_type, row.resource_id, row.resource_name)
        if row.resource_type
        else None,
        ip_address=row.ip_address,
        user_agent=row.user_agent,
        changes={name: (pair[0], pair[1]) for name, pair in (row.changes or {}).items()},
        erased=Erased(from_text(row.erased_at), row.erased_by) if row.erased_at else None,
    )


def _order(account_id: str, entity_id: str | None) -> str | None:
    return t.log_of(account_id, entity_id) if entity_id else None


def _value(role: Role | None) -> str | None:
    return role.value if role else None
