"""Tidy up what time has done: note expiries, send what was never handed over, clear traces,
revoke keys that nobody uses, ask for jobs that have stalled, begin to archive older months of logs.

Nothing here decides: expiry is a comparison with the clock wherever it matters. Each thing is
read again before it is touched, so the sweep may stop anywhere, run twice, or run a week late.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from gatehouse.domain.activity import SYSTEM
from gatehouse.domain.connection import State
from gatehouse.domain.mailing import MailKind
from gatehouse.usecases.archive_log import archive_due
from gatehouse.usecases.deliver import deliver, deliver_again
from gatehouse.usecases.exporting import delete_files
from gatehouse.usecases.hand_over import IN_THE_SWEEP, queued
from gatehouse.usecases.lifecycle import Step, changes_of, notice_of, pair_of
from gatehouse.usecases.notify import is_over, notify_again
from gatehouse.usecases.ports import Ports
from gatehouse.usecases.racing import settled
from gatehouse.usecases.remove_organization import tell_connections
from gatehouse.usecases.revoke_unused import revoke_unused
from gatehouse.usecases.set_rule import tidy_rules
from gatehouse.usecases.stored import Due


@dataclass(slots=True)
class Swept:
    """What one run did, and whether it came to the end of what was due."""

    done: dict[str, int] = field(default_factory=dict)
    failed: int = 0
    finished: bool = True


def sweep(
    ports: Ports,
    has_time: Callable[[], bool],
    note: Callable[[str, Exception], None] = lambda _kind, _trouble: None,
) -> Swept:
    """Work through what is due for as long as there is time; the next run goes on.

    ``note`` is told of what could not be done, which stays due.
    """
    swept = Swept()
    work = {
        "connection": _end,
        "mailing": _send,
        "grant": _gather,
        "removal": _tidy,
        "api_key": revoke_unused,
        "job": _ask_again,
        "month": archive_due,
    }
    for due in ports.store.due(ports.clock.now()):
        if not has_time():
            swept.finished = False
            break
        try:
            work[due.kind](ports, due)
        except Exception as trouble:  # noqa: BLE001  # what is odd must not keep the rest waiting
            swept.failed += 1
            note(due.kind, trouble)
        else:
            swept.done[due.kind] = swept.done.get(due.kind, 0) + 1
    return swept


def _end(ports: Ports, due: Due) -> None:
    """Note that an invitation's time is over; of what ended otherwise, clear the rules away."""

    def attempt() -> None:
        before = ports.store.connections.get(due.account_id, due.id)
        now = ports.clock.now()
        if before is not None and before.ended_at is not None and before.rules:
            tidy_rules(ports, before)
            return
        if before is None or before.state is not State.PENDING or now < before.expires_at:
            return
        after = before.expire(now)
        step = Step("expired", before, after, pair_of(ports, before), SYSTEM, now)
        notice = notice_of(ports, MailKind.EXPIRED, after, step)
        ports.store.commit(*changes_of(ports, step), queued(notice))
        deliver(ports, after, notice, IN_THE_SWEEP)

    settled(attempt)


def _send(ports: Ports, due: Due) -> None:
    mailing = ports.store.mailings.get(due.account_id, due.parent_id or "", due.id)
    if mailing is None:
        return
    if not mailing.kind.is_of_connection:
        if mailing.is_settled or is_over(ports, mailing):
            ports.store.mailings.settle(mailing)
        else:
            notify_again(ports, mailing)
        return
    connection = ports.store.connections.get(mailing.account_id, mailing.about_id)
    if connection is None:
        return
    over = mailing.kind is MailKind.INVITATION and (
        connection.mailing_id != mailing.mailing_id
        or connection.state_at(ports.clock.now()) is not State.PENDING
    )
    if over or mailing.is_settled:
        ports.store.mailings.settle(mailing)
    else:
        deliver_again(ports, connection, mailing)


def _gather(ports: Ports, due: Due) -> None:
    grant = ports.store.grants.get(due.account_id, due.id)
    if grant is not None and grant.due_at is not None and grant.due_at <= ports.clock.now():
        ports.store.grants.gather(grant)


def _tidy(ports: Ports, due: Due) -> None:
    tell_connections(ports, due.account_id, due.id, None)
    ports.store.directory.tidy_removal(due.account_id, due.id)


def _ask_again(ports: Ports, due: Due) -> None:
    """Ask for a job that waits, or whose worker has not been heard of for too long.

    One that is over is due once more if it left files, when their time is over too.
    """
    job = ports.store.jobs.get(due.account_id, due.id)
    if job is None or job.due_at is None or job.due_at > ports.clock.now():
        return
    if job.is_over:
        delete_files(ports, job)
    else:
        ports.queue.send(due.account_id, due.id)
