"""What an account demands on top of the role table, and what would turn a denial into an allow."""

import pytest

from gatehouse.domain.decision import Facts, decide
from gatehouse.domain.grant import Scope
from gatehouse.domain.policy import NO_DEMANDS, Circumstances, Policy
from gatehouse.domain.remedies import (
    ActivateConnection,
    AllowResourceType,
    GrantOrganization,
    MapAction,
    RaiseMaximumRole,
    RaiseOwnRole,
    RaiseRulesRole,
    ReactivateUser,
    Remedy,
    RemoveRule,
    ShowSecondFactor,
    UseNetwork,
)
from gatehouse.domain.roles import Role
from tests.support.people import HOST, a_user, an_organization


def test_an_account_maps_actions_of_its_own_and_never_the_tables() -> None:
    policy = Policy(actions={"approve": Role.MANAGER, "delete": Role.READ_ONLY})
    assert policy.minimum_role("approve") is Role.MANAGER
    assert policy.minimum_role("delete") is Role.EDITOR
    assert policy.minimum_role("fly") is NO_DEMANDS.minimum_role("approve") is None


def test_an_account_says_where_a_type_names_its_organization() -> None:
    policy = Policy(resource_types={"ticket": "client"})
    assert policy.property_of("ticket") == "client"
    assert policy.property_of("password") == "organization_id"


@pytest.mark.parametrize(
    ("address", "admitted"),
    [
        ("192.0.2.7", True),
        ("192.0.3.7", False),
        ("2001:db8::1", True),
        ("2001:db9::1", False),
        ("", False),
        (None, False),
        ("somewhere", False),
        ("192.0.2.7, 203.0.113.9", False),
    ],
)
def test_networks_admit_addresses_in_them_and_nothing_else(
    address: str | None, admitted: bool
) -> None:
    policy = Policy(networks=("192.0.2.0/24", "2001:db8::/32"))
    assert policy.admits(address) is admitted
    assert NO_DEMANDS.admits(address)


@pytest.mark.parametrize(
    ("circumstances", "is_multi_factor"),
    [
        (Circumstances(), False),
        (Circumstances(amr=frozenset({"pwd"})), False),
        (Circumstances(amr=frozenset({"pwd", "mfa"})), True),
        (Circumstances(acr="phr"), True),
        (Circumstances(acr="0"), False),
    ],
)
def test_a_second_factor_is_known_by_what_the_sign_in_says(
    circumstances: Circumstances, is_multi_factor: bool
) -> None:
    assert circumstances.is_multi_factor is is_multi_factor


@pytest.mark.parametrize(
    ("remedy", "says"),
    [
        (MapAction("approve"), "approve"),
        (ActivateConnection("con_1"), "accept the invitation"),
        (ReactivateUser("usr_1"), "home account"),
        (RaiseOwnRole("usr_1", Role.READ_ONLY), "to Read-only"),
        (RaiseMaximumRole("con_1", Role.EDITOR), "maximum role to Editor"),
        (GrantOrganization("org_1", "con_1", None, "grp_1"), "the connection the organization"),
        (GrantOrganization("org_1", None, "usr_1", "grp_1"), "add it to the group grp_1"),
        (GrantOrganization("org_1", None, "usr_1", None), "the user the organization org_1."),
        (GrantOrganization("org_1", "con_1", "usr_1", None), "the rule for the user the organ"),
        (RemoveRule("con_1", "usr_1"), "Remove the rule"),
        (RaiseRulesRole("con_1", "usr_1", Role.EDITOR), "of the rule for the user to Editor"),
        (AllowResourceType("password", ("grp_1", "grp_2")), "password from grp_1, grp_2"),
        (ShowSecondFactor(), "second factor"),
        (UseNetwork(("192.0.2.0/24",)), "network"),
    ],
)
def test_a_remedy_is_one_sentence(remedy: Remedy, says: str) -> None:
    assert says in remedy.sentence
    assert remedy.sentence.endswith(".")


def test_a_hint_to_come_from_a_network_names_none_of_them() -> None:
    assert "192.0.2" not in UseNetwork(("192.0.2.0/24",)).sentence


def test_a_scope_is_written_with_what_it_names_at_all() -> None:
    assert Scope().parts == {}
    whole = Scope(frozenset({"b", "a"}), frozenset({"o"}), all_organizations=True)
    assert whole.parts == {
        "group_ids": ["a", "b"],
        "organization_ids": ["o"],
        "all_organizations": True,
    }


def test_whoever_has_to_become_an_administrator_at_home_needs_no_grant_beside() -> None:
    user = a_user(of=HOST, role=Role.MANAGER)
    facts = Facts(own=True, user=user, pair=None, organization=an_organization())
    answer = decide("print", facts, Policy(actions={"print": Role.ADMINISTRATOR}))
    assert answer.hint == (RaiseOwnRole(user.user_id, Role.ADMINISTRATOR),)
