"""Connections, seen from the host and from the guest."""

from typing import Final

from gatehouse.domain.connection import State
from scripts.openapi.answers import TEXT, some
from scripts.openapi.operation import (
    PAGED,
    Json,
    Operation,
    Reply,
    Who,
    json_reply,
    page_reply,
    parameter,
    ref,
)
from scripts.openapi.routes.log import SPAN

HOST: Final = Who(person=True)
READER: Final = Who(person=True, scopes=("connections:read",))
GUEST: Final = Who(person=True)
ANYBODY_OR_GUEST: Final = Who(visitor=True, person=True)
STATE: Final = parameter("state", some(*State), "Only connections in this state.")
_ONE: Final = json_reply(ref("Connection"), "The connection.", "ETag")
_CHANGED: Final = json_reply(ref("Connection"), "The connection as it is now.", "Replayed")
_LIFTED: Final = Reply("Done.", headers=("Replayed",))
_PREVIEWED: Final = json_reply(
    ref("Preview"), "What it means, with a page of the organizations in reach."
)
_NOTHING: Final[dict[str, Json]] = {"application/json": ref("NoFields")}
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
    json, page = _CHANGED, page_reply("The same as a page, to whoever sent the form.")
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
        "POST /connections",
        "inviteAccount",
        "Connections",
        "Invite another company",
        HOST,
        {201: json_reply(ref("Connection"), "The pending connection; mails are sent.", "Replayed")},
        description="Every active Administrator of the guest gets an e-mail with a link of their "
        "own. At most 100 attempts an hour, and 5 invitations a week of one company.",
        body={"application/json": ref("Invitation")},
        idempotent=True,
        problems=("refused", "connection-live", "too-many-requests"),
    ),
    Operation(
        "GET /connections",
        "listConnections",
        "Connections",
        "List outgoing connections, newest first",
        READER,
        {200: json_reply(ref("ConnectionPage"), "A page of them.")},
        query=(STATE, *PAGED),
    ),
    Operation(
        "GET /connections/{connection_id}",
        "showConnection",
        "Connections",
        "Show an outgoing connection",
        READER,
        {200: _ONE},
        problems=("not-found",),
    ),
    Operation(
        "POST /connections/{connection_id}/resend",
        "resendInvitation",
        "Connections",
        "Send an invitation again, with new links",
        HOST,
        {200: _CHANGED},
        description="The links of before are dead at once. At most 3 times an hour and 10 a day.",
        body=_NOTHING,
        body_required=False,
        idempotent=True,
        problems=(
            "not-found",
            "refused",
            "connection-live",
            "illegal-state-step",
            "too-many-requests",
        ),
    ),
    Operation(
        "POST /connections/{connection_id}/revoke",
        "revokeConnection",
        "Connections",
        "End a connection from the host's side, at once",
        HOST,
        {200: _CHANGED},
        body=_NOTHING,
        body_required=False,
        idempotent=True,
        problems=("not-found", "illegal-state-step"),
    ),
    Operation(
        "GET /connections/{connection_id}/grant",
        "showGrant",
        "Connections",
        "Show what a connection grants, organization by organization",
        HOST,
        {200: json_reply(ref("Grant"), "The grant, and a page of the organizations it reaches.")},
        query=PAGED,
        problems=("not-found",),
    ),
    Operation(
        "PUT /connections/{connection_id}/grant",
        "replaceGrant",
        "Connections",
        "Replace maximum role and grant, whole and at one instant",
        HOST,
        {200: _CHANGED},
        body={"application/json": ref("GrantChange")},
        idempotent=True,
        if_match="required",
        problems=("not-found", "refused", "illegal-state-step"),
    ),
    Operation(
        "POST /connections/preview",
        "previewInvitation",
        "Connections",
        "See what an invitation would mean, before inviting",
        HOST,
        {200: _PREVIEWED},
        description="Takes the body of an invitation, and refuses of its terms what inviting would "
        "refuse. Nothing is sent or kept. Whom it is for plays no part: before a guest accepts, its "
        "host learns nothing about its people, so `people` is null.",
        body={"application/json": ref("OfferTerms")},
        query=PAGED,
        problems=("refused",),
    ),
    Operation(
        "GET /connections/{connection_id}/preview",
        "previewConnection",
        "Connections",
        "See what a connection means: roles, people, organizations",
        HOST,
        {200: _PREVIEWED},
        description="`people` is null until the guest has accepted, and after the end.",
        query=PAGED,
        problems=("not-found",),
    ),
    Operation(
        "GET /invitations/{token}",
        "showInvitation",
        "Invitations",
        "Read an invitation by its link",
        ANYBODY_OR_GUEST,
        {
            200: type(_ONE)(
                "The offer, in whatever state; to an active Administrator of the guest with "
                "people, organizations and a way to answer.",
                {
                    "application/json": {"anyOf": [ref("OfferToDecide"), ref("Offer")]},
                    "text/html": {"type": "string"},
                },
                ("Vary",),
            ),
            404: page_reply("`link-unknown`, as a page.", "Vary"),
        },
        description="Changes nothing, however often and by whom it is opened. A page, unless "
        "`Accept` asks for `application/json`.",
        problems=("link-unknown",),
    ),
    _answer_by_link("accept", "Accept an invitation by its link", _NOTHING),
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
        {200: _ONE},
        problems=("not-found",),
    ),
    Operation(
        "POST /incoming-connections/{connection_id}/accept",
        "acceptIncomingConnection",
        "Incoming connections",
        "Accept an invitation without its mail",
        GUEST,
        {200: _CHANGED},
        description="A lost mail is no dead end.",
        body=_NOTHING,
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
        {200: _CHANGED},
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
        {200: _CHANGED},
        body=_NOTHING,
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
        {200: _PREVIEWED},
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
        problems=("not-found",),
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
        body=_NOTHING,
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
