"""What an account looks like: its colour and its logo, and what can be read on the colour.

Contrast is that of WCAG 2.2 (success criterion 1.4.3). A colour is a ground, and text on it is
black or white, whichever is read better. One of the two always has at least 4.58 to 1, on any
colour there is, so that no colour has to be refused, in neither theme.
"""

import hashlib
import re
from dataclasses import dataclass
from typing import Final

_COLOUR: Final = re.compile(r"#?([0-9a-fA-F]{3}|[0-9a-fA-F]{6})")
BLACK: Final = "#000000"
WHITE: Final = "#ffffff"
READABLE: Final = 4.5
"""The contrast that text of usual size needs at level AA."""


@dataclass(frozen=True, slots=True)
class Brand:
    """A colour such as ``#0b5cad``, and the id of a logo; None is what Gatehouse has itself."""

    colour: str | None = None
    logo_id: str | None = None

    def logo_path(self, account_id: str) -> str | None:
        """Return where the logo of the account is served from; None without one."""
        return f"/logos/{account_id}/{self.logo_id}.png" if self.logo_id else None


NO_BRAND: Final = Brand()


@dataclass(frozen=True, slots=True)
class Logo:
    """A picture of an account, named by what it is: another picture is another logo."""

    account_id: str
    logo_id: str
    content: bytes = b""
    version: int = 1

    @classmethod
    def of(cls, account_id: str, content: bytes) -> "Logo":
        """Name a picture."""
        return cls(account_id, hashlib.sha256(content).hexdigest()[:32], content)


def canonical_colour(text: str) -> str:
    """Write a colour the one way there is. Raises ValueError, which completes "The colour …"."""
    found = _COLOUR.fullmatch(text.strip())
    if found is None:
        raise ValueError("must be six hexadecimal digits after a #, such as #0b5cad")
    digits = found[1].lower()
    return "#" + (digits if len(digits) == 6 else "".join(digit * 2 for digit in digits))


def text_on(colour: str) -> str:
    """Return black or white, whichever is read better on the colour."""
    return max((WHITE, BLACK), key=lambda text: contrast(text, colour))


def contrast(one: str, other: str) -> float:
    """Return the contrast of two colours, from 1 to 21."""
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    """Return the relative luminance of a colour, from 0 to 1 (WCAG 2.2)."""
    red, green, blue = (_linear(int(colour[at : at + 2], 16) / 255) for at in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(channel: float) -> float:
    return channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4
