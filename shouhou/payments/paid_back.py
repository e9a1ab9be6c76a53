"""What a subject's refunds have come to: per line, deduction and tender, in the shape of a preview."""

from typing import Any

from shouhou.payments.models import Refund
from shouhou.payments.rules.beside import ASIDE, FLASH


def paid_back(subject: str) -> dict[str, Any] | None:
    """Every refund for the subject that was not taken back, without what went out beside it; None without one.

    `total` is what has settled; `tenders` tell each part with its state; `first`: refunded before the goods were there.
    """
    refunds = list(
        Refund.objects.filter(subject=subject).exclude(state="cancelled").exclude(reason__in=ASIDE).order_by("id")
        .prefetch_related("parts", "lines__line")
    )  # fmt: skip
    if not refunds:
        return None
    currency = refunds[0].currency
    parts = [part for refund in refunds for part in refund.parts.all() if part.state != "cancelled"]
    return {
        "first": any(refund.reason == FLASH for refund in refunds),
        "total": _money(sum(part.amount_minor for part in parts if part.state == "settled"), currency),
        "freight": _money(sum(refund.freight_minor for refund in refunds), currency),
        "lines": [
            {"line": row.line.line, "quantity": row.quantity, "amount": _money(row.goods_minor, currency)}
            for refund in refunds for row in refund.lines.all()
        ],
        "deductions": [
            {"code": cut["code"], "line": cut["line"], "note": cut["note"], "amount": _money(cut["amount_minor"], currency)}
            for refund in refunds for cut in refund.deductions
        ],
        "undone": [
            {"bearer": share["bearer"], "name": share["name"], "amount": _money(share["amount_minor"], currency)}
            for refund in refunds for share in refund.undone
        ],
        "tenders": [
            {"tender": part.tender, "amount": _money(part.amount_minor, currency), "state": part.state} for part in parts
        ],
    }  # fmt: skip


def next_key(key: str) -> str:
    """The key under which something is paid: what a second person has sent back was cancelled, the next one is another."""
    sent_back = Refund.objects.filter(key__startswith=key, state="cancelled").count()
    return f"{key}:{sent_back}" if sent_back else key


def _money(minor: int, currency: str) -> dict[str, object]:
    return {"amount": minor, "currency": currency}
