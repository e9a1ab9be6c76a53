"""Forms filled from a case or an order: what the house knows stands in them already, the rest is left to the pen."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from shouhou.cases.access import case_for, order_for
from shouhou.cases.confirmed import confirmed_serials, unconfirmed
from shouhou.cases.reasons import FAMILY
from shouhou.cases.refusals import GOODS_UNCONFIRMED
from shouhou.cases.rows import CaseRow, ItemRow
from shouhou.cases.view import contact_body
from shouhou.cases.workflows import WORKFLOWS
from shouhou.cases.workflows.exchange import WANTED as WANTED_INSTEAD
from shouhou.documents.form import Form
from shouhou.documents.forms import COMPLAINT, FORMS, REPAIR, SLIP, form_for
from shouhou.documents.paper import Article, Filled, Slip, form_pdf, slip_pdf
from shouhou.foundation.days import local_day
from shouhou.foundation.refusals import NOT_FOUND, refused
from shouhou.foundation.workflow import Text
from shouhou.merchants.models import ReturnAddress
from shouhou.orders.models import Order, OrderLine
from shouhou.plumbing.actor import Actor
from shouhou.plumbing.masking import mask_name, mask_phone

CHECKS = (
    Text("商品型号、序列号与数量一致", "model, serial number and quantity agree"),
    Text("配件、说明书与赠品齐全", "accessories, manual and gifts are all in"),
    Text("手机等已退出账号并清除数据", "phones and the like: signed out and wiped"),
    Text("本单已放入包裹，运单号已填回售后单", "this slip is inside, and the tracking number is entered in the case"),
)  # fmt: skip
SLIPS = {"exchange": Text("换货单", "Exchange slip"), "repair": Text("送修单", "Repair slip"), "return": Text("退货单", "Return slip")}
WHATS = {"exchange": Text("问题描述", "Problem"), "repair": Text("故障描述", "Fault")}
ORDER, REASON, SENDER = Text("订单号", "Order"), Text("申请原因", "Reason"), Text("寄件人", "Sender")
WHAT, LAST_DAY = Text("问题描述", "What is wrong"), Text("最晚寄出", "Send it by")
WHOLE_CONTACT = frozenset({"consumer", "shop", "agent", "supervisor", "merchant_operator", "merchant_manager"})


def case_forms(case: CaseRow) -> list[str]:
    """The codes of what can be printed for the case, the most useful first."""
    slip = [SLIP] if case.return_address_id is not None else []
    return [*slip, form_for(case.service).code, COMPLAINT.code]


def blank_pdf(code: str, *, language: str, at: datetime) -> bytes:
    """Raises NOT_FOUND."""
    return form_pdf(_form(code), Filled(), language=language, at=at)


def order_pdf(actor: Actor, number: str, code: str, *, language: str, at: datetime) -> bytes:
    """The form with order, goods and person filled in. Raises ORDER_NOT_FOUND, NOT_FOUND."""
    order = order_for(actor, number)
    return form_pdf(_form(code), _of_order(order, actor), language=language, at=at)


def case_pdf(actor: Actor, number: str, code: str, *, language: str, at: datetime) -> bytes:
    """The form, or the slip, of the case with its bars.

    Raises CASE_NOT_FOUND, NOT_FOUND (also for a slip without an address), GOODS_UNCONFIRMED.
    """
    case = case_for(actor, number)
    if code == SLIP:
        return slip_pdf(_slip(case, actor, language), language=language, at=at)
    return form_pdf(_form(code), _of_case(case, actor, _form(code), language=language), language=language, at=at)


def _form(code: str) -> Form:
    if code not in FORMS:
        raise refused(NOT_FOUND)
    return FORMS[code]


def _of_order(order: Order, actor: Actor) -> Filled:
    held = {name: str(order.address.get(name) or "") for name in ("contact", "phone", "region", "address")}
    held["contact"], held["phone"] = held["contact"] or order.buyer.name, held["phone"] or order.buyer.phone
    if actor.role not in WHOLE_CONTACT:
        held |= {"contact": mask_name(held["contact"]), "phone": mask_phone(held["phone"]), "address": ""}
    lines = list(order.lines.order_by("line"))
    return Filled(
        {"name": held["contact"], "phone": held["phone"], "address": f"{held['region']}{held['address']}".strip(),
         "order": order.number, "received_on": _received(lines)},
        {"proof": ["order"]}, [_sold(each) for each in lines], order=order.number,
    )  # fmt: skip


def _of_case(case: CaseRow, actor: Actor, form: Form, *, language: str) -> Filled:
    contact, family = contact_body(case, actor), FAMILY.get(case.reason)
    lines = list(OrderLine.objects.filter(order_id=case.order_id, line__in=[item.line for item in case.items]))
    texts = {
        "name": contact.get("name", ""), "phone": contact.get("phone", ""), "email": contact.get("email", ""),
        "address": f"{contact.get('region', '')}{contact.get('address', '')}", "order": case.order, "received_on": _received(lines),
        "case": case.number, "description": case.description, "window": contact.get("window", ""),
        "point": contact.get("place", "") or str(case.details.get("point") or ""), "related_case": case.number,
        "serial": str(case.details.get("serial") or "") or ", ".join(each for item in case.items for each in _serials(case, item)),
        "wanted": _wanted(case, language),
        "wish": str(case.details.get("wish") or ""),
    }  # fmt: skip
    ticks: Mapping[str, Collection[str]] = {
        "service": [case.service], "reason": [family.code if family else case.reason], "method": [case.return_method],
        "mode": [str(case.details.get("mode") or "")], "proof": ["order"], "warranty": ["order"] if form is REPAIR else [],
        "refund_route": _refund_route(case),
    }
    if form is COMPLAINT:
        # What is complained of is not what was applied for: facts and demand are the consumer's own.
        texts, ticks = {**texts, "description": ""}, {}
    return Filled(texts, ticks, _articles(case), case=case.number, order=case.order)


def _slip(case: CaseRow, actor: Actor, language: str) -> Slip:
    to = ReturnAddress.objects.filter(pk=case.return_address_id).first() if case.return_address_id else None
    if to is None:
        raise refused(NOT_FOUND)
    if unconfirmed(case):
        raise refused(GOODS_UNCONFIRMED, number=case.number)
    contact, family = contact_body(case, actor), FAMILY.get(case.reason)
    reason = family.label.in_(language) if family else case.reason
    facts = [(ORDER, case.order, 3), (REASON, reason, 3), (WHATS.get(case.service, WHAT), case.description, 6),
             (SENDER, f"{contact.get('name', '')} {contact.get('phone', '')}".strip(), 3)]  # fmt: skip
    if case.status == "awaiting_goods" and case.due_at:
        facts.append((LAST_DAY, local_day(case.due_at).isoformat(), 3))
    return Slip(
        case.number, SLIPS.get(case.service, SLIPS["return"]), f"{case.merchant_name} · {WORKFLOWS[case.service].label.in_(language)}",
        to.contact, to.phone, f"{to.region}{to.address}", _articles(case), facts, CHECKS,
    )  # fmt: skip


def _articles(case: CaseRow) -> list[Article]:
    return [
        Article(item.title, item.sku, _serials(case, item), item.quantity) for item in case.items
    ]


def _serials(case: CaseRow, item: ItemRow) -> Sequence[str]:
    """Those that came, else those that the consumer named, else those sold where no other can be meant."""
    sold = item.sold_serials if len(item.sold_serials) <= item.quantity else ()
    return item.serials or confirmed_serials(case, item.line) or sold


def _wanted(case: CaseRow, language: str) -> str:
    """What an exchange is for: the article's number, else in words."""
    wanted = WANTED_INSTEAD.choices.get(str(case.details.get("wanted") or ""))
    return str(case.details.get("wanted_sku") or "") or (wanted.in_(language) if wanted and case.service == "exchange" else "")


def _refund_route(case: CaseRow) -> list[str]:
    """Where a refund goes that the case may end in: back the way it was paid, unless the consumer chose otherwise."""
    if not case.refund_minor:
        return []
    return ["original" if case.details.get("refund_to", "original") == "original" else "other"]


def _sold(line: OrderLine) -> Article:
    return Article(line.title, line.sku, line.serials, line.quantity)


def _received(lines: list[OrderLine]) -> str:
    """The day on which the goods came, when it is one and the same for all."""
    days = {line.received_on for line in lines}
    return "" if len(days) != 1 or None in days else str(next(iter(days)))
