"""A company brings its people, groups and organizations along, in CSV files."""

import pytest

from tests.support.api import handler_of
from tests.support.cleanup import run_cleanup
from tests.support.importer import Importer, counts
from tests.support.world import Company, World

USERS = (
    "email,name,role,groups\n"
    "Nina@acme.test,Nina,editor,Level 1\n"
    '"otto@acme.test","Otto, the second",manager,-\n'
)


@pytest.fixture
def host(world: World) -> Company:
    return world.company(
        "acme",
        {"administrator": "administrator", "max": "manager", "eve": "editor"},
        groups={"Level 1": ["Alder"], "Level 2": ["Birch"]},
        members={"Level 1": ["eve", "max"]},
        organizations=["Alder", "Birch"],
    )


@pytest.fixture
def bring(world: World, host: Company) -> Importer:
    return Importer(world, host)


# ---- users


def test_users_are_created_and_the_same_file_again_changes_nothing(
    world: World, host: Company, bring: Importer
) -> None:
    done = bring("users", USERS)
    assert (done["state"], done["problem"], done["errors"]) == ("done", None, [])
    assert done["counts"] == counts(created=2)
    found = bring.get("/users")
    assert found["nina@acme.test"]["group_ids"] == [host.groups["Level 1"]]
    assert found["otto@acme.test"]["name"] == "Otto, the second"
    actions = [entry["action"] for entry in world.log(host)]
    assert actions[0] == "import.finished"
    assert actions.count("user.created") == 2
    assert bring("users", USERS)["counts"] == counts(left=2)
    assert bring.get("/users") == found
    members = world.api("GET", f"/groups/{host.groups['Level 1']}/members", token=world.token(host))
    assert "nina@acme.test" in {one["email"] for one in members.json["items"]}


def test_new_users_are_mailed_a_link_to_sign_in_if_that_is_asked_for(
    world: World, bring: Importer
) -> None:
    text = f"{USERS}eve@acme.test,Eve A,editor,\n"
    assert not bring("users", text, "&dry_run=true&send_invitations=true")["problem"]
    run_cleanup()
    assert world.outbox.mails == []
    done = bring("users", text, "&send_invitations=true")
    assert (done["counts"], done["send_invitations"]) == (counts(created=2, changed=1), True)
    world.clock.advance(minutes=3)
    run_cleanup()
    assert {one.to for one in world.outbox.mails} == {"nina@acme.test", "otto@acme.test"}
    page = world.api(
        "GET", f"/user-invitations/{world.outbox.to('nina@acme.test', 'user_invitation').token}"
    )
    assert "Administrator added you to Acme (acme) as Editor" in page.text
    bring("users", text, "&send_invitations=true")
    world.clock.advance(minutes=3)
    run_cleanup()
    assert len(world.outbox.mails) == 2


def test_more_new_users_are_mailed_than_one_transaction_has_room_for(
    world: World, bring: Importer
) -> None:
    rows = "".join(f"p{number}@acme.test,P,lite\n" for number in range(45))
    done = bring("users", f"email,name,role\n{rows}", "&send_invitations=true")
    assert done["counts"] == counts(created=45)
    world.clock.advance(minutes=3)
    run_cleanup()
    assert len({one.to for one in world.outbox.mails}) == 45


def test_a_new_user_who_was_mailed_too_often_is_a_row_that_is_refused(
    world: World, host: Company, bring: Importer
) -> None:
    new = {"email": "nina@acme.test", "name": "Nina", "role": "lite"}
    for _ in range(3):
        made = world.api("POST", "/users", new, token=world.token(host))
        assert made.status == 201, made
        address = f"/users/{made.json['user_id']}"
        assert world.api("DELETE", address, token=world.token(host)).status == 204
    done = bring("users", USERS, "&partial=true&send_invitations=true")
    assert done["counts"] == counts(created=1, refused=1)
    (wrong,) = done["errors"]
    assert wrong["line"] == 2
    assert "which is the limit" in wrong["detail"]
    assert "nina@acme.test" not in bring.get("/users")


def test_only_users_can_be_mailed(bring: Importer) -> None:
    refused = bring.post("organizations", "name\nFir\n", "&send_invitations=true")
    assert (refused.status, refused.json["errors"][0]["pointer"]) == (422, "/send_invitations")


def test_users_are_changed_only_in_what_the_row_says(
    world: World, host: Company, bring: Importer
) -> None:
    bring("users", USERS)
    before = bring.get("/users")["nina@acme.test"]
    done = bring("users", "email,name,role,all_organizations\nnina@acme.test,,creator,yes\n")
    assert done["counts"] == counts(changed=1)
    after = bring.get("/users")["nina@acme.test"]
    changed = {name for name in before if before[name] != after[name]}
    assert changed == {"role", "all_organizations", "etag"}
    (entry,) = [e for e in world.log(host) if e["action"] == "user.changed"]
    assert entry["changes"]["role"] == ["editor", "creator"]
    assert entry["actor"]["user_id"] == host.users["administrator"]


def test_a_user_gets_a_new_address_by_their_id(host: Company, bring: Importer) -> None:
    id_ = host.users["eve"]
    done = bring("users", f"user_id;email;status\n{id_};eva@acme.test;deactivated\n")
    assert done["counts"] == counts(changed=1)
    found = bring.get("/users")
    assert "eve@acme.test" not in found
    assert (found["eva@acme.test"]["user_id"], found["eva@acme.test"]["status"]) == (
        id_,
        "deactivated",
    )


def test_direct_organizations_are_given_and_taken(
    world: World, host: Company, bring: Importer
) -> None:
    nina = "email,name,role,organizations\nnina@acme.test,Nina,editor,"
    bring("users", f"{nina}Alder;Birch\n")
    assert set(bring.get("/users")["nina@acme.test"]["organization_ids"]) == {
        host.organizations["Alder"],
        host.organizations["Birch"],
    }
    assert bring("users", f"{nina}Birch;Alder\n")["counts"] == counts(left=1)
    assert bring("users", f"{nina}-\n")["counts"] == counts(changed=1)
    assert bring.get("/users")["nina@acme.test"]["organization_ids"] == []


def test_an_address_that_is_taken_elsewhere_does_not_say_whose(
    world: World, host: Company, bring: Importer
) -> None:
    world.company("globex", {"hank": "administrator"})
    done = bring("users", "email,name,role\nhank@globex.test,Hank,lite\n")
    (error,) = done["errors"]
    assert (error["line"], error["column"], error["cause"]) == (2, "email", "taken")
    assert "globex" not in error["detail"].lower().replace("hank@globex.test", "")
    group = bring("groups", "name,members\nNew,hank@globex.test\n")
    nobody = bring("groups", "name,members\nNew,nobody@nowhere.test\n")
    told = [one["errors"][0]["detail"].partition("user ")[0] for one in (group, nobody)]
    assert told[0] == told[1]
    assert [group["errors"][0][n] for n in ("cause", "repair")] == [
        nobody["errors"][0][n] for n in ("cause", "repair")
    ]


def test_whoever_imports_does_not_change_their_own_rights(host: Company, bring: Importer) -> None:
    done = bring("users", "email,role\nadministrator@acme.test,lite\n")
    assert done["state"] == "failed"
    assert done["errors"][0]["cause"] == "own-row"
    assert bring("users", "email,name\nadministrator@acme.test,Ada\n")["counts"] == counts(
        changed=1
    )


# ---- groups


GROUPS = (
    "name,description,members,organizations\n"
    'Level 1,"Two\nlines",eve@acme.test,Alder;Birch\n'
    "Level 3,,eve@acme.test;max@acme.test,Birch\n"
)


def test_groups_have_the_members_and_organizations_that_the_file_says(
    world: World, host: Company, bring: Importer
) -> None:
    done = bring("groups", GROUPS)
    assert done["counts"] == counts(created=1, changed=1)
    groups = bring.get("/groups")
    assert groups["Level 1"]["description"] == "Two\nlines"
    token = world.token(host)

    def listed(group: str, what: str) -> set[str]:
        address = f"/groups/{groups[group]['group_id']}/{what}"
        return {one["name"] for one in world.api("GET", address, token=token).json["items"]}

    assert listed("Level 1", "members") == {"Eve"}
    assert listed("Level 3", "members") == {"Eve", "Max"}
    assert listed("Level 1", "organizations") == {"Alder", "Birch"}
    assert bring("groups", GROUPS)["counts"] == counts(left=2)
    actions = [entry["action"] for entry in world.log(host)]
    assert actions.count("group.member_added") == 2
    assert actions.count("group.member_removed") == 1
    assert actions.count("group.organization_added") == 2


def test_a_group_of_many_is_written_in_many_chunks(real_world: World) -> None:
    bring = Importer(real_world, real_world.company("acme", {"administrator": "administrator"}))
    people = "".join(f"p{n}@acme.test,P {n},lite\n" for n in range(70))
    assert bring("users", f"email,name,role\n{people}")["counts"] == counts(created=70)
    members = ";".join(f"p{n}@acme.test" for n in range(70))
    text = f"name,members\nCrowd,{members}\n"
    assert bring("groups", text)["counts"] == counts(created=1)
    group_id = bring.get("/groups")["Crowd"]["group_id"]
    assert sum(group_id in one["group_ids"] for one in bring.get("/users").values()) == 70
    assert bring("groups", text)["counts"] == counts(left=1)


# ---- organizations


def test_organizations_stand_under_parents_of_the_file_and_of_the_account(
    host: Company, bring: Importer
) -> None:
    text = "name,parent\nTwig,Branch\nBranch,Alder\nAlder,-\nBirch,Twig\n"
    done = bring("organizations", text)
    assert done["counts"] == counts(created=2, changed=1, left=1)
    found = bring.get("/organizations")
    assert found["Twig"]["parent_id"] == found["Branch"]["organization_id"]
    assert found["Branch"]["parent_id"] == host.organizations["Alder"]
    assert found["Birch"]["parent_id"] == found["Twig"]["organization_id"]
    assert bring("organizations", text)["counts"] == counts(left=4)


def test_circles_are_refused_within_the_file_and_with_what_is_there(
    host: Company, bring: Importer
) -> None:
    done = bring("organizations", "name,parent\nOne,Two\nTwo,One\nThree,\n")
    assert [(one["line"], one["column"]) for one in done["errors"]] == [
        (2, "parent"),
        (3, "parent"),
    ]
    bring("organizations", "name,parent\nBirch,Alder\n")
    done = bring("organizations", "name,parent\nAlder,Birch\n")
    assert (done["state"], done["errors"][0]["column"]) == ("failed", "parent")


def test_an_organization_is_renamed_by_its_id(host: Company, bring: Importer) -> None:
    id_ = host.organizations["Alder"]
    done = bring("organizations", f"organization_id,name\n{id_},Alder Creek\n,Alder\n")
    assert done["counts"] == counts(created=1, changed=1)
    assert bring.get("/organizations")["Alder Creek"]["organization_id"] == id_


def test_a_name_that_two_have_is_no_name_to_go_by(
    world: World, host: Company, bring: Importer
) -> None:
    world.api("POST", "/organizations", {"name": "Alder"}, token=world.token(host))
    done = bring("organizations", "name,parent\nTwig,Alder\nAlder,Birch\n")
    assert {(one["line"], one["cause"]) for one in done["errors"]} == {
        (2, "ambiguous"),
        (3, "ambiguous"),
    }
    assert bring("organizations", f"name,parent\nTwig,{host.organizations['Alder']}\n")[
        "counts"
    ] == counts(created=1)


# ---- dry runs, all or nothing, partial


MIXED = (
    "email,name,role,groups\n"
    "nina@acme.test,Nina,editor,Level 1\n"
    "eve@acme.test,Eve,boss,\n"
    "otto@acme.test,,editor,\n"
    "NINA@acme.test,Nina again,editor,\n"
    "pia@acme.test,Pia,editor,Level 9\n"
    "max@acme.test,Max,,\n"
)
FAULTS = [
    (3, "role", "boss", "value"),
    (4, "name", "", "empty"),
    (5, "email", "nina@acme.test", "twice"),
    (6, "groups", "Level 9", "unknown"),
]


def faults(done: dict[str, object]) -> list[tuple[object, ...]]:
    errors = done["errors"]
    assert isinstance(errors, list)
    assert all(one["detail"] and one["repair"] for one in errors)
    return [(one["line"], one["column"], one["value"], one["cause"]) for one in errors]


def test_a_dry_run_writes_nothing_but_its_report(
    world: World, host: Company, bring: Importer
) -> None:
    import_id = bring.begin("users", MIXED, "&dry_run=true")
    before = [item for item in world.dump() if "#JOB" not in item["pk"]["S"]]
    bring.jobs.run()
    assert [item for item in world.dump() if "#JOB" not in item["pk"]["S"]] == before
    done = bring.read(import_id)
    assert (done["state"], done["dry_run"]) == ("done", True)
    assert done["counts"] == counts(created=1, left=1, refused=4)
    assert faults(done) == FAULTS


def test_without_partial_one_bad_row_keeps_all_from_being_written(
    world: World, host: Company, bring: Importer
) -> None:
    before = bring.get("/users")
    done = bring("users", MIXED)
    assert done["state"] == "failed"
    assert "4 of 6 rows" in done["problem"]
    assert done["counts"] == counts(refused=4)
    assert faults(done) == FAULTS
    assert bring.get("/users") == before
    assert world.log(host)[0]["action"] == "import.finished"
    assert world.log(host)[0]["outcome"] == "failed"


def test_partial_writes_the_good_rows_and_names_the_others(host: Company, bring: Importer) -> None:
    done = bring("users", MIXED, "&partial=true")
    assert done["state"] == "done"
    assert done["counts"] == counts(created=1, left=1, refused=4)
    assert sorted(faults(done)) == FAULTS
    assert "nina@acme.test" in bring.get("/users")


def test_a_row_of_many_acts_is_written_whole_or_not_at_all(
    world: World, host: Company, bring: Importer
) -> None:
    bring.name = "max"
    world.api(
        "PATCH",
        f"/users/{host.users['max']}",
        {"all_organizations": True},
        token=world.token(host),
    )
    before = bring.get("/groups")
    text = "name,description,members\nLevel 1,Changed,eve@acme.test;administrator@acme.test\n"
    done = bring("groups", text, "&partial=true")
    assert done["counts"] == counts(refused=1)
    assert done["errors"][0]["cause"] == "not-allowed"
    assert bring.get("/groups") == before


def test_the_report_is_read_in_pages(bring: Importer) -> None:
    rows = "".join(f"p{n}@acme.test,P,boss\n" for n in range(120))
    import_id = bring.begin("users", f"email,name,role\n{rows}", "&dry_run=true")
    bring.jobs.run()
    lines: list[list[int]] = []
    cursor: str | None = ""
    while cursor is not None:
        page = bring.read(import_id, f"?limit=45{cursor and f'&cursor={cursor}'}")
        lines.append([one["line"] for one in page["errors"]])
        cursor = page["next_cursor"]
    assert lines == [list(range(2, 47)), list(range(47, 92)), list(range(92, 122))]
    assert len(bring.read(import_id, "?limit=200")["errors"]) == 120


def test_no_more_are_imported_than_the_plan_has_seats_for(
    world: World, host: Company, bring: Importer
) -> None:
    handler_of("set_plan")({"subdomain": "acme", "plan": "Small", "seats": 4}, None)
    rows = "".join(f"p{n}@acme.test,P,editor\n" for n in range(3))
    done = bring("users", f"email,name,role\n{rows}p9@acme.test,P,lite\n")
    assert (done["state"], done["counts"]) == ("failed", counts(refused=2))
    assert faults(done) == [(3, "role", "editor", "limit"), (4, "role", "editor", "limit")]
    done = bring("users", f"email,name,role\n{rows}p9@acme.test,P,lite\n", "&partial=true")
    assert done["counts"] == counts(created=2, refused=2)
