"""How somebody signed in, from the claims of a token (OpenID Connect Core 1.0, RFC 8176, RFC 9068).

What is no claim of the right shape is no claim: whoever reads the result sees fewer factors, never
more.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

from gatehouse.domain.factors import Factors
from gatehouse.domain.moments import to_the_millisecond
from gatehouse.domain.policy import MULTI_FACTOR

_METHODS: Final = 20
_LONGEST: Final = 200


@dataclass(frozen=True, slots=True)
class Assurance:
    """What its operator knows of an issuer, beside what its tokens say.

    ``demands_mfa``: it lets nobody in with one factor, and says nothing of factors in its tokens,
    as Amazon Cognito with MFA required. ``acr_values``: its own words for more than one factor.
    """

    demands_mfa: bool = False
    acr_values: frozenset[str] = field(default_factory=frozenset)


def factors_of(claims: Mapping[str, Any], assurance: Assurance) -> Factors:
    """Return how somebody signed in; an issuer that says it is believed over its operator."""
    said, acr = claims.get("amr"), claims.get("acr")
    acr = acr if _is_word(acr) else None
    methods = said[:_METHODS] if isinstance(said, list) else []
    amr = frozenset(one for one in methods if _is_word(one))
    silent = "amr" not in claims and "acr" not in claims
    if (silent and assurance.demands_mfa) or acr in assurance.acr_values:
        amr |= {MULTI_FACTOR}
    return Factors(amr, acr, _moment(claims.get("auth_time")))


def _is_word(value: object) -> bool:
    return isinstance(value, str) and 0 < len(value) <= _LONGEST and value.isprintable()


def _moment(value: object) -> datetime | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        return to_the_millisecond(datetime.fromtimestamp(value, UTC))
    except (OverflowError, ValueError, OSError):
        return None
