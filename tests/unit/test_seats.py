"""Who takes a seat, and when there is one."""

from dataclasses import replace

import pytest

from gatehouse.domain.roles import Role
from gatehouse.domain.seats import Plan, Seats, no_seat_free, taken_by
from gatehouse.domain.user import Status, User
from tests.support.people import HOST, a_user

EDITOR = a_user(role=Role.EDITOR)
LITE = replace(EDITOR, role=Role.LITE)
GONE = replace(EDITOR, status=Status.DEACTIVATED)
MANAGER = replace(EDITOR, role=Role.MANAGER)


@pytest.mark.parametrize(
    ("old", "new", "moved"),
    [
        (None, EDITOR, {Role.EDITOR: 1}),
        (EDITOR, None, {Role.EDITOR: -1}),
        (None, LITE, {}),
        (None, GONE, {}),
        (LITE, EDITOR, {Role.EDITOR: 1}),
        (EDITOR, LITE, {Role.EDITOR: -1}),
        (GONE, EDITOR, {Role.EDITOR: 1}),
        (EDITOR, GONE, {Role.EDITOR: -1}),
        (EDITOR, MANAGER, {Role.EDITOR: -1, Role.MANAGER: 1}),
        (EDITOR, replace(EDITOR, name="Another"), {}),
        (GONE, LITE, {}),
        (GONE, None, {}),
    ],
)
def test_every_active_user_above_lite_takes_a_seat(
    old: User | None, new: User | None, moved: dict[Role, int]
) -> None:
    assert taken_by(old, new) == moved


def test_a_plan_without_a_number_has_room_for_everybody() -> None:
    seats = Seats(HOST.account_id, Plan("Enterprise"), {Role.EDITOR: 40_000})
    assert seats.free is None
    assert seats.has_room_for(1_000_000)


@pytest.mark.parametrize(
    ("limit", "free", "room"), [(5, 2, [0, 1, 2]), (3, 0, [0]), (2, 0, [0]), (1, 0, [0])]
)
def test_a_seat_is_free_while_fewer_are_in_use_than_the_plan_has(
    limit: int, free: int, room: list[int]
) -> None:
    seats = Seats(HOST.account_id, Plan("Team", limit), {Role.EDITOR: 2, Role.MANAGER: 1})
    assert (seats.in_use, seats.free) == (3, free)
    assert [more for more in range(4) if seats.has_room_for(more)] == room
    assert seats.has_room_for(-1)


def test_the_refusal_names_the_limit_what_is_in_use_and_whom_to_ask() -> None:
    seats = Seats(HOST.account_id, Plan("Team", 2), {Role.EDITOR: 3})
    detail = no_seat_free(seats).detail
    for part in ("has 2 seats", "3 are in use", "Administrator", "whoever runs Gatehouse"):
        assert part in detail
