"""The demo world has what the story needs, and no address that could reach anybody."""

from gatehouse.domain.roles import Role
from local.demo import WORLD
from local.world import read_world

ACME, CONTINUUM, INITECH = read_world(WORLD)


def test_three_companies_of_one_region():
    assert [a.subdomain for a in (ACME, CONTINUUM, INITECH)] == ["acme", "continuum", "initech"]
    assert len({account.region for account in (ACME, CONTINUUM, INITECH)}) == 1


def test_the_msp_has_forty_organizations_some_nested_six_groups_and_every_role():
    assert len({organization.name for organization in ACME.organizations}) == 40
    assert any(organization.parent for organization in ACME.organizations)
    assert len(ACME.groups) == 6
    assert len(ACME.users) == 12
    assert {user.role for user in ACME.users} == set(Role)


def test_the_help_desk_has_every_role_two_administrators_and_some_lite():
    roles = [user.role for user in CONTINUUM.users]
    assert len(roles) == 25
    assert set(roles) == set(Role)
    assert roles.count(Role.ADMINISTRATOR) == 2
    assert roles.count(Role.LITE) > 1


def test_every_address_ends_in_test():
    users = [user for account in (ACME, CONTINUUM, INITECH) for user in account.users]
    assert all(user.email.endswith(".test") for user in users)
    assert len({user.email for user in users}) == len(users)
