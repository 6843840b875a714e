"""Nobody uses up what others need, nor reads from a receipt what is no longer theirs."""

from datetime import timedelta

from gatehouse.domain.grant import DirectGrant, GrantState
from gatehouse.usecases import changes as c
from tests.support.world import World


def test_the_sweep_comes_to_the_oldest_work_first_wherever_it_stands(world: World) -> None:
    company = world.company("acme", organizations=["Alder"])
    store, ids = world.ports.store, frozenset(company.organizations.values())
    start = world.clock.now()
    made = [f"usr.{number:02d}" for number in range(40)]
    for number, grant_id in enumerate(made):
        due_at = start + timedelta(seconds=number)
        grant = DirectGrant(company.account_id, grant_id, ids, GrantState.PREPARING, due_at)
        store.commit(c.KeepGrant(grant))
    world.clock.advance(hours=1)
    assert [due.id for due in store.due(world.clock.now())] == made


def test_users_refused_for_their_address_do_not_use_up_the_grants_of_an_organization(
    world: World,
) -> None:
    host = world.company("acme", {"administrator": "administrator"}, organizations=["Alder"])
    alder = host.organizations["Alder"]
    taken = {"email": "administrator@acme.test", "name": "X", "role": "editor"}
    refused = world.api("POST", "/users", {**taken, "organization_ids": [alder]}, token=host.key)
    assert (refused.status, refused.slug) == (409, "email-taken")
    found = world.ports.store.directory.organization(host.account_id, alder)
    assert found
    assert not found.grants


def test_a_repeat_answers_nothing_to_somebody_who_may_not_do_it_any_more(world: World) -> None:
    host = world.company(
        "acme",
        {"administrator": "administrator", "olga": "administrator", "mia": "manager"},
        organizations=["Alder"],
        groups={"Level 1": ["Alder"]},
        members={"Level 1": ["mia"]},
    )
    top, once = world.token(host), {"idempotency-key": "one"}
    olga, mia = world.token(host, "olga"), world.token(host, "mia")
    new = {"email": "n@acme.test", "name": "N", "role": "administrator"}
    group = f"/groups/{host.groups['Level 1']}"
    assert world.api("POST", "/users", new, token=olga, headers=once).status == 201
    assert world.api("PATCH", group, {"name": "L1"}, token=mia, headers=once).status == 200
    assert world.api("PATCH", group, {"name": "L1"}, token=mia, headers=once).status == 200

    world.api("PATCH", f"/users/{host.users['olga']}", {"role": "manager"}, token=top)
    world.api("DELETE", f"{group}/members/{host.users['mia']}", token=top)

    assert world.api("POST", "/users", new, token=olga, headers=once).status == 403
    assert world.api("PATCH", group, {"name": "L1"}, token=mia, headers=once).status == 404


def test_a_reported_action_that_the_account_has_mapped_is_judged_by_its_role(world: World) -> None:
    host = world.company("acme", organizations=["Alder"])
    world.api("PATCH", "/account", {"mapped_actions": {"print": "editor"}}, token=world.token(host))
    seen = {}
    for role in ("administrator", "creator"):
        activity = {
            "user_id": host.users[role],
            "action": "print",
            "organization_id": host.organizations["Alder"],
            "resource": {"type": "password"},
        }
        if role == "creator":
            scope = {"organization_ids": [host.organizations["Alder"]]}
            world.api("PATCH", f"/users/{host.users[role]}", scope, token=world.token(host))
        world.api("POST", "/activities", activity, token=host.key)
        entry = world.log(host)[0]
        seen[role] = (entry["outcome"], entry["reason"])
    assert seen == {"administrator": ("allowed", None), "creator": ("denied", "role_too_low")}
