"""The log's names are a closed list: everything that is kept has one of them, and each is kept."""

import base64
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from gatehouse.domain.actions import BOTH, HOSTS, NAMES, OWN
from gatehouse.domain.activity import Activity, Category
from gatehouse.usecases.changes import Record
from gatehouse.usecases.stored import LogQuery
from tests.support.api import Reply, handler_of
from tests.support.browser import Browser
from tests.support.cleanup import run_cleanup
from tests.support.exports import at_most
from tests.support.importer import Importer
from tests.support.jobs import Jobs
from tests.support.people import an_activity
from tests.support.pictures import a_png
from tests.support.world import Company, World


@dataclass
class Lived:
    """What the logs of three companies hold after everything happened to them."""

    host: Company
    guest: Company
    logs: dict[str, list[dict[str, Any]]]

    def entries(self) -> Iterator[tuple[str, dict[str, Any]]]:
        for account_id, entries in self.logs.items():
            for entry in entries:
                yield account_id, entry


class Story:
    """Everything that is ever kept in a log happens once."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.bring_host()

    def bring_host(self) -> None:
        self.host = self.world.company(
            "acme",
            {"administrator": "administrator", "eve": "editor"},
            groups={"Level 1": ["Alder"]},
            organizations=["Alder", "Birch"],
        )
        self.guest = self.world.company(
            "continuum", {"administrator": "administrator", "sam": "editor"}
        )

    def ask(self, method: str, address: str, body: Any = None, **how: Any) -> Reply:
        """Ask as the host's Administrator unless told otherwise."""
        token = how.pop("token", None) or self.world.token(self.host)
        reply = self.world.api(method, address, body, token=token, **how)
        assert reply.status < 300, (method, address, reply)
        return reply

    def invite(self) -> str:
        alder = [self.host.organizations["Alder"]]
        terms = {"group_ids": [*self.host.groups.values()], "organization_ids": alder}
        invited = self.world.invite(self.host, self.guest, all_organizations=False, **terms)
        assert invited.status == 201, invited
        return str(invited.json["connection_id"])

    def answer(self, connection_id: str, verb: str, **body: str) -> None:
        address = f"/incoming-connections/{connection_id}/{verb}"
        self.ask("POST", address, body or None, token=self.world.token(self.guest))

    def connections(self) -> None:
        offered = self.world.invite(self.host, self.guest).json["connection_id"]
        self.answer(offered, "decline", reason="Not now")
        expiring = self.invite()
        self.ask("POST", f"/connections/{expiring}/resend")
        self.world.clock.advance(days=8)
        run_cleanup()
        connection = self.invite()
        self.answer(connection, "accept")
        there = f"/accessible-accounts/{self.host.account_id}/organizations"
        self.ask("GET", there, token=self.world.token(self.guest, "sam"))
        self.rules(connection)
        etag = self.ask("GET", f"/connections/{connection}/grant").json["etag"]
        terms = {"maximum_role": "creator", "group_ids": [], "organization_ids": []}
        body = {**terms, "all_organizations": True}
        self.ask("PUT", f"/connections/{connection}/grant", body, headers={"if-match": etag})
        self.answer(connection, "leave")
        connection = self.invite()
        self.answer(connection, "accept")
        self.ask("POST", f"/connections/{connection}/revoke")
        for method in ("PUT", "DELETE"):
            blocked = f"/blocked-hosts/{self.host.account_id}"
            self.ask(method, blocked, token=self.world.token(self.guest))

    def rules(self, connection_id: str) -> None:
        rule = f"/connections/{connection_id}/rules/{self.guest.users['sam']}"
        some = {
            "organization_ids": [self.host.organizations["Alder"]],
            "group_ids": [*self.host.groups.values()],
        }
        for reach in (some, {"all_organizations": True}):
            self.ask("PUT", rule, {"denied": False, "maximum_role": "read_only", **reach})
            self.ask("DELETE", rule)

    def directory(self) -> None:
        group = self.ask("POST", "/groups", {"name": "Level 2"}).json["group_id"]
        parent = self.ask("POST", "/organizations", {"name": "Cedar"}).json["organization_id"]
        organization = self.ask("POST", "/organizations", {"name": "Dogwood"}).json[
            "organization_id"
        ]
        self.ask("PATCH", f"/organizations/{organization}", {"name": "Elm", "parent_id": parent})
        self.ask("PATCH", f"/groups/{group}", {"name": "Level 3"})
        scope = {"group_ids": [group], "organization_ids": [parent], "all_organizations": False}
        new = {"email": "new@acme.test", "name": "New", "role": "creator", **scope}
        user = self.ask("POST", "/users", new).json["user_id"]
        self.ask("POST", f"/users/{user}/invitation")
        other = {"email": "other@acme.test", "name": "Other", "role": "editor"}
        every = {"group_ids": [], "organization_ids": [], "all_organizations": True}
        self.ask("PATCH", f"/users/{user}", {**other, **every, "status": "deactivated"})
        for method in ("PUT", "DELETE"):
            self.ask(method, f"/groups/{group}/members/{self.host.users['eve']}")
            self.ask(method, f"/groups/{group}/organizations/{organization}")
        self.ask("DELETE", f"/users/{user}")
        self.ask("POST", "/users", {**new, **every, "email": "every@acme.test"})
        self.ask("DELETE", f"/groups/{group}")
        self.ask("DELETE", f"/organizations/{organization}")

    def settings(self) -> None:
        level_1 = self.host.groups["Level 1"]
        changed = {
            "name": "Acme Ltd",
            "invitation_expires_in_days": 3,
            "mapped_actions": {"print": "editor"},
            "mapped_resource_types": {"ticket": "company_id"},
            "colour": "#7a1fa2",
            "ip_allow_list": ["0.0.0.0/0", "::/0"],
            "publish_entries": True,
            "denied_resource_types": {"password": [level_1]},
        }
        self.ask("PATCH", "/account", changed)
        logo = base64.b64encode(a_png()).decode()
        png = {"content-type": "image/png"}
        self.ask("PUT", "/account/logo", logo, headers=png, is_base64=True)
        with_mfa = self.world.token(self.host, amr=["mfa"])
        for demanded in (True, False):
            self.ask("PATCH", "/account", {"require_mfa": demanded}, token=with_mfa)
        contact = {"name": "Bill", "email": "bill@acme.test"}
        more = {"postal_address": "1 Street", "reference": "PO 7"}
        self.ask("PUT", "/account/billing-contact", {**contact, **more})
        handler_of("set_plan")({"subdomain": "acme", "plan": "Team", "seats": 9}, None)
        event = {"subdomain": "globex", "name": "Globex", "region": "na"}
        made = handler_of("create_account")({**event, "admin_email": "hank@globex.test"}, None)
        self.created = str(made["account_id"])

    def keys(self) -> None:
        made = self.ask("POST", "/api-keys", {"name": "Portal", "scopes": ["authorize"]}).json
        key = f"/api-keys/{made['api_key_id']}"
        body = {"name": "Portal 2", "scopes": ["authorize", "directory:read"]}
        self.ask("PATCH", key, body)
        self.ask("POST", f"{key}/rotate")
        self.ask("DELETE", f"{key}/older-secret")
        self.ask("DELETE", key)
        self.ask("POST", "/api-keys", {"name": "Unused", "scopes": ["authorize"]})
        for days in (81, 11):
            self.world.clock.advance(days=days)
            run_cleanup()

    def jobs(self) -> None:
        bring = Importer(self.world, self.host)
        text = "email,name,role\nnina@acme.test,Nina,editor\neve@acme.test,Eve,creator\n"
        more = f"{text}administrator@acme.test,,\nnobody,,\n"
        bring("users", more, "&partial=true")
        export = self.ask("POST", "/exports").json["export_id"]
        bring.jobs.run()
        self.ask("GET", f"/exports/{export}")
        self.ask("GET", "/activities/export?format=csv")
        at_most(self.world, 0)
        of_log = self.ask("GET", "/activities/export?format=csv").json["export_id"]
        bring.jobs.run()
        self.ask("GET", f"/exports/{of_log}")

    def sessions(self) -> None:
        browser = Browser(self.world)
        asked_who = browser.come_back(browser.begin(), "nina@acme.test")
        browser.submit(asked_who, "/sign-in/continue")
        browser.submit(browser.get("/"), "/sign-out")
        self.ask("DELETE", "/sessions", token=self.world.token(self.host, "eve"))
        self.ask("DELETE", f"/users/{self.host.users['eve']}/sessions")

    def erasure(self) -> None:
        jobs = Jobs(self.world)
        self.ask("DELETE", f"/users/{self.host.users['eve']}")
        self.ask("POST", "/activities/erasures", {"user_id": self.host.users["eve"]})
        jobs.run()
        self.world.clock.advance(minutes=3)
        run_cleanup()
        jobs.run()

    def live(self) -> Lived:
        for part in (self.connections, self.directory, self.settings, self.jobs, self.sessions):
            part()
        self.erasure()
        self.keys()
        return Lived(
            self.host,
            self.guest,
            {
                account_id: [entry.as_json() for entry in everything(self.world, account_id)]
                for account_id in (self.host.account_id, self.guest.account_id, self.created)
            },
        )


def everything(world: World, account_id: str) -> Iterator[Activity]:
    now, after = world.clock.now(), None
    while True:
        span = LogQuery(now.replace(year=now.year - 1), now)
        page = world.ports.store.log.page(account_id, span, after, 200)
        yield from page.items
        after = page.after
        if after is None:
            return


def test_each_name_is_kept_where_the_list_says_and_with_the_changes_it_says(world: World) -> None:
    lived = Story(world).live()
    host, guest = lived.host.account_id, lived.guest.account_id
    logs: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    changes: dict[tuple[str, str], set[str]] = defaultdict(set)
    for account_id, entry in lived.entries():
        named = (entry["category"], entry["action"])
        logs[named][account_id] += 1
        changes[named] |= entry["changes"].keys()
    assert changes == {
        (category.value, name): set(kept.changes)
        for category, names in NAMES.items()
        for name, kept in names.items()
    }
    for category, names in NAMES.items():
        for name, kept in names.items():
            found = logs[category.value, name]
            if kept.log == BOTH:
                assert found.keys() == {host, guest}, name
                assert found[host] == found[guest], name
            elif kept.log != OWN:
                assert found.keys() == {host if kept.log == HOSTS else guest}, name


@pytest.mark.parametrize(
    "wrong",
    [
        an_activity(category=Category.DIRECTORY, action="user.moved"),
        an_activity(category=Category.KEY, action="user.created"),
        an_activity(category=Category.DECISION, action="view"),
        an_activity(category=Category.DIRECTORY, action="user.created", changes={"size": (1, 2)}),
    ],
    ids=lambda entry: f"{entry.category} {entry.action} {[*entry.changes]}",
)
def test_what_is_not_in_the_list_is_not_kept(wrong: Activity) -> None:
    with pytest.raises(ValueError, match="not in the list"):
        Record(wrong)
