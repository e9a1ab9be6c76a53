"""What the texts about a shop's money need to know, from the event alone and in the reader's language."""

from datetime import datetime
from urllib.parse import urlencode

from django.conf import settings

from shouhou.conduct.library import lexicon
from shouhou.foundation.ids import is_case_number
from shouhou.foundation.money import Money
from shouhou.foundation.workflow import Text
from shouhou.merchants.models import Merchant
from shouhou.notifications.choose import TO_FINANCE
from shouhou.notifications.facts import when
from shouhou.plumbing.feed import FeedEvent
from shouhou.sla.rules.kinds import KINDS as CLOCKS

KINDS = {
    "freight": Text("垫付运费", "freight"), "refund": Text("垫付退款", "a refund"), "compensation": Text("垫付补偿", "a compensation"),
    "loss": Text("损失追偿", "a loss"), "penalty": Text("违约处罚", "a penalty"),
}  # fmt: skip
VERDICTS = {
    "granted": Text("申诉成立，违约已撤销", "granted: the breach is struck"),
    "refused": Text("驳回申诉，违约成立", "refused: the breach stands"),
    "waived": Text("申诉成立，免除追收", "granted: nothing is taken"), "upheld": Text("驳回申诉，继续追收", "refused: it is taken"),
}  # fmt: skip


OUTCOMES = {
    "granted": Text("申诉成立：系误判，同样的内容可以发出", "granted: a false alarm, the same words may go"),
    "refused": Text("申诉驳回：判定有效", "refused: the rule was right"),
}  # fmt: skip
SWAPPED = {
    "approved": Text("已批准，值班表已更新", "approved: the rota says so"), "declined": Text("同事未同意", "declined by the colleague"),
    "refused": Text("主管未批准", "not approved"),
}  # fmt: skip
TEAM_PAGES = {
    "swap.asked": "/staff/team/swaps/", "swap.ended": "/staff/team/swaps/?shown=ended",
    "training.lapsed": "/staff/team/training/?shown=over", "check.done": "/staff/team/checks/{subject}/",
}  # fmt: skip
CHECKS = {
    "kept": Text("留存的余额与分录不符", "the balances kept are not what the postings come to"),
    "trial": Text("全部账户合计不为零", "the accounts do not sum to zero"),
    "buyers": Text("消费者的钱未付清", "buyers have not got what they are owed"),
    "reservations": Text("预留与未完成的退款不符", "what tenders set aside is not what open refunds need"),
    "pending": Text("账上在途与正在付出的不符", "what is pending is not what is being paid"),
    "channel": Text("渠道对账单与账不一致", "a channel's statement does not agree"),
}  # fmt: skip


def facts_of_money(event: FeedEvent, shop: Merchant | None, *, language: str) -> dict[str, str]:
    """All facts for one event; the templates take what they name."""
    data, english = event.data, language.lower().startswith("en")
    currency, case = str(data.get("currency") or "CNY"), str(data.get("case") or "")

    def money(name: str) -> str:
        minor = data.get(name)
        if not isinstance(minor, int):
            return ""
        amount = f"{Money(minor, currency).decimal:,}"
        return f"{currency} {amount}" if english or currency != "CNY" else f"{amount} 元"

    def word(texts: dict[str, Text], name: str) -> str:
        text = texts.get(str(data.get(name)))
        return text.in_(language) if text else ""

    swapped = SWAPPED.get(str(data.get("state"))) if event.type == "swap.ended" else None
    until, clock = data.get("until"), CLOCKS.get(str(data.get("kind")))
    due_at = str(data.get("due_at") or "")
    house = event.type in TO_FINANCE
    checks = data.get("checks")
    return {
        "ref": str(data.get("number") or (shop.code if shop else "")), "shop": shop.name if shop else "", "amount": money("amount_minor"),
        "balance": money("balance_minor"), "required": money("required_minor"), "kind": word(KINDS, "kind"),
        "verdict": word(VERDICTS, "verdict"), "reasons": str(data.get("reasons") or ""), "code": str(data.get("code") or ""),
        "bank_said": money("said_minor"), "count": str(data.get("count") or ""), "channel": str(data.get("channel") or ""),
        "day": str(data.get("day") or ""), "month": str(data.get("month") or ""), "clock": clock.label.in_(language) if clock else "",
        "was_due": when(datetime.fromisoformat(due_at), language) if due_at else "", "points": str(data.get("points") or ""),
        "owner": str(data.get("owner") or ""), "author": str(data.get("author") or ""), "outcome": word(OUTCOMES, "outcome"),
        "person": str(data.get("person") or ""), "mean": str(data.get("mean") or ""),
        "course": str(data.get("course_en" if english else "course") or ""), "swapped": swapped.in_(language) if swapped else "",
        "text": str(data.get("text") or ""), "held_to": _codes(data.get("codes"), language),
        **{name: str(data.get(name) or "") for name in ("percent", "defective", "sold")},
        "checks": ("；" if not english else "; ").join(
            CHECKS[str(name)].in_(language) for name in (checks if isinstance(checks, list) else []) if str(name) in CHECKS
        ),
        "about": case if is_case_number(case) else "", "due": when(datetime.fromisoformat(str(until)), language) if until else "",
        "link": f"{settings.BASE_URL}{_path(event, house=house)}",
    }  # fmt: skip


def _codes(codes: object, language: str) -> str:
    """The rules of conduct, by code and name."""
    known, found = lexicon().codes, codes if isinstance(codes, list) else []
    told = [f"{code} {known[code].label.in_(language)}" for code in found if code in known]
    return ("；" if not language.lower().startswith("en") else "; ").join(told)


def _path(event: FeedEvent, *, house: bool) -> str:
    number = str(event.data.get("number") or "")
    if event.type in TEAM_PAGES:
        return TEAM_PAGES[event.type].format(subject=event.subject)
    if event.type in ("clock.due_soon", "complaint.unowned"):
        return f"/staff/cases/{number}/"
    if event.type.startswith("conduct."):
        return "/operations/conduct/?shown=appealed" if house else f"/staff/talks/screened/{number}/"
    if event.type.startswith("breach."):
        return f"/operations/breaches/{number}/" if house else f"/merchant/breaches/{number}/"
    if event.type == "scorecard.closed":
        return f"/merchant/scorecards/{event.data.get('month')}/"
    if event.type.startswith("suspension."):
        return f"/operations/suspensions/{number}/" if house else "/merchant/standing/"
    if event.type == "quality.alerted":
        return f"/staff/statistics/?{urlencode({'by': 'detail', 'sku': number})}"
    if event.type == "balance.proof_bad":
        return f"/finance/balance/{event.data.get('day')}/"
    if event.type == "reconciliation.differences":
        return f"/finance/reconciliation/?channel={event.data.get('channel')}"
    if event.type.startswith("recharge."):
        return f"/finance/merchants/recharges/{number}/" if house else f"/merchant/money/recharges/{number}/"
    return f"/finance/merchants/settlements/{number}/" if house else "/merchant/money/"
