"""Through what an organization is reached."""

from gatehouse.domain.grant import via_of
from tests.support.people import HOST, a_connection, a_pair, a_user, an_organization, numbered

ONE, TWO, THREE = (numbered("grp", number) for number in (1, 2, 3))
ORGANIZATION = an_organization(groups=frozenset({ONE, TWO}), grants=frozenset({"mine", "other"}))


def test_every_way_is_named_all_first_then_direct_then_the_groups_by_id() -> None:
    holder = a_pair(group_ids=frozenset({TWO, ONE, THREE}), grant_id="mine")
    assert via_of(holder, ORGANIZATION) == ("all", "direct", f"group:{ONE}", f"group:{TWO}")


def test_a_holder_of_nothing_reaches_nothing() -> None:
    assert via_of(a_pair(all_organizations=False), ORGANIZATION) == ()
    assert via_of(a_user(), ORGANIZATION) == ()


def test_a_grant_that_is_not_in_force_any_more_gives_nothing() -> None:
    assert via_of(a_pair(all_organizations=False, grant_id="newer"), ORGANIZATION) == ()


def test_a_group_gives_only_what_the_group_reaches() -> None:
    holder = a_connection(all_organizations=False, group_ids=frozenset({THREE}))
    assert via_of(holder, ORGANIZATION) == ()


def test_a_parent_implies_nothing() -> None:
    child = an_organization(2, parent_id=ORGANIZATION.organization_id)
    holder = a_pair(all_organizations=False, group_ids=frozenset({ONE}), grant_id="mine")
    assert via_of(holder, ORGANIZATION)
    assert via_of(holder, child) == ()


def test_own_users_and_connections_reach_by_the_same_rule() -> None:
    for holder in (
        a_user(of=HOST, group_ids=frozenset({ONE}), grant_id="mine"),
        a_connection(all_organizations=False, group_ids=frozenset({ONE}), grant_id="mine"),
    ):
        assert via_of(holder, ORGANIZATION) == ("direct", f"group:{ONE}")
