"""In random worlds search finds exactly what evaluation allows, and a batch says what singles say."""

import random
from itertools import product
from typing import Any

import pytest

from gatehouse.domain.roles import ACTIONS
from tests.support.proof import Proof
from tests.support.trials import trials
from tests.support.world import ROLES, Company, World

ORGANIZATIONS = ["Alder", "Birch", "Cedar", "Dogwood", "Elm"]
GROUPS = ["Level 1", "Level 2", "Level 3"]
Question = tuple[str, str, str]


def some(chance: random.Random, things: list[str]) -> list[str]:
    return sorted(chance.sample(things, chance.randint(0, len(things))))


def random_host(world: World, chance: random.Random) -> Company:
    host = world.company(
        "acme",
        organizations=ORGANIZATIONS,
        groups={group: some(chance, ORGANIZATIONS) for group in GROUPS},
        members={group: some(chance, list(ROLES)) for group in GROUPS},
    )
    for name in ROLES[1:]:
        fields: dict[str, Any] = {
            "organization_ids": [host.organizations[one] for one in some(chance, ORGANIZATIONS)][
                :2
            ],
            "all_organizations": chance.random() < 0.2,
            "status": chance.choice(["active", "active", "active", "deactivated"]),
        }
        path = f"/users/{host.users[name]}"
        assert world.api("PATCH", path, fields, token=world.token(host)).status == 200
    return host


def random_guest(world: World, chance: random.Random, host: Company, name: str) -> Company:
    guest = world.company(name)
    terms: dict[str, Any] = {
        "maximum_role": chance.choice(ROLES[:-1]),
        "all_organizations": chance.random() < 0.3,
        "group_ids": [host.groups[one] for one in some(chance, GROUPS)],
        "organization_ids": [host.organizations[one] for one in some(chance, ORGANIZATIONS)],
    }
    invited = world.invite(host, guest, **terms)
    if invited.status == 201 and chance.random() < 0.8:
        path = f"/incoming-connections/{invited.json['connection_id']}/accept"
        assert world.api("POST", path, token=world.token(guest)).status == 200
    return guest


def set_rules(world: World, chance: random.Random, host: Company, guest: Company) -> None:
    """Let the host have rules for some of a guest's people, if it is let in."""
    (connection, *_) = [
        one
        for one in world.api("GET", "/connections", token=world.token(host)).json["items"]
        if one["guest_account"]["account_id"] == guest.account_id
    ] or [None]
    if connection is None or connection["state"] != "active":
        return
    for user_id in chance.sample(list(guest.users.values()), 2):
        terms: dict[str, Any] = {
            "denied": False,
            "maximum_role": chance.choice(ROLES[:-1]),
            "all_organizations": chance.random() < 0.2,
            "group_ids": [host.groups[one] for one in some(chance, GROUPS)],
            "organization_ids": [host.organizations[one] for one in some(chance, ORGANIZATIONS)],
        }
        address = f"/connections/{connection['connection_id']}/rules/{user_id}"
        body = {"denied": True} if chance.random() < 0.3 else terms
        assert world.api("PUT", address, body, token=world.token(host)).status in {200, 422}


def evaluated(world: World, host: Company, questions: list[Question]) -> list[dict[str, Any]]:
    """Put questions in batches, without recording them."""
    answers: list[dict[str, Any]] = []
    for start in range(0, len(questions), 100):
        body = {
            "context": {"dry_run": True},
            "evaluations": [
                {
                    "subject": {"type": "user", "id": user},
                    "action": {"name": action},
                    "resource": {"type": "organization", "id": organization},
                }
                for user, action, organization in questions[start : start + 100]
            ],
        }
        reply = world.api("POST", "/access/v1/evaluations", body, token=host.key)
        assert reply.status == 200, reply
        answers += reply.json["evaluations"]
    return answers


def found(world: World, host: Company, entity: str, **body: Any) -> list[str]:
    ids: list[str] = []
    token = ""
    while True:
        page = {"token": token, "limit": 3}
        reply = world.api(
            "POST", f"/access/v1/search/{entity}", {**body, "page": page}, token=host.key
        )
        assert reply.status == 200, reply
        ids += [one.get("id") or one["name"] for one in reply.json["results"]]
        token = reply.json["page"]["next_token"]
        if not token:
            return ids


@pytest.mark.parametrize("seed", range(trials(50, least=2)))
def test_search_finds_what_evaluation_allows(world: World, proof: Proof, seed: int) -> None:
    chance = random.Random(seed)  # worlds, not secrets
    proof.count("searches in random worlds", "worlds", "exactly what evaluation allows")
    host = random_host(world, chance)
    guests = [random_guest(world, chance, host, name) for name in ("continuum", "fabrikam")]
    for guest in guests:
        set_rules(world, chance, host, guest)
    people = [user for company in (host, *guests) for user in company.users.values()]
    organizations = list(host.organizations.values())
    questions = list(product(people, ACTIONS, organizations))
    answers = evaluated(world, host, questions)
    allowed = {
        question for question, answer in zip(questions, answers, strict=True) if answer["decision"]
    }

    for user, action in product(people, chance.sample(list(ACTIONS), 2)):
        expected = sorted(o for u, a, o in allowed if (u, a) == (user, action))
        assert (
            found(
                world,
                host,
                "resource",
                subject={"type": "user", "id": user},
                action={"name": action},
                resource={"type": "organization"},
            )
            == expected
        )
    for organization, action in product(organizations, chance.sample(list(ACTIONS), 2)):
        expected = sorted(u for u, a, o in allowed if (a, o) == (action, organization))
        assert (
            found(
                world,
                host,
                "subject",
                subject={"type": "user"},
                action={"name": action},
                resource={"type": "organization", "id": organization},
            )
            == expected
        )
    for user, organization in chance.sample(list(product(people, organizations)), 10):
        expected = [a for a in ACTIONS if (user, a, organization) in allowed]
        assert (
            found(
                world,
                host,
                "action",
                subject={"type": "user", "id": user},
                resource={"type": "organization", "id": organization},
            )
            == expected
        )

    for index in chance.sample(range(len(questions)), 20):
        user, action, organization = questions[index]
        single = world.decide(host, user, action, organization, context={"dry_run": True})
        assert single == answers[index]
        proof.count("single evaluations", "questions", "what the batch had said")
