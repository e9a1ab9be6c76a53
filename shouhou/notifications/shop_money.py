"""What the texts about a shop's money need to know, from the event alone and in the reader's language."""

from datetime import datetime

from django.conf import settings

from shouhou.foundation.ids import is_case_number
from shouhou.foundation.money import Money
from shouhou.foundation.workflow import Text
from shouhou.merchants.models import Merchant
from shouhou.notifications.facts import when
from shouhou.plumbing.feed import FeedEvent

KINDS = {
    "freight": Text("垫付运费", "freight"), "refund": Text("垫付退款", "a refund"), "compensation": Text("垫付补偿", "a compensation"),
    "loss": Text("损失追偿", "a loss"),
}  # fmt: skip
VERDICTS = {"waived": Text("申诉成立，免除追收", "granted: nothing is taken"), "upheld": Text("驳回申诉，继续追收", "refused: it is taken")}


def facts_of_money(event: FeedEvent, shop: Merchant, *, language: str) -> dict[str, str]:
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

    until = data.get("until")
    house = event.type in ("recharge.appealed", "recharge.overdue", "settlement.failed")
    return {
        "ref": str(data.get("number") or shop.code), "shop": shop.name, "amount": money("amount_minor"),
        "balance": money("balance_minor"), "required": money("required_minor"), "kind": word(KINDS, "kind"),
        "verdict": word(VERDICTS, "verdict"), "reasons": str(data.get("reasons") or ""), "code": str(data.get("code") or ""),
        "about": case if is_case_number(case) else "", "due": when(datetime.fromisoformat(str(until)), language) if until else "",
        "link": f"{settings.BASE_URL}{_path(event, house=house)}",
    }  # fmt: skip


def _path(event: FeedEvent, *, house: bool) -> str:
    number = str(event.data.get("number") or "")
    if event.type.startswith("recharge."):
        return f"/finance/merchants/recharges/{number}/" if house else f"/merchant/money/recharges/{number}/"
    return f"/finance/merchants/settlements/{number}/" if house else "/merchant/money/"
