"""People are changed and made in two places at once."""

import pytest

from tests.proof.field import THREADS, Field, statuses
from tests.support.proof import Proof
from tests.support.trials import trials

pytestmark = [pytest.mark.ministack, pytest.mark.race]

ROUNDS = 200
HALF = THREADS // 2


@pytest.mark.parametrize("how", ["demote", "deactivate", "delete"])
def test_the_last_two_administrators_let_each_other_go(
    field: Field, proof: Proof, how: str
) -> None:
    count = trials(ROUNDS)
    left = {"nora": 0, "omar": 0}
    for _ in range(count):
        company = field.company()
        body = {"demote": {"role": "manager"}, "deactivate": {"status": "deactivated"}}.get(how)
        method = "PATCH" if body else "DELETE"
        # Each is let go by the other and by themselves.
        replies = field.meet(
            *[
                field.send(
                    method,
                    f"/users/{company.users[whom]}",
                    body,
                    token=field.token(company, who),
                    headers={"if-match": "1"},
                )
                for whom in ("nora", "omar")
                for who in ("nora", "omar")
            ]
            * (THREADS // 4)
        )
        assert [r.status // 100 for r in replies].count(2) == 1, replies
        assert set(statuses(replies)) <= {200, 204, 401, 403, 404, 409, 412}, replies
        remaining = field.ports.store.users.administrators(company.account_id)
        assert len(remaining) == 1
        left[remaining[0].name.lower()] += 1
    field.settled()
    proof.record(
        f"the last two Administrators {how} each other and themselves",
        count,
        "rounds of eight threads",
        f"one of them stays in each (Nora {left['nora']}, Omar {left['omar']})",
    )


def test_one_address_is_added_in_two_accounts(field: Field, proof: Proof) -> None:
    count = trials(ROUNDS)
    one, two = field.company(), field.company()
    won = 0
    for index in range(count):
        person = {"email": f"new{index}@both.test", "name": "New", "role": "editor"}
        add = [
            field.send("POST", "/users", person, token=field.token(company))
            for company in (one, two)
        ]
        replies = field.meet(*add * HALF)
        assert statuses(replies) == [201] + [409] * (THREADS - 1), replies
        assert {r.slug for r in replies if r.status == 409} == {"email-taken"}
        won += replies[0].status == 201 or 201 in statuses(replies[::2])
    ledger = field.settled()
    assert len(ledger.of("USER")) == 6 + count
    proof.record(
        "two accounts add the same address, four threads each",
        count,
        "rounds",
        f"one user in each (first account {won}, second {count - won})",
    )
