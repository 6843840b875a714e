"""The count of seats is that of the people, after any history and however it is cut into writes."""

from collections import Counter
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from gatehouse.domain.roles import Role
from gatehouse.domain.seats import SEATED, Plan, Seats, taken_by
from gatehouse.domain.user import Status, User
from tests.support.people import HOST, a_user

PEOPLE = [a_user(number) for number in range(1, 5)]
STATES = st.none() | st.tuples(st.sampled_from(list(Role)), st.sampled_from(list(Status)))
HISTORIES = st.lists(st.tuples(st.integers(0, len(PEOPLE) - 1), STATES), max_size=40)


def recount(users: list[User | None]) -> Counter[Role]:
    """Look at everybody, as the count is made where there is none."""
    return Counter(
        user.role
        for user in users
        if user is not None and user.status is Status.ACTIVE and user.role is not Role.LITE
    )


@given(HISTORIES)
def test_the_count_follows_every_history(
    history: list[tuple[int, tuple[Role, Status] | None]],
) -> None:
    users: list[User | None] = [None] * len(PEOPLE)
    counted: Counter[Role] = Counter()
    for who, state in history:
        new = replace(PEOPLE[who], role=state[0], status=state[1]) if state else None
        counted.update(taken_by(users[who], new))
        users[who] = new
        assert +counted == recount(users)
        assert min(counted.values(), default=0) >= 0


@given(HISTORIES, st.integers(1, 4))
def test_with_a_limit_nobody_gets_in_beyond_it_and_nobody_is_put_out(
    history: list[tuple[int, tuple[Role, Status] | None]], limit: int
) -> None:
    users: list[User | None] = [None] * len(PEOPLE)
    counted: Counter[Role] = Counter()
    for who, state in history:
        new = replace(PEOPLE[who], role=state[0], status=state[1]) if state else None
        moved = taken_by(users[who], new)
        seats = Seats(HOST.account_id, Plan("Team", limit), counted)
        if not seats.has_room_for(sum(moved.values())):
            assert seats.in_use == limit, "refused only when every seat is taken"
            continue
        counted.update(moved)
        users[who] = new
        assert sum(recount(users).values()) <= limit
    assert set(counted) <= set(SEATED)
