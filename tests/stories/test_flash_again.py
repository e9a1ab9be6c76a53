"""Refunded first, paid back, kept – and then returned after all: what was bought again is refunded to what it was bought with."""

from typing import Any

from shouhou.cases.models import Case
from shouhou.ledger.queries import trial_balance
from shouhou.orders.models import OrderLine
from shouhou.payments.actions import refund_charge
from shouhou.payments.models import Charge, InvoiceTask, Refund, RefundPart
from shouhou.payments.queries import order_money
from shouhou.payments.tests.conftest import work
from tests.conftest import Fake
from tests.stories.repairing import pays
from tests.stories.test_flash import CHANNELS, PLUS, inspector, paid_out, posted, received, scanned
from tests.stories.uploading import photo
from tests.world import QUALITY, World, refusal_of

TWO: dict[str, Any] = {
    "lines": [{"line": 1, "sku": "CUP", "title": "杯子", "category": "generic", "quantity": 2, "unit_price": 5000, "paid": 10000}],
    "payments": [{"tender": "card", "amount": 7000}, {"tender": "wallet", "amount": 3000}],
}  # fmt: skip


def paid_back(world: World, channel: dict[str, Any], *, shop: str | None = None, **order: Any) -> str:
    """Refunded at the first scan, never arrived, paid back."""
    number = scanned(world, channel, shop=shop, **order)
    paid_out(world)
    world.later(days=11).ring()
    pays(world, number)
    assert world.case(number)["outcome"] == "kept_and_paid"
    return number


def returned(world: World, order: str, *, shop: str | None = None, units: int = 1) -> str:
    """A later return of the same order, to its end."""
    number: str = world.apply(order, items={1: units}, evidence=(photo(world),), **QUALITY)["number"]
    if world.case(number)["status"] != "awaiting_goods":
        world.move(number, "approve", actor=world.staff("merchant_operator" if shop else "reviewer", merchant=shop))
    world.count += 1
    world.move(number, "ship", actor=world.buyer(), carrier="SF", tracking_number=f"SF{world.count:013d}")
    world.later(days=1)
    received(world, number, shop=shop)
    world.move(number, "accept", actor=inspector(world, shop))
    for refund in Refund.objects.filter(subject=number):
        work(refund, now=world.now)
    return number


@CHANNELS
def test_goods_that_were_paid_again_can_be_returned_and_go_back_to_what_paid_them(
    world: World, fake: Fake, channel: dict[str, Any], shop: str | None
) -> None:
    first = paid_back(world, channel, shop=shop)
    order = world.case(first)["order"]
    line = OrderLine.objects.get()
    assert (line.claimed_quantity, line.returned_quantity) == (0, 0)
    again = returned(world, order, shop=shop)
    assert world.case(again)["status"] == "refunded"
    part = RefundPart.objects.get(refund__subject=again)
    assert (part.payment_id, part.charge, part.amount_minor, part.state) == (None, Charge.objects.get(), 19900, "settled")
    assert posted() == {"merchant:payable": -19900, "tender:fake:card": 19900} and set(trial_balance().values()) == {0}
    # Three movements: out, in again, out again. There is no fourth.
    line.refresh_from_db()
    assert (line.claimed_quantity, line.returned_quantity) == (1, 1)
    assert refusal_of(world.apply, order, **QUALITY).code == "QUANTITY_TAKEN"
    number = Charge.objects.get().number
    assert refusal_of(refund_charge, number, actor=world.staff("finance"), now=world.now).code == "EXCEEDS_PAID"
    assert Charge.objects.get().state == "paid" and Refund.objects.count() == 2


def test_with_half_of_it_taken_back_only_what_was_paid_again_is_free(world: World, fake: Fake) -> None:
    first: str = world.later(days=1).apply(world.order(**{**PLUS, **TWO}), items={1: 2})["number"]
    if world.case(first)["status"] == "submitted":
        world.move(first, "approve", actor=world.staff("reviewer"))
    world.move(first, "collected", actor=world.staff("carrier"))
    paid_out(world)
    received(world, first)
    found = [{"line": 1, "accepted": 1, "grade": "A", "disposition": "restock"}]
    world.move(first, "accept", actor=world.staff("inspector"), items=found)
    order = world.case(first)["order"]
    assert order_money(OrderLine.objects.get().order_id).lines[0].returned_quantity == 2
    pays(world, first)
    line = OrderLine.objects.get()
    assert (line.claimed_quantity, line.returned_quantity) == (1, 1)
    money = order_money(line.order_id)
    assert (money.lines[0].returned_quantity, money.lines[0].refunded_minor) == (1, 5000)
    assert [payment.left_minor for payment in money.payments] == [0, 0, 5000]
    returned(world, order)
    assert [(p.amount_minor, p.charge_id is not None) for p in RefundPart.objects.order_by("id")] == [
        (7000, False), (3000, False), (5000, True),
    ]  # fmt: skip
    assert posted()["merchant:payable"] == -10000 and set(trial_balance().values()) == {0}


def test_the_units_one_by_one_take_no_more_than_was_paid_again(world: World, fake: Fake) -> None:
    first = scanned(world, PLUS, **TWO)  # one of the two
    paid_out(world)
    world.later(days=11).ring()
    pays(world, first)
    order = world.case(first)["order"]
    for _ in range(2):
        returned(world, order)
    money = order_money(OrderLine.objects.get().order_id)
    assert [payment.left_minor for payment in money.payments] == [0, 0, 0]
    out = sum(refund.amount_minor for refund in Refund.objects.filter(state="settled"))
    assert out == 10000 + 5000 and posted()["merchant:payable"] == -10000 and set(trial_balance().values()) == {0}


def test_a_second_flash_refund_is_asked_back_and_paid_again_like_the_first(world: World, fake: Fake) -> None:
    first = scanned(world, PLUS)
    paid_out(world)
    Case.objects.update(status="awaiting_goods")
    world.move(first, "keep_and_pay", actor=world.buyer())
    pays(world, first)
    order = world.case(first)["order"]
    second: str = world.apply(order)["number"]
    world.move(second, "collected", actor=world.staff("carrier"))
    assert Refund.objects.get(subject=second).reason == "flash"
    paid_out(world)
    world.later(days=11).ring()
    pays(world, second)
    money = order_money(OrderLine.objects.get().order_id)
    assert [(payment.paid_minor, payment.left_minor) for payment in money.payments] == [(19900, 0), (19900, 0), (19900, 19900)]
    returned(world, order)
    assert posted() == {"merchant:payable": -19900, "tender:fake:card": 19900} and set(trial_balance().values()) == {0}


def test_what_was_bought_again_has_an_invoice_of_its_own_that_its_return_reverses(world: World, fake: Fake) -> None:
    first = paid_back(world, PLUS, invoice={"number": "INV-7", "amount": 19900})
    blue = InvoiceTask.objects.get(kind="blue")
    assert (blue.amount_minor, blue.charge) == (19900, Charge.objects.get())
    InvoiceTask.objects.filter(pk=blue.pk).update(state="issued", issued_number="INV-8", issued_at=world.now)
    again = returned(world, world.case(first)["order"])
    reds = InvoiceTask.objects.filter(kind="red").order_by("id").values_list("invoice_number", "amount_minor", "refund__subject")
    assert list(reds) == [("INV-7", 19900, first), ("INV-8", 19900, again)]
