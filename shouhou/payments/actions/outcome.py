"""What becomes of a part and of its refund, always under the refund's lock."""

from collections.abc import Sequence
from datetime import datetime
from typing import Literal

from shouhou.foundation.refusals import refused
from shouhou.ledger import actions as ledger
from shouhou.ledger import recipes
from shouhou.payments.actions.allowances import free, settle_reserved, unsettle
from shouhou.payments.actions.charge_state import charge_refunded, subject_behind
from shouhou.payments.actions.invoicing import draft_reversal
from shouhou.payments.channels.registry import TRANSFER
from shouhou.payments.events import (
    REFUND_BY_TRANSFER,
    REFUND_CONTRADICTED,
    REFUND_FAILED,
    REFUND_PART_SETTLED,
    REFUND_SETTLED,
)
from shouhou.payments.models import OtherRoute, Refund, RefundPart
from shouhou.payments.ports import hold
from shouhou.payments.refusals import REFUND_NOT_FOUND
from shouhou.payments.rules import is_cash
from shouhou.plumbing.events import EventType, publish
from shouhou.plumbing.sealed import tail

OPEN = ("pending", "sent", "unknown")
# How an attempt ended in which the channel told of another amount than instructed.
OTHER_AMOUNT = "other amount"


def locked(
    *, number: str | None = None, part_id: int | None = None, key: object = None
) -> tuple[Refund, list[RefundPart]]:
    """The refund (by its number, or by one of its parts) under its lock, with its parts. Raises Refused when unknown."""
    if number is None:
        wanted = {"id": part_id} if part_id is not None else {"idempotency_key": key}
        found = Refund.objects.filter(id__in=RefundPart.objects.filter(**wanted).values("refund_id"))
    else:
        found = Refund.objects.filter(number=number)
    row = found.values_list("id", "subject").first()
    if row is None:
        raise refused(REFUND_NOT_FOUND, number=number or str(key or part_id))
    hold(subject_behind(row[1]))
    refund = Refund.objects.select_for_update(no_key=True).get(id=row[0])
    return refund, list(RefundPart.objects.filter(refund=refund).order_by("id"))


def hold_key(part: RefundPart) -> str:
    """The pending transfer's key; a part tried again after a refusal gets a new one, the channel's key stays."""
    return f"refund:{part.idempotency_key}:{part.round}"


def settle(
    refund: Refund, parts: Sequence[RefundPart], part: RefundPart, *, reference: str, by: str, now: datetime
) -> Literal["settled", "settled before", "contradicted"]:  # fmt: skip
    """The channel has paid. Told twice is told once; told against our books goes to a person."""
    if part.state == "settled":
        return "settled before"
    if part.state not in OPEN:
        contradict(refund, part, "settled", now)
        return "contradicted"
    settle_reserved(part.payment_id, part.amount_minor)
    ledger.settle(hold_key(part), by=by, now=now)
    part.state, part.settled_at, part.channel_reference = "settled", now, reference
    _save_part(part, now, "state", "settled_at", "channel_reference")
    part_settled(refund, part, now)
    conclude(refund, parts, now)
    return "settled"


def part_settled(refund: Refund, part: RefundPart, now: datetime) -> None:
    announce(REFUND_PART_SETTLED, refund, now, in_kind=not is_cash(part.tender), **_part(part))


def refuse(
    refund: Refund, parts: Sequence[RefundPart], part: RefundPart, *, code: str, by: str, now: datetime
) -> None:  # fmt: skip
    """The channel will not pay: the posting is voided; a person tries again or pays another way. It is still owed, so
    it stays reserved: another refund of the order must not take it, or this one could never be paid."""
    if part.state not in OPEN:
        return
    ledger.void(hold_key(part), by=by, now=now)
    part.state, part.refusal_code = "refused", code
    _save_part(part, now, "state", "refusal_code")
    conclude(refund, parts, now)


def came_back(
    refund: Refund, parts: Sequence[RefundPart], part: RefundPart, *, code: str, by: str, now: datetime
) -> None:  # fmt: skip
    """A bank has returned what had settled: the books say so, it is owed again, and finance tries again or pays another way.

    Whoever was told of the settled refund is not told otherwise by a program: it goes to a person.
    """
    unsettle(part.payment_id, part.amount_minor)
    ledger.post(
        recipes.refund_returned(
            merchant=refund.merchant_id, buyer=refund.buyer_id, channel=part.channel, tender=part.tender,
            amount_minor=part.amount_minor, bearer=refund.bearer,
        ),
        recipe="refund_returned", subject=refund.subject, currency=refund.currency,
        key=f"returned:{part.idempotency_key}:{part.round}", by=by, now=now,
    )  # fmt: skip
    part.state, part.refusal_code, part.settled_at = "refused", code, None
    _save_part(part, now, "state", "refusal_code", "settled_at")
    refund.settled_at = None
    _save_refund(refund, now, "settled_at")
    conclude(refund, parts, now)
    contradict(refund, part, f"{code} after settled", now)


def withdraw(part: RefundPart, *, by: str, now: datetime) -> None:
    """Nothing of this part will be paid: its reservation is freed, its pending posting voided."""
    free(part.payment_id, part.amount_minor)
    ledger.void(hold_key(part), by=by, now=now)
    part.state = "cancelled"
    _save_part(part, now, "state")


def conclude(refund: Refund, parts: Sequence[RefundPart], now: datetime) -> None:
    """When no part is open any more the refund has an end: settled, partly settled or failed."""
    if any(part.state in OPEN for part in parts):
        return
    refusals = {part.tender: part.refusal_code for part in parts if part.state == "refused"}
    if refusals:
        refund.state = "partly_settled" if any(part.state == "settled" for part in parts) else "failed"
        _save_refund(refund, now, "state")
        if all(part.channel == TRANSFER for part in parts if part.state == "refused"):
            # Nothing has failed: it goes where the buyer wanted it, which no channel pays.
            route = OtherRoute.objects.filter(refund=refund, kind="bank").order_by("-id").first()
            announce(REFUND_BY_TRANSFER, refund, now, account=tail(route.account) if route and route.account else "")
            return
        announce(REFUND_FAILED, refund, now, refused=refusals)
        return
    refund.state, refund.settled_at = "settled", now
    _save_refund(refund, now, "state", "settled_at")
    kept = sum(cut["amount_minor"] for cut in refund.deductions)
    if kept > 0:
        ledger.post(
            recipes.deduction(merchant=refund.merchant_id, buyer=refund.buyer_id, amount_minor=kept),
            recipe="deduction", subject=refund.subject, currency=refund.currency, key=f"deduction:{refund.number}",
            by=refund.instructed_by, now=now,
        )  # fmt: skip
    subsidy = sum(share["amount_minor"] for share in refund.undone if share["bearer"] == "platform")
    if subsidy:
        ledger.post(
            recipes.promotion_returned(merchant=refund.merchant_id, amount_minor=subsidy), recipe="promotion_returned",
            subject=refund.subject, currency=refund.currency, key=f"promotion:{refund.number}", by=refund.instructed_by, now=now,
        )  # fmt: skip
    announce(REFUND_SETTLED, refund, now)
    draft_reversal(refund, now=now)
    if refund.subject.startswith("CH-"):
        charge_refunded(refund.subject, refund=refund.number, now=now)


def contradict(refund: Refund, part: RefundPart, said: str, now: datetime) -> None:
    """Never decided by a program: announced, and shown in the stuck list."""
    announce(REFUND_CONTRADICTED, refund, now, said=said, **_part(part))


def announce(what: EventType, refund: Refund, now: datetime, **more: object) -> None:
    publish(
        what, subject=refund.subject, now=now, merchant_id=refund.merchant_id, buyer_id=refund.buyer_id,
        data={
            "number": refund.number, "order_id": refund.order_id, "amount_minor": refund.amount_minor,
            "currency": refund.currency, "state": refund.state, "reason": refund.reason,
            "expected_at": refund.expected_at.isoformat() if refund.expected_at else None, **more,
        },
    )  # fmt: skip


def _part(part: RefundPart) -> dict[str, object]:
    return {"tender": part.tender, "channel": part.channel, "part_minor": part.amount_minor}


def _save_part(part: RefundPart, now: datetime, *fields: str) -> None:
    part.updated_at = now
    part.save(update_fields=["updated_at", *fields])


def _save_refund(refund: Refund, now: datetime, *fields: str) -> None:
    refund.version, refund.updated_at = refund.version + 1, now
    refund.save(update_fields=["version", "updated_at", *fields])
