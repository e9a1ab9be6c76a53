"""What a shop has sold becomes payable after the settlement cycle; what is in dispute is set aside until its case ends."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import connection, transaction

from shouhou.cases.workflows.dispute import ALL
from shouhou.foundation.days import local_day
from shouhou.ledger import actions as ledger
from shouhou.ledger import recipes
from shouhou.orders.claims import freeze_orders
from shouhou.orders.models import Order, Payment
from shouhou.orders.queries import discounts_by_bearer
from shouhou.payments.channels.registry import channel_for
from shouhou.plumbing.actor import SYSTEM
from shouhou.settlements.models import HeldSale, MerchantAccount
from shouhou.settlements.terms import terms_now

BATCH = 1000
# A case that stands here is with the platform: somebody has to decide between buyer and shop.
DISPUTES = ("escalated", "inspection_escalated", *ALL.split())
SUBJECT_MOST = 60


def post_sales(merchant_id: int, *, now: datetime) -> int:
    """In the caller's transaction and under the shop's lock: every order whose cycle is over is owed to the shop, once,
    tender by tender; returns how many orders."""
    account = MerchantAccount.objects.filter(merchant=merchant_id).first()
    if account is None or account.sales_since is None:
        return 0
    last = local_day(now) - timedelta(days=terms_now(now).number("settlement_cycle_days"))
    with connection.cursor() as cursor:
        cursor.execute(TAKE_DUE, [now, merchant_id, account.sales_since, last, BATCH])
        ids = [row[0] for row in cursor.fetchall()]
    freeze_orders(ids)
    for payment in Payment.objects.filter(order__in=ids, amount_minor__gt=0).select_related("order").order_by("order_id", "position"):
        order = payment.order
        ledger.post(
            recipes.sale(
                merchant=merchant_id, channel=channel_for(payment.tender), tender=payment.tender, amount_minor=payment.amount_minor,
            ),
            recipe="sale", currency=order.currency, key=f"sale:{order.pk}:{payment.position}", by=SYSTEM.who, now=now,
            subject=order.number if len(order.number) <= SUBJECT_MOST else f"order:{order.pk}",
        )  # fmt: skip
    _post_subsidies(merchant_id, ids, now=now)
    return len(ids)


def keep_holds(merchant_id: int, *, now: datetime) -> tuple[int, int]:
    """In the caller's transaction and under the shop's lock: what is in dispute is set aside, what is decided is released.
    Returns how many of each."""
    released = 0
    for held in HeldSale.objects.filter(merchant=merchant_id, released_at=None).select_related("case").order_by("id"):
        if held.case.closed_at is None and held.case.resolved_at is None:
            continue
        ledger.post(
            recipes.sale_released(merchant=merchant_id, amount_minor=held.amount_minor), recipe="sale_released",
            subject=held.case.number, currency=held.currency, key=f"held:{held.case.number}:{held.turn}:released", by=SYSTEM.who, now=now,
        )  # fmt: skip
        held.released_at = now
        held.save(update_fields=["released_at"])
        released += 1
    account = MerchantAccount.objects.filter(merchant=merchant_id).first()
    if account is None or account.sales_since is None:
        return 0, released
    with connection.cursor() as cursor:
        cursor.execute(AT_RISK, [list(DISPUTES), merchant_id, account.sales_since, BATCH])
        found = [row for row in cursor.fetchall() if row[-1] > 0]
    for case_id, number, currency, turn, amount in found:
        HeldSale.objects.create(
            merchant_id=merchant_id, case_id=case_id, turn=turn, amount_minor=amount, currency=currency, held_at=now
        )
        ledger.post(
            recipes.sale_held(merchant=merchant_id, amount_minor=amount), recipe="sale_held", subject=number, currency=currency,
            key=f"held:{number}:{turn}", by=SYSTEM.who, now=now,
        )  # fmt: skip
    return len(found), released


def watch_sales(*, now: datetime) -> int:
    """For every shop whose sales are settled here: one after the other, each in a transaction of its own."""
    done = 0
    for merchant_id in MerchantAccount.objects.exclude(sales_since=None).order_by("merchant").values_list("merchant_id", flat=True):
        with transaction.atomic():
            MerchantAccount.objects.select_for_update(no_key=True).get(merchant=merchant_id)
            done += post_sales(merchant_id, now=now) + sum(keep_holds(merchant_id, now=now))
    return done


def _post_subsidies(merchant_id: int, order_ids: Sequence[int], *, now: datetime) -> None:
    """What others took off the price is owed to the shop, too: the platform its promotion, a coupon or points in kind."""
    orders = Order.objects.in_bulk(order_ids)
    for order_id, bearer, amount in discounts_by_bearer(order_ids):
        if bearer == "merchant":
            continue
        order, platform = orders[order_id], bearer == "platform"
        moves = (
            recipes.promotion_granted(merchant=merchant_id, amount_minor=amount) if platform
            else recipes.sale(merchant=merchant_id, channel=channel_for(bearer), tender=bearer, amount_minor=amount)
        )  # fmt: skip
        ledger.post(
            moves, recipe="promotion_granted" if platform else "sale", currency=order.currency, key=f"sale:{order_id}:{bearer}",
            by=SYSTEM.who, now=now, subject=order.number if len(order.number) <= SUBJECT_MOST else f"order:{order_id}",
        )  # fmt: skip


# An order is due when all of it was received (or came back) and the last receipt is long enough ago.
TAKE_DUE = """
INSERT INTO settlements_settledsale (order_id, at)
SELECT o.id, %s FROM orders_order o
WHERE o.merchant_id = %s AND o.placed_at >= %s
  AND NOT EXISTS (SELECT 1 FROM settlements_settledsale s WHERE s.order_id = o.id)
  AND EXISTS (SELECT 1 FROM orders_orderline l WHERE l.order_id = o.id)
  AND NOT EXISTS (
    SELECT 1 FROM orders_orderline l WHERE l.order_id = o.id AND l.returned_quantity < l.quantity
      AND (l.received_on IS NULL OR l.received_on > %s))
ORDER BY o.id LIMIT %s
ON CONFLICT DO NOTHING RETURNING order_id
"""
AT_RISK = """
SELECT c.id, c.number, c.currency, coalesce((SELECT max(h.turn) FROM settlements_heldsale h WHERE h.case_id = c.id), 0) + 1,
    CASE WHEN c.refund_minor > 0 THEN c.refund_minor ELSE (
        SELECT coalesce(sum(l.paid_minor * i.quantity / l.quantity), 0)
        FROM cases_caseitem i JOIN orders_orderline l ON l.id = i.line_id WHERE i.case_id = c.id) END AS at_risk
FROM cases_case c JOIN orders_order o ON o.id = c.order_id
WHERE c.closed_at IS NULL AND c.resolved_at IS NULL AND c.status = ANY(%s) AND c.merchant_id = %s AND o.placed_at >= %s
  AND NOT EXISTS (SELECT 1 FROM settlements_heldsale h WHERE h.case_id = c.id AND h.released_at IS NULL)
  -- What was not posted yet cannot be paid out yet either.
  AND EXISTS (SELECT 1 FROM settlements_settledsale s WHERE s.order_id = o.id)
ORDER BY c.id LIMIT %s
"""
