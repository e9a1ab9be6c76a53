"""What was advanced is claimed back: once per posting, appealed and decided, booked when its time has come."""

from io import BytesIO
from typing import Any

import pytest
from django.db import transaction

from shouhou.foundation.refusals import Refused
from shouhou.ledger import recipes
from shouhou.ledger.actions import post
from shouhou.ledger.queries import balances
from shouhou.plumbing.actor import Actor
from shouhou.plumbing.models import Event
from shouhou.plumbing.uploads import take_upload
from shouhou.settlements.actions import (
    announce_recharges,
    appeal,
    book_recharges,
    claim_loss,
    decide,
    watch_appeals,
    watch_sales,
)
from shouhou.settlements.models import Recharge
from shouhou.settlements.queries import shop_money
from shouhou.settlements.tests.conftest import ANNA, BO, House
from tests.beside import at_once

PDF = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\n%%EOF\n"


def advanced(house: House, *, amount: int = 1500, key: str = "f1", third: bool = True) -> str:
    """The platform pays a carrier for a return of the shop's; the case's number."""
    number: str = house.world.apply(house.order() if third else house.world.order())["number"]
    post(
        recipes.freight_advanced(carrier="SF", amount_minor=amount), recipe="freight_advanced", subject=number, currency="CNY", key=key,
        by="clock", now=house.world.now,
    )  # fmt: skip
    return number


def paper(actor: Actor, house: House) -> str:
    token: str = take_upload(BytesIO(PDF), name="proof.pdf", actor=actor, now=house.world.now).token
    return token


def only() -> Recharge:
    return Recharge.objects.get()


def advance_left() -> int:
    return {row.account: row.posted_minor for row in balances()}.get("platform:advance", 0)


def test_an_advance_is_announced_to_the_shop_exactly_once(house: House) -> None:
    number = advanced(house)
    assert announce_recharges(now=house.world.now) == 1
    assert announce_recharges(now=house.world.now) == 0
    row = only()
    assert (row.kind, row.amount_minor, row.subject, row.merchant.code, row.state) == ("freight", 1500, number, "m1", "announced")
    assert (row.appeal_until - house.world.now).days == 7
    assert Event.objects.filter(type="recharge.announced", merchant_id=house.shop.pk).count() == 1


def test_two_advances_of_one_case_are_two_recharges(house: House) -> None:
    number = advanced(house)
    post(
        recipes.freight_advanced(carrier="SF", amount_minor=1500), recipe="freight_advanced", subject=number, currency="CNY", key="f2",
        by="clock", now=house.world.now,
    )  # fmt: skip
    assert announce_recharges(now=house.world.now) == 2


def test_a_silent_shop_pays_after_its_time_out_of_what_it_is_owed(house: House) -> None:
    house.sells().order()
    advanced(house)
    announce_recharges(now=house.world.now)
    house.world.later(days=7)
    assert book_recharges(now=house.world.now) == 0
    house.world.later(days=1)
    watch_sales(now=house.world.now)
    owed = shop_money(house.shop.pk).balance_minor
    assert book_recharges(now=house.world.now) == 1
    assert book_recharges(now=house.world.now) == 0
    assert (only().state, owed - shop_money(house.shop.pk).balance_minor, advance_left()) == ("booked", 1500, 0)


def test_the_deposit_gives_what_the_sales_cannot(house: House) -> None:
    house.secured(200000)
    advanced(house, amount=1500)
    announce_recharges(now=house.world.now)
    house.world.later(days=8)
    assert book_recharges(now=house.world.now) == 1
    money = shop_money(house.shop.pk)
    assert (money.balance_minor, money.deposit_minor, advance_left()) == (0, 198500, 0)
    assert Event.objects.get(type="deposit.drawn").data["balance_minor"] == 198500


def test_an_advance_in_another_currency_never_draws_on_the_deposit(house: House) -> None:
    house.secured(250000)
    number: str = house.world.apply(house.order(currency="JPY"))["number"]
    post(
        recipes.freight_advanced(carrier="SF", amount_minor=1500), recipe="freight_advanced", subject=number, currency="JPY", key="f1",
        by="clock", now=house.world.now,
    )  # fmt: skip
    announce_recharges(now=house.world.now)
    assert book_recharges(now=house.world.later(days=40).now) == 1
    assert (shop_money(house.shop.pk).deposit_minor, shop_money(house.shop.pk).balance_minor) == (250000, 0)
    assert (only().currency, shop_money(house.shop.pk, currency="JPY").balance_minor) == ("JPY", -1500)


def test_what_neither_sales_nor_deposit_cover_stays_owed_by_the_shop(house: House) -> None:
    house.secured(1000)
    advanced(house, amount=1500)
    announce_recharges(now=house.world.now)
    house.world.later(days=8)
    book_recharges(now=house.world.now)
    money = shop_money(house.shop.pk)
    assert (money.balance_minor, money.deposit_minor, advance_left()) == (-500, 0, 0)


def test_an_appeal_stops_the_booking_until_it_is_decided(house: House) -> None:
    advanced(house)
    announce_recharges(now=house.world.now)
    keeper = house.keeper()
    appeal(only().number, text="退货原因系消费者个人原因", tokens=[paper(keeper, house)], actor=keeper, now=house.world.now)
    house.world.later(days=8)
    assert book_recharges(now=house.world.now) == 0
    assert (only().state, advance_left()) == ("appealed", -1500)
    assert watch_appeals(now=house.world.now) == 1
    assert watch_appeals(now=house.world.now) == 0
    decide(only().number, waive=False, reasons="检测报告认定为质量问题", actor=ANNA, now=house.world.now)
    assert book_recharges(now=house.world.now) == 1
    assert (only().state, advance_left()) == ("booked", 0)


def test_a_granted_appeal_ends_the_claim_and_the_platform_bears_it(house: House) -> None:
    advanced(house)
    announce_recharges(now=house.world.now)
    keeper = house.keeper(role="merchant_operator")
    appeal(only().number, text="已有快递赔付", tokens=[paper(keeper, house)], actor=keeper, now=house.world.now)
    decide(only().number, waive=True, reasons="承运商已承担", actor=BO, now=house.world.now)
    house.world.later(days=30)
    assert book_recharges(now=house.world.now) == 0
    assert (only().state, only().decision, shop_money(house.shop.pk).balance_minor) == ("waived", "承运商已承担", 0)


def test_an_appeal_needs_evidence_words_and_time(house: House) -> None:
    advanced(house)
    announce_recharges(now=house.world.now)
    keeper, number = house.keeper(), only().number
    refusals: list[tuple[str, dict[str, Any]]] = [
        ("RECHARGE_EVIDENCE", {"text": "理由", "tokens": []}),
        ("RECHARGE_EVIDENCE", {"text": "理由", "tokens": [paper(house.keeper(role="merchant_operator"), house), "x" * 32]}),
        ("RECHARGE_REASONS", {"text": " ", "tokens": [paper(keeper, house)]}),
    ]
    for code, given in refusals:
        with pytest.raises(Refused, match=code), transaction.atomic():
            appeal(number, **given, actor=keeper, now=house.world.now)
    house.world.later(days=7, minutes=1)
    with pytest.raises(Refused, match="RECHARGE_TOO_LATE"), transaction.atomic():
        appeal(number, text="理由", tokens=[paper(keeper, house)], actor=keeper, now=house.world.now)
    assert (only().state, only().files.count()) == ("announced", 0)


def test_another_shop_neither_sees_nor_appeals_it(house: House) -> None:
    advanced(house)
    announce_recharges(now=house.world.now)
    house.world.order(merchant={"code": "m2", "channel": "third", "name": "另一家"})
    other = house.world.staff("merchant_manager", "user:77", merchant="m2")
    with pytest.raises(Refused, match="RECHARGE_UNKNOWN"), transaction.atomic():
        appeal(only().number, text="理由", tokens=[paper(other, house)], actor=other, now=house.world.now)
    with pytest.raises(Refused, match="FORBIDDEN"), transaction.atomic():
        appeal(only().number, text="理由", tokens=[], actor=ANNA, now=house.world.now)
    assert only().state == "announced"


def test_a_shop_does_not_judge_itself_and_a_judge_gives_reasons(house: House) -> None:
    advanced(house)
    announce_recharges(now=house.world.now)
    keeper, number = house.keeper(), only().number
    appeal(number, text="理由", tokens=[paper(keeper, house)], actor=keeper, now=house.world.now)
    for actor, reasons, code in ((keeper, "好", "FORBIDDEN"), (ANNA, " ", "RECHARGE_REASONS")):
        with pytest.raises(Refused, match=code), transaction.atomic():
            decide(number, waive=True, reasons=reasons, actor=actor, now=house.world.now)
    assert only().state == "appealed"


def test_a_verified_loss_is_claimed_with_evidence_and_not_judged_by_its_claimant(house: House) -> None:
    with pytest.raises(Refused, match="RECHARGE_EVIDENCE"), transaction.atomic():
        claim_loss("m1", amount_minor=30000, reason="假货赔付", subject="", tokens=[], actor=ANNA, now=house.world.now)
    assert Recharge.objects.count() == 0
    row = claim_loss(
        "m1", amount_minor=30000, reason="假货赔付", subject="", tokens=[paper(ANNA, house)], actor=ANNA, now=house.world.now
    )
    keeper = house.keeper()
    appeal(row.number, text="正品，附授权书", tokens=[paper(keeper, house)], actor=keeper, now=house.world.now)
    with pytest.raises(Refused, match="MONEY_SECOND_PERSON"), transaction.atomic():
        decide(row.number, waive=False, reasons="不成立", actor=ANNA, now=house.world.now)
    decide(row.number, waive=False, reasons="授权书系伪造", actor=BO, now=house.world.now)
    assert book_recharges(now=house.world.now) == 1
    assert {b.account: b.posted_minor for b in balances()} == {
        f"merchant:{house.shop.pk}:payable": -30000, "platform:losses": 30000,
    }  # fmt: skip


def test_an_advance_that_came_back_is_not_claimed_and_a_booked_one_is_given_back(house: House) -> None:
    for place, book_first in enumerate((False, True)):
        number = advanced(house, key=f"f{place}")
        announce_recharges(now=house.world.now)
        house.world.later(days=8)
        if book_first:
            book_recharges(now=house.world.now)
        went = recipes.refund(merchant=house.shop.pk, buyer=1, channel="fake", tender="card", amount_minor=1500, bearer="platform_advance")
        back = tuple(recipes.Move(move.destination, move.source, move.amount_minor) for move in reversed(went))
        post(back, recipe="refund_returned", subject=number, currency="CNY", key=f"r{place}", by="clock", now=house.world.now)
        announce_recharges(now=house.world.now)
        announce_recharges(now=house.world.now)
        assert Recharge.objects.get(subject=number).state == "waived"
        assert shop_money(house.shop.pk).balance_minor == 0


def test_the_self_operated_shops_own_advances_are_its_too(house: House) -> None:
    advanced(house, third=False)
    assert announce_recharges(now=house.world.now) == 1
    assert only().merchant.code == "self"


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_announce_and_book_each_advance_once(house: House) -> None:
    advanced(house)
    now = house.world.now
    assert sorted(at_once(*[lambda: announce_recharges(now=now)] * 2)) == [0, 1]
    later = house.world.later(days=8).now
    assert sorted(at_once(*[lambda: book_recharges(now=later)] * 2)) == [0, 1]
    assert (Recharge.objects.count(), shop_money(house.shop.pk).balance_minor, advance_left()) == (1, -1500, 0)
