"""Invitations by their link: a page for people, JSON for programs. Reading changes nothing."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from gatehouse.domain.connection import Connection, State
from gatehouse.domain.errors import (
    AlreadyAccepted,
    FieldError,
    GatehouseError,
    LinkReplaced,
    LinkUnknown,
    Malformed,
    ShutOut,
)
from gatehouse.domain.principal import Person
from gatehouse.domain.session import csrf_token_of
from gatehouse.http import bodies, problems, views
from gatehouse.http.answers import Answer, Routes, json_answer
from gatehouse.http.application import refusal
from gatehouse.http.call import Call
from gatehouse.http.html import (
    html,
    look_of,
    newer_of,
    page_of_problem,
    sign_in_url,
    viewer_of,
    wants_html,
)
from gatehouse.http.identity import SESSION_COOKIE
from gatehouse.http.routes.connections import shown
from gatehouse.usecases.answer import ByLink, accept, decline, may_answer
from gatehouse.usecases.offer import Offer, offer
from gatehouse.usecases.preview import preview_for_guest
from gatehouse.usecases.receipts import Keep

routes = Routes()
_VARY = {"Vary": "Accept, Authorization, Cookie"}
_SHOWN = 50
_DEAD = {
    "link-replaced": "replaced",
    "invitation-expired": "expired",
    "invitation-declined": "declined",
    "connection-revoked": "revoked",
    "already-accepted": "already-accepted",
    "wrong-account": "wrong-account",
    "administrator-required": "wrong-person",
    "link-unknown": "unknown",
    "offer-changed": "offer-changed",
}


@routes("GET /invitations/{token}")
def show_invitation(call: Call) -> Answer:
    try:
        found = offer(call.ports, call.path["token"], call.visitor)
    except LinkUnknown as unknown:
        if not wants_html(call):
            return _with(refusal(unknown), _VARY)
        return _page(call, "dead-end", 404, cause="unknown", problem=unknown.slug)
    except ShutOut as refused:
        answer = page_of_problem(call, refused) if wants_html(call) else refusal(refused)
        return _with(answer, _VARY)
    if not wants_html(call):
        return _with(json_answer(200, _view(call, found)), _VARY)
    return _invitation_page(call, found)


@routes("POST /invitations/{token}/accept")
def accept_invitation(call: Call) -> Answer:
    return _answered(call, "accepted")


@routes("POST /invitations/{token}/decline")
def decline_invitation(call: Call) -> Answer:
    return _answered(call, "declined")


def _answered(call: Call, outcome: str) -> Answer:
    if not call.is_form:
        return _decided(call, outcome)
    try:
        before = offer(call.ports, call.path["token"], call.principal)
        answer = _decided(call, outcome)
    except GatehouseError as refusal:
        return _refused(call, refusal)
    already = before.connection.state is State.ACTIVE
    after = offer(call.ports, call.path["token"], call.principal)
    return _page(call, "answered", answer.status, outcome=outcome, already=already, offer=after)


def _decided(call: Call, outcome: str) -> Answer:
    pointer = ByLink(call.path["token"])
    may_answer(call.ports, call.principal, pointer)
    etag, reason = call.etag, None
    if call.is_form:
        etag = call.form.get("etag")
        if not etag:
            detail = "The form lacks the version of the offer. Open the invitation again."
            raise Malformed(detail, fields=[FieldError("/etag", detail)])
        fields = {"reason": call.form["reason"]} if call.form.get("reason") else {}
        reason = bodies.read(bodies.DeclineBody, fields).reason
    elif outcome == "declined" and call.text.strip():
        reason = bodies.read(bodies.DeclineBody, call.body()).reason
    elif outcome == "accepted":
        call.no_body()

    def work(keep: Keep) -> Connection:
        if outcome == "accepted":
            return accept(call.ports, call.principal, pointer, etag, keep)
        return decline(call.ports, call.principal, pointer, etag, reason, keep)

    return call.once(work, shown(call))


def _view(call: Call, found: Offer) -> views.Json:
    connection = found.connection
    state = connection.state_at(call.ports.clock.now()).value
    if isinstance(found.obstacle, LinkReplaced):
        state = "replaced"
    view = views.offer_connection(connection, found.organization_count, state)
    if not found.may_answer:
        return view
    preview = preview_for_guest(call.ports, connection, found.organization_count, None, _SHOWN)
    return {**view, "etag": str(connection.version), **views.preview(preview, None)}


def _invitation_page(call: Call, found: Offer) -> Answer:
    if found.obstacle is not None:
        return _dead_end(call, found, found.obstacle, 200)
    if found.stranger is not None:
        return _dead_end(call, found, found.stranger, 200)
    return _page(call, "invitation", 200, offer=found)


def _refused(call: Call, refusal: GatehouseError) -> Answer:
    cause = _DEAD.get(refusal.slug)
    if refusal.status == 401:  # RFC 9110: not signed in
        try:
            found = offer(call.ports, call.path["token"], None)
        except LinkUnknown:
            return page_of_problem(call, refusal)
        return _with(_page(call, "invitation", 401, offer=found), problems.headers(refusal))
    if cause is None:
        return page_of_problem(call, refusal)
    if isinstance(refusal, LinkUnknown):
        return _page(call, "dead-end", 404, cause="unknown", problem=refusal.slug)
    found = offer(call.ports, call.path["token"], call.visitor)
    return _dead_end(call, found, refusal, refusal.status)


def _dead_end(call: Call, found: Offer, refusal: GatehouseError, status: int) -> Answer:
    connection = found.connection
    known = found.may_answer
    accepted = connection.accepted_by
    by_viewer = (
        known
        and isinstance(refusal, AlreadyAccepted)
        and accepted is not None
        and isinstance(found.viewer, Person)
        and accepted.user_id == found.viewer.user.user_id
    )
    when = connection.accepted_at if isinstance(refusal, AlreadyAccepted) else connection.ended_at
    over = known and not connection.is_live_at(call.ports.clock.now())
    return _page(
        call,
        "dead-end",
        status,
        offer=found,
        cause=_DEAD[refusal.slug],
        problem=refusal.slug,
        answered_by=accepted.name if known and accepted else None,
        answered_at=when,
        by_viewer=by_viewer,
        newer=newer_of(call.ports, connection, "/console/hosts") if over else None,
    )


def _page(
    call: Call,
    name: str,
    status: int,
    *,
    offer: Offer | None = None,
    problem: str = "",
    **context: Any,
) -> Answer:
    token = call.path["token"]
    session = call.cookies.get(SESSION_COOKIE)
    viewer = None
    if offer is not None and offer.viewer is not None:
        viewer = viewer_of(call, offer.viewer, may_decide=offer.may_answer)
    if offer is not None:
        host = offer.connection.host
        context["view"] = _view(call, offer)
        context["brand"] = look_of(host.account_id, host.name, offer.brand)
        if offer.may_answer:
            context["connection_id"] = offer.connection.connection_id
            context["host_account_id"] = offer.connection.host.account_id
    return html(
        name,
        status,
        problem=problem,
        headers=_VARY,
        viewer=viewer,
        csrf=csrf_token_of(session) if viewer and session else None,
        token_path=f"/invitations/{token}",
        sign_in_url=sign_in_url(f"/invitations/{token}"),
        **context,
    )


def _with(answer: Answer, headers: Mapping[str, str]) -> Answer:
    return replace(answer, headers={**answer.headers, **headers})
