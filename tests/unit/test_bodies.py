"""The bodies of requests: strict, closed, of limited size; a refusal points at each field."""

from typing import Any

import pytest

from gatehouse.domain.api_key import ApiScope
from gatehouse.domain.errors import Malformed, Refused
from gatehouse.domain.grant import Scope
from gatehouse.domain.limits import Limits
from gatehouse.domain.roles import Role
from gatehouse.http import account_bodies, bodies, key_bodies, reports
from gatehouse.usecases.organizations import UNCHANGED
from tests.support.people import NOW, numbered

INVITATION = {"guest_subdomain": "continuum", "maximum_role": "editor"}
GRANT = {
    "maximum_role": "editor",
    "group_ids": [numbered("grp", 1)],
    "organization_ids": [numbered("org", 1)],
    "all_organizations": False,
}
USER = {"email": "Ana@Continuum.test", "name": " Ana ", "role": "creator"}
ACTIVITY = {
    "user_id": "usr",
    "action": "password.viewed",
    "organization_id": "org",
    "resource": {"type": "password"},
}


def pointers(refused: pytest.ExceptionInfo[Malformed] | pytest.ExceptionInfo[Refused]) -> list[str]:
    return [field.pointer for field in refused.value.fields]


def test_an_invitation_says_whom_how_far_and_how_long() -> None:
    body = {**INVITATION, "all_organizations": True, "invitation_expires_in_days": 30}
    invitation = bodies.read(bodies.InvitationBody, body).invitation()
    assert invitation.guest_subdomain == "continuum"
    assert invitation.maximum_role is Role.EDITOR
    assert invitation.scope == Scope(all_organizations=True)
    assert (invitation.message, invitation.expires_in_days) == (None, 30)


@pytest.mark.parametrize(
    ("sent", "kept"), [("  ", None), ("", None), (" a\r\nb ", "a\nb"), ("é\t😀", "é\t😀")]
)
def test_a_message_is_plain_text_and_a_blank_one_is_none(sent: str, kept: str | None) -> None:
    body = bodies.read(bodies.InvitationBody, {**INVITATION, "message": sent})
    assert body.invitation().message == kept


@pytest.mark.parametrize(
    ("model", "body", "where"),
    [
        (bodies.InvitationBody, {"guest_subdomain": "x"}, ["/maximum_role"]),
        (bodies.GrantBody, {}, [f"/{name}" for name in GRANT]),
        (reports.ActivityBody, {**ACTIVITY, "resource": {}}, ["/resource/type"]),
    ],
)
def test_only_a_missing_field_is_refused_as_422_and_pointed_at(
    model: type[bodies.Body], body: dict[str, Any], where: list[str]
) -> None:
    with pytest.raises(Refused) as refused:
        bodies.read(model, body)
    assert sorted(pointers(refused)) == sorted(where)


@pytest.mark.parametrize(
    ("model", "body", "where", "says"),
    [
        (bodies.InvitationBody, {**INVITATION, "x/y": 1}, "/x~1y", "no field of this name"),
        (bodies.InvitationBody, {**INVITATION, "maximum_role": "boss"}, "/maximum_role", "one of"),
        (
            bodies.InvitationBody,
            {**INVITATION, "invitation_expires_in_days": 0},
            "/invitation_expires_in_days",
            "at least 1",
        ),
        (
            bodies.InvitationBody,
            {**INVITATION, "invitation_expires_in_days": 31},
            "/invitation_expires_in_days",
            "at most 30",
        ),
        (
            bodies.InvitationBody,
            {**INVITATION, "invitation_expires_in_days": "7"},
            "/invitation_expires_in_days",
            "whole number",
        ),
        (bodies.InvitationBody, {**INVITATION, "message": "a" * 2_001}, "/message", "2000"),
        (bodies.InvitationBody, {**INVITATION, "message": "\u202e"}, "/message", "direction"),
        (bodies.GrantBody, {**GRANT, "all_organizations": 1}, "/all_organizations", "true or"),
        (bodies.GrantBody, {**GRANT, "group_ids": "grp"}, "/group_ids", "a list"),
        (
            bodies.GrantBody,
            {**GRANT, "organization_ids": GRANT["organization_ids"] * 2},  # type: ignore[operator]  # a list
            "/organization_ids",
            "twice",
        ),
        (bodies.UserBody, {**USER, "email": "nobody"}, "/email", "e-mail address"),
        (bodies.UserBody, {**USER, "name": "a\nb"}, "/name", "line breaks"),
        (bodies.UserBody, {**USER, "name": " "}, "/name", "empty"),
        (bodies.UserBody, {**USER, "name": 5}, "/name", "text"),
        (key_bodies.ApiKeyBody, {"name": "k", "scopes": []}, "/scopes", "empty"),
        (reports.ActivityBody, {**ACTIVITY, "time": "today"}, "/time", "a time such as"),
        (reports.ActivityBody, {**ACTIVITY, "resource": []}, "/resource", "object"),
        (
            reports.ActivitiesBody,
            {"activities": [ACTIVITY] * 101},
            "/activities",
            "at most 100 items",
        ),
    ],
)
def test_what_is_not_of_the_shape_is_malformed_and_pointed_at(
    model: type[bodies.Body], body: dict[str, Any], where: str, says: str
) -> None:
    with pytest.raises(Malformed) as refused:
        bodies.read(model, body)
    assert where in pointers(refused)
    assert says in " ".join(field.detail for field in refused.value.fields)


def test_a_missing_field_beside_a_wrong_one_is_malformed() -> None:
    with pytest.raises(Malformed):
        bodies.read(bodies.UserBody, {"email": 5})


def test_a_grant_is_replaced_whole() -> None:
    terms = bodies.read(bodies.GrantBody, GRANT).terms("7")
    assert terms.scope == Scope(frozenset({numbered("grp", 1)}), frozenset({numbered("org", 1)}))
    assert terms.etag == "7"


def test_a_user_is_read_with_a_clean_name_and_address() -> None:
    user = bodies.read(bodies.UserBody, USER).user()
    assert (user.email, user.name, user.role) == ("ana@continuum.test", "Ana", Role.CREATOR)


def test_a_change_of_a_user_tells_an_empty_list_from_a_missing_one() -> None:
    assert bodies.read(bodies.UserChangeBody, {}).change().group_ids is None
    changed = bodies.read(bodies.UserChangeBody, {"group_ids": []})
    assert changed.change().group_ids == frozenset()
    assert changed.scope == Scope()


def test_a_change_of_an_organization_tells_no_parent_from_the_same_one() -> None:
    assert bodies.read(bodies.OrganizationChangeBody, {}).change().parent_id is UNCHANGED
    changed = bodies.read(bodies.OrganizationChangeBody, {"parent_id": None})
    assert changed.change().parent_id is None


def test_a_change_of_a_key_tells_no_scopes_from_the_same_ones() -> None:
    assert bodies.read(key_bodies.ApiKeyChangeBody, {"name": "k"}).change().scopes is None
    changed = bodies.read(key_bodies.ApiKeyChangeBody, {"scopes": ["authorize"]})
    assert changed.change().scopes == frozenset({ApiScope.AUTHORIZE})


def test_the_first_administrator_is_named_by_the_address_if_by_nothing_else() -> None:
    body = {"subdomain": "acme", "name": "Acme", "region": "na", "admin_email": "a@acme.test"}
    assert bodies.read(account_bodies.AccountBody, body).account().admin_name == "a@acme.test"


def test_the_time_of_a_report_is_read() -> None:
    body = {**ACTIVITY, "time": "2026-11-22T11:00:00+01:00"}
    report = bodies.read(reports.ActivityBody, body).report()
    assert report.time == NOW
    assert report.resource.type == "password"


@pytest.mark.parametrize(
    ("scope", "where"),
    [
        (Scope(group_ids=frozenset(map(str, range(4)))), "/group_ids"),
        (Scope(organization_ids=frozenset(map(str, range(6)))), "/organization_ids"),
    ],
)
def test_a_request_names_no_more_ids_than_the_setting_allows(scope: Scope, where: str) -> None:
    limits = Limits(organization_ids=5, group_ids=3)
    with pytest.raises(Malformed) as refused:
        bodies.check_sizes(limits, scope)
    assert pointers(refused) == [where]
    bodies.check_sizes(limits, Scope(frozenset("abc"), frozenset("abcde")))
