"""API keys: their secrets are known here by their hashes only."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from gatehouse.domain.api_key import NOTICE, UNUSED
from gatehouse.domain.moments import to_text
from gatehouse.domain.pages import Page
from gatehouse.store import keys as keys_of
from gatehouse.store import table as t
from gatehouse.store.paging import page_of
from gatehouse.store.refusals import ConditionFailed

if TYPE_CHECKING:
    from gatehouse.domain.api_key import ApiKey, Secret
    from gatehouse.store.engine import Table

_GRAIN: Final = timedelta(hours=1)


class DynamoApiKeys:
    """Implements :class:`gatehouse.usecases.ports.ApiKeys`."""

    def __init__(self, table: Table) -> None:
        self._table = table
        self._touched: dict[tuple[str, int], datetime] = {}

    def get(self, account_id: str, api_key_id: str) -> ApiKey | None:
        row = self._table.get(t.ApiKeyRow, t.api_key_key(account_id, api_key_id))
        if row is None:
            return None
        use = self._table.get(t.LeanRow, t.api_key_use_key(account_id, api_key_id))
        return keys_of.api_key(row, use)

    def page(self, account_id: str, after: str | None, limit: int) -> Page[ApiKey]:
        rows = self._table.query(
            t.ApiKeyRow,
            t.api_key_key(account_id, "").pk,
            where=t.Row.sk > after if after else None,
            limit=limit + 1,
        )
        keys = [t.api_key_use_key(account_id, row.sk) for row in rows]
        uses = {use.sk: use for use in self._table.get_many(t.LeanRow, keys)}
        found = [keys_of.api_key(row, uses.get(row.sk)) for row in rows]
        return page_of(found, limit, lambda key: key.api_key_id)

    def touch(self, key: ApiKey, secret: Secret, now: datetime) -> None:
        """Write at most hourly: this process remembers, and the condition guards the others."""
        known = self._touched.get((key.api_key_id, secret.number))
        if known is not None and known <= now < known + _GRAIN:
            return
        with suppress(ConditionFailed):
            self._table.update_as(
                t.api_key_use_key(key.account_id, key.api_key_id),
                _stamp(t.used_attribute(secret.number), key.api_key_id, now),
            )
        self._touched[key.api_key_id, secret.number] = now

    def forget(self, account_id: str, api_key_id: str) -> None:
        self._table.delete(t.api_key_use_key(account_id, api_key_id))


def _stamp(attribute: str, api_key_id: str, now: datetime) -> dict[str, Any]:
    """Set when a secret was used, unless that is known to the hour.

    A key that the sweep does not look at yet, as older ones and those of a restored table may be,
    comes to its notice here. Written out, because decisions load nothing that would write it.
    """
    values = {
        ":now": to_text(now),
        ":hour": to_text(now - _GRAIN),
        ":due": to_text(now + UNUSED - NOTICE),
        ":shard": t.due_shard(api_key_id),
    }
    return {
        "UpdateExpression": "SET #used = :now, #due = if_not_exists(#due, :due), "
        "#shard = if_not_exists(#shard, :shard)",
        "ConditionExpression": "attribute_not_exists(#used) OR #used < :hour",
        "ExpressionAttributeNames": {"#used": attribute, "#due": t.DUE_AT, "#shard": t.DUE_SHARD},
        "ExpressionAttributeValues": {name: {"S": value} for name, value in values.items()},
    }
