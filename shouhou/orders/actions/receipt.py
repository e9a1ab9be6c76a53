"""An agent finds the receipt date where no carrier fact exists; never without a basis (RCV-03)."""

from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction

from shouhou.foundation.days import local_day
from shouhou.foundation.refusals import FORBIDDEN, NOT_FOUND, OVERTAKEN, FieldError, refusal, refused
from shouhou.orders.actions.refresh import announce_receipt
from shouhou.orders.models import Order, OrderLine, ReceiptRuling
from shouhou.orders.receipt import BASIS_REQUIRED
from shouhou.orders.snapshot import invalid
from shouhou.plumbing.actor import Actor

MAY_RULE = frozenset({"agent", "reviewer", "supervisor", "operations", "arbitrator"})
MAX_BASIS, MAX_NOTE = 10, 500

RECEIPT_KNOWN = refusal(
    "RECEIPT_KNOWN", "conflict",
    zh="承运商已有收货记录（{received_on}），不能人工认定。",
    en="The carrier has a receipt on record ({received_on}); it is not for a person to find.",
)  # fmt: skip


def rule_receipt(
    *, number: str, line: int, received_on: date, basis: Sequence[str], actor: Actor, now: datetime, note: str = "",
    version: int | None = None,
) -> OrderLine:  # fmt: skip
    """Record the finding and its basis; a later one replaces it, a carrier's fact outranks it.

    Raises Refused: FORBIDDEN, NOT_FOUND, BASIS_REQUIRED, RECEIPT_KNOWN, INVALID_INPUT (an impossible day), OVERTAKEN.
    """
    if actor.role not in MAY_RULE:
        raise refused(FORBIDDEN)
    reasons = [part.strip()[:40] for part in basis if part.strip()][:MAX_BASIS]
    if not reasons:
        raise refused(BASIS_REQUIRED)
    with transaction.atomic():
        found = OrderLine.objects.select_for_update(no_key=True).filter(order__number=number, line=line).first()
        if found is None:
            raise refused(NOT_FOUND)
        order = Order.objects.select_for_update(no_key=True).get(pk=found.order_id)
        if version is not None and version != order.version:
            raise refused(OVERTAKEN, version=order.version)
        if found.receipt_source in ("signature", "carrier_arrival"):
            raise refused(RECEIPT_KNOWN, received_on=found.received_on)
        if not local_day(order.placed_at) <= received_on <= local_day(now):
            raise invalid(
                FieldError("received_on", "应在下单日与今天之间", "must lie between the order's day and today")
            )
        ReceiptRuling.objects.create(
            line=found, received_on=received_on, basis=reasons, note=note[:MAX_NOTE], by=actor.who, at=now
        )
        if (found.received_on, found.receipt_source) != (received_on, "manual"):
            found.received_on, found.receipt_source = received_on, "manual"
            found.save(update_fields=["received_on", "receipt_source"])
            announce_receipt(order, [found], now=now)
        return found
