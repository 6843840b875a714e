"""Refusals as RFC 9457 problem details."""

from typing import Any, Final

from gatehouse.domain.errors import GatehouseError, Unauthenticated
from gatehouse.http.text import printable

TYPES: Final = "https://gatehouse.example/problems/"
"""What every ``type`` starts with; the slug follows. docs/errors.md lists them all."""
CONTENT_TYPE: Final = "application/problem+json"
_LONGEST: Final = 1_000
"""Characters of a sentence; what callers sent may be quoted in it."""


def problem(error: GatehouseError) -> dict[str, Any]:
    """Return the body of a refusal."""
    body: dict[str, Any] = {
        "type": TYPES + error.slug,
        "title": error.title,
        "status": error.status,
        "detail": printable(error.detail, _LONGEST),
    }
    if error.fields:
        body["errors"] = [
            {
                "pointer": printable(field.pointer, _LONGEST),
                "detail": printable(field.detail, _LONGEST),
            }
            for field in error.fields
        ]
    return body


def headers(error: GatehouseError) -> dict[str, str]:
    """Return the headers of a refusal (RFC 9110: WWW-Authenticate, Retry-After)."""
    found = {}
    if isinstance(error, Unauthenticated):
        found["WWW-Authenticate"] = 'Bearer realm="gatehouse"'
    if error.retry_after is not None:
        found["Retry-After"] = str(error.retry_after)
    return found
