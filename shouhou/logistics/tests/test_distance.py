"""Distances on the globe, and what region codes share."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shouhou.logistics.regions import region_names
from shouhou.logistics.rules.distance import MICRO, Spot, band, metres, nearness, read_spot, written_degrees

HALF_ROUND = 20_015_115
spots = st.tuples(st.integers(-90 * MICRO, 90 * MICRO), st.integers(-180 * MICRO, 180 * MICRO))
chinese = st.tuples(st.integers(18 * MICRO, 54 * MICRO), st.integers(73 * MICRO, 135 * MICRO))


def test_from_chunxi_road_to_the_bund_it_is_about_1662_kilometres() -> None:
    assert metres(read_spot("30.657,104.081"), read_spot("31.240,121.490")) == pytest.approx(1_662_000, rel=0.003)


def test_a_degree_of_latitude_is_about_111_kilometres() -> None:
    assert metres((30 * MICRO, 104 * MICRO), (31 * MICRO, 104 * MICRO)) == 111_195


@given(spots, spots)
def test_the_way_there_is_as_long_as_the_way_back_and_never_more_than_half_round(one: Spot, other: Spot) -> None:
    there = metres(one, other)
    assert there == metres(other, one)
    assert 0 <= there <= HALF_ROUND


@given(spots)
def test_nobody_is_away_from_where_they_are(spot: Spot) -> None:
    assert metres(spot, spot) == 0


@given(chinese, chinese, chinese)
def test_a_detour_is_never_shorter(one: Spot, other: Spot, between: Spot) -> None:
    assert metres(one, other) <= metres(one, between) + metres(between, other) + 2


@given(spots, spots, st.integers(1, 500_000))
def test_what_is_within_reach_lies_in_the_band(one: Spot, other: Spot, reach: int) -> None:
    (south, west), (north, east) = band(one, reach)
    inside = south <= other[0] <= north and west <= other[1] <= east
    assert inside or metres(one, other) > reach - 1


@given(spots)
def test_coordinates_are_read_as_they_are_written(spot: Spot) -> None:
    assert read_spot(f"{written_degrees(spot[0])},{written_degrees(spot[1])}") == spot


@pytest.mark.parametrize("text", ["", "30", "30,", "91,104", "30,181", "x,y", "NaN,1", "1e400,1", "30,104,5"])
def test_what_is_no_place_on_earth_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        read_spot(text)


@pytest.mark.parametrize(("one", "other", "shared"), [
    ("510104", "510104", "district"), ("510104", "510105", "city"), ("510104", "511102", "province"), ("510104", "310115", ""),
    ("5101", "510104", "city"), ("", "510104", ""), ("510104", "", ""),
])  # fmt: skip
def test_regions_share_what_their_codes_begin_with(one: str, other: str, shared: str) -> None:
    assert nearness(one, other) == shared == nearness(other, one)


def test_a_region_is_named_from_the_province_down_and_fillers_are_left_out() -> None:
    assert region_names("510104") == ("四川省", "成都市", "锦江区")
    assert region_names("310115") == ("上海市", "浦东新区")
    assert region_names("999999") == ()
