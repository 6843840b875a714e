"""Whatever DynamoDB does, the store answers what is true, or says that it cannot."""

import re
import time
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from botocore.exceptions import (
    ConnectTimeoutError,
    EndpointConnectionError,
    ReadTimeoutError,
)
from botocore.parsers import ResponseParserError

from gatehouse.domain.errors import NotAllowed, StoreUnavailable
from gatehouse.store.dynamo import DynamoStore
from gatehouse.store.engine import CONNECT_SECONDS, READ_SECONDS, Table
from gatehouse.usecases.asking import Question
from gatehouse.usecases.changes import LostRace, Save
from gatehouse.usecases.stored import LogQuery
from tests.store.faults import Calls, Fault, cancelled, raising, refused, table_of
from tests.support.people import (
    HOST,
    NOW,
    a_group,
    a_mailing,
    a_pair,
    a_user,
    an_account,
    an_activity,
    an_api_key,
    an_organization,
    numbered,
)

H = HOST.account_id
URL = "https://dynamodb.test"
FAULTS: Mapping[str, Fault] = {
    "throttled": raising(refused("ThrottlingException")),
    "throughput": raising(refused("ProvisionedThroughputExceededException")),
    "limit": raising(refused("RequestLimitExceeded")),
    "broken": raising(refused("InternalServerError")),
    "forbidden": raising(refused("AccessDeniedException")),
    "no table": raising(refused("ResourceNotFoundException")),
    "invalid": raising(refused("ValidationException")),
    "slow": raising(ReadTimeoutError(endpoint_url=URL)),
    "no connection": raising(ConnectTimeoutError(endpoint_url=URL)),
    "no endpoint": raising(EndpointConnectionError(endpoint_url=URL)),
    "garbage": raising(ResponseParserError("<html>")),
    "a proxy's page": lambda _: {"ResponseMetadata": {"HTTPStatusCode": 200}},
    "nothing": lambda _: {},
}
CALLS: Mapping[str, tuple[str, Callable[[DynamoStore], Any]]] = {
    "get": ("GetItem", lambda s: s.accounts.get(H)),
    "many": ("BatchGetItem", lambda s: s.accounts.many([H])),
    "list": ("Query", lambda s: s.users.page(H, None, 5)),
    "reach": ("Query", lambda s: s.directory.reach_page(H, a_pair(), None, 5)),
    "log": ("Query", lambda s: s.log.page(H, LogQuery(NOW, NOW), None, 5)),
    "due": ("Query", lambda s: list(s.due(NOW))),
    "snapshot": ("TransactGetItems", lambda s: s.snapshot(H, "key", [Question("", None)])),
    "standing": ("TransactGetItems", lambda s: s.standing(a_user().user_id, H)),
    "commit": ("TransactWriteItems", lambda s: s.commit(Save(a_group()))),
    "record one": ("PutItem", lambda s: s.log.record([an_activity()])),
    "record many": ("BatchWriteItem", lambda s: s.log.record([an_activity(1), an_activity(2)])),
    "record once": ("TransactWriteItems", lambda s: s.log.record_once(an_activity())),
    "touch": ("UpdateItem", lambda s: s.api_keys.touch(an_api_key(), an_api_key().current, NOW)),
    "attempt": ("UpdateItem", lambda s: s.accounts.attempt(H, "invite", NOW, 5)),
    "settle": ("UpdateItem", lambda s: s.mailings.settle(a_mailing())),
    "clear": ("Query", lambda s: s.sessions.clear(a_user().user_id, None)),
}
TRANSACTIONS = ("snapshot", "standing", "commit", "record once")


@pytest.fixture
def store(moto_only: DynamoStore) -> DynamoStore:
    moto_only.commit(Save(an_account()), Save(a_user(of=HOST)))
    return moto_only


@pytest.fixture
def calls(store: DynamoStore, monkeypatch: pytest.MonkeyPatch) -> Calls:
    return Calls(table_of(store), monkeypatch)


@pytest.fixture
def naps(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Return how long the store slept, which it does not."""
    slept: list[float] = []
    monkeypatch.setattr(time, "sleep", slept.append)
    return slept


@pytest.mark.parametrize("fault", FAULTS)
def test_what_goes_wrong_is_an_error_and_never_an_answer(
    store: DynamoStore, calls: Calls, fault: str
) -> None:
    for name, (operation, call) in CALLS.items():
        calls.fail(operation, FAULTS[fault], times=20)
        with pytest.raises(StoreUnavailable) as unable:
            call(store)
        assert unable.value.retry_after, name
        calls._faults.clear()


def test_an_error_of_ours_does_not_hide_what_did_not_answer(
    store: DynamoStore, calls: Calls
) -> None:
    calls.fail("GetItem", FAULTS["throttled"])
    with pytest.raises(StoreUnavailable) as unable:
        store.accounts.get(H)
    assert unable.value.__cause__ is not None
    assert "because" not in unable.value.detail


@pytest.mark.parametrize("name", TRANSACTIONS)
def test_a_conflict_is_tried_again_at_most_four_times_after_a_moment(
    store: DynamoStore, calls: Calls, naps: list[float], name: str
) -> None:
    operation, call = CALLS[name]
    calls.fail(operation, cancelled("None", "TransactionConflict"), 4)
    call(store)
    assert calls.count(operation) == 5
    assert all(0.005 <= nap <= 0.04 for nap in naps)
    assert len(set(naps)) == 4, "the pauses differ, so that writers do not meet again"


@pytest.mark.parametrize("name", TRANSACTIONS)
def test_a_conflict_that_stays_is_an_error(
    store: DynamoStore, calls: Calls, naps: list[float], name: str
) -> None:
    operation, call = CALLS[name]
    calls.fail(operation, cancelled("TransactionConflict", "None"), 99)
    with pytest.raises(StoreUnavailable, match="Too many others"):
        call(store)
    assert calls.count(operation) == 5


@pytest.mark.parametrize("code", ["TransactionConflictException", "TransactionInProgressException"])
def test_a_single_write_that_meets_a_transaction_is_tried_again(
    store: DynamoStore, calls: Calls, naps: list[float], code: str
) -> None:
    for name in ("commit", "touch", "record one"):
        operation, call = CALLS[name]
        calls.fail(operation, raising(refused(code)), 4)
        call(store)
        assert calls.count(operation) == 5, name


def test_each_try_of_a_transaction_carries_the_same_token(
    store: DynamoStore, calls: Calls, naps: list[float]
) -> None:
    calls.fail("TransactWriteItems", cancelled("TransactionConflict"), 2)
    store.commit(Save(a_group(1)))
    store.commit(Save(a_group(2)))
    first, *again, other = (request["ClientRequestToken"] for _, request in calls.asked)
    assert set(again) == {first}
    assert other != first


@pytest.mark.parametrize(
    "reason", ["ThrottlingError", "ProvisionedThroughputExceeded", "ValidationError"]
)
def test_a_transaction_cancelled_for_another_reason_is_an_error_and_no_refusal(
    store: DynamoStore, calls: Calls, reason: str
) -> None:
    for name in TRANSACTIONS:
        operation, call = CALLS[name]
        calls.fail(operation, cancelled("None", reason))
        with pytest.raises(StoreUnavailable):
            call(store)


def test_a_failed_condition_beside_a_conflict_is_a_refusal(
    store: DynamoStore, calls: Calls
) -> None:
    calls.fail("TransactWriteItems", cancelled("TransactionConflict", "ConditionalCheckFailed"))
    mine = NotAllowed("Mine.")
    with pytest.raises(NotAllowed) as refusal:
        store.commit(Save(a_group(1), otherwise=NotAllowed("…")), Save(a_group(2), otherwise=mine))
    assert refusal.value is mine
    calls.fail("TransactWriteItems", cancelled("ConditionalCheckFailed", "TransactionConflict"))
    with pytest.raises(LostRace):
        store.commit(Save(a_group(1)), Save(a_group(2), otherwise=mine))


def test_keys_that_were_not_read_are_read_again(
    store: DynamoStore, calls: Calls, naps: list[float]
) -> None:
    groups = [a_group(number) for number in range(1, 9)]
    for group in groups:
        store.commit(Save(group))

    def half(request: Mapping[str, Any]) -> Any:
        ((name, asked),) = request["RequestItems"].items()
        keys = asked["Keys"]
        left = {name: {"Keys": keys[1:], "ConsistentRead": True}}
        found = table_of(store).connection.client.get_item(TableName=name, Key=keys[0])
        return {
            "Responses": {name: [found["Item"]]},
            "UnprocessedKeys": left,
            "ResponseMetadata": {"RequestId": "r"},
        }

    calls.fail("BatchGetItem", half, 4)
    ids = [group.group_id for group in groups]
    assert store.directory.groups(H, ids) == {group.group_id: group for group in groups}
    asked = [request for operation, request in calls.asked if operation == "BatchGetItem"]
    assert len(asked) == 5
    assert all(
        one["ConsistentRead"] for request in asked for one in request["RequestItems"].values()
    )
    assert naps == sorted(naps)


def test_entries_that_were_not_written_are_written_again(
    store: DynamoStore, calls: Calls, naps: list[float]
) -> None:
    entries = [an_activity(number) for number in range(1, 8)]
    calls.fail(
        "BatchWriteItem",
        lambda request: {
            "UnprocessedItems": request["RequestItems"],
            "ResponseMetadata": {"RequestId": "r"},
        },
        3,
    )
    store.log.record(entries)
    page = store.log.page(H, LogQuery(NOW, NOW), None, 50)
    assert sorted(one.activity_id for one in page.items) == [
        numbered("act", number) for number in range(1, 8)
    ]
    assert len(naps) == 3


@pytest.mark.parametrize("name", ["many", "record many"])
def test_what_is_never_taken_is_an_error_within_a_few_seconds(
    store: DynamoStore, calls: Calls, naps: list[float], name: str
) -> None:
    operation, call = CALLS[name]
    key = "UnprocessedKeys" if operation == "BatchGetItem" else "UnprocessedItems"
    calls.fail(
        operation,
        lambda request: {
            "Responses": {},
            key: request["RequestItems"],
            "ResponseMetadata": {"RequestId": "r"},
        },
        99,
    )
    with pytest.raises(StoreUnavailable):
        call(store)
    assert 0 < sum(naps) < 5


def test_time_limits_are_short(store: DynamoStore) -> None:
    config = table_of(store).connection.client.meta.config
    assert (config.connect_timeout, config.read_timeout) == (CONNECT_SECONDS, READ_SECONDS)
    assert (CONNECT_SECONDS, READ_SECONDS) == (1, 3)


def test_a_call_says_who_makes_it(store: DynamoStore) -> None:
    sent: list[str] = []
    client = store._table.connection.client
    client.meta.events.register(
        "before-send.dynamodb.GetItem",
        lambda request, **_: sent.append(request.headers["User-Agent"].decode()),
    )
    store.accounts.get(H)
    # Powertools adds its own name to sessions made after it was loaded.
    assert re.fullmatch(r"gatehouse Botocore/[0-9.]+( PT/\S+ PTEnv/\S+)?", sent[0]), sent


def test_one_client_serves_everything(store: DynamoStore, calls: Calls) -> None:
    first = table_of(store).connection.client
    store.users.page(H, None, 5)
    store.commit(Save(an_organization()))
    assert table_of(store).connection.client is first
    assert isinstance(table_of(store), Table)


def test_every_read_but_that_of_what_is_due_is_strongly_consistent(
    store: DynamoStore, calls: Calls
) -> None:
    for name, (operation, call) in CALLS.items():
        calls.asked.clear()
        call(store)
        for _, request in calls.asked:
            if operation in {"GetItem", "Query"}:
                assert request.get("ConsistentRead", False) is (name != "due"), name
            if operation == "BatchGetItem":
                for one in request["RequestItems"].values():
                    assert one["ConsistentRead"] is True
