"""Exports as a client asks for them and reads what comes."""

import csv
import io
import json
import urllib.parse
import zipfile
from typing import Any

from gatehouse.domain.spreadsheet import original
from tests.support.api import Reply
from tests.support.jobs import Jobs
from tests.support.world import Company, World


def request(world: World, company: Company, name: str = "administrator", **headers: str) -> Reply:
    return world.api("POST", "/exports", token=world.token(company, name), headers=headers)


def shown(
    world: World, company: Company, export_id: str, name: str = "administrator"
) -> dict[str, Any]:
    reply = world.api("GET", f"/exports/{export_id}", token=world.token(company, name))
    assert reply.status == 200, reply
    return dict(reply.json)


def archive_at(jobs: Jobs, address: str) -> zipfile.ZipFile:
    """Fetch what an issued link leads to."""
    key = urllib.parse.urlsplit(address).path.removeprefix("/")
    body = jobs.s3.get_object(Bucket=jobs.bucket, Key=key)["Body"].read()
    return zipfile.ZipFile(io.BytesIO(body))


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


def stored(jobs: Jobs) -> list[str]:
    listed = jobs.s3.list_objects_v2(Bucket=jobs.bucket).get("Contents", [])
    return [one["Key"] for one in listed]
