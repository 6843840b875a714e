"""The one list of pages: what is pictured, and what the browser's tests look at.

Add a page by a line. ``{names}`` in an address are those of ``world.Furnished``. A route of the
console or a link on a page that no line covers fails a test, so the list cannot fall behind.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from playwright.sync_api import Page

from scripts.pictures.world import ADA, BILL, NORA, OMAR, PAULA, SAM, ZOE


@dataclass(frozen=True)
class Stop:
    """A page: who opens which address, and what they do there until it is the one that is meant."""

    name: str
    who: str | None
    address: str
    status: int = 200
    fields: Mapping[str, str] = field(default_factory=dict)
    """What is put into fields by their name, hidden ones included."""
    press: str = ""
    """The button that is pressed then."""
    unfold: bool = False
    """Whether drawers are opened."""

    def open(self, page: Page, names: Mapping[str, str]) -> bytes:
        """Open it; return the document as it came."""
        answer = page.goto(self.address.format_map(names), wait_until="load")
        for name, value in self.fields.items():
            page.locator(f"main [name='{name}']").first.evaluate(
                "(field, value) => { field.value = value }", value
            )
        if self.press:
            with page.expect_response(lambda one: one.request.is_navigation_request()) as pressed:
                page.get_by_role("button", name=self.press).first.click()
            answer = pressed.value
            while answer.status in {302, 303} and answer.request.redirected_to:
                following = answer.request.redirected_to.response()
                assert following
                answer = following
            page.wait_for_load_state("load")
        if self.unfold:
            for drawer in page.locator("main .log details:not([open]) > summary").all()[:3]:
                drawer.click()
        if answer is None or answer.status != self.status:
            status = answer.status if answer else None
            raise AssertionError(f"{self.name}: {page.url} answered {status}: {page.title()}")
        return answer.body()


def _of(who: str | None, *lines: str) -> tuple[Stop, ...]:
    pairs = (line.split(" ", 1) for line in lines)
    return tuple(Stop(name, who, address.strip()) for name, address in pairs)


_HOST: Final = _of(
    ADA,
    "account /console",
    "connections /console/connections",
    "connections-none /console/connections?state=declined&limit=1",
    "connection-active /console/connections/{active}",
    "connection-use /console/connections/{active}/usage",
    "map /console/map",
    "connection-pending /console/connections/{pending}",
    "connection-ended /console/connections/{ended}",
    "connection-resend /console/connections/{pending}/resend",
    "connection-revoke /console/connections/{active}/revoke",
    "rules /console/connections/{active}/rules",
    "rules-found /console/connections/{active}/rules?person=pa",
    "rule /console/connections/{active}/rules/{ruled}",
    "rule-denied /console/connections/{active}/rules/{denied}",
    "rule-deny /console/connections/{active}/rules/{ruled}/deny",
    "rule-remove /console/connections/{active}/rules/{denied}/remove",
    "invite-account /console/connections/new",
    "invite-role /console/drafts/{draft}/role",
    "invite-grant /console/drafts/{draft}/grant",
    "invite-message /console/drafts/{draft}/message",
    "invite-check /console/drafts/{draft}/check",
    "change-role /console/drafts/{change}/role",
    "change-grant /console/drafts/{change}/grant",
    "change-check /console/drafts/{change}/check",
    "rule-role /console/drafts/{rule}/role",
    "rule-grant /console/drafts/{rule}/grant",
    "rule-check /console/drafts/{rule}/check",
    "log-found /console/log?find=pa&outcome=denied",
    "log-erased /console/log?category=directory&action=user.deleted",
    "why /console/why",
    "why-which /console/why?person=pa&organization=e&action=edit",
    "why-answer /console/why?user_id={technician}&organization_id={far}&action=restore",
    "users /console/users",
    "users-none /console/users?words=zzz",
    "user-new /console/users/new",
    "user /console/users/{user}",
    "user-sessions /console/users/{self}/sessions",
    "user-invited /console/users/{newcomer}",
    "user-invitation /console/users/{newcomer}/invitation",
    "user-status /console/users/{user}/status",
    "user-delete /console/users/{user}/delete",
    "user-erase /console/users/{left}/erase",
    "user-erase-guest /console/users/{technician}/erase",
    "user-erase-still-here /console/users/{user}/erase",
    "user-erasure /console/users/{erased}/erasure?id={erasure}",
    "user-organizations /console/users/{user}/organizations",
    "users-role /console/users/change?what=role&user.{user}=on&user.{colleague}=on",
    "users-groups /console/users/change?what=groups&user.{user}=on&user.{colleague}=on",
    "users-check /console/users/change?what=role&role=creator&next=check&user.{user}=on"
    "&user.{colleague}=on",
    "groups /console/groups",
    "types-denied /console/settings/types-denied",
    "types-denied-groups /console/settings/types-denied?type=password",
    "types-denied-check /console/settings/types-denied?type=license&sent=on&next=check"
    "&group.{group}=on",
    "group-new /console/groups/new",
    "group /console/groups/{group}",
    "group-edit /console/groups/{group}/edit",
    "group-delete /console/groups/{group}/delete",
    "group-members /console/groups/{group}/members",
    "group-organizations /console/groups/{group}/organizations",
    "organizations /console/organizations",
    "organization-new /console/organizations/new",
    "organization /console/organizations/{organization}",
    "organization-edit /console/organizations/{clinic}/edit",
    "organization-delete /console/organizations/{organization}/delete",
    "settings /console/settings",
    "settings-branding /console/settings/branding",
    "settings-security /console/settings/security",
    "settings-actions /console/settings/actions",
    "action-new /console/settings/new-action",
    "type-new /console/settings/new-type",
    "action /console/settings/actions/{action}",
    "action-remove /console/settings/actions/{action}/remove",
    "type /console/settings/types/{type}",
    "type-remove /console/settings/types/{type}/remove",
    "plan /console/plan",
    "billing /console/billing",
    "api-keys /console/api-keys",
    "api-key-new /console/api-keys/new",
    "api-key /console/api-keys/{key}",
    "api-key-rotate /console/api-keys/{key}/rotate",
    "api-key-two-secrets /console/api-keys/{rotated}",
    "api-key-rotate-again /console/api-keys/{rotated}/rotate",
    "api-key-end-older /console/api-keys/{rotated}/end-older",
    "api-key-revoke /console/api-keys/{key}/revoke",
    "imports /console/imports",
    "import-looked-at /console/imports/{import_looked_at}",
    "import-fine /console/imports/{import_fine}",
    "import-done /console/imports/{import_done}",
    "import-failed /console/imports/{import_failed}",
    "import-send /console/imports/{import_awaited}",
    "exports /console/exports",
    "export /console/exports/{export}",
)
_GUEST: Final = _of(
    NORA,
    "home /",
    "accounts /console/accounts",
    "sessions /console/sessions",
    "in-host /console/in/{acme}",
    "hosts /console/hosts",
    "host-active /console/hosts/{active}",
    "host-pending /console/hosts/{asking}",
    "host-accept /console/hosts/{asking}/accept",
    "host-decline /console/hosts/{asking}/decline",
    "host-leave /console/hosts/{active}/leave",
    "host-block /console/hosts/{active}/block",
    "host-log /console/hosts/{active}/log",
    "blocked /console/blocked",
    "invitation /invitations/{link_pending}",
    "invitation-accepted-by-you /invitations/{link_accepted}",
    "invitation-expired /invitations/{link_expired}",
    "invitation-declined /invitations/{link_declined}",
    "invitation-revoked /invitations/{link_revoked}",
    "invitation-replaced /invitations/{link_replaced}",
)
_OTHERS: Final = (
    *_of(None, "invitation-signed-out /invitations/{link_pending}"),
    *_of(None, "user-link /user-invitations/{link_user}"),
    *_of(PAULA, "user-link-of-another /user-invitations/{link_user}"),
    *_of(OMAR, "invitation-accepted-by-another /invitations/{link_accepted_of_omar}"),
    *_of(PAULA, "invitation-wrong-person /invitations/{link_pending}"),
    *_of(ADA, "invitation-wrong-account /invitations/{link_pending}"),
    *_of(BILL, "invitation-accepted-by-others /invitations/{link_accepted}"),
    *_of(SAM, "in-host-as-technician /console/in/{acme}"),
    *_of(BILL, "branding-set /console/settings/branding"),
)
_SECURITY: Final = "/console/settings/security"
_NETWORKS: Final = {"networks": "127.0.0.0/8\n2001:db8::/32"}
_STEPS: Final = (
    Stop("log", ADA, "/console/log", unfold=True),
    Stop("log-wrong", ADA, "/console/log?from=yesterday", 422),
    Stop("refused", SAM, "/console/connections", 403),
    Stop("access-ended", NORA, "/console/in/{over}", 404),
    Stop("nothing-here", ADA, "/console/groups/{group}/nothing", 404),
    Stop("invitation-unknown", None, "/invitations/" + "a" * 43, 404),
    Stop("user-link-unknown", None, "/user-invitations/" + "a" * 43, 404),
    Stop("invitation-changed", NORA, "/invitations/{link_pending}", 409, {"etag": "0"}, "Accept"),
    Stop("accepted", NORA, "/invitations/{link_to_accept}", press="Accept"),
    Stop("declined", NORA, "/invitations/{link_to_decline}", press="Decline"),
    Stop("invite-account-wrong", ADA, "/console/connections/new", 422, press="Continue"),
    Stop("invite-unknown", ADA, "/console/connections/new", 422, {"subdomain": "-"}, "Continue"),
    Stop("user-new-wrong", ADA, "/console/users/new", 422, press="Add User"),
    Stop("organization-new-wrong", ADA, "/console/organizations/new", 422, press="Add Organ"),
    Stop("group-new-wrong", ADA, "/console/groups/new", 422, press="Add Group"),
    Stop("api-key-rotated", ADA, "/console/api-keys/{key}/rotate", press="Make a new secret"),
    Stop("billing-wrong", ADA, "/console/billing", 422, {"email": "-"}, "Save"),
    Stop("types-denied-wrong", ADA, "/console/settings/types-denied?type=organization", 422),
    Stop("api-key-new-wrong", ADA, "/console/api-keys/new", 422, press="Create API Key"),
    Stop("import-wrong", ADA, "/console/imports?kind=groups", 422, press="Look at"),
    Stop("import-begun", ADA, "/console/imports/{import_fine}", press="Import 2 users"),
    Stop("export-begun", ADA, "/console/exports", press="Export everything"),
    Stop("settings-wrong", ADA, "/console/settings", 422, {"days": "31"}, "Save"),
    Stop("branding-wrong", ADA, "/console/settings/branding", 422, {"colour": "red"}, "Save"),
    Stop("settings-security-wrong", ADA, _SECURITY, 422, {"networks": "10.0.0.5/8"}, "Continue"),
    Stop("settings-security-check", ADA, _SECURITY, 200, _NETWORKS, "Continue"),
    Stop("action-new-wrong", ADA, "/console/settings/new-action", 422, press="Add Action"),
    Stop("shut-out", None, "/.local/sign-in?email=owner@tallow.test&amr=pwd", 403),
    Stop("sign-in-wrong", None, "/sign-in/callback?code=x&state=y", 400),
    Stop("sign-in-first", None, f"/.local/sign-in?email={ZOE}"),
    Stop("signed-out", PAULA, "/", press="Sign out"),
)
TOUR: Final = (*_HOST, *_GUEST, *_OTHERS, *_STEPS)
