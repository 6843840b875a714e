"""Exports."""

from typing import Final

from scripts.openapi.operation import PAGED, Operation, Who, json_reply, ref

_WHO: Final = Who(person=True)

OPERATIONS: Final = (
    Operation(
        "GET /exports",
        "listExports",
        "Exports",
        "List the account's exports, newest first",
        _WHO,
        {200: json_reply(ref("ExportPage"), "A page of them.")},
        description="Administrators only. An export is listed for 90 days, its file kept for 7. "
        "Those that `GET /activities/export` began are among them.",
        query=PAGED,
    ),
    Operation(
        "POST /exports",
        "requestExport",
        "Exports",
        "Export everything the account has",
        _WHO,
        {202: json_reply(ref("Export"), "The export, which goes on by itself.", "Replayed")},
        description="Administrators only, one at a time. The archive is a ZIP file with a CSV and "
        "a JSON Lines file of each kind of thing, and a manifest that says from when each is. It "
        "holds no secrets, and of the people of other accounts what this API shows.",
        body={"application/json": ref("NoFields")},
        body_required=False,
        idempotent=True,
        problems=("export-running",),
    ),
    Operation(
        "GET /exports/{export_id}",
        "showExport",
        "Exports",
        "Show how far an export is; once it is finished, with a link to its file",
        _WHO,
        {200: json_reply(ref("Export"), "The export.")},
        description="Administrators only. Each answer with a `download_url` is on the record as "
        "`export.downloaded`, of entries of the log as `log.export_downloaded`.",
        problems=("not-found",),
    ),
)
