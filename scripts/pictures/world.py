"""A world in which every page has something to show: the demo's companies, and what they did."""

import time
from collections.abc import Mapping
from typing import Any, Final

from playwright.sync_api import Browser, Page

from local.demo import WORLD
from tests.support.pictures import a_png
from tests.support.runner import Runner

ADA, NORA, OMAR = "ada@acme.test", "nora@continuum.test", "omar@continuum.test"
PAULA, SAM, BILL = "paula@continuum.test", "sam@continuum.test", "bill@initech.test"
ZOE: Final = "zoe@acme.test"

_OTHERS: Final = (
    ("fernhill", "Fernhill Services", "Ingrid Solheim"),
    ("marlow", "Marlow Networks", "Tomas Reyes"),
    ("bluegate", "Bluegate IT", "Hana Suzuki"),
    ("redbrick", "Redbrick Support", "Olu Bankole"),
    ("tallow", "Tallow Lane IT", "Greta Lind"),
)
"""Companies of one person each, so that there is a connection in every state."""

MESSAGE: Final = "Welcome aboard. We start with the night shift on 1 December."
_DAY: Final = 24 * 60 * 60
_PATIENCE: Final = 60
"""Seconds that an export may take here."""
_SHEET: Final = """\
email,name,role,groups
uma@acme.test,Uma Berg,editor,Level 1
leo@acme.test,Leo Marsh,creator,Level 1;Night shift
zoe@acme.test,Zoe Hart,boss,
nora@continuum.test,Nora Quinn,editor,
kim@acme.test,Kim Ito,editor,Level 7
uma@acme.test,Uma Berg,lite,
"""
"""People to import, most of whom can be."""
_ASKED: Final = (
    ("Paula Jensen", "view", "Alder Creek Dental"),
    ("Paula Jensen", "edit", "Alder Creek Dental"),
    ("Elif Yilmaz", "edit", "Evergreen Family Law"),
    ("Sam Whitfield", "delete", "Maple & Main Bakery"),
    ("Sam Whitfield", "view", "Tidewater Marine"),
    ("Paula Jensen", "restore", "Redwood Accounting"),
    ("Yuki Tanaka", "print", "Redwood Accounting"),
)
"""Who of the guest did what where, as the host's application asked it."""


def signed_in(chromium: Browser, base_url: str, email: str | None) -> Page:
    """Return a page in a browser of somebody's own."""
    page = chromium.new_context(base_url=base_url).new_page()
    if email:
        page.goto(f"/.local/sign-in?email={email}")
    return page


def press(page: Page, button: str) -> None:
    """Press a button that leads to another page, and wait for that."""
    with page.expect_navigation():
        page.get_by_role("button", name=button).first.click()


class Furnished:
    """What stands for each ``{name}`` of the tour's addresses."""

    def __init__(self, runner: Runner, chromium: Browser) -> None:
        self._runner = runner
        self.names: dict[str, str] = {}
        accounts = runner.seed(*WORLD["accounts"], *map(_company, _OTHERS))
        acme, continuum, *_ = accounts
        self._accounts = {a["subdomain"]: a["account_id"] for a in accounts}
        self._people = {u["name"]: u["user_id"] for a in (acme, continuum) for u in a["users"]}
        self._groups = {g["name"]: g["group_id"] for g in acme["groups"]}
        self._organizations = {o["name"]: o["organization_id"] for o in acme["organizations"]}
        self.names |= {
            "acme": acme["account_id"],
            "over": self._accounts["bluegate"],
            "user": self._people["Erin Walsh"],
            "self": next(u["user_id"] for u in acme["users"] if u["email"] == ADA),
            "colleague": self._people["Grace Kim"],
            "technician": self._people["Sam Whitfield"],
            "group": self._groups["Level 1"],
            "organization": self._organizations["Alder Creek Dental"],
            "clinic": self._organizations["Bayview Orthopedics - Harbor Clinic"],
            "far": self._organizations["Tidewater Marine"],
        }
        self._hosts_of_continuum()
        self._guests_of_acme(acme["api_key"])
        self._rules_of_acme()
        self._people_of_acme()
        self._drafts(chromium)
        self._export()
        self._erasures()
        self._imports()

    def _hosts_of_continuum(self) -> None:
        self._invite("owner@fernhill.test", "continuum", invitation_expires_in_days=1)
        self.names["link_expired"] = self._runner.link(NORA)
        self._invite(ADA, "fernhill", invitation_expires_in_days=1)
        self._runner.advance(2 * _DAY)
        declined = self._invite("owner@marlow.test", "continuum")
        self.names["link_declined"] = self._runner.link(NORA)
        self._step(NORA, f"/incoming-connections/{declined}/decline")
        revoked = self._invite("owner@bluegate.test", "continuum")
        self.names["link_revoked"] = self._runner.link(NORA)
        self._step(NORA, f"/incoming-connections/{revoked}/accept")
        self._step("owner@bluegate.test", f"/connections/{revoked}/revoke")
        for subdomain, purpose in (("redbrick", "to_accept"), ("tallow", "to_decline")):
            self._invite(f"owner@{subdomain}.test", "continuum")
            self.names[f"link_{purpose}"] = self._runner.link(NORA)
        pending = self._invite(BILL, "continuum", message="We need help with our printers.")
        self.names["link_replaced"] = self._runner.link(NORA)
        self._step(BILL, f"/connections/{pending}/resend")
        # So that the pages of one company have a look of their own.
        self._step(BILL, "/account", {"colour": "#f2a900"}, "PATCH")
        self._runner.put_picture("/account/logo", self._runner.token(BILL), a_png(120, 48))
        self.names |= {"asking": pending, "link_pending": self._runner.link(NORA)}
        self.names["link_pending_of_omar"] = self._runner.link(OMAR)
        self._step(NORA, f"/blocked-hosts/{self._accounts['marlow']}", method="PUT")

    def _guests_of_acme(self, key: str) -> None:
        declined = self._invite(ADA, "marlow", maximum_role="creator")
        self._step("owner@marlow.test", f"/incoming-connections/{declined}/decline")
        revoked = self._invite(ADA, "bluegate", maximum_role="manager")
        self._step("owner@bluegate.test", f"/incoming-connections/{revoked}/accept")
        self._step(ADA, f"/connections/{revoked}/revoke")
        pending = self._invite(ADA, "initech", maximum_role="read_only", message=MESSAGE)
        grant = {
            "group_ids": [self._groups["Level 1"]],
            "organization_ids": [self._organizations["Redwood Accounting"]],
            "all_organizations": False,
        }
        active = self._invite(ADA, "continuum", message=MESSAGE, **grant)
        self.names |= {"active": active, "pending": pending, "ended": revoked}
        self.names["link_accepted"] = self._runner.link(NORA)
        self.names["link_accepted_of_omar"] = self._runner.link(OMAR)
        self._step(NORA, f"/invitations/{self.names['link_accepted']}/accept")
        for name, action, organization in _ASKED:
            question = {
                "subject": {"type": "user", "id": self._people[name]},
                "action": {"name": action},
                "resource": {"type": "organization", "id": self._organizations[organization]},
            }
            self._runner.call("POST", "/access/v1/evaluation", key, question)

    def _rules_of_acme(self) -> None:
        ruled, denied = self._people["Chloe Park"], self._people["Bruno Costa"]
        rules = f"/connections/{self.names['active']}/rules"
        own = {
            "denied": False,
            "maximum_role": "read_only",
            "organization_ids": [self._organizations["Tidewater Marine"]],
        }
        self._step(ADA, f"{rules}/{ruled}", own, method="PUT")
        self._step(ADA, f"{rules}/{denied}", {"denied": True}, method="PUT")
        self.names |= {"ruled": ruled, "denied": denied}
        types = {"password": [self._groups["Night shift"]]}
        self._step(ADA, "/account", {"denied_resource_types": types}, method="PATCH")

    def _people_of_acme(self) -> None:
        zoe = {"email": ZOE, "name": "Zoe Adler", "role": "editor"}
        self.names["newcomer"] = self._step(ADA, "/users", zoe)["user_id"]
        self.names["link_user"] = self._runner.link(ZOE, "user-invitations")
        key = {"name": "Ticket system", "scopes": ["authorize", "activities:write"]}
        self.names |= {"action": "print_password", "type": "password"}
        mapped = {
            "mapped_actions": {"print_password": "editor"},
            "mapped_resource_types": {"password": "client_id"},
        }
        self._step(ADA, "/account", mapped, "PATCH")
        self._step("owner@tallow.test", "/account", {"require_mfa": True}, "PATCH")
        self.names["key"] = self._step(ADA, "/api-keys", key)["api_key_id"]
        key = {"name": "Documentation", "scopes": ["authorize"]}
        rotated = self._step(ADA, "/api-keys", key)
        self.names["rotated"] = rotated["api_key_id"]
        self._step(ADA, f"/api-keys/{rotated['api_key_id']}/rotate")
        contact = {"name": "Accounts payable", "email": "billing@acme.test", "reference": "PO 4711"}
        self._step(ADA, "/account/billing-contact", contact, method="PUT")

    def _drafts(self, chromium: Browser) -> None:
        """Answer the questions of an invitation and of a change, up to the page that asks to check."""
        page = signed_in(chromium, self._runner.base_url, ADA)
        page.goto("/console/connections/new")
        page.get_by_role("textbox").fill("tallow")
        press(page, "Continue")
        page.get_by_role("radio", name="Editor", exact=True).check()
        press(page, "Continue")
        page.get_by_role("checkbox", name="Level 1").check()
        page.get_by_role("checkbox", name="Redwood Accounting").check()
        press(page, "Continue")
        page.get_by_role("textbox").fill(MESSAGE)
        press(page, "Check the invitation")
        self.names["draft"] = page.url.split("/")[-2]
        page.goto(f"/console/connections/{self.names['active']}")
        press(page, "Change the maximum role")
        page.get_by_role("radio", name="Manager", exact=True).check()
        press(page, "Continue")
        self.names["change"] = page.url.split("/")[-2]
        page.goto(f"/console/connections/{self.names['active']}/rules/{self.names['ruled']}")
        press(page, "Change the role and the reach")
        press(page, "Continue")
        page.get_by_role("checkbox", name="Level 1").check()
        press(page, "Continue")
        self.names["rule"] = page.url.split("/")[-2]
        page.context.close()

    def _export(self) -> None:
        """Export, and wait until the archive is there: the function works beside the requests."""
        self.names["export"] = self._step(ADA, "/exports")["export_id"]
        until = time.monotonic() + _PATIENCE
        while self._step(ADA, "/exports", method="GET")["items"][0]["state"] != "done":
            if time.monotonic() > until:
                raise AssertionError("the export does not come to an end")
            time.sleep(0.1)

    def _erasures(self) -> None:
        """Let two people leave acme, one of them its log too, and wait until that was gone through."""
        left, erased = (
            self._step(ADA, "/users", {"email": f"{name}@acme.test", "name": name, "role": "lite"})
            for name in ("Lee", "Pat")
        )
        for one in (left, erased):
            self._step(ADA, f"/users/{one['user_id']}", method="DELETE")
        self.names |= {"left": left["user_id"], "erased": erased["user_id"]}
        asked = {"user_id": erased["user_id"]}
        self.names["erasure"] = self._step(ADA, "/activities/erasures", asked)["erasure_id"]
        until = time.monotonic() + _PATIENCE
        path = f"/activities/erasures/{self.names['erasure']}"
        while not self._step(ADA, path, method="GET")["entries"]:
            if time.monotonic() > until:
                raise AssertionError("the erasure finds nothing")
            time.sleep(0.1)

    def _imports(self) -> None:
        """Import in every way there is, and wait until each is over."""
        fine, partial = "&dry_run=true", "&partial=true"
        for name, sheet, options in (
            ("import_looked_at", _SHEET, "&dry_run=true"),
            ("import_fine", "".join(_SHEET.splitlines(keepends=True)[:3]), fine),
            ("import_done", _SHEET, partial),
            ("import_failed", _SHEET, ""),
        ):
            begun = self._runner.send_csv(f"/import?kind=users{options}", ADA, sheet)
            self.names[name] = begun["import_id"]
            until = time.monotonic() + _PATIENCE
            address = f"/imports/{self.names[name]}"
            while self._step(ADA, address, method="GET")["finished_at"] is None:
                if time.monotonic() > until:
                    raise AssertionError("an import does not come to an end")
                time.sleep(0.1)
        awaited = self._step(ADA, "/imports", {"kind": "organizations"})
        self.names["import_awaited"] = awaited["import_id"]

    def invite_anew(self) -> None:
        """Let acme revoke what continuum has, and invite it once more."""
        self._step(ADA, f"/connections/{self.names['active']}/revoke")
        group_ids = [self._groups["Night shift"]]
        self._invite(
            ADA, "continuum", message=MESSAGE, group_ids=group_ids, all_organizations=False
        )
        self.names["link_anew"] = self._runner.link(NORA)

    def _invite(self, host: str, guest: str, **terms: Any) -> str:
        body = {"guest_subdomain": guest, "maximum_role": "editor", "all_organizations": True}
        return str(self._step(host, "/connections", {**body, **terms})["connection_id"])

    def _step(
        self, email: str, path: str, body: Mapping[str, Any] | None = None, method: str = "POST"
    ) -> Any:
        return self._runner.call(method, path, self._runner.token(email), body)


def _company(of: tuple[str, str, str]) -> dict[str, Any]:
    subdomain, name, owner = of
    return {
        "subdomain": subdomain,
        "name": name,
        "region": "na",
        "users": [{"email": f"owner@{subdomain}.test", "name": owner, "role": "administrator"}],
        "groups": [],
        "organizations": [f"{name} Head Office"],
    }
