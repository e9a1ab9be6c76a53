"""`PUT /orders/{number}`: the order is made, refreshed, or found unchanged."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from django.db import IntegrityError, transaction

from shouhou.accounts.actions import take_buyers
from shouhou.foundation.refusals import FORBIDDEN, OVERTAKEN, refusal, refused
from shouhou.merchants.actions import take_merchants
from shouhou.orders import rows, rules
from shouhou.orders.actions import storing
from shouhou.orders.actions.refresh import refresh
from shouhou.orders.models import Order, OrderLine
from shouhou.orders.snapshot import MAX_LINES, Snapshot, invalid, parse_number
from shouhou.plumbing.actor import Actor

Outcome = Literal["created", "updated", "unchanged"]

ORDER_WITHOUT_LINES = refusal(
    "ORDER_WITHOUT_LINES", "invalid", zh="订单没有商品行，不收录。", en="The order has no lines; it is not taken in."
)
NOT_YOUR_ORDER = refusal(
    "NOT_YOUR_ORDER", "forbidden",
    zh="该密钥只能提交本店铺的订单。", en="This key may only send orders of its own shop.",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class PutResult:
    """What became of it; `difference_minor` ≠ 0 marks an order whose payments do not add up to its lines."""

    outcome: Outcome
    number: str
    version: int
    difference_minor: int


def put_order(
    snapshot: Snapshot, *, number: str, actor: Actor, now: datetime, version: int | None = None,
    import_id: int | None = None, max_lines: int = MAX_LINES,
) -> PutResult:  # fmt: skip
    """Take the order in, or refresh it; the same content again is `unchanged` and makes no new version.

    Raises Refused: INVALID_INPUT (every wrong field), ORDER_WITHOUT_LINES, NOT_YOUR_ORDER, FORBIDDEN, OVERTAKEN (the
    version is not the stored one), SNAPSHOT_IN_USE (a case stands on it and more than shipment facts changed).
    """
    number = parse_number(number)
    check(snapshot, actor=actor, now=now, max_lines=max_lines)
    with transaction.atomic():
        buyer = take_buyers({snapshot.buyer.id: storing.buyer_facts(snapshot)})[snapshot.buyer.id]
        merchants = take_merchants({snapshot.merchant.code: storing.merchant_facts(snapshot)})
        merchant_id = merchants[snapshot.merchant.code]
        if actor.merchant_id not in (None, merchant_id):
            raise refused(NOT_YOUR_ORDER)
        if buyer.erased:
            snapshot = storing.without_person(snapshot)
        new = storing.New(number, snapshot, buyer, merchant_id, rows.fingerprint(snapshot))
        order = _locked(number)
        if order is None:
            if version is not None:
                raise refused(OVERTAKEN, version=0)
            try:
                with transaction.atomic():
                    storing.insert([new], now=now, import_id=import_id)
                return PutResult("created", number, 1, rules.difference_minor(snapshot))
            except IntegrityError:
                # Somebody made it at the same moment: theirs stands, ours refreshes it.
                order = _locked(number)
                if order is None:
                    raise
        if actor.merchant_id not in (None, order.merchant_id):
            raise refused(NOT_YOUR_ORDER)
        if version is not None and version != order.version:
            raise refused(OVERTAKEN, version=order.version)
        changed = refresh(order, new, now=now)
        return PutResult("updated" if changed else "unchanged", number, order.version, order.difference_minor)


def check(snapshot: Snapshot, *, actor: Actor, now: datetime, max_lines: int) -> None:
    """What can be refused without looking at the database."""
    if actor.role == "consumer":
        raise refused(FORBIDDEN)
    if not snapshot.lines:
        raise refused(ORDER_WITHOUT_LINES)
    errors = rules.errors_of(snapshot, now=now, max_lines=max_lines)
    if errors:
        raise invalid(*errors)


def _locked(number: str) -> Order | None:
    """The order with its lines locked: lines first, as an application does, so that none waits for the other."""
    list(OrderLine.objects.select_for_update(no_key=True).filter(order__number=number).order_by("id").values_list("id"))
    return Order.objects.select_for_update(no_key=True).filter(number=number).first()
