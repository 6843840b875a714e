"""Moments are UTC, to the millisecond, and written one way."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from gatehouse.domain.moments import from_text, to_text, to_the_millisecond


def test_a_moment_is_written_with_three_fraction_digits_and_z() -> None:
    moment = datetime(2026, 11, 21, 22, 43, 1, 123_999, tzinfo=UTC)
    assert to_text(moment) == "2026-11-21T22:43:01.123Z"
    assert to_text(moment.replace(microsecond=0)) == "2026-11-21T22:43:01.000Z"


def test_a_moment_of_another_zone_is_written_in_utc() -> None:
    moment = datetime(2026, 1, 1, 1, 0, tzinfo=timezone(timedelta(hours=2)))
    assert to_text(moment) == "2025-12-31T23:00:00.000Z"


@pytest.mark.parametrize(
    "text",
    ["2026-11-21T22:43:01.123Z", "2026-11-21T23:43:01.123+01:00", "2026-11-21t22:43:01.1239Z"],
)
def test_any_offset_is_read(text: str) -> None:
    assert from_text(text) == datetime(2026, 11, 21, 22, 43, 1, 123_000, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "yesterday",
        "2026-11-21",
        "2026-11-21T22:43:01",
        "2026-13-01T00:00:00Z",
        "1763764981",
        "2026-11-21T22:43:01+25:00",
        "2026-11-21T22:43:60Z",
    ],
)
def test_what_is_no_date_time_with_an_offset_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        from_text(text)


@pytest.mark.parametrize(
    "text",
    [
        "0001-01-01T00:00:00+01:00",
        "9999-12-31T23:59:59-01:00",
        "0001-01-05T00:00:00Z",
        "1969-12-31T23:59:59.999Z",
    ],
)
def test_a_time_outside_of_what_can_be_reckoned_with_is_refused_too(text: str) -> None:
    with pytest.raises(ValueError, match="1970"):
        from_text(text)


def test_what_is_stored_is_cut_to_the_millisecond() -> None:
    moment = datetime(2026, 1, 1, 0, 0, 0, 999_999, tzinfo=UTC)
    assert to_the_millisecond(moment).microsecond == 999_000
