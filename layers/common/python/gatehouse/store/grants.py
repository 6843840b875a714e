"""Direct organizations: spreading a grant's id over them, and gathering it again."""

from collections.abc import Iterable, Mapping
from typing import Final

from gatehouse.domain.errors import FieldError, Refused
from gatehouse.domain.grant import DirectGrant, GrantState
from gatehouse.store import mapping
from gatehouse.store import table as t
from gatehouse.store.engine import Table
from gatehouse.store.operations import room_for
from gatehouse.store.refusals import CONDITION_FAILED, Cancelled, ConditionFailed

_CHUNK: Final = 50


class DynamoGrants:
    """Implements :class:`gatehouse.usecases.ports.Grants`."""

    def __init__(self, table: Table, grants_per_organization: int) -> None:
        self._table = table
        self._most = grants_per_organization

    def get(self, account_id: str, grant_id: str) -> DirectGrant | None:
        row = self._table.get(t.GrantRow, t.grant_key(account_id, grant_id))
        return mapping.grant(row) if row else None

    def many(self, keys: Iterable[tuple[str, str]]) -> Mapping[str, DirectGrant]:
        rows = self._table.get_many(t.GrantRow, [t.grant_key(*key) for key in keys])
        return {row.sk: mapping.grant(row) for row in rows}

    def spread(self, grant: DirectGrant) -> None:
        organizations = sorted(grant.organization_ids)
        for start in range(0, len(organizations), _CHUNK):
            chunk = organizations[start : start + _CHUNK]
            try:
                self._table.transact(
                    [
                        {
                            "Update": self._table.updating(
                                t.organization_key(grant.account_id, organization_id),
                                [t.OrganizationRow.grants.add({grant.grant_id})],
                                t.Row.pk.exists() & room_for("grants", self._most),
                            )
                        }
                        for organization_id in chunk
                    ]
                )
            except Cancelled as cancelled:
                raise self._refusal(grant, chunk, cancelled) from cancelled

    def gather(self, grant: DirectGrant) -> None:
        key = t.grant_key(grant.account_id, grant.grant_id)
        if grant.state is GrantState.PREPARING:
            try:
                self._table.update(
                    key,
                    [t.GrantRow.state.set(GrantState.REPLACED.value)],
                    t.GrantRow.state == GrantState.PREPARING.value,
                )
            except ConditionFailed:
                return
        for organization_id in sorted(grant.organization_ids):
            try:
                self._table.update(
                    t.organization_key(grant.account_id, organization_id),
                    [t.OrganizationRow.grants.delete({grant.grant_id})],
                    t.OrganizationRow.grants.contains(grant.grant_id),
                )
            except ConditionFailed:
                continue
        if grant.state is GrantState.ENDED:
            self._table.update(
                key, [t.Row.due_shard.remove(), t.Row.due_at.remove()], t.Row.pk.exists()
            )
        else:
            self._table.delete(key)

    def _refusal(self, grant: DirectGrant, chunk: list[str], cancelled: Cancelled) -> Refused:
        failed = [
            organization_id
            for organization_id, reason in zip(chunk, cancelled.reasons, strict=False)
            if reason == CONDITION_FAILED
        ]
        keys = [t.organization_key(grant.account_id, one) for one in failed]
        known = {row.sk for row in self._table.get_many(t.OrganizationRow, keys)}
        return Refused(
            "The grant cannot be given as it is. Nothing changed.",
            fields=[
                FieldError(
                    "/organization_ids",
                    f"The organization {one} has {self._most} direct grants, which is the limit. "
                    "Give access through a group instead."
                    if one in known
                    else f"There is no organization {one} in your account.",
                )
                for one in failed
            ],
        )
