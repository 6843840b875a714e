"""Decisions, reports, reading, and signing in."""

from collections.abc import Iterator
from typing import Any

from gatehouse.domain.errors import Unable
from gatehouse.domain.principal import Origin
from gatehouse.usecases.ports import SignedIn
from gatehouse.usecases.sign_in import bind, open_session
from tests.proof.attempts.attempt import (
    DONE,
    ORGANIZATIONS,
    UNABLE,
    Attempt,
    attempts,
    directory_of,
    request,
)
from tests.proof.field import Field


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


@attempts
def sign_in_for_the_first_time(field: Field, count: int) -> Iterator[Attempt]:
    _, made = directory_of(field, count)
    for one in made:
        signed_in = SignedIn(f"https://issuer.test sub-{one.user.user_id}", one.user.email)

        def run(signed_in: SignedIn = signed_in, user_id: str = one.user.user_id) -> str:
            try:
                user = bind(field.ports, signed_in, user_id, Origin())
                open_session(field.ports, user, Origin(), signed_in.factors)
            except Unable:
                return UNABLE
            assert user.user_id == user_id
            return DONE

        yield Attempt(run)


@attempts
def read(field: Field, count: int) -> Iterator[Attempt]:
    host, made = directory_of(field, 1)
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
