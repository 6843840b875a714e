"""When each secret of a key was used, and when the sweep looks at the key."""

from dataclasses import replace
from datetime import timedelta

import pytest

from gatehouse.store.dynamo import DynamoStore
from gatehouse.store.engine import Table
from gatehouse.usecases.changes import LostRace, Remove, Revisit, Save
from gatehouse.usecases.stored import Due
from tests.support.people import HOST, NOW, an_account, an_api_key

H = HOST.account_id
KEY = an_api_key()


@pytest.fixture
def full(store: DynamoStore) -> DynamoStore:
    """Return a store with an account and its key."""
    store.commit(Save(an_account()), Save(KEY))
    return store


def test_each_secret_has_its_own_last_use(full: DynamoStore) -> None:
    rotated = KEY.rotated("1" * 64, NOW, timedelta(hours=24))
    full.commit(Save(rotated, KEY))
    assert rotated.older is not None
    full.api_keys.touch(rotated, rotated.older, NOW)
    full.api_keys.touch(rotated, rotated.current, NOW + timedelta(minutes=1))
    (found,) = full.api_keys.page(H, None, 5).items
    assert found.uses == {1: NOW, 2: NOW + timedelta(minutes=1)}
    assert replace(found, uses={}) == rotated


def test_a_key_that_was_used_since_it_was_read_is_neither_revoked_nor_put_off(
    full: DynamoStore,
) -> None:
    rotated = KEY.rotated("1" * 64, NOW, timedelta(hours=24))
    full.commit(Save(rotated, KEY))
    for secret in rotated.secrets_at(NOW):
        read = full.api_keys.get(H, KEY.api_key_id)
        assert read is not None
        full.api_keys.touch(rotated, secret, NOW)
        for change in (Remove(read, unused=True), Revisit(read, NOW, NOW)):
            with pytest.raises(LostRace):
                full.commit(change)
    used = full.api_keys.get(H, KEY.api_key_id)
    assert used is not None
    assert used.noticed_at is None
    full.commit(Remove(used, unused=True))
    assert full.api_keys.get(H, KEY.api_key_id) is None


def test_a_key_is_due_from_its_making_and_stays_so_however_it_is_used(full: DynamoStore) -> None:
    eighty_days = NOW + timedelta(days=80)
    full.api_keys.touch(KEY, KEY.current, NOW + timedelta(days=30))
    full.commit(Save(replace(KEY, name="Changed", version=2), KEY))
    assert list(full.due(eighty_days - timedelta(seconds=1))) == []
    assert list(full.due(eighty_days)) == [Due("api_key", H, KEY.api_key_id)]


def test_a_key_that_nobody_watches_is_watched_from_its_next_use_on(
    full: DynamoStore, table: Table
) -> None:
    """As keys are that were made before keys were watched, or stand in a restored table."""
    full.api_keys.forget(H, KEY.api_key_id)
    later = NOW + timedelta(days=200)
    assert list(full.due(later)) == []
    full.api_keys.touch(KEY, KEY.current, NOW)
    assert list(full.due(later)) == [Due("api_key", H, KEY.api_key_id)]
