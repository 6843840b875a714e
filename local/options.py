"""What the caller may set: PORT, STATE_DIR, SEED."""

import os
from dataclasses import dataclass
from pathlib import Path

from local.template import ROOT
from local.trouble import Trouble


@dataclass(frozen=True, slots=True)
class Options:
    """How this run was asked for."""

    port: int
    state_dir: Path
    seed: bool

    @property
    def base_url(self) -> str:
        """Return the address everything is served at."""
        return f"http://127.0.0.1:{self.port}"

    @classmethod
    def from_environment(cls) -> "Options":
        """Read the options; raise Trouble if one makes no sense."""
        port = os.environ.get("PORT") or "8000"
        if not port.isdecimal() or not 1 <= int(port) <= 65535:
            raise Trouble(f"PORT is {port!r}; set it to a number from 1 to 65535.")
        state_dir = os.environ.get("STATE_DIR") or ROOT / ".local"
        seed = os.environ.get("SEED", "1").strip().lower() not in {"0", "no", "false"}
        return cls(int(port), Path(state_dir).expanduser().absolute(), seed)
