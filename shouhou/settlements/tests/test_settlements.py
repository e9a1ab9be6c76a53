"""A settlement from the sale to the bank: sums to the cent, two people, one key, every outcome."""

from threading import Thread

import pytest
from django.db import IntegrityError, close_old_connections, connection, transaction

from shouhou.foundation.refusals import Refused
from shouhou.ledger.queries import balances
from shouhou.orders.models import Payment
from shouhou.settlements.actions import (
    AccountFacts,
    begin_payout,
    exchange_payout,
    finish_payout,
    keep_account,
    pay_offline,
    prepare_all,
    prepare_settlement,
    release_settlement,
    retry_payout,
    take_up_payouts,
    watch_sales,
    withdraw_settlement,
)
from shouhou.settlements.models import HeldSale, Payout, PayoutAttempt, SettledPosting, SettledSale, Settlement
from shouhou.settlements.queries import shop_money
from shouhou.settlements.tests.conftest import ANNA, BO, Fake, House


def owed(house: House) -> int:
    return shop_money(house.shop.pk).balance_minor


def taken_back(house: House, order: str) -> str:
    """A return of the order whose refund is under way; the case's number."""
    number: str = house.world.apply(order)["number"]
    house.world.goods_back(number)
    house.world.move(number, "accept", actor=house.world.staff("inspector"))
    return number


def payouts(fake: Fake) -> list[int]:
    return [entry["amount"] for entry in fake.server.payouts.movements]


def test_a_sale_is_owed_to_the_shop_after_the_cycle_and_only_once(house: House) -> None:
    house.sells().order()
    house.world.later(days=7)
    assert watch_sales(now=house.world.now) == 1 and owed(house) == 19900
    assert watch_sales(now=house.world.now) == 0 and owed(house) == 19900
    house.order()
    house.world.later(days=6)
    assert watch_sales(now=house.world.now) == 0 and owed(house) == 19900


def test_a_sale_in_the_books_cannot_be_told_otherwise_afterwards(house: House) -> None:
    number = house.sells().order()
    house.world.later(days=7)
    watch_sales(now=house.world.now)
    before = house.world.now.isoformat()
    with pytest.raises(Refused, match="SNAPSHOT_IN_USE"):
        house.world.order(number, merchant={"code": "m1", "channel": "third", "name": "老王百货"}, placed_at=before,
                          payments=[{"tender": "wallet", "amount": 19900}])  # fmt: skip
    assert owed(house) == 19900 and [payment.tender for payment in Payment.objects.all()] == ["card"]


def test_a_shop_that_is_paid_elsewhere_has_no_sales_here(house: House) -> None:
    house.order()
    house.world.later(days=30)
    assert watch_sales(now=house.world.now) == 0
    assert (owed(house), SettledSale.objects.count(), prepare_all(now=house.world.now)) == (0, 0, [])


def test_coupons_that_came_in_are_shown_as_subsidies(house: House) -> None:
    house.sells().order(payments=[{"tender": "card", "amount": 15000}, {"tender": "coupon", "amount": 4900}])
    house.world.later(days=8)
    assert prepare_settlement("m1", actor=ANNA, now=house.world.now).parts == {"sales": 15000, "subsidies": 4900}


def test_a_settlement_is_paid_through_the_bank_and_the_next_begins_with_nothing(house: House, fake: Fake) -> None:
    house.sells().order()
    house.world.later(days=8)
    made = house.settle()
    assert (made.state, made.payout_minor, made.parts, made.released_by) == ("paying", 19900, {"sales": 19900}, BO.who)
    assert house.pay(made) is True
    assert (made.state, payouts(fake), owed(house)) == ("paid", [19900], 0)
    assert house.pay(made) is None
    house.order()
    house.world.later(days=8)
    second = house.settle()
    assert (second.carried_in_minor, second.payout_minor, second.from_at) == (0, 19900, made.upto_at)


def test_an_order_that_came_back_whole_leaves_nothing_owed_on_either_side(house: House, fake: Fake) -> None:
    house.sells()
    house.world.pay(taken_back(house, house.order()))
    assert owed(house) == -19900
    made = house.settle()
    assert (made.state, made.parts, made.balance_minor) == ("carried", {"sales": 19900, "refunds": -19900}, 0)


def test_a_refund_lowers_what_is_paid_and_a_settlement_below_zero_is_carried_over(house: House, fake: Fake) -> None:
    house.sells()
    two = {"line": 1, "sku": "CUP", "title": "杯子", "category": "generic", "quantity": 2, "unit_price": 5000, "paid": 10000}
    house.world.pay(taken_back(house, house.order(lines=[two], payments=[{"tender": "card", "amount": 10000}])))
    early = house.settle()
    assert (early.state, early.payout_minor, early.balance_minor) == ("carried", 0, -5000)
    house.world.later(days=8)
    made = house.settle()
    assert (made.carried_in_minor, made.parts, made.payout_minor) == (-5000, {"sales": 10000}, 5000)


def test_what_a_refund_under_way_will_take_is_not_paid_out(house: House, fake: Fake) -> None:
    house.sells()
    order = house.order()
    house.order()
    taken_back(house, order)
    house.world.later(days=8)
    made = house.settle()
    assert (made.balance_minor, made.reserved_minor, made.payout_minor) == (2 * 19900, 19900, 19900)


def test_the_first_person_cannot_let_it_go(house: House) -> None:
    house.sells().order()
    house.world.later(days=8)
    made = prepare_settlement("m1", actor=ANNA, now=house.world.now)
    with pytest.raises(Refused, match="MONEY_SECOND_PERSON"), transaction.atomic():
        release_settlement(made.number, actor=ANNA, now=house.world.now)
    made.refresh_from_db()
    assert (made.state, Payout.objects.count(), shop_money(house.shop.pk).reserved_minor) == ("prepared", 0, 0)


@pytest.mark.parametrize("role", ["merchant_manager", "agent", "auditor", "operations"])
def test_only_finance_settles(house: House, role: str) -> None:
    house.sells().order()
    house.world.later(days=8)
    who = house.world.staff(role, merchant="m1" if role.startswith("merchant") else None)
    with pytest.raises(Refused, match="FORBIDDEN"):
        prepare_settlement("m1", actor=who, now=house.world.now)
    assert Settlement.objects.count() == 0


def test_a_withdrawn_settlement_leaves_its_lines_to_the_next_one(house: House) -> None:
    house.sells().order()
    house.world.later(days=8)
    made = prepare_settlement("m1", actor=ANNA, now=house.world.now)
    with pytest.raises(Refused, match="SETTLEMENT_OPEN"), transaction.atomic():
        prepare_settlement("m1", actor=ANNA, now=house.world.now)
    withdraw_settlement(made.number, actor=BO, now=house.world.now)
    assert SettledPosting.objects.count() == 0
    assert prepare_settlement("m1", actor=ANNA, now=house.world.now).payout_minor == 19900


def test_a_settlement_that_the_balance_no_longer_covers_is_not_let_go(house: House, fake: Fake) -> None:
    house.sells()
    order = house.order()
    house.world.later(days=1)
    number: str = house.world.apply(order)["number"]
    house.world.later(days=7)
    made = prepare_settlement("m1", actor=ANNA, now=house.world.now)
    house.world.goods_back(number)
    house.world.move(number, "accept", actor=house.world.staff("inspector"))
    with pytest.raises(Refused, match="SETTLEMENT_OUT_OF_DATE"), transaction.atomic():
        release_settlement(made.number, actor=BO, now=house.world.now)
    assert Payout.objects.count() == 0


@pytest.mark.parametrize("first", ["lost", "error_paid", "slow", "success"])
def test_money_that_left_before_the_answer_was_lost_is_not_paid_again(house: House, fake: Fake, first: str) -> None:
    house.sells().order()
    house.world.later(days=8)
    made = house.settle()
    fake.behave(first)
    house.pay(made)
    house.pay(made)
    assert (made.state, payouts(fake), owed(house)) == ("paid", [19900], 0)


@pytest.mark.parametrize("first", ["outage", "error"])
def test_a_bank_that_did_nothing_is_asked_first_and_paid_through_later(house: House, fake: Fake, first: str) -> None:
    house.sells().order()
    house.world.later(days=8)
    made = house.settle()
    fake.behave(first)
    assert house.pay(made) is False
    assert (made.state, payouts(fake), owed(house)) == ("paying", [], 19900)
    house.world.later(minutes=5)
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_jobs WHERE task_name = 'settlements.send_payout'")
    assert take_up_payouts(now=house.world.now) == 1
    assert take_up_payouts(now=house.world.now) == 0
    assert house.pay(made) is True
    assert (made.state, payouts(fake), owed(house)) == ("paid", [19900], 0)


def test_a_bank_that_is_dead_keeps_the_payment_waiting(house: House, fake: Fake) -> None:
    house.sells().order()
    house.world.later(days=8)
    made = house.settle()
    fake.server.shutdown()
    fake.server.server_close()
    assert house.pay(made) is False
    payout = Payout.objects.get()
    assert (payout.state, payout.tries, PayoutAttempt.objects.get().outcome) == ("pending", 1, "down")
    assert shop_money(house.shop.pk).reserved_minor == 19900


def test_a_bank_that_takes_its_time_is_asked_until_it_is_done(house: House, fake: Fake) -> None:
    house.sells().order()
    house.world.later(days=8)
    made = house.settle()
    fake.behave("delay")
    assert house.pay(made) is False
    fake.server.payouts.record({**fake.server.payouts.known[str(Payout.objects.get().idempotency_key)], "status": "settled"})
    assert house.pay(made) is True
    assert (made.state, payouts(fake)) == ("paid", [19900])


def test_a_worker_killed_between_the_call_and_the_answer_pays_once(house: House, fake: Fake) -> None:
    house.sells().order()
    house.world.later(days=8)
    made = house.settle()
    step = begin_payout(Payout.objects.get().pk, now=house.world.now)
    assert step is not None
    exchange_payout(step)  # killed here: what the bank said was never kept
    again = begin_payout(Payout.objects.get().pk, now=house.world.now)
    assert again is not None
    assert again.asks_first
    assert finish_payout(again, exchange_payout(again), now=house.world.now)
    made.refresh_from_db()
    assert (made.state, payouts(fake), owed(house)) == ("paid", [19900], 0)


def test_two_workers_at_once_book_one_payment(house: House, fake: Fake) -> None:
    house.sells().order()
    house.world.later(days=8)
    made = house.settle()
    pk = Payout.objects.get().pk
    steps = [begin_payout(pk, now=house.world.now), begin_payout(pk, now=house.world.now)]
    heard = [exchange_payout(step) for step in steps if step]
    for step, said in zip(steps, heard, strict=True):
        assert step is not None
        assert finish_payout(step, said, now=house.world.now)
    made.refresh_from_db()
    assert (made.state, payouts(fake), owed(house), SettledPosting.objects.filter(category="paid").count()) == ("paid", [19900], 0, 1)


def test_another_amount_than_asked_is_left_to_a_person(house: House, fake: Fake) -> None:
    house.sells().order()
    house.world.later(days=8)
    made = house.settle()
    step = begin_payout(Payout.objects.get().pk, now=house.world.now)
    assert step is not None
    kind, answer, why = exchange_payout(step)
    assert answer is not None
    assert finish_payout(step, (kind, type(answer)(answer.status, answer.reference, "", 19899), why), now=house.world.now)
    made.refresh_from_db()
    assert (made.state, Payout.objects.get().state, owed(house)) == ("paying", "unknown", 19900)
    assert "19899" in PayoutAttempt.objects.get().detail


def test_a_refused_payment_is_tried_again_to_the_payee_as_he_stands_now(house: House, fake: Fake) -> None:
    house.sells().order()
    house.world.later(days=8)
    made = house.settle()
    fake.behave("refuse")
    assert house.pay(made) is True
    assert (made.state, shop_money(house.shop.pk).reserved_minor, owed(house)) == ("failed", 0, 19900)
    keep_account("m1", AccountFacts(True, None, "fake", "老王", "6222000000009999"), actor=ANNA, now=house.world.now)
    retry_payout(made.number, actor=ANNA, now=house.world.now)
    assert house.pay(made) is True
    assert (made.state, payouts(fake), owed(house)) == ("paid", [19900], 0)
    assert fake.server.payouts.movements[0]["account"] == "6222000000009999"


def test_a_refused_payment_is_paid_offline_with_proof_and_only_once(house: House, fake: Fake) -> None:
    house.sells().order()
    house.world.later(days=8)
    made = house.settle()
    with pytest.raises(Refused, match="SETTLEMENT_NOT_SO"), transaction.atomic():
        pay_offline(made.number, proof="B-9", actor=ANNA, now=house.world.now)
    fake.behave("refuse")
    house.pay(made)
    pay_offline(made.number, proof="B-9", actor=ANNA, now=house.world.now)
    with pytest.raises(Refused, match="SETTLEMENT_NOT_SO"), transaction.atomic():
        pay_offline(made.number, proof="B-10", actor=ANNA, now=house.world.now)
    made.refresh_from_db()
    assert (made.state, payouts(fake), owed(house), Payout.objects.get().proof) == ("paid", [], 0, "B-9")
    assert {row.account: row.posted_minor for row in balances(prefix="platform:bank:")} == {"platform:bank:offline": 19900}


def test_a_shop_without_an_account_is_not_paid_by_the_bank(house: House) -> None:
    house.sells()
    keep_account("m1", AccountFacts(True, None, "fake", "", ""), actor=ANNA, now=house.world.now)
    house.order()
    house.world.later(days=8)
    made = prepare_settlement("m1", actor=ANNA, now=house.world.now)
    with pytest.raises(Refused, match="PAYEE_MISSING"), transaction.atomic():
        release_settlement(made.number, actor=BO, now=house.world.now)
    assert Payout.objects.count() == 0


def test_a_dispute_holds_what_is_at_risk_until_its_case_ends(house: House, fake: Fake) -> None:
    house.sells()
    order = house.order()
    house.order()
    number = house.world.later(days=1).apply(order, reason="quality", description="漏水", request_review=True)["number"]
    house.world.move(number, "send_evidence", actor=house.world.buyer(), description="见照片")
    house.world.later(days=7)
    house.world.move(number, "escalate", actor=house.world.staff("supervisor"), note="商家未处理")
    made = house.settle()
    assert (made.parts, made.payout_minor, shop_money(house.shop.pk).held_minor) == ({"sales": 39800, "held": -19900}, 19900, 19900)
    assert watch_sales(now=house.world.now) == 0
    house.pay(made)
    house.world.move(number, "cancel", actor=house.world.buyer())
    assert HeldSale.objects.get().released_at is None
    watch_sales(now=house.world.now)
    assert HeldSale.objects.get().released_at == house.world.now
    second = house.settle()
    assert (second.parts, second.payout_minor, shop_money(house.shop.pk).held_minor) == ({"released": 19900}, 19900, 0)


def test_the_month_prepares_one_settlement_for_every_shop_with_something_to_settle(house: House) -> None:
    house.sells().order()
    house.world.order()  # the self-operated shop is paid elsewhere
    house.world.later(days=8)
    [number] = prepare_all(now=house.world.now)
    assert prepare_all(now=house.world.now) == []
    release_settlement(number, actor=ANNA, now=house.world.now)
    assert Settlement.objects.get().state == "paying"


def test_the_database_knows_that_two_people_are_two(house: House) -> None:
    house.sells().order()
    house.world.later(days=8)
    made = prepare_settlement("m1", actor=ANNA, now=house.world.now)
    with pytest.raises(IntegrityError, match="settlement_second_person"), transaction.atomic():
        Settlement.objects.filter(pk=made.pk).update(released_by=ANNA.who)


@pytest.mark.django_db(transaction=True)
def test_two_people_letting_it_go_at_once_pay_once(house: House) -> None:
    house.sells("offline").order()
    house.world.later(days=8)
    made = prepare_settlement("m1", actor=ANNA, now=house.world.now)
    told: list[str] = []

    def let_go(who: str) -> None:
        try:
            release_settlement(made.number, actor=type(BO)(role="finance", who=who), now=house.world.now)
            told.append("paying")
        except Refused as no:
            told.append(no.code)
        finally:
            close_old_connections()
            connection.close()

    threads = [Thread(target=let_go, args=(f"user:{n}",)) for n in (2, 3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(told) == ["SETTLEMENT_NOT_SO", "paying"]
    assert Payout.objects.count() == 1
