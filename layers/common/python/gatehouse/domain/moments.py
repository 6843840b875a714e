"""Moments: UTC, to the millisecond, written as RFC 3339 with three fraction digits and ``Z``."""

from datetime import UTC, datetime


def to_text(moment: datetime) -> str:
    """Write a moment; texts of moments sort as the moments do."""
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03d}Z"


def from_text(text: str) -> datetime:
    """Read a moment written by :func:`to_text` or any RFC 3339 date-time with an offset.

    Raises ValueError if the text is no such date-time.
    """
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError("a time needs its offset, as in 2026-11-21T22:43:01.123Z")
    return to_the_millisecond(moment.astimezone(UTC))


def to_the_millisecond(moment: datetime) -> datetime:
    """Cut a moment to whole milliseconds, the grain everything is stored in."""
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)
