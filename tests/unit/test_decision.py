"""The deciding function, one refusal a rung, in the order of the contract."""

from dataclasses import replace
from datetime import timedelta

import pytest

from gatehouse.domain.connection import State
from gatehouse.domain.decision import Facts, Reason, decide
from gatehouse.domain.policy import Policy
from gatehouse.domain.roles import ACTIONS, MAXIMUM_ROLES, NEVER_DELEGATED, Role
from gatehouse.domain.user import Status
from tests.support.people import HOST, NOW, a_pair, a_rule, a_user, an_organization, numbered

ORDER = (
    "action_never_delegated action_unknown unknown_subject connection_not_active denied_by_rule "
    "subject_inactive role_not_admitted mfa_required network_not_allowed unknown_resource "
    "organization_not_granted resource_type_denied role_too_low allowed"
).split()

GOOD = Facts(own=False, user=a_user(), pair=a_pair(), organization=an_organization())
AT_HOME = Facts(
    own=True, user=a_user(of=HOST, role=Role.MANAGER), pair=None, organization=an_organization()
)


def test_the_reasons_are_those_of_the_contract_in_its_order() -> None:
    reasons = [reason.value for reason in Reason]
    assert reasons == [reason for reason in ORDER if reason in reasons]
    assert {reason for reason, _, _ in worst_first()} <= set(reasons)


def test_an_allowed_answer_explains_itself() -> None:
    answer = decide("edit", GOOD)
    assert answer.allowed
    assert (answer.reason, answer.own_role, answer.maximum_role, answer.effective_role) == (
        Reason.ALLOWED,
        Role.MANAGER,
        Role.EDITOR,
        Role.EDITOR,
    )
    assert (answer.capped, answer.via, answer.connection_id) == (True, "all", numbered("con", 1))


def worst_first() -> list[tuple[str, str, Facts]]:
    """Return (reason, action, facts), each worse than the one after it in one more way."""
    rungs: list[tuple[str, str, Facts]] = [("allowed", "edit", GOOD)]
    action, facts = "restore", GOOD
    rungs.append(("role_too_low", action, facts))
    facts = replace(facts, pair=a_pair(all_organizations=False))
    rungs.append(("organization_not_granted", action, facts))
    facts = replace(facts, organization=None)
    rungs.append(("unknown_resource", action, facts))
    facts = replace(facts, user=a_user(role=Role.LITE))
    rungs.append(("role_not_admitted", action, facts))
    facts = replace(facts, user=a_user(role=Role.LITE, status=Status.DEACTIVATED))
    rungs.append(("subject_inactive", action, facts))
    facts = replace(facts, stored_rule=a_rule(denied=True))
    rungs.append(("denied_by_rule", action, facts))
    facts = replace(facts, pair=a_pair(all_organizations=False, state=State.REVOKED))
    rungs.append(("connection_not_active", action, facts))
    facts = replace(facts, user=None)
    rungs.append(("unknown_subject", action, facts))
    rungs.append(("action_unknown", "fly", facts))
    rungs.append(("action_never_delegated", "export", facts))
    return rungs


@pytest.mark.parametrize(("reason", "action", "facts"), worst_first())
def test_of_all_that_is_wrong_the_first_in_the_contracts_order_is_named(
    reason: str, action: str, facts: Facts
) -> None:
    assert decide(action, facts).reason == reason


@pytest.mark.parametrize("state", [state for state in State if state is not State.ACTIVE])
def test_before_and_after_it_is_active_a_connection_hides_every_role(state: State) -> None:
    answer = decide("view", replace(GOOD, pair=a_pair(state=state)))
    assert answer.reason is Reason.CONNECTION_NOT_ACTIVE
    assert (answer.own_role, answer.maximum_role, answer.effective_role, answer.connection_id) == (
        None,
        None,
        None,
        None,
    )
    assert not answer.capped


def test_a_pending_invitation_tells_nothing_about_who_exists_in_the_guest() -> None:
    pending = a_pair(state=State.PENDING, accepted_at=None)
    known = decide("view", replace(GOOD, pair=pending))
    assert known == decide("view", replace(GOOD, pair=pending, user=None))


def test_a_company_without_a_connection_is_unknown_whether_its_user_exists_or_not() -> None:
    assert decide("view", replace(GOOD, pair=None)) == decide(
        "view", replace(GOOD, pair=None, user=None)
    )


@pytest.mark.parametrize("action", sorted(NEVER_DELEGATED))
def test_security_is_never_delegated_not_even_to_the_hosts_own_administrators(action: str) -> None:
    own = replace(AT_HOME, user=a_user(of=HOST, role=Role.ADMINISTRATOR))
    for facts in (own, GOOD, replace(GOOD, pair=a_pair(maximum_role=Role.ADMINISTRATOR))):
        assert decide(action, facts).reason is Reason.ACTION_NEVER_DELEGATED


@pytest.mark.parametrize("maximum", MAXIMUM_ROLES)
@pytest.mark.parametrize("own", Role)
def test_each_own_role_under_each_maximum_may_what_the_lower_of_both_may(
    own: Role, maximum: Role
) -> None:
    facts = replace(GOOD, user=a_user(role=own), pair=a_pair(maximum_role=maximum))
    rank = min(own.rank, maximum.rank)
    for action, minimum in ACTIONS.items():
        answer = decide(action, facts)
        if own is Role.LITE:
            assert answer.reason is Reason.ROLE_NOT_ADMITTED
        else:
            assert answer.allowed is (rank >= minimum.rank)
            assert answer.effective_role is not None
            assert answer.effective_role.rank == rank
            assert answer.capped is (own.rank > maximum.rank)


def test_a_rule_takes_the_place_of_the_grant_and_only_lowers_the_role() -> None:
    facts = replace(GOOD, pair=a_pair(all_organizations=False))
    for own, maximum, effective in (
        (Role.CREATOR, Role.EDITOR, Role.CREATOR),
        (Role.MANAGER, Role.READ_ONLY, Role.READ_ONLY),
        (Role.MANAGER, Role.ADMINISTRATOR, Role.EDITOR),
    ):
        ruled = replace(facts, user=a_user(role=own), stored_rule=a_rule(maximum_role=maximum))
        answer = decide("view", ruled)
        assert (answer.allowed, answer.rule, answer.via) == (True, True, "all")
        assert answer.effective_role is effective
        assert answer.effective_role is min(own, answer.maximum_role or own, key=lambda r: r.rank)
    nothing = replace(GOOD, stored_rule=a_rule(all_organizations=False))
    assert decide("view", nothing).reason is Reason.ORGANIZATION_NOT_GRANTED


def test_a_rule_of_another_connection_is_none() -> None:
    for denied in (True, False):
        older = a_rule(denied=denied, connection_id=numbered("con", 7))
        assert decide("edit", replace(GOOD, stored_rule=older)) == decide("edit", GOOD)


def test_a_rule_says_nothing_of_the_hosts_own_people() -> None:
    user = a_user(of=HOST, role=Role.ADMINISTRATOR)
    at_home = Facts(True, user, a_pair(), an_organization(), a_rule(denied=True))
    assert decide("restore", at_home).allowed


def test_a_denied_type_is_denied_to_its_holders_and_named_before_the_role() -> None:
    group = numbered("grp", 1)
    policy = Policy(denied_resource_types={"password": frozenset({group})})
    holds = replace(GOOD, pair=a_pair(group_ids=frozenset({group})))
    answer = decide("restore", holds, policy, resource_type="password")
    assert answer.reason is Reason.RESOURCE_TYPE_DENIED
    assert decide("restore", holds, policy).reason is Reason.ROLE_TOO_LOW
    assert decide("view", GOOD, policy, resource_type="password").allowed
    ruled = replace(holds, stored_rule=a_rule())
    answer = decide("view", ruled, policy, resource_type="password")
    assert answer.reason is Reason.RESOURCE_TYPE_DENIED, "a rule lifts no denial"
    own = replace(
        AT_HOME, user=a_user(of=HOST, role=Role.ADMINISTRATOR, group_ids=frozenset({group}))
    )
    assert not decide("view", own, policy, resource_type="password").allowed


def test_an_own_administrator_reaches_everything_and_nothing_caps_them() -> None:
    answer = decide("restore", replace(AT_HOME, user=a_user(of=HOST, role=Role.ADMINISTRATOR)))
    assert answer.allowed
    assert (answer.maximum_role, answer.connection_id, answer.via) == (None, None, "all")
    assert not answer.capped


def test_own_users_others_reach_what_their_groups_grants_or_all_give() -> None:
    group, grant = numbered("grp", 1), "a grant"
    organization = an_organization(groups=frozenset({group}), grants=frozenset({grant}))
    facts = replace(AT_HOME, organization=organization)
    for via, more in (
        (None, {}),
        (f"group:{group}", {"group_ids": frozenset({group})}),
        ("direct", {"grant_id": grant}),
        ("all", {"all_organizations": True}),
    ):
        user = a_user(of=HOST, role=Role.MANAGER, **more)
        assert decide("view", replace(facts, user=user)).via == via


def test_an_own_user_nobody_knows_is_unknown() -> None:
    assert decide("view", replace(AT_HOME, user=None)).reason is Reason.UNKNOWN_SUBJECT


def test_a_pair_is_taken_while_active_or_pending_in_time() -> None:
    over = NOW + timedelta(days=7)
    assert a_pair(state=State.ACTIVE).is_live_at(over)
    assert a_pair(state=State.ACTIVE).is_active
    assert not a_pair(state=State.PENDING).is_active
    assert a_pair(state=State.PENDING).is_live_at(over - timedelta(milliseconds=1))
    assert not a_pair(state=State.PENDING).is_live_at(over)
    assert not a_pair(state=State.REVOKED).is_live_at(NOW)
