"""Cards of a case beyond goods and refund: what was asked for, the replacement, the repair with its quote; from data alone."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from shouhou.cases.rows import CaseRow
from shouhou.cases.workflows import WORKFLOWS
from shouhou.cases.workflows.complaint import AGAINST, OUTSIDE
from shouhou.cases.workflows.complaint import FINDINGS as FOUND
from shouhou.foundation.halves import half
from shouhou.foundation.workflow import Ask, Text
from shouhou.logistics.network import place_names
from shouhou.orders.shop.stock import reservations_of
from shouhou.repairs.queries import repair_body
from shouhou.web.page import language, said
from shouhou.web.shared.service_words import to_the_buyer
from shouhou.web.templatetags.words import day, instant, money

REPLACEMENTS = {
    "asked": ("wait", Text("正在向商城预留", "Being reserved")),
    "held": ("good", Text("已预留", "Reserved")),
    "unavailable": ("bad", Text("无货", "Out of stock")),
    "shipped": ("wait", Text("已发出", "Shipped")),
    "delivered": ("good", Text("已送达", "Delivered")),
}
CONDITIONS = {"new": Text("全新", "new"), "refurbished": Text("翻新", "refurbished"), "open_box": Text("二手披露", "open box")}
QUOTES = {
    "open": ("turn", Text("待确认", "To be answered")), "accepted": ("good", Text("已接受", "Accepted")),
    "declined": ("bad", Text("未接受", "Declined")), "expired": ("bad", Text("已过期", "Expired")),
    "replaced": ("plain", Text("已被新报价替代", "Replaced by a newer one")), "withdrawn": ("plain", Text("已撤回", "Withdrawn")),
}  # fmt: skip
SCOPES = {
    "in": Text("在免费维修范围内", "covered, free"), "out": Text("不在免费维修范围", "not covered"),
}  # fmt: skip
TONES = {"substantiated": "good", "partly": "wait", "not_substantiated": "plain"}
MOST = 6


@dataclass(frozen=True, slots=True)
class ServiceCard:
    """A card of the case's page: rows of name and value, and a table of amounts with its sum."""

    id: str
    title: str
    badge: str = ""
    tone: str = "plain"
    rows: tuple[tuple[str, str], ...] = ()
    sums: tuple[tuple[str, str], ...] = ()
    notes: tuple[str, ...] = ()


def service_cards(case: CaseRow, *, inside: bool, now: datetime, told: Collection[str] = ()) -> list[ServiceCard]:
    """In reading order; a case that has none of it has no cards. `told` are names that the page shows elsewhere already."""
    return [*answer_cards(case), *_replacement(case), *_repair(case, inside=inside, now=now), *_wishes(case, told)]


def answer_cards(case: CaseRow) -> list[ServiceCard]:
    """What a complaint was found to be, on what ground and what is done: the last answer, with the ways outside after a rejection."""
    answers = case.details.get("answers") or ()
    if not answers:
        return []
    last = answers[-1]
    if case.service != "complaint":
        return [ServiceCard("answer", _("答复"), rows=((_("答复"), str(last["reply"])),))]
    rows = [
        (_("核实结论"), said(FOUND[last["finding"]])), (_("责任方"), said(AGAINST[last["against"]])), (_("答复"), str(last["reply"])),
        (_("解决方案"), str(last["solution"])), (_("依据"), str(last["clause"])),
    ]  # fmt: skip
    outside = (said(OUTSIDE),) if last.get("final") else ()
    return [ServiceCard("answer", _("核实结论与答复"), said(FOUND[last["finding"]]), TONES[last["finding"]], tuple(rows), notes=outside)]


def wishes(case: CaseRow) -> list[tuple[str, str]]:
    """What the service asked when it was applied for, and the answers, also of the service it began with."""
    asks: dict[str, Ask] = {}
    for service in (case.service, case.requested_service):
        for ask in WORKFLOWS[service].applying.asks if service in WORKFLOWS else ():
            asks.setdefault(ask.field, ask)
    return [
        (said(ask.label), words)
        for name, ask in asks.items()
        if _fits(ask, case.details.get(name)) and (words := _words(ask, case.details[name], case))
    ]


def _fits(ask: Ask, value: object) -> bool:
    """Whether it answers this question: two services may use one name for different things."""
    if value in (None, "", [], {}):
        return False
    return isinstance(value, int) == (ask.type in ("money", "number", "boolean")) and (ask.type != "choice" or str(value) in ask.choices)


def _wishes(case: CaseRow, told: Collection[str]) -> Iterator[ServiceCard]:
    if rows := [row for row in wishes(case) if row[0] not in told]:
        yield ServiceCard("wishes", _("申请时的要求"), rows=tuple(rows))


def _words(ask: Ask, value: object, case: CaseRow) -> str:
    if ask.type == "choice":
        return said(ask.choices[str(value)])
    if ask.type == "money":
        return money(value, case.currency)
    if ask.type == "instant":
        return instant(value)
    if ask.type == "date":
        return day(value)
    if ask.type == "files":
        return _("%(n)d 个文件") % {"n": len(value) if isinstance(value, list) else 1}
    if ask.type == "items" and isinstance(value, list):
        titles = {item.line: item.title for item in case.items}
        return _("；").join(_item(each, titles) for each in value if isinstance(each, Mapping))
    if ask.type == "boolean":
        return _("是") if value else ""
    if ask.field == "point":
        names = place_names([str(value)])
        return said(names[str(value)]) if names else str(value)
    if isinstance(value, Mapping):
        return " ".join(str(part) for part in value.values())
    return str(value)


def _item(each: Mapping[str, Any], titles: Mapping[int, str]) -> str:
    words = [titles.get(int(each.get("line") or 0), str(each.get("title") or each.get("part") or ""))]
    if each.get("quantity"):
        words.append(f"× {each['quantity']}")
    if note := each.get("note") or each.get("what"):
        words.append(str(note))
    return " ".join(filter(None, words))


def _replacement(case: CaseRow) -> Iterator[ServiceCard]:
    """The article that goes out, whether the shop holds it, the price difference, the substitute offered."""
    told, substitute = case.details.get("replacement") or {}, case.details.get("substitute") or {}
    held = [row for row in reservations_of(case.number) if row.state not in ("releasing", "released")] if told or substitute else []
    if not told and not substitute:
        return
    tone, words = REPLACEMENTS.get(str(told.get("state")), ("plain", Text("", "")))
    rows = [(_("商品"), f"{row.sku} × {row.quantity}") for row in held[:MOST]]
    if substitute:
        kind = CONDITIONS.get(str(substitute.get("condition")))
        if len(case.items) > 1:
            rows.append((_("代替"), _("、").join(each.title for each in case.items if each.line in substitute.get("lines", ()))))
        rows.append((_("替代商品"), " ".join(filter(None, [substitute.get("title"), f"({said(kind)})" if kind else ""]))))
        if substitute.get("note"):
            rows.append((_("说明"), str(substitute["note"])))
    difference = int(case.details.get("difference") or 0)
    if difference > 0:
        paid = f" · {_('已付')}" if case.details.get("difference_paid") else ""
        rows.append((_("需补差价"), money(difference, case.currency) + paid))
    elif difference < 0:
        rows.append((_("退还差价"), money(-difference, case.currency)))
    if told.get("at"):
        rows.append((_("发出"), instant(told["at"])))
    if told.get("delivered_at"):
        rows.append((_("送达"), instant(told["delivered_at"])))
    serials = told.get("serials")
    if serials:
        flat = serials if isinstance(serials, list) else [each for group in serials.values() for each in group]
        rows.append((_("序列号"), _("、").join(str(each) for each in flat)))
    notes = (_("会员先行换新：新品先发出。"),) if case.details.get("first") else ()
    yield ServiceCard("replacement", _("换新商品"), said(words), tone, tuple(rows), notes=notes)


def _repair(case: CaseRow, *, inside: bool, now: datetime) -> Iterator[ServiceCard]:
    """The work order: mode, appointment, diagnosis; the newest quote; parts waited for; what was done and tested."""
    if case.service != "repair" and case.requested_service != "repair":
        return
    told = repair_body(case.number, language=language(), now=now, inside=inside)
    if told is None:
        return
    rows = [(_("工单号"), told["number"]), (_("方式"), told["mode_label"] or "")]
    if told["point"]:
        names = place_names([told["point"]])
        rows.append((_("服务网点"), said(names[told["point"]]) if names else told["point"]))
    booked = next((each for each in reversed(told["appointments"]) if each["state"] == "booked"), None)
    if booked:
        rows.append((_("预约时间"), f"{instant(booked['start'])} – {instant(booked['end'])}"))
    rows += [(name, value) for name, value in (
        (_("序列号"), told["serial"]), (_("故障现象"), told["fault_label"]), (_("原因"), told["cause_label"]),
        (_("维修范围"), said(SCOPES[told["scope"]]) if told["scope"] in SCOPES else ""), (_("工程师"), told["technician"]),
        (_("结果"), told["result_label"]),
    ) if value]  # fmt: skip
    if told["came_in_at"]:
        rows.append((_("已维修"), _("%(days)s 天") % {"days": told["days_in_repair"]}))
    notes = [each["note"] for each in told["diagnoses"][-1:] if each["note"]]
    notes += [each["done"] for each in told["records"][-1:]]
    notes += [_("备用机：%(title)s") % {"title": each["title"]} for each in told["loan"] if not each["returned_at"]]
    notes += [
        _("正在等待配件：%(part)s") % {"part": each["part"]} + (f"，{_('预计')} {day(each['expected_on'])}" if each["expected_on"] else "")
        for each in told["parts"] if not each["arrived_at"]
    ]  # fmt: skip
    if told["tests"]:
        rows.append((_("测试"), _("测试通过") if told["tests"][-1]["passed"] else _("测试未通过")))
    # To the buyer the case's own state says it, and says it to them; the bench's word for it is the colleagues'.
    tone, words = ("good" if told["ended_at"] else "wait", told["state_label"]) if inside else ("plain", "")
    rows = rows if inside else [(name, to_the_buyer(value)) for name, value in rows]
    yield ServiceCard("repair", _("维修进度"), words, tone, tuple(rows), notes=tuple(notes))
    for quote in told["quotes"][-1:]:
        yield _quote(quote)


def _quote(quote: Mapping[str, Any]) -> ServiceCard:
    """What the repair would cost, line by line."""
    tone, words = QUOTES.get(quote["state"], ("plain", Text(quote["state"], quote["state"])))
    sums = [
        (_("零件费"), money(quote["parts"], quote["currency"])), (_("人工费"), money(quote["labour"], quote["currency"])),
        (_("合计"), money(quote["total"], quote["currency"])),
    ]  # fmt: skip
    valid = ((_("有效期至"), instant(quote["valid_until"])),) if quote["valid_until"] else ()
    # What the two fees are made of stands below them: in one column with them it would read as if it came on top.
    lines = _("；").join(
        _half(str(each["what"])) + (f" {money(each['amount'], quote['currency'])}" if each.get("amount") is not None else "")
        for each in quote["lines"] or ()
    )
    notes = tuple(filter(None, [_("其中：%(lines)s") % {"lines": lines} if lines else "", quote["note"]]))
    return ServiceCard("quote", _("维修报价"), said(words), tone, valid, tuple(sums), notes)


def _half(words: str) -> str:
    """What the house writes on a quote stands in both languages, "中文 / English"; what a technician writes as it was written."""
    return half(words, language())
