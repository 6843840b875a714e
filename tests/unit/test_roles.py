"""Roles, and the one table of what each may do."""

import pytest

from gatehouse.domain.roles import (
    ACTIONS,
    MAXIMUM_ROLES,
    NEVER_DELEGATED,
    Role,
    actions_allowed,
    effective_role,
)

HIGHEST_FIRST = ["administrator", "manager", "editor", "creator", "read_only", "lite"]


def test_roles_are_ranked_as_the_product_lists_them() -> None:
    assert [role.value for role in sorted(Role, key=lambda r: r.rank, reverse=True)] == (
        HIGHEST_FIRST
    )
    assert Role.MANAGER.reaches(Role.MANAGER)
    assert Role.MANAGER.reaches(Role.EDITOR)
    assert not Role.EDITOR.reaches(Role.MANAGER)


def test_every_role_but_lite_may_cap_a_connection() -> None:
    assert [role.value for role in MAXIMUM_ROLES] == HIGHEST_FIRST[:-1]


@pytest.mark.parametrize(
    ("own", "effective"),
    [
        ("administrator", "editor"),
        ("manager", "editor"),
        ("editor", "editor"),
        ("creator", "creator"),
        ("read_only", "read_only"),
    ],
)
def test_under_maximum_editor_roles_are_those_of_the_seed(own: str, effective: str) -> None:
    assert effective_role(Role(own), Role.EDITOR).value == effective


def test_nothing_caps_a_user_at_home() -> None:
    assert all(effective_role(role, None) is role for role in Role)


@pytest.mark.parametrize(
    ("effective", "actions"),
    [
        ("administrator", "view create edit archive delete restore"),
        ("manager", "view create edit archive delete restore"),
        ("editor", "view create edit archive delete"),
        ("creator", "view create edit archive"),
        ("read_only", "view"),
        ("lite", ""),
    ],
)
def test_actions_by_effective_role(effective: str, actions: str) -> None:
    assert actions_allowed(Role(effective)) == tuple(actions.split())


def test_no_action_of_the_table_is_one_that_is_never_delegated() -> None:
    assert not NEVER_DELEGATED & ACTIONS.keys()


@pytest.mark.parametrize(
    ("role", "label"), [(Role.READ_ONLY, "Read-only"), (Role.ADMINISTRATOR, "Administrator")]
)
def test_people_read_a_role_by_its_label(role: Role, label: str) -> None:
    assert role.label == label
