"""What is attempted under faults: each use case, on a state of its own for every attempt."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from dataclasses import field as of
from datetime import timedelta
from typing import Any

from gatehouse.domain.account import Region
from gatehouse.domain.directory import Group, Organization
from gatehouse.domain.errors import EmailTaken, SubdomainTaken, Unable
from gatehouse.domain.grant import DirectGrant, GrantState
from gatehouse.domain.principal import Origin
from gatehouse.domain.roles import Role
from gatehouse.domain.user import User
from gatehouse.usecases.account import NewAccount, create_account
from gatehouse.usecases.changes import (
    Change,
    Claim,
    KeepGrant,
    ListMember,
    Reach,
    Remove,
    Save,
)
from gatehouse.usecases.ports import SignedIn
from gatehouse.usecases.sign_in import bind, open_session
from tests.proof.field import Field
from tests.support.api import Reply
from tests.support.world import Company

DONE, UNABLE = "done", "unable"
Entry = tuple[str, str, str]


@dataclass
class Attempt:
    """Something to do that says DONE or UNABLE, and the log entries that it must leave, once."""

    run: Callable[[], str]
    entries: list[Entry] = of(default_factory=list)


Attempts = Callable[[Field, int], Iterator[Attempt]]
ATTEMPTS: dict[str, Attempts] = {}
ORGANIZATIONS = ("Alder", "Birch")


def attempts(make: Attempts) -> Attempts:
    """Register attempts under the function's name."""
    ATTEMPTS[make.__name__.replace("_", " ")] = make
    return make


def request(field: Field, key: object, ok: int, method: str, address: str, *what: Any, **how: Any):
    """Return a request under an Idempotency-Key of its own."""
    headers = {"idempotency-key": f"key-{key}", **how.pop("headers", {})}

    def run() -> str:
        return told(field.world.api(method, address, *what, headers=headers, **how), ok)

    return run


def told(reply: Reply, ok: int) -> str:
    if reply.status == 503:
        return UNABLE
    assert reply.status == ok, reply
    return DONE


# ---- connections


@attempts
def invite(field: Field, count: int) -> Iterator[Attempt]:
    pairs = field.pairs(count, organizations=ORGANIZATIONS, groups={"Level 1": ["Alder"]})
    for key, (host, guest) in enumerate(pairs):
        body = {
            "guest_subdomain": guest.subdomain,
            "maximum_role": "editor",
            "group_ids": list(host.groups.values()),
            "organization_ids": [host.organizations["Birch"]],
        }
        token = field.token(host)
        yield Attempt(request(field, key, 201, "POST", "/connections", body, token=token))


@attempts
def accept_by_link(field: Field, count: int) -> Iterator[Attempt]:
    pairs = field.pairs(count)
    for key, ((_, guest), offer) in enumerate(zip(pairs, field.offers(pairs), strict=True)):
        link = field.link_of(offer, guest)
        address = f"/invitations/{link}/accept"
        yield Attempt(request(field, key, 200, "POST", address, token=field.token(guest)))


@attempts
def decline(field: Field, count: int) -> Iterator[Attempt]:
    return _answers(field, count, "decline", active=False)


@attempts
def leave(field: Field, count: int) -> Iterator[Attempt]:
    return _answers(field, count, "leave", active=True)


def _answers(field: Field, count: int, verb: str, *, active: bool) -> Iterator[Attempt]:
    pairs = field.pairs(count, organizations=ORGANIZATIONS)
    made = field.granted(pairs) if active else field.offers(pairs)
    for key, ((_, guest), one) in enumerate(zip(pairs, made, strict=True)):
        address = f"/incoming-connections/{one.connection_id}/{verb}"
        yield Attempt(request(field, key, 200, "POST", address, token=field.token(guest)))


@attempts
def revoke(field: Field, count: int) -> Iterator[Attempt]:
    pairs = field.pairs(count, organizations=ORGANIZATIONS)
    for key, ((host, _), one) in enumerate(zip(pairs, field.granted(pairs), strict=True)):
        address = f"/connections/{one.connection_id}/revoke"
        yield Attempt(request(field, key, 200, "POST", address, token=field.token(host)))


@attempts
def resend(field: Field, count: int) -> Iterator[Attempt]:
    pairs = field.pairs(count)
    for key, ((host, _), one) in enumerate(zip(pairs, field.offers(pairs), strict=True)):
        address = f"/connections/{one.connection_id}/resend"
        yield Attempt(request(field, key, 200, "POST", address, token=field.token(host)))


@attempts
def regrant(field: Field, count: int) -> Iterator[Attempt]:
    pairs = field.pairs(count, organizations=ORGANIZATIONS)
    for key, ((host, _), one) in enumerate(zip(pairs, field.granted(pairs), strict=True)):
        body = {
            "maximum_role": "creator",
            "group_ids": [],
            "organization_ids": [host.organizations["Birch"]],
            "all_organizations": False,
        }
        yield Attempt(
            request(
                field,
                key,
                200,
                "PUT",
                f"/connections/{one.connection_id}/grant",
                body,
                token=field.token(host),
                headers={"if-match": str(one.version)},
            )
        )


@attempts
def block(field: Field, count: int) -> Iterator[Attempt]:
    """Block a host, or lift it: every other one is blocked already."""
    pairs = field.pairs(count)
    field.offers(pairs)
    for key, (host, guest) in enumerate(pairs):
        address, token = f"/blocked-hosts/{host.account_id}", field.token(guest)
        if key % 2:
            assert told(field.world.api("PUT", address, token=token), 200) == DONE
        method, ok, step = ("DELETE", 204, "unblocked") if key % 2 else ("PUT", 200, "blocked")
        yield Attempt(
            request(field, key, ok, method, address, token=token),
            [(guest.account_id, f"host.{step}", host.account_id)],
        )


# ---- the account area


@attempts
def create_user(field: Field, count: int) -> Iterator[Attempt]:
    company, made = _directory(field, 1)
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
    company, made = _directory(field, count)
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
    company, made = _directory(field, count)
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
    company, made = _directory(field, count)
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
    company, made = _directory(field, count)
    groups = frozenset(one.group.group_id for one in made)
    field.actives([(company, field.company())], group_ids=groups, all_organizations=False)
    for key, one in enumerate(made):
        address = f"/groups/{one.group.group_id}"
        yield Attempt(
            request(field, key, 204, "DELETE", address, token=field.token(company)),
            [(company.account_id, "group.deleted", one.group.group_id)],
        )


@attempts
def write_organizations(field: Field, count: int) -> Iterator[Attempt]:
    company, made = _directory(field, count)
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
    company, made = _directory(field, count)
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
        body = {"name": f"Key {key}", "scopes": ["authorize"]}
        if key % 3 == 0:
            yield Attempt(
                request(field, key, 201, "POST", "/api-keys", body, token=token),
                [(company.account_id, "key.created", f"Key {key}")],
            )
            continue
        made = field.world.api("POST", "/api-keys", body, token=token).json["api_key_id"]
        if key % 3 == 1:
            run = request(
                field, key, 200, "PATCH", f"/api-keys/{made}", {"name": "Changed"}, token=token
            )
            yield Attempt(run, [(company.account_id, "key.changed", made)])
        else:
            run = request(field, key, 204, "DELETE", f"/api-keys/{made}", token=token)
            yield Attempt(run, [(company.account_id, "key.revoked", made)])


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


# ---- decisions and reports


@attempts
def report(field: Field, count: int) -> Iterator[Attempt]:
    company = field.company(organizations=ORGANIZATIONS)
    for key in range(count):
        activities = [
            {
                "activity_id": f"chosen-{key}" if chosen else None,
                "user_id": company.users["sam"],
                "action": "view",
                "organization_id": company.organizations["Alder"],
                "resource": {"type": "password", "id": f"password {key} {chosen}"},
            }
            for chosen in (False, True)
        ]
        for one in activities:
            if one["activity_id"] is None:
                del one["activity_id"]
        yield Attempt(
            request(
                field,
                key,
                201,
                "POST",
                "/activities",
                {"activities": activities},
                token=company.key,
            ),
            [(company.account_id, "view", f"password {key} {chosen}") for chosen in (False, True)],
        )


@attempts
def evaluate_what_is_allowed(field: Field, count: int) -> Iterator[Attempt]:
    return _evaluations(field, count, "view", "evaluation")


@attempts
def evaluate_what_is_denied(field: Field, count: int) -> Iterator[Attempt]:
    return _evaluations(field, count, "restore", "evaluation")


@attempts
def evaluate_a_batch(field: Field, count: int) -> Iterator[Attempt]:
    return _evaluations(field, count, "view", "evaluations")


def _evaluations(field: Field, count: int, action: str, route: str) -> Iterator[Attempt]:
    host, guest = field.company(organizations=ORGANIZATIONS), field.company()
    field.actives([(host, guest)])
    one: dict[str, Any] = {
        "subject": {"type": "user", "id": guest.users["sam"]},
        "action": {"name": action},
        "resource": {"type": "organization", "id": host.organizations["Alder"]},
    }
    batch = route == "evaluations"

    def run() -> str:
        # The hourly note of a key's use is part of every run.
        field.world.clock.advance(minutes=61)
        body = {"evaluations": [one, one]} if batch else one
        reply = field.world.api("POST", f"/access/v1/{route}", body, token=host.key)
        if reply.status == 503:
            assert "decision" not in reply.json, reply
            return UNABLE
        assert reply.status == 200, reply
        answers = reply.json["evaluations"] if batch else [reply.json]
        assert len(answers) == 1 + batch
        decisions = {answer["decision"] for answer in answers}
        errors = {answer["context"].get("error", {}).get("status") for answer in answers}
        if errors != {None}:
            assert (decisions, errors) == ({False}, {503}), reply
            return UNABLE
        assert decisions == {action == "view"}, reply
        return DONE

    for _ in range(count):
        yield Attempt(run)


# ---- people and pages


@attempts
def sign_in_for_the_first_time(field: Field, count: int) -> Iterator[Attempt]:
    _, made = _directory(field, count)
    for one in made:
        signed_in = SignedIn(f"https://issuer.test sub-{one.user.user_id}", one.user.email)

        def run(signed_in: SignedIn = signed_in, user_id: str = one.user.user_id) -> str:
            try:
                user = bind(field.ports, signed_in, Origin())
                open_session(field.ports, user, Origin())
            except Unable:
                return UNABLE
            assert user.user_id == user_id
            return DONE

        yield Attempt(run)


@attempts
def read(field: Field, count: int) -> Iterator[Attempt]:
    host, made = _directory(field, 1)
    guest = field.company()
    (one,) = field.granted([(host, guest)])
    addresses = [
        ("/connections", host),
        (f"/connections/{one.connection_id}", host),
        (f"/connections/{one.connection_id}/grant", host),
        ("/incoming-connections", guest),
        ("/me", guest),
        (f"/accessible-accounts/{host.account_id}/organizations", guest),
        (f"/incoming-connections/{one.connection_id}/activities", guest),
        ("/activities", host),
        ("/users", host),
        (f"/groups/{made[0].group.group_id}/members", host),
        (f"/groups/{made[0].group.group_id}/organizations", host),
        ("/organizations", host),
        ("/api-keys", host),
        ("/account", host),
    ]
    for key in range(count):
        address, company = addresses[key % len(addresses)]
        yield Attempt(request(field, key, 200, "GET", address, token=field.token(company)))


@attempts
def search(field: Field, count: int) -> Iterator[Attempt]:
    host, guest = field.company(organizations=ORGANIZATIONS), field.company()
    field.actives([(host, guest)])
    subject = {"type": "user", "id": guest.users["sam"]}
    action = {"name": "view"}
    resource = {"type": "organization", "id": host.organizations["Alder"]}
    bodies = [
        ("subject", {"subject": {"type": "user"}, "action": action, "resource": resource}),
        ("resource", {"subject": subject, "action": action, "resource": {"type": "organization"}}),
        ("action", {"subject": subject, "resource": resource}),
    ]
    for key in range(count):
        what, body = bodies[key % len(bodies)]
        address = f"/access/v1/search/{what}"
        yield Attempt(request(field, key, 200, "POST", address, body, token=host.key))


@attempts
def look_up(field: Field, count: int) -> Iterator[Attempt]:
    host, guest = field.company(organizations=ORGANIZATIONS), field.company()
    field.actives([(host, guest)])
    for key in range(count):
        address = f"/lookup?email={guest.emails['sam']}"
        yield Attempt(request(field, key, 200, "GET", address, token=host.key))


# ---- the clean-up


@attempts
def sweep_an_expired_invitation(field: Field, count: int) -> Iterator[Attempt]:
    for host, guest in field.pairs(count, organizations=ORGANIZATIONS):
        field.granted([(host, guest)], active=False, lifetime=timedelta(minutes=1))
        yield from _sweep(field)


@attempts
def sweep_an_invitation_that_was_never_mailed(field: Field, count: int) -> Iterator[Attempt]:
    for host, guest in field.pairs(count):
        (offer,) = field.offers([(host, guest)])
        field.queue(offer)
        yield from _sweep(field)


@attempts
def sweep_grants(field: Field, count: int) -> Iterator[Attempt]:
    company = field.company(organizations=ORGANIZATIONS)
    for key in range(count):
        grant = DirectGrant(
            company.account_id,
            f"con_nobody.{key}",
            frozenset(company.organizations.values()),
            GrantState.PREPARING,
            field.world.clock.now(),
        )
        field.ports.store.commit(KeepGrant(grant))
        field.ports.store.grants.spread(grant)
        yield from _sweep(field)


@attempts
def sweep_removals(field: Field, count: int) -> Iterator[Attempt]:
    _, made = _directory(field, count)
    for key, one in enumerate(made):
        directory = field.ports.store.directory
        organization = directory.organization(
            one.organization.account_id, one.organization.organization_id
        )
        assert organization is not None
        field.ports.store.commit(Remove(organization if key % 2 else one.group))
        yield from _sweep(field)


def _sweep(field: Field) -> Iterator[Attempt]:
    def run() -> str:
        try:
            swept = field.sweep()
        except Unable:
            return UNABLE
        return UNABLE if swept.failed else DONE

    field.world.clock.advance(minutes=61)
    yield Attempt(run)


# ---- what there is to work with


@dataclass(frozen=True)
class _Made:
    """A group with a member and an organization."""

    group: Group
    organization: Organization
    user: User


def _directory(field: Field, count: int) -> tuple[Company, list[_Made]]:
    company = field.company(organizations=["Alder"])
    account_id, new = company.account_id, field.ports.ids.new
    made = []
    for index in range(count):
        now = field.world.clock.now()
        group = Group(account_id, new("grp"), f"Group {index}", "", now)
        organization = Organization(account_id, new("org"), f"Organization {index}", None, now)
        user = User(
            account_id=account_id,
            user_id=field.ports.ids.user(account_id),
            email=f"person{index}@{company.subdomain}.test",
            name=f"Person {index}",
            role=Role.EDITOR,
            created_at=now,
            group_ids=frozenset({group.group_id}),
        )
        changes: list[Change] = [
            Save(group),
            Save(organization),
            Save(user),
            Claim("email", user.email, user.user_id),
            ListMember(user, group.group_id),
        ]
        field.ports.store.commit(*changes)
        field.ports.store.commit(Reach(account_id, group.group_id, organization.organization_id))
        made.append(_Made(group, organization, user))
    return company, made
