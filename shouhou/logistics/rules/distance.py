"""How far apart two places are, as the crow flies, and how near two regions are; coordinates are millionths of a degree."""

from decimal import Decimal, InvalidOperation
from math import asin, cos, degrees, radians, sin, sqrt
from typing import Literal

EARTH_METRES = 6_371_008.8
MICRO = 10**6
LATITUDE_MOST, LONGITUDE_MOST = 90 * MICRO, 180 * MICRO
# Latitude and longitude.
Spot = tuple[int, int]
Nearness = Literal["district", "city", "province", ""]
NEARNESS_DIGITS: tuple[tuple[int, Nearness], ...] = ((6, "district"), (4, "city"), (2, "province"))


def metres(one: Spot, other: Spot) -> int:
    """The great-circle distance on the mean earth, rounded to metres (haversine; good to 0.5 %)."""
    (a, b), (c, d) = one, other
    up = sin(radians((c - a) / MICRO) / 2) ** 2
    across = sin(radians((d - b) / MICRO) / 2) ** 2 * cos(radians(a / MICRO)) * cos(radians(c / MICRO))
    return round(2 * EARTH_METRES * asin(min(1.0, sqrt(up + across))))


def band(spot: Spot, within_metres: int) -> tuple[Spot, Spot]:
    """The smallest latitudes and longitudes, and the largest, between which everything within that distance lies."""
    reach = degrees(within_metres / EARTH_METRES) * MICRO + 1
    low, high = spot[0] - reach, spot[0] + reach
    if low <= -LATITUDE_MOST or high >= LATITUDE_MOST:
        return (round(low), -LONGITUDE_MOST), (round(high), LONGITUDE_MOST)
    wide = degrees(asin(min(1.0, sin(within_metres / EARTH_METRES) / cos(radians(spot[0] / MICRO))))) * MICRO + 1
    west, east = spot[1] - wide, spot[1] + wide
    if west < -LONGITUDE_MOST or east > LONGITUDE_MOST:
        west, east = -LONGITUDE_MOST, LONGITUDE_MOST
    return (int(low) - 1, int(west) - 1), (int(high) + 1, int(east) + 1)


def read_degrees(text: str, most: int) -> int:
    """`30.657` as 30657000. Raises ValueError for what is no number or lies beyond ±`most`."""
    try:
        value = Decimal(text.strip())
    except InvalidOperation as error:
        raise ValueError(text) from error
    if not value.is_finite() or abs(value) > most:
        raise ValueError(text)
    found = int((value * MICRO).to_integral_value())
    if abs(found) > most:
        raise ValueError(text)
    return found


def read_spot(text: str) -> Spot:
    """`30.657,104.081`: latitude, longitude. Raises ValueError."""
    latitude, comma, longitude = text.replace("，", ",").partition(",")
    if not comma:
        raise ValueError(text)
    return read_degrees(latitude, LATITUDE_MOST), read_degrees(longitude, LONGITUDE_MOST)


def written_degrees(micro: int) -> Decimal:
    return (Decimal(micro) / MICRO).quantize(Decimal("0.000001"))


def nearness(one: str, other: str) -> Nearness:
    """What two region codes share: the district, the city, the province, or nothing."""
    return next((name for digits, name in NEARNESS_DIGITS if len(one) >= digits and one[:digits] == other[:digits]), "")
