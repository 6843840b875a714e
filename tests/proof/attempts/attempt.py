"""What an attempt is, and the directory that many of them work on."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from dataclasses import field as of
from typing import Any

from gatehouse.domain.directory import Group, Organization
from gatehouse.domain.roles import Role
from gatehouse.domain.user import User
from gatehouse.usecases.changes import (
    Change,
    Claim,
    ListMember,
    Reach,
    Save,
)
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


@dataclass(frozen=True)
class Made:
    """A group with a member and an organization."""

    group: Group
    organization: Organization
    user: User


def directory_of(field: Field, count: int) -> tuple[Company, list[Made]]:
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
        made.append(Made(group, organization, user))
    return company, made
