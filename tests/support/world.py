"""A deployment under test, with companies in it."""

import json
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import cached_property
from typing import Any, Final

import boto3

from gatehouse import wiring
from gatehouse.config import Settings
from gatehouse.domain.account import AccountName
from gatehouse.domain.connection import State
from gatehouse.http.oidc import OidcIdentities
from gatehouse.store.objects import S3Objects
from gatehouse.usecases.changes import Save
from gatehouse.usecases.ports import Files, Queue
from gatehouse.wiring import LazyPorts
from local.loader import AccountLoader
from local.resources import ensure_files
from local.world import read_world
from tests.support import issuer
from tests.support.api import Api, Reply
from tests.support.clock import FakeClock
from tests.support.outbox import Outbox
from tests.support.people import a_connection, a_pair

ROLES = ("administrator", "manager", "editor", "creator", "read_only", "lite")


_BATCH: Final = 25
"""How many items one BatchWriteItem takes."""
_CHANGES: Final = 50
"""How many changes of up to two items fit into one transaction."""
_LOADED: Final[dict[str, tuple[Any, list[dict[str, Any]], timedelta]]] = {}
"""What loading a company gave, left and took, by the company and the time."""


@dataclass(frozen=True)
class Company:
    """A company as seeded: ids by the names that a test uses."""

    account_id: str
    subdomain: str
    name: str
    key: str
    users: Mapping[str, str]
    emails: Mapping[str, str]
    groups: Mapping[str, str]
    organizations: Mapping[str, str]


class PortsOfTests(LazyPorts):
    """Ports whose bucket and queue are made when something is first kept or sent."""

    @cached_property
    def place(self) -> tuple[str, str]:
        """Make a bucket and a queue; return the name of the one, the address of the other."""
        name = f"gatehouse-{uuid.uuid4().hex[:12]}"
        s3, sqs = (boto3.client(one, region_name="us-east-1") for one in ("s3", "sqs"))
        url = ensure_files(s3, sqs, name, name)
        self.settings = replace(self.settings, files_bucket=name, transfer_queue_url=url)
        return name, url

    @cached_property
    def files(self) -> Files:
        assert self.place
        return super().files

    @cached_property
    def objects(self) -> S3Objects:
        name = f"gatehouse-{uuid.uuid4().hex[:12]}"
        boto3.client("s3", region_name="us-east-1").create_bucket(Bucket=name)
        self.settings = replace(self.settings, archive_bucket=name)
        return super().objects

    @cached_property
    def queue(self) -> Queue:
        assert self.place
        return super().queue


class World:
    """A table, the ports on it, and a client."""

    def __init__(self, table_name: str, clock: FakeClock | None = None, **limits: Any) -> None:
        self.clock = clock or FakeClock()
        self.outbox = Outbox()
        self.issuer = issuer.FakeIssuer()
        self.api = Api()
        self._companies: set[str] = set()
        settings = Settings(
            table_name=table_name,
            region="us-east-1",
            public_base_url="https://gatehouse.test",
            mail_from="no-reply@gatehouse.test",
            oidc_issuer=issuer.ISSUER,
            oidc_client_id=issuer.CLIENT_ID,
            signing_key="a key for tests",
            **limits,
        )
        self.ports = PortsOfTests(settings, self.clock)
        # Read by cached_property before it would make its own.
        self.ports.__dict__["mailer"] = self.outbox
        self.ports.__dict__["identities"] = OidcIdentities(
            issuer=issuer.ISSUER,
            client_id=issuer.CLIENT_ID,
            redirect_uri="https://gatehouse.test/sign-in/callback",
            fetch=self.issuer.fetch,
        )
        wiring.install(self.ports)

    def company(
        self,
        subdomain: str,
        people: Mapping[str, str] | None = None,
        *,
        region: str = "na",
        groups: Mapping[str, Sequence[str]] | None = None,
        members: Mapping[str, Sequence[str]] | None = None,
        organizations: Sequence[str] = (),
    ) -> Company:
        """Set up a company: people by name → role, groups by name → organizations.

        Without ``people`` there is one of each role, named like it; their addresses are
        ``<name>@<subdomain>.test``.
        """
        people = people or {role: role for role in ROLES}
        tree: Any = {
            "accounts": [
                {
                    "subdomain": subdomain,
                    "name": subdomain.capitalize(),
                    "region": region,
                    "users": [
                        {
                            "email": f"{name}@{subdomain}.test",
                            "name": name.replace("_", " ").capitalize(),
                            "role": role,
                        }
                        for name, role in people.items()
                    ],
                    "groups": [
                        {
                            "name": name,
                            "members": [
                                f"{member}@{subdomain}.test"
                                for member in (members or {}).get(name, ())
                            ],
                            "organizations": list(reached),
                        }
                        for name, reached in (groups or {}).items()
                    ],
                    "organizations": list(organizations),
                }
            ]
        }
        made = self._loaded(tree)
        return Company(
            account_id=made["account_id"],
            subdomain=subdomain,
            name=made["name"],
            key=made["api_key"],
            users={u["email"].partition("@")[0]: u["user_id"] for u in made["users"]},
            emails={u["email"].partition("@")[0]: u["email"] for u in made["users"]},
            groups={g["name"]: g["group_id"] for g in made["groups"]},
            organizations={o["name"]: o["organization_id"] for o in made["organizations"]},
        )

    def _loaded(self, tree: Any) -> Any:
        """Load a company, or put the items that loading the same one left in an earlier table.

        A company owns every item that it begins with, and moto takes a batch of puts in a
        twentieth of the time of the transactions.
        """
        (subdomain,) = (account["subdomain"] for account in tree["accounts"])
        began = self.clock.now()
        known_by = json.dumps([tree, began.isoformat()])
        if known_by in _LOADED and subdomain not in self._companies:
            self._companies.add(subdomain)
            made, items, took = _LOADED[known_by]
            self._put(items)
            self.clock.advance(seconds=took.total_seconds())
            return made
        before = self.dump()
        (wanted,) = read_world(tree)
        # moto answers one call at a time.
        made = AccountLoader(self.ports, issuer.identity_of, wanted, threads=1).load()
        if subdomain not in self._companies:
            self._companies.add(subdomain)
            left = [item for item in self.dump() if item not in before]
            _LOADED[known_by] = made, left, self.clock.now() - began
        return made

    def _put(self, items: list[dict[str, Any]]) -> None:
        table = self.ports.store._table  # type: ignore[attr-defined]  # the raw table
        for start in range(0, len(items), _BATCH):
            puts = [{"PutRequest": {"Item": item}} for item in items[start : start + _BATCH]]
            left = table.connection.dispatch("BatchWriteItem", {"RequestItems": {table.name: puts}})
            assert not left.get("UnprocessedItems")

    def token(self, company: Company, name: str = "administrator", **claims: Any) -> str:
        """Return an access token of one of the company's people."""
        return issuer.access_token(company.emails[name], self.clock.now(), **claims)

    def invite(self, host: Company, guest: Company, **terms: Any) -> Reply:
        """Let the host's Administrator invite the guest: all organizations, at most Editor."""
        body = {
            "guest_subdomain": guest.subdomain,
            "maximum_role": "editor",
            "all_organizations": True,
            **terms,
        }
        return self.api("POST", "/connections", body, token=self.token(host))

    def connect(self, host: Company, guest: Company, **terms: Any) -> dict[str, Any]:
        """Let the guest's Administrator accept what the host offers; return the connection."""
        invited = self.invite(host, guest, **terms)
        assert invited.status == 201, invited
        connection_id = invited.json["connection_id"]
        accepted = self.api(
            "POST", f"/incoming-connections/{connection_id}/accept", token=self.token(guest)
        )
        assert accepted.status == 200, accepted
        return dict(accepted.json)

    def let_in(
        self, guest: Company, hosts: int, ended: Callable[[int], bool] = lambda _: False
    ) -> None:
        """Let many hosts let a guest in: ``host-000`` with the name ``Host 000``, and so on."""
        named = AccountName(guest.account_id, guest.subdomain, guest.name)
        changes: list[Save] = []
        for number in range(hosts):
            host = AccountName(f"acc_{number:016d}", f"host-{number:03d}", f"Host {number:03d}")
            state = State.REVOKED if ended(number) else State.ACTIVE
            connection = a_connection(number, host=host, guest=named, state=state)
            pair = a_pair(
                host_account_id=host.account_id,
                guest_account_id=guest.account_id,
                connection_id=connection.connection_id,
                state=state,
            )
            changes += [Save(connection), Save(pair)]
        for start in range(0, len(changes), _CHANGES):
            self.ports.store.commit(*changes[start : start + _CHANGES])

    def decide(
        self, host: Company, user_id: str, action: str, organization_id: str, **more: Any
    ) -> dict[str, Any]:
        """Ask for a decision as the host's application; return the answer."""
        reply = self.api(
            "POST",
            "/access/v1/evaluation",
            {
                "subject": {"type": "user", "id": user_id},
                "action": {"name": action},
                "resource": {"type": "organization", "id": organization_id},
                **more,
            },
            token=host.key,
        )
        assert reply.status == 200, reply
        return dict(reply.json)

    def may(self, host: Company, user_id: str, action: str, organization_id: str) -> bool:
        """Say whether somebody may do something in an organization of the host."""
        return bool(self.decide(host, user_id, action, organization_id)["decision"])

    def log(self, company: Company, query: str = "") -> list[dict[str, Any]]:
        """Return the newest entries of a company's log."""
        reply = self.api("GET", f"/activities?limit=200{query}", token=self.token(company))
        assert reply.status == 200, reply
        return list(reply.json["items"])

    def dump(self) -> list[dict[str, Any]]:
        """Return every item of the table, to see that nothing changed or that nothing is there."""
        table = self.ports.store._table  # type: ignore[attr-defined]  # the raw table
        items: list[dict[str, Any]] = []
        start = None
        while True:
            answer = table.connection.scan(table.name, exclusive_start_key=start)
            items += answer["Items"]
            start = answer.get("LastEvaluatedKey")
            if start is None:
                return sorted(items, key=lambda item: (item["pk"]["S"], item["sk"]["S"]))
