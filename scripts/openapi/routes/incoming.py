"""Connections as the guest sees them: invitations by link, incoming ones, blocked hosts."""

from typing import Final

from scripts.openapi.answers import TEXT
from scripts.openapi.operation import (
    PAGED,
    Json,
    Operation,
    Reply,
    Who,
    json_reply,
    page_reply,
    ref,
)
from scripts.openapi.routes.connections import CHANGED, NOTHING, ONE, PREVIEWED, STATE
from scripts.openapi.routes.log import OF_THE_ARCHIVE, SPAN

GUEST: Final = Who(person=True)
ANYBODY_OR_GUEST: Final = Who(visitor=True, person=True)
_LIFTED: Final = Reply("Done.", headers=("Replayed",))
_DECLINE: Final[dict[str, Json]] = {"application/json": ref("Decline")}
_ANSWERED: Final = ("already-accepted", "invitation-declined", "invitation-expired")
_BY_ID: Final = (
    *_ANSWERED,
    "administrator-required",
    "connection-revoked",
    "not-found",
    "offer-changed",
)
_FORM: Final[Json] = {
    "type": "object",
    "description": "The form of the invitation's page.",
    "required": ["etag"],
    "properties": {
        "etag": {"type": "string", "minLength": 1, "description": "The offer that was read."},
        "csrf_token": {"type": "string", "description": "Needed with a session."},
        "reason": ref("Text"),
    },
    "additionalProperties": TEXT,
}
_BY_LINK: Final = (
    *(slug for slug in _BY_ID if slug != "not-found"),
    "link-replaced",
    "link-unknown",
    "wrong-account",
)
_TOKEN: Final = "The link only points: what counts is who is signed in."  # noqa: S105  # a sentence


_NO: Final = (400, 401, 403, 404, 409, 410, 413, 415, 422, 503)
"""How a form can be refused: each of these is a page too."""


def _answer_by_link(step: str, summary: str, body: dict[str, Json]) -> Operation:
    json, page = CHANGED, page_reply("The same as a page, to whoever sent the form.")
    both = {**json.content, **page.content}
    return Operation(
        f"POST /invitations/{{token}}/{step}",
        f"{step}InvitationByLink",
        "Invitations",
        summary,
        GUEST,
        {
            200: type(json)(json.description, both, json.headers),
            **{
                status: page_reply("Why not, as a page, to whoever sent the form.")
                for status in _NO
            },
        },
        description=f"{_TOKEN} A second acceptance by the same person changes nothing. A form is "
        "answered with a page, whatever comes of it.",
        body={**body, "application/x-www-form-urlencoded": _FORM},
        body_required=False,
        idempotent=True,
        if_match="optional",
        problems=_BY_LINK,
        never_sent=("etag-stale",),
    )


OPERATIONS: Final = (
    Operation(
        "GET /invitations/{token}",
        "showInvitation",
        "Invitations",
        "Read an invitation by its link",
        ANYBODY_OR_GUEST,
        {
            200: type(ONE)(
                "The offer, in whatever state; to an active Administrator of the guest with "
                "people, organizations and a way to answer.",
                {
                    "application/json": {"anyOf": [ref("OfferToDecide"), ref("Offer")]},
                    "text/html": {"type": "string"},
                },
                ("Vary",),
            ),
            403: page_reply("What keeps one out, as a page.", "Vary"),
            404: page_reply("`link-unknown`, as a page.", "Vary"),
        },
        description="Changes nothing, however often and by whom it is opened. A page, unless "
        "`Accept` asks for `application/json`.",
        problems=("link-unknown", "network-not-allowed", "second-factor-required"),
    ),
    _answer_by_link("accept", "Accept an invitation by its link", NOTHING),
    _answer_by_link("decline", "Decline an invitation by its link", _DECLINE),
    Operation(
        "GET /incoming-connections",
        "listIncomingConnections",
        "Incoming connections",
        "List the connections that let this company in, newest first",
        GUEST,
        {200: json_reply(ref("ConnectionPage"), "A page of them.")},
        query=(STATE, *PAGED),
    ),
    Operation(
        "GET /incoming-connections/{connection_id}",
        "showIncomingConnection",
        "Incoming connections",
        "Show an incoming connection",
        GUEST,
        {200: ONE},
        problems=("not-found",),
    ),
    Operation(
        "POST /incoming-connections/{connection_id}/accept",
        "acceptIncomingConnection",
        "Incoming connections",
        "Accept an invitation without its mail",
        GUEST,
        {200: CHANGED},
        description="A lost mail is no dead end.",
        body=NOTHING,
        body_required=False,
        idempotent=True,
        if_match="optional",
        problems=_BY_ID,
        never_sent=("etag-stale",),
    ),
    Operation(
        "POST /incoming-connections/{connection_id}/decline",
        "declineIncomingConnection",
        "Incoming connections",
        "Decline an invitation without its mail",
        GUEST,
        {200: CHANGED},
        body=_DECLINE,
        body_required=False,
        idempotent=True,
        if_match="optional",
        problems=_BY_ID,
        never_sent=("etag-stale",),
    ),
    Operation(
        "POST /incoming-connections/{connection_id}/leave",
        "leaveIncomingConnection",
        "Incoming connections",
        "End a connection from the guest's side, at once",
        GUEST,
        {200: CHANGED},
        body=NOTHING,
        body_required=False,
        idempotent=True,
        problems=("not-found", "illegal-state-step"),
    ),
    Operation(
        "GET /incoming-connections/{connection_id}/preview",
        "previewIncomingConnection",
        "Incoming connections",
        "See what a connection means: own people, their roles there, organizations",
        GUEST,
        {200: PREVIEWED},
        description="Of `all_organizations` only the number until somebody has accepted.",
        query=PAGED,
        problems=("not-found",),
    ),
    Operation(
        "GET /incoming-connections/{connection_id}/activities",
        "listOwnPeoplesActivities",
        "Incoming connections",
        "List what this company's people did there, newest first",
        GUEST,
        {200: json_reply(ref("ActivityPage"), "A page of the host's log.")},
        description="Also after the connection has ended.",
        query=(*SPAN, *PAGED),
        problems=("not-found", *OF_THE_ARCHIVE),
    ),
    Operation(
        "GET /blocked-hosts",
        "listBlockedHosts",
        "Incoming connections",
        "List the hosts that this company takes no invitations from",
        GUEST,
        {200: json_reply(ref("BlockedHostPage"), "A page of them.")},
        query=PAGED,
    ),
    Operation(
        "PUT /blocked-hosts/{account_id}",
        "blockHost",
        "Incoming connections",
        "Take no more invitations from a host",
        GUEST,
        {200: json_reply(ref("BlockedHost"), "The host, and who blocked it.", "Replayed")},
        description="Of a host that has invited this company before. What it invites or sends again "
        "from now on is refused with 422; a connection that exists stays as it is: decline or leave "
        "it.",
        body=NOTHING,
        body_required=False,
        idempotent=True,
        problems=("not-found",),
    ),
    Operation(
        "DELETE /blocked-hosts/{account_id}",
        "unblockHost",
        "Incoming connections",
        "Take invitations from a blocked host again",
        GUEST,
        {204: _LIFTED},
        idempotent=True,
        problems=("not-found",),
    ),
)
