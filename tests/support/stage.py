"""One world that bad input is thrown at: everything it could reach is there, nothing may change."""

import base64
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cached_property
from typing import Any, Final

import boto3
from moto import mock_aws
from moto.dynamodb.models import dynamodb_backends

from gatehouse import wiring
from tests.conftest import create_table
from tests.support.api import Reply
from tests.support.jobs import given_up_erasure, given_up_export
from tests.support.people import numbered
from tests.support.pictures import a_png
from tests.support.world import World

_MAY_CHANGE = ("#API_KEY_USE", "#ATTEMPTS")
"""When a key was last used, and that somebody tried to invite: both are counted before all else."""


FILES: Final = {
    "PUT /account/logo": ("image/png", a_png(), ""),
    "POST /import": ("text/csv", b"email,name,role\nnew@acme.test,New,lite\n", "?kind=users"),
}
"""What is sent where a route takes no fields but a file: its type, the file, the query."""


class Stage:
    """A host with an active and a pending connection, and a body for every route that takes one."""

    def __init__(self, world: World, table_name: str) -> None:
        self.world = world
        self._table = dynamodb_backends["123456789012"]["us-east-1"].get_table(table_name)
        people = {"ada": "administrator", "max": "manager"}
        self.host = world.company(
            "acme",
            people,
            organizations=["Alder", "Birch"],
            groups={"Level 1": ["Alder"]},
            members={"Level 1": ["max"]},
        )
        self.guest = world.company("continuum", {"nora": "administrator"})
        self.other = world.company("other", {"oda": "administrator"}, organizations=["Oak"])
        self.free = world.company("free", {"fay": "administrator"})
        self.ada = world.token(self.host, "ada")
        made = self._invite("other")
        answer = f"/incoming-connections/{made['connection_id']}/accept"
        assert world.api("POST", answer, token=world.token(self.other, "oda")).status == 200
        self.active = made["connection_id"]
        self.rule = f"/connections/{self.active}/rules/{self.other.users['oda']}"
        own = {"denied": False, "maximum_role": "editor", "all_organizations": True}
        assert world.api("PUT", self.rule, own, token=self.ada).status == 200
        self.pending = self._invite("continuum")["connection_id"]
        self.nora = world.token(self.guest, "nora")
        self.link = world.outbox.to("nora@continuum.test").token
        self.export = given_up_export(world, self.host, "ada")
        self.erasure = given_up_erasure(world, self.host, "ada")
        begun = world.api("POST", "/imports", {"kind": "users"}, token=self.ada)
        assert begun.status == 202, begun
        self.imported = str(begun.json["import_id"])
        keys = world.api("GET", "/api-keys", token=self.ada).json["items"]
        self.key_id = keys[0]["api_key_id"]

    def _invite(self, subdomain: str) -> Any:
        invited = self.world.api(
            "POST", "/connections", self._invitation(subdomain), token=self.ada
        )
        assert invited.status == 201, invited
        return invited.json

    def _invitation(self, subdomain: str) -> dict[str, Any]:
        return {
            "guest_subdomain": subdomain,
            "maximum_role": "editor",
            "group_ids": [self.host.groups["Level 1"]],
            "organization_ids": [self.host.organizations["Birch"]],
            "all_organizations": False,
            "message": "Welcome aboard",
            "invitation_expires_in_days": 7,
        }

    @cached_property
    def ids(self) -> Mapping[str, str]:
        """Return what stands for each parameter of a path."""
        return {
            "account_id": self.other.account_id,
            "api_key_id": self.key_id,
            "connection_id": self.active,
            "erasure_id": self.erasure,
            "export_id": self.export,
            "session_id": numbered("ses", 1),
            "group_id": self.host.groups["Level 1"],
            "import_id": self.imported,
            "name": "gatehouse.css",
            "organization_id": self.host.organizations["Alder"],
            "token": self.link,
            "user_id": self.host.users["max"],
        }

    def address(self, path: str, **others: str) -> str:
        """Return the address of a path of the document."""
        ids = dict(self.ids)
        if path.startswith("/incoming-connections"):
            ids["connection_id"] = self.pending
        if "/rules/" in path:
            ids["user_id"] = self.other.users["oda"]
        return path.format(**{**ids, **others})

    def token(self, route_key: str) -> str | None:
        """Return the credentials that a route takes."""
        path = route_key.partition(" ")[2]
        if path.startswith(("/access/", "/lookup")) or route_key == "POST /activities":
            return self.host.key
        if path.startswith(("/incoming-connections", "/invitations")):
            return self.nora
        if path in {"/", "/openapi.json", "/.well-known/authzen-configuration"}:
            return None
        inert = ("/sign-", "/assets", "/logos", "/user-inv")
        return None if path.startswith(inert) else self.ada

    def headers(self, route_key: str) -> Mapping[str, str]:
        """Return what a route demands beside credentials: the etag of what is replaced whole."""
        if not route_key.startswith("PUT /connections/"):
            return {}
        rule = route_key.partition(" ")[2].endswith("/rules/{user_id}")
        return {
            "if-match": self._etag_of(self.rule if rule else f"/connections/{self.active}/grant")
        }

    def _etag_of(self, address: str) -> str:
        if address not in self._etags:
            self._etags[address] = self.world.api("GET", address, token=self.ada).json["etag"]
        return self._etags[address]

    @cached_property
    def _etags(self) -> dict[str, str]:
        return {}

    @cached_property
    def bodies(self) -> Mapping[str, dict[str, Any]]:
        """Return a body that each route would take."""
        birch, level_1 = self.host.organizations["Birch"], self.host.groups["Level 1"]
        user = {
            "name": "Zoe",
            "role": "creator",
            "group_ids": [level_1],
            "organization_ids": [birch],
        }
        ask = {
            "subject": {"type": "user", "id": self.other.users["oda"], "properties": {}},
            "action": {"name": "view", "properties": {}},
            "resource": {"type": "organization", "id": birch, "properties": {"name": "Birch"}},
            "context": {"ip_address": "192.0.2.1", "user_agent": "x", "amr": ["mfa"], "acr": "1"},
        }
        searched = {**ask, "page": {"limit": 10}}
        return {
            "POST /activities/erasures": {"user_id": self.other.users["oda"]},
            "POST /connections": self._invitation("free"),
            "POST /connections/preview": self._invitation("free"),
            "PUT /connections/{connection_id}/grant": {
                "maximum_role": "creator",
                "group_ids": [level_1],
                "organization_ids": [birch],
                "all_organizations": False,
            },
            "PUT /connections/{connection_id}/rules/{user_id}": {
                "denied": False,
                "maximum_role": "creator",
                "group_ids": [level_1],
                "organization_ids": [birch],
                "all_organizations": False,
            },
            "POST /invitations/{token}/decline": {"reason": "No"},
            "POST /imports": {"kind": "users", "dry_run": True, "partial": False},
            "POST /incoming-connections/{connection_id}/decline": {"reason": "No"},
            "POST /access/v1/evaluation": ask,
            "POST /access/v1/search/subject": searched,
            "POST /access/v1/search/resource": searched,
            "POST /access/v1/search/action": searched,
            "POST /activities": {
                "user_id": self.other.users["oda"],
                "action": "password.shown",
                "organization_id": birch,
                "resource": {"type": "password", "id": "1", "name": "Router"},
                "activity_id": "a-1",
                "ip_address": "192.0.2.1",
                "user_agent": "x",
                "time": "2026-11-22T09:59:00Z",
            },
            "POST /users": {**user, "email": "zoe@acme.test", "all_organizations": False},
            "PATCH /users/{user_id}": {**user, "email": "zoe@acme.test", "status": "active"},
            "POST /groups": {"name": "Level 2", "description": "Nights"},
            "PATCH /groups/{group_id}": {"name": "Level 2", "description": "Nights"},
            "POST /organizations": {"name": "Cedar", "parent_id": birch},
            "PATCH /organizations/{organization_id}": {"name": "Cedar", "parent_id": birch},
            "POST /api-keys": {"name": "Portal", "scopes": ["authorize"]},
            "PATCH /api-keys/{api_key_id}": {"name": "Portal", "scopes": ["authorize"]},
            "POST /api-keys/{api_key_id}/rotate": {"grace_period_hours": 1},
            "PUT /account/billing-contact": {
                "name": "Payable",
                "email": "payable@acme.test",
                "postal_address": "1 Main Street\nFairmont",
                "reference": "PO 4711",
            },
            "PATCH /account": {
                "name": "Acme",
                "invitation_expires_in_days": 3,
                "mapped_actions": {"print": "editor"},
                "mapped_resource_types": {"password": "organization_id"},
                "require_mfa": False,
                "ip_allow_list": ["192.0.2.0/24"],
                "denied_resource_types": {"password": [level_1]},
            },
        }

    def state(self) -> list[dict[str, Any]]:
        """Return the table, without what may change; past the client, which takes its time."""
        items = self._table.all_items()
        return [
            item.to_json()["Attributes"]
            for item in items
            if not item.attrs["pk"].value.endswith(_MAY_CHANGE)
        ]

    @cached_property
    def before(self) -> list[dict[str, Any]]:
        return self.state()

    def send(self, route_key: str, body: Any = None, address: str = "", **more: Any) -> Reply:
        """Send a request that must be refused and must change nothing."""
        method, _, path = route_key.partition(" ")
        expected = self.before
        more.setdefault("token", self.token(route_key))
        more.setdefault("headers", self.headers(route_key))
        if body is None and route_key in FILES:
            kind, content, query = FILES[route_key]
            body, more["is_base64"] = base64.b64encode(content).decode(), True
            more["headers"] = {"content-type": kind, **more["headers"]}
            address = address or f"{path}{query}"
        reply = self.world.api(method, address or self.address(path), body, **more)
        assert reply.status < 500, reply
        assert_harmless(reply)
        after = self.state()
        self.__dict__["before"] = after
        assert after == expected, f"{route_key} changed something: {reply}"
        return reply


def assert_harmless(reply: Reply) -> None:
    """Fail if what came back could break a header, a log, or the reading of a sentence."""
    for name, value in reply.headers.items():
        assert value.isprintable(), f"{name}: {value!r}"
        assert value.isascii(), f"{name}: {value!r}"
    for cookie in reply.cookies:
        assert cookie.isprintable(), cookie
        assert cookie.isascii(), cookie
    reply.text.encode()
    if reply.status >= 400 and reply.text:
        assert not set(reply.text) & set("\u202e\u2066\u0000\u0007"), reply.text


@contextmanager
def on_stage() -> Iterator[Stage]:
    """Set a stage up on moto."""
    with mock_aws():
        table = create_table(boto3.client("dynamodb", region_name="us-east-1"))
        stage = Stage(World(table, invite_attempts_per_hour=10**6), table)
        wiring.install(stage.world.ports)
        yield stage
