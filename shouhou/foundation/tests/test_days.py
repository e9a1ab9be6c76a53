"""Counting days as the law counts: rolling past holidays, working days, months of unequal length, Shanghai's midnight."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shouhou.foundation.days import (
    Calendar,
    add_months,
    end_of_day,
    epoch_day,
    epoch_minute,
    from_epoch_day,
    local_day,
    month_span,
    start_of_day,
)

DAYS = st.dates(date(1970, 1, 1), date(2100, 1, 1))
NEAR = st.lists(st.integers(0, 40), max_size=15)
INSTANTS = st.datetimes(datetime(1992, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 – UTC is given beside


def calendar_around(day: date, holidays: list[int], extra: list[int]) -> Calendar:
    return Calendar.of((day + timedelta(n) for n in holidays), (day + timedelta(n) for n in extra))


@given(DAYS, NEAR, NEAR)
def test_a_rolled_day_is_the_first_that_is_no_holiday(day: date, holidays: list[int], extra: list[int]) -> None:
    calendar = calendar_around(day, holidays, extra)
    rolled = calendar.roll(day)
    assert rolled >= day and not calendar.is_holiday(rolled) and calendar.roll(rolled) == rolled
    assert all(calendar.is_holiday(day + timedelta(n)) for n in range((rolled - day).days))


@given(DAYS, NEAR, NEAR, st.integers(1, 12))
def test_the_nth_working_day_has_n_working_days_behind_it(day: date, holidays: list[int], extra: list[int], count: int) -> None:
    calendar = calendar_around(day, holidays, extra)
    last = calendar.add_workdays(day, count)
    passed = [day + timedelta(n) for n in range(1, (last - day).days + 1)]
    assert calendar.is_workday(last) and sum(map(calendar.is_workday, passed)) == count


def test_a_plain_weekend_is_no_holiday_and_a_make_up_saturday_is_a_working_day() -> None:
    calendar = Calendar.of([date(2026, 10, 1)], [date(2026, 10, 10)])
    assert calendar.roll(date(2026, 10, 3)) == date(2026, 10, 3)
    assert calendar.roll(date(2026, 10, 1)) == date(2026, 10, 2)
    assert (calendar.is_workday(date(2026, 10, 10)), calendar.is_workday(date(2026, 10, 11))) == (True, False)
    assert Calendar.of([date(2026, 10, 10)], [date(2026, 10, 10)]).is_holiday(date(2026, 10, 10)) is False


@pytest.mark.parametrize("count", [0, -1])
def test_no_working_days_at_all_cannot_be_added(count: int) -> None:
    with pytest.raises(ValueError, match="at least 1"):
        Calendar().add_workdays(date(2026, 1, 1), count)


@given(INSTANTS)
def test_every_instant_lies_between_the_start_and_the_end_of_its_day(at: datetime) -> None:
    day = local_day(at)
    assert start_of_day(day) <= at < start_of_day(day + timedelta(1))
    assert end_of_day(day) == start_of_day(day + timedelta(1)) - timedelta(seconds=1)
    assert local_day(end_of_day(day)) == day == local_day(start_of_day(day))


def test_shanghai_turns_the_day_at_sixteen_hours_utc_and_knows_no_summer_time_now() -> None:
    assert local_day(datetime(2026, 12, 31, 15, 59, 59, tzinfo=UTC)) == date(2026, 12, 31)
    assert local_day(datetime(2026, 12, 31, 16, tzinfo=UTC)) == date(2027, 1, 1)
    assert local_day(datetime(2026, 7, 1, 16, tzinfo=UTC)) == date(2026, 7, 2)


def test_an_instant_without_an_offset_has_no_day() -> None:
    with pytest.raises(ValueError, match="offset"):
        local_day(datetime(2026, 1, 1))  # noqa: DTZ001 – what is refused


@given(DAYS, st.integers(-600, 600))
def test_months_keep_the_day_or_clamp_to_the_months_end(day: date, months: int) -> None:
    later = add_months(day, months)
    assert (later.year * 12 + later.month) - (day.year * 12 + day.month) == months
    assert later.day == day.day or (later.day < day.day and (later + timedelta(1)).day == 1)


def test_a_month_after_the_end_of_january_is_the_end_of_february() -> None:
    assert add_months(date(2027, 1, 31), 1) == date(2027, 2, 28)
    assert add_months(date(2028, 1, 31), 1) == date(2028, 2, 29)
    assert add_months(date(2028, 2, 29), 12) == date(2029, 2, 28)
    assert add_months(date(2026, 3, 31), -1) == date(2026, 2, 28)


@given(DAYS)
def test_a_month_begins_where_the_one_before_it_ends(day: date) -> None:
    since, until = month_span(day)
    assert since <= start_of_day(day) < until
    assert month_span(local_day(until))[0] == until and month_span(local_day(since - timedelta(seconds=1)))[1] == since


@given(DAYS)
def test_the_engines_day_numbers_go_both_ways(day: date) -> None:
    assert from_epoch_day(epoch_day(day)) == day and epoch_day(day) == (day - date(1970, 1, 1)).days


@given(INSTANTS)
def test_whole_minutes_since_the_epoch_are_rounded_down(at: datetime) -> None:
    assert epoch_minute(at) == (at - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(minutes=1)
