"""Drafts: what people are still putting together, each under its owner's account and id."""

from collections.abc import Sequence

from gatehouse.domain.draft import Draft
from gatehouse.domain.grant import Scope
from gatehouse.domain.moments import from_text, to_text
from gatehouse.domain.roles import Role
from gatehouse.store import table as t
from gatehouse.store.engine import Table
from gatehouse.store.mapping import set_of


class DynamoDrafts:
    """Implements :class:`gatehouse.usecases.ports.Drafts`."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def get(self, account_id: str, user_id: str, draft_id: str) -> Draft | None:
        row = self._table.get(t.DraftRow, t.draft_key(account_id, user_id, draft_id))
        return _draft(account_id, row) if row else None

    def of(self, account_id: str, user_id: str, limit: int) -> Sequence[Draft]:
        first = t.draft_key(account_id, user_id, "")
        rows = self._table.query(
            t.DraftRow,
            first.pk,
            where=t.Row.sk.startswith(first.sk),
            limit=limit,
            newest_first=True,
        )
        return [_draft(account_id, row) for row in rows]

    def drop(self, account_id: str, user_id: str, draft_id: str) -> None:
        self._table.delete(t.draft_key(account_id, user_id, draft_id))

    def keep(self, draft: Draft) -> None:
        self._table.put(
            t.DraftRow(
                *t.draft_key(draft.account_id, draft.user_id, draft.draft_id),
                connection_id=draft.connection_id,
                for_user_id=draft.for_user_id,
                for_name=draft.for_name or None,
                guest_subdomain=draft.guest_subdomain,
                guest_name=draft.guest_name,
                maximum_role=draft.maximum_role.value if draft.maximum_role else None,
                group_ids=set_of(draft.scope.group_ids),
                organization_ids=set_of(draft.scope.organization_ids),
                all_organizations=draft.scope.all_organizations,
                message=draft.message or None,
                is_sent=draft.is_sent or None,
                expires_at=to_text(draft.expires_at),
                version=draft.version,
                ttl=int(draft.expires_at.timestamp()),
            )
        )


def _draft(account_id: str, row: t.DraftRow) -> Draft:
    user_id, _, draft_id = row.sk.rpartition("#")
    return Draft(
        account_id=account_id,
        user_id=user_id,
        draft_id=draft_id,
        expires_at=from_text(row.expires_at),
        connection_id=row.connection_id,
        for_user_id=row.for_user_id,
        for_name=row.for_name or "",
        guest_subdomain=row.guest_subdomain,
        guest_name=row.guest_name,
        maximum_role=Role(row.maximum_role) if row.maximum_role else None,
        scope=Scope(
            frozenset(row.group_ids or ()),
            frozenset(row.organization_ids or ()),
            bool(row.all_organizations),
        ),
        message=row.message or "",
        is_sent=bool(row.is_sent),
        version=int(row.version),
    )
