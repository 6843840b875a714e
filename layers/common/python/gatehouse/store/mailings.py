"""The outbox, and the links that went out with it."""

from collections.abc import Iterable, Mapping
from typing import Final

from pynamodb.expressions.operand import Path

from gatehouse.domain.mailing import Delivery, Link, Mailing
from gatehouse.store import invitations
from gatehouse.store import table as t
from gatehouse.store.engine import Table
from gatehouse.store.refusals import Cancelled, ConditionFailed

_KEPT: Final = 400 * 24 * 3600
"""Seconds a link's row is kept, so that an old link still explains itself."""


class DynamoMailings:
    """Implements :class:`gatehouse.usecases.ports.Mailings`."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def get(self, account_id: str, about_id: str, mailing_id: str) -> Mailing | None:
        row = self._table.get(t.MailingRow, t.mailing_key(account_id, about_id, mailing_id))
        return invitations.mailing(row) if row else None

    def many(self, keys: Iterable[tuple[str, str, str]]) -> Mapping[str, Mailing]:
        rows = self._table.get_many(t.MailingRow, [t.mailing_key(*key) for key in keys])
        return {row.sk: invitations.mailing(row) for row in rows}

    def link(self, link_hash: str) -> Link | None:
        row = self._table.get(t.LinkRow, t.link_key(link_hash))
        return invitations.link(link_hash, row) if row else None

    def arm(self, mailing: Mailing, link: Link) -> bool:
        update = self._table.updating(
            _key(mailing),
            [_of(link.user_id, "link_hash").set(link.link_hash)],
            _of(link.user_id, "delivery") == Delivery.QUEUED.value,
        )
        row = invitations.link_row(link, int(link.created_at.timestamp()) + _KEPT)
        put = self._table.putting(row, t.Row.pk.does_not_exist())
        try:
            self._table.transact([{"Put": put}, {"Update": update}])
        except Cancelled:
            return False
        return True

    def mark(
        self, mailing: Mailing, user_id: str, delivery: Delivery, link_hash: str | None
    ) -> bool:
        state = _of(user_id, "delivery")
        # A report may be here before the hand-over is noted.
        condition = state == Delivery.QUEUED.value
        if link_hash is not None:
            condition &= _of(user_id, "link_hash") == link_hash
        try:
            self._table.update(_key(mailing), [state.set(delivery.value)], condition)
        except ConditionFailed:
            return False
        return True

    def report(self, mailing: Mailing, user_id: str, delivery: Delivery) -> bool:
        state = _of(user_id, "delivery")
        condition = (
            state.exists() & (state != delivery.value) & (state != Delivery.COMPLAINED.value)
        )
        try:
            self._table.update(_key(mailing), [state.set(delivery.value)], condition)
        except ConditionFailed:
            return False
        return True

    def settle(self, mailing: Mailing) -> None:
        try:
            self._table.update(
                _key(mailing), [t.Row.due_shard.remove(), t.Row.due_at.remove()], t.Row.pk.exists()
            )
        except ConditionFailed:
            return


def _of(user_id: str, name: str) -> Path:
    """Return the path of one recipient's attribute."""
    return Path(["recipients", user_id, name])


def _key(mailing: Mailing) -> t.Key:
    return t.mailing_key(mailing.account_id, mailing.about_id, mailing.mailing_id)
