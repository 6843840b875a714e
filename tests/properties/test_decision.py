"""What the product promises of every decision, in every world."""

from collections.abc import Iterator
from copy import deepcopy
from dataclasses import replace
from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st

from gatehouse.domain.decision import Decision, Facts, decide
from gatehouse.domain.grant import via_of
from gatehouse.domain.roles import ACTIONS as TABLE
from gatehouse.domain.roles import Role
from tests.properties.model import Said, World, ask
from tests.properties.worlds import (
    ACCOUNTS,
    ACTIONS,
    KINDS,
    STATES,
    facts_of,
    groups_of,
    link,
    organizations_of,
    people_of,
    policy_of,
    some,
    worlds,
)
from tests.support.people import numbered
from tests.support.proof import Proof
from tests.support.trials import trials

A, B, C = ACCOUNTS
Question = tuple[str, str, str, str]
many = settings(max_examples=trials(1_000, least=30))


def questions(hosts: list[str] | None = None, homes: list[str] | None = None) -> Iterator[Question]:
    """Return every (host, home, user, organization), organizations of other companies included."""
    for host, home in product(hosts or ACCOUNTS, homes or ACCOUNTS):
        for who in people_of(home):
            for where in (*organizations_of(host)[:2], organizations_of(ACCOUNTS[-1])[2], ""):
                yield host, home, who, where


def answers(world: World, asked: Iterator[Question]) -> list[Decision]:
    facts = [facts_of(world, *question) for question in asked]
    return [decide(action, one) for one in facts for action in ("view", "delete", "restore")]


def in_words(answer: Decision) -> Said:
    return Said(
        answer.reason.value,
        answer.own_role.value if answer.own_role else None,
        answer.maximum_role.value if answer.maximum_role else None,
        answer.effective_role.value if answer.effective_role else None,
        answer.via,
        answer.connection_id,
        answer.rule,
    )


@settings(max_examples=trials(20_000, least=100))
@given(world=worlds(), action=st.sampled_from(ACTIONS), kind=st.sampled_from(KINDS))
def test_the_deciding_function_says_what_the_rules_say(
    proof: Proof, world: World, action: str, kind: str
) -> None:
    proof.count("against a naive model of the rules", "random worlds", "the same answers")
    for host, home, who, where in questions():
        facts, policy = facts_of(world, host, home, who, where), policy_of(world, host)
        answer = decide(action, facts, policy, resource_type=kind)
        expected = ask(world, host, home, who, action, where, kind)
        assert in_words(answer) == expected
        proof.count("against a naive model of the rules", "questions", "the same answers")
        assert answer.allowed is (expected.reason == "allowed")


@many
@given(world=worlds(), state=st.sampled_from([state for state in STATES if state != "active"]))
def test_revocation_wins(proof: Proof, world: World, state: str) -> None:
    """Whatever is granted, to whomever: nothing is left once a connection is not active."""
    proof.count("the property", "random worlds", "it held")
    for one in world.links.values():
        one.state = state
    for host, home in product(ACCOUNTS, ACCOUNTS):
        if host != home:
            assert not any(answer.allowed for answer in answers(world, questions([host], [home])))


@many
@given(world=worlds())
def test_the_effective_role_is_never_above_either_role(proof: Proof, world: World) -> None:
    proof.count("the property", "random worlds", "it held")
    for answer in answers(world, questions()):
        if answer.effective_role is not None:
            assert answer.own_role is not None
            assert answer.own_role.reaches(answer.effective_role)
            if answer.maximum_role is not None:
                assert answer.maximum_role.reaches(answer.effective_role)
                assert answer.effective_role in {answer.own_role, answer.maximum_role}
            if answer.allowed:
                assert answer.effective_role is not Role.LITE


@many
@given(world=worlds())
def test_a_rule_never_raises_a_role(proof: Proof, world: World) -> None:
    proof.count("the property", "random worlds", "it held")
    without = deepcopy(world)
    without.rules = {}
    asked = list(questions())
    for ruled, plain in zip(
        answers(world, iter(asked)), answers(without, iter(asked)), strict=True
    ):
        if ruled.effective_role is not None:
            assert plain.effective_role is not None
            assert plain.effective_role.reaches(ruled.effective_role)


@many
@given(world=worlds(), who=st.sampled_from(people_of(B)))
def test_a_rule_changes_nothing_for_anybody_else(proof: Proof, world: World, who: str) -> None:
    proof.count("the property", "random worlds", "it held")
    changed = deepcopy(world)
    changed.rules.pop((A, who), None)
    asked = [one for one in questions() if (one[0], one[2]) != (A, who)]
    assert answers(world, iter(asked)) == answers(changed, iter(asked))


@many
@given(world=worlds(), kind=st.sampled_from(KINDS))
def test_a_denial_of_a_type_only_takes_away(proof: Proof, world: World, kind: str) -> None:
    """Nothing that is allowed under it would not be without it; and organizations it leaves be."""
    proof.count("the property", "random worlds", "it held")
    for host, home, who, where in questions():
        facts, policy = facts_of(world, host, home, who, where), policy_of(world, host)
        answer = decide("view", facts, policy, resource_type=kind)
        plain = decide("view", facts)
        assert plain.allowed or not answer.allowed
        if kind != KINDS[1]:
            assert answer == plain


@many
@given(world=worlds())
def test_whoever_holds_a_denied_group_gets_in_through_no_other_way(
    proof: Proof, world: World
) -> None:
    proof.count("the property", "random worlds", "it held")
    for host, home, who, where in questions():
        facts = facts_of(world, host, home, who, where)
        if facts.holder is None:
            continue
        groups = facts.holder.group_ids | (facts.pair.group_ids if facts.pair else frozenset())
        for group in groups if facts.user else ():
            denied = policy_of(World({}, {}, {}, {}, forbidden={host: {"password": {group}}}), host)
            assert not decide("view", facts, denied, resource_type="password").allowed


@many
@given(world=worlds(), new=st.one_of(st.none(), link(A, B)))
def test_a_grant_never_widens_another_tenant(proof: Proof, world: World, new: object) -> None:
    """Whatever A offers to B, nothing changes between any other two companies."""
    proof.count("the property", "random worlds", "it held")
    changed = deepcopy(world)
    if new is None:
        changed.links.pop((A, B), None)
    else:
        changed.links[A, B] = new  # type: ignore[assignment]  # a link or nothing
    for host, home in product(ACCOUNTS, ACCOUNTS):
        if (host, home) != (A, B):
            asked = list(questions([host], [home]))
            assert answers(world, iter(asked)) == answers(changed, iter(asked))


@many
@given(world=worlds())
def test_a_home_administrator_gets_no_more_than_the_connection_grants(
    proof: Proof, world: World
) -> None:
    proof.count("the property", "random worlds", "it held")
    for person in world.people.values():
        person.role, person.everything = "administrator", True
    for host, home, who, where in questions():
        if host == home:
            continue
        facts = facts_of(world, host, home, who, where)
        for action in TABLE:
            answer = decide(action, facts)
            if answer.allowed:
                holder = facts.rule or facts.pair
                assert holder is not None
                assert facts.organization is not None
                assert via_of(holder, facts.organization)[0] == answer.via


@many
@given(world=worlds(), groups=some(groups_of(B)), everything=st.booleans())
def test_what_somebody_reaches_at_home_opens_nothing_in_a_host(
    proof: Proof, world: World, groups: set[str], everything: bool
) -> None:
    proof.count("the property", "random worlds", "it held")
    changed = deepcopy(world)
    for who in people_of(B):
        if who in changed.people:
            changed.people[who].groups = groups
            changed.people[who].everything = everything
            changed.people[who].direct = set(organizations_of(B))
    asked = list(questions([A, C], [B]))
    assert answers(world, iter(asked)) == answers(changed, iter(asked))


@many
@given(world=worlds())
def test_no_chaining(proof: Proof, world: World) -> None:
    """That A lets B in and B lets C in gives nobody of C anything in A."""
    proof.count("the property", "random worlds", "it held")
    world.links.pop((A, C), None)
    for pair in ((A, B), (B, C)):
        if pair in world.links:
            world.links[pair].state, world.links[pair].everything = "active", True
    for answer in answers(world, questions([A], [C])):
        assert answer.reason == "unknown_subject"


@many
@given(world=worlds())
def test_an_organization_of_another_company_is_unknown_whatever_is_granted(
    proof: Proof, world: World
) -> None:
    proof.count("the property", "random worlds", "it held")
    for one in world.links.values():
        one.everything = True
    for host, home in product(ACCOUNTS, ACCOUNTS):
        theirs = organizations_of(next(account for account in ACCOUNTS if account != host))
        for who, where in product(people_of(home), theirs):
            assert not decide("view", facts_of(world, host, home, who, where)).allowed


@many
@given(world=worlds(), parent=st.sampled_from(organizations_of(A)))
def test_a_parent_implies_nothing(proof: Proof, world: World, parent: str) -> None:
    proof.count("the property", "random worlds", "it held")
    for host, home, who, where in questions([A]):
        facts = facts_of(world, host, home, who, where)
        if facts.organization is not None:
            below = replace(facts, organization=replace(facts.organization, parent_id=parent))
            assert decide("view", below) == decide("view", facts)


@many
@given(world=worlds(), number=st.integers(100, 10**6))
def test_all_organizations_are_the_future_ones_too(proof: Proof, world: World, number: int) -> None:
    """An organization made after everything else is reached by all, and by nobody else."""
    proof.count("the property", "random worlds", "it held")
    new = numbered("org", number)
    world.organizations[new] = A
    for host, home, who, _ in questions([A]):
        answer = decide("view", facts_of(world, host, home, who, new))
        assert answer.via in {None, "all"}
        assert answer.allowed is (answer.via == "all")


@many
@given(world=worlds())
def test_an_answer_explains_itself_and_a_denial_names_no_way(proof: Proof, world: World) -> None:
    proof.count("the property", "random worlds", "it held")
    for answer in answers(world, questions()):
        assert answer.allowed is (answer.reason == "allowed") is (answer.via is not None)
        assert (answer.own_role is None) is (answer.effective_role is None)
        if answer.reason in {"unknown_subject", "connection_not_active"}:
            assert (answer.own_role, answer.maximum_role, answer.connection_id) == (None,) * 3


@many
@given(world=worlds())
def test_a_lower_maximum_allows_nothing_more(proof: Proof, world: World) -> None:
    proof.count("the property", "random worlds", "it held")
    lower = deepcopy(world)
    for one in lower.links.values():
        one.maximum = "read_only"
    for high, low in zip(answers(world, questions()), answers(lower, questions()), strict=True):
        assert high.allowed or not low.allowed


def test_a_snapshot_without_anything_allows_nothing() -> None:
    nothing = Facts(own=False, user=None, pair=None, organization=None)
    assert not any(decide(action, nothing).allowed for action in TABLE)
