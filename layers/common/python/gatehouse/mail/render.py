"""Lay out the words of a letter as text and as HTML."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from gatehouse.domain.brand import text_on
from gatehouse.domain.mailing import AccountLetter, Letter
from gatehouse.mail.account_wording import account_wording
from gatehouse.mail.wording import wording


@dataclass(frozen=True, slots=True)
class Rendered:
    """A mail ready to be sent: a subject of one line and its two parts."""

    subject: str
    text: str
    html: str


def render(letter: Letter | AccountLetter) -> Rendered:
    """Render a letter; both parts state the same facts.

    Raises ValueError for an invitation that has no link or is addressed to the host.
    """
    words = wording(letter) if isinstance(letter, Letter) else account_wording(letter)
    return Rendered(
        subject=words.subject,
        text=_templates().get_template("letter.txt").render(words=words),
        html=_templates()
        .get_template("letter.html")
        .render(
            words=words,
            colour=letter.colour,
            on_colour=text_on(letter.colour) if letter.colour else None,
        ),
    )


@cache
def _templates() -> Environment:
    return Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=select_autoescape(["html"]),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
