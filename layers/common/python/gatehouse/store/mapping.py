"""Between rows and entities: the only place that knows both, with billing.py, entries.py,
invitations.py and keys.py beside it.

What decisions read may come as a row class or as a lean row: attributes have the same names.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from gatehouse.domain.account import Account, Region
from gatehouse.domain.brand import Brand
from gatehouse.domain.connection import State
from gatehouse.domain.decision import Pair
from gatehouse.domain.directory import Group, Organization
from gatehouse.domain.grant import DirectGrant, GrantState
from gatehouse.domain.moments import from_text, to_text
from gatehouse.domain.policy import Policy
from gatehouse.domain.roles import Role
from gatehouse.domain.rule import Rule
from gatehouse.domain.user import Status, User
from gatehouse.store import table as t


def account_row(a: Account) -> t.AccountRow:
    return t.AccountRow(
        *t.account_key(a.account_id),
        account_id=a.account_id,
        subdomain=a.subdomain,
        name=a.name,
        region=a.region.value,
        invitation_expires_in_days=a.invitation_expires_in_days,
        mapped_actions={name: role.value for name, role in a.policy.actions.items()} or None,
        mapped_resource_types=dict(a.policy.resource_types) or None,
        require_mfa=a.policy.require_mfa or None,
        ip_allow_list=list(a.policy.networks) or None,
        colour=a.brand.colour,
        logo_id=a.brand.logo_id,
        denied_resource_types={
            name: sorted(groups) for name, groups in a.policy.denied_resource_types.items()
        }
        or None,
        publishes_all_entries=a.publishes_all_entries or None,
        created_at=to_text(a.created_at),
        version=a.version,
    )


def account(row: t.AccountRow | t.LeanRow) -> Account:
    return Account(
        account_id=row.account_id,
        subdomain=row.subdomain,
        name=row.name,
        region=Region(row.region),
        invitation_expires_in_days=int(row.invitation_expires_in_days),
        created_at=from_text(row.created_at),
        policy=_policy(row),
        publishes_all_entries=bool(row.publishes_all_entries),
        version=int(row.version),
        brand=Brand(row.colour, row.logo_id),
    )


def user_row(u: User) -> t.UserRow:
    return t.UserRow(
        *t.user_key(u.account_id, u.user_id),
        account_id=u.account_id,
        email=u.email,
        name=u.name,
        role=u.role.value,
        status=u.status.value,
        group_ids=set_of(u.group_ids),
        grant_id=u.grant_id,
        all_organizations=u.all_organizations,
        identity=u.identity,
        session_epoch=u.session_epoch or None,
        added_by=u.added_by,
        invitation_id=u.invitation_id,
        created_at=to_text(u.created_at),
        version=u.version,
    )


def user(row: t.UserRow | t.LeanRow) -> User:
    return User(
        account_id=row.account_id,
        user_id=row.sk,
        email=row.email,
        name=row.name,
        role=Role(row.role),
        created_at=from_text(row.created_at),
        status=Status(row.status),
        group_ids=frozenset(row.group_ids or ()),
        grant_id=row.grant_id,
        all_organizations=bool(row.all_organizations),
        identity=row.identity,
        session_epoch=int(row.session_epoch or 0),
        added_by=row.added_by,
        invitation_id=row.invitation_id,
        version=int(row.version),
    )


def group_row(g: Group) -> t.GroupRow:
    return t.GroupRow(
        *t.group_key(g.account_id, g.group_id),
        account_id=g.account_id,
        name=g.name,
        description=g.description,
        created_at=to_text(g.created_at),
        version=g.version,
    )


def group(row: t.GroupRow) -> Group:
    return Group(
        account_id=row.account_id,
        group_id=row.sk,
        name=row.name,
        description=row.description,
        created_at=from_text(row.created_at),
        version=int(row.version),
    )


def organization_row(o: Organization) -> t.OrganizationRow:
    return t.OrganizationRow(
        *t.organization_key(o.account_id, o.organization_id),
        account_id=o.account_id,
        name=o.name,
        parent_id=o.parent_id,
        groups=set_of(o.groups),
        grants=set_of(o.grants),
        created_at=to_text(o.created_at),
        version=o.version,
    )


def organization(row: t.OrganizationRow | t.LeanRow) -> Organization:
    return Organization(
        account_id=row.account_id,
        organization_id=row.sk,
        name=row.name,
        parent_id=row.parent_id,
        created_at=from_text(row.created_at),
        groups=frozenset(row.groups or ()),
        grants=frozenset(row.grants or ()),
        version=int(row.version),
    )


def grant_row(g: DirectGrant) -> t.GrantRow:
    return t.GrantRow(
        *t.grant_key(g.account_id, g.grant_id),
        account_id=g.account_id,
        organization_ids=set_of(g.organization_ids),
        state=g.state.value,
        due_shard=t.due_shard(g.grant_id) if g.due_at else None,
        due_at=text_of(g.due_at),
    )


def grant(row: t.GrantRow) -> DirectGrant:
    return DirectGrant(
        account_id=row.account_id,
        grant_id=row.sk,
        organization_ids=frozenset(row.organization_ids or ()),
        state=GrantState(row.state),
        due_at=moment_of(row.due_at),
    )


def pair_row(p: Pair) -> t.PairRow:
    return t.PairRow(
        *t.pair_key(p.host_account_id, p.guest_account_id),
        host_account_id=p.host_account_id,
        connection_id=p.connection_id,
        state=p.state.value,
        maximum_role=p.maximum_role.value,
        group_ids=set_of(p.group_ids),
        grant_id=p.grant_id,
        all_organizations=p.all_organizations,
        expires_at=to_text(p.expires_at),
        accepted_at=text_of(p.accepted_at),
        invited_at=texts_of(p.invited_at),
        rules=p.rules or None,
        version=p.version,
    )


def pair(row: t.PairRow | t.LeanRow) -> Pair:
    return Pair(
        host_account_id=row.host_account_id,
        guest_account_id=row.sk,
        connection_id=row.connection_id,
        state=State(row.state),
        maximum_role=Role(row.maximum_role),
        group_ids=frozenset(row.group_ids or ()),
        grant_id=row.grant_id,
        all_organizations=row.all_organizations,
        expires_at=from_text(row.expires_at),
        accepted_at=moment_of(row.accepted_at),
        invited_at=moments_of(row.invited_at),
        rules=int(row.rules or 0),
        version=int(row.version),
    )


def rule_row(r: Rule) -> t.RuleRow:
    return t.RuleRow(
        *t.rule_key(r.host_account_id, r.user_id),
        host_account_id=r.host_account_id,
        connection_id=r.connection_id,
        denied=r.denied,
        maximum_role=r.maximum_role.value if r.maximum_role else None,
        group_ids=set_of(r.group_ids),
        grant_id=r.grant_id,
        all_organizations=r.all_organizations,
        created_at=to_text(r.created_at),
        version=r.version,
    )


def rule(row: t.RuleRow | t.LeanRow) -> Rule:
    return Rule(
        host_account_id=row.host_account_id,
        user_id=row.sk,
        connection_id=row.connection_id,
        denied=bool(row.denied),
        maximum_role=Role(row.maximum_role) if row.maximum_role else None,
        group_ids=frozenset(row.group_ids or ()),
        grant_id=row.grant_id,
        all_organizations=bool(row.all_organizations),
        created_at=from_text(row.created_at),
        version=int(row.version),
    )


def _policy(row: t.AccountRow | t.LeanRow) -> Policy:
    actions: Mapping[str, str] = row.mapped_actions or {}
    return Policy(
        {name: Role(role) for name, role in actions.items()},
        row.mapped_resource_types or {},
        bool(row.require_mfa),
        tuple(row.ip_allow_list or ()),
        {name: frozenset(groups) for name, groups in (row.denied_resource_types or {}).items()},
    )


def set_of(values: frozenset[str]) -> set[str] | None:
    return set(values) or None


def text_of(moment: datetime | None) -> str | None:
    return to_text(moment) if moment else None


def moment_of(text: str | None) -> datetime | None:
    return from_text(text) if text else None


def texts_of(moments: Iterable[datetime]) -> list[str] | None:
    return [to_text(moment) for moment in moments] or None


def moments_of(texts: Iterable[str] | None) -> tuple[datetime, ...]:
    return tuple(from_text(text) for text in texts or ())
