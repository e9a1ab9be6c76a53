"""Every operation runs beside itself: real transactions in real threads."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import TypeVar

import pytest
from django.db import connection

from shouhou.foundation.refusals import Refused
from shouhou.ledger.queries import trial_balance
from shouhou.orders.models import Order
from shouhou.payments.actions import approve_refund, instruct_refund
from shouhou.payments.models import Refund, RefundPart
from shouhou.payments.queries import order_money
from shouhou.payments.rules import quote
from shouhou.payments.tests.conftest import ANNA, BO, NOW, Fake, instruct, make_order, work
from shouhou.payments.tests.test_refund import jobs

pytestmark = pytest.mark.django_db(transaction=True)
THREADS = 4
T = TypeVar("T")


def at_once(what: Callable[[int], T]) -> list[T | Refused]:
    """`what(0) … what(3)` in threads that start together; a refusal is an answer too."""
    start = Barrier(THREADS)

    def one(place: int) -> T | Refused:
        start.wait()
        try:
            return what(place)
        except Refused as no:
            return no
        finally:
            connection.close()

    with ThreadPoolExecutor(THREADS) as pool:
        return list(pool.map(one, range(THREADS)))


def order_with_old_quote(order: Order) -> Callable[[str], Refund]:
    owed = quote(order_money(order.id), selection={1: 1}, fault="buyer")

    def go(key: str) -> Refund:
        return instruct_refund(
            subject=key[:4], order_id=order.id, quote=owed, key=key, actor=ANNA, now=NOW, expected_at=None,
            second_person_above_minor=None, merchant_id=order.merchant_id, buyer_id=order.buyer_id,
        )  # fmt: skip

    return go


def test_the_same_instruction_at_the_same_time_is_one_refund(fake: Fake) -> None:
    go = order_with_old_quote(make_order())
    done = at_once(lambda place: go("SO-1:return").number)
    assert len(set(map(str, done))) == 1 and Refund.objects.count() == 1 and len(jobs()) == 1


def test_four_refunds_of_one_payment_at_the_same_time_are_one(fake: Fake) -> None:
    order = make_order()
    go = order_with_old_quote(order)
    done = at_once(lambda place: go(f"SO-{place}:return").state)
    assert sorted(answer.code if isinstance(answer, Refused) else answer for answer in done) == [
        *["EXCEEDS_PAID"] * 3, "pending",
    ]  # fmt: skip
    assert order_money(order.id).refunded_minor == 15000 and len(jobs()) == 1


def test_two_second_persons_at_the_same_time_send_it_once(fake: Fake) -> None:
    refund = instruct(make_order(), {1: 1}, above=0)
    done = at_once(lambda place: approve_refund(refund.number, actor=BO, now=NOW).state)
    assert [answer for answer in done if not isinstance(answer, Refused)] == ["pending"] and len(jobs()) == 1


def test_four_workers_on_one_part_pay_it_once(fake: Fake) -> None:
    refund = instruct(make_order(), {1: 1})
    at_once(lambda place: work(Refund.objects.get(id=refund.id)))
    assert len(fake.movements()) == 1 and RefundPart.objects.get().state == "settled"
    assert trial_balance() == {"CNY": 0}


def test_partial_refunds_at_the_same_time_never_sum_above_what_was_paid(fake: Fake) -> None:
    order = make_order(lines=((4, 9999),), tenders=(("card", 5000), ("wallet", 4999)))

    def one(place: int) -> int:
        for _ in range(20):
            try:
                return instruct(order, {1: 1}, key=f"k{place}", subject=f"SO-{place}").amount_minor
            except Refused as no:
                assert no.code in ("QUOTE_OUT_OF_DATE", "EXCEEDS_PAID")
        raise AssertionError("never got through")

    assert sorted(at_once(one), key=str) == [2499, 2500, 2500, 2500]
    assert order_money(order.id).refunded_minor == 9999
