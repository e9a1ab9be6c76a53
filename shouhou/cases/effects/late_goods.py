"""Effects for goods that turn up after the refund: where they are, on which shelf, or home to the consumer; the money stays."""

from typing import Any

from shouhou.cases.answers import invalid
from shouhou.cases.effects.inspection import photos
from shouhou.cases.effects.review import return_address
from shouhou.cases.effects.said import say
from shouhou.cases.moving import Moving
from shouhou.cases.rows import CaseRow
from shouhou.foundation.refusals import FieldError
from shouhou.logistics import actions as logistics
from shouhou.merchants.models import ReturnAddress
from shouhou.orders.shop.actions import tell_restock


def delivered(moving: Moving, *, words: str) -> None:
    """The consumer got after all what was refunded as lost: decided once the money is there."""
    moving.note(late={"where": "consumer", "words": words[:400], "at": moving.now.isoformat()})
    if moving.case.status == "refunded":
        moving.then("take_late_goods")


def once_paid(moving: Moving) -> None:
    """The refund has settled: what the carrier had told meanwhile is not forgotten."""
    if moving.case.details.get("late"):
        moving.then("take_late_goods")


def take(moving: Moving) -> None:
    moving.set(closed_at=None)


def came(moving: Moving) -> None:
    """They stand in the warehouse, whatever was known of them before."""
    photos(moving)
    told = {name: moving.answers[name] for name in ("tracking_number", "appearance", "note") if moving.answers.get(name)}
    moving.note(late={"where": "shop", "at": moving.now.isoformat(), **told})
    moving.set(closed_at=None)


def keep(moving: Moving) -> None:
    """Refunded in full they are the shop's: the shelf is told, once for each line. Raises ANSWERS_INVALID (CON-15)."""
    case, answers = moving.case, moving.answers
    if answers["disposition"] == "restock" and answers["grade"] != "A":
        raise invalid(FieldError("disposition", "只有 A 级可以重新入库。", "Only grade A re-enters new stock."))
    for item in case.items:
        units = _refunded(case).get(str(item.line), 0)
        if units:
            tell_restock(
                sku=item.sku, quantity=units, disposition=answers["disposition"], grade=answers["grade"], subject=case.number,
                key=f"{case.number}:late:{item.line}", now=moving.now,
            )  # fmt: skip
    moving.note(late=None, late_kept=answers["disposition"])


def send(moving: Moving) -> None:
    """A parcel to the consumer, who keeps the money as well."""
    case, answers = moving.case, moving.answers
    logistics.send_back(
        subject=case.number, carrier=answers["carrier"], tracking_number=answers["tracking_number"], address=case.contact,
        key=f"{case.number}:late", actor=moving.actor, merchant_id=case.merchant_id, buyer_id=case.buyer_id, now=moving.now,
    )  # fmt: skip
    say(moving, f"退款后到达的商品寄给您，退款不变。{answers['note']}",
        f"The goods that came after your refund are sent to you; the refund stays. {answers['note']}")  # fmt: skip
    moving.note(late=None)


def let_keep(moving: Moving) -> None:
    note = moving.answers["note"]
    say(moving, f"商品由您留下，退款不变。{note}", f"Keep the goods; your refund stays. {note}")
    moving.note(late=None)


def recall(moving: Moving) -> None:
    """Asked for in words, with the address; the merchant pays the way. The refund stays whatever they do."""
    case = moving.case
    at = ReturnAddress.objects.get(id=return_address(case.merchant_id, case.merchant))
    where, note = f"{at.contact} {at.phone} {at.region}{at.address}", moving.answers["note"]
    say(moving, f"请将已退款的商品寄回（运费由商家承担）：{where}。{note}",
        f"Please send the refunded goods back, at the merchant's cost: {where}. {note}")  # fmt: skip
    moving.note(late={**case.details["late"], "asked_back": True})


def _refunded(case: CaseRow) -> dict[str, Any]:
    return dict((case.details.get("grant") or {}).get("units") or {})
