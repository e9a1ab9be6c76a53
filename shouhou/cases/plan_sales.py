"""A buyer buys a protection plan for goods they own: told before it is paid, in force once it is (PLN-03)."""

from datetime import datetime, timedelta

from django.db import IntegrityError, transaction

from shouhou.cases.facts import load_order
from shouhou.cases.terms import terms_of
from shouhou.foundation.days import local_day
from shouhou.foundation.ids import new_number
from shouhou.foundation.refusals import FORBIDDEN, refused
from shouhou.orders.models import OrderLine
from shouhou.payments import actions as payments
from shouhou.plans.actions import put_plan
from shouhou.plans.events import PLAN_BOUGHT, PLAN_NOT_BOUGHT, PLAN_PAYMENT_FAILED
from shouhou.plans.models import Plan, Purchase
from shouhou.plans.queries import plans_of
from shouhou.plans.refusals import PLAN_NOT_OFFERED
from shouhou.plans.rules.kinds import kinds
from shouhou.plans.rules.offers import Offer, offers_for
from shouhou.plumbing.actor import SYSTEM, Actor
from shouhou.plumbing.events import Announced, EventType, publish

PURPOSE = "plan"


def offered_plans(order: str, *, actor: Actor, now: datetime) -> dict[int, list[Offer]]:
    """What may be bought for each line that is still the buyer's. Raises ORDER_NOT_FOUND."""
    found, on = load_order(order, actor=actor), local_day(now)
    made = {}
    for line in found.lines.values():
        if line.left < line.quantity:
            continue
        owned = [plan.kind for plan in plans_of(line.id) if plan.cancelled_on is None]
        offers = offers_for(
            kinds(), category=line.category, paid_minor=line.paid_minor, received_on=line.received_on, owned=owned, on=on
        )
        if offers:
            made[line.line] = offers
    return made


def buy_plan(order: str, *, line: int, kind: str, actor: Actor, now: datetime) -> Purchase:
    """Ask the buyer to pay for it; the same plan for the same goods is asked for once at a time.

    Raises ORDER_NOT_FOUND, FORBIDDEN for anybody but the buyer, PLAN_NOT_OFFERED.
    """
    if actor.role != "consumer":
        raise refused(FORBIDDEN)
    offer = next((each for each in offered_plans(order, actor=actor, now=now).get(line, ()) if each.code == kind), None)
    if offer is None:
        raise refused(PLAN_NOT_OFFERED)
    goods = load_order(order, actor=actor)
    facts = goods.lines[line]
    with transaction.atomic():
        try:
            with transaction.atomic():
                made = Purchase.objects.create(
                    number=new_number("PP"), kind=kind, order_number=goods.number, line_id=facts.id, line=line,
                    merchant_id=goods.merchant_id, buyer_id=goods.buyer_id, price_minor=offer.price_minor, currency=goods.currency,
                    asked_at=now,
                )  # fmt: skip
        except IntegrityError:
            return Purchase.objects.get(line_id=facts.id, kind=kind, state="asked")
        charge = payments.ask_charge(
            subject=made.number, order_id=goods.id, merchant_id=goods.merchant_id, buyer_id=goods.buyer_id, purpose=PURPOSE,
            amount_minor=made.price_minor, currency=made.currency, key=f"{made.number}:{PURPOSE}",
            expires_at=now + timedelta(hours=terms_of(goods).number("plan_payment_hours")), actor=actor, now=now,
        )  # fmt: skip
        made.charge = charge.number
        made.save(update_fields=["charge"])
        return made


def charge_paid(event: Announced) -> None:
    """Paid: the policy of the same number begins today. Goods that went back meanwhile need none: the money goes back."""
    made = _asked(event)
    if made is None:
        return
    line = next((each for each in load_order(made.order_number, actor=SYSTEM).lines.values() if each.id == made.line_id), None)
    if line is None or line.left < line.quantity:
        _end(made, "ended", event.at)
        payments.refund_charge(made.charge, actor=SYSTEM, now=event.at)
        _tell(PLAN_NOT_BOUGHT, made, event.at, because="goods_gone")
        return
    _end(made, "paid", event.at)
    on = local_day(event.at).isoformat()
    put_plan(
        {"number": made.number, "kind": made.kind, "order": made.order_number, "line": made.line, "price": made.price_minor,
         "sold_on": on, "starts_on": on},
        actor=SYSTEM, now=event.at,
    )  # fmt: skip
    payments.earn_charges(subject=made.number, actor=SYSTEM, now=event.at)
    plan = Plan.objects.get(number=made.number)
    _tell(
        PLAN_BOUGHT, made, event.at, starts_on=plan.starts_on.isoformat(), ends_on=plan.ends_on.isoformat() if plan.ends_on else None
    )


def charge_failed(event: Announced) -> None:
    """A try came to nothing: it can be paid again until its time is over."""
    made = _asked(event)
    if made is not None:
        _tell(PLAN_PAYMENT_FAILED, made, event.at, until=str(event.data.get("expires_at") or ""))


def charge_over(event: Announced) -> None:
    """Not paid in time, or called off: nothing was bought, and it may be bought anew."""
    made = _asked(event)
    if made is not None:
        _end(made, "ended", event.at)
        _tell(PLAN_NOT_BOUGHT, made, event.at, because="unpaid")


def pay_back_unused(plan: Plan, *, now: datetime) -> bool:
    """The goods went back: what is unused of a plan that was bought here goes the way it came. False for any other plan."""
    made = Purchase.objects.filter(number=plan.number, state="paid").first()
    if made is None or not plan.refund_minor:
        return False
    payments.refund_charge(made.charge, actor=SYSTEM, now=now, reason="goods_returned", amount_minor=plan.refund_minor)
    return True


def _asked(event: Announced) -> Purchase | None:
    if event.data.get("purpose") != PURPOSE:
        return None
    return Purchase.objects.select_for_update().filter(number=event.subject, state="asked").first()


def _tell(what: EventType, made: Purchase, now: datetime, **more: object) -> None:
    title = OrderLine.objects.filter(pk=made.line_id).values_list("title", flat=True).first()
    publish(
        what, subject=made.number, now=now, merchant_id=made.merchant_id, buyer_id=made.buyer_id,
        data={
            "plan": made.number, "kind": made.kind, "order": made.order_number, "line": made.line, "title": title or "",
            "price_minor": made.price_minor, "currency": made.currency, "charge": made.charge, **more,
        },
    )  # fmt: skip


def _end(made: Purchase, state: str, now: datetime) -> None:
    made.state, made.ended_at = state, now
    made.save(update_fields=["state", "ended_at"])
