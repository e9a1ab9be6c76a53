"""Windows, parcels, attempts, waybills and regions, without a database."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shouhou.foundation.days import NO_HOLIDAYS, SHANGHAI, Calendar
from shouhou.logistics.regions import in_area, own_area, read_region, region_code
from shouhou.logistics.rules.couriers import COURIERS, courier, fits, likely, normalised
from shouhou.logistics.rules.parcels import DETAILS, PHASES, TrackPoint, standing
from shouhou.logistics.rules.pickups import after_failed_attempt
from shouhou.logistics.rules.windows import (
    ELSEWHERE,
    OWN_AREA,
    Suspension,
    due_with_pauses,
    pickup_windows,
    read_window,
)

TEN = datetime(2025, 9, 29, 10, 0, tzinfo=SHANGHAI)
GOLDEN_WEEK = Calendar.of(date(2025, 10, day) for day in range(1, 9))


def test_today_is_offered_after_the_cutoff_and_five_days_in_all() -> None:
    windows = pickup_windows(now=TEN, calendar=NO_HOLIDAYS, service=OWN_AREA)
    assert windows[0].start == datetime(2025, 9, 29, 13, 0, tzinfo=SHANGHAI)
    assert windows[-1].end == datetime(2025, 10, 3, 21, 0, tzinfo=SHANGHAI)
    assert len(windows) == 4 + 4 * 6


def test_elsewhere_the_courier_comes_from_tomorrow_until_seven() -> None:
    windows = pickup_windows(now=TEN, calendar=NO_HOLIDAYS, service=ELSEWHERE)
    assert windows[0].start == datetime(2025, 9, 30, 9, 0, tzinfo=SHANGHAI)
    assert max(window.end.astimezone(SHANGHAI).hour for window in windows) == 19


def test_no_window_lies_on_a_holiday_and_still_five_days_are_offered() -> None:
    days = {window.start.date() for window in pickup_windows(now=TEN, calendar=GOLDEN_WEEK, service=OWN_AREA)}
    assert days == {date(2025, 9, 29), date(2025, 9, 30), date(2025, 10, 9), date(2025, 10, 10), date(2025, 10, 11)}


def test_a_suspended_region_gets_no_window_but_its_neighbour_does() -> None:
    flood = [Suspension(date(2025, 9, 29), date(2025, 9, 30), "flood", "5101")]
    inside = pickup_windows(now=TEN, calendar=NO_HOLIDAYS, service=OWN_AREA, region_code="510104", suspensions=flood)
    outside = pickup_windows(now=TEN, calendar=NO_HOLIDAYS, service=OWN_AREA, region_code="310101", suspensions=flood)
    assert inside[0].start.date() == date(2025, 10, 1)
    assert outside[0].start.date() == date(2025, 9, 29)


def test_a_suspension_without_end_offers_nothing_instead_of_looping() -> None:
    for_ever = [Suspension(date(2025, 1, 1), date(2030, 1, 1), "flood")]
    assert pickup_windows(now=TEN, calendar=NO_HOLIDAYS, service=OWN_AREA, suspensions=for_ever) == []


def test_a_pickup_due_on_the_national_day_moves_behind_the_holiday_with_its_cause() -> None:
    due, pauses = due_with_pauses(datetime(2025, 10, 1, 12, 0, tzinfo=SHANGHAI), calendar=GOLDEN_WEEK)
    assert due == datetime(2025, 10, 9, 12, 0, tzinfo=SHANGHAI)
    assert [cause for _, cause in pauses] == ["statutory_holiday"] * 8
    assert pauses[0][0] == date(2025, 10, 1)


def test_a_window_is_read_back_from_its_code() -> None:
    window = pickup_windows(now=TEN, calendar=NO_HOLIDAYS, service=OWN_AREA)[3]
    assert read_window(window.code) == window


@pytest.mark.parametrize("code", ["", "tomorrow", "2025-09-29T13:00/2025-09-29T15:00", "2025-09-29T13:00:00+08:00"])
def test_what_is_no_window_is_none(code: str) -> None:
    assert read_window(code) is None


points = st.lists(
    st.builds(
        TrackPoint,
        at=st.integers(0, 50).map(lambda hour: datetime(2025, 1, 1, tzinfo=UTC) + timedelta(hours=hour)),
        event=st.uuids().map(str),
        code=st.sampled_from([*DETAILS, "999"]),
    ),
    max_size=12,
)


@given(points, st.randoms())
def test_a_parcels_standing_does_not_depend_on_the_order_of_arrival(news: list[TrackPoint], random: Any) -> None:
    shuffled = list(news)
    random.shuffle(shuffled)
    assert standing(shuffled) == standing(news)


@given(points)
def test_a_parcels_phase_never_goes_back_whatever_arrives_next(news: list[TrackPoint]) -> None:
    ranks = [PHASES.index(standing(news[:count]).phase) for count in range(len(news) + 1)]
    assert ranks == sorted(ranks)


def test_a_late_line_from_before_the_delivery_changes_nothing_but_the_list() -> None:
    day = datetime(2025, 1, 1, tzinfo=UTC)
    delivered = [TrackPoint(day + timedelta(hours=9), "b", "301")]
    with_late = standing([*delivered, TrackPoint(day, "a", "405")])
    assert (with_late.phase, with_late.code, with_late.problem) == ("delivered", "301", False)
    assert with_late.delivered_at == day + timedelta(hours=9)


def test_a_problem_is_shown_until_newer_news_comes() -> None:
    day = datetime(2025, 1, 1, tzinfo=UTC)
    trouble = [TrackPoint(day, "a", "202"), TrackPoint(day + timedelta(hours=1), "b", "405")]
    assert standing(trouble).problem
    assert standing(trouble).phase == "delivering"
    assert not standing([*trouble, TrackPoint(day + timedelta(hours=2), "c", "419")]).problem


def test_the_third_failed_visit_uses_the_pickup_up() -> None:
    states = []
    state = "booked"
    for attempt in (1, 2, 3):
        after = after_failed_attempt(state, attempt=attempt, most=3, seen_most=attempt - 1)
        state = after.state
        states.append((after.state, after.announce))
    assert states == [("attempted", "attempt_failed"), ("attempted", "attempt_failed"), ("failed", "exhausted")]


def test_a_visit_reported_late_is_old_news() -> None:
    assert after_failed_attempt("attempted", attempt=1, most=3, seen_most=2).announce is None
    assert after_failed_attempt("collected", attempt=1, most=3, seen_most=0).state == "collected"


@pytest.mark.parametrize(
    ("code", "number"),
    [("SF", "SF1234567890123"), ("JD", "JDVA12345678901"), ("JD", "JD0012345678901-1-1-"), ("ZTO", "75312345678901"),
     ("YTO", "YT1234567890123"), ("EMS", "EA123456789CN"), ("JTSD", "JT1234567890123"), ("OTHER", "AB-1234567")],
)  # fmt: skip
def test_waybills_of_the_known_couriers_fit(code: str, number: str) -> None:
    assert fits(normalised(number), COURIERS[code])


@pytest.mark.parametrize(
    ("code", "number"),
    [("SF", "123"), ("ZTO", "75312A45678901"), ("EMS", "EA12345678CN"), ("OTHER", "ABCDEFGH"), ("OTHER", "1" * 31)],
)
def test_what_cannot_be_a_waybill_does_not_fit(code: str, number: str) -> None:
    assert not fits(normalised(number), COURIERS[code])


def test_a_waybill_is_read_as_people_type_it() -> None:
    assert normalised(" sf１２３4 5678 90123 ") == "SF1234567890123"
    assert likely("sf1234567890123")[0].code == "SF"


def test_couriers_are_found_by_code_and_by_name_in_both_languages() -> None:
    assert courier("sf") == courier("顺丰速运") == courier("SF Express") == COURIERS["SF"]
    assert courier("hovercraft") is None
    assert all(one.name.zh and one.name.en for one in COURIERS.values())


def test_every_detail_has_both_languages() -> None:
    assert all(detail.label.zh and detail.label.en for detail in DETAILS.values())


@pytest.mark.parametrize(
    ("text", "code"),
    [("四川省成都市锦江区春熙路", "510104"), ("四川成都锦江", "510104"), ("上海浦东张江", "310115"), ("重庆市渝中区", "500103"),
     ("广东省东莞市长安镇", "4419"), ("海南省文昌市", "469005"), ("成都市锦江区", ""), ("", "")],
)  # fmt: skip
def test_a_region_is_read_from_an_address(text: str, code: str) -> None:
    assert read_region(text) == code


def test_a_listed_region_is_in_the_own_area_and_an_unlisted_county_is_not() -> None:
    assert in_area(region_code({"region": "四川省成都市锦江区"}), own_area())
    assert not in_area(region_code({"region": "四川省甘孜藏族自治州石渠县"}), own_area())
    assert not in_area("", {**own_area(), "": True})
    assert not in_area("510104", {"5101": True, "510104": False})
    assert region_code({"region_code": "510104", "region": "上海"}) == "510104"
