"""Organizations are put below one another in several places at once."""

from itertools import pairwise

import pytest

from tests.proof.field import Field, statuses
from tests.support.proof import Proof
from tests.support.trials import trials

pytestmark = [pytest.mark.ministack, pytest.mark.race]

ROUNDS = 200
TOGETHER = 0.005
"""Seconds within which all begin: less than a change takes, so that each may read before any writes."""
NAMES = ("Alder", "Birch", "Cedar", "Dogwood")


def below_itself(parents: dict[str, str | None], one: str) -> bool:
    """Say whether somebody who climbs from an organization comes back to it."""
    above = parents[one]
    for _ in parents:
        if above is None or above == one:
            break
        above = parents[above]
    return above == one


@pytest.mark.parametrize("size", [2, 3, 4])
def test_no_organization_comes_to_stand_below_itself(field: Field, proof: Proof, size: int) -> None:
    count = trials(ROUNDS)
    company = field.company(organizations=NAMES)
    token, ids = field.token(company), [company.organizations[name] for name in NAMES[:size]]
    done = 0
    for _ in range(count):
        # Each below the next, and the last below the first: all together would be a ring.
        replies = field.meet(
            *[
                field.send("PATCH", f"/organizations/{one}", {"parent_id": above}, token=token)
                for one, above in pairwise([*ids, ids[0]])
            ]
            * 2,
            head_start=TOGETHER,
        )
        assert set(statuses(replies)) <= {200, 422}, replies
        parents = {
            one.organization_id: one.parent_id
            for one in field.ports.store.directory.organizations(company.account_id, ids).values()
        }
        assert not [one for one in ids if below_itself(parents, one)], parents
        done += sum(parent is not None for parent in parents.values())
        for one in ids:
            freed = field.world.api(
                "PATCH", f"/organizations/{one}", {"parent_id": None}, token=token
            )
            assert freed.status == 200
    assert done
    proof.record(
        f"{size} organizations are each put below the next, in a ring, twice each at once",
        count,
        "rounds",
        f"none ever stood below itself ({done} of {count * size} steps were taken)",
    )
