"""Connections, seen from the host and from the guest, and what two accounts have together."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from gatehouse.domain.blocking import Blocked
from gatehouse.domain.connection import Connection
from gatehouse.domain.decision import Pair
from gatehouse.domain.ids import prefix_of_users
from gatehouse.domain.pages import Page
from gatehouse.domain.rule import Rule
from gatehouse.store import invitations, mapping
from gatehouse.store import table as t
from gatehouse.store.engine import Table, side_by_side
from gatehouse.store.paging import page_of

_ALL: Final = 100_000


class DynamoConnections:
    """Implements :class:`gatehouse.usecases.ports.Connections`."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def get(self, host_account_id: str, connection_id: str) -> Connection | None:
        row = self._table.get(t.ConnectionRow, t.connection_key(host_account_id, connection_id))
        return invitations.connection(row) if row else None

    def page(self, host_account_id: str, after: str | None, limit: int) -> Page[Connection]:
        rows = self._table.query(
            t.ConnectionRow,
            t.connection_key(host_account_id, "").pk,
            where=t.Row.sk < after if after else None,
            limit=limit + 1,
            newest_first=True,
        )
        found = [invitations.connection(row) for row in rows]
        return page_of(found, limit, lambda connection: connection.connection_id)

    def incoming(self, guest_account_id: str, connection_id: str) -> Connection | None:
        row = self._table.get(t.IncomingRow, t.incoming_key(guest_account_id, connection_id))
        return self.get(row.host_account_id, connection_id) if row else None

    def incoming_page(
        self, guest_account_id: str, after: str | None, limit: int
    ) -> Page[Connection]:
        rows = self._table.query(
            t.IncomingRow,
            t.incoming_key(guest_account_id, "").pk,
            where=t.Row.sk < after if after else None,
            limit=limit + 1,
            newest_first=True,
        )
        listed = page_of(rows, limit, lambda row: row.sk)
        keys = [t.connection_key(row.host_account_id, row.sk) for row in listed.items]
        found = {
            row.sk: invitations.connection(row)
            for row in self._table.get_many(t.ConnectionRow, keys)
        }
        return Page(tuple(found[row.sk] for row in listed.items if row.sk in found), listed.after)

    def blocked(self, guest_account_id: str, host_account_id: str) -> Blocked | None:
        row = self._table.get(t.BlockedRow, t.blocked_key(guest_account_id, host_account_id))
        return invitations.blocked(row) if row else None

    def blocked_page(self, guest_account_id: str, after: str | None, limit: int) -> Page[Blocked]:
        rows = self._table.query(
            t.BlockedRow,
            t.blocked_key(guest_account_id, "").pk,
            where=t.Row.sk > after if after else None,
            limit=limit + 1,
        )
        found = [invitations.blocked(row) for row in rows]
        return page_of(found, limit, lambda blocked: blocked.host.account_id)

    def pair(self, host_account_id: str, guest_account_id: str) -> Pair | None:
        row = self._table.get(t.PairRow, t.pair_key(host_account_id, guest_account_id))
        return mapping.pair(row) if row else None

    def pairs(self, host_account_id: str) -> Sequence[Pair]:
        rows = self._table.query(t.PairRow, t.pair_key(host_account_id, "").pk, limit=_ALL)
        return [mapping.pair(row) for row in rows]

    def facing(self, keys: Iterable[tuple[str, str]]) -> Sequence[Pair]:
        rows = self._table.get_many(t.PairRow, [t.pair_key(*key) for key in keys])
        return [mapping.pair(row) for row in rows]

    def rule(self, host_account_id: str, user_id: str) -> Rule | None:
        row = self._table.get(t.RuleRow, t.rule_key(host_account_id, user_id))
        return mapping.rule(row) if row else None

    def rules(self, connections: Iterable[Pair | Connection]) -> Mapping[str, Rule]:
        found = side_by_side(self._rules_of, [one for one in connections if one.rules])
        return {rule.user_id: rule for rules in found for rule in rules}

    def rules_for(self, user_id: str, host_account_ids: Iterable[str]) -> Mapping[str, Rule]:
        keys = [t.rule_key(host, user_id) for host in host_account_ids]
        rows = self._table.get_many(t.RuleRow, keys)
        return {row.host_account_id: mapping.rule(row) for row in rows}

    def _rules_of(self, one: Pair | Connection) -> list[Rule]:
        if isinstance(one, Pair):
            host, guest = one.host_account_id, one.guest_account_id
        else:
            host, guest = one.host.account_id, one.guest.account_id
        rows = self._table.query(
            t.RuleRow,
            t.rule_key(host, "").pk,
            where=t.Row.sk.startswith(prefix_of_users(guest)),
            limit=_ALL,
        )
        found = (mapping.rule(row) for row in rows)
        return [rule for rule in found if rule.connection_id == one.connection_id]
