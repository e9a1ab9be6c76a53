"""A shop that sells in several currencies is settled in each of them by itself; together they are what the ledger says."""

from collections import Counter
from datetime import datetime

import pytest
from django.db import transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from shouhou.foundation.refusals import Refused
from shouhou.ledger import recipes
from shouhou.ledger.actions import hold, post, settle, void
from shouhou.ledger.queries import balances
from shouhou.settlements.actions import (
    keep_account,
    prepare_all,
    prepare_settlement,
    release_settlement,
    withdraw_settlement,
)
from shouhou.settlements.actions.accounts import AccountFacts
from shouhou.settlements.models import SettledPosting, Settlement
from shouhou.settlements.queries import currencies, proof_of, shop_money
from shouhou.settlements.tests.conftest import ANNA, BO, House, take_merchant

NOW = datetime.fromisoformat("2025-03-10T12:00:00+08:00")


def sold(shop: int, currency: str, amount: int, *, key: str) -> None:
    moves = recipes.sale(merchant=shop, channel="fake", tender="card", amount_minor=amount)
    post(moves, recipe="sale", subject=f"order:{key}", currency=currency, key=key, by="clock", now=NOW)


def back(shop: int, currency: str, amount: int, *, key: str) -> None:
    moves = recipes.refund(merchant=shop, buyer=3, channel="fake", tender="card", amount_minor=amount)
    hold(moves, recipe="refund", subject=f"case:{key}", currency=currency, key=key, by="clock", now=NOW)


def by_ledger(shop: int) -> dict[str, int]:
    found: Counter[str] = Counter()
    for row in balances(prefix=f"merchant:{shop}:"):
        found[row.currency] += row.posted_minor
    return {currency: amount for currency, amount in found.items() if amount}


def test_each_currency_has_its_own_settlement_and_its_own_lines(house: House) -> None:
    shop = house.sells().shop.pk
    sold(shop, "CNY", 5000, key="a")
    sold(shop, "USD", 700, key="b")
    sold(shop, "JPY", 90, key="c")
    assert currencies(shop) == ["CNY", "JPY", "USD"]
    usd = prepare_settlement("m1", actor=ANNA, now=NOW, currency="USD")
    assert (usd.currency, usd.payout_minor, usd.parts) == ("USD", 700, {"sales": 700})
    with pytest.raises(Refused, match="SETTLEMENT_OPEN"):
        prepare_settlement("m1", actor=ANNA, now=NOW, currency="USD")
    assert Settlement.objects.count() == 1
    assert {Settlement.objects.get(number=number).currency for number in prepare_all(now=NOW)} == {"CNY", "JPY"}
    release_settlement(usd.number, actor=BO, now=NOW)
    assert shop_money(shop, currency="USD").free_minor == 0
    assert (shop_money(shop).balance_minor, shop_money(shop, currency="JPY").balance_minor) == (5000, 90)


def test_the_deposit_fills_up_from_the_sales_of_its_own_currency_alone(house: House) -> None:
    shop = house.sells().secured(1000).shop.pk
    keep_account("m1", AccountFacts(True, 5000, "fake", "x", "6222"), actor=ANNA, now=NOW)
    post(recipes.deposit_drawn(merchant=shop, amount_minor=600), recipe="deposit_drawn", subject="x", currency="CNY", key="d",
         by="clock", now=NOW)  # fmt: skip
    post(recipes.recharge(merchant=shop, amount_minor=600, loss=True), recipe="recharge", subject="x", currency="CNY", key="r",
         by="clock", now=NOW)  # fmt: skip
    sold(shop, "USD", 7000, key="b")
    made = prepare_settlement("m1", actor=ANNA, now=NOW, currency="USD")
    assert (made.payout_minor, shop_money(shop).deposit_minor) == (7000, 400)
    assert shop_money(shop, currency="USD").deposit_minor == 0


@settings(max_examples=25, deadline=None)
@given(steps=st.lists(st.tuples(st.sampled_from(["sold", "back", "settled", "void", "prepare", "release", "withdraw", "all"]),
                                st.sampled_from(["CNY", "USD", "JPY"]), st.integers(1, 900)), max_size=16))  # fmt: skip
@pytest.mark.django_db
def test_whatever_happens_settlements_and_open_lines_are_the_ledger_in_every_currency(steps: list[tuple[str, str, int]]) -> None:
    with transaction.atomic():
        shop = take_merchant().pk
        keep_account("m1", AccountFacts(False, 0, "offline", "x", "6222"), actor=ANNA, now=NOW)
        held: list[str] = []
        for place, (deed, currency, amount) in enumerate(steps):
            key = f"k{place}"
            if deed == "sold":
                sold(shop, currency, amount, key=key)
            elif deed == "back":
                back(shop, currency, amount, key=key)
                held.append(key)
            elif deed in ("settled", "void") and held:
                (settle if deed == "settled" else void)(held.pop(0), by="clock", now=NOW)
            elif deed == "all":
                prepare_all(now=NOW)
            else:
                _work(deed, currency)
            assert [proof_of(shop, currency=each) for each in currencies(shop)] == [0] * len(currencies(shop))
        prepare_all(now=NOW)
        settled: Counter[str] = Counter()
        for currency, amount in SettledPosting.objects.values_list("settlement__currency", "amount_minor"):
            settled[currency] += amount
        still = {row.currency for row in Settlement.objects.filter(state__in=("prepared", "paying", "failed"))}
        ledger = by_ledger(shop)
        done = ledger.keys() - still
        assert {each: settled[each] for each in done} == {each: ledger[each] for each in done}
        every = SettledPosting.objects.select_related("posting", "settlement")
        assert all(row.posting.currency == row.settlement.currency for row in every)
        transaction.set_rollback(True)


def _work(deed: str, currency: str) -> None:
    """What cannot be done now is refused, and nothing has happened."""
    open_one = Settlement.objects.filter(currency=currency, state="prepared").first()
    try:
        if deed == "prepare":
            prepare_settlement("m1", actor=ANNA, now=NOW, currency=currency)
        elif open_one is not None and deed == "release":
            release_settlement(open_one.number, actor=BO, now=NOW)
        elif open_one is not None:
            withdraw_settlement(open_one.number, actor=ANNA, now=NOW)
    except Refused as no:
        assert no.refusal.code in ("SETTLEMENT_OPEN", "SETTLEMENT_OUT_OF_DATE")
