"""Whatever people wrote into any field is shown as text, on every page and in every mail."""

import csv
import html
import io
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from tests.console.clicking import answer, begin, draft_of, go
from tests.support.api import Reply, template
from tests.support.browser import Browser
from tests.support.console import read
from tests.support.jobs import Jobs, given_up_erasure
from tests.support.page import Document, must_be_sound
from tests.support.trials import sample
from tests.support.world import World

TEXTS = {
    "markup": "<script>alert(1)</script><img src=x onerror=alert(1)><b>{{ 7 * 7 }}</b>",
    "quotes": "\"' onmouseover=alert(1) x='\" --> ]]> </title></textarea></td>",
    "hidden": "Acme\u202egpj.exe\u2066\u200b\u00a0Ltd\u202c",
    "long": "Wolfeschlegelsteinhausenbergerdorff & Söhne " * 8,
    "unbroken": "W" * 320,
    "address": "https://evil.example/login?x=1 evil.example",
}
SHORTER = (None, 255, 200, 128, 100, 64)


def named(more: dict[str, Any], text: str) -> dict[str, Any]:
    return {"name": text, **more}


def saying(offer: dict[str, Any], text: str) -> dict[str, Any]:
    return {**offer, "message": text}


class Written:
    """Two companies and what they have with each other, one text in every field that takes it."""

    def __init__(self, world: World, text: str) -> None:
        self.world, self.text = world, text
        self.host = world.company(
            "acme",
            {"administrator": "administrator", "manager": "manager", "editor": "editor"},
            organizations=["Alder", "Birch"],
            groups={"Level 1": ["Alder", "Birch"]},
            members={"Level 1": ["editor", "manager"]},
        )
        self.guest = world.company("continuum", {"nora": "administrator", "paula": "editor"})
        self.globex = world.company("globex", {"gwen": "administrator"})
        self.initech = world.company("initech", {"ines": "administrator"})
        self.group = self.host.groups["Level 1"]
        self.organization = self.host.organizations["Alder"]
        self.key = f"key_{self.host.key.split('_')[2]}"
        self._directory()
        self.connection = self._connections()
        self._log()
        self.imported = self._import()
        self.export = self._account()
        self.erasure = given_up_erasure(world, self.host)

    def write(
        self, method: str, address: str, body: Callable[[str], Any], token: str
    ) -> Reply | None:
        """Write the text, shortened until it is taken; None if no part of it ever is."""
        for length in SHORTER:
            reply = self.world.api(method, address, body(self.text[:length].strip()), token=token)
            if reply.status < 300:
                return reply
            assert reply.status in {400, 422}, reply
        return None

    def _directory(self) -> None:
        ada = self.world.token(self.host)
        below = self.host.organizations["Birch"]
        for address, token, more in (
            ("/account", ada, {}),
            *((f"/users/{one}", ada, {}) for one in self.host.users.values()),
            (f"/organizations/{self.organization}", ada, {}),
            (f"/organizations/{below}", ada, {"parent_id": self.organization}),
            (f"/api-keys/{self.key}", ada, {}),
            *(
                (address, self.world.token(company, name), {})
                for company, name in (
                    (self.guest, "nora"),
                    (self.globex, "gwen"),
                    (self.initech, "ines"),
                )
                for address in ("/account", *(f"/users/{one}" for one in company.users.values()))
            ),
        ):
            self.write("PATCH", address, partial(named, more), token)
        self.write(
            "PATCH",
            f"/groups/{self.group}",
            lambda text: {"name": text, "description": text},
            ada,
        )

    def _connections(self) -> str:
        """Invite three: one accepts, one declines with a reason, one has not answered."""
        ada = self.world.token(self.host)
        made: dict[str, str] = {}
        terms = {
            "maximum_role": "editor",
            "group_ids": [self.group],
            "organization_ids": [self.organization],
            "all_organizations": False,
        }
        for company in (self.guest, self.globex, self.initech):
            offer = {**terms, "guest_subdomain": company.subdomain}
            reply = self.write(
                "POST", "/connections", partial(saying, offer), ada
            ) or self.world.api("POST", "/connections", offer, token=ada)
            made[company.subdomain] = str(reply.json["connection_id"])
        nora, gwen = self.world.token(self.guest, "nora"), self.world.token(self.globex, "gwen")
        accept = f"/incoming-connections/{made['continuum']}/accept"
        assert self.world.api("POST", accept, token=nora).status == 200
        decline = f"/incoming-connections/{made['globex']}/decline"
        if not self.write("POST", decline, lambda text: {"reason": text}, gwen):
            assert self.world.api("POST", decline, token=gwen).status == 200
        blocked = f"/blocked-hosts/{self.host.account_id}"
        assert self.world.api("PUT", blocked, token=nora).status < 300
        self.pending, self.declined = made["initech"], made["globex"]
        own = {**terms, "denied": False}
        rule = f"/connections/{made['continuum']}/rules/{self.guest.users['paula']}"
        assert (
            self.world.api("PUT", rule, {**own, "maximum_role": "editor"}, token=ada).status == 200
        )
        return made["continuum"]

    def _log(self) -> None:
        paula = self.guest.users["paula"]
        for field in ("action", "type", "id", "name", "user_agent"):

            def report(text: str, field: str = field) -> dict[str, Any]:
                resource = {"type": "password", "id": "1", "name": "Router"}
                entry = {
                    "user_id": paula,
                    "action": "view",
                    "organization_id": self.organization,
                    "resource": resource,
                }
                (resource if field in resource else entry)[field] = text
                return {"activities": [entry] * 12}

            self.write("POST", "/activities", report, self.host.key)
        ask = {"user_agent": self.text[:200]}
        self.world.api(
            "POST",
            "/access/v1/evaluation",
            {
                "subject": {"type": "user", "id": paula},
                "action": {"name": self.text[:60]},
                "resource": {"type": "organization", "id": self.organization},
                "context": ask,
            },
            token=self.host.key,
        )

    def _import(self) -> str:
        """Look at a file whose cells are the text; return the import's id."""
        sheet = io.StringIO()
        csv.writer(sheet).writerows([("name", "parent"), (self.text, ""), ("Elm", self.text)])
        reply = self.world.api(
            "POST",
            "/import?kind=organizations&dry_run=true",
            sheet.getvalue(),
            token=self.world.token(self.host),
            headers={"content-type": "text/csv"},
        )
        Jobs(self.world).run()
        return str(reply.json["import_id"])

    def _account(self) -> str:
        """Write into what the account is called by, and export all of it; return the export's id."""
        ada = self.world.token(self.host)
        self.write(
            "PUT",
            "/account/billing-contact",
            lambda text: {"name": text, "postal_address": text, "email": "payable@acme.test"},
            ada,
        )
        mapped = {"mapped_actions": {"print": "editor"}, "mapped_resource_types": {"ticket": "org"}}
        assert self.world.api("PATCH", "/account", mapped, token=ada).status == 200
        begun = self.world.api("POST", "/exports", token=ada)
        assert begun.status == 202, begun
        return str(begun.json["export_id"])

    def host_pages(self, ada: Browser) -> dict[str, str]:
        """Return every page of the host's Administrator, by its route."""
        user = self.host.users["editor"]
        role = begin(ada, "free")
        draft = draft_of(role)
        grant = go(ada, answer(ada, role, maximum_role="editor"))
        message = go(ada, answer(ada, grant, next="continue", **{f"group.{self.group}": "on"}))
        answer(ada, message, message=self.text)
        change = ada.submit(
            ada.get(f"/console/connections/{self.connection}"), self.connection, question="grant"
        )
        changed = change.headers["location"].split("/")[3]
        steps = {
            "users": ("status", "delete", "organizations", "sessions", "invitation"),
            "groups": ("edit", "members", "organizations", "delete"),
            "organizations": ("edit", "delete"),
            "api-keys": ("revoke",),
        }
        ids = {
            "users": (user, "user_id"),
            "groups": (self.group, "group_id"),
            "organizations": (self.host.organizations["Birch"], "organization_id"),
            "api-keys": (self.key, "api_key_id"),
        }
        pages = {}
        for noun, (id_, name) in ids.items():
            pages[f"/console/{noun}"] = f"/console/{noun}"
            pages[f"/console/{noun}/{id_}"] = f"/console/{noun}/{{{name}}}"
            pages[f"/console/{noun}/new"] = f"/console/{noun}/new"
            for step in steps[noun]:
                pages[f"/console/{noun}/{id_}/{step}"] = f"/console/{noun}/{{{name}}}/{{step}}"
        many = f"/console/users/change?user.{user}=on"
        for query in (
            "what=role",
            "what=groups",
            "what=role&role=lite&next=check",
            f"what=groups&group.{self.group}=on&next=check",
        ):
            pages[f"{many}&{query}"] = "/console/users/change"
        rules = f"/console/connections/{self.connection}/rules"
        paula, route = self.guest.users["paula"], "/console/connections/{connection_id}/rules"
        pages |= {
            "/console/settings/types-denied": "/console/settings/types-denied",
            "/console/settings/types-denied?type=password": "/console/settings/types-denied",
            f"{rules}?person=a": route,
            rules: route,
            f"{rules}/{paula}": f"{route}/{{user_id}}",
            f"{rules}/{paula}/deny": f"{route}/{{user_id}}/{{step}}",
            f"{rules}/{paula}/remove": f"{route}/{{user_id}}/{{step}}",
        }
        for connection in (self.connection, self.pending, self.declined):
            pages[f"/console/connections/{connection}"] = "/console/connections/{connection_id}"
        pages |= {
            f"/console/connections/{self.pending}/resend": "/console/connections/{connection_id}/resend",
            f"/console/connections/{self.connection}/revoke": "/console/connections/{connection_id}/revoke",
            "/console": "/console",
            "/console/connections": "/console/connections",
            "/console/connections/new": "/console/connections/new",
            f"/console/drafts/{draft}/role": "/console/drafts/{draft_id}/role",
            f"/console/drafts/{draft}/grant": "/console/drafts/{draft_id}/grant",
            f"/console/drafts/{draft}/message": "/console/drafts/{draft_id}/message",
            f"/console/drafts/{draft}/check": "/console/drafts/{draft_id}/check",
            f"/console/drafts/{changed}/check": "/console/drafts/{draft_id}/check",
            "/console/log": "/console/log",
            "/console/log?category=activity": "/console/log",
            "/console/log?category=directory": "/console/log",
            f"/console/log?user_id={self.guest.users['paula']}": "/console/log",
            f"/console/why?user_id={self.guest.users['paula']}&organization_id="
            f"{self.organization}&action=restore": "/console/why",
            "/console/why": "/console/why",
            **{
                f"/console/users/{one}/{step}": "/console/users/{user_id}/{step}"
                for one, step in (
                    (self.guest.users["paula"], "erase"),
                    (user, "erase"),
                    (f"{user[:-26]}{0:026}", f"erasure?id={self.erasure}"),
                )
            },
            "/console/imports": "/console/imports",
            "/console/exports": "/console/exports",
            f"/console/exports/{self.export}": "/console/exports/{export_id}",
            "/console/sessions": "/console/sessions",
            "/console/plan": "/console/plan",
            "/console/billing": "/console/billing",
            "/console/map": "/console/map",
            f"/console/connections/{self.connection}/usage": "/console/connections/{connection_id}/usage",
            "/console/settings": "/console/settings",
            **{
                f"/console/settings/{step}": "/console/settings/{step}"
                for step in ("branding", "security", "actions", "new-action", "new-type")
            },
            "/console/settings/actions/print": "/console/settings/{kind}/{name}",
            "/console/settings/types/ticket": "/console/settings/{kind}/{name}",
            "/console/settings/actions/print/remove": "/console/settings/{kind}/{name}/remove",
            f"/console/imports/{self.imported}": "/console/imports/{import_id}",
            "/": "/",
        }
        return pages

    def guest_pages(self) -> dict[str, str]:
        """Return every page of the guest's Administrator, by its route."""
        here, one = f"/console/hosts/{self.connection}", "/console/hosts/{connection_id}"
        return {
            "/": "/",
            "/console/hosts": "/console/hosts",
            here: one,
            f"{here}/leave": f"{one}/{{step}}",
            f"{here}/block": f"{one}/{{step}}",
            f"{here}/log": f"{one}/{{step}}",
            "/console/blocked": "/console/blocked",
            "/console/accounts": "/console/accounts",
            f"/console/in/{self.host.account_id}": "/console/in/{account_id}",
        }

    def invited_pages(self) -> dict[str, str]:
        """Return the pages of whoever has not answered yet."""
        here = f"/console/hosts/{self.pending}"
        link = self.world.outbox.to("ines@initech.test").token
        return {
            "/": "/",
            f"{here}/accept": "/console/hosts/{connection_id}/{step}",
            f"{here}/decline": "/console/hosts/{connection_id}/{step}",
            f"/invitations/{link}": "/invitations/{token}",
        }


@pytest.fixture(params=sample(list(TEXTS), least=2))
def written(world: World, request: pytest.FixtureRequest) -> Written:
    world.company("free", {"fay": "administrator"})
    return Written(world, TEXTS[request.param])


def must_be_harmless(address: str, text: str, status: int) -> None:
    assert status == 200, address
    must_be_sound(text)  # no attribute that runs, no other's address, nothing that does not show
    page = Document(text)
    assert {"img", "b", "font"}.isdisjoint(tag for tag, _ in page.elements), address
    assert not [a for a in page.all("script") if "src" not in a], address
    assert "<b>49</b>" not in page.said("main")[0], address
    assert "onmouseover" not in {name for _, a in page.elements for name in a}, address


def test_no_page_takes_what_somebody_wrote_for_its_own(world: World, written: Written) -> None:
    walks = (
        (Browser(world).sign_in(written.host), written.host_pages),
        (Browser(world).sign_in(written.guest, "nora"), lambda _: written.guest_pages()),
        (Browser(world).sign_in(written.initech, "ines"), lambda _: written.invited_pages()),
    )
    walked: set[str] = set()
    for browser, pages_of in walks:
        for address, route in pages_of(browser).items():
            reply = browser.get(address)
            must_be_harmless(address, reply.text, reply.status)
            walked.add(route)
    everywhere = {one.path for one in template().routes if one.path.startswith("/console")}
    assert everywhere <= walked, everywhere - walked


def test_what_was_written_is_there_to_be_read(world: World) -> None:
    written = Written(world, TEXTS["markup"])
    ada = Browser(world).sign_in(written.host)
    for address in (
        "/console/users",
        "/console/groups",
        "/console/organizations",
        "/console/connections",
        "/console/api-keys",
        "/console/log",
        f"/console/connections/{written.pending}",
    ):
        assert "<script>alert(1)</script>" in read(ada.get(address)).said("main")[0], address


def test_no_mail_takes_what_somebody_wrote_for_its_own(world: World, written: Written) -> None:
    revoke = f"/connections/{written.connection}/revoke"
    assert world.api("POST", revoke, token=world.token(written.host)).status == 200
    kinds = {mail.kind for mail in world.outbox.mails}
    assert kinds >= {"invitation", "accepted", "declined", "ended"}
    for mail in world.outbox.mails:
        assert "\n" not in mail.subject
        page = Document(mail.html)
        assert {"script", "img", "b", "iframe", "form"}.isdisjoint(tag for tag, _ in page.elements)
        assert not [n for _, a in page.elements for n in a if n.startswith("on")]
        assert all(a["href"].startswith("https://gatehouse.test/") for a in page.all("a"))
        for part in (mail.subject, mail.text, html.unescape(mail.html)):
            assert not {c for c in part if not c.isprintable()} - {"\n"}, mail.kind
            assert "https://evil.example" not in part
