"""The OpenAPI document, written by `make docs` and packed beside this module by `make build`."""

import hashlib
from functools import cache
from pathlib import Path


@cache
def openapi() -> tuple[str, str]:
    """Return the document and its quoted etag."""
    content = Path(__file__).with_name("openapi.json").read_bytes()
    return content.decode(), f'"{hashlib.sha256(content).hexdigest()[:16]}"'
