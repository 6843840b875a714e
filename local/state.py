"""The state folder: one runner at a time, one format, written whole or not at all."""

import fcntl
import json
import os
import secrets
import tempfile
from pathlib import Path
from typing import Any, Final, TextIO

from local.trouble import Trouble

FORMAT: Final = 2


class StateFolder:
    """Keep what survives a restart: keys, clock, mails, and the folder of the local DynamoDB."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._lock: TextIO | None = None

    @property
    def log(self) -> Path:
        """Name the file that the functions' logs and tracebacks go to."""
        return self.folder / "local.log"

    @property
    def engine(self) -> Path:
        """Name the folder of the local DynamoDB and SES."""
        return self.folder / "ministack"

    def open(self) -> None:
        """Take the folder for this process, creating it; raise Trouble if that is not possible."""
        try:
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            self.engine.mkdir(exist_ok=True)
            self._lock = (self.folder / "lock").open("a+", encoding="ascii")
        except OSError as error:
            raise Trouble(
                f"The state folder {self.folder} cannot be written ({error.strerror}). "
                "Set STATE_DIR to a folder that you own."
            ) from None
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            self._lock.seek(0)
            holder = self._lock.read().strip() or "unknown"
            self._lock.close()
            self._lock = None
            raise Trouble(
                f"The state folder {self.folder} is in use by a running instance (process {holder}). "
                "Stop that one first, or set STATE_DIR and PORT for a second world."
            ) from None
        self._lock.truncate(0)
        self._lock.write(f"{os.getpid()}\n")
        self._lock.flush()
        try:
            self._check_format()
        except Trouble:
            self.close()
            raise

    def is_locked(self) -> bool:
        """Say whether a running instance holds the folder."""
        try:
            with (self.folder / "lock").open("r", encoding="ascii") as lock:
                fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except FileNotFoundError:
            return False
        except OSError:
            return True
        return False

    def close(self) -> None:
        """Give the folder back."""
        self.remove("running.json")
        if self._lock is not None:
            self._lock.close()
            self._lock = None

    def _check_format(self) -> None:
        found = self.read("state.json")
        if found is None:
            self.write("state.json", {"format": FORMAT})
        elif not isinstance(found, dict) or found.get("format") != FORMAT:
            raise self.stale("it was written by another version of Gatehouse")

    def stale(self, why: str) -> Trouble:
        """Word the trouble of a folder that cannot be used any more."""
        return Trouble(
            f"The state folder {self.folder} cannot be used: {why}. "
            "`make clean-local` drops it (the demo world is made anew), "
            "or set STATE_DIR to another folder."
        )

    def read(self, name: str) -> Any:
        """Read a JSON file of the folder; None if it is not there, Trouble if it is not JSON."""
        try:
            return json.loads((self.folder / name).read_text(encoding="utf-8"))
        except FileNotFoundError:
            return None
        except (OSError, ValueError):
            raise self.stale(f"{name} in it is damaged") from None

    def write(self, name: str, content: object) -> None:
        """Write a JSON file of the folder, readable by its owner only, whole or not at all."""
        handle, part = tempfile.mkstemp(dir=self.folder, prefix=f".{name}.")
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            json.dump(content, file, ensure_ascii=False, indent=1)
        Path(part).replace(self.folder / name)

    def remove(self, name: str) -> None:
        """Remove a file of the folder if it is there."""
        (self.folder / name).unlink(missing_ok=True)

    def secret(self, name: str) -> str:
        """Return the secret kept under a name (hexadecimal, 256 bits), made at first use."""
        kept = self.read(name)
        if kept is None:
            kept = secrets.token_hex(32)
            self.write(name, kept)
        if not isinstance(kept, str):
            raise self.stale(f"{name} in it is damaged")
        return kept
