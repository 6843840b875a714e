r"""What strangers wrote, made safe to show: plain, visible, and without anything to click.

Names and messages of one company are shown to another, in mails that carry our name. Mail
programs turn whatever looks like an address into a link, so nothing may look like one:

    https://example.com/a      hxxps://example[.]com/a
    www.example.com            www[.]example[.]com
    ana@example.com            ana[@]example[.]com
    192.0.2.1                  192[.]0[.]2[.]1
    javascript:alert(1)        javascript[:]alert(1)
    \\files\payroll            [\\]files\payroll

Characters that a browser reads as one of these (full-width letters, the dots that IDNA maps to a
full stop: UTS #46) are first written as what they are read as. Escaping for HTML is not done
here: templates do that.
"""

import re
import unicodedata
from typing import Final

NAME_LIMIT: Final = 80
"""The characters of a name that are shown."""

_LINE_ENDS: Final = re.compile(r"\r\n|[\r\v\f\x85\u2028\u2029]")
_BLANK_LETTERS: Final = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")
"""Letters and marks by category that show nothing, so that a name of them would look empty."""

_HTTP: Final = re.compile(r"http(?=s?:)", re.IGNORECASE)
_SCHEME: Final = re.compile(
    r"(?<![a-z0-9+.-])(?=[0-9+.-]*[a-z])(?P<name>[a-z0-9+.-]+):(?=\S|(?<=script:)|(?<=data:))",
    re.IGNORECASE,
)
_AT: Final = re.compile(r"(?<=\S)@(?=[^\s\]])")
_SHARE: Final = re.compile(r"\\\\(?=[^\s\]])")
_IDEOGRAPHIC_STOP: Final = re.compile(r"([\u3002\uff61])(?=\S)")
_LABEL: Final = r"[^\s!-,./:-@\[-^`{-~]"
_DOTTED: Final = re.compile(rf"(?<!{_LABEL}){_LABEL}++(?:\.{_LABEL}++)+")


def clean(text: str) -> str:
    """Return the text with only what can be seen, its lines ended by a line feed.

    Removed are control and format characters (zero-width, bidirectional overrides, soft hyphens),
    surrogates, letters that show nothing, and empty lines after the first. A tab becomes a space.
    """
    text = _LINE_ENDS.sub("\n", text).replace("\t", " ")
    text = "".join(_read_as(c) for c in text if c == "\n" or _is_visible(c))
    lines = "\n".join(line.rstrip() for line in text.split("\n"))
    return re.sub(r"\n{3,}", "\n\n", lines).strip()


def defang(text: str) -> str:
    """Return the text cleaned and with nothing in it that a mail program makes a link.

    Defanging twice is defanging once.
    """
    text = _HTTP.sub("hxxp", clean(text))
    text = _SCHEME.sub(_without_scheme, text)
    text = _AT.sub("[@]", text)
    text = _SHARE.sub(r"[\\\\]", text)
    text = _IDEOGRAPHIC_STOP.sub(r"\1 ", text)
    return _DOTTED.sub(_without_host, text)


def one_line(text: str, *, limit: int = NAME_LIMIT, otherwise: str = "—") -> str:
    """Return a name for one line: cleaned, its spaces single, not too long; not defanged.

    ``otherwise`` stands for a name of which nothing is left.
    """
    line = " ".join(clean(text).split())
    if len(line) > limit:
        line = line[: limit - 1].rstrip() + "…"
    return line or otherwise


def _is_visible(character: str) -> bool:
    return unicodedata.category(character) not in {"Cc", "Cf", "Cs"} and (
        character not in _BLANK_LETTERS
    )


def _read_as(character: str) -> str:
    """Return the ASCII character that an address bar would read; superscripts stay as they are."""
    if character < "\x80" or unicodedata.decomposition(character).startswith(("<super>", "<sub>")):
        return character
    read = unicodedata.normalize("NFKC", character)
    return read if len(read) == 1 and read < "\x80" else character


def _without_scheme(found: re.Match[str]) -> str:
    if found["name"].lower() in {"hxxp", "hxxps"} and found.string.startswith("//", found.end()):
        return found[0]
    return f"{found['name']}[:]"


def _without_host(found: re.Match[str]) -> str:
    """Bracket the dots of a host, and leave those of ``3.5``, ``v2.1`` and ``J.R. Smith``.

    A dot may stay if what follows it cannot be a top-level domain: a digit first, or one letter.
    """
    labels = found[0].split(".")
    if labels[0].lower() == "www" or len(labels) > 3:
        return "[.]".join(labels)
    text = labels[0]
    for label in labels[1:]:
        stays = re.match(r"[0-9]|[A-Za-z]$", label)
        text += ("." if stays else "[.]") + label
    return text
