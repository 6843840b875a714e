"""Imports."""

from typing import Final

from gatehouse.domain.job import JobState
from gatehouse.domain.sheet import COLUMNS, MOST_ROWS, Cause, SheetKind
from scripts.openapi.answers import (
    ETAG,
    MAY_GROW,
    MOMENT,
    NUMBER,
    TEXT,
    TRUTH,
    USER,
    identifier,
    listing,
    maybe,
    page,
    record,
    some,
)
from scripts.openapi.operation import PAGED, Json, Operation, Who, json_reply, ref

_KINDS: Final = some(*SheetKind)
_BEGUN: Final[dict[str, Json]] = {
    "import_id": identifier("imp"),
    "kind": _KINDS,
    "state": some(*JobState),
    "dry_run": TRUTH,
    "partial": TRUTH,
    "send_invitations": TRUTH,
    "progress": record(
        phase=maybe(some("waiting", "checking", "writing")),
        rows=maybe(NUMBER) | {"description": "Null until the file was read."},
        done=NUMBER | {"description": "Of the rows, those that this phase has worked through."},
    ),
    "counts": record(
        "What became of rows, or in a dry run what would. `left`: all was as the row says.",
        created=NUMBER,
        changed=NUMBER,
        left=NUMBER,
        refused=NUMBER,
    ),
    "problem": maybe(TEXT) | {"description": "What stopped it, and what is done and not done."},
    "started_by": USER,
    "created_at": MOMENT,
    "finished_at": maybe(MOMENT),
    "etag": ETAG,
}
_FAULT: Final = record(
    line=NUMBER | {"description": "The line of the file that the row begins on, from 1."},
    column=maybe(TEXT),
    value=maybe(TEXT) | {"description": "What was found there, cut to 100 characters."},
    cause=some(*Cause) | {"description": MAY_GROW},
    detail=TEXT,
    repair=TEXT,
)
SCHEMAS: Final[dict[str, Json]] = {
    "Import": record(**_BEGUN),
    "ImportPage": page(ref("Import")),
    "ImportFault": _FAULT,
    "AwaitedImport": record(
        **_BEGUN,
        upload_url=maybe(TEXT)
        | {
            "description": "PUT the file here within 15 minutes, as it is. Whoever has this "
            "address can: it is answered once, and null in a repeat."
        },
    ),
    "ImportReport": record(
        **_BEGUN,
        errors=listing(ref("ImportFault")),
        next_cursor=maybe(TEXT) | {"description": "The cursor of more errors; null at the end."},
    ),
}


def _parameter(name: str, schema: Json, description: str) -> Json:
    """Describe a parameter that an empty one is no substitute for."""
    return {"name": name, "in": "query", "description": description, "schema": schema}


_OPTIONS: Final = (
    _parameter("kind", _KINDS, "What the rows are. Required, here or in the body."),
    _parameter("dry_run", TRUTH, "Write nothing, and report what would be."),
    _parameter("partial", TRUTH, "Write the good rows; otherwise all of them or none."),
    _parameter(
        "send_invitations",
        TRUTH,
        "Mail each user that is added a link to sign in, within minutes. Of users alone.",
    ),
)
_COLUMNS: Final = " ".join(
    f"{kind.value.capitalize()}: {', '.join(f'`{column}`' for column in columns)}."
    for kind, columns in COLUMNS.items()
)
_FILE: Final = (
    f"A CSV file in UTF-8 with a header row and up to {MOST_ROWS:,} rows; comma or semicolon; "
    f"RFC 4180. Columns, in any order: {_COLUMNS} A row is about the one with its id or, without "
    "one, its e-mail address or name. Lists are separated by `;` within their cell; their items "
    "are names, addresses or ids. An empty cell, and a column that is not there, leave things as "
    "they are; `-` is none. The same file again changes nothing."
)
_WHO: Final = Who(person=True)
_PROBLEMS: Final = ("refused", "too-many-requests", "files-unavailable")

OPERATIONS: Final = (
    Operation(
        "POST /import",
        "importFile",
        "Import",
        "Import users, groups or organizations from a CSV file of up to 5 MB",
        _WHO,
        {202: json_reply(ref("Import"), "Begun; read it again to see how far it is.", "Replayed")},
        description=_FILE,
        query=_OPTIONS,
        body={"text/csv": {"type": "string", "minLength": 1}},
        idempotent=True,
        problems=_PROBLEMS,
    ),
    Operation(
        "POST /imports",
        "awaitImportFile",
        "Import",
        "Get an address for a CSV file of up to 25 MB, which is imported when it is there",
        _WHO,
        {202: json_reply(ref("AwaitedImport"), "Waiting for the file.", "Replayed")},
        description="What to import stands in the query or, if there is one, in the body.",
        query=_OPTIONS,
        body={"application/json": ref("NewImport")},
        body_required=False,
        idempotent=True,
        problems=_PROBLEMS,
    ),
    Operation(
        "GET /imports",
        "listImports",
        "Import",
        "List imports, newest first",
        _WHO,
        {200: json_reply(ref("ImportPage"), "A page of them.")},
        query=PAGED,
    ),
    Operation(
        "GET /imports/{import_id}",
        "showImport",
        "Import",
        "Show how far an import is, and what is wrong with which rows",
        _WHO,
        {200: json_reply(ref("ImportReport"), "With a page of its errors.", "ETag")},
        description="It can be read for 90 days.",
        query=PAGED,
        problems=("not-found",),
    ),
)
