"""Generated worlds, and the facts that the product's table would hold of them."""

from collections.abc import Sequence

from hypothesis import strategies as st

from gatehouse.domain.connection import State
from gatehouse.domain.decision import Facts, Pair
from gatehouse.domain.directory import Organization
from gatehouse.domain.policy import Policy
from gatehouse.domain.roles import Role
from gatehouse.domain.rule import Rule
from gatehouse.domain.user import Status, User
from tests.properties.model import LOWEST, NEVER, ROLES, Link, Single, Somebody, World
from tests.support.people import NOW, numbered

ACCOUNTS = [f"acc_{letter * 16}" for letter in "abc"]
STATES = [state.value for state in State]
KINDS = ["organization", "password", "document"]
ACTIONS = [*LOWEST, *NEVER, "fly", "", "VIEW"]


def organizations_of(account: str) -> list[str]:
    start = 10 * ACCOUNTS.index(account)
    return [numbered("org", start + number) for number in range(1, 4)]


def groups_of(account: str) -> list[str]:
    start = 10 * ACCOUNTS.index(account)
    return [numbered("grp", start + number) for number in range(1, 4)]


def people_of(account: str) -> list[str]:
    return [f"usr_{account.removeprefix('acc_')}_{number:026d}" for number in (1, 2, 3)]


def some(things: Sequence[str]) -> st.SearchStrategy[set[str]]:
    return st.sets(st.sampled_from(things))


@st.composite
def somebody(draw: st.DrawFn, account: str, who: str) -> Somebody:
    return Somebody(
        who,
        account,
        draw(st.sampled_from(ROLES)),
        draw(st.integers(0, 4)) > 0,
        draw(some(groups_of(account))),
        draw(some(organizations_of(account))),
        draw(st.booleans()),
    )


@st.composite
def link(draw: st.DrawFn, host: str, guest: str) -> Link:
    state = draw(st.sampled_from(["active", "active", "active", *STATES]))
    return Link(
        numbered("con", 10 * ACCOUNTS.index(host) + ACCOUNTS.index(guest)),
        host,
        guest,
        state,
        state == "active" or (state == "revoked" and draw(st.booleans())),
        draw(st.sampled_from(ROLES[1:])),
        draw(some(groups_of(host))),
        draw(some(organizations_of(host))),
        draw(st.booleans()),
    )


@st.composite
def single(draw: st.DrawFn, host: str, links: Sequence[str]) -> Single:
    """Draw a rule for one person, of the newest connection or of one that was before."""
    denied = draw(st.integers(0, 3)) == 0
    nothing: st.SearchStrategy[set[str]] = st.just(set())
    return Single(
        draw(st.sampled_from(links)),
        denied,
        None if denied else draw(st.sampled_from(ROLES[1:])),
        draw(nothing if denied else some(groups_of(host))),
        draw(nothing if denied else some(organizations_of(host))),
        not denied and draw(st.booleans()),
    )


@st.composite
def worlds(draw: st.DrawFn) -> World:
    """Draw three companies; each of their people, organizations and connections may be missing."""
    here = st.integers(0, 3).map(bool)
    people = {
        who: draw(somebody(account, who))
        for account in ACCOUNTS
        for who in people_of(account)
        if draw(here)
    }
    organizations = {
        one: account for account in ACCOUNTS for one in organizations_of(account) if draw(here)
    }
    reached = {
        group: draw(some(organizations_of(account)))
        for account in ACCOUNTS
        for group in groups_of(account)
    }
    links = {
        (host, guest): draw(link(host, guest))
        for host in ACCOUNTS
        for guest in ACCOUNTS
        if host != guest and draw(here)
    }
    rules = {
        (host, who): draw(single(host, [one.id, one.id, one.id, numbered("con", 999)]))
        for (host, guest), one in links.items()
        for who in people_of(guest)
        if draw(st.integers(0, 2)) == 0
    }
    forbidden = {
        account: {KINDS[1]: draw(some(groups_of(account)))} for account in ACCOUNTS if draw(here)
    }
    return World(people, organizations, reached, links, rules, forbidden)


def facts_of(world: World, host: str, home: str, who: str, where: str) -> Facts:
    """Return what one snapshot of the product's table holds for a question."""
    pair = world.links.get((host, home))
    return Facts(
        own=home == host,
        user=user_of(world.people[who]) if who in world.people else None,
        pair=pair_of(pair) if pair else None,
        organization=(
            organization_of(world, where) if world.organizations.get(where) == host else None
        ),
        stored_rule=rule_of(host, who, world.rules.get((host, who))) if home != host else None,
    )


def policy_of(world: World, host: str) -> Policy:
    denied = world.forbidden.get(host, {})
    return Policy(
        denied_resource_types={kind: frozenset(groups) for kind, groups in denied.items()}
    )


def rule_of(host: str, who: str, rule: Single | None) -> Rule | None:
    if rule is None:
        return None
    return Rule(
        host_account_id=host,
        user_id=who,
        connection_id=rule.link,
        denied=rule.denied,
        maximum_role=Role(rule.maximum) if rule.maximum else None,
        group_ids=frozenset(rule.groups),
        grant_id=grant_of_rule(host, who) if rule.direct else None,
        all_organizations=rule.everything,
        created_at=NOW,
    )


def grant_of_rule(host: str, who: str) -> str:
    return f"{who}.{host}"


def user_of(person: Somebody) -> User:
    return User(
        account_id=person.home,
        user_id=person.id,
        email="somebody@example.test",
        name="Somebody",
        role=Role(person.role),
        created_at=NOW,
        status=Status.ACTIVE if person.active else Status.DEACTIVATED,
        group_ids=frozenset(person.groups),
        grant_id=f"{person.id}.1" if person.direct else None,
        all_organizations=person.everything,
    )


def pair_of(link: Link) -> Pair:
    return Pair(
        host_account_id=link.host,
        guest_account_id=link.guest,
        connection_id=link.id,
        state=State(link.state),
        maximum_role=Role(link.maximum),
        group_ids=frozenset(link.groups),
        grant_id=f"{link.id}.1" if link.direct else None,
        all_organizations=link.everything,
        expires_at=NOW,
        accepted_at=NOW if link.was_accepted else None,
    )


def organization_of(world: World, where: str) -> Organization:
    holders: list[Somebody | Link] = [*world.people.values(), *world.links.values()]
    return Organization(
        world.organizations[where],
        where,
        "An organization",
        None,
        NOW,
        groups=frozenset(group for group, reached in world.reached.items() if where in reached),
        grants=frozenset(f"{one.id}.1" for one in holders if where in one.direct)
        | {
            grant_of_rule(host, who)
            for (host, who), rule in world.rules.items()
            if where in rule.direct
        },
    )
