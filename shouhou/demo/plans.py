"""A protection plan that a buyer of the demo has bought for their phone: offered, paid, in force, claimed for nothing yet."""

from datetime import datetime, timedelta

from django.db import transaction

from shouhou.cases.plan_sales import buy_plan, offered_plans
from shouhou.orders.models import OrderLine
from shouhou.payments.actions.charge_sending import ChargeHeard, begin_charge, finish_charge
from shouhou.payments.channels.base import PayAnswer
from shouhou.payments.models import Charge
from shouhou.plans.models import Purchase
from shouhou.plumbing.actor import Actor

KIND, AGO = "screen", timedelta(hours=2)


def sell_plan(*, now: datetime) -> None:
    """Once: the newest phone that nobody has applied for yet gets a screen cover, paid at once."""
    if Purchase.objects.exists():
        return
    phones = OrderLine.objects.filter(order__number__startswith="HM", category="phone", claimed_quantity=0, received_on__isnull=False)
    for line in phones.select_related("order__buyer").order_by("-received_on", "-id"):
        buyer, at = line.order.buyer, now - AGO
        actor = Actor(role="consumer", who=f"buyer:{buyer.pk}", buyer_id=buyer.pk, name=buyer.name)
        if KIND not in {each.code for each in offered_plans(line.order.number, actor=actor, now=at).get(line.line, ())}:
            continue
        # In one transaction: the worker that already runs would open it at the channel first.
        with transaction.atomic():
            made = buy_plan(line.order.number, line=line.line, kind=KIND, actor=actor, now=at)
            charge = Charge.objects.get(number=made.charge)
            if (step := begin_charge(charge.pk, now=at)) is not None:
                answer = PayAnswer("settled", amount_minor=charge.amount_minor, reference=f"FP-{made.number}", means="card")
                finish_charge(step, ChargeHeard("settled", answer), started_at=at, now=at)
        return
