"""The words for facts that mails and pages share, so that both say them alike."""

from collections.abc import Sequence
from datetime import UTC, date, datetime

from gatehouse.domain.roles import Role, effective_role

# Not strftime("%B"), which follows the locale of the process.
_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)

_NAMED = 3
_DAY = 24
"""Hours."""


def moment_in_words(moment: datetime) -> str:
    """Write a moment for people: ``28 November 2026, 10:00 UTC``."""
    moment = moment.astimezone(UTC)
    return f"{day_in_words(moment)}, {moment:%H:%M} UTC"


def day_in_words(day: date) -> str:
    """Write a day for people: ``28 November 2026``."""
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


def ago_in_words(moment: datetime, now: datetime) -> str:
    """Write how long ago something was, to the hour and then to the day."""
    hours = int((now - moment).total_seconds() // 3600)
    if hours < 1:
        return "within the last hour"
    if hours < _DAY:
        return "1 hour ago" if hours == 1 else f"{hours} hours ago"
    days = hours // _DAY
    return "1 day ago" if days == 1 else f"{days:,} days ago"


def scope_in_words(organization_count: int, *, all_organizations: bool) -> str:
    """Write how far a grant reaches, without a name of what it reaches."""
    if all_organizations:
        return "all current and future organizations"
    return count_in_words(organization_count, "organization")


def count_in_words(count: int, what: str) -> str:
    """Write how many there are of something that is written with an s: ``1,200 organizations``."""
    return f"1 {what}" if count == 1 else f"{count:,} {what}s"


def grant_in_words(
    groups: Sequence[str], organization_count: int, *, all_organizations: bool
) -> str:
    """Write what a grant names: ``Level 1, Level 2 and 3 organizations``."""
    if all_organizations:
        return scope_in_words(0, all_organizations=True)
    named = list(groups) if len(groups) <= _NAMED else [f"{len(groups):,} groups"]
    if organization_count:
        named.append(scope_in_words(organization_count, all_organizations=False))
    if not named:
        return "nothing yet"
    return " and ".join([*([", ".join(named[:-1])] if named[1:] else []), named[-1]])


def roles_under(maximum: Role) -> tuple[tuple[Role, Role | None], ...]:
    """Return each own role with the role it gives under a maximum; None is no access."""
    return tuple((own, None if own is Role.LITE else effective_role(own, maximum)) for own in Role)
