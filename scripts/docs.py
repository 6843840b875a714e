"""Write the parts of the documents that follow from the code: `make docs`; a test looks for drift.

docs/errors.md is written whole. In README.md and some pages of docs/ a table between the comments
`made by make docs: <name>` and `end` is replaced.
"""

import inspect
import re
import sys
from collections.abc import Callable, Iterable, Mapping
from http import HTTPStatus
from pathlib import Path
from typing import Final

from gatehouse.domain.actions import NAMES
from gatehouse.domain.decision import Reason
from gatehouse.domain.errors import GatehouseError
from gatehouse.domain.roles import ACTIONS, MAXIMUM_ROLES, NEVER_DELEGATED, Role, effective_role
from gatehouse.http.problems import TYPES
from gatehouse.store import table
from gatehouse.usecases.kinds import KINDS
from gatehouse.usecases.packing_list import MOMENT, RULE
from local.template import read_template

ROOT: Final = Path(__file__).resolve().parent.parent
_PART: Final = re.compile(
    r"(<!-- made by make docs: (\w+) -->\n)[^<]*(?:<(?!!--)[^<]*)*(<!-- end -->)"
)

# What to do, by slug. When it is sent is the first sentence of the error's own docstring.
TO_DO: Final = {
    "unauthenticated": "Send `Authorization: Bearer` with an access token of the deployment's issuer or an API key that still exists, or sign in. `detail` says what was wrong with the one sent; the answer to a deactivated user is this one too.",
    "not-allowed": "Nothing to repeat: ask an Administrator of your own account, or use a key with the scope that `detail` names.",
    "wrong-account": "Sign in as an Administrator of the company that the invitation is for, or pass the mail on. The invitation is as it was.",
    "administrator-required": "Ask an Administrator of your account to answer; they have a link of their own and see it under `GET /incoming-connections`. The invitation is as it was.",
    "csrf-token-wrong": "Open the page again and repeat. A program that sends a session cookie sends `X-CSRF-Token` as well; with `Authorization` none is needed.",
    "not-added": "Ask an Administrator of your company to add you under the address that you sign in with.",
    "email-unverified": "Verify the address at the identity provider, then sign in again.",
    "other-identity": "Sign in as you did the first time, or ask an Administrator to remove and add you again.",
    "deactivated": "Ask an Administrator of your account to reactivate you.",
    "shut-out": "No route sends this one: those below say more.",
    "network-not-allowed": "Call from one of the account's networks, or ask an Administrator of the account to add yours: `detail` says which address the request came from. It is asked of an account's own people and of its API keys; a decision about a guest says `network_not_allowed` instead.",
    "second-factor-required": "Sign in again with a second factor. What counts is what the issuer says of the sign-in, in the `amr` and `acr` of the token or of the session; a decision about a guest says `mfa_required` instead.",
    "not-found": "Check the id. What belongs to another account is answered exactly like what does not exist.",
    "access-ended": "Ask an Administrator of your own account: the host can invite it again.",
    "link-unknown": "Check that the link was copied whole, or open Who let us in.",
    "conflict": "Read again and decide anew. No route sends this one: those below say more.",
    "connection-live": "Edit, resend or revoke the connection that there is; a pair has one at a time.",
    "erasure-running": "Wait for the one that runs; its page says how far it is.",
    "still-here": "Delete the user first. Their entries stay, and are erased by the same id.",
    "export-running": "Wait for the export that is named; it has everything that another one would.",
    "illegal-state-step": "Read the connection again to see what happened. A new invitation starts a new connection.",
    "already-accepted": "Nothing: the connection is active. `detail` says who accepted, and when.",
    "offer-changed": "Read the invitation again, then answer the offer as it is now.",
    "last-administrator": "Make somebody else an Administrator first.",
    "email-taken": "Use another address. A person has one home account in the whole system.",
    "seats-taken": "Deactivate somebody or make them Lite, or ask whoever runs Gatehouse for more "
    "seats. `GET /account/plan` says what is in use.",
    "subdomain-taken": "Choose another subdomain.",
    "contended": "Repeat the request after a moment; nothing was written.",
    "gone": "Read the connection again. No route sends this one: those below say more.",
    "link-replaced": "Open the newest mail, or Who let us in.",
    "invitation-expired": "Ask the host to send the invitation again.",
    "invitation-declined": "If that has changed, ask the host for a new invitation.",
    "connection-revoked": "If access is still needed, ask the host for a new invitation.",
    "file-gone": "Send the file again: what is uploaded is kept for a week at most, and an import reads the one file that it began with.",
    "malformed-request": "Mend what `errors[]` points to (JSON pointers, RFC 6901); of the query string the pointer is `/<parameter>`.",
    "body-too-large": "Send it in smaller parts: a body has at most 256 KB.",
    "unsupported-media-type": "Send `application/json` in UTF-8, uncompressed.",
    "other-user": "Sign in again. The page asks anew, about the user it would be now.",
    "not-invitable": "Send nothing: the user has signed in already, or has to be reactivated first.",
    "refused": "Change what `errors[]` points to. Nothing was written.",
    "idempotency-key-reused": "Use a new key for a new request; to repeat one, repeat its body and `If-Match` to the letter.",
    "etag-stale": "Read again, apply your change to what is there now, send its `etag`.",
    "etag-missing": "Send `If-Match` with the `etag` that you read.",
    "too-many-requests": "Wait as many seconds as `Retry-After` says.",
    "unable": "Repeat after `Retry-After`. No route sends this one: those below say more.",
    "store-unavailable": "Repeat after `Retry-After`. Nothing was allowed, and a write that was not answered either happened whole or not at all: an `Idempotency-Key` makes repeating it safe. On call: look at the table's throttling and the function's network.",
    "mail-unavailable": "Nothing: no route sends it. The mail stays `queued` and the clean-up tries again. On call: look at SES.",
    "mail-refused": "Nothing: no route sends it. The recipient is marked `bounced`. On call: look at the address, and at whether SES has verified the sender.",
    "archive-damaged": "Nothing was passed over: leave the span out that it is about, or wait. On call: a file of the archive is gone or altered; [architecture.md](architecture.md#when-something-is-wrong) says where to look.",
    "files-unavailable": "Repeat after `Retry-After`. Jobs under way go on by themselves. On call: look at S3 and at the function's permissions.",
    "events-unavailable": "Nothing: no route sends it. The table's stream tells the function `follow` again. On call: look at EventBridge.",
    "queue-unavailable": "Nothing: no route sends it. A job that could not be queued is picked up by the clean-up. On call: look at SQS.",
    "issuer-unavailable": "Repeat after `Retry-After`. API keys and open sessions work meanwhile. On call: look at the identity provider.",
    "internal-error": "Repeat. On call: the function's log has the traceback under the same `request_id`.",
}

# What calls a function that has neither a route nor a schedule.
WITHOUT_A_ROUTE: Final = {
    "deliveries": "no route: EventBridge, when SES reports a bounce or a complaint",
    "create_account": "no route: IAM says who may invoke it",
    "follow": "no route: the table's stream, when logs have new entries",
    "set_plan": "no route: IAM says who may invoke it",
}

_ERRORS_HEAD: Final = f"""# Problems

Every refusal is `application/problem+json` (RFC 9457). `type` is `{TYPES}` and the slug below: a name that stays the same, not an address to open. `title` belongs to the type, `detail` to this one request: what happened, why, what to do next. `errors[]` has a JSON pointer and a sentence for each field that is wrong. `X-Request-ID` of the answer is the `request_id` in the logs.

```json
{{"type": "{TYPES}connection-live", "title": "These accounts already have a connection", "status": 409,
 "detail": "You already have a connection with Continuum that is active. Edit or resend it, or revoke it before inviting again."}}
```

Write a client that switches on the slug, never on `title` or `detail`. New slugs may come; treat one you do not know by its status.

A denied decision is no problem: it is `200` with `"decision": false` and a [reason](architecture.md#why-the-answer-is-what-it-is). In a batch, an item that could not be read or answered is `"decision": false` with `context.error {{status, message}}` in its place.

What the gateway answers before any function runs is API Gateway's own and has no `type`: `404 {{"message":"Not Found"}}` for a route or method that there is not, `429 {{"message":"Too Many Requests"}}` over the throttling, `503 {{"message":"Service Unavailable"}}` when a function did not end in time.

Made by `make docs` from `domain/errors.py`.
"""


def errors_page() -> str:
    """Return docs/errors.md: every slug by its status, with when and what to do."""
    by_status: dict[int, list[type[GatehouseError]]] = {}
    for error in problems():
        by_status.setdefault(error.status, []).append(error)
    lines = [_ERRORS_HEAD]
    for status in sorted(by_status):
        lines.append(f"## {status} {HTTPStatus(status).phrase}\n")
        rows = (
            (f"`{error.slug}`", error.title, _when(error), TO_DO[error.slug])
            for error in by_status[status]
        )
        lines.append(_table(("type", "title", "when", "what to do"), rows) + "\n")
    return "\n".join(lines)


def problems() -> list[type[GatehouseError]]:
    """Return every error with a slug of its own, in the order of the source."""
    found = [GatehouseError]
    for error in found:
        found.extend(error.__subclasses__())
    return sorted(found, key=lambda error: (error.__module__, inspect.getsourcelines(error)[1]))


def roles_table() -> str:
    """Return the effective role for every own role and maximum role."""
    rows = (
        (f"**{own.label}**", *(_effective(own, maximum) for maximum in MAXIMUM_ROLES))
        for own in Role
    )
    return _table(("own role ↓ · maximum role →", *(role.label for role in MAXIMUM_ROLES)), rows)


def actions_table() -> str:
    """Return which effective role may take which action."""
    roles = MAXIMUM_ROLES
    rows = [
        (f"`{action}`", *("yes" if role.reaches(lowest) else "–" for role in roles))
        for action, lowest in ACTIONS.items()
    ]
    never = ", ".join(f"`{action}`" for action in sorted(NEVER_DELEGATED))
    table_ = _table(("action", *(role.label for role in roles)), rows)
    return f"{table_}\n\nNever through a decision, whoever asks: {never}."


def routes_table() -> str:
    """Return the functions with their routes, from template.yaml."""
    rows = []
    for function in read_template().functions.values():
        routes = [route.key for route in function.routes if route.method != "HEAD"]
        served = "<br>".join(f"`{key}`" for key in routes)
        if function.schedule_seconds:
            served = f"no route: every {function.schedule_seconds // 60} minutes"
        rows.append((f"`{function.name}`", served or WITHOUT_A_ROUTE[function.name]))
    return _table(("function", "routes"), rows)


def keys_table() -> str:
    """Return the access patterns as store/table.py opens with them."""
    document = inspect.getdoc(table) or ""
    return "\n".join(line for line in document.splitlines() if line.startswith("|"))


def reasons_list() -> str:
    """Return the reasons of decisions, in the order in which they are looked for."""
    return " → ".join(f"`{reason}`" for reason in Reason)


def kinds_table() -> str:
    """Return what an archive has, kind by kind, with the columns and what is not plain of them."""
    rows = []
    for kind in KINDS:
        columns = ", ".join(f"`{column.name}`" for column in kind.columns)
        said = (f"`{c.name}`: {c.meaning}" for c in kind.columns if c.meaning)
        rows.append((f"`{kind.name}`", kind.title, "<br>".join((columns, *said))))
    return _table(("files", "what", "columns"), rows)


def names_table() -> str:
    """Return what entries of the log are called, in whose log they stand, what changes they have."""
    rows = (
        (
            f"`{category}`",
            f"`{name}`",
            kept.what,
            kept.log,
            ", ".join(f"`{change}`" for change in kept.changes) or "–",
        )
        for category, names in NAMES.items()
        for name, kept in names.items()
    )
    return _table(("category", "action", "what happened", "log", "`changes`"), rows)


PARTS: Final[Mapping[str, Callable[[], str]]] = {
    "roles": roles_table,
    "actions": actions_table,
    "routes": routes_table,
    "keys": keys_table,
    "reasons": reasons_list,
    "kinds": kinds_table,
    "names": names_table,
    "rule": lambda: RULE,
    "moment": lambda: MOMENT,
}


def documents() -> dict[Path, str]:
    """Return every document as it should be."""
    found = {ROOT / "docs" / "errors.md": errors_page()}
    pages = (ROOT / "docs" / f"{name}.md" for name in ("activities", "architecture", "export"))
    for path in (ROOT / "README.md", *pages):
        text = path.read_text(encoding="utf-8")
        found[path] = _PART.sub(lambda part: f"{part[1]}{PARTS[part[2]]()}\n{part[3]}", text)
    return found


def stale() -> list[Path]:
    """Return the documents that are not as they should be."""
    return [
        path
        for path, text in documents().items()
        if not path.exists() or path.read_text(encoding="utf-8") != text
    ]


def main() -> int:
    """Write what is stale and say so."""
    wanted = documents()
    for path in stale():
        path.write_text(wanted[path], encoding="utf-8")
        print(f"Wrote {path.relative_to(ROOT)}")
    return 0


def _when(error: type[GatehouseError]) -> str:
    sentence = (inspect.getdoc(error) or "").partition("\n")[0]
    if error is GatehouseError:
        return "Something went wrong on our side that nobody foresaw. Nothing was allowed."
    said = sentence.removeprefix("Say that ")
    return said[0].upper() + said[1:]


def _effective(own: Role, maximum: Role) -> str:
    return "no access" if own is Role.LITE else effective_role(own, maximum).label


def _table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    head = tuple(head)
    lines = [head, tuple("---" for _ in head), *rows]
    return "\n".join("| " + " | ".join(cells) + " |" for cells in lines)


if __name__ == "__main__":
    sys.exit(main())
