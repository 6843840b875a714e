"""Moments: UTC, to the millisecond, written as RFC 3339 with three fraction digits and ``Z``."""

from datetime import UTC, datetime, timedelta


def to_text(moment: datetime) -> str:
    """Write a moment; texts of moments sort as the moments do."""
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="milliseconds") + "Z"


def from_text(text: str) -> datetime:
    """Read a moment written by :func:`to_text` or any RFC 3339 date-time with an offset.

    Raises ValueError if the text is no such date-time, or of a time before 1970: nothing here is
    older, and a span before it would leave the calendar.
    """
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError("a time needs its offset, as in 2026-11-21T22:43:01.123Z")
    try:
        moment = moment if moment.tzinfo is UTC else moment.astimezone(UTC)
    except OverflowError:
        raise ValueError("a time lies between 1970 and 9999") from None
    if moment.year < 1970:
        raise ValueError("a time lies between 1970 and 9999")
    return to_the_millisecond(moment)


def to_the_millisecond(moment: datetime) -> datetime:
    """Cut a moment to whole milliseconds, the grain everything is stored in."""
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)


def month_after(month: str) -> str:
    """Return the month (``yyyy-mm``) after one."""
    year, number = int(month[:4]), int(month[5:7])
    return f"{year + 1:04d}-01" if number == 12 else f"{year:04d}-{number + 1:02d}"


def end_of_hour(moment: datetime) -> datetime:
    """Return when the hour of a moment is over."""
    return moment.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
