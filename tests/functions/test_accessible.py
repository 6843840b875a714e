"""Where a person can work, and what they reach there."""

from itertools import cycle
from typing import Any

import pytest

from tests.support.meanwhile import each_time_before, just_before
from tests.support.world import ROLES, Company, World


@pytest.fixture
def acme(world: World) -> Company:
    return world.company("acme", organizations=["Alder", "Birch"], groups={"Level 1": ["Alder"]})


@pytest.fixture
def continuum(world: World) -> Company:
    return world.company("continuum", organizations=["Yew"])


def test_home_comes_first_then_every_host_that_lets_the_company_in(
    world: World, acme: Company, continuum: Company
) -> None:
    connection = world.connect(acme, continuum, maximum_role="creator")
    other = world.company("zeta", {"administrator": "administrator"}, organizations=["Oak"])
    world.connect(other, continuum, maximum_role="manager")
    third = world.company("third", {"administrator": "administrator"})
    world.invite(third, continuum)
    me = world.api("GET", "/me", token=world.token(continuum, "editor")).json
    assert me["user"]["user_id"] == continuum.users["editor"]
    assert me["account"]["subdomain"] == "continuum"
    assert [
        (one["subdomain"], one["relation"], one["effective_role"])
        for one in me["accessible_accounts"]
    ] == [
        ("continuum", "home", "editor"),
        ("acme", "host", "creator"),
        ("zeta", "host", "editor"),
    ]
    assert me["accessible_accounts"][0]["connection_id"] is None
    assert me["accessible_accounts"][1]["connection_id"] == connection["connection_id"]
    lite = world.api("GET", "/me", token=world.token(continuum, "lite")).json
    assert [one["relation"] for one in lite["accessible_accounts"]] == ["home"]


def test_a_guest_lists_what_is_reached_with_what_may_be_done_and_the_host_sees_it(
    world: World, acme: Company, continuum: Company
) -> None:
    world.connect(
        acme,
        continuum,
        all_organizations=False,
        group_ids=[acme.groups["Level 1"]],
        maximum_role="creator",
    )
    there = f"/accessible-accounts/{acme.account_id}/organizations"
    listed = world.api("GET", there, token=world.token(continuum, "manager"))
    assert [one["name"] for one in listed.json["items"]] == ["Alder"]
    assert listed.json["items"][0]["actions"] == ["view", "create", "edit", "archive"]
    (entry,) = world.log(acme, "&category=activity")
    assert entry["actor"]["user_id"] == continuum.users["manager"]
    assert entry["actor"]["home_account_id"] == continuum.account_id
    assert entry["actor"]["effective_role"] == "creator"
    assert entry["outcome"] == "allowed"
    reader = world.api("GET", there, token=world.token(continuum, "read_only")).json
    assert reader["items"][0]["actions"] == ["view"]


def test_it_agrees_with_the_decisions(world: World, acme: Company, continuum: Company) -> None:
    world.connect(acme, continuum, maximum_role="manager")
    actions = ("view", "create", "edit", "archive", "delete", "restore")
    for role in ROLES[:-1]:
        for company, home in ((acme, False), (continuum, True)):
            there = f"/accessible-accounts/{company.account_id}/organizations"
            listed = world.api("GET", there, token=world.token(continuum, role)).json["items"]
            shown = {one["organization_id"]: set(one["actions"]) for one in listed}
            for organization_id in company.organizations.values():
                decided = {
                    action
                    for action in actions
                    if world.may(company, continuum.users[role], action, organization_id)
                }
                assert shown.get(organization_id, set()) == decided, (role, home)


def test_nobody_lists_where_nobody_lets_them_in(
    world: World, acme: Company, continuum: Company
) -> None:
    world.invite(acme, continuum)
    before = world.dump()
    token = world.token(continuum)
    for account_id in (acme.account_id, "acc_aaaaaaaaaaaaaaaa", "nonsense"):
        there = f"/accessible-accounts/{account_id}/organizations"
        assert world.api("GET", there, token=token).status == 404
        assert world.api("GET", there, token=world.token(continuum, "lite")).status == 403
    assert world.dump() == before


def test_a_visit_after_the_end_is_turned_away_with_the_reason_and_the_host_sees_it_once_an_hour(
    world: World, acme: Company, continuum: Company
) -> None:
    connection = world.connect(acme, continuum)
    revoke = f"/connections/{connection['connection_id']}/revoke"
    assert world.api("POST", revoke, token=world.token(acme)).status == 200
    there = f"/accessible-accounts/{acme.account_id}/organizations"
    for seen in (1, 2):
        token = world.token(continuum, "editor")
        for _ in range(3):
            refused = world.api("GET", there, token=token)
            assert (refused.status, refused.slug) == (404, "access-ended")
            assert "ask an Administrator of Continuum" in refused.json["detail"]
            assert "Alder" not in refused.text
        assert len(world.log(acme, "&category=activity&outcome=denied")) == seen
        world.clock.advance(hours=1)
    entry = world.log(acme, "&category=activity&outcome=denied")[0]
    assert entry["reason"] == "connection_not_active"
    assert entry["connection_id"] == connection["connection_id"]
    assert entry["actor"]["user_id"] == continuum.users["editor"]
    assert (entry["actor"]["own_role"], entry["actor"]["effective_role"]) == (None, None)
    assert world.api("GET", there, token=world.token(continuum, "lite")).status == 403
    assert len(world.log(acme, "&category=activity&outcome=denied")) == 2


def test_what_was_never_accepted_writes_nothing_into_a_hosts_log(
    world: World, acme: Company, continuum: Company
) -> None:
    invited = world.invite(acme, continuum).json
    decline = f"/incoming-connections/{invited['connection_id']}/decline"
    assert world.api("POST", decline, token=world.token(continuum)).status == 200
    before = world.dump()
    there = f"/accessible-accounts/{acme.account_id}/organizations"
    refused = world.api("GET", there, token=world.token(continuum, "editor"))
    assert (refused.status, refused.slug) == (404, "not-found")
    assert world.dump() == before


def test_access_does_not_chain(world: World, acme: Company, continuum: Company) -> None:
    third = world.company("third", {"administrator": "administrator"})
    world.connect(acme, continuum)
    world.connect(continuum, third)
    outsider = third.users["administrator"]
    answer = world.decide(acme, outsider, "view", acme.organizations["Alder"])
    assert answer["context"]["reason"] == "unknown_subject"
    assert answer["context"]["activity_id"] is None
    there = f"/accessible-accounts/{acme.account_id}/organizations"
    assert world.api("GET", there, token=world.token(third)).status == 404
    assert world.may(continuum, outsider, "view", continuum.organizations["Yew"])
    # Nor does it turn round: a host's own people are nobody in the guest's account.
    back = world.decide(
        continuum, acme.users["administrator"], "view", continuum.organizations["Yew"]
    )
    assert back["context"]["reason"] == "unknown_subject"


def regrant(world: World, acme: Company, connection: dict[str, Any], name: str) -> None:
    """Let the host replace the whole grant by one organization."""
    address = f"/connections/{connection['connection_id']}"
    token = world.token(acme)
    terms = {
        "maximum_role": "editor",
        "group_ids": [],
        "organization_ids": [acme.organizations[name]],
        "all_organizations": False,
    }
    etag = world.api("GET", address, token=token).json["etag"]
    changed = world.api("PUT", f"{address}/grant", terms, token=token, headers={"if-match": etag})
    assert changed.status == 200, changed


def test_a_list_whose_grant_is_replaced_while_it_is_read_is_that_of_the_new_grant(
    world: World, acme: Company, continuum: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    alder = [acme.organizations["Alder"]]
    connection = world.connect(acme, continuum, all_organizations=False, organization_ids=alder)
    just_before(
        monkeypatch,
        world.ports.store.directory,
        "reach_page",
        lambda: regrant(world, acme, connection, "Birch"),
    )
    there = f"/accessible-accounts/{acme.account_id}/organizations"
    listed = world.api("GET", there, token=world.token(continuum, "editor"))
    assert [one["name"] for one in listed.json["items"]] == ["Birch"]


def test_a_list_that_was_true_at_no_moment_is_not_shown(
    world: World, acme: Company, continuum: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    alder = [acme.organizations["Alder"]]
    connection = world.connect(acme, continuum, all_organizations=False, organization_ids=alder)
    names = cycle(["Birch", "Alder"])
    each_time_before(
        monkeypatch,
        world.ports.store.directory,
        "reach_page",
        lambda: regrant(world, acme, connection, next(names)),
    )
    there = f"/accessible-accounts/{acme.account_id}/organizations"
    refused = world.api("GET", there, token=world.token(continuum, "editor"))
    assert (refused.status, refused.slug) == (409, "contended")
    assert "Alder" not in refused.text


def test_a_host_that_revokes_while_the_accounts_are_read_is_not_among_them(
    world: World, acme: Company, continuum: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    connection = world.connect(acme, continuum)
    revoke = f"/connections/{connection['connection_id']}/revoke"
    just_before(
        monkeypatch,
        world.ports.store.connections,
        "facing",
        lambda: world.api("POST", revoke, token=world.token(acme)),
    )
    me = world.api("GET", "/me", token=world.token(continuum, "editor")).json
    assert [one["relation"] for one in me["accessible_accounts"]] == ["home"]


def test_nobody_signed_out_is_shown_a_home(world: World, acme: Company) -> None:
    page = world.api("GET", "/")
    assert page.status == 200
    assert "Sign in" in page.text
    assert "acme" not in page.text.lower()
    assert world.api("GET", "/me").status == 401
