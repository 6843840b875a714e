"""Putting an offer together: invite an account, or change a connection, a question at a time.

    connections/new ─▶ role ─▶ grant ─▶ message ─▶ check ─▶ sent       (an invitation)
    connections/{id} ────▶ role or grant ────────▶ check ─▶ saved      (a change)
    …/rules/{user} ──────▶ role ─▶ grant ────────▶ check ─▶ saved      (a rule for one person)

What is answered is kept in a draft. Back is a button, so that it keeps what stands on the page
and was not sent yet, finished or not; an answer that is changed from the check page
(``then=check``) leads back to it.
"""

from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlencode

from gatehouse.domain.account import clean_subdomain, subdomain_in
from gatehouse.domain.draft import Draft
from gatehouse.domain.errors import NotFound, Refused
from gatehouse.domain.plain_text import one_line
from gatehouse.domain.roles import MAXIMUM_ROLES, Role, actions_allowed
from gatehouse.domain.wording import grant_in_words, scope_in_words
from gatehouse.http.answers import Answer
from gatehouse.http.routes.console.visit import Errors, Pages, Visit, errors_of
from gatehouse.http.text import is_plain
from gatehouse.usecases import draft as drafts
from gatehouse.usecases.choose import choices
from gatehouse.usecases.preview import roles_under

pages = Pages()
DRAFT: Final = "/console/drafts/{draft_id}"
CHECK: Final = "check"
_FIELDS: Final = {
    "/organization_ids": "choices",
    "/group_ids": "choices",
    "/maximum_role": "role-administrator",
    "/guest_subdomain": "subdomain",
    "/message": "message",
}


@dataclass(frozen=True)
class Question:
    """One question of a draft: where it stands, and where one goes from it."""

    name: str
    number: int
    before: str
    after: str

    def context(self, visit: Visit, draft: Draft) -> dict[str, Any]:
        checked = self.is_checked(visit, draft)
        step = None if draft.connection_id or checked else f"Step {self.number} of 4"
        if draft.for_user_id and not checked:
            step = f"Step {self.number - 1} of 2"
        return {"draft": draft, "step": step, "then": CHECK if checked else ""}

    def is_checked(self, visit: Visit, draft: Draft) -> bool:
        """Say whether the check page sent here, which it can once all questions were answered."""
        then = visit.form.get("then") or visit.query.get("then")
        return then == CHECK and draft.maximum_role is not None

    def back(self, visit: Visit, draft: Draft) -> str:
        """Return where Back leads: to the question before, or to where the change began."""
        checked = self.is_checked(visit, draft)
        here = DRAFT.format(draft_id=draft.draft_id)
        back = f"{here}/{CHECK}" if checked else f"{here}/{self.before}"
        if self.name == "role" and not checked:
            back = f"/console/connections/new?draft={draft.draft_id}"
        if draft.connection_id and not checked and not (draft.for_user_id and self.before):
            back = place_of(draft)
        return back

    def go_on(self, visit: Visit, draft: Draft) -> Answer:
        if "back" in visit.form:
            return visit.go(self.back(visit, draft))
        checked = visit.form.get("then") == CHECK or (
            draft.connection_id and not (draft.for_user_id and self.name == "role")
        )
        here = DRAFT.format(draft_id=draft.draft_id)
        return visit.go(f"{here}/{CHECK if checked else self.after}")


_ROLE: Final = Question("role", 2, "", "grant")
_GRANT: Final = Question("grant", 3, "role", "message")
_MESSAGE: Final = Question("message", 4, "grant", CHECK)


# ---- invite account


@pages.at("GET /console/connections/new")
def ask_for_account(visit: Visit) -> Answer:
    draft_id = visit.query.get("draft", "")
    subdomain = visit.query.get("subdomain", "")
    if draft_id:
        subdomain = drafts.own_draft(visit.ports, visit.person, draft_id).guest_subdomain
    else:
        drafts.may_draft(visit.person)
    return _account_page(visit, subdomain)


@pages.at("POST /console/connections/new")
def take_account(visit: Visit) -> Answer:
    subdomain = visit.form.get("subdomain", "")
    drafts.may_draft(visit.person)
    if not subdomain.strip():
        sentence = "Enter the subdomain of the account you invite."
        return _account_page(visit, subdomain, {"subdomain": sentence})
    meant = clean_subdomain(subdomain_in(subdomain))
    if meant is None:
        sentence = (
            "The subdomain must be the first part of the address where its people sign in, for "
            "example continuum. It is not the company's name; ask them for it."
        )
        return _account_page(visit, subdomain, {"subdomain": sentence})
    try:
        draft = drafts.begin_invitation(
            visit.ports, visit.person, meant, visit.form.get("draft") or None
        )
    except Refused as refusal:
        return _account_page(visit, subdomain, errors_of(refusal, {"": "subdomain"}))
    said = None
    if meant != subdomain.strip().lower():
        said = f"Understood as {meant}: you invite {one_line(draft.guest_name)}."
    if visit.form.get("then") == CHECK and draft.maximum_role:
        return visit.go(f"{DRAFT.format(draft_id=draft.draft_id)}/{CHECK}", said)
    return visit.go(f"{DRAFT.format(draft_id=draft.draft_id)}/role", said)


def _account_page(visit: Visit, subdomain: str, errors: Errors | None = None) -> Answer:
    draft_id = visit.form.get("draft") or visit.query.get("draft", "")
    then = visit.form.get("then") or visit.query.get("then", "")
    checked = then == CHECK and draft_id
    return visit.page(
        "draft-account",
        422 if errors else 200,
        errors=errors,
        subdomain=subdomain[:200],
        draft_id=draft_id,
        then=CHECK if checked else "",
        back=f"{DRAFT.format(draft_id=draft_id)}/{CHECK}" if checked else "/console/connections",
    )


# ---- maximum role


@pages.at("GET /console/drafts/{draft_id}/role")
def ask_for_role(visit: Visit) -> Answer:
    return _role_page(visit, own(visit))


@pages.at("POST /console/drafts/{draft_id}/role")
def take_role(visit: Visit) -> Answer:
    draft = own(visit)
    chosen = _role_of(visit.form.get("maximum_role"))
    if chosen is None and "back" in visit.form:
        return _ROLE.go_on(visit, draft)
    if chosen is None:
        sentence = "Choose the maximum role."
        return _role_page(visit, draft, {"role-administrator": sentence})
    return _ROLE.go_on(visit, drafts.answer_role(visit.ports, draft, chosen))


def _role_page(visit: Visit, draft: Draft, errors: Errors | None = None) -> Answer:
    chosen = _role_of(visit.query.get("maximum_role")) or draft.maximum_role
    offered = MAXIMUM_ROLES
    if draft.for_user_id:
        # Higher ones than the connection's would promise what never comes.
        limit = drafts.limit_of(visit.ports, draft)
        offered = tuple(role for role in offered if limit.reaches(role) or role is chosen)
    return visit.page(
        "draft-role",
        422 if errors else 200,
        errors=errors,
        roles=[(role.value, _at_most(role)) for role in offered],
        chosen=chosen.value if chosen else None,
        becomes={
            role.value: roles_under(role) for role in ((chosen,) if chosen else MAXIMUM_ROLES)
        },
        **_ROLE.context(visit, draft),
    )


def _at_most(role: Role) -> str:
    if role is Role.ADMINISTRATOR:
        return "For guests the same as Manager: nobody of theirs ever runs your account"
    return f"At most: {', '.join(actions_allowed(role))}"


def _role_of(text: str | None) -> Role | None:
    return next((role for role in MAXIMUM_ROLES if role.value == text), None)


# ---- grant


@pages.at("GET /console/drafts/{draft_id}/grant")
def ask_for_grant(visit: Visit) -> Answer:
    return _grant_page(visit, own(visit))


@pages.at("POST /console/drafts/{draft_id}/grant")
def take_grant(visit: Visit) -> Answer:
    draft = own(visit)
    words = visit.form.get("words", "").strip()
    dropped = visit.form.get("drop", "")
    try:
        draft = drafts.answer_choices(
            visit.ports,
            draft,
            frozenset((*visit.form.get("shown", "").split(), dropped)),
            (visit.ticked("group.") | visit.ticked("organization.")) - {dropped},
            all_organizations="all_organizations" in visit.form,
        )
        if "back" in visit.form:
            return _GRANT.go_on(visit, draft)
        if visit.form.get("next") != "continue":
            kept = {"words": words, "then": visit.form.get("then", "")}
            if dropped:
                kept["picked"] = "open"
            query = urlencode({name: value for name, value in kept.items() if value})
            here = f"{DRAFT.format(draft_id=draft.draft_id)}/grant"
            return visit.go(f"{here}?{query}" if query else here)
        drafts.check_choices(visit.ports, draft)
    except Refused as refusal:
        return _grant_page(visit, own(visit), errors_of(refusal, _FIELDS))
    return _GRANT.go_on(visit, draft)


def _grant_page(visit: Visit, draft: Draft, errors: Errors | None = None) -> Answer:
    words = (visit.form.get("words") or visit.query.get("words", ""))[:100]
    found = choices(visit.ports, draft, words)
    names = [one_line(group.name) for group in found.chosen_groups]
    direct, everything = len(draft.scope.organization_ids), draft.scope.all_organizations
    chosen = grant_in_words(names, direct, all_organizations=everything)
    if names and not everything:
        chosen += f" – {scope_in_words(found.reach, all_organizations=False)} today"
    return visit.page(
        "draft-grant",
        422 if errors else 200,
        errors=errors,
        words=words,
        found=found,
        chosen=chosen,
        picked_open=visit.query.get("picked") == "open",
        **_GRANT.context(visit, draft),
    )


# ---- message


@pages.at("GET /console/drafts/{draft_id}/message")
def ask_for_message(visit: Visit) -> Answer:
    return _message_page(visit, own(visit))


@pages.at("POST /console/drafts/{draft_id}/message")
def take_message(visit: Visit) -> Answer:
    draft = own(visit)
    message = visit.form.get("message", "").replace("\r\n", "\n").strip()
    if not is_plain(message):
        sentence = "The message must be plain text: it has a character that does not show."
        return _message_page(visit, draft, {"message": sentence})
    if "back" in visit.form and drafts.keeps_message(visit.ports, draft, message):
        return _MESSAGE.go_on(visit, draft)
    try:
        draft = drafts.answer_message(visit.ports, draft, message)
    except Refused as refusal:
        return _message_page(visit, own(visit), errors_of(refusal, _FIELDS))
    return _MESSAGE.go_on(visit, draft)


def _message_page(visit: Visit, draft: Draft, errors: Errors | None = None) -> Answer:
    return visit.page(
        "draft-message",
        422 if errors else 200,
        errors=errors,
        message=visit.form.get("message", draft.message),
        **_MESSAGE.context(visit, draft),
    )


def place_of(draft: Draft) -> str:
    """Return the page where a change began: the connection's, or that of the one person."""
    connection = f"/console/connections/{draft.connection_id}"
    return f"{connection}/rules/{draft.for_user_id}" if draft.for_user_id else connection


def own(visit: Visit) -> Draft:
    draft_id = visit.path["draft_id"]
    if not draft_id:
        raise NotFound("There is no such draft.")
    return drafts.own_draft(visit.ports, visit.person, draft_id)
