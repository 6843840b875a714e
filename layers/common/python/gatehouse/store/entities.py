"""The row and the key of whatever a change names."""

from gatehouse.domain.account import Account
from gatehouse.domain.api_key import ApiKey
from gatehouse.domain.billing import BillingContact
from gatehouse.domain.brand import Logo
from gatehouse.domain.connection import Connection
from gatehouse.domain.decision import Pair
from gatehouse.domain.directory import Group, Organization
from gatehouse.domain.job import Job
from gatehouse.domain.log_archive import ArchivedMonth, Segment
from gatehouse.domain.moments import to_text
from gatehouse.domain.rule import Rule
from gatehouse.domain.user import User
from gatehouse.store import billing, invitations, jobs, keys, logos, mapping, segments
from gatehouse.store import table as t
from gatehouse.store.operations import Operation, Operations
from gatehouse.usecases import changes as c


def row_of(entity: c.Entity) -> t.Row:
    """Return the row of an entity."""
    match entity:
        case Account():
            return mapping.account_row(entity)
        case User():
            return mapping.user_row(entity)
        case Group():
            return mapping.group_row(entity)
        case Connection():
            return invitations.connection_row(entity)
        case Pair():
            return mapping.pair_row(entity)
        case Rule():
            return mapping.rule_row(entity)
        case ApiKey():
            return keys.api_key_row(entity)
        case Job():
            return jobs.job_row(entity)
        case Logo():
            return logos.logo_row(entity)
        case BillingContact():
            return billing.billing_row(entity)
        case ArchivedMonth():
            return segments.archived_row(entity)
        case Segment():
            return segments.segment_row(entity)
        case Organization():
            return mapping.organization_row(entity)


def key_of(entity: Logo | User | Group | Organization | Rule | ApiKey) -> t.Key:
    """Return where an entity stands."""
    match entity:
        case Logo():
            return t.logo_key(entity.account_id, entity.logo_id)
        case User():
            return t.user_key(entity.account_id, entity.user_id)
        case Group():
            return t.group_key(entity.account_id, entity.group_id)
        case Organization():
            return t.organization_key(entity.account_id, entity.organization_id)
        case Rule():
            return t.rule_key(entity.host_account_id, entity.user_id)
        case ApiKey():
            return t.api_key_key(entity.account_id, entity.api_key_id)


def removed_row(old: Group | Organization, untold: frozenset[str] = frozenset()) -> t.RemovedRow:
    """Return the row that remembers what a deletion has still to tidy."""
    entity_id = old.group_id if isinstance(old, Group) else old.organization_id
    groups = old.groups if isinstance(old, Organization) else frozenset()
    grants = old.grants if isinstance(old, Organization) else frozenset()
    return t.RemovedRow(
        *t.removed_key(old.account_id, entity_id),
        name=old.name,
        groups=set(groups) or None,
        grants=set(grants) or None,
        untold=set(untold) or None,
        due_shard=t.due_shard(entity_id),
        due_at=to_text(old.created_at),
    )


def told(make: Operations, change: c.Told) -> list[Operation]:
    """Return what notes which connections were told of a deletion."""
    untold = t.RemovedRow.untold
    holds = t.Row.pk.exists()
    for connection_id in sorted(change.connection_ids):
        holds &= untold.contains(connection_id)
    key = t.removed_key(change.account_id, change.entity_id)
    return [make.update(key, [untold.delete(set(change.connection_ids))], holds)]


def receipt_row(receipt: c.Receipt) -> t.ReceiptRow:
    """Return the row that keeps an answer."""
    return t.ReceiptRow(
        *t.receipt_key(receipt.account_id, receipt.receipt_id),
        fingerprint=receipt.fingerprint,
        status=receipt.status,
        body=receipt.body,
        expires_at=to_text(receipt.expires_at),
        ttl=int(receipt.expires_at.timestamp()),
    )
