"""Price protection and compensation as pure rules: bounds that hold for every price, quantity and day."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shouhou.foundation.days import Calendar
from shouhou.policy.library import DEFAULT_BOOK, shipped
from shouhou.policy.promise_rules import RULES, promise
from shouhou.policy.promises import REASONS, Promise, PromiseFacts
from shouhou.policy.rules.compensation import late_amount
from shouhou.policy.rules.price_protection import EXCLUSIONS, compare

PLACED = datetime(2026, 3, 8, 4, tzinfo=UTC)
TERMS = shipped(DEFAULT_BOOK).terms
FACTS = PromiseFacts(
    service="price_protection", reason="price_drop", at=PLACED + timedelta(days=2), channel="self", member="none",
    category="generic", placed_at=PLACED, shipped_at=None, signed_at=None, received_on=None, quantity=1, ordered=1,
    unit_price_minor=19900, paid_minor=19900, merchant="self",
)  # fmt: skip
LATE = replace(FACTS, service="compensation", reason="late_delivery")
MONEY = st.integers(1, 10**9)


def entry(price: int, **more: Any) -> dict[str, Any]:
    since = (PLACED + timedelta(days=1)).isoformat()
    return {"price": price, "from": since, "to": None, "kind": "regular", "in_stock": True} | more


def said(facts: PromiseFacts) -> Promise:
    return promise(facts, terms=TERMS, calendar=Calendar.of())


@given(
    paid=MONEY, ordered=st.integers(1, 20), returned=st.integers(0, 20), refunded=MONEY,
    prices=st.lists(MONEY, max_size=6), data=st.data(),
)  # fmt: skip
def test_nobody_is_paid_more_than_what_is_still_paid_for_the_units(
    paid: int, ordered: int, returned: int, refunded: int, prices: list[int], data: st.DataObject
) -> None:
    returned, refunded = min(returned, ordered), min(refunded, paid)
    quantity = data.draw(st.integers(1, ordered))
    facts = replace(
        FACTS, ordered=ordered, returned=returned, quantity=quantity, paid_minor=paid, refunded_minor=refunded,
        shop={"prices": [entry(price) for price in prices]},
    )  # fmt: skip
    found = said(facts)
    amount = found.amount_minor or 0
    assert 0 <= amount <= paid - refunded
    assert bool(amount) == (found.verdict == "allow")
    if amount:
        # To the cent: what the units still cost, less what they cost at the lowest price.
        assert amount == (paid - refunded) * quantity // (ordered - returned) - min(prices) * quantity


@given(nothing=st.integers(-(10**9), 0), lower=st.integers(1, 19899))
def test_a_price_of_nothing_is_no_price(nothing: int, lower: int) -> None:
    assert said(replace(FACTS, shop={"prices": [entry(nothing)]})).amount_minor == 0
    assert said(replace(FACTS, shop={"prices": [entry(nothing), entry(lower)]})) == said(replace(FACTS, shop={"prices": [entry(lower)]}))


@given(prices=st.lists(MONEY, min_size=1, max_size=5), more=MONEY)
def test_another_price_never_pays_less_and_one_that_does_not_count_changes_nothing(prices: list[int], more: int) -> None:
    known = [entry(price) for price in prices]
    before = said(replace(FACTS, shop={"prices": known})).amount_minor or 0
    assert (said(replace(FACTS, shop={"prices": [*known, entry(more)]})).amount_minor or 0) >= before
    for kind in ("flash", "clearance", "coupon", "member", "secondary"):
        assert (said(replace(FACTS, shop={"prices": [*known, entry(more, kind=kind)]})).amount_minor or 0) == before


@given(first=st.integers(1, 19900), parts=st.integers(1, 3))
def test_piece_by_piece_or_at_once_it_adds_up_to_the_same(first: int, parts: int) -> None:
    price, paid_back = 19900, 0
    steps = [first + (19900 - first) * left // parts for left in range(parts - 1, -1, -1)]
    for price in steps:
        facts = replace(FACTS, refunded_minor=paid_back, shop={"prices": [entry(price)]})
        paid_back += compare(facts, TERMS).difference(1)
    assert paid_back == 19900 - price


@pytest.mark.parametrize(("change", "verdict", "reason"), [
    ({}, "allow", "PP_TO_BE_COMPARED"),
    ({"earlier": 3}, "deny", "PP_TIMES_USED"),
    ({"returned": 1}, "deny", "PP_RETURNED"),
    ({"paid_minor": 0}, "deny", "PP_RETURNED"),
    ({"category": "fresh"}, "deny", "PP_NOT_PROMISED"),
    ({"category": "phone", "at": PLACED + timedelta(days=15)}, "deny", "PP_WINDOW_OVER"),
])  # fmt: skip
def test_what_stands_in_the_way_is_told_before_any_price_is_known(change: dict[str, Any], verdict: str, reason: str) -> None:
    found = said(replace(FACTS, **change))
    assert (found.verdict, found.reasons) == (verdict, (reason,))


def test_a_price_counts_only_while_it_held_after_the_order() -> None:
    before = {"from": (PLACED - timedelta(days=9)).isoformat(), "to": PLACED.isoformat()}
    later = {"from": (FACTS.at + timedelta(seconds=1)).isoformat()}
    for price in (entry(100, **before), entry(100, **later)):
        assert said(replace(FACTS, shop={"prices": [price]})).reasons == ("PP_NO_LOWER_PRICE",)
    ended = entry(100, to=(PLACED + timedelta(days=1, hours=1)).isoformat())
    assert said(replace(FACTS, shop={"prices": [ended]})).amount_minor == 19800


def test_several_exclusions_are_all_named() -> None:
    prices = [entry(100, kind="flash"), entry(200, in_stock=False), entry(300, merchant="other")]
    assert said(replace(FACTS, shop={"prices": prices})).reasons == ("PP_FLASH_SALE", "PP_SOLD_OUT", "PP_OTHER_MERCHANT")


@given(paid=st.integers(0, 10**10))
def test_late_shipping_is_worth_between_the_least_and_the_most(paid: int) -> None:
    amount = late_amount(paid, TERMS)
    assert 500 <= amount <= 10000
    assert amount in (500, 10000) or amount == -(-paid * 5 // 100)


@pytest.mark.parametrize(("hours", "verdict"), [(24, "deny"), (24.01, "allow")])
def test_late_is_later_than_promised_to_the_second(hours: float, verdict: str) -> None:
    assert said(replace(LATE, shipped_at=PLACED + timedelta(hours=hours))).verdict == verdict


def test_what_is_not_shipped_yet_is_late_once_the_promise_is_over() -> None:
    assert said(replace(LATE, at=PLACED + timedelta(hours=23))).reasons == ("COMP_NOT_LATE_YET",)
    assert said(replace(LATE, at=PLACED + timedelta(hours=25))).amount_minor == 995


@pytest.mark.parametrize("channel", ["self", "third"])
@pytest.mark.parametrize("service", sorted(RULES))
def test_every_reason_names_a_term_of_the_book_and_speaks_both_languages(service: str, channel: str) -> None:
    found = said(replace(FACTS, service=service, channel=channel))
    assert all(code in REASONS for code in found.reasons)
    assert all(reason.text.zh and reason.text.en and (not reason.term or reason.term in TERMS.terms) for reason in REASONS.values())
    assert all(flag in TERMS.terms and reason in REASONS for _, flag, reason in EXCLUSIONS)
