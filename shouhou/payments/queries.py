"""Reading money: what is left of an order, a refund with its parts, lists, and what is stuck."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import connection

from shouhou.foundation.refusals import NOT_FOUND, refused
from shouhou.payments.models import Refund
from shouhou.payments.refusals import REFUND_NOT_FOUND
from shouhou.payments.rules import Discount, LineMoney, Offer, OrderMoney, PaymentMoney, Promotion, Tier

MAX_PAGE = 200


def order_money(order_id: int) -> OrderMoney:
    """The money side of an order, one query. Raises Refused NOT_FOUND."""
    with connection.cursor() as cursor:
        cursor.execute(ORDER_MONEY, {"order": order_id})
        row = cursor.fetchone()
    if row is None:
        raise refused(NOT_FOUND)
    return money_from(order_id, row)


def money_from(order_id: int, row: Sequence[Any]) -> OrderMoney:
    """From the columns of ORDER_MONEY, which a caller may have asked for inside a statement of its own."""
    currency, freight, promotion, lines, payments, freight_refunded, gifts, lost, discounts, undone = row
    return OrderMoney(
        order_id=order_id, currency=currency,
        lines=tuple(LineMoney(*line[:-1]) for line in lines or ()),
        payments=tuple(PaymentMoney(*payment) for payment in payments or ()),
        freight_minor=freight, freight_refunded_minor=int(freight_refunded), promotion=_promotion(promotion),
        gifts_taken_minor=int(gifts), lost_freight_taken_minor=int(lost),
        discounts=_discounts([(None, discounts), *((line[0], line[-1]) for line in lines or ())], undone),
    )  # fmt: skip


def refund_json(number: str) -> dict[str, Any]:
    """One refund as the API shows it: amount per tender, state, tries, expected and actual. Raises Refused."""
    refund = Refund.objects.filter(number=number).first()
    if refund is None:
        raise refused(REFUND_NOT_FOUND, number=number)
    parts = list(refund.parts.order_by("id").prefetch_related("attempts"))
    return {
        **_summary(refund),
        "reason": refund.reason, "instructed_by": refund.instructed_by, "instructed_at": _iso(refund.instructed_at),
        "approved_by": refund.approved_by or None, "approved_at": _iso(refund.approved_at),
        "deductions": [
            {"code": cut["code"], "line": cut["line"], "amount": _money(cut["amount_minor"], refund.currency),
             "note": cut["note"]}
            for cut in refund.deductions
        ],
        "undone": [
            {"bearer": share["bearer"], "name": share["name"], "amount": _money(share["amount_minor"], refund.currency)}
            for share in refund.undone
        ],
        "tenders": [
            {
                "tender": part.tender, "channel": part.channel, "amount": _money(part.amount_minor, refund.currency),
                "state": part.state, "tries": part.tries, "reference": part.channel_reference or None,
                "refusal": part.refusal_code or None, "proof": part.proof or None,
                "settled_at": _iso(part.settled_at),
                "attempts": [
                    {"kind": a.kind, "outcome": a.outcome, "detail": a.detail, "started_at": _iso(a.started_at),
                     "ended_at": _iso(a.ended_at)}
                    for a in sorted(part.attempts.all(), key=lambda a: a.id)
                ],
            }
            for part in parts
        ],
    }  # fmt: skip


def refunds_of(subject: str) -> list[dict[str, Any]]:
    """Every refund for a subject, oldest first, in short."""
    return [_summary(refund) for refund in Refund.objects.filter(subject=subject).order_by("id")]


def list_refunds(
    *, limit: int, before_id: int | None = None, state: str | None = None, subject: str | None = None,
    merchant_id: int | None = None, buyer_id: int | None = None, updated_after: datetime | None = None,
) -> tuple[list[dict[str, Any]], int | None]:  # fmt: skip
    """Newest first, at most `limit` (200), and where to go on (`before_id` of the next page) or None."""
    limit = max(1, min(limit, MAX_PAGE))
    wanted: dict[str, object] = {
        "id__lt": before_id, "state": state, "subject": subject, "merchant_id": merchant_id, "buyer_id": buyer_id,
        "updated_at__gt": updated_after,
    }  # fmt: skip
    chosen = {name: value for name, value in wanted.items() if value is not None}
    rows = list(Refund.objects.filter(**chosen).order_by("-id")[: limit + 1])
    more = len(rows) > limit
    return [_summary(refund) for refund in rows[:limit]], rows[limit - 1].id if more else None


def stuck(*, now: datetime, older_than_seconds: int = 900, limit: int = 100) -> list[dict[str, Any]]:
    """What a person should look at: open parts nothing is heard of, parts a channel refused, charges of which the channel
    took another amount or that it will not close; oldest first."""
    with connection.cursor() as cursor:
        cursor.execute(STUCK, {"before": now - timedelta(seconds=older_than_seconds), "most": min(limit, MAX_PAGE)})
        names = ("number", "subject", "tender", "channel", "amount_minor", "currency", "state", "code", "tries", "since")
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def _summary(refund: Refund) -> dict[str, Any]:
    return {
        "number": refund.number, "subject": refund.subject, "state": refund.state,
        "amount": _money(refund.amount_minor, refund.currency), "expected_at": _iso(refund.expected_at),
        "settled_at": _iso(refund.settled_at), "updated_at": _iso(refund.updated_at), "version": refund.version,
    }  # fmt: skip


def _promotion(stated: Mapping[str, Any]) -> Promotion:
    return Promotion(
        int(stated.get("threshold") or 0), int(stated.get("discount") or 0),
        int(stated.get("free_freight_threshold") or 0), int(stated.get("standard_freight") or 0),
        tuple(_offer(offer) for offer in stated.get("offers") or ()),
    )  # fmt: skip


def _offer(stated: Mapping[str, Any]) -> Offer:
    return Offer(
        kind=stated["kind"], name=stated.get("name", ""), lines=tuple(stated.get("lines", ())),
        tiers=tuple(
            Tier(tier.get("threshold", 0), tier.get("units", 0), tier.get("discount", 0), tier.get("percent", 0))
            for tier in stated.get("tiers", ())
        ),
        every=bool(stated.get("every")), units=stated.get("units", 0), price_minor=stated.get("price", 0),
        gifts=tuple(stated.get("gifts", ())),
    )  # fmt: skip


def _discounts(
    told: Sequence[tuple[int | None, Sequence[Mapping[str, Any]]]], undone: Sequence[Sequence[Mapping[str, Any]]] | None
) -> tuple[Discount, ...]:
    """The discounts of the order and of its lines, each with what earlier refunds took back of its bearer and name."""
    gone: Counter[tuple[str, str]] = Counter()
    for shares in undone or ():
        for share in shares:
            gone[share["bearer"], share["name"]] += share["amount_minor"]
    return tuple(
        Discount(each["bearer"], each["amount"], name, line, gone[each["bearer"], name])
        for line, discounts in told for each in discounts for name in [each.get("name", "")]
    )  # fmt: skip


def _money(minor: int, currency: str) -> dict[str, object]:
    return {"amount": minor, "currency": currency}


def _iso(instant: datetime | None) -> str | None:
    return instant.isoformat() if instant else None


# The same as one JSON array for a statement that has the order's id at hand: `%(order)s` is put in by the caller.
ORDER_MONEY_ARRAY = """
(SELECT jsonb_build_array(m.currency, m.freight, m.promotion, m.lines, m.payments, m.back, m.gifts, m.lost, m.given, m.undone)
 FROM ({money}) AS m(currency, freight, promotion, lines, payments, back, gifts, lost, given, undone))
"""
ORDER_MONEY = """
SELECT o.currency, o.freight_minor, o.promotion::json,
  (SELECT json_agg(json_build_array(l.line, l.quantity, l.unit_price_minor, l.paid_minor, coalesce(b.units, 0),
                                    coalesce(b.minor, 0), l.is_gift, l.gift_price_minor, coalesce(b.allowed, 0),
                                    l.discounts) ORDER BY l.line)
   FROM orders_orderline l LEFT JOIN LATERAL (
     SELECT sum(rl.quantity - rl.back_quantity) AS units, sum(rl.goods_minor - rl.back_minor) AS minor,
       -- Nothing came back in that refund: it was an allowance, which stays with the goods.
       sum(rl.goods_minor) FILTER (WHERE r.reason <> 'return' AND NOT EXISTS (
         SELECT FROM payments_refundline unit WHERE unit.refund_id = rl.refund_id AND unit.quantity > 0)) AS allowed
     FROM payments_refundline rl
     JOIN payments_refund r ON r.id = rl.refund_id WHERE rl.line_id = l.id AND r.state <> 'cancelled') b ON true
   WHERE l.order_id = o.id),
  (SELECT json_agg(t.row ORDER BY t.place) FROM (
     SELECT json_build_array(p.id, p.tender, p.amount_minor, coalesce(a.reserved_minor + a.settled_minor, 0)) AS row, p.position AS place
     FROM orders_payment p LEFT JOIN payments_tenderallowance a ON a.payment_id = p.id WHERE p.order_id = o.id
     UNION ALL
     -- What was refunded before the goods came, and paid back: it can only go back to what it was paid back with.
     SELECT json_build_array(NULL, g.means, g.amount_minor, coalesce(
         (SELECT sum(gone.amount_minor) FROM payments_refundpart gone WHERE gone.charge_id = g.id AND gone.state <> 'cancelled'), 0), g.id),
       1000000 + g.id
     FROM payments_refund r, jsonb_array_elements_text(r.stands->'charges') AS again, payments_charge g
     WHERE g.number = again AND r.order_id = o.id AND r.stands IS NOT NULL AND r.state <> 'cancelled') t),
  e.freight, e.gifts, e.lost, o.discounts::json, e.undone
FROM orders_order o, LATERAL (
  SELECT coalesce(sum(coalesce((r.stands->>'freight')::bigint, r.freight_minor)), 0) AS freight,
    json_agg(coalesce(r.stands->'undone', r.undone)) FILTER (WHERE r.undone <> '[]') AS undone,
    coalesce(sum(c.gifts), 0) AS gifts, coalesce(sum(c.lost), 0) AS lost
  FROM payments_refund r, LATERAL (
    SELECT sum((d->>'amount_minor')::bigint) FILTER (WHERE d->>'code' = 'GIFT_KEPT') AS gifts,
      sum((d->>'amount_minor')::bigint) FILTER (WHERE d->>'code' = 'LOST_FREE_FREIGHT') AS lost
    FROM jsonb_array_elements(coalesce(r.stands->'deductions', r.deductions)) d) c
  WHERE r.order_id = o.id AND r.state <> 'cancelled') e
WHERE o.id = %(order)s
"""
STUCK = """
SELECT r.number, r.subject, p.tender, p.channel, p.amount_minor, r.currency, p.state, p.refusal_code, p.tries,
  p.updated_at
FROM payments_refundpart p JOIN payments_refund r ON r.id = p.refund_id
WHERE p.state = 'refused' OR (p.state IN ('pending', 'sent', 'unknown') AND r.state <> 'awaiting_second'
  AND coalesce(p.sent_at, r.instructed_at) < %(before)s)
UNION ALL
SELECT c.number, c.subject, coalesce(nullif(c.means, ''), c.purpose), c.channel, c.amount_minor, c.currency, 'unknown', a.detail,
  c.tries, a.ended_at
FROM payments_charge c JOIN LATERAL (
  SELECT detail, ended_at FROM payments_chargeattempt a
  WHERE a.charge_id = c.id AND a.outcome = 'other amount' ORDER BY a.id DESC LIMIT 1) a ON true
WHERE c.state = 'awaiting' AND c.open_there
UNION ALL
SELECT c.number, c.subject, c.purpose, c.channel, c.amount_minor, c.currency, 'unknown', c.state, c.tries, c.updated_at
FROM payments_charge c WHERE c.open_there AND c.state IN ('cancelled', 'expired') AND c.ended_at < %(before)s
ORDER BY 10 LIMIT %(most)s
"""
