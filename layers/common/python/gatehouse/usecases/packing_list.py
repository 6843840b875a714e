"""What goes with an archive's data: a text for people, and a manifest for programs."""

import json
from collections.abc import Iterable, Mapping
from textwrap import fill
from typing import Any, Final

from gatehouse.domain.job import Job
from gatehouse.domain.moments import to_text
from gatehouse.usecases.kinds import KINDS

_WIDTH: Final = 80
VERSION: Final = 1
"""Of the archive's shape: a column more does not change it, one less or another meaning does."""
RULE: Final = (
    "So that no spreadsheet takes a text for a formula, cells of the CSV files have an apostrophe "
    "where a cell could begin with a sign such as = + - @, a tab or a line break: at the start of "
    "the text, and behind each comma, semicolon, tab and line break in it. Where an apostrophe "
    "stood there already, one more is put before it. Take one apostrophe away at each such place, "
    "and you have the text. The JSON files hold every text as it is."
)
FORMAT: Final = (
    "Each kind stands in two files with the same content: CSV (UTF-8, separated by commas, lists "
    "apart by a blank, what has parts as JSON) and JSON Lines (one object a line)."
)
LEFT_OUT: Final = (
    "Secrets are in none of the files: no password, key, link, session, nor a hash of one. The "
    "addresses of another company's people are masked."
)
MOMENT: Final = (
    "Each kind was read page by page between the two times that manifest.json gives for it, each "
    "thing as it stood when its page was read; what was created, changed or deleted meanwhile may "
    "be in one file and not in another. The activity log goes to the moment of the request, and no "
    "entry of it ever changes: it says what happened in between. Activities that an application "
    "reports later about a time before (up to a day) are not in it."
)


def about(job: Job) -> str:
    """Return the text that people read first."""
    account, asked_by = job.options["account"], job.options["requested_by"]
    paragraphs = [
        "This is everything that an account has in Gatehouse, as an Administrator may see it.",
        f"Account: {_line(account['name'])} ({account['subdomain']})",
        f"Requested: {to_text(job.created_at)} by {_line(asked_by['name'])}",
        FORMAT,
        *(
            f"{kind.name}: {kind.title} ({job.counts.get(kind.name, 0)})."
            + "".join(f"\n    {c.name}: {c.meaning}" for c in kind.columns if c.meaning)
            for kind in KINDS
        ),
        MOMENT,
        RULE,
        LEFT_OUT,
    ]
    lines = [line for paragraph in paragraphs for line in [*paragraph.split("\n"), ""]]
    return "\n".join(fill(line, _WIDTH, subsequent_indent=_indent(line)) for line in lines)


def manifest(job: Job, read: Mapping[str, tuple[str, str]], files: Iterable[str]) -> str:
    """Return the same for programs."""
    names = frozenset(files)
    found: dict[str, Any] = {
        "version": VERSION,
        "export_id": job.job_id,
        "account": job.options["account"],
        "requested_by": job.options["requested_by"],
        "requested_at": to_text(job.created_at),
        "activities_until": to_text(job.created_at),
        "kinds": [
            {
                "name": kind.name,
                "title": kind.title,
                "rows": job.counts.get(kind.name, 0),
                "read_from": read[kind.name][0],
                "read_until": read[kind.name][1],
                "files": [f for f in (f"{kind.name}.csv", f"{kind.name}.jsonl") if f in names],
                "columns": [column.name for column in kind.columns],
            }
            for kind in KINDS
        ],
        "csv": RULE,
    }
    return json.dumps(found, ensure_ascii=False, indent=2) + "\n"


def _indent(line: str) -> str:
    return line[: len(line) - len(line.lstrip())]


def _line(text: str) -> str:
    return " ".join(text.split())
