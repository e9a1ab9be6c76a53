"""China's days off and make-up working days, with the operator's overrides."""

import logging
from datetime import date

import pytest

from shouhou.policy.calendars import Override, china, unofficial


def test_the_announced_break_includes_the_weekends_that_touch_it() -> None:
    calendar = china([2025])
    assert all(calendar.is_holiday(date(2025, 10, day)) for day in range(1, 9))
    assert calendar.roll(date(2025, 10, 1)) == date(2025, 10, 9)
    assert all(calendar.is_holiday(date(2025, 4, day)) for day in (4, 5, 6))
    assert not calendar.is_holiday(date(2025, 4, 7))


def test_a_make_up_saturday_is_a_working_day_and_a_plain_weekend_is_no_holiday() -> None:
    calendar = china([2025])
    assert calendar.is_workday(date(2025, 10, 11))
    assert not calendar.is_holiday(date(2025, 10, 11))
    assert not calendar.is_holiday(date(2025, 3, 15))
    assert not calendar.is_workday(date(2025, 3, 15))


def test_an_override_outranks_the_package_in_both_directions() -> None:
    calendar = china([2025], [Override(date(2025, 10, 8), "workday"), Override(date(2025, 10, 9), "holiday")])
    assert calendar.is_workday(date(2025, 10, 8))
    assert not calendar.is_holiday(date(2025, 10, 8))
    assert calendar.is_holiday(date(2025, 10, 9))
    assert calendar.roll(date(2025, 10, 7)) == date(2025, 10, 8)


def test_a_year_without_the_official_notice_is_named_and_warned_of(caplog: pytest.LogCaptureFixture) -> None:
    assert unofficial([2024, 2025, 2026]) == []
    assert unofficial([2034, 2025]) == [2034]
    with caplog.at_level(logging.WARNING, logger="shouhou.policy.calendars"):
        china([2034, 2025])
    assert "2034" in caplog.text
