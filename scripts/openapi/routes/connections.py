"""Connections as the host sees them."""

from typing import Final

from gatehouse.domain.connection import State
from gatehouse.usecases.connection_use import MOST_DAYS, USUAL_DAYS
from scripts.openapi.answers import some
from scripts.openapi.operation import PAGED, Json, Operation, Reply, Who, json_reply, parameter, ref

HOST: Final = Who(person=True)
READER: Final = Who(person=True, scopes=("connections:read",))
STATE: Final = parameter("state", some(*State), "Only connections in this state.")
DAYS: Final = parameter(
    "days",
    {"type": "integer", "minimum": 1, "maximum": MOST_DAYS, "default": USUAL_DAYS},
    "How many days (UTC), today among them.",
)
ONE: Final = json_reply(ref("Connection"), "The connection.", "ETag")
CHANGED: Final = json_reply(ref("Connection"), "The connection as it is now.", "Replayed")
PREVIEWED: Final = json_reply(
    ref("Preview"), "What it means, with a page of the organizations in reach."
)
RULE: Final = json_reply(ref("Rule"), "The rule.", "ETag")
RULED: Final = json_reply(ref("Rule"), "The rule as it is now.", "Replayed")
NOTHING: Final[dict[str, Json]] = {"application/json": ref("NoFields")}

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
        {200: ONE},
        problems=("not-found",),
    ),
    Operation(
        "GET /connections/{connection_id}/usage",
        "showConnectionUsage",
        "Connections",
        "See what a connection was used for, by the day and by action",
        READER,
        {200: json_reply(ref("ConnectionUsage"), "The counts; days without any are left out.")},
        description="Counted a moment after it is recorded. `lower_maximum_to` is set when, in an "
        "active connection and over all these days, a lower maximum role would have done.",
        query=(DAYS,),
        problems=("not-found",),
    ),
    Operation(
        "POST /connections/{connection_id}/resend",
        "resendInvitation",
        "Connections",
        "Send an invitation again, with new links",
        HOST,
        {200: CHANGED},
        description="The links of before are dead at once. At most 3 times an hour and 10 a day.",
        body=NOTHING,
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
        {200: CHANGED},
        body=NOTHING,
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
        {200: CHANGED},
        body={"application/json": ref("GrantChange")},
        idempotent=True,
        if_match="required",
        problems=("not-found", "refused", "illegal-state-step"),
    ),
    Operation(
        "GET /connections/{connection_id}/rules",
        "listRules",
        "Connections",
        "List the rules for single people of the guest",
        READER,
        {200: json_reply(ref("RulePage"), "A page of them, by user.")},
        description="Only an active connection has any.",
        query=PAGED,
        problems=("not-found",),
    ),
    Operation(
        "GET /connections/{connection_id}/rules/{user_id}",
        "showRule",
        "Connections",
        "Show the rule for one person",
        READER,
        {200: RULE},
        problems=("not-found",),
    ),
    Operation(
        "PUT /connections/{connection_id}/rules/{user_id}",
        "setRule",
        "Connections",
        "Set or replace the rule for one person, whole and at one instant",
        HOST,
        {200: RULED},
        description="It takes the place of the connection's grant for this person, and may reach "
        "other organizations; the role is never above the connection's maximum role. Who is "
        "`denied` gets in nowhere, and nothing else is sent with it. The connection must be "
        "active. `If-Match` takes the etag of the rule that is replaced, and is required where "
        "there is one. A connection has at most 200 rules.",
        body={"application/json": ref("RuleChange")},
        idempotent=True,
        if_match="optional",
        problems=("not-found", "refused", "illegal-state-step", "etag-missing"),
    ),
    Operation(
        "DELETE /connections/{connection_id}/rules/{user_id}",
        "removeRule",
        "Connections",
        "Remove the rule for one person: what the connection grants holds again",
        HOST,
        {204: Reply("Removed.", headers=("Replayed",))},
        idempotent=True,
        if_match="optional",
        problems=("not-found",),
    ),
    Operation(
        "POST /connections/preview",
        "previewInvitation",
        "Connections",
        "See what an invitation would mean, before inviting",
        HOST,
        {200: PREVIEWED},
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
        {200: PREVIEWED},
        description="`people` is null until the guest has accepted, and after the end.",
        query=PAGED,
        problems=("not-found",),
    ),
)
