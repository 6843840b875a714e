"""Write docs/openapi.json: `python -m scripts.openapi`, which `make docs` does."""

import json
import re
from typing import Final

from scripts.openapi.document import ROOT, document

FILE: Final = ROOT / "docs" / "openapi.json"
_PAIR: Final = re.compile(r"\\u(d[89ab][0-9a-f]{2})\\u(d[c-f][0-9a-f]{2})")


def text() -> str:
    """Return the file as it has to be.

    ASCII, but for the few characters that JSON escapes as two halves: readers of YAML, which many
    tools use for JSON as well, know no such escape.
    """
    written = json.dumps(document(), indent=1)
    return _PAIR.sub(lambda pair: str(json.loads(f'"{pair[0]}"')), written) + "\n"


if __name__ == "__main__":
    FILE.write_text(text(), encoding="utf-8")
    print(f"{FILE.relative_to(ROOT)}: {len(document()['paths'])} paths")
