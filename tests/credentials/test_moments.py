from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credentials.errors import MalformedCredential
from credentials.moments import ledger_moment, ledger_seconds, parse_moment
from credentials.verdict import rfc3339


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-11-21T10:00:00Z", datetime(2026, 11, 21, 10, tzinfo=UTC)),
        ("2026-11-21T10:00:00+02:00", datetime(2026, 11, 21, 8, tzinfo=UTC)),
        ("2026-11-21T10:00:00-00:00", datetime(2026, 11, 21, 10, tzinfo=UTC)),
        ("2026-11-21T10:00:00-14:00", datetime(2026, 11, 22, 0, tzinfo=UTC)),
        ("2026-11-21T10:00:00.5Z", datetime(2026, 11, 21, 10, 0, 0, 500_000, tzinfo=UTC)),
        ("2026-11-21T10:00:00.123456789Z", datetime(2026, 11, 21, 10, 0, 0, 123_456, tzinfo=UTC)),
        ("9999-12-31T23:59:59Z", datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)),
        ("0001-01-01T00:00:00Z", datetime(1, 1, 1, tzinfo=UTC)),
    ],
)
def test_a_date_with_its_zone_is_one_moment(text: str, moment: datetime) -> None:
    assert parse_moment(text, name="validFrom") == moment


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-21T10:00:00",
        "2026-11-21",
        "2026-11-21 10:00:00Z",
        "2026-11-21t10:00:00z",
        "2026-11-21T10:00Z",
        "2026-11-21T24:00:00Z",
        "2026-11-21T10:60:00Z",
        "2016-12-31T23:59:60Z",
        "2026-11-21T10:00:00,5Z",
        "2026-11-21T10:00:00.Z",
        "2026-11-21T10:00:00.0000000000Z",
        "2026-11-21T10:00:00+14:01",
        "2026-11-21T10:00:00+0200",
        "2026-11-21T10:00:00[Europe/Rome]",
        "2026-W47-6T10:00:00Z",
        "+2026-11-21T10:00:00Z",
        "10000-01-01T00:00:00Z",
        "２026-11-21T10:00:00Z",  # noqa: RUF001  a digit that is none of ASCII's
        "2026-11-21T10:00:00Z\n",
        "",
        "2" * 100_000,
        1_795_255_200,
        None,
        ["2026-11-21T10:00:00Z"],
    ],
)
def test_a_date_without_zone_or_in_another_form_is_refused(text: object) -> None:
    with pytest.raises(MalformedCredential, match="validFrom is no date and time with a time zone"):
        parse_moment(text, name="validFrom")


@pytest.mark.parametrize(
    "text",
    [
        "2026-02-29T10:00:00Z",
        "2026-13-01T10:00:00Z",
        "2026-00-01T10:00:00Z",
        "0000-01-01T00:00:00Z",
        "9999-12-31T23:59:59-01:00",
        "0001-01-01T00:00:00+01:00",
    ],
)
def test_a_day_outside_the_calendar_is_refused_without_overflow(text: str) -> None:
    with pytest.raises(MalformedCredential, match="no moment of the calendar"):
        parse_moment(text, name="validFrom")


@given(st.datetimes(timezones=st.just(UTC)))
def test_what_is_printed_is_read_back_to_the_second(moment: datetime) -> None:
    text = rfc3339(moment)
    assert len(text) == 20
    read = parse_moment(text, name="x")
    assert read == moment.replace(microsecond=0)
    assert ledger_moment(ledger_seconds(moment)) == read


def test_seconds_are_rounded_down_before_1970_too() -> None:
    assert ledger_seconds(datetime(1970, 1, 1, tzinfo=UTC) - timedelta(microseconds=1)) == -1


@pytest.mark.parametrize("seconds", [2**64 - 1, 253_402_300_800, -(2**53)])
def test_seconds_beyond_the_calendar_are_its_nearest_end(seconds: int) -> None:
    assert ledger_moment(seconds).year in {1, 9999}
