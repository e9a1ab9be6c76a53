"""What finance's pages show: a refund that a channel refused, on its way by bank in a batch; an invoice to be reversed."""

from datetime import timedelta
from typing import TYPE_CHECKING

from shouhou.cases.models import Case
from shouhou.payments.actions import ask_charge, make_batch, record_route
from shouhou.payments.actions.charge_sending import ChargeHeard, begin_charge, finish_charge
from shouhou.payments.actions.sending import Heard, begin, finish
from shouhou.payments.channels.base import ChannelAnswer, PayAnswer
from shouhou.payments.models import InvoiceTask, Refund
from shouhou.plumbing import clock
from shouhou.plumbing.actor import Actor
from tests.world import World

if TYPE_CHECKING:
    from tests.browser.ground import Story


def finance_money(world: World, told: "Story") -> tuple[str, str, str]:
    """Numbers of the refund, of the invoice task and of the batch."""
    refused = _refund(world, told, ChannelAnswer("refused", code="ACCOUNT_CLOSED"))
    settled = _refund(world, told, ChannelAnswer("settled", reference="FR-77"), invoice={"number": "25110000000000000001", "amount": 19900})
    return refused.number, InvoiceTask.objects.get(refund=settled).number, batched(refused.number, told)


def batched(refund: str, told: "Story") -> str:
    """With the account that the buyer agreed to, in a batch that waits for its second person."""
    finance, now = Actor(role="finance", who="key:1", name=told.name), clock.now()
    record_route(refund, payee=told.name, account="6222020200112233", consent=told.fault, actor=finance, now=now)
    return make_batch([refund], key="the-corner", actor=finance, now=now).number


def wrong_charge(case: str) -> str:
    """The number of a charge on this case of which the channel tells another amount than was asked."""
    now, found = clock.now(), Case.objects.select_related("order").get(number=case)
    assert found.order is not None
    charge = ask_charge(
        subject=case, order_id=found.order.pk, merchant_id=found.order.merchant_id, buyer_id=found.buyer_id, purpose="repair",
        amount_minor=18000, currency=found.order.currency, key=f"{case}:wrong", expires_at=now + timedelta(days=3),
        actor=Actor(role="finance", who="key:1"), now=now,
    )  # fmt: skip
    if step := begin_charge(charge.pk, now=now):
        told = PayAnswer("settled", reference="FP-180", means="card", amount_minor=18100)
        finish_charge(step, ChargeHeard("settled", told, "FP-180"), started_at=now, now=now)
    return charge.number


def _refund(world: World, told: "Story", answer: ChannelAnswer, **changes: object) -> Refund:
    """A return that was accepted, and what the channel said of its refund."""
    number = str(world.apply(world.order(**{**told.parts, **changes}), **told.wish)["number"])
    world.move(number, "ship", actor=world.buyer(), carrier="SF", tracking_number=f"SF{world.count:013d}")
    world.move(number, "receive", actor=world.staff("inspector"), packing="ok", appearance="ok", accessories="ok", note=told.fine)
    world.move(number, "accept", actor=world.staff("inspector"))
    found, now = Refund.objects.get(subject=number), clock.now()
    if found.state == "awaiting_second":
        world.move(number, "approve_refund", actor=world.staff("finance", "key:2"))
    for part in found.parts.all():
        if step := begin(part.pk, now=now):
            finish(step, Heard("refund", answer.status, answer, answer.code), started_at=now, now=now)
    found.refresh_from_db()
    return found
