"""From changes in the words of the domain to one TransactWriteItems, and back from its refusal."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from pynamodb.expressions.update import Action

from gatehouse.domain.account import Account
from gatehouse.domain.api_key import ApiKey
from gatehouse.domain.connection import Connection
from gatehouse.domain.directory import Group, Organization
from gatehouse.domain.errors import GatehouseError, NotAllowed
from gatehouse.domain.grant import GrantState
from gatehouse.domain.moments import to_text
from gatehouse.domain.roles import Role
from gatehouse.domain.seats import taken_by
from gatehouse.domain.user import Status, User
from gatehouse.store import entries, invitations, jobs, key_operations, mapping, session_operations
from gatehouse.store import table as t
from gatehouse.store.engine import Table
from gatehouse.store.entities import key_of, receipt_row, removed_row, row_of, told
from gatehouse.store.erasing import erased
from gatehouse.store.operations import (
    Count,
    Operation,
    Operations,
    Part,
    Seating,
    counts,
    meaning,
    one_more,
    room_for,
    same,
    size_of,
)
from gatehouse.store.refusals import Cancelled
from gatehouse.store.seats import DynamoSeats, seated
from gatehouse.usecases import changes as c
from gatehouse.usecases import session_changes as s


class Commit:
    """Turns changes into operations and runs them as one transaction."""

    def __init__(self, table: Table, grants_per_organization: int) -> None:
        self._table = table
        self._make = Operations(table)
        self._seats = DynamoSeats(table)
        self._most = grants_per_organization
        self._operations_of: dict[type, Callable[[Any], Sequence[Part]]] = {
            c.Save: self._save,
            c.Remove: self._remove,
            c.Told: partial(told, self._make),
            c.Revisit: self._revisit,
            c.SetPlan: self._set_plan,
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
            c.CountAttempt: self._count_attempt,
            c.Queue: self._queue,
            c.Record: self._record,
            c.Erase: partial(erased, self._make),
            s.Open: partial(session_operations.open_, self._make),
            c.Notes: self._notes,
            c.Look: self._look,
            s.Close: partial(session_operations.close, self._make),
            s.CarryOver: partial(session_operations.carry_over, self._make),
            c.Receipt: self._receipt,
        }

    def run(self, changes: Sequence[c.Change | None]) -> None:
        """Make all changes at one instant, or none."""
        operations: list[Operation] = []
        counts: dict[str, list[Count]] = {}
        seatings: dict[str, list[Seating]] = {}
        for change in changes:
            for one in () if change is None else self._operations_of[type(change)](change):
                if isinstance(one, Count):
                    counts.setdefault(one.account_id, []).append(one)
                elif isinstance(one, Seating):
                    seatings.setdefault(one.account_id, []).append(one)
                else:
                    operations.append(one)
        operations += [self._make.counted(account_id, all_) for account_id, all_ in counts.items()]
        operations += seated(self._make, self._seats, seatings)
        if not operations:
            return
        try:
            self._table.transact([{one.kind: one.parameters} for one in operations])
        except Cancelled as cancelled:
            raise meaning(operations, cancelled) from cancelled

    # ---- what each change is made of

    def _save(self, change: c.Save) -> list[Part]:
        new, old = change.new, change.replaces
        if isinstance(new, Organization) and old is not None:
            return [self._change_organization(new, old.version, change.otherwise)]
        condition = t.Row.pk.does_not_exist() if old is None else t.Row.version == old.version
        saved: list[Part] = [self._make.put(row_of(new), condition, change.otherwise)]
        if isinstance(new, Organization):
            saved.append(Count(new.account_id, organizations=1))
        if isinstance(new, Connection) and old is None:
            incoming = t.IncomingRow(
                *t.incoming_key(new.guest.account_id, new.connection_id),
                host_account_id=new.host.account_id,
            )
            saved.append(self._make.put(incoming))
        if isinstance(new, Account) and old is None:
            saved.append(Seating(new.account_id, opens=True))
        if isinstance(new, User):
            before = old if isinstance(old, User) else None
            saved.append(Seating(new.account_id, taken_by(before, new)))
        if isinstance(new, ApiKey):
            saved.append(key_operations.watch(self._make, new))
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
        return self._make.update(key, actions, t.Row.version == version, otherwise)

    def _remove(self, change: c.Remove) -> list[Part]:
        old = change.old
        key = key_of(old)
        operations: list[Part] = [
            self._make.delete(key, t.Row.version == old.version, change.otherwise)
        ]
        if isinstance(old, User):
            operations.append(Seating(old.account_id, taken_by(old, None)))
        if isinstance(old, Group | Organization):
            fewer = 0
            if isinstance(old, Organization):
                fewer = -1
                condition = same("groups", old.groups) & same("grants", old.grants)
                operations = [
                    self._make.delete(
                        key, (t.Row.version == old.version) & condition, change.otherwise
                    )
                ]
            named = change.namings
            unseen = None if named is None else counts(t.TallyRow.namings, named)
            operations.append(Count(old.account_id, fewer, 1, condition=unseen))
            operations.append(self._make.put(removed_row(old, change.untold)))
        if isinstance(old, ApiKey):
            operations.append(key_operations.forget(self._make, old, only_unused=change.unused))
        return operations

    def _revisit(self, change: c.Revisit) -> list[Operation]:
        return [key_operations.revisit(self._make, change)]

    def _set_plan(self, change: c.SetPlan) -> list[Part]:
        return [Seating(change.account_id, plan=change)]

    def _claim(self, change: c.Claim) -> list[Operation]:
        row = t.ClaimRow(
            *t.claim_key(change.kind, change.name),
            owner_id=change.owner_id,
            ttl=int(change.until.timestamp()) if change.until else None,
        )
        before = change.instead_of
        free = t.Row.pk.does_not_exist() if before is None else t.ClaimRow.owner_id == before
        return [self._make.put(row, free, change.otherwise)]

    def _release(self, change: c.Release) -> list[Operation]:
        key = t.claim_key(change.kind, change.name)
        return [self._make.delete(key, t.ClaimRow.owner_id == change.owner_id)]

    def _enrol(self, change: c.Enrol) -> list[Operation]:
        key = t.administrators_key(change.user.account_id)
        return [self._make.update(key, [t.AdministratorsRow.user_ids.add({change.user.user_id})])]

    def _dismiss(self, change: c.Dismiss) -> list[Operation]:
        ids = t.AdministratorsRow.user_ids
        return [
            self._make.update(
                t.administrators_key(change.user.account_id),
                [ids.delete({change.user.user_id})],
                ids.contains(change.user.user_id) & (size_of(ids) > 1),
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
        return [self._make.check(t.user_key(user.account_id, user.user_id), holds, otherwise)]

    def _require_unchanged(self, change: c.RequireUnchanged) -> list[Operation]:
        same = t.Row.version == change.read.version
        return [self._make.check(key_of(change.read), same, change.otherwise)]

    def _require_group(self, change: c.RequireGroup) -> list[Operation]:
        key = t.group_key(change.account_id, change.group_id)
        return [self._make.check(key, t.Row.pk.exists(), change.otherwise)]

    def _require_removals(self, change: c.RequireRemovals) -> list[Part]:
        unchanged = counts(t.TallyRow.removals, change.count)
        return [Count(change.account_id, namings=int(change.names), condition=unchanged)]

    def _require_namings(self, change: c.RequireNamings) -> list[Part]:
        return [
            Count(change.account_id, condition=counts(t.TallyRow.namings, change.count)),
        ]

    def _list_member(self, change: c.ListMember) -> list[Operation]:
        user = change.user
        return [
            self._make.put(t.Row(*t.member_key(user.account_id, change.group_id, user.user_id)))
        ]

    def _unlist_member(self, change: c.UnlistMember) -> list[Operation]:
        user = change.user
        return [self._make.delete(t.member_key(user.account_id, change.group_id, user.user_id))]

    def _reach(self, change: c.Reach) -> list[Operation]:
        return [
            self._make.update(
                t.organization_key(change.account_id, change.organization_id),
                [t.OrganizationRow.groups.add({change.group_id})],
                t.Row.pk.exists() & room_for("groups", self._most),
                change.otherwise,
            ),
            self._make.put(
                t.Row(*t.reach_key(change.account_id, change.group_id, change.organization_id))
            ),
        ]

    def _unreach(self, change: c.Unreach) -> list[Operation]:
        return [
            self._make.update(
                t.organization_key(change.account_id, change.organization_id),
                [t.OrganizationRow.groups.delete({change.group_id})],
                t.Row.pk.exists(),
            ),
            self._make.delete(
                t.reach_key(change.account_id, change.group_id, change.organization_id)
            ),
        ]

    def _keep_grant(self, change: c.KeepGrant) -> list[Operation]:
        grant = change.grant
        if grant.state is GrantState.PREPARING:
            return [self._make.put(mapping.grant_row(grant), t.Row.pk.does_not_exist())]
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
        return [self._make.update(key, actions, t.GrantRow.state == before.value)]

    def _keep_out(self, change: c.KeepOut) -> list[Operation]:
        return [self._make.put(invitations.blocked_row(change.blocked), t.Row.pk.does_not_exist())]

    def _let_in(self, change: c.LetIn) -> list[Operation]:
        blocked = change.blocked
        key = t.blocked_key(blocked.account_id, blocked.host.account_id)
        return [self._make.delete(key, t.Row.pk.exists())]

    def _require_welcome(self, change: c.RequireWelcome) -> list[Operation]:
        key = t.blocked_key(change.guest_account_id, change.host_account_id)
        return [self._make.check(key, t.Row.pk.does_not_exist(), change.otherwise)]

    def _count_attempt(self, change: c.CountAttempt) -> list[Operation]:
        key = t.attempts_key(change.account_id, change.name, to_text(change.now)[:13])
        actions, condition = one_more(change.now, change.limit)
        return [self._make.update(key, actions, condition, change.otherwise)]

    def _queue(self, change: c.Queue) -> list[Operation]:
        return [self._make.put(invitations.mailing_row(change.mailing, change.due_at))]

    def _record(self, change: c.Record) -> list[Operation]:
        return [self._make.put(entries.activity_row(change.activity))]

    def _notes(self, change: c.Notes) -> list[Operation]:
        return [self._make.put(jobs.notes_row(change))]

    def _look(self, change: c.Look) -> list[Operation]:
        key = t.counted_key(change.account_id, change.month)
        at, shard = t.Row.due_at, t.Row.due_shard
        if change.due_at is None:
            return [self._make.update(key, [at.remove(), shard.remove()], t.Row.pk.exists())]
        actions: list[Action] = [
            at.set(to_text(change.due_at)),
            shard.set(t.due_shard(f"{change.account_id} {change.month}")),
        ]
        return [self._make.update(key, actions, at == to_text(change.instead_of))]

    def _receipt(self, change: c.Receipt) -> list[Operation]:
        over = t.ReceiptRow.expires_at <= to_text(change.now)
        put = self._make.put(receipt_row(change), t.Row.pk.does_not_exist() | over)
        return [Operation(put.kind, put.parameters, is_receipt=True)]
