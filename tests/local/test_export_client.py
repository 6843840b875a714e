"""`make export`: asks, watches, fetches, and puts only a whole archive under the name."""

import io
import json
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from scripts.export import Client, Stopped, export
from tests.support.loopback import Loopback, loopback

ID = "exp_00000000000000000000000000"


@pytest.fixture
def server() -> Iterator[Loopback]:
    with loopback() as server:
        yield server


def an_archive() -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("README.txt", "Everything")
    return content.getvalue()


def answer(state: str, done: int, **more: Any) -> bytes:
    progress = {"done": done, "of": 15, "rows": {"users": 1_200 * done}}
    found = {"export_id": ID, "state": state, "problem": None, "created_at": "now", "size": None}
    return json.dumps({**found, "progress": progress, "download_url": None, **more}).encode()


def watching(server: Loopback, *answers: tuple[int, bytes]) -> tuple[Client, list[float]]:
    """Return a client, and the pauses it makes; at each, the next answer is laid out."""
    left, pauses = list(answers), []

    def pause(seconds: float) -> None:
        pauses.append(seconds)
        server.answers[f"/exports/{ID}"] = left.pop(0)

    server.answers[f"/exports/{ID}"] = left.pop(0)
    return Client(server.url, "a token", pause), pauses


def test_it_waits_until_the_archive_is_there_and_fetches_it(
    server: Loopback, tmp_path: Path
) -> None:
    content = an_archive()
    server.answers["/exports"] = (202, answer("waiting", 0))
    server.answers["/file"] = (200, content)
    over = answer("done", 15, size=len(content), download_url=f"{server.url}/file")
    client, pauses = watching(server, (200, answer("running", 7)), (503, b"{}"), (200, over))
    screen, out = io.StringIO(), tmp_path / "acme.zip"
    export(client, out, screen)
    assert out.read_bytes() == content
    assert list(tmp_path.iterdir()) == [out]
    assert "part 7 of 15, 8,400 lines" in screen.getvalue()
    assert pauses == [1.0, 1.0]
    asked = [(one.method, one.path) for one in server.asked]
    assert asked[0] == ("POST", "/exports")
    assert {one.headers["authorization"] for one in server.asked[:-1]} == {"Bearer a token"}
    assert "authorization" not in server.asked[-1].headers


def test_it_follows_the_export_that_runs_already(server: Loopback, tmp_path: Path) -> None:
    content = an_archive()
    detail = f"Ada started the export {ID}, and it is not finished yet."
    server.answers["/exports"] = (409, json.dumps({"detail": detail}).encode())
    server.answers["/exports?limit=1"] = (200, b'{"items": [%s]}' % answer("running", 1))
    server.answers["/file"] = (200, content)
    over = answer("done", 15, size=len(content), download_url=f"{server.url}/file")
    client, _ = watching(server, (200, over))
    screen = io.StringIO()
    export(client, tmp_path / "acme.zip", screen)
    assert detail in screen.getvalue()


@pytest.mark.parametrize(
    ("status", "body", "said"),
    [
        (403, b'{"detail": "Only Administrators may export data."}', "Only Administrators"),
        (404, b"<html>", "404"),
    ],
)
def test_a_refusal_is_told_as_it_is(
    server: Loopback, tmp_path: Path, status: int, body: bytes, said: str
) -> None:
    server.answers["/exports"] = (status, body)
    with pytest.raises(Stopped, match=said):
        export(Client(server.url, "a token"), tmp_path / "acme.zip", io.StringIO())
    assert list(tmp_path.iterdir()) == []


def test_an_archive_that_is_not_whole_gets_another_name(server: Loopback, tmp_path: Path) -> None:
    content = an_archive()
    server.answers["/exports"] = (202, answer("waiting", 0))
    server.answers["/file"] = (200, content)
    over = answer("done", 15, size=len(content) + 1, download_url=f"{server.url}/file")
    client, _ = watching(server, (200, over))
    with pytest.raises(Stopped, match="not whole"):
        export(client, tmp_path / "acme.zip", io.StringIO())
    assert [one.name for one in tmp_path.iterdir()] == ["acme.zip.part"]


def test_a_failed_export_says_why(server: Loopback, tmp_path: Path) -> None:
    server.answers["/exports"] = (202, answer("waiting", 0))
    client, _ = watching(server, (200, answer("failed", 3, problem="It was given up.")))
    with pytest.raises(Stopped, match="given up"):
        export(client, tmp_path / "acme.zip", io.StringIO())
