"""The last seat, and the count of seats, while many people come and go at once."""

import random
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from gatehouse.domain.seats import Plan
from gatehouse.usecases.plan import set_plan
from tests.proof.field import THREADS, Field, statuses
from tests.support.api import Reply
from tests.support.proof import Proof
from tests.support.trials import trials
from tests.support.world import Company

pytestmark = [pytest.mark.ministack, pytest.mark.race]

ROUNDS = 200
PEOPLE = {
    "nora": "administrator",
    "omar": "administrator",
    "sam": "editor",
    "lou": "lite",
    "kim": "lite",
    "gone": "manager",
}


def adding(field: Field, company: Company, number: int) -> Callable[[], Reply]:
    person = {"email": f"new{number}@{company.subdomain}.test", "name": "New", "role": "editor"}
    return field.send("POST", "/users", person, token=field.token(company))


def changing(field: Field, company: Company, who: str, **fields: str) -> Callable[[], Reply]:
    address = f"/users/{company.users[who]}"
    return field.send("PATCH", address, fields, token=field.token(company))


def limit(field: Field, company: Company, seats: int | None) -> None:
    set_plan(field.ports, company.subdomain, lambda _: Plan("Team", seats))


def in_use(field: Field, company: Company) -> int:
    return field.ports.store.seats.get(company.account_id).in_use


def test_one_wins_the_last_seat_however_it_is_taken(field: Field, proof: Proof) -> None:
    count = trials(ROUNDS)
    won: dict[str, int] = {"added": 0, "raised from Lite": 0, "reactivated": 0}
    for _ in range(count):
        company = field.company(people=PEOPLE)
        assert changing(field, company, "gone", status="deactivated")().status == 200
        limit(field, company, 4)
        contenders: list[tuple[str, Callable[[], Reply]]] = [
            ("raised from Lite", changing(field, company, "lou", role="editor")),
            ("raised from Lite", changing(field, company, "kim", role="read_only")),
            ("reactivated", changing(field, company, "gone", status="active")),
            *(("added", adding(field, company, number)) for number in range(THREADS - 3)),
        ]
        replies = field.meet(*(contender for _, contender in contenders))
        assert [r.status // 100 for r in replies].count(2) == 1, replies
        assert {r.slug for r in replies if r.status not in {200, 201}} == {"seats-taken"}
        assert in_use(field, company) == 4
        winner = next(at for at, reply in enumerate(replies) if reply.status < 300)
        won[contenders[winner][0]] += 1
    field.settled()
    came = ", ".join(f"{how} {number}" for how, number in won.items())
    proof.record("eight threads take the last seat", count, "rounds", f"one wins in each ({came})")


def test_seats_are_counted_right_whatever_happens_at_once(field: Field, proof: Proof) -> None:
    """In companies with a count and without, while operators count anew and change the plan."""
    count = trials(ROUNDS)
    company = field.company(people=PEOPLE)
    number = 0
    for index in range(count):
        if index % 2:
            forget_count(field, company)
        number += 2
        replies = field.meet(
            adding(field, company, number),
            adding(field, company, number + 1),
            changing(field, company, "sam", role=random.choice(["lite", "creator", "manager"])),
            changing(field, company, "kim", role=random.choice(["lite", "editor"])),
            changing(field, company, "gone", status=random.choice(["active", "deactivated"])),
            changing(field, company, "lou", status=random.choice(["active", "deactivated"])),
            lambda: limit(field, company, random.choice([None, 3, 10_000])),
            lambda: field.ports.store.seats.recount(company.account_id),
        )
        assert set(statuses(replies[:6])) <= {200, 201, 409}, replies
        field.ledger().check()
    proof.record(
        "people come, go and change while seats are counted anew and the plan changes",
        count,
        "rounds of eight threads",
        "the count is that of the people after each",
    )


def test_nobody_is_let_in_beyond_a_limit_that_is_lowered_meanwhile(
    field: Field, proof: Proof
) -> None:
    count = trials(ROUNDS)
    kept_out = 0
    for _ in range(count):
        company = field.company()
        limit(field, company, 100)
        replies = field.meet(
            *(adding(field, company, number) for number in range(THREADS - 1)),
            partial(limit, field, company, 3),
        )
        added = [r.status for r in replies[:-1]].count(201)
        assert set(statuses(replies[:-1])) <= {201, 409}
        assert in_use(field, company) == 3 + added
        kept_out += THREADS - 1 - added
        assert adding(field, company, 99)().slug == "seats-taken"
    field.settled()
    proof.record(
        "the limit is lowered while seven threads add people",
        count,
        "rounds",
        f"who came before stays, {kept_out} who came after were refused",
    )


def forget_count(field: Field, company: Company) -> None:
    """Leave the account as those are that were made before seats were counted."""
    table: Any = field.ports.store._table  # type: ignore[attr-defined]  # past the store
    key = {"pk": {"S": company.account_id}, "sk": {"S": "SEATS"}}
    table.connection.client.delete_item(TableName=table.name, Key=key)
