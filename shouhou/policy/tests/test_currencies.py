"""Amounts of the book in other currencies: by its reference rates, exact to the minor unit; without a rate nothing by rule."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shouhou.foundation.money import EXPONENTS, Money, exponent
from shouhou.foundation.refusals import Refused
from shouhou.policy.library import DEFAULT_BOOK, shipped
from shouhou.policy.pages import policy_page
from shouhou.policy.strict_yaml import load_table
from shouhou.policy.terms import HOUSE, RATE_STEPS, Terms, read_term

TERMS = shipped(DEFAULT_BOOK).terms
RATED = sorted(name.removeprefix("rate_").upper() for name, term in TERMS.terms.items() if term.type == "rate")
AMOUNTS = sorted(name for name, term in TERMS.terms.items() if term.type == "money" and not term.by)


@pytest.mark.parametrize(
    ("currency", "limit"),
    [("CNY", 500_000), ("GBP", 55_556), ("USD", 71_429), ("JPY", 100_000), ("KRW", 1_000_000), ("KWD", 217_391)],
)
def test_a_limit_is_worth_the_same_in_every_currency_whatever_its_decimals(currency: str, limit: int) -> None:
    assert TERMS.within(currency).number("second_person_above") == limit


def test_a_currency_without_a_rate_has_no_amount_to_hold_anything_against() -> None:
    unknown = TERMS.within("ISK")
    assert not unknown.has_rate
    assert {name: unknown.number(name) for name in AMOUNTS} == dict.fromkeys(AMOUNTS, 0)


def test_what_is_no_money_is_the_same_everywhere() -> None:
    for name in ("no_reason_return_days", "repair_guarantee_days", "late_compensation_percent"):
        assert TERMS.within("JPY").number(name) == TERMS.within("ISK").number(name) == TERMS.number(name)


@given(st.sampled_from(RATED), st.sampled_from(AMOUNTS))
def test_back_in_the_house_s_money_it_is_the_book_s_amount_within_half_a_minor_unit(currency: str, name: str) -> None:
    there, here = TERMS.within(currency).number(name), TERMS.number(name)
    rate = TERMS.number(f"rate_{currency.lower()}")
    worth = there * rate * 10 ** exponent(HOUSE)
    step = rate * 10 ** exponent(HOUSE)
    assert abs(worth - here * RATE_STEPS * 10 ** exponent(currency)) * 2 <= step


def test_currencies_without_decimals_and_with_three_are_among_the_rated() -> None:
    assert {EXPONENTS.get(currency, 2) for currency in RATED} == {0, 2, 3}


def test_told_and_told_again_in_another_currency_nothing_is_converted_twice() -> None:
    assert TERMS.within("GBP").within("JPY").number("second_person_above") == 100_000
    assert TERMS.within("GBP").within("CNY").number("second_person_above") == 500_000


@pytest.mark.parametrize("value", ['"0"', '"-1"', '"NaN"', '"Infinity"', '"0.0000001"', "7", '"seven"', "true"])
def test_a_rate_is_a_positive_decimal_text_of_six_places_at_most(value: str) -> None:
    head = "rate_xyz:\n  type: rate\n  section: refund\n  label: {zh: 汇率, en: rate}\n  sources: [ASSUMPTION]\n"
    table = load_table(f"{head}  versions: [{{since: 2014-03-15, value: {value}}}]\n", "terms.yaml")
    with pytest.raises(Refused) as caught:
        read_term("rate_xyz", table.table("rate_xyz"), {})
    assert caught.value.code == "BAD_BOOK" and "is no rate" in str(caught.value.facts)


def test_the_page_of_the_book_prints_the_rates_as_they_are_written() -> None:
    page = policy_page(shipped(DEFAULT_BOOK), "en")
    assert "yuan for one Japanese yen<br>`rate_jpy` | 0.05 |" in page


def test_an_operator_s_own_terms_can_name_another_rate() -> None:
    own = {name: term for name, term in TERMS.terms.items() if name != "rate_gbp"}
    assert Terms(own, TERMS.day, "GBP").number("second_person_above") == 0
    assert Money(TERMS.within("GBP").number("second_person_above"), "GBP").decimal > 500
