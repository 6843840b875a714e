"""The steps of a connection, and what each obstacle says."""

from datetime import timedelta

import pytest

from gatehouse.domain.connection import Connection, EndReason, Person, State
from gatehouse.domain.errors import (
    AlreadyAccepted,
    ConnectionRevoked,
    GatehouseError,
    IllegalStep,
    InvitationDeclined,
    InvitationExpired,
    TooMany,
)
from gatehouse.domain.roles import Role
from tests.support.people import GUEST, HOST, NOW, a_connection, numbered, user_id

NORA = Person(user_id(1), "Nora")
SOON = NOW + timedelta(hours=1)
OVER = NOW + timedelta(days=7)


def in_state(name: str) -> Connection:
    """Return a connection that came into a state by legal steps."""
    pending = a_connection()
    active = pending.accept(NORA, SOON)
    return {
        "pending": pending,
        "active": active,
        "declined": pending.decline(SOON),
        "expired": pending.expire(OVER),
        "revoked": active.revoke(NORA, SOON),
        "left": active.leave(NORA, SOON),
        "withdrawn": pending.revoke(NORA, SOON),
    }[name]


def test_accepting_makes_a_connection_active_and_says_by_whom() -> None:
    active = in_state("active")
    assert active.state_at(OVER) is State.ACTIVE
    assert (active.accepted_by, active.accepted_at) == (NORA, SOON)
    assert active.version == a_connection().version + 1


@pytest.mark.parametrize(
    ("name", "state", "reason", "when"),
    [
        ("declined", State.DECLINED, EndReason.DECLINED_BY_GUEST, SOON),
        ("expired", State.EXPIRED, EndReason.EXPIRED, OVER),
        ("revoked", State.REVOKED, EndReason.REVOKED_BY_HOST, SOON),
        ("left", State.REVOKED, EndReason.LEFT_BY_GUEST, SOON),
        ("withdrawn", State.REVOKED, EndReason.REVOKED_BY_HOST, SOON),
    ],
)
def test_every_end_has_its_state_reason_and_time(
    name: str, state: State, reason: EndReason, when: object
) -> None:
    ended = in_state(name)
    assert (ended.state, ended.end_reason, ended.ended_at) == (state, reason, when)
    assert not ended.is_live_at(SOON)


def test_the_end_of_a_connection_keeps_its_history() -> None:
    revoked = in_state("revoked")
    assert (revoked.accepted_by, revoked.accepted_at) == (NORA, SOON)
    assert revoked.all_organizations


def test_a_pending_connection_past_its_expiry_is_expired_to_the_millisecond() -> None:
    pending = a_connection()
    last = OVER - timedelta(milliseconds=1)
    assert pending.state_at(last) is State.PENDING
    assert pending.is_live_at(last)
    assert pending.state_at(OVER) is State.EXPIRED
    assert not pending.is_live_at(OVER)


@pytest.mark.parametrize("name", ["active", "declined", "revoked", "left", "withdrawn"])
def test_only_a_pending_connection_expires(name: str) -> None:
    with pytest.raises(IllegalStep):
        in_state(name).expire(OVER)


def test_no_connection_expires_early() -> None:
    with pytest.raises(IllegalStep):
        a_connection().expire(OVER - timedelta(milliseconds=1))


@pytest.mark.parametrize(
    ("name", "error", "says"),
    [
        ("active", AlreadyAccepted, "Nora accepted"),
        ("declined", InvitationDeclined, GUEST.name),
        ("expired", InvitationExpired, "expired on 2026-11-29 at 10:00 UTC"),
        ("revoked", ConnectionRevoked, f"{HOST.name} ended"),
        ("left", ConnectionRevoked, f"{GUEST.name} ended"),
        ("withdrawn", ConnectionRevoked, f"{HOST.name} ended"),
    ],
)
def test_an_invitation_that_is_over_says_why(
    name: str, error: type[GatehouseError], says: str
) -> None:
    connection = in_state(name)
    obstacle = connection.obstacle_at(SOON)
    assert type(obstacle) is error
    assert says in obstacle.detail
    with pytest.raises(error):
        connection.accept(NORA, SOON)
    with pytest.raises(error):
        connection.decline(SOON)


def test_nothing_stands_in_the_way_of_a_pending_invitation() -> None:
    assert a_connection().obstacle_at(SOON) is None


def test_past_its_expiry_an_invitation_can_neither_be_accepted_nor_declined() -> None:
    with pytest.raises(InvitationExpired):
        a_connection().accept(NORA, OVER)
    with pytest.raises(InvitationExpired):
        a_connection().decline(OVER)


@pytest.mark.parametrize("name", ["declined", "expired", "revoked", "left", "withdrawn"])
def test_what_is_over_is_neither_revoked_nor_left_nor_edited(name: str) -> None:
    connection = in_state(name)
    for step in (
        lambda: connection.revoke(NORA, SOON),
        lambda: connection.leave(NORA, SOON),
        lambda: regranted(connection),
    ):
        with pytest.raises(IllegalStep, match=connection.state):
            step()


def test_a_pending_connection_is_not_left_but_declined() -> None:
    with pytest.raises(IllegalStep, match="pending"):
        a_connection().leave(NORA, SOON)


def regranted(connection: Connection) -> Connection:
    return connection.regrant(
        maximum_role=Role.CREATOR,
        group_ids=frozenset({numbered("grp", 1)}),
        grant_id="g",
        all_organizations=False,
        now=SOON,
    )


@pytest.mark.parametrize("name", ["pending", "active"])
def test_editing_replaces_cap_and_grant_and_nothing_else(name: str) -> None:
    before = in_state(name)
    after = regranted(before)
    assert (after.maximum_role, after.group_ids, after.grant_id, after.reaches_everything) == (
        Role.CREATOR,
        frozenset({numbered("grp", 1)}),
        "g",
        False,
    )
    assert (after.state, after.accepted_by, after.expires_at) == (
        before.state,
        before.accepted_by,
        before.expires_at,
    )
    assert after.version == before.version + 1


def test_a_deleted_group_leaves_a_connection_whatever_its_state() -> None:
    held = frozenset({numbered("grp", 1), numbered("grp", 2)})
    for name in ("pending", "active", "revoked"):
        connection = a_connection(state=in_state(name).state, group_ids=held)
        assert connection.without_group(numbered("grp", 1)).group_ids == {numbered("grp", 2)}


@pytest.mark.parametrize("name", ["pending", "expired"])
def test_sending_again_makes_a_connection_pending_for_as_long_as_the_first_time(name: str) -> None:
    again = in_state(name).resend("mlg_2", OVER)
    assert again.state_at(OVER) is State.PENDING
    assert again.expires_at == OVER + timedelta(days=7)
    assert (again.mailing_id, again.ended_at, again.end_reason) == ("mlg_2", None, None)


@pytest.mark.parametrize("name", ["active", "declined", "revoked", "left", "withdrawn"])
def test_what_was_answered_or_ended_is_not_sent_again(name: str) -> None:
    with pytest.raises(IllegalStep):
        in_state(name).resend("mlg_2", SOON)


def resent(times: int, every: timedelta) -> Connection:
    connection = a_connection()
    for number in range(times):
        connection = connection.resend(f"mlg_{number}", NOW + number * every)
    return connection


def test_three_times_an_hour_and_then_a_wait_that_is_just_long_enough() -> None:
    connection = resent(3, timedelta(minutes=1))
    now = NOW + timedelta(minutes=3)
    with pytest.raises(TooMany, match="3 times in an hour") as refused:
        connection.resend("mlg_9", now)
    wait = refused.value.retry_after
    assert wait is not None
    assert 57 * 60 <= wait <= 57 * 60 + 1
    assert connection.resend("mlg_9", now + timedelta(seconds=wait)).mailing_id == "mlg_9"


def test_ten_times_a_day() -> None:
    connection = resent(10, timedelta(hours=1))
    with pytest.raises(TooMany, match="10 times in a day") as refused:
        connection.resend("mlg_9", NOW + timedelta(hours=10))
    assert refused.value.retry_after == 14 * 3600 + 1
    later = connection.resend("mlg_9", NOW + timedelta(hours=24, seconds=1))
    assert len(later.resent_at) == 10
