"""Accounts, unique names, and people."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from math import ceil

from gatehouse.domain.account import Account
from gatehouse.domain.billing import BillingContact
from gatehouse.domain.brand import Logo
from gatehouse.domain.ids import home_account_of
from gatehouse.domain.moments import end_of_hour, to_text
from gatehouse.domain.pages import Page
from gatehouse.domain.user import User
from gatehouse.store import billing, logos, mapping
from gatehouse.store import table as t
from gatehouse.store.engine import Table, side_by_side
from gatehouse.store.operations import one_more
from gatehouse.store.paging import page_of
from gatehouse.store.refusals import ConditionFailed


class DynamoAccounts:
    """Implements :class:`gatehouse.usecases.ports.Accounts`."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def get(self, account_id: str) -> Account | None:
        row = self._table.get(t.AccountRow, t.account_key(account_id))
        return mapping.account(row) if row else None

    def many(self, account_ids: Iterable[str]) -> Mapping[str, Account]:
        rows = self._table.get_many(t.AccountRow, map(t.account_key, account_ids))
        return {row.account_id: mapping.account(row) for row in rows}

    def owner(self, kind: str, name: str) -> str | None:
        row = self._table.get(t.ClaimRow, t.claim_key(kind, name))
        return row.owner_id if row else None

    def owners(self, kind: str, names: Iterable[str]) -> Mapping[str, str]:
        keys = {t.claim_key(kind, name): name for name in names}
        rows = self._table.get_many(t.ClaimRow, keys)
        return {keys[t.Key(row.pk, row.sk)]: row.owner_id for row in rows}

    def removals(self, account_id: str) -> int:
        row = self._table.get(t.TallyRow, t.tally_key(account_id))
        return int(row.removals or 0) if row else 0

    def namings(self, account_id: str) -> int:
        row = self._table.get(t.TallyRow, t.tally_key(account_id))
        return int(row.namings or 0) if row else 0

    def logo(self, account_id: str, logo_id: str) -> Logo | None:
        row = self._table.get(t.LogoRow, t.logo_key(account_id, logo_id))
        return logos.logo(account_id, row) if row else None

    def billing_contact(self, account_id: str) -> BillingContact | None:
        row = self._table.get(t.BillingRow, t.billing_key(account_id))
        return billing.billing_contact(row) if row else None

    def attempt(self, account_id: str, name: str, now: datetime, limit: int) -> int | None:
        key = t.attempts_key(account_id, name, to_text(now)[:13])
        try:
            self._table.update(key, *one_more(now, limit))
        except ConditionFailed:
            return ceil((end_of_hour(now) - now).total_seconds())
        return None


class DynamoUsers:
    """Implements :class:`gatehouse.usecases.ports.Users`."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def get(self, user_id: str) -> User | None:
        account_id = home_account_of(user_id)
        if account_id is None:
            return None
        row = self._table.get(t.UserRow, t.user_key(account_id, user_id))
        return mapping.user(row) if row else None

    def many(self, user_ids: Iterable[str]) -> Mapping[str, User]:
        keys = [
            t.user_key(account_id, user_id)
            for user_id in user_ids
            if (account_id := home_account_of(user_id)) is not None
        ]
        return {row.sk: mapping.user(row) for row in self._table.get_many(t.UserRow, keys)}

    def page(self, account_id: str, after: str | None, limit: int) -> Page[User]:
        rows = self._table.query(
            t.UserRow,
            t.user_key(account_id, "").pk,
            where=t.Row.sk > after if after else None,
            limit=limit + 1,
        )
        return page_of([mapping.user(row) for row in rows], limit, lambda user: user.user_id)

    def pages(
        self, positions: Sequence[tuple[str, str | None]], limit: int
    ) -> Sequence[Page[User]]:
        return side_by_side(lambda one: self.page(one[0], one[1], limit), positions)

    def administrators(self, account_id: str) -> Sequence[User]:
        row = self._table.get(t.AdministratorsRow, t.administrators_key(account_id))
        users = self.many(sorted(row.user_ids or ()) if row else ())
        return [
            users[user_id] for user_id in sorted(users) if users[user_id].is_active_administrator
        ]
