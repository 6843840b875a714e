"""Keep of botocore's data what a client of the named services reads: `trim_botocore.py DATA SERVICE…`.

botocore describes over 400 services. Making a client looks through all of their folders, parses a
list of every service's endpoints (1.2 MB) and the service's own description, most of which is
prose for `help()`. What is left answers the same: the names, shapes and endpoints of the services.
"""

import gzip
import json
import shutil
import sys
from pathlib import Path
from typing import Any


def trim(data: Path, services: set[str]) -> None:
    """Trim a botocore's data folder, in place."""
    for folder in data.iterdir():
        if folder.is_dir() and folder.name not in services:
            shutil.rmtree(folder)
    endpoints = data / "endpoints.json"
    known = json.loads(endpoints.read_bytes())
    for partition in known["partitions"]:
        kept = {name: one for name, one in partition["services"].items() if name in services}
        partition["services"] = kept
    endpoints.write_bytes(_compact(known))
    for model in data.glob("*/*/service-2.json.gz"):
        described = _without_prose(json.loads(gzip.decompress(model.read_bytes())))
        # No time and no name in it: the same input makes the same layer.
        model.write_bytes(gzip.compress(_compact(described), mtime=0))
    for examples in data.glob("*/*/examples-1.json*"):
        examples.unlink()


def _without_prose(value: Any) -> Any:
    if isinstance(value, dict):
        return {
            name: _without_prose(one)
            for name, one in value.items()
            if not (name == "documentation" and isinstance(one, str))
        }
    if isinstance(value, list):
        return [_without_prose(one) for one in value]
    return value


def _compact(value: Any) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode()


if __name__ == "__main__":
    trim(Path(sys.argv[1]), set(sys.argv[2:]))
