"""Own role × maximum role × action, over HTTP, against tables written here a second time."""

import pytest

from tests.support.world import Company, World

# The seed's table for maximum role Editor, in its words.
EDITOR = {
    "administrator": "editor",
    "manager": "editor",
    "editor": "editor",
    "creator": "creator",
    "read_only": "read_only",
}

# Lowest first. Nothing here is taken from the product.
HEIGHT = {"read_only": 1, "creator": 2, "editor": 3, "manager": 4, "administrator": 5}
ALLOWED = {
    "view": {"read_only", "creator", "editor", "manager", "administrator"},
    "create": {"creator", "editor", "manager", "administrator"},
    "edit": {"creator", "editor", "manager", "administrator"},
    "archive": {"creator", "editor", "manager", "administrator"},
    "delete": {"editor", "manager", "administrator"},
    "restore": {"manager", "administrator"},
}
ADMINISTRATOR = {"administrator": "administrator"}
NEVER = (
    "manage_users manage_groups manage_organizations manage_connections change_permissions "
    "manage_account manage_api_keys view_logs import export"
).split()


def lower(own: str, maximum: str) -> str:
    return own if HEIGHT[own] <= HEIGHT[maximum] else maximum


def everything(
    world: World, host: Company, people: dict[str, str]
) -> dict[tuple[str, str], tuple[bool, str | None, str | None, str | None, str]]:
    """Ask for every action of everybody, one request a person; return what was answered."""
    found = {}
    for own, user_id in people.items():
        reply = world.api(
            "POST",
            "/access/v1/evaluations",
            {
                "subject": {"type": "user", "id": user_id},
                "resource": {"type": "organization", "id": host.organizations["Alder"]},
                "evaluations": [{"action": {"name": action}} for action in ALLOWED],
            },
            token=host.key,
        )
        assert reply.status == 200, reply
        answers = reply.json["evaluations"]
        assert len(answers) == len(ALLOWED)
        for action, answer in zip(ALLOWED, answers, strict=True):
            said = answer["context"]
            found[own, action] = (
                answer["decision"],
                said["own_role"],
                said["maximum_role"],
                said["effective_role"],
                said["reason"],
            )
    return found


def expected(maximum: str | None) -> dict[tuple[str, str], tuple[bool, str, str | None, str, str]]:
    """Return what the tables above say of guests under a maximum role, of own users under None."""
    rows: dict[tuple[str, str], tuple[bool, str, str | None, str, str]] = {
        ("lite", action): (False, "lite", maximum, "lite", "role_not_admitted")
        for action in ALLOWED
    }
    for own in HEIGHT:
        effective = lower(own, maximum) if maximum else own
        for action, admitted in ALLOWED.items():
            yes = effective in admitted
            reason = "allowed" if yes else "role_too_low"
            rows[own, action] = (yes, own, maximum, effective, reason)
    return rows


def test_under_maximum_role_editor_each_role_becomes_what_the_seed_says(world: World) -> None:
    acme, continuum = world.company("acme", organizations=["Alder"]), world.company("continuum")
    world.connect(acme, continuum, maximum_role="editor")

    for own, effective in EDITOR.items():
        answer = world.decide(acme, continuum.users[own], "view", acme.organizations["Alder"])
        assert answer["decision"] is True
        assert answer["context"]["own_role"] == own
        assert answer["context"]["maximum_role"] == "editor"
        assert answer["context"]["effective_role"] == effective
        assert answer["context"]["capped"] is (own != effective)
    lite = world.decide(acme, continuum.users["lite"], "view", acme.organizations["Alder"])
    assert lite["decision"] is False


@pytest.mark.parametrize("maximum", list(HEIGHT))
def test_a_guest_may_do_what_the_lower_of_own_role_and_maximum_role_may(
    world: World, maximum: str
) -> None:
    acme, continuum = world.company("acme", organizations=["Alder"]), world.company("continuum")
    world.connect(acme, continuum, maximum_role=maximum)

    assert everything(world, acme, dict(continuum.users)) == expected(maximum)


def test_own_users_may_do_what_their_role_may(world: World) -> None:
    acme = world.company(
        "acme",
        organizations=["Alder"],
        groups={"Everybody": ["Alder"]},
        members={"Everybody": ["manager", "editor", "creator", "read_only", "lite"]},
    )

    assert everything(world, acme, dict(acme.users)) == expected(None)


def test_nobody_does_anything_to_the_account_itself_through_a_decision(world: World) -> None:
    acme = world.company("acme", ADMINISTRATOR, organizations=["Alder"])
    continuum = world.company("continuum", ADMINISTRATOR)
    world.connect(acme, continuum, maximum_role="administrator")

    for user_id in (acme.users["administrator"], continuum.users["administrator"]):
        for action in NEVER:
            answer = world.decide(acme, user_id, action, acme.organizations["Alder"])
            assert answer["decision"] is False
            assert answer["context"]["reason"] == "action_never_delegated"
            assert answer["context"]["own_role"] is None
            assert answer["context"]["connection_id"] is None


def test_a_guest_administrator_opens_nothing_of_the_hosts_account_area(world: World) -> None:
    acme = world.company("acme", ADMINISTRATOR, organizations=["Alder"])
    continuum = world.company("continuum", ADMINISTRATOR)
    world.connect(acme, continuum, maximum_role="administrator")
    token = world.token(continuum)

    for address in (
        f"/users/{acme.users['administrator']}",
        f"/organizations/{acme.organizations['Alder']}",
    ):
        assert world.api("GET", address, token=token).status == 404
    assert world.api("GET", "/account", token=token).json["account_id"] == continuum.account_id
    assert acme.users["administrator"] not in world.api("GET", "/users", token=token).text
    assert world.api("GET", "/organizations", token=token).json["items"] == []
