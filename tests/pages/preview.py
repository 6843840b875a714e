"""Write every page and mail as files to look at: ``python -m tests.pages.preview <folder>``.

Serve the folder with ``python3 -m http.server --bind 127.0.0.1 --directory <folder>``; pages find
their stylesheet at ``/assets/`` there, as they do in production.
"""

import sys
from html import escape
from pathlib import Path

from gatehouse.http.pages import asset
from gatehouse.mail.render import render
from tests.mail.samples import HOSTILE, LETTERS
from tests.pages.samples import pages


def write(folder: Path) -> list[str]:
    """Write all of them and an index; return the names of the HTML files."""
    files = {f"{name}.html": result.body for name, result in pages().items()}
    letters = LETTERS | {f"{name}-hostile": letter for name, letter in HOSTILE.items()}
    for name, letter in letters.items():
        mail = render(letter)
        files[f"mail-{name}.html"] = mail.html
        files[f"mail-{name}.txt"] = mail.text
    for name in ("gatehouse.css", "gatehouse.svg"):
        found = asset(name)
        assert found
        (folder / "assets").mkdir(parents=True, exist_ok=True)
        (folder / "assets" / name).write_bytes(found.content)
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
    links = "".join(f'<li><a href="{escape(name)}">{escape(name)}</a></li>' for name in files)
    (folder / "index.html").write_text(f"<!doctype html><ul>{links}</ul>", encoding="utf-8")
    return [name for name in files if name.endswith(".html")]


if __name__ == "__main__":
    write(Path(sys.argv[1]))
