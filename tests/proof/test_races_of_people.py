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


def test_a_group_is_deleted_while_people_come_into_it(field: Field, proof: Proof) -> None:
    count = trials(ROUNDS)
    company = field.company(organizations=["Alder"])
    token, alder = field.token(company), company.organizations["Alder"]
    omar, sam = company.users["omar"], company.users["sam"]
    came_in = 0
    for index in range(count):
        made = field.world.api("POST", "/groups", {"name": f"Group {index}"}, token=token)
        group = made.json["group_id"]
        reach = field.world.api("PUT", f"/groups/{group}/organizations/{alder}", token=token)
        assert reach.status == 204
        new = {"email": f"new{index}@company.test", "name": "New", "role": "editor"}
        ways = [
            ("PUT", f"/groups/{group}/members/{sam}", None),
            ("PATCH", f"/users/{omar}", {"group_ids": [group]}),
            ("POST", "/users", {**new, "group_ids": [group]}),
            ("DELETE", f"/groups/{group}", None),
        ]
        replies = field.meet(*[field.send(*way, token=token) for way in ways] * 2)
        assert set(statuses(replies)) <= {200, 201, 204, 404, 409, 422}, replies
        assert 204 in statuses(replies[3::4]), replies
        # Whoever came in before the deletion lost the group with it, at the latest when it is done.
        page = field.ports.store.users.page(company.account_id, None, 1_000)
        assert not [one.name for one in page.items if group in one.group_ids]
        came_in += sum(r.status < 300 for r in replies[0::4] + replies[1::4] + replies[2::4])
    ledger = field.settled()
    assert not ledger.of("MEMBER")
    proof.record(
        "two threads delete a group that six others put people into",
        count,
        "rounds",
        f"nobody has it afterwards ({came_in} of {6 * count} came in first and lost it again)",
    )
