"""Access ends at the very next decision, and no decision mixes two moments."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from tests.proof.field import Field
from tests.support.api import Reply
from tests.support.proof import Proof
from tests.support.trials import trials
from tests.support.world import Company

pytestmark = [pytest.mark.ministack, pytest.mark.race]

EACH = 720
"""Trials of each of the ways: more than 10,000 together."""


class Stage:
    """A host and a guest with an active connection, and somebody who asks about Sam."""

    def __init__(self, field: Field) -> None:
        self.field = field
        self.world = field.world
        self.host = field.company(
            organizations=["Alder", "Birch"], groups={"Level 1": ["Alder"], "Level 2": []}
        )
        self.guest = field.company()
        self.alder = self.host.organizations["Alder"]
        self.birch = self.host.organizations["Birch"]
        self.sam = self.guest.users["sam"]
        self.key, self.key_id = self.host.key, ""
        self.kind = "organization"
        self.connect()

    def connect(self) -> None:
        invited = self.as_host(
            "POST",
            "/connections",
            {
                "guest_subdomain": self.guest.subdomain,
                "maximum_role": "editor",
                "all_organizations": True,
            },
        )
        self.connection = f"/connections/{invited.json['connection_id']}"
        self.incoming = f"/incoming-connections/{invited.json['connection_id']}"
        self.as_guest("POST", f"{self.incoming}/accept")

    def as_host(self, method: str, path: str, body: Any = None, **headers: str) -> Reply:
        return self._as(self.host, method, path, body, **headers)

    def as_guest(self, method: str, path: str, body: Any = None) -> Reply:
        return self._as(self.guest, method, path, body)

    def _as(self, who: Company, method: str, path: str, body: Any, **headers: str) -> Reply:
        token = self.field.token(who)
        reply = self.world.api(method, path, body, token=token, headers=headers)
        assert reply.status < 300, reply
        return reply

    def grant(self, maximum: str, *, everything: bool = False, **ids: list[str]) -> None:
        etag = self.as_host("GET", self.connection).json["etag"]
        terms = {
            "maximum_role": maximum,
            "group_ids": ids.get("groups", []),
            "organization_ids": ids.get("organizations", []),
            "all_organizations": everything,
        }
        self.as_host("PUT", f"{self.connection}/grant", terms, **{"if-match": etag})

    def rule(self, **terms: Any) -> None:
        """Set the rule for Sam, whether there is one or not; without terms, remove it."""
        address = f"{self.connection}/rules/{self.sam}"
        if not terms:
            self.as_host("DELETE", address)
            return
        found = self.world.api("GET", address, token=self.field.token(self.host))
        seen = {"if-match": found.json["etag"]} if found.status == 200 else {}
        self.as_host("PUT", address, {"denied": False, **terms}, **seen)

    def sam_becomes(self, **fields: str) -> None:
        self.as_guest("PATCH", f"/users/{self.sam}", fields)

    def setting(self, **fields: Any) -> None:
        self.as_host("PATCH", "/account", fields)

    def ask(self, action: str = "edit", organization: str | None = None) -> Reply:
        where = organization or self.alder
        body = {
            "subject": {"type": "user", "id": self.sam},
            "action": {"name": action},
            "resource": {
                "type": self.kind,
                "id": where,
                "properties": {"organization_id": where},
            },
        }
        return self.world.api("POST", "/access/v1/evaluation", body, token=self.key)

    def may(self, action: str = "edit", organization: str | None = None) -> bool:
        reply = self.ask(action, organization)
        return reply.status == 200 and bool(reply.json["decision"])


Way = Callable[[Stage], None]


def revoked(stage: Stage) -> None:
    stage.as_host("POST", f"{stage.connection}/revoke")


def left(stage: Stage) -> None:
    stage.as_guest("POST", f"{stage.incoming}/leave")


def new_organization(stage: Stage) -> None:
    stage.alder = stage.as_host("POST", "/organizations", {"name": "Elm"}).json["organization_id"]


def organization_deleted(stage: Stage) -> None:
    stage.as_host("DELETE", f"/organizations/{stage.alder}")


def new_key(stage: Stage) -> None:
    made = stage.as_host("POST", "/api-keys", {"name": "app", "scopes": ["authorize"]}).json
    stage.key, stage.key_id = made["secret"], made["api_key_id"]


def key_revoked(stage: Stage) -> None:
    stage.as_host("DELETE", f"/api-keys/{stage.key_id}")


def reach(stage: Stage, method: str) -> None:
    group = stage.host.groups["Level 1"]
    stage.as_host(method, f"/groups/{group}/organizations/{stage.alder}")


def through_level_1(stage: Stage) -> None:
    stage.grant("editor", groups=[stage.host.groups["Level 1"]])


def through_level_2(stage: Stage) -> None:
    stage.grant("editor", groups=[stage.host.groups["Level 2"]], organizations=[stage.birch])


def asks_for_passwords(stage: Stage) -> None:
    through_level_1(stage)
    stage.kind = "password"


WAYS: dict[str, tuple[Way, Way, Way]] = {
    # first, before each trial, and how access is lost
    "the user is deactivated": (
        lambda _: None,
        lambda s: s.sam_becomes(status="active"),
        lambda s: s.sam_becomes(status="deactivated"),
    ),
    "the user is demoted": (
        lambda _: None,
        lambda s: s.sam_becomes(role="editor"),
        lambda s: s.sam_becomes(role="read_only"),
    ),
    "the user becomes Lite": (
        lambda _: None,
        lambda s: s.sam_becomes(role="editor"),
        lambda s: s.sam_becomes(role="lite"),
    ),
    "the group loses the organization": (
        through_level_1,
        lambda s: reach(s, "PUT"),
        lambda s: reach(s, "DELETE"),
    ),
    "the group leaves the grant": (lambda _: None, through_level_1, through_level_2),
    "the direct grant is taken": (
        lambda _: None,
        lambda s: s.grant("editor", organizations=[s.alder]),
        lambda s: s.grant("editor", organizations=[s.birch]),
    ),
    "all becomes some": (
        lambda _: None,
        lambda s: s.grant("editor", everything=True),
        lambda s: s.grant("editor", organizations=[s.birch]),
    ),
    "the maximum role is lowered": (
        lambda _: None,
        lambda s: s.grant("editor", everything=True),
        lambda s: s.grant("read_only", everything=True),
    ),
    "a rule denies the person": (
        lambda _: None,
        lambda s: s.rule(maximum_role="editor", all_organizations=True),
        lambda s: s.rule(denied=True),
    ),
    "a rule is set": (
        lambda s: s.rule(denied=True),
        lambda s: s.rule(),
        lambda s: s.rule(maximum_role="read_only", all_organizations=True),
    ),
    "a rule is removed": (
        through_level_2,
        lambda s: s.rule(maximum_role="editor", organization_ids=[s.alder]),
        lambda s: s.rule(),
    ),
    "the resource type is denied": (
        asks_for_passwords,
        lambda s: s.setting(denied_resource_types={}),
        lambda s: s.setting(denied_resource_types={"password": [s.host.groups["Level 1"]]}),
    ),
    "the host revokes": (revoked, lambda s: s.connect(), revoked),
    "the guest leaves": (left, lambda s: s.connect(), left),
    "the organization is deleted": (
        lambda _: None,
        new_organization,
        organization_deleted,
    ),
    "a second factor is demanded": (
        lambda _: None,
        lambda s: s.setting(require_mfa=False),
        lambda s: s.setting(require_mfa=True),
    ),
    "a network is demanded": (
        lambda _: None,
        lambda s: s.setting(ip_allow_list=[]),
        lambda s: s.setting(ip_allow_list=["192.0.2.0/24"]),
    ),
    "the key is revoked": (
        lambda _: None,
        new_key,
        key_revoked,
    ),
}


@contextmanager
def meanwhile(*jobs: Callable[[], object], every: float = 0) -> Iterator[list[BaseException]]:
    """Run jobs over and over in threads of their own, with ``every`` so many seconds between."""
    over, raised = threading.Event(), list[BaseException]()

    def run(job: Callable[[], object]) -> None:
        while not over.wait(every):
            try:
                job()
            except BaseException as failure:  # noqa: BLE001  # shown to the test, which fails
                raised.append(failure)
                return

    threads = [threading.Thread(target=run, args=(job,)) for job in jobs]
    for thread in threads:
        thread.start()
    try:
        yield raised
    finally:
        over.set()
        for thread in threads:
            thread.join()


@pytest.mark.parametrize("way", WAYS)
def test_access_ends_at_the_next_decision(field: Field, proof: Proof, way: str) -> None:
    first, give, take = WAYS[way]
    stage = Stage(field)
    first(stage)
    other = field.company()
    names = iter(range(10**9))

    def others_write() -> None:
        """Touch items that the decisions read; now and then let somebody else in and out."""
        name = next(names)
        stage.as_host("PATCH", f"/organizations/{stage.birch}", {"name": f"Birch {name}"})
        if name % 20:
            return
        body = {"guest_subdomain": other.subdomain, "maximum_role": "editor"}
        made = stage.as_host("POST", "/connections", {**body, "all_organizations": True})
        stage.as_host("POST", f"/connections/{made.json['connection_id']}/revoke")

    count, stale, missed = trials(EACH), 0, 0
    with meanwhile(others_write, every=0.01) as raised:
        for _ in range(count):
            give(stage)
            missed += not stage.may()
            take(stage)
            stale += stage.may()
    assert not raised, raised
    assert (stale, missed) == (0, 0)
    proof.record(
        f"give access, ask, take it ({way}), ask again, while another thread writes to the host",
        count,
        "trials",
        "0 stale allows, 0 stale denials",
    )


def test_no_answer_mixes_two_grants(field: Field, proof: Proof) -> None:
    """Alder as Editor, or Birch as Read-only: editing Birch is allowed by neither."""
    stage = Stage(field)
    stage.grant("editor", organizations=[stage.alder])
    count = trials(1_000)
    asked = [0]

    def ask() -> None:
        asked[0] += 1
        assert not stage.may("edit", stage.birch)

    with meanwhile(ask, ask) as raised:
        for _ in range(count):
            stage.grant("read_only", organizations=[stage.birch])
            stage.grant("editor", organizations=[stage.alder])
    assert not raised, raised
    proof.record(
        f"exchange two grants {count:,} times while two threads ask what neither allows",
        asked[0],
        "decisions",
        "0 allowed",
    )


def test_no_answer_mixes_a_rule_and_the_grant(field: Field, proof: Proof) -> None:
    """Alder as Editor by the grant, or Birch as Read-only by a rule: never Birch as Editor."""
    stage = Stage(field)
    stage.grant("editor", organizations=[stage.alder])
    count = trials(500)
    asked = [0]

    def ask() -> None:
        asked[0] += 1
        assert not stage.may("edit", stage.birch)

    with meanwhile(ask, ask) as raised:
        for _ in range(count):
            stage.rule(maximum_role="read_only", organization_ids=[stage.birch])
            stage.rule()
    assert not raised, raised
    proof.record(
        f"set and remove a rule {count:,} times while two threads ask what neither it nor the "
        "grant allows",
        asked[0],
        "decisions",
        "0 allowed",
    )


def test_no_answer_mixes_two_companies_moments(field: Field, proof: Proof) -> None:
    """Sam is demoted before the cap is raised: editing was never allowed in between."""
    stage = Stage(field)
    stage.grant("read_only", everything=True)
    count = trials(1_000)
    asked = [0]

    def ask() -> None:
        asked[0] += 1
        assert not stage.may("edit")

    with meanwhile(ask, ask) as raised:
        for _ in range(count):
            stage.sam_becomes(role="read_only")
            stage.grant("editor", everything=True)
            stage.grant("read_only", everything=True)
            stage.sam_becomes(role="editor")
    assert not raised, raised
    proof.record(
        f"demote, raise the cap, lower it, promote {count:,} times while two threads ask to edit",
        asked[0],
        "decisions",
        "0 allowed",
    )
