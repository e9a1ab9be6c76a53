"""Money: nothing is lost or made, no float gets in, currencies do not mix."""

from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shouhou.foundation.money import Money, split

WEIGHTS = st.lists(st.integers(0, 10**12), min_size=1, max_size=40).filter(any)
AMOUNTS = st.integers(-(10**13), 10**13)


@given(AMOUNTS, WEIGHTS)
def test_shares_add_up_and_none_is_a_whole_unit_away_from_its_exact_part(minor: int, weights: list[int]) -> None:
    shares = split(minor, weights)
    total = sum(weights)
    assert sum(shares) == minor and len(shares) == len(weights)
    for share, weight in zip(shares, weights, strict=True):
        assert abs(share * total - minor * weight) < total
        assert share == 0 or (weight > 0 and (share > 0) == (minor > 0))


@given(AMOUNTS, WEIGHTS)
def test_a_larger_weight_never_gets_less_and_a_negative_amount_is_the_mirror_image(minor: int, weights: list[int]) -> None:
    shares = split(abs(minor), weights)
    by_weight = sorted(zip(weights, shares, strict=True), key=lambda pair: pair[0])
    assert all(a[1] <= b[1] for a, b in pairwise(by_weight) if a[0] < b[0])
    assert split(-abs(minor), weights) == [-share for share in shares]


def test_what_is_left_over_goes_to_the_largest_remainders_then_the_larger_weight_then_the_first() -> None:
    assert split(100, [1, 1, 1]) == [34, 33, 33]
    assert split(10000, [100, 35]) == [7407, 2593]
    assert split(1, [1, 3, 1]) == [0, 1, 0]
    assert split(2, [5, 5, 5, 5]) == [1, 1, 0, 0]
    assert split(0, [3, 0]) == [0, 0]


@pytest.mark.parametrize("weights", [[], [0], [0, 0], [1, -1], [5, -1]])
def test_weights_that_say_nothing_are_refused(weights: list[int]) -> None:
    with pytest.raises(ValueError, match="weights"):
        split(100, weights)


@given(st.integers(-(10**15), 10**15), st.sampled_from(["CNY", "JPY", "KWD", "USD"]))
def test_main_units_and_minor_units_are_the_same_money(minor: int, currency: str) -> None:
    assert Money.of(Money(minor, currency).decimal, currency) == Money(minor, currency)


def test_half_a_minor_unit_rounds_away_from_zero_in_every_currency() -> None:
    assert [Money.of(text).minor for text in ("0.005", "-0.005", "0.004", "19.90")] == [1, -1, 0, 1990]
    assert (Money.of("0.5", "JPY").minor, Money.of("1.0005", "KWD").minor) == (1, 1001)


def test_a_float_is_refused_whatever_its_value() -> None:
    with pytest.raises(TypeError, match="float"):
        Money.of(1.0)  # type: ignore[arg-type]


def test_currencies_do_not_mix() -> None:
    yuan, yen = Money(100, "CNY"), Money(100, "JPY")
    for act in (yuan.__add__, yuan.__sub__, yuan.__lt__, yuan.__le__):
        with pytest.raises(ValueError, match="do not mix"):
            act(yen)
    assert (str(Money(1234567)), str(Money(5, "JPY")), yuan.decimal) == ("CNY 12,345.67", "JPY 5", Decimal("1.00"))


@given(AMOUNTS, WEIGHTS)
def test_money_splits_into_money_of_its_own_currency(minor: int, weights: list[int]) -> None:
    parts = Money(minor, "JPY").split(weights)
    assert sum(part.minor for part in parts) == minor and {part.currency for part in parts} == {"JPY"}


@pytest.mark.parametrize(("currency", "minor", "main"), [("XOF", 1500, "1500"), ("IQD", 1500, "1.500"), ("LYD", 1, "0.001")])
def test_currencies_without_cents_and_with_three_places_keep_their_own(currency: str, minor: int, main: str) -> None:
    assert str(Money(minor, currency).decimal) == main and Money.of(main, currency).minor == minor


@pytest.mark.parametrize(
    ("text", "currency", "minor"),
    [("1,234.50", "CNY", 123450), (" ¥8 ", "CNY", 800), ("1500", "JPY", 1500), ("1.005", "KWD", 1005)],
)  # fmt: skip
def test_what_a_person_wrote_is_taken_exactly(text: str, currency: str, minor: int) -> None:
    assert Money.exactly(text, currency) == Money(minor, currency)


@pytest.mark.parametrize(
    ("text", "currency"), [("8.005", "CNY"), ("8.5", "JPY"), ("much", "CNY"), ("", "CNY"), ("NaN", "CNY"), ("Infinity", "CNY")]
)
def test_more_places_than_the_currency_has_are_no_amount(text: str, currency: str) -> None:
    with pytest.raises(ValueError):
        Money.exactly(text, currency)
