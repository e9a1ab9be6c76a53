"""What the address of finance's list of refunds asks for."""

from collections.abc import Container, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import ClassVar

from django.utils.translation import gettext as _

from shouhou.foundation.workflow import Text
from shouhou.merchants.models import Merchant
from shouhou.payments.models import Refund, RefundPart
from shouhou.payments.refund_list import OPEN, TROUBLED, RefundFilter
from shouhou.web.labels import PAYMENT_CHANNELS, TENDERS, label
from shouhou.web.page import said
from shouhou.web.shared.asked import Asked
from shouhou.web.shared.money_view import half

CHOICES_MOST = 300
SOON = timedelta(hours=24)
STATES = {
    "open": Text("未到账", "not settled"), "awaiting_second": Text("待复核", "awaiting the second person"),
    "pending": Text("退款中", "under way"), "trouble": Text("异常", "needs a person"), "failed": Text("失败", "failed"),
    "partly_settled": Text("部分到账", "partly settled"), "settled": Text("已到账", "settled"),
    "cancelled": Text("已取消", "cancelled"), "all": Text("全部", "all"),
}  # fmt: skip
AGES = {"1": Text("满 1 天", "1 day or more"), "3": Text("满 3 天", "3 days or more"), "7": Text("满 7 天", "7 days or more")}
DUES = {"overdue": Text("已超时", "overdue"), "soon": Text("24 小时内到期", "due within 24 h")}
CAUSES = {
    "return": Text("退货", "return"), "refund_only": Text("仅退款", "refund only"), "cancel": Text("取消订单", "cancelled order"),
    "exchange": Text("换货", "exchange"), "resend": Text("补发", "resend"), "price_protection": Text("价保", "price protection"),
    "compensation": Text("补偿", "compensation"), "compensation_beside": Text("附带补偿", "compensation beside"),
    "allowance": Text("折让", "allowance"), "partial_refund": Text("部分退款", "partial refund"),
    "other_amount": Text("渠道收款不符，款项退回", "charged another amount"),
    "paid_late": Text("逾期付款退回", "paid too late"), "flash": Text("极速退款", "flash refund"),
    "freight_back": Text("运费返还", "freight given back"), "freight_insurance": Text("运费险理赔", "freight insurance"),
    "plan_payout": Text("保障计划赔付", "paid by a plan"),
    "service_not_done": Text("服务未做，款项退回", "paid for and not done"), "deposit_released": Text("押金退还", "deposit released"),
    "goods_returned": Text("换货差价随商品退回", "exchange's difference, the goods came back"),
    "deposit": Text("押金退还", "deposit given back"), "repair": Text("维修", "repair"),
}  # fmt: skip
SECONDS = {"yes": Text("需第二人", "needs two people"), "no": Text("一人即可", "one person")}


@dataclass(frozen=True, slots=True)
class RefundFilters(Asked):
    """Unknown values ask for nothing. Amounts are in main units, as people write them."""

    USUAL: ClassVar[Mapping[str, str]] = {"state": "open"}

    q: str = ""
    state: str = "open"
    channel: str = ""
    tender: str = ""
    merchant: str = ""
    reason: str = ""
    age: str = ""
    due: str = ""
    second: str = ""
    least: str = ""
    most: str = ""
    after: str = ""

    KNOWN: ClassVar[Mapping[str, Container[str]]] = {"state": STATES}

    @property
    def oldest_first(self) -> bool:
        """What waits is worked from the oldest on; what is over is looked up from the newest back."""
        return self.state in ("open", "trouble", *OPEN)

    @property
    def chosen(self) -> int:
        return sum(bool(getattr(self, name)) for name in self.__slots__ if name not in ("q", "state", "after"))

    def narrowed(self, now: datetime) -> RefundFilter:
        states: tuple[str, ...] = {"open": OPEN, "trouble": (), "all": ()}.get(self.state, (self.state,))
        due = {"overdue": (None, now), "soon": (now, now + SOON)}.get(self.due, (None, None))
        if self.q:
            states, due = (), (None, None)
        elif due[1] is not None:
            states = tuple(state for state in states or OPEN if state in OPEN)
        return RefundFilter(
            states=states, channel=self.channel or None, tender=self.tender or None, merchant=self.merchant or None,
            reason=self.reason or None, instructed_before=now - timedelta(days=int(self.age)) if self.age in AGES else None,
            expected_from=due[0], expected_before=due[1], least_minor=_minor(self.least), most_minor=_minor(self.most),
            second={"yes": True, "no": False}.get(self.second), text=self.q or None,
            stuck_at=now if self.state == "trouble" and not self.q else None,
        )  # fmt: skip


def choices() -> dict[str, list[tuple[str, str]]]:
    """What can be chosen in each filter, in the page's language."""
    parts = RefundPart.objects.order_by()
    channels = sorted(parts.values_list("channel", flat=True).distinct()[:CHOICES_MOST])
    tenders = sorted(parts.values_list("tender", flat=True).distinct()[:CHOICES_MOST])
    reasons = sorted(Refund.objects.order_by().values_list("reason", flat=True).distinct()[:CHOICES_MOST])
    shops = Merchant.objects.order_by("code").values_list("code", "name")[:CHOICES_MOST]
    return {
        "state": _texts(STATES), "channel": [(code, label(PAYMENT_CHANNELS, code)) for code in channels],
        "tender": [(code, label(TENDERS, code)) for code in tenders], "reason": [(code, cause_words(code)) for code in reasons],
        "merchant": list(shops), "age": _texts(AGES), "due": _texts(DUES), "second": _texts(SECONDS),
    }  # fmt: skip


def views_of(filters: RefundFilters) -> list[dict[str, object]]:
    """The lists that finance opens most."""
    views = [
        (_("未到账"), RefundFilters()), (_("待复核"), RefundFilters(state="awaiting_second")),
        (_("异常"), RefundFilters(state="trouble")), (_("24 小时内到期"), RefundFilters(due="soon")),
        (_("已超时"), RefundFilters(due="overdue")), (_("已到账"), RefundFilters(state="settled")),
        (_("全部"), RefundFilters(state="all")),
    ]
    return [{"label": words, "address": view.address(after=""), "here": view.query == filters.query} for words, view in views]


def state_words(refund: Refund) -> str:
    return half(dict(Refund.STATES)[refund.state])


def cause_words(code: str) -> str:
    """What a refund is for."""
    return label(CAUSES, code)


def troubled(refund: Refund) -> bool:
    return refund.state in TROUBLED


def _minor(amount: str) -> int | None:
    """Hundredths of what was typed; None when it is no amount."""
    try:
        value = Decimal(amount.replace(",", "")) if amount else None
    except InvalidOperation:
        return None
    return int(value * 100) if value is not None and value.is_finite() and abs(value) < 10**12 else None


def _texts(table: Mapping[str, Text]) -> list[tuple[str, str]]:
    return [(code, said(text)) for code, text in table.items()]
