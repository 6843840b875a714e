"""From changes in the words of the domain to one TransactWriteItems, and back from its refusal."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from pynamodb.expressions.condition import Condition, size
from pynamodb.expressions.update import Action

from gatehouse.domain.account import Account
from gatehouse.domain.api_key import ApiKey
from gatehouse.domain.connection import Connection
from gatehouse.domain.decision import Pair
from gatehouse.domain.directory import Group, Organization
from gatehouse.domain.errors import GatehouseError, NotAllowed
from gatehouse.domain.grant import GrantState
from gatehouse.domain.moments import to_text
from gatehouse.domain.roles import Role
from gatehouse.domain.user import Status, User
from gatehouse.store import invitations, mapping
from gatehouse.store import table as t
from gatehouse.store.engine import CONDITION_FAILED, Cancelled, Table
from gatehouse.usecases import changes as c


@dataclass(frozen=True, slots=True)
class Operation:
    """One item of a transaction, and the refusal that its condition stands for."""

    kind: str
    parameters: dict[str, Any]
    otherwise: GatehouseError | None = None
    is_receipt: bool = False


@dataclass(frozen=True, slots=True)
class Count:
    """What to count in an account's tally, and what must be its count for that.

    A transaction takes an item once, and an update an attribute once, so these are put together.
    """

    account_id: str
    organizations: int = 0
    removals: int = 0
    namings: int = 0
    condition: Condition | None = None


Part = Operation | Count


class Commit:
    """Turns changes into operations and runs them as one transaction."""

    def __init__(self, table: Table, grants_per_organization: int) -> None:
        self._table = table
        self._most = grants_per_organization
        self._operations_of: dict[type, Callable[[Any], Sequence[Part]]] = {
            c.Save: self._save,
            c.Remove: self._remove,
            c.Claim: self._claim,
            c.Release: self._release,
            c.Enrol: self._enrol,
            c.Dismiss: self._dismiss,
            c.RequireAdministrator: self._require_administrator,
            c.RequireUnchanged: self._require_unchanged,
            c.RequireGroup: self._require_group,
            c.RequireRemovals: self._require_removals,
            c.RequireNamings: self._require_namings,
            c.ListMember: self._list_member,
            c.UnlistMember: self._unlist_member,
            c.Reach: self._reach,
            c.Unreach: self._unreach,
            c.KeepGrant: self._keep_grant,
            c.KeepOut: self._keep_out,
            c.LetIn: self._let_in,
            c.RequireWelcome: self._require_welcome,
            c.Queue: self._queue,
            c.Record: self._record,
            c.Open: self._open,
            c.Receipt: self._receipt,
        }

    def run(self, changes: Sequence[c.Change | None]) -> None:
        """Make all changes at one instant, or none."""
        operations: list[Operation] = []
        counts: dict[str, list[Count]] = {}
        for change in changes:
            for one in () if change is None else self._operations_of[type(change)](change):
                if isinstance(one, Count):
                    counts.setdefault(one.account_id, []).append(one)
                else:
                    operations.append(one)
        operations += [self._counted(account_id, all_) for account_id, all_ in counts.items()]
        if not operations:
            return
        try:
            self._table.transact([{one.kind: one.parameters} for one in operations])
        except Cancelled as cancelled:
            raise _meaning(operations, cancelled) from cancelled

    # ---- what each change is made of

    def _save(self, change: c.Save) -> list[Part]:
        new, old = change.new, change.replaces
        if isinstance(new, Organization) and old is not None:
            return [self._change_organization(new, old.version, change.otherwise)]
        condition = t.Row.pk.does_not_exist() if old is None else t.Row.version == old.version
        saved: list[Part] = [self._put(_row(new), condition, change.otherwise)]
        if isinstance(new, Organization):
            saved.append(Count(new.account_id, organizations=1))
        if isinstance(new, Connection) and old is None:
            incoming = t.IncomingRow(
                *t.incoming_key(new.guest.account_id, new.connection_id),
                host_account_id=new.host.account_id,
            )
            saved.append(self._put(incoming))
        return saved

    def _change_organization(
        self, new: Organization, version: int, otherwise: GatehouseError | None
    ) -> Operation:
        """Change its name and parent; the sets that decisions read are their grants' and groups'."""
        parent = t.OrganizationRow.parent_id
        actions: list[Action] = [
            t.OrganizationRow.name.set(new.name),
            t.Row.version.set(new.version),
            parent.remove() if new.parent_id is None else parent.set(new.parent_id),
        ]
        key = t.organization_key(new.account_id, new.organization_id)
        return self._update(key, actions, t.Row.version == version, otherwise)

    def _remove(self, change: c.Remove) -> list[Part]:
        old = change.old
        key = _key(old)
        operations: list[Part] = [self._delete(key, t.Row.version == old.version, change.otherwise)]
        if isinstance(old, Group | Organization):
            fewer = 0
            if isinstance(old, Organization):
                fewer = -1
                condition = _same("groups", old.groups) & _same("grants", old.grants)
                operations = [
                    self._delete(key, (t.Row.version == old.version) & condition, change.otherwise)
                ]
            unseen = (
                _counts(t.TallyRow.namings, change.namings) if change.namings is not None else None
            )
            operations.append(Count(old.account_id, fewer, 1, condition=unseen))
            operations.append(self._put(_removed(old)))
        if isinstance(old, ApiKey):
            operations.append(self._delete(t.api_key_use_key(old.account_id, old.api_key_id)))
        return operations

    def _claim(self, change: c.Claim) -> list[Operation]:
        row = t.ClaimRow(*t.claim_key(change.kind, change.name), owner_id=change.owner_id)
        return [self._put(row, t.Row.pk.does_not_exist(), change.otherwise)]

    def _release(self, change: c.Release) -> list[Operation]:
        key = t.claim_key(change.kind, change.name)
        return [self._delete(key, t.ClaimRow.owner_id == change.owner_id)]

    def _enrol(self, change: c.Enrol) -> list[Operation]:
        key = t.administrators_key(change.user.account_id)
        return [self._update(key, [t.AdministratorsRow.user_ids.add({change.user.user_id})])]

    def _dismiss(self, change: c.Dismiss) -> list[Operation]:
        ids = t.AdministratorsRow.user_ids
        return [
            self._update(
                t.administrators_key(change.user.account_id),
                [ids.delete({change.user.user_id})],
                ids.contains(change.user.user_id) & (_size(ids) > 1),
                change.otherwise,
            )
        ]

    def _require_administrator(self, change: c.RequireAdministrator) -> list[Operation]:
        user = change.user
        holds = (t.UserRow.role == Role.ADMINISTRATOR.value) & (
            t.UserRow.status == Status.ACTIVE.value
        )
        otherwise = change.otherwise or NotAllowed(
            "You are no longer an active Administrator of your account. Nothing was written."
        )
        return [self._check(t.user_key(user.account_id, user.user_id), holds, otherwise)]

    def _require_unchanged(self, change: c.RequireUnchanged) -> list[Operation]:
        same = t.Row.version == change.read.version
        return [self._check(_key(change.read), same, change.otherwise)]

    def _require_group(self, change: c.RequireGroup) -> list[Operation]:
        key = t.group_key(change.account_id, change.group_id)
        return [self._check(key, t.Row.pk.exists(), change.otherwise)]

    def _require_removals(self, change: c.RequireRemovals) -> list[Part]:
        unchanged = _counts(t.TallyRow.removals, change.count)
        return [Count(change.account_id, namings=int(change.names), condition=unchanged)]

    def _require_namings(self, change: c.RequireNamings) -> list[Part]:
        return [
            Count(change.account_id, condition=_counts(t.TallyRow.namings, change.count)),
        ]

    def _list_member(self, change: c.ListMember) -> list[Operation]:
        user = change.user
        return [self._put(t.Row(*t.member_key(user.account_id, change.group_id, user.user_id)))]

    def _unlist_member(self, change: c.UnlistMember) -> list[Operation]:
        user = change.user
        return [self._delete(t.member_key(user.account_id, change.group_id, user.user_id))]

    def _reach(self, change: c.Reach) -> list[Operation]:
        return [
            self._update(
                t.organization_key(change.account_id, change.organization_id),
                [t.OrganizationRow.groups.add({change.group_id})],
                t.Row.pk.exists() & room_for("groups", self._most),
                change.otherwise,
            ),
            self._put(
                t.Row(*t.reach_key(change.account_id, change.group_id, change.organization_id))
            ),
        ]

    def _unreach(self, change: c.Unreach) -> list[Operation]:
        return [
            self._update(
                t.organization_key(change.account_id, change.organization_id),
                [t.OrganizationRow.groups.delete({change.group_id})],
                t.Row.pk.exists(),
            ),
            self._delete(t.reach_key(change.account_id, change.group_id, change.organization_id)),
        ]

    def _keep_grant(self, change: c.KeepGrant) -> list[Operation]:
        grant = change.grant
        if grant.state is GrantState.PREPARING:
            return [self._put(mapping.grant_row(grant), t.Row.pk.does_not_exist())]
        before = GrantState.PREPARING if grant.state is GrantState.IN_FORCE else GrantState.IN_FORCE
        actions: list[Action] = [t.GrantRow.state.set(grant.state.value)]
        if grant.due_at is None:
            actions += [t.Row.due_shard.remove(), t.Row.due_at.remove()]
        else:
            actions += [
                t.Row.due_shard.set(t.due_shard(grant.grant_id)),
                t.Row.due_at.set(to_text(grant.due_at)),
            ]
        key = t.grant_key(grant.account_id, grant.grant_id)
        return [self._update(key, actions, t.GrantRow.state == before.value)]

    def _keep_out(self, change: c.KeepOut) -> list[Operation]:
        return [self._put(invitations.blocked_row(change.blocked), t.Row.pk.does_not_exist())]

    def _let_in(self, change: c.LetIn) -> list[Operation]:
        blocked = change.blocked
        key = t.blocked_key(blocked.account_id, blocked.host.account_id)
        return [self._delete(key, t.Row.pk.exists())]

    def _require_welcome(self, change: c.RequireWelcome) -> list[Operation]:
        key = t.blocked_key(change.guest_account_id, change.host_account_id)
        return [self._check(key, t.Row.pk.does_not_exist(), change.otherwise)]

    def _queue(self, change: c.Queue) -> list[Operation]:
        return [self._put(invitations.mailing_row(change.mailing, change.due_at))]

    def _record(self, change: c.Record) -> list[Operation]:
        return [self._put(mapping.activity_row(change.activity))]

    def _open(self, change: c.Open) -> list[Operation]:
        session = change.session
        row = invitations.session_row(session, int(session.expires_at.timestamp()))
        return [self._put(row, t.Row.pk.does_not_exist())]

    def _receipt(self, change: c.Receipt) -> list[Operation]:
        over = t.ReceiptRow.expires_at <= to_text(change.now)
        put = self._put(receipt_row(change), t.Row.pk.does_not_exist() | over)
        return [Operation(put.kind, put.parameters, is_receipt=True)]

    def _counted(self, account_id: str, counts: Sequence[Count]) -> Operation:
        key = t.tally_key(account_id)
        sums = (
            (t.TallyRow.organizations, sum(count.organizations for count in counts)),
            (t.TallyRow.removals, sum(count.removals for count in counts)),
            (t.TallyRow.namings, sum(count.namings for count in counts)),
        )
        actions = [attribute.add(number) for attribute, number in sums if number]
        condition: Condition | None = None
        for one in (count.condition for count in counts if count.condition is not None):
            condition = one if condition is None else condition & one
        if actions or condition is None:
            return self._update(key, actions, condition)
        return self._check(key, condition)

    # ---- the five kinds of operation

    def _put(
        self,
        row: t.Row | t.LeanRow,
        condition: Condition | None = None,
        otherwise: GatehouseError | None = None,
    ) -> Operation:
        return Operation("Put", self._table.putting(row, condition), otherwise)

    def _update(
        self,
        key: t.Key,
        actions: Sequence[Action],
        condition: Condition | None = None,
        otherwise: GatehouseError | None = None,
    ) -> Operation:
        return Operation("Update", self._table.updating(key, actions, condition), otherwise)

    def _delete(
        self,
        key: t.Key,
        condition: Condition | None = None,
        otherwise: GatehouseError | None = None,
    ) -> Operation:
        return Operation("Delete", self._table.naming(key, condition), otherwise)

    def _check(
        self, key: t.Key, condition: Condition, otherwise: GatehouseError | None = None
    ) -> Operation:
        return Operation("ConditionCheck", self._table.naming(key, condition), otherwise)


def room_for(attribute: str, most: int) -> Condition:
    """Hold while a set of an organization has fewer than ``most`` members, or is not there."""
    path = _path(attribute)
    room: Condition = path.does_not_exist() | (_size(path) < most)
    return room


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


def _meaning(operations: Sequence[Operation], cancelled: Cancelled) -> Exception:
    """Say what a cancelled transaction means: whose condition failed, in the order given."""
    failed = [
        operation
        for operation, reason in zip(operations, cancelled.reasons, strict=False)
        if reason == CONDITION_FAILED
    ]
    if any(operation.is_receipt for operation in failed):
        return c.Replayed()
    meanings = [operation.otherwise or c.LostRace() for operation in failed]
    lost = (meaning for meaning in meanings if isinstance(meaning, c.LostRace))
    return next(lost, meanings[0])


def _row(entity: c.Entity) -> t.Row:
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
        case ApiKey():
            return mapping.api_key_row(entity)
        case Organization():
            return mapping.organization_row(entity)


def _key(entity: User | Group | Organization | ApiKey) -> t.Key:
    match entity:
        case User():
            return t.user_key(entity.account_id, entity.user_id)
        case Group():
            return t.group_key(entity.account_id, entity.group_id)
        case Organization():
            return t.organization_key(entity.account_id, entity.organization_id)
        case ApiKey():
            return t.api_key_key(entity.account_id, entity.api_key_id)


def _removed(old: Group | Organization) -> t.RemovedRow:
    entity_id = old.group_id if isinstance(old, Group) else old.organization_id
    groups = old.groups if isinstance(old, Organization) else frozenset()
    grants = old.grants if isinstance(old, Organization) else frozenset()
    return t.RemovedRow(
        *t.removed_key(old.account_id, entity_id),
        name=old.name,
        groups=set(groups) or None,
        grants=set(grants) or None,
        due_shard=t.due_shard(entity_id),
        due_at=to_text(old.created_at),
    )


def _same(attribute: str, members: frozenset[str]) -> Condition:
    """Hold while a set of an organization is exactly this one."""
    path = _path(attribute)
    same: Condition = path == set(members) if members else path.does_not_exist()
    return same


def _counts(attribute: Any, number: int) -> Condition:
    holds: Condition = attribute.does_not_exist() if number == 0 else attribute == number
    return holds


def _path(attribute: str) -> Any:
    return getattr(t.OrganizationRow, attribute)


def _size(path: Any) -> Any:
    return size(path)  # type: ignore[no-untyped-call]  # pynamodb's own
