"""The usual freight of a way back: by route and weight, whole kilograms, in every currency of the book."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shouhou.policy.library import DEFAULT_BOOK, shipped
from shouhou.policy.rules.freight_ceiling import Route, freight_ceiling

TERMS = shipped(DEFAULT_BOOK).terms
ROUTES: tuple[Route, ...] = ("same_city", "same_province", "other_province", "remote")


@pytest.mark.parametrize(
    ("route", "grams", "minor"),
    [
        (None, 9000, 2500), ("same_city", None, 1500), ("same_city", 1000, 1500), ("same_city", 1001, 1700), ("same_city", 2000, 1700),
        ("other_province", 3500, 4900), ("remote", 2001, 7000),
    ],
)  # fmt: skip
def test_each_kilogram_begun_counts(route: Route | None, grams: int | None, minor: int) -> None:
    assert freight_ceiling(TERMS, route=route, grams=grams) == minor


@given(st.sampled_from(ROUTES), st.integers(0, 50_000), st.integers(0, 50_000))
def test_heavier_is_never_less_and_farther_is_never_less(route: Route, one: int, other: int) -> None:
    light, heavy = sorted((one, other))
    assert freight_ceiling(TERMS, route=route, grams=light) <= freight_ceiling(TERMS, route=route, grams=heavy)
    ways = [freight_ceiling(TERMS, route=each, grams=light) for each in ROUTES]
    assert ways == sorted(ways)


def test_it_is_worth_the_same_in_another_currency() -> None:
    assert freight_ceiling(TERMS.within("JPY"), route="same_city", grams=None) == 300
