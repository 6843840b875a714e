"""A hint, applied, turns that very denial into an allow; and nothing less does."""

from dataclasses import replace
from datetime import UTC, datetime

from hypothesis import given, settings
from hypothesis import strategies as st

from gatehouse.domain.connection import State
from gatehouse.domain.decision import Decision, Facts, Pair, Reason, decide
from gatehouse.domain.directory import Organization
from gatehouse.domain.policy import Circumstances, Policy
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
from gatehouse.domain.roles import ACTIONS, MAXIMUM_ROLES, Role
from gatehouse.domain.rule import Rule
from gatehouse.domain.user import Status, User
from tests.support.proof import Proof
from tests.support.trials import trials

NOW = datetime(2026, 11, 22, tzinfo=UTC)
GROUPS = ("grp_a", "grp_b")
GRANT = "con_1.grant"
Asked = tuple[str, Facts, Policy, Circumstances, str]


@st.composite
def questions(draw: st.DrawFn) -> Asked:
    """Draw a question about a known person: at home, or a guest of an active connection."""
    own = draw(st.booleans())
    some_groups = st.frozensets(st.sampled_from(GROUPS))
    some_grants = st.sampled_from((None, GRANT))
    user = User(
        account_id="acc_home",
        user_id="usr_1",
        email="a@b.test",
        name="A",
        role=draw(st.sampled_from(list(Role))),
        created_at=NOW,
        status=draw(st.sampled_from(list(Status))),
        group_ids=draw(some_groups),
        grant_id=draw(some_grants),
        all_organizations=draw(st.booleans()),
    )
    pair = Pair(
        host_account_id="acc_host",
        guest_account_id="acc_home",
        connection_id="con_1",
        state=State.ACTIVE,
        maximum_role=draw(st.sampled_from(MAXIMUM_ROLES)),
        group_ids=draw(some_groups),
        grant_id=draw(some_grants),
        all_organizations=draw(st.booleans()),
        expires_at=NOW,
        accepted_at=NOW,
    )
    organization = Organization(
        account_id="acc_host",
        organization_id="org_1",
        name="O",
        parent_id=None,
        created_at=NOW,
        groups=draw(some_groups),
        grants=draw(st.sampled_from((frozenset[str](), frozenset({GRANT})))),
    )
    rule = None
    if not own and draw(st.booleans()):
        denied = draw(st.booleans())
        rule = Rule(
            host_account_id="acc_host",
            user_id="usr_1",
            connection_id=draw(st.sampled_from(("con_1", "con_1", "con_0"))),
            denied=denied,
            maximum_role=None if denied else draw(st.sampled_from(MAXIMUM_ROLES)),
            group_ids=frozenset() if denied else draw(some_groups),
            grant_id=None if denied else draw(some_grants),
            all_organizations=not denied and draw(st.booleans()),
            created_at=NOW,
        )
    policy = Policy(
        denied_resource_types=draw(st.sampled_from(({}, {"password": frozenset({GROUPS[0]})}))),
        actions={"print": draw(st.sampled_from(MAXIMUM_ROLES))},
        require_mfa=draw(st.booleans()),
        networks=draw(st.sampled_from(((), ("192.0.2.0/24",)))),
    )
    circumstances = Circumstances(
        amr=draw(st.sampled_from((frozenset[str](), frozenset({"pwd"}), frozenset({"mfa"})))),
        ip_address=draw(st.sampled_from((None, "192.0.2.1", "198.51.100.1", "nonsense"))),
    )
    action = draw(st.sampled_from((*ACTIONS, "print", "fly")))
    facts = Facts(own, user, None if own else pair, organization, rule)
    return action, facts, policy, circumstances, draw(st.sampled_from(("organization", "password")))


def applied(asked: Asked, remedy: Remedy) -> Asked:
    """Do what a remedy says."""
    action, facts, policy, circumstances, kind = asked
    user, pair, organization, rule = facts.user, facts.pair, facts.organization, facts.stored_rule
    assert user
    assert organization
    match remedy:
        case MapAction(name):
            policy = replace(policy, actions={**policy.actions, name: Role.READ_ONLY})
        case ReactivateUser():
            user = replace(user, status=Status.ACTIVE)
        case RaiseOwnRole(_, to):
            user = replace(user, role=to)
        case RaiseMaximumRole(_, to):
            assert pair
            pair = replace(pair, maximum_role=to)
        case RemoveRule():
            rule = None
        case RaiseRulesRole(_, _, to):
            assert rule
            rule = replace(rule, maximum_role=to)
        case AllowResourceType(resource_type, group_ids):
            left = policy.denied_resource_types[resource_type] - set(group_ids)
            policy = replace(policy, denied_resource_types={resource_type: left})
        case GrantOrganization(_, connection_id, user_id, _):
            organization = replace(organization, grants=organization.grants | {"new"})
            if connection_id is not None and user_id is not None:
                assert rule
                rule = replace(rule, grant_id="new")
            elif connection_id is not None:
                assert pair
                pair = replace(pair, grant_id="new")
            else:
                user = replace(user, grant_id="new")
        case ShowSecondFactor():
            circumstances = replace(circumstances, amr=circumstances.amr | {"mfa"})
        case UseNetwork(networks):
            assert networks
            circumstances = replace(circumstances, ip_address="192.0.2.77")
        case ActivateConnection():
            assert pair
            pair = replace(pair, state=State.ACTIVE)
    return (
        action,
        replace(facts, user=user, pair=pair, organization=organization, stored_rule=rule),
        policy,
        circumstances,
        kind,
    )


def after(asked: Asked, hint: tuple[Remedy, ...]) -> Decision:
    for remedy in hint:
        asked = applied(asked, remedy)
    return decide(*asked)


@settings(max_examples=trials(10_000, least=300))
@given(questions())
def test_the_hint_applied_turns_the_denial_into_an_allow(proof: Proof, asked: Asked) -> None:
    decision = decide(*asked)
    proof.count(
        "every answer", "questions", "its hint, applied, allows" if decision.hint else "needs none"
    )
    if decision.allowed:
        assert decision.hint == ()
    elif decision.reason is not Reason.ACTION_UNKNOWN:
        assert after(asked, decision.hint).allowed


@settings(max_examples=trials(10_000, least=300))
@given(questions())
def test_no_part_of_the_hint_can_be_left_out(proof: Proof, asked: Asked) -> None:
    hint = decide(*asked).hint
    proof.count("every hint without each of its parts", "hints", "still denied", by=bool(hint))
    for left_out in range(len(hint)):
        assert not after(asked, hint[:left_out] + hint[left_out + 1 :]).allowed


@given(questions())
def test_an_unknown_action_is_known_after_its_hint(asked: Asked) -> None:
    unknown = ("fly", *asked[1:])
    decision = decide(*unknown)
    assert decision.reason is Reason.ACTION_UNKNOWN
    assert after(unknown, decision.hint).reason is not Reason.ACTION_UNKNOWN


@given(questions())
def test_a_host_s_demands_are_not_made_of_its_own_people(asked: Asked) -> None:
    action, facts, policy, circumstances, _ = asked
    decision = decide(action, replace(facts, own=True, pair=None), policy, circumstances)
    assert decision.reason not in {Reason.MFA_REQUIRED, Reason.NETWORK_NOT_ALLOWED}
