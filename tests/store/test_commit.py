"""A transaction is made whole or not at all, and its refusal says whose condition failed."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from gatehouse.domain.activity import Category
from gatehouse.domain.errors import (
    EmailTaken,
    GatehouseError,
    LastAdministrator,
    NotAllowed,
    NotFound,
    Refused,
)
from gatehouse.domain.roles import Role
from gatehouse.domain.user import Status
from gatehouse.store.dynamo import DynamoStore
from gatehouse.store.engine import Table
from gatehouse.usecases.changes import (
    Change,
    Claim,
    Dismiss,
    Enrol,
    ListMember,
    LostRace,
    Reach,
    Receipt,
    Record,
    Release,
    Remove,
    Replayed,
    RequireAdministrator,
    RequireGroup,
    RequireRemovals,
    Save,
    UnlistMember,
    Unreach,
)
from tests.store.conftest import MOST
from tests.store.raw import items
from tests.support.people import (
    HOST,
    NOW,
    a_group,
    a_user,
    an_account,
    an_activity,
    an_organization,
    numbered,
)

H = HOST.account_id
BOSS = a_user(1, HOST, role=Role.ADMINISTRATOR)
GROUP, ORGANIZATION = numbered("grp", 1), numbered("org", 1)


def refusal(name: str) -> GatehouseError:
    return NotAllowed(name)


def a_receipt(body: str = "{}", **more: Any) -> Receipt:
    known = {"fingerprint": "f", "status": 201, "now": NOW, "expires_at": NOW + timedelta(hours=24)}
    return Receipt(H, "r" * 64, body=body, **{**known, **more})


FAILING: Mapping[str, Change] = {
    "put": Save(a_group(5), otherwise=refusal("put")),
    "claim": Claim("email", "taken@acme.test", "usr_x", refusal("claim")),
    "update": Save(an_organization(9, version=2), an_organization(9), otherwise=refusal("update")),
    "delete": Remove(a_user(9, HOST), otherwise=refusal("delete")),
    "check": RequireGroup(H, numbered("grp", 9), refusal("check")),
    "person": RequireAdministrator(a_user(8, HOST), refusal("person")),
    "reach": Reach(H, GROUP, numbered("org", 8), refusal("reach")),
}
"""Changes of every kind that do not hold in the world of :func:`prepared`."""


@pytest.fixture
def prepared(store: DynamoStore) -> DynamoStore:
    store.commit(Save(an_account()))
    store.commit(Save(a_group(1)), Save(a_group(5)), Claim("email", "taken@acme.test", "usr_1"))
    return store


def test_the_refusal_is_that_of_the_change_that_failed_wherever_it_stands(
    prepared: DynamoStore, table: Table
) -> None:
    """pynamodb's own transactions reorder their items, and then the wrong one is blamed."""
    before = items(table)
    holding: list[Change] = [
        Save(a_user(2, HOST), otherwise=refusal("another")),
        RequireGroup(H, GROUP, refusal("another")),
        Save(an_organization(2), otherwise=refusal("another")),
        Record(an_activity(category=Category.DIRECTORY, action="group.created")),
        ListMember(a_user(2, HOST), GROUP),
    ]
    for name, failing in FAILING.items():
        for place in (0, 2, len(holding)):
            with pytest.raises(NotAllowed) as refused:
                prepared.commit(*holding[:place], failing, *holding[place:])
            assert refused.value.detail == name
    assert items(table) == before


def test_of_several_that_failed_the_first_given_is_the_refusal(prepared: DynamoStore) -> None:
    names = list(FAILING)
    for order in (names, names[::-1]):
        with pytest.raises(NotAllowed) as refused:
            prepared.commit(*(FAILING[name] for name in order))
        assert refused.value.detail == order[0]


def test_a_change_without_a_refusal_that_failed_means_a_lost_race(prepared: DynamoStore) -> None:
    """What the refusal was decided on is old too: it is read and decided again."""
    with pytest.raises(LostRace):
        prepared.commit(FAILING["put"], Save(a_group(1)))
    with pytest.raises(LostRace):
        prepared.commit(FAILING["put"], RequireRemovals(H, 7))


def test_a_receipt_that_is_there_outranks_everything(prepared: DynamoStore) -> None:
    prepared.commit(a_receipt())
    with pytest.raises(Replayed):
        prepared.commit(FAILING["put"], Save(a_group(1)), a_receipt())


def test_nothing_to_change_is_no_transaction(store: DynamoStore, table: Table) -> None:
    store.commit()
    store.commit(None, None)
    assert items(table) == {}


def test_nones_are_left_out(store: DynamoStore) -> None:
    store.commit(None, Save(an_account()), None)
    assert store.accounts.get(H) == an_account()


def test_a_name_is_one_owners_until_its_owner_gives_it_back(store: DynamoStore) -> None:
    store.commit(Claim("email", "a@acme.test", "usr_1"))
    assert store.accounts.owner("email", "a@acme.test") == "usr_1"
    taken = EmailTaken("Taken.")
    with pytest.raises(EmailTaken):
        store.commit(Claim("email", "a@acme.test", "usr_1", taken))
    with pytest.raises(LostRace):
        store.commit(Release("email", "a@acme.test", "usr_2"))
    store.commit(Release("email", "a@acme.test", "usr_1"))
    with pytest.raises(LostRace):
        store.commit(Release("email", "a@acme.test", "usr_1"))
    store.commit(Claim("email", "a@acme.test", "usr_2", taken))
    assert store.accounts.owner("email", "a@acme.test") == "usr_2"
    assert store.accounts.owner("identity", "a@acme.test") is None


def test_the_last_administrator_is_never_dismissed(store: DynamoStore) -> None:
    bosses = [a_user(number, HOST, role=Role.ADMINISTRATOR) for number in (1, 2)]
    stays = LastAdministrator("Stays.")
    for boss in bosses:
        store.commit(Save(boss), Enrol(boss))
    store.commit(Dismiss(bosses[0], stays))
    with pytest.raises(LastAdministrator):
        store.commit(Dismiss(bosses[0], stays))
    with pytest.raises(LastAdministrator):
        store.commit(Dismiss(bosses[1], stays))
    assert store.users.administrators(H) == [bosses[1]]


def test_nobody_is_dismissed_from_an_account_that_is_not_there(
    store: DynamoStore, table: Table
) -> None:
    with pytest.raises(LostRace):
        store.commit(Dismiss(BOSS))
    assert items(table) == {}


@pytest.mark.parametrize(
    "user",
    [replace(BOSS, role=Role.MANAGER), replace(BOSS, status=Status.DEACTIVATED)],
    ids=["demoted", "deactivated"],
)
def test_a_write_needs_an_administrator_at_that_very_moment(store: DynamoStore, user: Any) -> None:
    store.commit(Save(BOSS))
    store.commit(RequireAdministrator(BOSS), Save(a_group(1)))
    store.commit(Save(replace(user, version=2), BOSS))
    with pytest.raises(NotAllowed, match="no longer an active Administrator"):
        store.commit(RequireAdministrator(BOSS), Save(a_group(2)))
    assert store.directory.group(H, numbered("grp", 2)) is None


def test_the_fence_holds_while_nothing_was_removed(store: DynamoStore) -> None:
    for count in range(3):
        store.commit(Save(a_group(count)), RequireRemovals(H, count))
        with pytest.raises(LostRace):
            store.commit(Save(a_group(9)), RequireRemovals(H, count + 1))
        store.commit(Remove(a_group(count)))
        assert store.accounts.removals(H) == count + 1


def test_a_removal_that_has_not_seen_a_naming_looks_again(store: DynamoStore) -> None:
    store.commit(Save(a_group(1)))
    seen = store.accounts.namings(H)
    store.commit(Save(a_user(1, HOST)), RequireRemovals(H, 0, names=True))
    with pytest.raises(LostRace):
        store.commit(Remove(a_group(1), namings=seen))
    store.commit(Remove(a_group(1), namings=store.accounts.namings(H)))


def test_several_counts_of_one_account_go_into_one_transaction(store: DynamoStore) -> None:
    store.commit(Save(an_organization(1)), Save(an_organization(2)), RequireRemovals(H, 0))
    store.commit(Remove(an_organization(1)), Save(an_organization(3)), RequireRemovals(H, 0))
    assert store.accounts.removals(H) == 1
    everything = a_user(1, HOST, all_organizations=True)
    assert store.directory.reach_count(H, everything) == 2


def test_a_group_reaches_an_organization_from_both_sides_or_from_none(
    store: DynamoStore, table: Table
) -> None:
    store.commit(Save(a_group(1)), Save(an_organization(1)))
    store.commit(Reach(H, GROUP, ORGANIZATION))
    found = store.directory.organization(H, ORGANIZATION)
    assert found == an_organization(1, groups=frozenset({GROUP}))
    assert store.directory.group_organizations_page(H, GROUP, None, 9).items == (found,)
    assert store.directory.reaches_anything(H, [numbered("grp", 2), GROUP])
    store.commit(Unreach(H, GROUP, ORGANIZATION))
    assert store.directory.organization(H, ORGANIZATION) == an_organization(1)
    assert not store.directory.reaches_anything(H, [GROUP])
    before = items(table)
    for change in (Reach(H, GROUP, numbered("org", 9)), Unreach(H, GROUP, numbered("org", 9))):
        with pytest.raises(LostRace):
            store.commit(change)
    assert items(table) == before


def test_an_organization_at_its_limit_of_groups_is_a_clear_refusal(store: DynamoStore) -> None:
    store.commit(Save(an_organization(1)))
    full = Refused("Full.")
    for number in range(MOST):
        store.commit(Reach(H, numbered("grp", number), ORGANIZATION, full))
    with pytest.raises(Refused):
        store.commit(Reach(H, numbered("grp", 99), ORGANIZATION, full))
    found = store.directory.organization(H, ORGANIZATION)
    assert found is not None
    assert len(found.groups) == MOST


def test_members_are_listed_and_no_longer(store: DynamoStore) -> None:
    user = a_user(1, HOST, group_ids=frozenset({GROUP}))
    store.commit(Save(user), ListMember(user, GROUP))
    store.commit(ListMember(user, GROUP))
    assert store.directory.members_page(H, GROUP, None, 9).items == (user,)
    store.commit(UnlistMember(user, GROUP))
    store.commit(UnlistMember(user, GROUP))
    assert store.directory.members_page(H, GROUP, None, 9).items == ()


def test_an_answer_is_kept_for_its_time_and_then_its_place_is_free(store: DynamoStore) -> None:
    receipt = a_receipt('{"a":"é"}')
    store.commit(Save(a_group(1)), receipt)
    assert store.receipt(H, receipt.receipt_id, NOW) == receipt
    over = receipt.expires_at
    just = over - timedelta(milliseconds=1)
    assert store.receipt(H, receipt.receipt_id, just) == replace(receipt, now=just)
    assert store.receipt(H, receipt.receipt_id, over) is None
    with pytest.raises(Replayed):
        store.commit(replace(receipt, now=just))
    again = replace(receipt, now=over, expires_at=over + timedelta(hours=24), body="{}")
    store.commit(again)
    assert store.receipt(H, receipt.receipt_id, over) == again


def test_a_kept_answer_is_replaced_by_the_one_that_was_given(store: DynamoStore) -> None:
    store.commit(a_receipt("{}"))
    store.amend(a_receipt('{"sent":1}'))
    assert store.receipt(H, "r" * 64, NOW) == a_receipt('{"sent":1}')


def test_a_refusal_of_somebody_elses_thing_says_nothing_about_it(store: DynamoStore) -> None:
    unknown = NotFound("Your account has no such group.")
    with pytest.raises(NotFound) as refused:
        store.commit(RequireGroup("acc_zzzzzzzzzzzzzzzz", GROUP, unknown))
    assert refused.value is unknown
