"""What is to come of an application, said before it is sent and again when it is: amounts, dates, terms, next acts."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from shouhou.cases.access import case_for
from shouhou.cases.confirmed import to_confirm, unconfirmed
from shouhou.cases.rows import CaseRow
from shouhou.cases.workflows import WORKFLOWS
from shouhou.foundation.workflow import Text
from shouhou.orders.models import Order, OrderLine
from shouhou.plumbing import clock
from shouhou.plumbing.actor import Actor
from shouhou.policy.queries import compiled
from shouhou.web.doors import consumer_door
from shouhou.web.labels import PAYERS, label, limit_label, service_label, side_label, tone
from shouhou.web.page import page, said
from shouhou.web.shared.apply import ApplyForm
from shouhou.web.shared.arrival import arrival
from shouhou.web.shared.case_view import return_address_of
from shouhou.web.shared.money_view import money_words

PREPARE = {
    "goods": Text("商品、配件、说明书、赠品和原包装放在一起，并先拍照留底。",
                  "Goods, accessories, manuals, gifts and the original package together; take a photo first."),
    "data": Text("有账号或数据的商品请先备份、退出账号并清除数据。", "For goods with accounts or data: back up, sign out and erase first."),
    "slip": Text("包裹内附上退货单或写有售后单号的纸条，不要到付。",
                 "Put the return slip or a note with the case number into the parcel; not cash on delivery."),
    "serial": Text("找到商品上的序列号或 IMEI：打印退货单之前要在售后单里确认。",
                   "Find the serial or IMEI on the unit: you confirm it on the case before the slip is printed."),
    "proof": Text("准备能看清问题的照片或视频，可在售后单里补充。",
                  "Photos or a video that show the problem; you can add them on the case."),
    "phone": Text("保持电话畅通，审核结果会通知您。", "Stay reachable; we tell you the result of the review."),
}  # fmt: skip
WITH_DATA = frozenset("phone laptop camera tablet watch tv printer".split())


def outlook(order: Order, form: ApplyForm, seen: Mapping[str, Any], lines: Sequence[OrderLine], *, now: datetime) -> dict[str, Any]:
    """Beside the amounts: where and when each part arrives, what could still change them, three terms in short."""
    terms = compiled(order.book, order.book_version).terms
    target, due, most = (terms.number(name) for name in ("refund_target_workdays", "refund_due_workdays", "refund_statutory_days"))
    tenders = seen["money"]["tenders"] if seen.get("money") else []
    days = {"days": terms.number("ship_back_days"), "target": target, "due": due, "most": most}
    goods = form.workflow.applying.goods
    return {
        "arrivals": [{**tender, "how": arrival(tender["tender"], terms)} for tender in tenders],
        "when": (_("收到退回商品后 %(target)s 个工作日内退出（最迟 %(due)s 个工作日，法定上限 %(most)s 天）。") if goods
                 else _("审核通过后 %(target)s 个工作日内退出（最迟 %(due)s 个工作日，法定上限 %(most)s 天）。")) % days,
        "changes": _changes(order, seen, lines) if goods else [_("核实的情况与申请不同的，金额可能改变；先告知理由，经您同意才减。")],
        "terms": _terms(form, seen, days),
    }  # fmt: skip


def _terms(form: ApplyForm, seen: Mapping[str, Any], days: Mapping[str, Any]) -> list[str]:
    """What holds for this service, in short."""
    applying = form.workflow.applying
    found = []
    if applying.goods:
        payer = seen.get("freight") or label(PAYERS, "customer")
        found += [
            _("通过后请在 %(days)s 天内寄回，逾期未寄则申请失效；仍在退货期限内的可再次申请。") % days,
            _("寄回运费：%(payer)s。商品应当完好，为查验而打开、试用不影响。") % {"payer": payer},
        ]
    if applying.refunds and applying.goods:
        found.append(_("扣款须有验收依据并经您同意；不同意可申请平台介入。"))
    if not applying.goods:
        found += [
            _("每一步由谁处理、最晚何时，都写在售后单里；逾期有明确的处理办法。"),
            _("结果不同意的，可补充材料或申请平台介入。"),
        ]
    return found


@consumer_door
def applied(request: HttpRequest, actor: Actor, number: str) -> HttpResponse:
    """The application is there: its number, who answers until when, what comes next and what to prepare."""
    case, now = case_for(actor, number), clock.now()
    state = WORKFLOWS[case.service].state(case.status)
    context = {
        "here": "cases", "case": case, "service": service_label(case.service), "status": said(state.label),
        "hint": said(state.hint) if state.hint else "", "tone": tone(case.status, case.waits_on, "consumer"),
        "turn": side_label(case.waits_on, "consumer") if case.waits_on else "", "my_turn": case.waits_on == "consumer",
        "limits": _limits(case), "by_rule": case.status in ("awaiting_goods", "pickup_booked"), "next": _next(case),
        "prepare": _prepare(case), "money": money_words(case), "address": return_address_of(case), "now": now,
        "goods_back": WORKFLOWS[case.service].applying.goods,
    }  # fmt: skip
    return page(request, "consumer/applied.html", context, actor=actor)


def _changes(order: Order, seen: Mapping[str, Any], lines: Sequence[OrderLine]) -> list[str]:
    found = [_("验收发现数量不符、缺少配件或有您造成的损坏：先告知理由和金额，经您同意才扣。")]
    if any(line.is_gift or line.gift_price_minor for line in order.lines.all()):
        found.append(_("赠品未一并退回：按事先标明的价格计算。"))
    if order.promotion:
        found.append(_("同一订单再退其他商品：满减、包邮等优惠会按届时留下的商品重新计算。"))
    if seen.get("freight") and not str(seen["freight"]).startswith(label(PAYERS, "customer")):
        found.append(_("验收认定不属于所申请的原因：寄回运费的承担可能改变，会说明依据。"))
    return found


def _limits(case: CaseRow) -> list[dict[str, Any]]:
    """The promises that run, the next one first, each as an exact instant."""
    running = sorted((row for row in case.deadlines if row.state == "open"), key=lambda row: row.due_at)
    return [
        {"label": limit_label(case.book, case.book_version, row.term), "at": row.due_at, "who": side_label(row.waits_on, "consumer")}
        for row in running
    ]  # fmt: skip


def _next(case: CaseRow) -> list[str]:
    """What happens from here to the money, as short sentences."""
    found = []
    workflow = WORKFLOWS[case.service]
    if case.status == "evidence_asked":
        found.append(_("请先补充凭证，之后开始审核。"))
    if not workflow.applying.goods:
        hint = workflow.state(case.status).hint
        if hint and case.status != "evidence_asked":
            found.append(said(hint))
        return [*found, _("每一步都会显示在售后单里，轮到您时会通知您。")]
    if case.status in ("submitted", "evidence_asked", "escalated"):
        found.append(_("商家审核；结果会通知您，逾期未答复由平台接手。"))
    if case.return_method == "pickup":
        found.append(_("快递员按您选的时间上门取件。") if case.status == "pickup_booked" else _("通过后快递员按您选的时间上门取件。"))
    else:
        found.append(_("您确认要寄回的商品，寄出后填写运单号。") if unconfirmed(case) else _("您寄出商品并填写运单号。"))
    found.append(_("仓库收货、拆包登记并验收，每一步都会显示在售后单里。"))
    found.append(_("验收通过后按原支付方式退款。") if workflow.applying.refunds else _("验收通过后为您办理，进展会通知您。"))
    return found


def _prepare(case: CaseRow) -> list[str]:
    goods = WORKFLOWS[case.service].applying.goods
    wanted = ["goods"] if goods else []
    if (goods or case.service == "repair") and any(item.category in WITH_DATA for item in case.items):
        wanted.append("data")
    if goods and to_confirm(case):
        wanted.append("serial")
    if case.status == "evidence_asked":
        wanted.insert(0, "proof")
    wanted.append("slip" if goods and case.status in ("awaiting_goods", "pickup_booked") else "phone")
    return [said(PREPARE[name]) for name in wanted]
