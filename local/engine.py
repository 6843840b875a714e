"""The engine: ministack, a local DynamoDB and SES, in a process and a Python of its own.

It saves its state when it is stopped in order (SIGTERM), so stopping waits for that; on Linux it
is also told to stop when the runner is killed.
"""

import ctypes
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from local.state import StateFolder
from local.template import ROOT
from local.trouble import Trouble

KEY: Final = {"AWS_ACCESS_KEY_ID": "local", "AWS_SECRET_ACCESS_KEY": "local"}  # no secret
START_SECONDS: Final = 60
STOP_SECONDS: Final = 60
_UNREADABLE: Final = (
    "Persistence: failed to load",
    "refusing to load",
    "Failed to restore persisted state",
)
_PR_SET_PDEATHSIG: Final = 1


class Engine:
    """Start, watch and stop ministack on a free port of 127.0.0.1.

    Without a command it is the one of `.venv-ministack`; variables go into its environment.
    """

    def __init__(
        self,
        state: StateFolder,
        command: Sequence[str] = (),
        variables: dict[str, str] | None = None,
    ) -> None:
        self._state = state
        self._command = command
        self._variables = variables or {}
        self._process: subprocess.Popen[bytes] | None = None
        self.endpoint = ""

    @property
    def log(self) -> Path:
        """Name the file ministack writes its log to."""
        return self._state.engine / "ministack.log"

    def start(self) -> None:
        """Start ministack and wait until it answers; raise Trouble if it does not."""
        command = self._command or [_python(), "-m", "ministack"]
        self._stop_orphan()
        for name in ("tmp", "s3"):
            (self._state.engine / name).mkdir(parents=True, exist_ok=True)
        port = _free_port()
        self.endpoint = f"http://127.0.0.1:{port}"
        with self.log.open("wb") as log:
            self._process = subprocess.Popen(
                command,
                env=self._environment(port) | self._variables,
                cwd=self._state.engine,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,  # Ctrl-C is ours to hand on, after the last request
                preexec_fn=_stop_with_parent if sys.platform == "linux" else None,  # noqa: PLW1509
            )
        self._state.write("engine.json", {"pid": self._process.pid})
        self._wait_until_it_answers()
        self._check_that_it_read_its_state()

    def _environment(self, port: int) -> dict[str, str]:
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
        folder = self._state.engine.resolve()
        return kept | {
            "BIND_HOST": "127.0.0.1",
            "GATEWAY_PORT": str(port),
            "MINISTACK_HOST": "127.0.0.1",
            "PERSIST_STATE": "1",
            "STATE_DIR": str(folder),
            "S3_PERSIST": "1",
            "S3_DATA_DIR": str(folder / "s3"),
            "TMPDIR": str(folder / "tmp"),
            "IOT_MTLS_ENABLED": "0",
            "SFTP_ENABLED": "0",
            "LOG_LEVEL": "INFO",
            # Addresses of files are signed, and ministack checks them against its own key.
            **KEY,
        }

    def _wait_until_it_answers(self) -> None:
        assert self._process is not None
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            if self._process.poll() is not None:
                raise Trouble(
                    f"The local DynamoDB (ministack) ended while starting; {self.log} says why: "
                    f"{self._last_line()}"
                )
            try:
                with urllib.request.urlopen(f"{self.endpoint}/_ministack/health", timeout=2):
                    return
            except (urllib.error.URLError, OSError):
                time.sleep(0.05)
        self._kill()
        raise Trouble(
            f"The local DynamoDB (ministack) did not answer within {START_SECONDS} seconds; "
            f"{self.log} says what it was doing."
        )

    def _check_that_it_read_its_state(self) -> None:
        """Stop at once if it started empty beside a state it could not read, before it saves over it."""
        text = self.log.read_text(encoding="utf-8", errors="replace")
        if any(sign in text for sign in _UNREADABLE):
            self._kill()
            raise self._state.stale(
                "ministack could not read its data in it (damaged, or of another version)"
            )

    def _last_line(self) -> str:
        lines = self.log.read_text(encoding="utf-8", errors="replace").strip().splitlines()
        return lines[-1] if lines else "nothing"

    @property
    def has_ended(self) -> bool:
        """Say whether ministack does not run (any more)."""
        return self._process is None or self._process.poll() is not None

    def wait(self) -> int:
        """Wait until ministack ends and return its exit code."""
        assert self._process is not None
        return self._process.wait()

    def stop(self) -> None:
        """Stop ministack and wait until its state is saved; harmless if it ended already."""
        if self._process is None or self.has_ended:
            return
        self._process.send_signal(signal.SIGTERM)
        try:
            self._process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._kill()
        self._state.remove("engine.json")
        shutil.rmtree(self._state.engine / "tmp", ignore_errors=True)

    def _kill(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    def _stop_orphan(self) -> None:
        """Stop a ministack that outlived a killed runner, so that it saves what it holds."""
        kept = self._state.read("engine.json") or {}
        pid = kept.get("pid") if isinstance(kept, dict) else None
        if not isinstance(pid, int) or not _is_ministack(pid):
            return
        os.kill(pid, signal.SIGTERM)
        deadline = time.monotonic() + STOP_SECONDS
        while _is_ministack(pid):
            if time.monotonic() > deadline:
                raise Trouble(
                    f"A local DynamoDB of an earlier run (process {pid}) does not stop. "
                    f"End it with `kill -9 {pid}`, then start again."
                )
            time.sleep(0.1)


def _python() -> str:
    path = os.environ.get("MINISTACK_PYTHON") or str(ROOT / ".venv-ministack" / "bin" / "python")
    if not os.access(path, os.X_OK):
        raise Trouble(
            f"The local DynamoDB and SES (ministack) are not installed: there is no {path}. "
            "`make run` installs them before it starts."
        )
    probe = subprocess.run(
        [path, "-c", "import ministack"], capture_output=True, check=False, timeout=60
    )
    if probe.returncode != 0:
        raise Trouble(
            f"The Python at {path} has no ministack in it. Remove that environment "
            "(`rm -r .venv-ministack`) and run `make run` again, which installs it."
        )
    return path


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _is_ministack(pid: int) -> bool:
    found = subprocess.run(
        ["ps", "-o", "command=", "-p", str(pid)], capture_output=True, check=False, text=True
    )
    return "ministack" in found.stdout


def _stop_with_parent() -> None:
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
