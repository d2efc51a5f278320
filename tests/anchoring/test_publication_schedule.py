"""Publication on a grid: regular, overlapping, and deaf to what changed."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anchoring.errors import InvalidSchedule
from anchoring.publication_schedule import MAX_PERIOD, MIN_PERIOD, PublicationSchedule

HOURLY = PublicationSchedule(timedelta(hours=1), timedelta(minutes=7))
NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


@st.composite
def schedules(draw: st.DrawFn) -> PublicationSchedule:
    """Any schedule."""
    every = draw(st.integers(MIN_PERIOD // timedelta(seconds=1), MAX_PERIOD // timedelta(seconds=1)))
    return PublicationSchedule(timedelta(seconds=every), timedelta(seconds=draw(st.integers(0, every - 1))))


moments = st.datetimes(
    min_value=datetime(1980, 1, 1),  # noqa: DTZ001 - hypothesis adds the zone
    max_value=datetime(9000, 1, 1),  # noqa: DTZ001 - hypothesis adds the zone
    timezones=st.sampled_from([UTC, timezone(timedelta(hours=2)), timezone(timedelta(hours=-11))]),
)


def test_a_list_is_published_at_seven_past_each_hour() -> None:
    assert HOURLY.next_after(NOON) == NOON + timedelta(minutes=7)
    assert HOURLY.last_until(NOON) == NOON - timedelta(minutes=53)
    assert HOURLY.next_after(HOURLY.next_after(NOON)) == NOON + timedelta(hours=1, minutes=7)


def test_a_list_is_due_when_a_moment_of_the_grid_has_come_and_not_before() -> None:
    published = HOURLY.next_after(NOON)
    assert not HOURLY.due(published, published)
    assert not HOURLY.due(published, published + timedelta(minutes=59, seconds=59))
    assert HOURLY.due(published, published + timedelta(hours=1))
    assert HOURLY.due(published - timedelta(seconds=1), published)


def test_a_list_never_published_is_due() -> None:
    assert HOURLY.due(None, NOON)


def test_a_list_published_out_of_turn_does_not_move_the_grid() -> None:
    urgent = NOON + timedelta(minutes=31)
    assert HOURLY.next_after(urgent) == NOON + timedelta(hours=1, minutes=7)
    assert HOURLY.validity(urgent) == HOURLY.validity(NOON + timedelta(minutes=8))


@given(schedules(), moments)
def test_a_moment_lies_between_two_of_the_grid(schedule: PublicationSchedule, moment: datetime) -> None:
    last, following = schedule.last_until(moment), schedule.next_after(moment)
    assert last <= moment < following
    assert following - last == schedule.every
    seconds = (following - datetime(1970, 1, 1, tzinfo=UTC) - schedule.offset) / timedelta(seconds=1)
    assert seconds % (schedule.every / timedelta(seconds=1)) == 0


@given(schedules(), moments, moments)
def test_due_means_that_the_grid_was_met_since(
    schedule: PublicationSchedule, one: datetime, other: datetime
) -> None:
    published, now = sorted((one, other))
    assert schedule.due(published, now) is (schedule.next_after(published) <= now)
    assert not schedule.due(now, now)


@given(schedules(), moments, st.timedeltas(timedelta(0), MAX_PERIOD))
def test_lists_overlap_even_when_one_comes_a_period_late(
    schedule: PublicationSchedule, published: datetime, late: timedelta
) -> None:
    valid_from, valid_until = schedule.validity(published)
    assert valid_from <= published < valid_until
    assert valid_until - valid_from == 2 * schedule.every
    following = schedule.next_after(published) + late % schedule.every
    assert schedule.validity(following)[0] <= following < valid_until


@given(schedules(), moments, st.timedeltas(timedelta(0), MAX_PERIOD))
def test_a_lists_validity_says_nothing_of_the_moment_within_its_period(
    schedule: PublicationSchedule, moment: datetime, later: timedelta
) -> None:
    begin = schedule.last_until(moment)
    assert schedule.validity(begin + later % schedule.every) == schedule.validity(begin)


@pytest.mark.parametrize(
    ("every", "offset"),
    [
        (timedelta(0), timedelta(0)),
        (timedelta(seconds=59), timedelta(0)),
        (timedelta(days=-1), timedelta(0)),
        (timedelta(days=367), timedelta(0)),
        (timedelta(hours=1), timedelta(hours=1)),
        (timedelta(hours=1), timedelta(seconds=-1)),
        (timedelta(hours=1, microseconds=1), timedelta(0)),
        (timedelta(hours=1), timedelta(milliseconds=500)),
    ],
    ids=str,
)
def test_a_grid_that_is_none_is_refused(every: timedelta, offset: timedelta) -> None:
    with pytest.raises(InvalidSchedule) as raised:
        PublicationSchedule(every, offset)
    assert raised.value.reason in str(raised.value)


def test_a_time_without_a_zone_is_refused() -> None:
    naive = NOON.replace(tzinfo=None)
    for ask in (HOURLY.next_after, HOURLY.last_until, HOURLY.validity, lambda time: HOURLY.due(time, NOON)):
        with pytest.raises(InvalidSchedule, match="offset from UTC"):
            ask(naive)


def test_a_time_beyond_all_calendars_is_refused() -> None:
    with pytest.raises(InvalidSchedule, match="calendars"):
        HOURLY.validity(datetime.max.replace(tzinfo=UTC))
