"""How somebody proved who they are when they signed in."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Final


@dataclass(frozen=True, slots=True)
class Factors:
    """What the identity provider says of a sign-in.

    ``amr`` and ``acr`` are the claims of that name (OpenID Connect Core 1.0, RFC 8176). Nothing
    is known of whoever signed in at a provider that does not say it.
    """

    amr: frozenset[str] = field(default_factory=frozenset)
    acr: str | None = None
    auth_time: datetime | None = None


UNKNOWN_FACTORS: Final = Factors()
