"""Exports as a client asks for them and reads what comes."""

import base64
import csv
import gzip
import io
import json
import urllib.parse
import zipfile
from dataclasses import replace
from typing import Any

from gatehouse.domain.spreadsheet import original
from tests.support.api import Reply
from tests.support.jobs import Jobs
from tests.support.world import Company, World

HOSTILE = (
    '=HYPERLINK("https://evil.example")',
    "+1+1",
    "-2+3",
    "@SUM(A1)",
    "x;=1+1",
    "\u2212\uff1d",
    'a "quoted", text',
    "'already",
    "é\U0001f600",
)
"""What a spreadsheet would take for a formula, and what quoting has to survive."""


def request(world: World, company: Company, name: str = "administrator", **headers: str) -> Reply:
    return world.api("POST", "/exports", token=world.token(company, name), headers=headers)


def shown(
    world: World, company: Company, export_id: str, name: str = "administrator"
) -> dict[str, Any]:
    reply = world.api("GET", f"/exports/{export_id}", token=world.token(company, name))
    assert reply.status == 200, reply
    return dict(reply.json)


def file_at(jobs: Jobs, address: str) -> bytes:
    """Fetch what an issued link leads to."""
    key = urllib.parse.urlsplit(address).path.removeprefix("/")
    return bytes(jobs.s3.get_object(Bucket=jobs.bucket, Key=key)["Body"].read())


def archive_at(jobs: Jobs, address: str) -> zipfile.ZipFile:
    return zipfile.ZipFile(io.BytesIO(file_at(jobs, address)))


def exported(
    world: World, jobs: Jobs, company: Company, name: str = "administrator"
) -> zipfile.ZipFile:
    """Export, and fetch the archive."""
    export_id = request(world, company, name).json["export_id"]
    assert jobs.run() == {export_id: "done"}
    return archive_at(jobs, shown(world, company, export_id, name)["download_url"])


def lines(archive: zipfile.ZipFile, kind: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in archive.read(f"{kind}.jsonl").decode().splitlines()]


def table(archive: zipfile.ZipFile, kind: str) -> list[dict[str, str]]:
    text = archive.read(f"{kind}.csv").decode("utf-8-sig")
    rows = csv.DictReader(io.StringIO(text, newline=""), strict=True)
    return [{name: original(cell) for name, cell in row.items()} for row in rows]


def at_most(world: World, entries: int) -> None:
    """Let a download of the log have so many entries."""
    world.ports.limits = replace(world.ports.limits, entries_per_download=entries)


def export_log(
    world: World, company: Company, query: str = "format=jsonl", **headers: str
) -> Reply:
    """Ask for entries of the log as an Administrator."""
    address = f"/activities/export?{query}"
    return world.api("GET", address, token=world.token(company), headers=headers)


def downloaded(reply: Reply) -> bytes:
    """Return the file of an answer, as a client that understands its encodings saves it."""
    assert reply.status == 200, reply
    if "content-encoding" not in reply.headers:
        return reply.text.encode()
    return gzip.decompress(base64.b64decode(reply.text, validate=True))


def entries_in(content: bytes) -> list[dict[str, Any]]:
    """Read a file of JSON Lines."""
    return [json.loads(line) for line in content.decode().split("\n")[:-1]]


def cells_in(content: bytes) -> list[dict[str, str]]:
    """Read a CSV file as Python does, with the texts as they were."""
    rows = csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline=""), strict=True)
    return [{name: original(cell) for name, cell in row.items()} for row in rows]


def log_file(world: World, jobs: Jobs, company: Company, query: str) -> bytes:
    """Export entries by a job, and fetch the file."""
    asked = export_log(world, company, query)
    assert asked.status == 202, asked
    export_id = asked.json["export_id"]
    assert jobs.run() == {export_id: "done"}
    return file_at(jobs, shown(world, company, export_id)["download_url"])


def stored(jobs: Jobs) -> list[str]:
    listed = jobs.s3.list_objects_v2(Bucket=jobs.bucket).get("Contents", [])
    return [one["Key"] for one in listed]


def host(world: World) -> Company:
    """Set up acme, whose log is exported: a Manager of a part, an Editor, two organizations."""
    return world.company(
        "acme",
        {"administrator": "administrator", "max": "manager", "erin": "editor"},
        organizations=["Alder", "Birch"],
        groups={"Level 1": ["Alder"]},
        members={"Level 1": ["max"]},
    )


def guest(world: World) -> Company:
    """Set up continuum, whose Editor Paula works there."""
    return world.company("continuum", {"administrator": "administrator", "paula": "editor"})


def decisions(world: World, acme: Company, continuum: Company, count: int) -> None:
    """Let Paula be decided about so often, every third time with no."""
    world.connect(acme, continuum)
    for number in range(count):
        organization_id = list(acme.organizations.values())[number % 2]
        world.decide(
            acme, continuum.users["paula"], ("view", "delete")[number % 3 == 2], organization_id
        )


def walked(
    world: World, company: Company, query: str = "", limit: int = 50
) -> list[dict[str, Any]]:
    """Return what the pages of GET /activities show, one after the other."""
    items: list[dict[str, Any]] = []
    cursor = ""
    while True:
        address = f"/activities?limit={limit}&{query}{cursor}"
        reply = world.api("GET", address, token=world.token(company))
        assert reply.status == 200, reply
        items += reply.json["items"]
        if reply.json["next_cursor"] is None:
            return items
        cursor = f"&cursor={reply.json['next_cursor']}"


def own(world: World, company: Company) -> list[dict[str, Any]]:
    """Return what the log says of exports of itself, oldest first."""
    return [e for e in reversed(walked(world, company)) if e["action"].startswith("log.")]


def exports_of(world: World, company: Company) -> list[dict[str, Any]]:
    """Return the account's exports as they are listed."""
    return list(world.api("GET", "/exports", token=world.token(company)).json["items"])
