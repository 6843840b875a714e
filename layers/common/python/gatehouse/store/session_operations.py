"""The operations on a session: opened, closed, taken over into its user's next epoch."""

from gatehouse.store import table as t
from gatehouse.store.operations import Operation, Operations
from gatehouse.store.sessions import session_rows, user_session_key
from gatehouse.usecases.session_changes import CarryOver, Close, Open


def open_(make: Operations, change: Open) -> list[Operation]:
    row, listed = session_rows(change.session)
    return [make.put(row, t.Row.pk.does_not_exist()), make.put(listed)]


def close(make: Operations, change: Close) -> list[Operation]:
    session = change.session
    return [
        make.delete(t.session_key(session.session_hash), t.Row.pk.exists()),
        make.delete(user_session_key(session.user_id, session.session_id)),
    ]


def carry_over(make: Operations, change: CarryOver) -> list[Operation]:
    key = t.session_key(change.session.session_hash)
    return [make.update(key, [t.SessionRow.epoch.set(change.epoch)], t.Row.pk.exists())]
