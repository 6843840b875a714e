"""Everything that is done in the account area."""

import base64
from collections.abc import Iterator
from typing import Any

from gatehouse.domain.account import Region
from gatehouse.domain.errors import EmailTaken, SubdomainTaken, Unable
from gatehouse.domain.seats import Plan
from gatehouse.usecases.account import NewAccount, create_account
from gatehouse.usecases.plan import set_plan
from tests.proof.attempts.attempt import DONE, UNABLE, Attempt, attempts, directory_of, request
from tests.proof.field import Field
from tests.support.pictures import a_png


@attempts
def create_user(field: Field, count: int) -> Iterator[Attempt]:
    company, made = directory_of(field, 1)
    for key in range(count):
        body = {
            "email": f"new{key}@{company.subdomain}.test",
            "name": f"New {key}",
            "role": "administrator" if key % 2 else "editor",
            "group_ids": [made[0].group.group_id],
            "organization_ids": [made[0].organization.organization_id],
        }
        yield Attempt(
            request(field, key, 201, "POST", "/users", body, token=field.token(company)),
            [(company.account_id, "user.created", f"New {key}")],
        )


@attempts
def change_user(field: Field, count: int) -> Iterator[Attempt]:
    company, made = directory_of(field, count)
    for key, one in enumerate(made):
        body = {
            "role": "administrator",
            "group_ids": [],
            "organization_ids": [one.organization.organization_id],
            "email": f"changed{key}@{company.subdomain}.test",
        }
        address = f"/users/{one.user.user_id}"
        yield Attempt(
            request(field, key, 200, "PATCH", address, body, token=field.token(company)),
            [(company.account_id, "user.changed", one.user.user_id)],
        )


@attempts
def delete_user(field: Field, count: int) -> Iterator[Attempt]:
    company, made = directory_of(field, count)
    for key, one in enumerate(made):
        yield Attempt(
            request(
                field,
                key,
                204,
                "DELETE",
                f"/users/{one.user.user_id}",
                token=field.token(company),
            ),
            [(company.account_id, "user.deleted", one.user.user_id)],
        )


@attempts
def write_groups(field: Field, count: int) -> Iterator[Attempt]:
    company, made = directory_of(field, count)
    token = field.token(company)
    for key, one in enumerate(made):
        group, user = one.group.group_id, one.user.user_id
        organization = one.organization.organization_id
        way = [
            ("POST", "/groups", {"name": f"New {key}"}, 201, "created", f"New {key}"),
            ("PATCH", f"/groups/{group}", {"name": f"Changed {key}"}, 200, "changed", group),
            ("DELETE", f"/groups/{group}/members/{user}", None, 204, "member_removed", group),
            ("PUT", f"/groups/{made[key - 1].group.group_id}/members/{user}", None, 204, "", ""),
            (
                "DELETE",
                f"/groups/{group}/organizations/{organization}",
                None,
                204,
                "organization_removed",
                group,
            ),
            (
                "PUT",
                f"/groups/{made[key - 1].group.group_id}/organizations/{organization}",
                None,
                204,
                "",
                "",
            ),
        ][key % 6]
        method, address, body, ok, done, about = way
        entries = [(company.account_id, f"group.{done}", about)] if done else []
        yield Attempt(request(field, key, ok, method, address, body, token=token), entries)


@attempts
def delete_group_that_is_granted(field: Field, count: int) -> Iterator[Attempt]:
    company, made = directory_of(field, count)
    groups = frozenset(one.group.group_id for one in made)
    field.actives([(company, field.company())], group_ids=groups, all_organizations=False)
    for key, one in enumerate(made):
        address = f"/groups/{one.group.group_id}"
        yield Attempt(
            request(field, key, 204, "DELETE", address, token=field.token(company)),
            [(company.account_id, "group.deleted", one.group.group_id)],
        )


@attempts
def delete_group_of_rules_that_is_denied_a_type(field: Field, count: int) -> Iterator[Attempt]:
    company, made = directory_of(field, count)
    guest, token = field.company(), field.token(company)
    (active,) = field.actives([(company, guest)])
    rule = f"/connections/{active.connection_id}/rules/{guest.users['sam']}"
    groups = [one.group.group_id for one in made]
    own = {"denied": False, "maximum_role": "editor", "group_ids": groups}
    assert field.world.api("PUT", rule, own, token=token).status == 200
    types = {"denied_resource_types": {"password": groups}}
    assert field.world.api("PATCH", "/account", types, token=token).status == 200
    for key, group_id in enumerate(groups):
        yield Attempt(
            request(field, key, 204, "DELETE", f"/groups/{group_id}", token=token),
            [(company.account_id, "group.deleted", group_id)],
        )


@attempts
def write_organizations(field: Field, count: int) -> Iterator[Attempt]:
    company, made = directory_of(field, count)
    token = field.token(company)
    for key, one in enumerate(made):
        organization = one.organization.organization_id
        method, address, body, ok, done, about = [
            (
                "POST",
                "/organizations",
                {"name": f"Below {key}", "parent_id": company.organizations["Alder"]},
                201,
                "created",
                f"Below {key}",
            ),
            (
                "PATCH",
                f"/organizations/{organization}",
                {"name": "Changed", "parent_id": company.organizations["Alder"]},
                200,
                "changed",
                organization,
            ),
        ][key % 2]
        yield Attempt(
            request(field, key, ok, method, address, body, token=token),
            [(company.account_id, f"organization.{done}", about)],
        )


@attempts
def delete_organization_that_is_granted(field: Field, count: int) -> Iterator[Attempt]:
    company, made = directory_of(field, count)
    ids = frozenset(one.organization.organization_id for one in made)
    field.granted([(company, field.company())], ids)
    for key, one in enumerate(made):
        address = f"/organizations/{one.organization.organization_id}"
        yield Attempt(
            request(field, key, 204, "DELETE", address, token=field.token(company)),
            [(company.account_id, "organization.deleted", one.organization.organization_id)],
        )


@attempts
def write_api_keys(field: Field, count: int) -> Iterator[Attempt]:
    company = field.company()
    token = field.token(company)
    for key in range(count):
        body: dict[str, Any] | None = {"name": f"Key {key}", "scopes": ["authorize"]}
        if key % 5 == 0:
            yield Attempt(
                request(field, key, 201, "POST", "/api-keys", body, token=token),
                [(company.account_id, "key.created", f"Key {key}")],
            )
            continue
        made = field.world.api("POST", "/api-keys", body, token=token).json["api_key_id"]
        one = f"/api-keys/{made}"
        ways: list[tuple[str, str, dict[str, Any] | None, int, str]] = [
            ("PATCH", one, {"name": "Changed"}, 200, "changed"),
            ("POST", f"{one}/rotate", {"grace_period_hours": key % 3}, 200, "rotated"),
            ("DELETE", f"{one}/older-secret", None, 204, "older_secret_ended"),
            ("DELETE", one, None, 204, "revoked"),
        ]
        method, address, body, ok, done = ways[key % 5 - 1]
        if done == "older_secret_ended":
            assert field.world.api("POST", f"{one}/rotate", token=token).status == 200
        run = request(field, key, ok, method, address, body, token=token)
        yield Attempt(run, [(company.account_id, f"key.{done}", made)])


@attempts
def change_account(field: Field, count: int) -> Iterator[Attempt]:
    company = field.company()
    for key in range(count):
        body = {"name": f"Name {key}"}
        yield Attempt(
            request(field, key, 200, "PATCH", "/account", body, token=field.token(company)),
            [(company.account_id, "account.changed", f"Name {key}")],
        )


@attempts
def change_the_logo(field: Field, count: int) -> Iterator[Attempt]:
    company = field.company()
    for key in range(count):
        token, address = field.token(company), "/account/logo"
        if key % 3 == 2:
            yield Attempt(request(field, key, 204, "DELETE", address, token=token))
            continue
        png = base64.b64encode(a_png(1 + key % 500, 1 + key // 500)).decode()
        how = {"headers": {"content-type": "image/png"}, "is_base64": True}
        yield Attempt(request(field, key, 200, "PUT", address, png, token=token, **how))


@attempts
def name_the_billing_contact(field: Field, count: int) -> Iterator[Attempt]:
    company = field.company()
    for key in range(count):
        body = {"name": f"Payable {key}", "email": f"billing{key}@{company.subdomain}.test"}
        address, token = "/account/billing-contact", field.token(company)
        yield Attempt(
            request(field, key, 200, "PUT", address, body, token=token),
            [(company.account_id, "account.billing_contact_changed", f"Payable {key}")],
        )


@attempts
def set_plan_by_function(field: Field, count: int) -> Iterator[Attempt]:
    company = field.company()
    for key in range(count):

        def run(key: int = key) -> str:
            plan = Plan(f"Plan {key}", 100 + key)
            try:
                _, after = set_plan(field.ports, company.subdomain, lambda _: plan)
            except Unable:
                return UNABLE
            assert after.plan == plan
            return DONE

        yield Attempt(run)


@attempts
def create_account_by_function(field: Field, count: int) -> Iterator[Attempt]:
    prefix = field.company().subdomain
    for key in range(count):
        name = f"{prefix}-{key}"
        new = NewAccount(name, "Made", Region.NA, f"first@{name}.test", "First")

        def run(new: NewAccount = new) -> str:
            try:
                create_account(field.ports, new)
            except Unable:
                return UNABLE
            except (SubdomainTaken, EmailTaken):
                # It takes no key: a repeat after a lost answer is told that it is there already.
                assert field.ports.store.accounts.owner("subdomain", new.subdomain)
            return DONE

        yield Attempt(run)
