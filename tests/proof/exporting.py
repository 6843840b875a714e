"""What proofs of exports are made with: wires that are cut, a folder for files, entries made up."""

from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from gatehouse.domain.activity import SYSTEM, Activity, Category, Outcome, Resource
from gatehouse.usecases.ports import File
from tests.support.world import World

NOW = datetime(2026, 11, 22, tzinfo=UTC)


class Killed(BaseException):
    """The process is gone."""


class Wires:
    """What goes out to table, files and queue: counts it, and kills at a call, before or after."""

    def __init__(self, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
        self.count, self.at, self.after = 0, -1, False
        ports = world.ports
        for of, names in (
            (ports.store, ["commit"]),
            (ports.files, ["put", "delete"]),
            (ports.queue, ["send"]),
        ):
            for name in names:
                monkeypatch.setattr(of, name, self._through(getattr(of, name)))

    def _through(self, call: Callable[..., Any]) -> Callable[..., Any]:
        def called(*arguments: Any, **named: Any) -> Any:
            index, self.count = self.count, self.count + 1
            if index == self.at and not self.after:
                raise Killed
            result = call(*arguments, **named)
            if index == self.at:
                raise Killed
            return result

        return called

    def cut(self, at: int, *, after: bool) -> None:
        self.count, self.at, self.after = 0, at, after


class Folder:
    """Files in a folder of the test's own, read and written chunk by chunk."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def put(self, name: str, chunks: Iterable[bytes]) -> File:
        path = self.folder / name.replace("/", "_")
        with path.open("wb") as file:
            file.writelines(chunks)
        return File(path.stat().st_size, "same")

    def read(self, name: str, _: str) -> Iterator[bytes]:
        with (self.folder / name.replace("/", "_")).open("rb") as file:
            while chunk := file.read(256 * 1024):
                yield chunk

    def delete(self, name: str) -> None:
        (self.folder / name.replace("/", "_")).unlink(missing_ok=True)


def an_entry(number: int) -> Activity:
    return Activity(
        account_id="acc_x",
        activity_id=f"act_{number:026d}",
        time=NOW + timedelta(milliseconds=number),
        category=Category.ACTIVITY,
        action="password.shown",
        outcome=Outcome.ALLOWED,
        actor=SYSTEM,
        organization_id=f"org_{number % 20_000:026d}",
        resource=Resource("password", f"{number}", f"Router {number}"),
        ip_address="192.0.2.7",
        user_agent="Mozilla/5.0 (X11; Linux x86_64)",
        changes={"name": (f"Router {number}", "Router")},
    )
