"""Signed-in browsers: what their rows hold, and where a user's stand."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from gatehouse.domain.factors import Factors
from gatehouse.domain.ids import home_account_of
from gatehouse.domain.moments import from_text, to_text
from gatehouse.domain.pages import Page
from gatehouse.domain.session import Session
from gatehouse.store import table as t
from gatehouse.store.mapping import moment_of, set_of, text_of
from gatehouse.store.paging import page_of
from gatehouse.store.refusals import ConditionFailed

if TYPE_CHECKING:
    from gatehouse.store.engine import Table

_GRAIN: Final = timedelta(hours=1)


class DynamoSessions:
    """Implements :class:`gatehouse.usecases.stored.Sessions`."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def get(self, session_hash: str) -> Session | None:
        row = self._table.get(t.SessionRow, t.session_key(session_hash))
        return session(row) if row else None

    def find(self, user_id: str, session_id: str) -> Session | None:
        """Return a session by the id that people know it by."""
        row = self._table.get(t.UserSessionRow, user_session_key(user_id, session_id))
        return self.get(row.session_hash) if row else None

    def page(self, user_id: str, after: str | None, limit: int) -> Page[Session]:
        """Return a user's sessions, newest first; one that is over may still be among them."""
        rows = self._table.query(
            t.UserSessionRow,
            user_session_key(user_id, "").pk,
            where=t.Row.sk < after if after else None,
            limit=limit + 1,
            newest_first=True,
        )
        keys = [t.session_key(row.session_hash) for row in rows]
        found = {row.session_id: session(row) for row in self._table.get_many(t.SessionRow, keys)}
        listed = page_of(rows, limit, lambda row: row.sk)
        return Page(tuple(found[row.sk] for row in listed.items if row.sk in found), listed.after)

    def touch(self, session: Session, now: datetime) -> None:
        """Note that a session was used, at most once an hour; one that has ended stays ended."""
        if now < session.last_seen_at + _GRAIN:
            return
        seen = t.SessionRow.last_seen_at
        with suppress(ConditionFailed):
            self._table.update(
                t.session_key(session.session_hash),
                [seen.set(to_text(now))],
                seen <= to_text(now - _GRAIN),
            )

    def clear(self, user_id: str, epoch: int | None) -> None:
        """Remove the rows of sessions that began in another epoch; of None, all of them."""
        listed = list(self._table.walk(user_session_key(user_id, "").pk, "sk", "session_hash"))
        keys = [t.session_key(session_hash) for _, session_hash in listed]
        rows = self._table.get_many(t.SessionRow, keys)
        kept = {row.session_id for row in rows if row.epoch == epoch}
        for session_id, session_hash in listed:
            if session_id not in kept:
                self._table.delete(t.session_key(session_hash))
                self._table.delete(user_session_key(user_id, session_id))


def user_session_key(user_id: str, session_id: str) -> t.Key:
    """Return where a session stands under its user."""
    return t.user_session_key(home_account_of(user_id) or "", user_id, session_id)


def session_rows(s: Session) -> tuple[t.SessionRow, t.UserSessionRow]:
    """Return the row that the cookie leads to, and the one that the user leads to."""
    ttl = int(s.expires_at.timestamp())
    row = t.SessionRow(
        *t.session_key(s.session_hash),
        session_id=s.session_id,
        user_id=s.user_id,
        created_at=to_text(s.created_at),
        expires_at=to_text(s.expires_at),
        last_seen_at=to_text(s.last_seen_at),
        epoch=s.epoch,
        amr=set_of(s.factors.amr),
        acr=s.factors.acr,
        auth_time=text_of(s.factors.auth_time),
        ip_address=s.ip_address,
        user_agent=s.user_agent,
        ttl=ttl,
    )
    key = user_session_key(s.user_id, s.session_id)
    return row, t.UserSessionRow(*key, session_hash=s.session_hash, ttl=ttl)


def session(row: t.SessionRow) -> Session:
    """Return the session of a row."""
    return Session(
        session_hash=row.pk.partition("#")[2],
        session_id=row.session_id,
        user_id=row.user_id,
        created_at=from_text(row.created_at),
        expires_at=from_text(row.expires_at),
        last_seen_at=from_text(row.last_seen_at),
        epoch=int(row.epoch),
        factors=Factors(frozenset(row.amr or ()), row.acr, moment_of(row.auth_time)),
        ip_address=row.ip_address,
        user_agent=row.user_agent,
    )
