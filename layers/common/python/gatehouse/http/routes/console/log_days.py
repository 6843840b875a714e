"""The log by the day: a sentence, a bar for each day that leads to its entries, and a table."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from gatehouse.domain.use import DayOfLog
from gatehouse.domain.wording import day_in_words
from gatehouse.http.charts import Chart, chart
from gatehouse.http.routes.console.visit import Visit
from gatehouse.usecases.count_log import count_log


@dataclass(frozen=True, slots=True)
class Days:
    """What the page says and draws of the days: ``chart`` is there if there are several."""

    sentence: str
    listed: Sequence[DayOfLog]
    chart: Chart | None


def days_of(visit: Visit, since: datetime, until: datetime) -> Days | None:
    """Return the days that the span has whole; None if nothing is counted, or not for everybody."""
    first = since.date() if since.time() == time() else since.date() + timedelta(days=1)
    last = until.date()
    if first > last:
        return None
    counted = count_log(visit.ports, visit.person, first, last)
    if counted is None or not counted[1]:
        return None
    asked, (first, days) = first, counted
    drawn = chart(
        {
            one.day: {"allowed": one.allowed, "others": one.others, "denied": one.denied}
            for one in days
        },
        first,
        last,
    )
    return Days(
        _sentence(days, first, last, clipped=first > asked),
        days[::-1],
        drawn if first != last else None,
    )


def _sentence(days: Sequence[DayOfLog], first: date, last: date, *, clipped: bool) -> str:
    entries, denied = sum(one.entries for one in days), sum(one.denied for one in days)
    if first == last:
        return f"{_entries(entries)} on {day_in_words(first)}, {denied:,} denied"
    length = (last - first).days + 1
    span = f"the last {length} of these days" if clipped else f"{length} days"
    busiest = max(days, key=lambda one: (one.entries, one.day))
    day = day_in_words(busiest.day)
    if len(days) == 1:
        return f"{_entries(entries)} in {span}, all on {day}, {denied:,} denied"
    return (
        f"{_entries(entries)} in {span}, {denied:,} denied. Most on "
        f"{day}: {busiest.entries:,}, {busiest.denied:,} denied"
    )


def _entries(number: int) -> str:
    return f"{number:,} {'entry' if number == 1 else 'entries'}"
