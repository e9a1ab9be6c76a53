"""Every move beside itself and beside others: real transactions in real threads."""

from collections.abc import Callable
from typing import Any

import pytest

from shouhou.cases.actions import make_move
from shouhou.cases.due import work_off_due
from shouhou.cases.models import Case, Deadline, HistoryEntry
from shouhou.ledger.queries import trial_balance
from shouhou.merchants.models import Merchant, ReturnAddress
from shouhou.orders.models import OrderLine
from shouhou.payments.actions.callbacks import receive_callback
from shouhou.payments.channels.fake.wire import SIGNATURE_HEADER, sign
from shouhou.payments.models import Refund, TenderAllowance
from shouhou.payments.tests.conftest import SECRET, work
from shouhou.plumbing.models import Event
from tests.beside import at_once
from tests.conftest import Fake
from tests.world import DEAR, THIRD, TWO, World

pytestmark = pytest.mark.django_db(transaction=True)


def mover(world: World, number: str, move: str, *, version: int | None = None, **answers: Any) -> Callable[[], str]:
    actor = answers.pop("actor")

    def go() -> str:
        shown = make_move(number, move, actor=actor, answers=answers, version=version, now=world.now)
        return str(shown["status"])

    return go


def gapless(number: str) -> bool:
    versions = list(HistoryEntry.objects.filter(case__number=number).order_by("version").values_list("version", flat=True))
    return versions == list(range(1, Case.objects.get(number=number).version + 1))


@pytest.mark.parametrize("with_version", [True, False])
def test_the_same_move_twice_at_once_is_made_once(world: World, with_version: bool) -> None:
    opened = world.apply(world.order())
    number, version = opened["number"], opened["version"] if with_version else None
    go = mover(world, number, "ship", version=version, actor=world.buyer(), carrier="SF", tracking_number="SF1000000000001")
    told = at_once(*[go] * 4)
    assert sorted(told) == sorted(["in_transit", *["OVERTAKEN" if with_version else "MOVE_NOT_NOW"] * 3])
    assert HistoryEntry.objects.filter(case__number=number, move="ship").count() == 1
    assert gapless(number)


def test_accepting_and_refusing_the_same_goods_at_once_ends_in_one_of_them(world: World) -> None:
    number = world.received()
    told = at_once(
        mover(world, number, "accept", actor=world.staff("inspector", "user:1")),
        mover(world, number, "not_accept", actor=world.staff("inspector", "user:2"), reason_code="NO_SOILED",
              clause="CON-04", note="污损"),
    )  # fmt: skip
    assert sorted(told) in (["MOVE_NOT_NOW", "refunding"], ["MOVE_NOT_NOW", "not_accepted"])
    assert Refund.objects.count() == told.count("refunding")
    assert gapless(number)


def test_four_applications_for_the_last_unit_at_once_open_one_case(world: World) -> None:
    order = world.order()
    told = at_once(*[lambda: world.apply(order)["status"]] * 4)
    assert sorted(told) == sorted(["awaiting_goods", *["QUANTITY_TAKEN"] * 3])
    assert (Case.objects.count(), OrderLine.objects.get().claimed_quantity) == (1, 1)
    assert Event.objects.filter(type="case.opened").count() == 1


def test_applications_for_several_lines_in_either_order_never_wait_in_a_ring(world: World) -> None:
    lines = [
        {"line": n, "sku": f"P{n}", "title": f"商品 {n}", "category": "generic", "quantity": 20, "unit_price": 100, "paid": 2000}
        for n in (1, 2, 3)
    ]
    order = world.order(lines=lines, payments=[{"tender": "card", "amount": 6000}])
    calls = [lambda: world.apply(order, items={1: 1, 2: 1, 3: 1})["status"], lambda: world.apply(order, items={3: 1, 2: 1, 1: 1})["status"]]
    assert at_once(*calls * 4) == ["awaiting_goods"] * 8
    assert list(OrderLine.objects.values_list("claimed_quantity", flat=True)) == [8, 8, 8]


def test_several_workers_work_each_due_limit_off_once(world: World) -> None:
    numbers = [world.apply(world.order())["number"] for _ in range(12)]
    world.later(days=9)
    done = at_once(*[lambda: work_off_due(now=world.now)] * 4)
    # A worker that found the others' rows locked may have gone home early; the next round takes what is left.
    assert sum(done) + work_off_due(now=world.now) == 12
    assert set(Case.objects.values_list("status", flat=True)) == {"lapsed"}
    assert HistoryEntry.objects.filter(move="lapse").count() == 12
    assert Deadline.objects.filter(name="ship_back", state="breached").count() == 12
    assert set(OrderLine.objects.values_list("claimed_quantity", flat=True)) == {0}
    assert all(gapless(number) for number in numbers)


def test_the_clock_and_the_consumer_at_the_same_instant_make_one_of_two_moves(world: World) -> None:
    numbers = [world.apply(world.order())["number"] for _ in range(6)]
    world.later(days=9)
    calls = [
        mover(world, number, "ship", actor=world.buyer(), carrier="SF", tracking_number=f"SF20000000000{place:02}")
        for place, number in enumerate(numbers)
    ]
    told = at_once(*calls, lambda: work_off_due(now=world.now))
    work_off_due(now=world.now)
    shipped = told[:-1].count("in_transit")
    assert {*told[:-1]} <= {"in_transit", "MOVE_NOT_NOW"}
    assert Case.objects.filter(status="lapsed").count() == 6 - shipped
    assert sorted(OrderLine.objects.values_list("claimed_quantity", flat=True)) == [0] * (6 - shipped) + [1] * shipped
    assert all(gapless(number) for number in numbers)


def test_two_second_persons_at_once_let_one_refund_go(world: World, fake: Fake) -> None:
    number = world.received(order=DEAR)
    world.move(number, "accept", actor=world.staff("inspector"))
    told = at_once(*[mover(world, number, "approve_refund", actor=world.staff("finance", f"user:{n}")) for n in range(4)])
    assert sorted(told) == sorted(["refunding", *["MOVE_NOT_NOW"] * 3])
    at_once(*[lambda: work(Refund.objects.get(subject=number), now=world.now)] * 3)
    assert [m["amount"] for m in fake.movements()] == [800000]
    assert (world.case(number)["status"], trial_balance()) == ("refunded", {"CNY": 0})


def test_two_cases_of_one_order_accepted_at_once_pay_what_was_paid_and_no_more(world: World, fake: Fake) -> None:
    order = world.order(**TWO)
    world.later(days=1)
    numbers = [world.apply(order, items={1: 1})["number"] for _ in range(3)]
    for number in numbers:
        world.count += 1
        world.goods_back(number)
    told = at_once(*[mover(world, number, "accept", actor=world.staff("inspector")) for number in numbers])
    assert told == ["refunding"] * 3
    for number in numbers:
        world.pay(number)
    assert sum(m["amount"] for m in fake.movements()) == 13500
    assert all(a.settled_minor == a.paid_minor and a.reserved_minor == 0 for a in TenderAllowance.objects.all())
    assert trial_balance() == {"CNY": 0}


def test_a_persons_retry_and_the_channels_callback_at_once_pay_once(world: World, fake: Fake) -> None:
    number = world.received()
    world.move(number, "accept", actor=world.staff("inspector"))
    fake.behave("lost")
    world.pay(number)
    part = Refund.objects.get(subject=number).parts.get()
    body = (
        f'{{"id":"cb-1","key":"{part.idempotency_key}","status":"settled","amount":{part.amount_minor},'
        f'"currency":"CNY","reference":"FR-9"}}'
    ).encode()
    headers = {SIGNATURE_HEADER: sign(body, secret=SECRET)}
    at_once(
        *[lambda: receive_callback("fake", headers=headers, body=body, now=world.now)] * 2,
        *[lambda: work(Refund.objects.get(subject=number), now=world.now)] * 2,
    )
    assert len(fake.movements()) == 1
    assert (world.case(number)["status"], Refund.objects.get(subject=number).state) == ("refunded", "settled")
    assert HistoryEntry.objects.filter(move="refund_settled").count() == 1
    assert Event.objects.filter(type="refund.settled").count() == 1 and trial_balance() == {"CNY": 0}


def test_a_limit_that_cannot_be_worked_off_is_told_once_however_many_workers_try(world: World) -> None:
    order = world.order(**THIRD)
    Merchant.objects.update(auto_review=False)
    number = world.apply(order)["number"]
    ReturnAddress.objects.update(active=False)
    world.later(hours=25)
    at_once(*[lambda: work_off_due(now=world.now)] * 4)
    work_off_due(now=world.now)
    assert Case.objects.get(number=number).status == "submitted"
    assert Deadline.objects.get(name="review_no_reason").failures == 1
    assert [event.data["code"] for event in Event.objects.filter(type="case.deadline_blocked")] == ["RETURN_ADDRESS_MISSING"]
    ReturnAddress.objects.update(active=True)
    world.later(minutes=6)
    work_off_due(now=world.now)
    assert Case.objects.get(number=number).status == "awaiting_goods"
