"""The activity log."""

from typing import Final

from gatehouse.domain.activity import Category, Outcome
from gatehouse.domain.limits import Limits
from gatehouse.http.fields import SINCE_1970
from gatehouse.usecases.export_log import LARGEST
from gatehouse.usecases.lines import Format
from scripts.openapi.answers import some
from scripts.openapi.operation import (
    PAGED,
    Json,
    Operation,
    Reply,
    Who,
    json_reply,
    line,
    parameter,
    ref,
)

_TIME: Final[Json] = {"type": "string", "format": "date-time", "pattern": SINCE_1970}
SPAN: Final = (
    parameter("from", _TIME, "Not before this time; 30 days before `to` if left out."),
    parameter("to", _TIME, "Not after this time; now if left out."),
)
_FILTERS: Final = (
    *(
        parameter(name, line(100), f"Only entries with this {name}.")
        for name in ("user_id", "guest_account_id", "organization_id", "connection_id")
    ),
    parameter("action", line(256), "Only entries of this action."),
    parameter("outcome", some(*Outcome), "Only entries with this outcome."),
    parameter("category", some(*Category), "Only entries of this category."),
)
OF_THE_ARCHIVE: Final = ("files-unavailable", "archive-damaged")

OPERATIONS: Final = (
    Operation(
        "POST /activities",
        "reportActivities",
        "Activity log",
        "Report what somebody did, one activity or up to 100",
        Who(scopes=("activities:write",)),
        {201: json_reply(ref("Reported"), "What became of each, in order.", "Replayed")},
        description="A report is checked against the access there is at that moment; without "
        "access it is recorded as denied. An `activity_id` that was reported before is a "
        "duplicate; one that begins with `act_` is refused, because such ids are made here. "
        "`time` is at most a day old and not in the future.",
        body={"application/json": {"anyOf": [ref("ActivityReport"), ref("ActivityReports")]}},
        idempotent=True,
        problems=("refused",),
    ),
    Operation(
        "GET /activities",
        "listActivities",
        "Activity log",
        "List the activity log, newest first",
        Who(person=True, scopes=("activities:read",)),
        {200: json_reply(ref("ActivityPage"), "A page; it may be short while there is a cursor.")},
        description="Administrators see all of it, Managers what concerns organizations they "
        "reach. The last 30 days, unless `from` says otherwise. With `user_id`, `connection_id`, "
        "`organization_id` or `guest_account_id` a page reads what it shows; an entry is found by "
        "them a moment after it was written. Other filters look through these, or through time. "
        "Older months come from an archive: a page of them may be short while there is a cursor.",
        problems=OF_THE_ARCHIVE,
        query=(*SPAN, *_FILTERS, *PAGED),
    ),
    Operation(
        "POST /activities/erasures",
        "requestErasure",
        "Activity log",
        "Erase a person's name, addresses and text from the account's log",
        Who(person=True),
        {202: json_reply(ref("Erasure"), "The erasure, which goes on by itself.", "Replayed")},
        description="Administrators only, for the log of their own account. Entries stay, with "
        "the person's id, roles, times and outcomes. Whoever is a user of the account has to be "
        "deleted first. An id that never stood in this log finds nothing, whosever it is. There "
        "is no way back. ADR 31 lists what is found, and what is not.",
        body={"application/json": ref("NewErasure")},
        idempotent=True,
        problems=("still-here", "erasure-running", "refused", "too-many-requests"),
    ),
    Operation(
        "GET /activities/erasures/{erasure_id}",
        "showErasure",
        "Activity log",
        "Show how far an erasure is",
        Who(person=True),
        {200: json_reply(ref("Erasure"), "The erasure.")},
        description="Administrators only, for 90 days.",
        problems=("not-found",),
    ),
    Operation(
        "GET /activities/export",
        "exportActivities",
        "Activity log",
        "Export entries of the activity log as one file, at once or as an export",
        Who(person=True),
        {
            200: Reply(
                "The entries, newest first, to be saved.",
                {"text/csv": {"type": "string"}, "application/jsonl": {"type": "string"}},
                ("Content-Disposition", "Content-Encoding"),
            ),
            202: json_reply(ref("Export"), "Too many for one answer: the export that goes on."),
        },
        description="Administrators only, with the filters of `GET /activities`. Up to "
        f"{Limits().entries_per_download:,} entries are answered at once if they fit into one "
        f"answer ({LARGEST:,} bytes, with `Accept-Encoding: gzip` compressed) and few others have "
        "to be looked through to find them. Otherwise it is an export, to be followed and fetched "
        "by `GET /exports/{export_id}`; asked again for the same meanwhile it is that one. On the "
        "record as `log.exported` or `log.export_requested`. Because of that a session takes the "
        "CSRF token here, too. HEAD does none of it. Columns of CSV and names in JSON are those of "
        "an entry; cells that a spreadsheet would take for a formula begin with an apostrophe.",
        query=(
            {
                "name": "format",
                "in": "query",
                "description": "CSV, or JSON with an object a line. Required.",
                "schema": some(*Format),
            },
            *SPAN,
            *_FILTERS,
        ),
        problems=("refused", "too-many-requests", "csrf-token-wrong", "contended"),
    ),
)
