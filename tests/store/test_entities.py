"""What is saved is read back as it was, and nothing is overwritten unseen."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from gatehouse.domain.api_key import ApiScope
from gatehouse.domain.blocking import Blocked
from gatehouse.domain.brand import Brand, Logo
from gatehouse.domain.connection import Connection, EndReason, Person, State
from gatehouse.domain.decision import Pair
from gatehouse.domain.errors import NotAllowed, Refused
from gatehouse.domain.policy import Policy
from gatehouse.domain.roles import Role
from gatehouse.domain.rule import Rule
from gatehouse.domain.user import Status, User
from gatehouse.store.dynamo import DynamoStore
from gatehouse.store.engine import Table
from gatehouse.usecases.changes import KeepOut, LetIn, LostRace, Remove, RequireWelcome, Save
from tests.store.raw import items
from tests.support.people import (
    GUEST,
    HOST,
    NOW,
    a_connection,
    a_group,
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
LATER = NOW + timedelta(days=1, milliseconds=5)
SOME = frozenset({numbered("grp", 1), numbered("grp", 2)})

BARE: list[Any] = [
    an_account(),
    a_user(of=HOST),
    a_group(),
    an_organization(),
    a_connection(),
    a_pair(accepted_at=None),
    a_rule(denied=True),
    an_api_key(),
]
FULL: list[Any] = [
    an_account(
        name="Bücher & Söhne 😀",
        invitation_expires_in_days=30,
        policy=Policy(denied_resource_types={"password": SOME}),
        brand=Brand("#0b5cad", "c0ffee"),
        version=9,
    ),
    Logo(H, "c0ffee", bytes(range(256))),
    a_user(
        of=HOST,
        role=Role.LITE,
        status=Status.DEACTIVATED,
        group_ids=SOME,
        grant_id="usr.1",
        all_organizations=True,
        identity="https://issuer.test sub",
        version=3,
    ),
    a_group(description="Line one\nline two", version=2),
    an_organization(parent_id=numbered("org", 7), groups=SOME, grants=frozenset({"a", "b"})),
    a_connection(
        state=State.REVOKED,
        group_ids=SOME,
        grant_id="con.1",
        all_organizations=False,
        message="Welcome\naboard",
        accepted_by=Person(user_id(1), "Nora"),
        accepted_at=LATER,
        ended_at=LATER,
        end_reason=EndReason.LEFT_BY_GUEST,
        resent_at=(NOW, LATER),
        rules=2,
        version=7,
    ),
    a_pair(group_ids=SOME, grant_id="con.1", all_organizations=False, invited_at=(NOW, LATER)),
    a_rule(group_ids=SOME, grant_id="usr.1", all_organizations=False, version=4),
    an_api_key(scopes=frozenset(ApiScope), version=2),
]


def stored(store: DynamoStore, entity: Any) -> Any:
    """Read an entity again, by the port that reads one of its kind."""
    read = {
        "Account": lambda: store.accounts.get(H),
        "User": lambda: store.users.get(entity.user_id),
        "Group": lambda: store.directory.group(H, entity.group_id),
        "Organization": lambda: store.directory.organization(H, entity.organization_id),
        "Connection": lambda: store.connections.get(H, entity.connection_id),
        "Pair": lambda: store.connections.pair(H, G),
        "Rule": lambda: store.connections.rule(H, entity.user_id),
        "Logo": lambda: store.accounts.logo(H, entity.logo_id),
        "ApiKey": lambda: store.api_keys.get(H, entity.api_key_id),
    }
    return read[type(entity).__name__]()


@pytest.mark.parametrize("entities", [BARE, FULL], ids=["bare", "full"])
def test_an_entity_is_read_back_as_it_was_saved(store: DynamoStore, entities: list[Any]) -> None:
    for entity in entities:
        assert stored(store, entity) is None
        store.commit(Save(entity))
        assert stored(store, entity) == entity


def test_nothing_is_there_before_it_is_saved(store: DynamoStore) -> None:
    assert store.accounts.owner("subdomain", "acme") is None
    assert store.accounts.removals(H) == 0
    assert store.accounts.many([H, G]) == {}
    assert store.users.administrators(H) == []
    assert store.users.many([user_id(1)]) == {}
    assert store.directory.groups(H, SOME) == {}
    assert store.directory.organizations(H, []) == {}
    assert store.grants.many([(H, "g")]) == {}
    assert store.directory.reach_count(H, a_pair()) == 0
    assert store.connections.incoming(G, numbered("con", 1)) is None
    assert store.connections.pairs(H) == store.connections.facing([(H, G)]) == []
    assert store.mailings.get(H, numbered("con", 1), numbered("mlg", 1)) is None
    assert store.mailings.link("0" * 64) is None
    assert store.sessions.get("0" * 64) is None
    assert store.receipt(H, "0" * 64, NOW) is None
    assert list(store.due(NOW)) == []


def test_an_id_that_nothing_could_have_is_simply_not_there(store: DynamoStore) -> None:
    for wrong in ("", "usr_", "x" * 5_000, numbered("usr", 1), "😀" * 300):
        assert store.users.get(wrong) is None
        assert store.users.many([wrong]) == {}
        assert store.directory.group(H, wrong) is None
        assert store.directory.organization(H, wrong) is None
        assert store.connections.get(H, wrong) is store.connections.incoming(G, wrong) is None


def test_nothing_new_replaces_what_is_there(store: DynamoStore) -> None:
    for entity in BARE:
        store.commit(Save(entity))
        changed = (
            {"version": 2} if isinstance(entity, Pair | Connection | Rule) else {"name": "mine"}
        )
        with pytest.raises(LostRace):
            store.commit(Save(replace(entity, **changed)))
        assert stored(store, entity) == entity


def test_only_the_version_that_was_read_is_replaced(store: DynamoStore) -> None:
    for entity in FULL:
        store.commit(Save(entity))
        next_ = replace(entity, version=entity.version + 1)
        store.commit(Save(next_, entity))
        assert stored(store, entity) == next_
        with pytest.raises(LostRace):
            store.commit(Save(replace(entity, version=entity.version + 1), entity))
        mine = NotAllowed("Somebody was faster.")
        with pytest.raises(NotAllowed) as refused:
            store.commit(Save(next_, entity, mine))
        assert refused.value is mine
        assert stored(store, entity) == next_


def test_replacing_what_is_gone_leaves_no_ghost(store: DynamoStore, table: Table) -> None:
    for entity in BARE:
        with pytest.raises(LostRace):
            store.commit(Save(replace(entity, version=2), entity))
    assert items(table) == {}


def test_an_empty_set_is_saved_over_a_full_one(store: DynamoStore) -> None:
    for full in FULL:
        if hasattr(full, "group_ids"):
            store.commit(Save(full))
            empty = replace(full, version=full.version + 1, group_ids=frozenset())
            store.commit(Save(empty, full))
            assert stored(store, full) == empty


def test_renaming_an_organization_never_touches_who_reaches_it(store: DynamoStore) -> None:
    old = an_organization(groups=SOME, grants=frozenset({"a"}), parent_id=numbered("org", 2))
    store.commit(Save(old))
    new = replace(old, name="New", parent_id=None, groups=frozenset(), version=2)
    store.commit(Save(new, old))
    assert store.directory.organization(H, old.organization_id) == replace(new, groups=SOME)


def test_only_the_version_that_was_read_is_removed(store: DynamoStore) -> None:
    for entity in (BARE[1], BARE[2], BARE[3], FULL[3], BARE[6]):
        store.commit(Save(entity))
        with pytest.raises(LostRace):
            store.commit(Remove(replace(entity, version=entity.version + 1)))
        assert stored(store, entity) == entity
        store.commit(Remove(entity))
        assert stored(store, entity) is None
        with pytest.raises(LostRace):
            store.commit(Remove(entity))


def test_an_organization_that_somebody_reaches_since_is_not_removed(store: DynamoStore) -> None:
    organization = an_organization(groups=SOME)
    store.commit(Save(organization))
    for other in (frozenset(), SOME | {numbered("grp", 3)}):
        with pytest.raises(LostRace):
            store.commit(Remove(replace(organization, groups=other)))
    with pytest.raises(LostRace):
        store.commit(Remove(replace(organization, grants=frozenset({"a"}))))
    store.commit(Remove(organization))


def test_groups_and_organizations_count_their_removals_and_users_do_not(
    store: DynamoStore,
) -> None:
    entities: list[Any] = [a_group(1), a_group(2), an_organization(1), a_user(1, HOST)]
    for entity in entities:
        store.commit(Save(entity))
    for entity in entities:
        store.commit(Remove(entity))
    assert store.accounts.removals(H) == 3


def test_many_are_read_by_id_each_once_and_missing_ones_left_out(store: DynamoStore) -> None:
    store.commit(Save(an_account()), Save(an_account(GUEST)))
    people = [a_user(number, GUEST) for number in range(1, 6)]
    for user in people:
        store.commit(Save(user))
    wanted = [user.user_id for user in people] * 2 + [user_id(9), "nobody"]
    assert store.users.many(wanted) == {user.user_id: user for user in people}
    assert store.accounts.many([H, G, H]) == {H: an_account(), G: an_account(GUEST)}


def test_a_host_is_welcome_until_it_is_blocked_and_after(store: DynamoStore) -> None:
    blocked = Blocked(G, HOST, Person(user_id(1, GUEST), "Nora"), NOW)
    welcome = RequireWelcome(G, H, Refused("Not welcome."))
    store.commit(welcome)
    store.commit(KeepOut(blocked))
    assert store.connections.blocked(G, H) == blocked
    assert store.connections.blocked_page(G, None, 10).items == (blocked,)
    with pytest.raises(Refused, match="Not welcome"):
        store.commit(welcome)
    with pytest.raises(LostRace):
        store.commit(KeepOut(blocked))
    # The other direction is the other company's to close.
    store.commit(RequireWelcome(H, G, Refused("Not welcome.")))
    store.commit(LetIn(blocked))
    assert store.connections.blocked(G, H) is None
    with pytest.raises(LostRace):
        store.commit(LetIn(blocked))
    store.commit(welcome)


def test_a_users_id_of_another_account_finds_nobody(store: DynamoStore) -> None:
    user: User = a_user(1, HOST)
    store.commit(Save(user))
    assert store.users.get(user_id(1, GUEST)) is None


def test_a_connections_rules_are_its_own_and_read_only_where_there_are_any(
    store: DynamoStore,
) -> None:
    pair, older = a_pair(rules=1), a_rule(2, connection_id=numbered("con", 9))
    store.commit(Save(a_rule(1)), Save(older))
    store.commit(Save(a_rule(3, host_account_id=G)))
    assert store.connections.rules([pair]) == {user_id(1): a_rule(1)}
    connection = a_connection(state=State.ACTIVE, rules=1)
    assert store.connections.rules([connection]) == {user_id(1): a_rule(1)}
    assert store.connections.rules([a_pair(rules=0)]) == {}
    assert store.connections.rules_for(user_id(2), [H, G]) == {H: older}
