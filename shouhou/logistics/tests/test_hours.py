"""Opening hours: split, past midnight, holidays and closings; what is written is read the same."""

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shouhou.foundation.days import NO_HOLIDAYS, SHANGHAI, Calendar
from shouhou.logistics.rules.hours import (
    CLOSED_ALL_WEEK,
    HOLIDAY,
    Closing,
    Hours,
    Opening,
    Week,
    checked,
    opening,
    read_closings,
    read_week,
    written_closings,
    written_week,
)

SHOP = read_week("1-5 09:00-12:00,13:30-18:00; 6 10:00-16:00")
BAR = read_week("5-6 20:00-02:00")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


def state(hours: Hours, when: str, calendar: Calendar = NO_HOLIDAYS) -> Opening:
    return opening(hours, at=at(when), calendar=calendar)


@pytest.mark.parametrize(("when", "found"), [
    ("2026-11-23 09:00", Opening(True, until=at("2026-11-23 12:00"))),
    ("2026-11-23 11:59:59", Opening(True, until=at("2026-11-23 12:00"))),
    ("2026-11-23 12:00", Opening(False, opens_at=at("2026-11-23 13:30"))),
    ("2026-11-23 18:00", Opening(False, opens_at=at("2026-11-24 09:00"))),
    ("2026-11-28 16:30", Opening(False, opens_at=at("2026-11-30 09:00"))),
])  # fmt: skip
def test_split_hours_close_at_noon_and_open_again(when: str, found: Opening) -> None:
    assert state(Hours(SHOP), when) == found


@pytest.mark.parametrize(("when", "found"), [
    ("2026-11-28 01:30", Opening(True, until=at("2026-11-28 02:00"))),
    ("2026-11-28 02:00", Opening(False, opens_at=at("2026-11-28 20:00"))),
    ("2026-11-29 01:59", Opening(True, until=at("2026-11-29 02:00"))),
    ("2026-11-29 02:01", Opening(False, opens_at=at("2026-12-04 20:00"))),
])  # fmt: skip
def test_a_night_belongs_to_the_day_on_which_it_began(when: str, found: Opening) -> None:
    assert state(Hours(BAR), when) == found


def test_hours_that_touch_at_midnight_are_one_and_all_day_every_day_never_closes() -> None:
    assert state(Hours(read_week("1 09:00-24:00; 2 00:00-06:00")), "2026-11-23 23:00").until == at("2026-11-24 06:00")
    assert state(Hours(read_week("1-7 00:00-24:00")), "2026-11-23 23:00") == Opening(True)


def test_a_holiday_closes_only_who_closes_on_holidays() -> None:
    calendar = Calendar.of([date(2026, 11, 23)])
    assert state(Hours(SHOP), "2026-11-23 09:30", calendar).open
    closed = Hours(SHOP, closed_on_holidays=True)
    assert state(closed, "2026-11-23 09:30", calendar) == Opening(False, opens_at=at("2026-11-24 09:00"), cause=HOLIDAY)


def test_a_closing_shuts_all_its_days_and_its_note_is_the_cause() -> None:
    moved = Hours(SHOP, (Closing(date(2026, 11, 23), date(2026, 11, 24), "搬迁"),))
    assert state(moved, "2026-11-23 09:30") == Opening(False, opens_at=at("2026-11-25 09:00"), cause="搬迁")
    assert state(moved, "2026-11-25 09:30").open


def test_a_night_that_began_before_a_closing_ends_as_it_would() -> None:
    eve = Hours(BAR, (Closing(date(2026, 11, 28), date(2026, 11, 28)),))
    assert state(eve, "2026-11-28 01:00").until == at("2026-11-28 02:00")
    assert state(eve, "2026-11-28 21:00").opens_at == at("2026-12-04 20:00")


def test_who_is_never_open_opens_never() -> None:
    assert state(Hours(CLOSED_ALL_WEEK), "2026-11-23 09:00") == Opening(False)


def test_an_instant_without_offset_is_refused() -> None:
    with pytest.raises(ValueError, match="offset"):
        opening(Hours(SHOP), at=datetime(2026, 11, 23, 9), calendar=NO_HOLIDAYS)  # noqa: DTZ001


@pytest.mark.parametrize("text", [
    "1-5 9-18", "8 09:00-18:00", "1 24:00-25:00", "1 09:00-12:00,11:00-18:00", "1 09:00-18:00; 1 19:00-20:00", "5-1 09:00-18:00",
    "7 20:00-09:00; 1 08:00-12:00", "1 09:00", "x",
])  # fmt: skip
def test_hours_that_overlap_or_are_none_are_refused(text: str) -> None:
    with pytest.raises(ValueError):
        read_week(text)


@pytest.mark.parametrize("text", ["2026-02-30", "2026-02-05..2026-02-04", "soon", "2026-01-01..2028-01-01"])
def test_closings_that_are_none_are_refused(text: str) -> None:
    with pytest.raises(ValueError):
        read_closings(text)


def test_closings_are_written_as_they_are_read() -> None:
    told = read_closings("2027-02-05..2027-02-12 春节; 2026-12-31")
    assert told == (Closing(date(2026, 12, 31), date(2026, 12, 31)), Closing(date(2027, 2, 5), date(2027, 2, 12), "春节"))
    assert read_closings(written_closings(told)) == told


minutes = st.integers(0, 24 * 12).map(lambda five: five * 5)


@st.composite
def weeks(draw: st.DrawFn) -> Week:
    days = []
    for _ in range(7):
        edges = sorted(draw(st.sets(minutes, max_size=6)))
        days.append(tuple(zip(edges[::2], edges[1::2], strict=False)))
    return checked(tuple(days))


@given(weeks())
def test_every_week_is_read_as_it_was_written(week: Week) -> None:
    assert read_week(written_week(week)) == week


@given(weeks(), st.integers(0, 7 * 24 * 60 - 1))
def test_the_next_change_is_when_the_state_differs(week: Week, minute: int) -> None:
    monday = at("2026-11-23 00:00")
    now = monday + timedelta(minutes=minute)
    found = opening(Hours(week), at=now, calendar=NO_HOLIDAYS)
    change = found.until if found.open else found.opens_at
    if change is None:
        assert found.open == (week == (((0, 1440),),) * 7)
        return
    assert change > now
    assert opening(Hours(week), at=change, calendar=NO_HOLIDAYS).open is not found.open
    assert opening(Hours(week), at=change - timedelta(seconds=1), calendar=NO_HOLIDAYS).open is found.open
