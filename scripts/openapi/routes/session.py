"""Signing in and out, where one may go, and this document."""

from typing import Final

from scripts.openapi.answers import TEXT
from scripts.openapi.operation import (
    PAGED,
    Json,
    Operation,
    Reply,
    Who,
    json_reply,
    line,
    page_reply,
    parameter,
    ref,
)

_PERSON: Final = Who(person=True)
_VISITOR: Final = Who(visitor=True)
_ELSEWHERE: Final = Reply("Go on there.", headers=("Location", "Set-Cookie"))
_FORM: Final[dict[str, Json]] = {
    "application/x-www-form-urlencoded": {
        "type": "object",
        "properties": {"csrf_token": TEXT},
        "additionalProperties": TEXT,
    }
}
_DONE: Final = Reply("Done.", headers=("Replayed",))
_PROBLEM: Final = page_reply("Why it did not work, and what to do.")

OPERATIONS: Final = (
    Operation(
        "GET /me",
        "showMe",
        "Sessions",
        "Show who one is and where one may go, home first",
        _PERSON,
        {200: json_reply(ref("Me"), "User, account, and accounts that let this user in.")},
    ),
    Operation(
        "GET /accessible-accounts/{account_id}/organizations",
        "listReachedOrganizations",
        "Sessions",
        "List what one reaches in an account, with the actions allowed",
        _PERSON,
        {200: json_reply(ref("ReachedOrganizationPage"), "A page of them.")},
        description="In another company's account this is an activity on its record: also the "
        "visit, once an hour, of somebody whose company's connection there has ended.",
        query=PAGED,
        problems=("not-found", "access-ended", "contended"),
    ),
    Operation(
        "GET /",
        "showHome",
        "Pages",
        "The page that people land on",
        Who(visitor=True, person=True),
        {
            200: page_reply("Where one may go; signed out, a way in."),
            403: page_reply("Why the account's security settings keep one out, and whom to ask."),
        },
    ),
    Operation(
        "GET /sign-in",
        "signIn",
        "Pages",
        "Begin to sign in (authorization code flow with PKCE)",
        _VISITOR,
        {303: _ELSEWHERE, 503: _PROBLEM},
        query=(
            parameter("return_to", TEXT, "A path of this site to come back to."),
            parameter("again", TEXT, "Anything: sign in anew, with a second factor if possible."),
            parameter("login_hint", line(320), "Whom the identity provider may expect."),
        ),
        never_sent=("store-unavailable",),
    ),
    Operation(
        "GET /sign-in/callback",
        "signInCallback",
        "Pages",
        "Come back from the identity provider",
        _VISITOR,
        {
            200: page_reply("Asks a new person whether this is them.", "Set-Cookie"),
            303: _ELSEWHERE,
            400: _PROBLEM,
            403: _PROBLEM,
            503: _PROBLEM,
        },
        query=(
            parameter("code", TEXT, "What the identity provider gave."),
            parameter("state", TEXT, "What this site gave to the identity provider."),
        ),
        never_sent=("malformed-request",),
    ),
    Operation(
        "POST /sign-in/continue",
        "signInContinue",
        "Pages",
        "Say yes to being this user, once",
        _VISITOR,
        {303: _ELSEWHERE, 400: _PROBLEM, 403: _PROBLEM, 409: _PROBLEM},
        body=_FORM,
        problems=("contended",),
        body_required=False,
    ),
    Operation(
        "POST /sign-out",
        "signOut",
        "Pages",
        "Sign out",
        _VISITOR,
        {
            200: page_reply("Signed out.", "Set-Cookie"),
            403: page_reply("The form did not come from a page of this session."),
        },
        body=_FORM,
        body_required=False,
    ),
    Operation(
        "GET /sessions",
        "listSessions",
        "Sessions",
        "List where one is signed in, newest first",
        _PERSON,
        {200: json_reply(ref("SessionPage"), "A page of them.")},
        query=PAGED,
    ),
    Operation(
        "DELETE /sessions",
        "endOtherSessions",
        "Sessions",
        "Sign out everywhere else: end every session but the one that asks",
        _PERSON,
        {204: _DONE},
        idempotent=True,
        problems=("contended",),
    ),
    Operation(
        "DELETE /sessions/{session_id}",
        "endSession",
        "Sessions",
        "End one of one's sessions",
        _PERSON,
        {204: _DONE},
        idempotent=True,
        problems=("not-found", "contended"),
    ),
    Operation(
        "GET /user-invitations/{token}",
        "showUserInvitationLink",
        "Pages",
        "Where the link of a new user's mail leads; reading it changes nothing",
        Who(visitor=True, person=True),
        {
            200: Reply(
                "Who added whom, and a way to sign in; or why the link is over.",
                {"text/html": {"type": "string"}, "application/json": ref("UserLink")},
            ),
            404: page_reply("No mail was sent with this link."),
        },
        problems=("link-unknown",),
    ),
    Operation(
        "GET /assets/{name}",
        "showAsset",
        "Pages",
        "A file that pages load",
        _VISITOR,
        {
            200: Reply(
                "The file.",
                {
                    kind: {"type": "string"}
                    for kind in ("text/css", "image/svg+xml", "text/javascript")
                },
                ("ETag",),
            )
        },
        problems=("not-found",),
        never_sent=("store-unavailable",),
    ),
    Operation(
        "GET /logos/{account_id}/{name}",
        "showLogo",
        "Pages",
        "The logo of an account, as pages show it",
        _VISITOR,
        {200: Reply("The picture.", {"image/png": {"type": "string", "format": "binary"}})},
        description="Where it is, `logo_url` of the account says. Another logo has another address.",
        problems=("not-found",),
    ),
    Operation(
        "GET /openapi.json",
        "showOpenapi",
        "This document",
        "This document",
        _VISITOR,
        {200: json_reply({"type": "object"}, "OpenAPI 3.1.", "ETag")},
        never_sent=("store-unavailable",),
    ),
)
