"""The only way from a request to a refund: what the caller may not see does not exist for them."""

from typing import Any

from shouhou.foundation.refusals import OVERTAKEN, refused
from shouhou.payments.models import InvoiceTask, Refund
from shouhou.payments.queries import refund_json
from shouhou.payments.refusals import INVOICE_TASK_NOT_FOUND, REFUND_NOT_FOUND
from shouhou.plumbing.actor import Actor

# Who moved the money and what the channel said is the house's business.
INSIDE = ("instructed_by", "approved_by")
INSIDE_TENDER = ("attempts", "refusal", "proof", "tries")


def case_of_refund(number: str, *, actor: Actor, version: int | None = None) -> str:
    """The number of the case a refund belongs to, if this caller may see it. Raises Refused: REFUND_NOT_FOUND, OVERTAKEN."""
    found = Refund.objects.filter(number=number).values_list("merchant_id", "buyer_id", "version", "subject").first()
    if found is None or actor.merchant_id not in (None, found[0]) or actor.buyer_id not in (None, found[1]):
        raise refused(REFUND_NOT_FOUND, number=number)
    if version is not None and version != found[2]:
        raise refused(OVERTAKEN, version=found[2])
    return found[3]


def refund_seen(number: str, *, actor: Actor) -> dict[str, Any]:
    """The refund as this caller sees it. Raises Refused(REFUND_NOT_FOUND)."""
    case_of_refund(number, actor=actor)
    told = refund_json(number)
    if actor.buyer_id is None:
        return told
    tenders = [
        {name: value for name, value in tender.items() if name not in INSIDE_TENDER} for tender in told["tenders"]
    ]
    return {**{name: value for name, value in told.items() if name not in INSIDE}, "tenders": tenders}


def invoice_task_of(number: str, *, actor: Actor) -> InvoiceTask:
    """The invoice task, if this caller may see it: a merchant's key its own orders'. Raises Refused(INVOICE_TASK_NOT_FOUND)."""
    found = InvoiceTask.objects.filter(number=number[:20]).select_related("order", "refund", "charge").first()
    if found is None or actor.merchant_id not in (None, found.order.merchant_id) or actor.buyer_id is not None:
        raise refused(INVOICE_TASK_NOT_FOUND, number=number[:20])
    return found
