"""What the texts need to know of a case, in the reader's language; every value is a text, "" when there is none."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.conf import settings

from shouhou.cases.confirmed import BEFORE, SERIALISED
from shouhou.cases.models import Case, HistoryEntry, Message
from shouhou.cases.view import TURNS
from shouhou.cases.workflows import WORKFLOWS
from shouhou.cases.workflows.complaint import OUTSIDE
from shouhou.foundation.days import SHANGHAI
from shouhou.foundation.halves import half
from shouhou.foundation.money import Money
from shouhou.foundation.workflow import Text
from shouhou.insurance.rules.grounds import GROUNDS
from shouhou.logistics.rules.advice import advice_for
from shouhou.logistics.rules.couriers import courier
from shouhou.logistics.rules.parcels import DETAILS
from shouhou.notifications.delays import cause_of, heard_by, missed, new_date, options_of
from shouhou.payments.models import Refund
from shouhou.payments.rules.beside import ASIDE
from shouhou.plumbing.feed import FeedEvent

TEXT_MOST = 300
ANSWERED = (
    "note", "what", "reply", "solution", "clause", "conditions", "reason", "hours", "closing_reason", "reason_code", "refusal", "remark",
)  # fmt: skip
TENDERS = {
    "card": Text("银行卡", "card"), "wallet": Text("电子钱包", "wallet"), "wechat": Text("微信支付", "WeChat Pay"),
    "alipay": Text("支付宝", "Alipay"), "coupon": Text("优惠券", "coupon"), "points": Text("积分", "points"),
    "balance": Text("账户余额", "account balance"), "gift_card": Text("礼品卡", "gift card"), "cash": Text("现金", "cash"),
    "credit": Text("信用支付", "credit"), "voucher": Text("代金券", "voucher"),
}  # fmt: skip
FREIGHT = {
    "customer": Text("由您承担", "paid by you"), "seller": Text("由商家承担", "paid by the shop"),
    "platform": Text("由平台承担", "paid by the platform"),
}  # fmt: skip


def facts_of(event: FeedEvent, case: Case, *, language: str) -> dict[str, str]:
    """All facts for one event of `case`; the templates take what they name."""
    data, answers = event.data, _answers(event, case, language)
    workflow = WORKFLOWS[case.service]
    state = workflow.state(str(data.get("status") or case.status))
    move = workflow.move(str(data.get("move"))) if data.get("move") else None
    # The limits as they ran at the event: a case approved by itself has met its first ones a moment later.
    dues = {
        row.name: row.due_at
        for row in case.deadlines.all()
        if row.started_at <= event.at and (row.ended_at is None or row.ended_at >= event.at)
    }
    due = datetime.fromisoformat(data["due_at"]) if data.get("due_at") else case.due_at
    facts = {
        "number": case.number, "order": case.order.number if case.order else "", "link": f"{settings.BASE_URL}/cases/{case.number}/",
        "shop": case.merchant.name if case.merchant else "", "service": workflow.label.in_(language),
        "items": _items(case), "status": state.label.in_(language), "hint": state.hint.in_(language) if state.hint else "",
        "said": move.says.in_(language) if move and move.says else state.label.in_(language),
        "due": when(due, language), "first_response_due": when(dues.get("first_response"), language),
        "review_due": when(dues.get("review") or dues.get("supervisor") or due, language),
        "refund_due": when(dues.get("refund_due"), language),
        "refund_statutory": when(dues.get("refund_statutory"), language),
        "refund": _money(case.refund_minor, case.currency, language),
        "deduction": _money(case.deduction_minor, case.currency, language),
        "quote": _money(int((case.details.get("quote") or {}).get("total") or 0), case.currency, language),
        "deduction_reason": "；".join(item.deduction_reason for item in case.items.all() if item.deduction_reason),
        "return_address": _return_address(case), "numbered": _numbered(case), "freight": _label(FREIGHT.get(case.freight_payer), language),
        "code": str(data.get("code") or ""), "deadline": str(data.get("deadline") or ""),
    }  # fmt: skip
    facts |= _standing(data, case, due, event.at, language)
    facts |= _delay(event, case, language)
    facts |= _answered(answers, move.asks if move else (), language)
    facts |= _travel(data, answers, language)
    facts |= _refund(case, language)
    facts |= _told(data, case.currency, language)
    last = (case.details.get("answers") or [{}])[-1]
    facts["outside"] = OUTSIDE.in_(language) if last.get("final") else ""
    facts["disagree_until"] = "" if last.get("final") else facts["due"]
    facts["survey_until"] = when(_instant(data.get("until")), language) if event.type == "survey.sent" else ""
    if event.type == "case.message":
        facts |= _message(event, case, language)
    return facts


def when(instant: datetime | None, language: str) -> str:
    """In Shanghai time, said so: nobody needs to guess the zone."""
    if instant is None:
        return ""
    local = instant.astimezone(SHANGHAI)
    if language.lower().startswith("en"):
        return f"{local:%d %b %Y %H:%M} (Beijing time)"
    return f"{local.year} 年 {local.month} 月 {local.day} 日 {local:%H:%M}（北京时间）"


def _standing(data: Mapping[str, Any], case: Case, due: datetime | None, at: datetime, language: str) -> dict[str, str]:
    """Whose turn it is, since when nothing has happened, and whether the limit lies ahead or has passed."""
    ahead = due is not None and due > at
    return {
        "turn": _label(TURNS.get(str(data.get("waits_on") or case.waits_on)), language),
        "since": when(_instant(data.get("since")), language),
        "due_ahead": when(due, language) if ahead else "", "due_passed": "" if ahead else when(due, language),
    }  # fmt: skip


def _delay(event: FeedEvent, case: Case, language: str) -> dict[str, str]:
    """Cause, new date and options, where something is late or was put off (CDT-18)."""
    limits = list(case.deadlines.all())
    limit, move = missed(event.data, limits, at=event.at), str(event.data.get("move") or "")
    late = event.type in ("case.silent", "case.progress") and limit is not None
    if not (late or event.type == "parcel.tracked" or move.startswith("note_") or move in ("extend", "refund_failed")):
        return {}
    ahead = new_date(limits, at=event.at)
    # What stands without news names its next limit already, where that lies ahead.
    named = late and case.due_at is not None and case.due_at > event.at
    return {
        "delay_cause": cause_of(limit, when(limit.due_at, language), language) if limit else "",
        "new_due": "" if named else when(ahead, language),
        "heard_by": "" if ahead or named else when(heard_by(event.at), language),
        "options": options_of(case, language=language, at=event.at),
    }  # fmt: skip


def _answers(event: FeedEvent, case: Case, language: str) -> Mapping[str, Any]:
    """What was answered at the move, from the history; a reminder repeats what was asked for last.

    What the system wrote stands there in both languages: the reader's is told.
    """
    if event.type == "case.reminded":
        asked = HistoryEntry.objects.filter(case=case, to_status=str(event.data.get("status")), at__lte=event.at)
        return _told_by(asked.order_by("-version").values_list("answers", "role").first(), language)
    version = event.data.get("version")
    if event.type != "case.moved" or not isinstance(version, int):
        return {}
    return _told_by(HistoryEntry.objects.filter(case=case, version=version).values_list("answers", "role").first(), language)


def _told_by(entry: tuple[Mapping[str, Any], str] | None, language: str) -> Mapping[str, Any]:
    answers, role = entry or ({}, "")
    if role != "system":
        return dict(answers)
    return {name: half(value, language) if isinstance(value, str) else value for name, value in answers.items()}


def _answered(answers: Mapping[str, Any], asks: tuple[Any, ...], language: str) -> dict[str, str]:
    """Texts as they were written; a choice by its label."""
    labels = {ask.field: ask.choices for ask in asks}
    said: dict[str, str] = {}
    for field in ANSWERED:
        value = answers.get(field)
        if value:
            chosen = labels.get(field, {}).get(value) if isinstance(value, str) else None
            said[field] = chosen.in_(language) if chosen else str(value)[:TEXT_MOST * 4]
    unlike = [*answers.get("serial_mismatch", ()), *answers.get("serials_differ", ())]
    said["serials_unlike"] = ", ".join(dict.fromkeys(str(each) for each in unlike))
    said["ground"] = said.pop("reason_code", "")
    return said


def _travel(data: Mapping[str, Any], answers: Mapping[str, Any], language: str) -> dict[str, str]:
    code = str(data.get("carrier") or answers.get("carrier") or "")
    found = courier(code) if code else None
    start, end = data.get("window_start"), data.get("window_end")
    window = ""
    if isinstance(start, str) and isinstance(end, str):
        last = datetime.fromisoformat(end).astimezone(SHANGHAI)
        window = f"{when(datetime.fromisoformat(start), language).split('（')[0].split(' (')[0]}–{last:%H:%M}"
    return {
        "carrier": found.name.in_(language) if found else code,
        "tracking_number": str(data.get("tracking_number") or answers.get("tracking_number") or ""),
        "pickup": str(data.get("pickup") or ""), "window": window, "attempt": str(data.get("attempt") or ""),
        "attempts_left": str(data.get("attempts_left") or ""),
        "why": str(data.get("en_text" if language.startswith("en") else "zh_text") or ""),
    }  # fmt: skip


def _told(data: Mapping[str, Any], currency: str, language: str) -> dict[str, str]:
    """What the events of other rooms name: days without couriers, troubles of a parcel, plans, charges, a rating."""
    detail, advice = DETAILS.get(str(data.get("code"))), advice_for(str(data.get("code")))
    plain = ("cause", "first_day", "last_day", "waybill", "unidentified", "place", "plan", "grade", "invoice", "issued")
    told = {name: str(data[name]) for name in plain if data.get(name) not in (None, "")}
    money = {"amount": data.get("back_minor") or data.get("amount_minor") or data.get("amount"), "deductible": data.get("deductible")}
    told |= {name: _money(value, currency, language) for name, value in money.items() if isinstance(value, int)}
    told |= {"remark": str(data["note"])[:TEXT_MOST]} if data.get("note") else {}
    told |= _insured(data, currency, language) if data.get("claim") and data.get("insurer") else {}
    return told | {
        "charge": str(data.get("number") or ""), "contradiction": str(data.get("said") or "")[:TEXT_MOST],
        "trouble": detail.label.in_(language) if detail else "", "advice": advice.words.in_(language) if advice else "",
    }  # fmt: skip


def _insured(data: Mapping[str, Any], currency: str, language: str) -> dict[str, str]:
    """A freight claim: its number, payout, ground, and until when who must do what."""
    return {
        "claim": str(data["claim"]), "payout": _money(int(data.get("payout_minor") or 0), currency, language),
        "freight_ground": _label(GROUNDS.get(str(data.get("reason"))), language),
        "insurer_due": when(_instant(data.get("due_at")), language), "appeal_until": when(_instant(data.get("appeal_until")), language),
    }  # fmt: skip


def _instant(told: object) -> datetime | None:
    return datetime.fromisoformat(str(told)) if told else None


def _refund(case: Case, language: str) -> dict[str, str]:
    refund = Refund.objects.filter(subject=case.number).exclude(reason__in=ASIDE).order_by("-id").first()
    if refund is None:
        return {}
    parts = [
        f"{_label(TENDERS.get(part.tender), language) or part.tender} {_money(part.amount_minor, refund.currency, language)}"
        for part in refund.parts.order_by("id")
    ]
    joined = (", " if language.startswith("en") else "，").join(parts)
    return {
        "refund": _money(refund.amount_minor, refund.currency, language), "tenders": joined,
        "expected": when(refund.expected_at, language),
    }  # fmt: skip


def _message(event: FeedEvent, case: Case, language: str) -> dict[str, str]:
    """The newest message of that role at the event; only its beginning leaves the house."""
    said = Message.objects.filter(case=case, role=str(event.data.get("role")), internal=False, at__lte=event.at)
    newest = said.order_by("-id").first()
    if newest is None:
        return {}
    text = newest.text if len(newest.text) <= TEXT_MOST else newest.text[:TEXT_MOST] + "…"
    speaker = TURNS.get(newest.role, Text("客服", "customer service")).in_(language)
    return {"text": text, "speaker": speaker}


def _items(case: Case) -> str:
    titles = [f"{item.line.title} ×{item.quantity}" for item in case.items.all()]
    shown = "、".join(titles[:3])
    return shown if len(titles) <= 3 else f"{shown} …({len(titles)})"


def _numbered(case: Case) -> str:
    """The goods to be sent of which each unit has a number that is to be confirmed first."""
    if case.status not in BEFORE or case.details.get("confirmed"):
        return ""
    titles = [f"“{item.line.title}”" for item in case.items.all() if item.line.serials or item.line.category in SERIALISED]
    return "、".join(titles[:3])


def _return_address(case: Case) -> str:
    to = case.return_address
    return f"{to.contact} {to.phone}，{to.region}{to.address}" if to else ""


def _money(minor: int, currency: str, language: str) -> str:
    if not minor:
        return ""
    amount = Money(minor, currency).decimal
    return f"{amount} 元" if currency == "CNY" and not language.startswith("en") else f"{currency} {amount}"


def _label(text: Text | None, language: str) -> str:
    return text.in_(language) if text else ""
