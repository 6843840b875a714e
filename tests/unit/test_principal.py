"""Who calls, and what that takes."""

import pytest

from gatehouse.domain.activity import SYSTEM
from gatehouse.domain.api_key import ApiScope
from gatehouse.domain.errors import NotAllowed
from gatehouse.domain.principal import (
    Application,
    Origin,
    Person,
    administrator,
    administrator_or_scope,
    with_scope,
)
from gatehouse.domain.roles import Role
from gatehouse.domain.user import Status
from tests.support.people import a_user, an_api_key

BOSS = Person(a_user(role=Role.ADMINISTRATOR), Origin("192.0.2.1", "a browser"))
_STORED = an_api_key(scopes=frozenset({ApiScope.CONNECTIONS_READ}))
KEY = Application(_STORED, _STORED.current)


def test_a_person_acts_as_their_user_at_home() -> None:
    assert BOSS.account_id == BOSS.user.account_id
    assert BOSS.caller_id == BOSS.user.user_id
    assert (BOSS.named.user_id, BOSS.named.name) == (BOSS.user.user_id, BOSS.user.name)
    assert (BOSS.actor.type, BOSS.actor.own_role, BOSS.actor.effective_role) == (
        "user",
        Role.ADMINISTRATOR,
        Role.ADMINISTRATOR,
    )


def test_an_application_acts_for_its_account_and_has_no_role() -> None:
    assert KEY.account_id == KEY.key.account_id
    assert KEY.caller_id == KEY.key.api_key_id
    assert (KEY.actor.type, KEY.actor.api_key_id, KEY.actor.own_role) == (
        "key",
        KEY.key.api_key_id,
        None,
    )


def test_the_clock_acts_under_the_products_name() -> None:
    assert (SYSTEM.type, SYSTEM.user_id, SYSTEM.home_account_id) == ("system", None, None)


def test_only_administrators_are_administrators() -> None:
    assert administrator(BOSS, "invite accounts") is BOSS
    for role in Role:
        if role is not Role.ADMINISTRATOR:
            with pytest.raises(NotAllowed, match=f"invite accounts; your role is {role.label}"):
                administrator(Person(a_user(role=role)), "invite accounts")


def test_a_key_never_does_what_an_administrator_does() -> None:
    with pytest.raises(NotAllowed, match="An API key can never invite accounts"):
        administrator(KEY, "invite accounts")


def test_a_key_does_what_its_scopes_say() -> None:
    assert with_scope(KEY, ApiScope.CONNECTIONS_READ, "read") is KEY
    assert administrator_or_scope(KEY, ApiScope.CONNECTIONS_READ, "read") is KEY
    with pytest.raises(NotAllowed, match="lacks the scope authorize"):
        with_scope(KEY, ApiScope.AUTHORIZE, "ask")
    with pytest.raises(NotAllowed, match="lacks the scope authorize"):
        administrator_or_scope(KEY, ApiScope.AUTHORIZE, "ask")


def test_a_person_has_no_scopes() -> None:
    with pytest.raises(NotAllowed, match="Only an API key"):
        with_scope(BOSS, ApiScope.AUTHORIZE, "ask")
    assert administrator_or_scope(BOSS, ApiScope.AUTHORIZE, "ask") is BOSS


def test_an_administrator_acts_for_the_account_only_while_active() -> None:
    assert a_user(role=Role.ADMINISTRATOR).is_active_administrator
    assert not a_user(role=Role.ADMINISTRATOR, status=Status.DEACTIVATED).is_active_administrator
    assert not a_user(role=Role.MANAGER).is_active_administrator


def test_administrators_and_people_with_all_organizations_reach_everything() -> None:
    assert a_user(role=Role.ADMINISTRATOR).reaches_everything
    assert a_user(role=Role.LITE, all_organizations=True).reaches_everything
    assert not a_user(role=Role.MANAGER).reaches_everything
