"""Opening a complaint or feedback: about an order, about another case, or about nothing bought yet (CMP-01, CMP-08, PRE-02)."""

from datetime import datetime
from typing import Any

from shouhou.accounts.models import Buyer
from shouhou.accounts.visitors import visitor
from shouhou.cases.access import order_for
from shouhou.cases.answers import take_answers
from shouhou.cases.evidence import attach_tokens
from shouhou.cases.opening import CONTACT_FIELDS, Application, read_wish, write_opening
from shouhou.cases.reasons import FAMILY
from shouhou.cases.refusals import (
    COMPLAINANT_UNKNOWN,
    DESCRIPTION_REQUIRED,
    LINE_TWICE,
    LINE_UNKNOWN,
    QUANTITY_TAKEN,
    SHOP_UNKNOWN,
)
from shouhou.cases.rows import CaseRow, ItemRow, load_case
from shouhou.cases.workflows import WORKFLOWS
from shouhou.foundation.ids import new_number
from shouhou.foundation.refusals import FieldError, refused
from shouhou.merchants.models import Merchant
from shouhou.orders.models import Order
from shouhou.plumbing.actor import Actor
from shouhou.policy.queries import book_in_force

TITLE_MOST = 40


def is_plain(wish: Application) -> bool:
    """Whether the service needs neither order nor items, so that no policy is asked."""
    workflow = WORKFLOWS.get(wish.service)
    return workflow is not None and not workflow.applying.about_goods


def open_plain(wish: Application, *, actor: Actor, now: datetime) -> CaseRow:
    """Check and write; the caller's transaction must be open. Raises what `open_case` documents."""
    workflow, family = read_wish(wish)
    if not wish.description.strip():
        raise refused(DESCRIPTION_REQUIRED, FieldError("description", "请描述遇到的问题。", "Describe the problem."))
    details: dict[str, Any] = take_answers(workflow.applying.asks, wish.answers)
    order = _order(wish, details, actor=actor)
    buyer = order.buyer if order else _complainant(wish, actor=actor)
    shop = order.merchant if order else _shop(wish)
    case = _row(wish, family, order, buyer, shop, actor=actor, now=now)
    case.details = details
    title = _title(wish, order)
    write_opening(case, wish, workflow, [("submit", "", workflow.start, actor)], {}, 0, tier=buyer.tier, now=now, title=title)
    attach_tokens(case.id, wish.evidence, kind="evidence", actor=actor, now=now)
    return case


def _order(wish: Application, details: dict[str, Any], *, actor: Actor) -> Order | None:
    """The order it is about: its own, or that of the case it is about; a guest's is always the one they have proved."""
    number = wish.order
    if about := str(details.get("about_case") or ""):
        details["about_case"] = (case := load_case(about, actor=actor)).number
        number = number or case.order
        if number != case.order:
            wrong = FieldError("about_case", "这张售后单不属于该订单。", "That case is not about this order.")
            raise refused(COMPLAINANT_UNKNOWN, wrong)
    if number:
        return order_for(actor, number)
    if actor.order_id is not None:
        return Order.objects.select_related("buyer", "merchant").get(pk=actor.order_id)
    return None


def _complainant(wish: Application, *, actor: Actor) -> Buyer:
    """Who complains: the one at the door, the buyer the shop names, or whoever can be reached at the phone given."""
    if actor.role == "consumer":
        return Buyer.objects.get(pk=actor.buyer_id or 0)
    if actor.merchant_id is not None:
        raise refused(COMPLAINANT_UNKNOWN, FieldError("order", "请填写订单号。", "Give the order's number."))
    if wish.requested_by:
        found = Buyer.objects.filter(external_id=wish.requested_by, erased_at=None).first()
        if found is None:
            raise refused(COMPLAINANT_UNKNOWN, FieldError("requested_by", "没有这位消费者。", "There is no such buyer."))
        return found
    return visitor(str(wish.contact.get("phone", "")), name=str(wish.contact.get("name", "")))


def _shop(wish: Application) -> Merchant | None:
    if not wish.merchant:
        return None
    found = Merchant.objects.filter(code=wish.merchant).first()
    if found is None:
        raise refused(SHOP_UNKNOWN, FieldError("merchant", "没有这家店铺。", "There is no such shop."))
    return found


def _row(
    wish: Application, family: str, order: Order | None, buyer: Buyer, shop: Merchant | None, *, actor: Actor, now: datetime
) -> CaseRow:  # fmt: skip
    contact = {name: str(wish.contact[name])[:240] for name in CONTACT_FIELDS if wish.contact.get(name)}
    held = book_in_force(now)
    return CaseRow(
        id=0, number=new_number(WORKFLOWS[wish.service].prefix), order_id=order.pk if order else 0, order=order.number if order else "",
        merchant_id=shop.pk if shop else 0, merchant=shop.code if shop else "", merchant_name=shop.name if shop else "",
        channel=order.channel if order else shop.channel if shop else "self", buyer_id=buyer.pk, buyer=buyer.external_id,
        tier=order.buyer_tier if order else buyer.tier, service=wish.service, requested_service=wish.service, reason=family,
        description=wish.description.strip(), status="", stage="applied", waits_on="", due_at=None, version=1, source=wish.channel,
        return_method="", contact=contact, created_by=actor.who, on_behalf_of=f"buyer:{buyer.pk}" if actor.role != "consumer" else "",
        verdict="review", book=order.book if order else held.book, book_version=order.book_version if order else held.version,
        currency=order.currency if order else "CNY", refund_minor=0, deduction_minor=0, preview={}, freight_payer="customer", fault="",
        return_address_id=None, outcome="", override_reason="", resubmissions=0, claims_held=False, rest_sent=False, submitted_at=now,
        received_at=None, resolved_at=None, closed_at=None, reopened_at=None, updated_at=now,
        placed_at=order.placed_at if order else now, decision_id=None, details={}, decision=None,
        items=_items(wish, order),
    )  # fmt: skip


def _items(wish: Application, order: Order | None) -> list[ItemRow]:
    """The lines that it is about, where some are named; no unit is held for them."""
    if not wish.lines:
        return []
    lines = {line.line: line for line in order.lines.all()} if order else {}
    found, seen = [], set()
    for place, item in enumerate(wish.lines):
        line = lines.get(item.line)
        if line is None:
            wrong = FieldError(f"lines[{place}].line", "订单中没有这一行。", "The order has no such line.")
            raise refused(LINE_UNKNOWN, wrong, line=item.line)
        if item.line in seen:
            raise refused(LINE_TWICE, FieldError(f"lines[{place}].line", "重复。", "Twice."), line=item.line)
        if not 0 < item.quantity <= line.quantity:
            most = FieldError(f"lines[{place}].quantity", f"最多 {line.quantity} 件。", f"At most {line.quantity}.")
            raise refused(QUANTITY_TAKEN, most, line=item.line, left=line.quantity, asked=item.quantity)
        seen.add(item.line)
        found.append(ItemRow(
            0, line.pk, line.line, line.sku, line.title, line.category, line.quantity, line.unit_price_minor, line.paid_minor,
            item.quantity, {}, [], list(line.serials), 0, None, "", "", "", 0, "",
        ))  # fmt: skip
    return found


def _title(wish: Application, order: Order | None) -> str:
    """What the lists show of it: the first article of the order, else the topic and the first words."""
    first = order.lines.order_by("line").values_list("title", flat=True).first() if order else None
    if first:
        return str(first)
    words = " ".join(wish.description.split())
    return f"{FAMILY[wish.reason].label.zh} · {words if len(words) <= TITLE_MOST else words[: TITLE_MOST - 1] + '…'}"
