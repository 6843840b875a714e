"""Look at the whole of a draft, then send the invitation or save the change."""

from collections.abc import Callable
from typing import Final

from gatehouse.domain.draft import Draft
from gatehouse.domain.errors import EtagMissing, EtagStale, GatehouseError, Refused
from gatehouse.domain.plain_text import one_line
from gatehouse.domain.roles import Role
from gatehouse.http.answers import Answer
from gatehouse.http.routes.console.drafts import DRAFT, own
from gatehouse.http.routes.console.offers import changes_of, offer_of
from gatehouse.http.routes.console.ruling import rule_check_page, save_rule
from gatehouse.http.routes.console.visit import Pages, Visit, errors_of
from gatehouse.usecases.draft import check_message, note_sent
from gatehouse.usecases.invite import Invitation, invite
from gatehouse.usecases.regrant import Terms, regrant

pages = Pages()
_AT_CHECK: Final = {
    "/guest_subdomain": "part-account",
    "/maximum_role": "part-role",
    "/group_ids": "part-grant",
    "/organization_ids": "part-grant",
    "/message": "part-message",
}
_AT_CHANGE: Final = dict.fromkeys(_AT_CHECK, "part-grant")


@pages.at("GET /console/drafts/{draft_id}/check")
def ask_to_check(visit: Visit) -> Answer:
    return _check_page(visit, own(visit))


@pages.at("POST /console/drafts/{draft_id}/check")
def send(visit: Visit) -> Answer:
    draft = own(visit)
    if draft.maximum_role is None:
        return visit.go(f"{DRAFT.format(draft_id=draft.draft_id)}/role")
    finish: Callable[[Visit, Draft, Role], Answer] = _save if draft.connection_id else _invite
    if draft.for_user_id:
        finish = save_rule
    try:
        return finish(visit, draft, draft.maximum_role)
    except Refused as refusal:
        return _check_page(visit, draft, refusal, 422)
    except (EtagStale, EtagMissing) as stale:
        return _check_page(visit, draft, stale, stale.status)


def _invite(visit: Visit, draft: Draft, maximum_role: Role) -> Answer:
    check_message(draft.message)
    offered = Invitation(draft.guest_subdomain, maximum_role, draft.scope, draft.message or None)
    done = visit.once(
        visit.form.get("key", ""),
        lambda keep: invite(visit.ports, visit.person, offered, keep),
        lambda made: {"connection_id": made[0].connection_id, "guest": made[0].guest.name},
    )
    note_sent(visit.ports, draft)
    return visit.go(
        f"/console/connections/{done['connection_id']}",
        f"The invitation was sent to the Administrators of {one_line(done['guest'])}. "
        "Nobody has access until one of them accepts.",
    )


def _save(visit: Visit, draft: Draft, maximum_role: Role) -> Answer:
    connection_id = draft.connection_id or ""
    terms = Terms(maximum_role, draft.scope, visit.form.get("etag", ""))
    done = visit.once(
        visit.form.get("key", ""),
        lambda keep: regrant(visit.ports, visit.person, connection_id, terms, keep),
        lambda changed: {"guest": changed.guest.name},
    )
    return visit.go(
        f"/console/connections/{connection_id}",
        f"Saved. It holds from the next click of everybody of {one_line(done['guest'])}.",
    )


def _check_page(
    visit: Visit, draft: Draft, refusal: GatehouseError | None = None, status: int = 200
) -> Answer:
    if draft.maximum_role is None:
        return visit.go(f"{DRAFT.format(draft_id=draft.draft_id)}/role")
    if draft.for_user_id:
        errors = errors_of(refusal, _AT_CHANGE) if refusal else None
        return rule_check_page(visit, draft, draft.maximum_role, errors, status)
    shown = changes_of if draft.connection_id else offer_of
    return visit.page(
        "draft-change" if draft.connection_id else "draft-check",
        status,
        errors=errors_of(refusal, _AT_CHANGE if draft.connection_id else _AT_CHECK)
        if refusal
        else None,
        draft=draft,
        key=f"{draft.draft_id}.{draft.version}",
        **shown(visit, draft, draft.maximum_role),
    )
