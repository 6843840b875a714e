"""What a decision reads, and keys, attempts and who somebody is there."""

from datetime import datetime, timedelta

import pytest

from gatehouse.domain.connection import State
from gatehouse.store import table as t
from gatehouse.store.dynamo import DynamoStore
from gatehouse.store.engine import Table
from gatehouse.usecases.asking import Question
from gatehouse.usecases.changes import Remove, Save
from tests.store.faults import Calls, table_of
from tests.store.raw import items
from tests.support.people import (
    ELSE,
    GUEST,
    HOST,
    NOW,
    a_pair,
    a_rule,
    a_user,
    an_account,
    an_api_key,
    an_organization,
    numbered,
    user_id,
)

H, G = HOST.account_id, GUEST.account_id
KEY = an_api_key()
OWN, SAM = a_user(1, HOST), a_user(1, GUEST)
ORGANIZATION = an_organization(groups=frozenset({numbered("grp", 1)}))


@pytest.fixture
def full(store: DynamoStore) -> DynamoStore:
    """Return a store with an account, its key, a user at home and one of a guest."""
    store.commit(Save(an_account()), Save(KEY), Save(OWN), Save(SAM))
    store.commit(Save(a_pair()), Save(ORGANIZATION))
    return store


def test_a_snapshot_has_credentials_and_the_facts_of_each_question(full: DynamoStore) -> None:
    org = ORGANIZATION.organization_id
    questions = [
        Question(SAM.user_id, org),
        Question(OWN.user_id, org),
        Question(SAM.user_id, numbered("org", 9)),
        Question(user_id(9, GUEST), None),
        Question(user_id(1, ELSE), org),
        Question("nobody", org),
        Question("", None),
    ]
    snapshot = full.snapshot(H, KEY.api_key_id, questions)
    assert (snapshot.key, snapshot.account) == (KEY, an_account())
    assert [
        (facts.own, facts.user, facts.pair, facts.organization) for facts in snapshot.facts
    ] == [
        (False, SAM, a_pair(), ORGANIZATION),
        (True, OWN, None, ORGANIZATION),
        (False, SAM, a_pair(), None),
        (False, None, a_pair(), None),
        (False, None, None, ORGANIZATION),
        (False, None, None, ORGANIZATION),
        (False, None, None, None),
    ]


def test_a_snapshot_is_one_transaction_of_at_most_six_items(
    full: DynamoStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls = Calls(table_of(full), monkeypatch)
    full.snapshot(H, KEY.api_key_id, [Question(SAM.user_id, ORGANIZATION.organization_id)])
    ((operation, request),) = calls.asked
    assert operation == "TransactGetItems"
    assert len(request["TransactItems"]) == 6
    full.snapshot(H, KEY.api_key_id, [Question(OWN.user_id, ORGANIZATION.organization_id)])
    assert len(calls.asked[1][1]["TransactItems"]) == 4


def test_a_snapshot_has_the_hosts_rule_for_the_person_and_nobody_elses(full: DynamoStore) -> None:
    of_sam, of_other = a_rule(1), a_rule(2, denied=True)
    full.commit(Save(of_sam), Save(of_other))
    questions = [Question(one, None) for one in (SAM.user_id, OWN.user_id, user_id(3))]
    facts = full.snapshot(H, KEY.api_key_id, questions).facts
    assert [one.stored_rule for one in facts] == [of_sam, None, None]
    assert full.standing(SAM.user_id, H).stored_rule == of_sam
    assert full.standing(SAM.user_id, ELSE.account_id).stored_rule is None


def test_many_questions_about_the_same_things_read_them_once(
    full: DynamoStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls = Calls(table_of(full), monkeypatch)
    question = Question(SAM.user_id, ORGANIZATION.organization_id)
    snapshot = full.snapshot(H, KEY.api_key_id, [question] * 100)
    assert len(snapshot.facts) == 100
    ((_, request),) = calls.asked
    assert len(request["TransactItems"]) == 6


def test_an_unknown_key_or_account_is_nothing(full: DynamoStore) -> None:
    for account_id, key in ((H, "key_zzzzzzzzzzzz"), (G, KEY.api_key_id), ("", "")):
        if account_id:
            assert full.snapshot(account_id, key, []).key is None
    assert full.snapshot(ELSE.account_id, KEY.api_key_id, []).account is None


def test_a_revoked_key_is_gone_at_the_next_snapshot(full: DynamoStore) -> None:
    full.commit(Remove(KEY))
    assert full.snapshot(H, KEY.api_key_id, []).key is None


def test_standing_is_the_user_and_what_their_account_has_with_the_host(full: DynamoStore) -> None:
    there = full.standing(SAM.user_id, H)
    assert (there.own, there.user, there.pair) == (False, SAM, a_pair())
    home = full.standing(OWN.user_id, H)
    assert (home.own, home.user, home.pair) == (True, OWN, None)
    assert full.standing(OWN.user_id, G).pair is None
    assert full.standing(user_id(9), H).user is None
    assert full.standing(SAM.user_id, "not an account").pair is None


def test_a_pair_of_the_other_direction_lets_nobody_in(full: DynamoStore) -> None:
    assert full.standing(OWN.user_id, G).pair is None
    full.commit(Save(a_pair(host_account_id=G, guest_account_id=H, state=State.REVOKED)))
    found = full.standing(OWN.user_id, G).pair
    assert found is not None
    assert found.state is State.REVOKED
    assert full.standing(SAM.user_id, H).pair == a_pair()


def used(store: DynamoStore) -> datetime | None:
    key = store.api_keys.get(H, KEY.api_key_id)
    assert key is not None
    return key.last_used_at


def test_when_a_key_was_last_used_is_noted_at_most_hourly(full: DynamoStore, table: Table) -> None:
    assert used(full) is None
    full.api_keys.touch(KEY, KEY.current, NOW)
    assert used(full) == NOW
    for store in (full, DynamoStore(table)):
        store.api_keys.touch(KEY, KEY.current, NOW + timedelta(minutes=59))
        assert used(full) == NOW
    later = NOW + timedelta(minutes=61)
    full.api_keys.touch(KEY, KEY.current, later)
    assert used(full) == later
    (listed,) = full.api_keys.page(H, None, 5).items
    assert listed.last_used_at == later


def test_noting_the_use_of_a_key_writes_nothing_that_a_decision_reads(
    full: DynamoStore, table: Table
) -> None:
    use = t.api_key_use_key(H, KEY.api_key_id)
    before = {key: item for key, item in items(table).items() if key != use}
    full.api_keys.touch(KEY, KEY.current, NOW)
    assert {key: item for key, item in items(table).items() if key != use} == before


def test_a_process_remembers_what_it_noted(
    full: DynamoStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls = Calls(table_of(full), monkeypatch)
    for seconds in range(5):
        full.api_keys.touch(KEY, KEY.current, NOW + timedelta(seconds=seconds))
    assert calls.count("UpdateItem") == 1


def test_removing_a_key_removes_its_use(full: DynamoStore, table: Table) -> None:
    full.api_keys.touch(KEY, KEY.current, NOW)
    full.commit(Remove(KEY))
    assert not [key for key in items(table) if "API_KEY" in key[0]]


def test_attempts_are_counted_by_account_name_and_hour(store: DynamoStore) -> None:
    half_past = NOW + timedelta(minutes=30)
    for _ in range(3):
        assert store.accounts.attempt(H, "invite", half_past, 3) is None
    assert store.accounts.attempt(H, "invite", half_past, 3) == 1800
    assert store.accounts.attempt(H, "invite", NOW + timedelta(minutes=59, seconds=59.9), 3) == 1
    assert store.accounts.attempt(G, "invite", half_past, 3) is None
    assert store.accounts.attempt(H, "another", half_past, 3) is None
    assert store.accounts.attempt(H, "invite", NOW + timedelta(hours=1), 3) is None


def test_attempts_are_forgotten_some_time_after(store: DynamoStore, table: Table) -> None:
    store.accounts.attempt(H, "invite", NOW, 3)
    (item,) = items(table).values()
    assert NOW + timedelta(hours=1) <= datetime.fromtimestamp(int(item["ttl"]["N"]), NOW.tzinfo)
