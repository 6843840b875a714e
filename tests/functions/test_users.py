"""People of an account: created, changed, deactivated, deleted; and never the last Administrator."""

import pytest

from tests.support.api import Reply
from tests.support.world import Company, World


@pytest.fixture
def acme(world: World) -> Company:
    return world.company(
        "acme",
        {"administrator": "administrator", "editor": "editor"},
        organizations=["Alder", "Birch"],
        groups={"Level 1": ["Alder"]},
    )


def as_administrator(
    world: World, acme: Company, method: str, address: str, body: object = None, **headers: str
) -> Reply:
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    return world.api(method, address, body, token=world.token(acme), headers=sent)


def test_a_user_is_as_the_contract_shows_it(world: World, acme: Company) -> None:
    made = as_administrator(
        world,
        acme,
        "POST",
        "/users",
        {
            "email": "New.Person@Acme.test",
            "name": "  New Person ",
            "role": "creator",
            "group_ids": [acme.groups["Level 1"]],
            "organization_ids": [acme.organizations["Birch"]],
        },
    )
    assert made.status == 201, made
    user = made.json
    assert user == {
        "user_id": user["user_id"],
        "email": "new.person@acme.test",
        "name": "New Person",
        "role": "creator",
        "status": "active",
        "group_ids": [acme.groups["Level 1"]],
        "organization_ids": [acme.organizations["Birch"]],
        "all_organizations": False,
        "created_at": user["created_at"],
        "etag": user["etag"],
    }
    shown = as_administrator(world, acme, "GET", f"/users/{user['user_id']}")
    assert shown.json == user
    assert shown.headers["etag"] == f'"{user["etag"]}"'
    assert user in as_administrator(world, acme, "GET", "/users").json["items"]


def test_reach_follows_groups_and_organizations_at_the_next_decision(
    world: World, acme: Company
) -> None:
    editor, alder = acme.users["editor"], acme.organizations["Alder"]
    address = f"/users/{editor}"

    def via() -> str | None:
        answer = world.decide(acme, editor, "view", alder)
        return answer["context"]["via"]  # type: ignore[no-any-return]  # JSON

    assert via() is None
    group = acme.groups["Level 1"]
    for change, through in (
        ({"group_ids": [group]}, f"group:{group}"),
        ({"organization_ids": [alder]}, "direct"),
        ({"all_organizations": True}, "all"),
        ({"all_organizations": False, "organization_ids": []}, f"group:{group}"),
        ({"group_ids": []}, None),
    ):
        assert as_administrator(world, acme, "PATCH", address, change).status == 200
        assert via() == through


def test_a_role_and_a_status_hold_at_the_next_decision_and_request(
    world: World, acme: Company
) -> None:
    editor, alder = acme.users["editor"], acme.organizations["Alder"]
    address = f"/users/{editor}"
    as_administrator(world, acme, "PATCH", address, {"all_organizations": True})
    token = world.token(acme, "editor")
    assert world.may(acme, editor, "delete", alder)
    as_administrator(world, acme, "PATCH", address, {"role": "creator"})
    assert not world.may(acme, editor, "delete", alder)
    as_administrator(world, acme, "PATCH", address, {"status": "deactivated"})
    answer = world.decide(acme, editor, "view", alder)
    assert answer["context"]["reason"] == "subject_inactive"
    assert world.api("GET", "/me", token=token).status == 401
    as_administrator(world, acme, "PATCH", address, {"status": "active"})
    assert world.may(acme, editor, "view", alder)
    assert world.api("GET", "/me", token=token).status == 200


def test_an_address_is_one_user_in_the_whole_system_and_nobody_is_told_whose(
    world: World, acme: Company
) -> None:
    other = world.company("other", {"administrator": "administrator", "eve": "editor"})
    before = world.dump()
    for email in (other.emails["eve"], "EVE@Other.test", acme.emails["editor"]):
        body = {"email": email, "name": "New", "role": "editor"}
        taken = as_administrator(world, acme, "POST", "/users", body)
        assert (taken.status, taken.slug) == (409, "email-taken")
        assert other.account_id not in taken.text
        assert "other" not in taken.json["detail"].replace("another", "").lower()
        assert other.users["eve"] not in taken.text
    moved = {"email": other.emails["eve"]}
    address = f"/users/{acme.users['editor']}"
    assert as_administrator(world, acme, "PATCH", address, moved).slug == "email-taken"
    assert world.dump() == before


def test_an_address_given_up_is_free_again(world: World, acme: Company) -> None:
    address = f"/users/{acme.users['editor']}"
    as_administrator(world, acme, "PATCH", address, {"email": "ed@acme.test"})
    body = {"email": "editor@acme.test", "name": "New", "role": "editor"}
    assert as_administrator(world, acme, "POST", "/users", body).status == 201
    assert as_administrator(world, acme, "DELETE", address).status == 204
    assert as_administrator(world, acme, "GET", address).status == 404
    body = {"email": "ed@acme.test", "name": "Ed", "role": "lite"}
    assert as_administrator(world, acme, "POST", "/users", body).status == 201


def test_the_last_active_administrator_stays(world: World, acme: Company) -> None:
    address = f"/users/{acme.users['administrator']}"
    before = world.dump()
    for method, body in (
        ("PATCH", {"role": "manager"}),
        ("PATCH", {"status": "deactivated"}),
        ("DELETE", None),
    ):
        refused = as_administrator(world, acme, method, address, body)
        assert (refused.status, refused.slug) == (409, "last-administrator"), method
    assert world.dump() == before


def test_a_deactivated_administrator_does_not_count_as_one(world: World, acme: Company) -> None:
    editor = f"/users/{acme.users['editor']}"
    administrator = f"/users/{acme.users['administrator']}"
    promoted = {"role": "administrator", "status": "deactivated"}
    assert as_administrator(world, acme, "PATCH", editor, promoted).status == 200
    assert as_administrator(world, acme, "PATCH", administrator, {"role": "lite"}).status == 409
    assert as_administrator(world, acme, "PATCH", editor, {"status": "active"}).status == 200
    assert as_administrator(world, acme, "PATCH", administrator, {"role": "lite"}).status == 200
    assert as_administrator(world, acme, "GET", "/users").status == 403


def test_an_administrator_may_delete_the_other_one(world: World, acme: Company) -> None:
    editor = f"/users/{acme.users['editor']}"
    as_administrator(world, acme, "PATCH", editor, {"role": "administrator"})
    assert as_administrator(world, acme, "DELETE", editor).status == 204
    alder = acme.organizations["Alder"]
    answer = world.decide(acme, acme.users["editor"], "view", alder)
    assert answer["context"]["reason"] == "unknown_subject"


def test_a_change_may_name_the_version_it_was_made_on(world: World, acme: Company) -> None:
    address = f"/users/{acme.users['editor']}"
    etag = as_administrator(world, acme, "GET", address).json["etag"]
    changed = as_administrator(world, acme, "PATCH", address, {"name": "Ed"}, if_match=f'"{etag}"')
    assert changed.status == 200
    for method, body in (("PATCH", {"name": "Eddie"}), ("DELETE", None)):
        stale = as_administrator(world, acme, method, address, body, if_match=etag)
        assert (stale.status, stale.slug) == (412, "etag-stale")
    assert (
        as_administrator(world, acme, "DELETE", address, if_match=changed.json["etag"]).status
        == 204
    )


@pytest.mark.parametrize(
    ("change", "status", "pointer"),
    [
        ({"email": "nobody"}, 400, "/email"),
        ({"role": "owner"}, 400, "/role"),
        ({"status": "away"}, 400, "/status"),
        ({"name": ""}, 400, "/name"),
        ({"name": "Ed\u202e"}, 400, "/name"),
        ({"group_ids": ["grp_00000000000000000000000000"]}, 422, "/group_ids"),
        ({"organization_ids": ["Alder"]}, 422, "/organization_ids"),
        ({"user_id": "me"}, 400, "/user_id"),
    ],
)
def test_what_is_wrong_with_a_user_is_named(
    world: World, acme: Company, change: dict[str, object], status: int, pointer: str
) -> None:
    before = world.dump()
    body = {"email": "new@acme.test", "name": "New", "role": "editor", **change}
    if "user_id" in change or "status" in change:
        body = change
    method, address = (
        ("PATCH", f"/users/{acme.users['editor']}") if body is change else ("POST", "/users")
    )
    refused = as_administrator(world, acme, method, address, body)
    assert refused.status == status, refused
    assert refused.json["errors"][0]["pointer"] == pointer
    assert world.dump() == before


def test_every_change_stands_in_the_log_with_before_and_after(world: World, acme: Company) -> None:
    address = f"/users/{acme.users['editor']}"
    as_administrator(world, acme, "PATCH", address, {"role": "creator", "name": "Ed"})
    as_administrator(world, acme, "DELETE", address)
    deleted, changed = world.log(acme, "&category=directory")[:2]
    assert deleted["action"] == "user.deleted"
    assert deleted["resource"] == {"type": "user", "id": acme.users["editor"], "name": "Ed"}
    assert changed["action"] == "user.changed"
    assert changed["changes"] == {"role": ["editor", "creator"], "name": ["Editor", "Ed"]}
    assert changed["actor"]["user_id"] == acme.users["administrator"]
    assert (changed["ip_address"], changed["user_agent"]) == ("192.0.2.7", "a test")
