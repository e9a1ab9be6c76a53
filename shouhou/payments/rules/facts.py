"""The values that go in and come out: the order's money as it stands, and the quote."""

from dataclasses import dataclass
from typing import Literal

from shouhou.foundation.workflow import Text

Fault = Literal["buyer", "seller"]
# Returned in kind (L-03 art. 15): a coupon comes back as a coupon, points as points; never as cash.
IN_KIND = frozenset({"coupon", "points", "voucher"})
# The buyer's own wish; every other reason is somebody else's fault (LOG-06, LOG-07).
BUYER_REASONS = frozenset({"no_reason"})

DEDUCTION_LABELS: dict[str, Text] = {
    "GIFT_KEPT": Text("未退回的赠品（按事先标明的价格）", "Gift not returned (at its stated price)"),
    "LOST_FREE_FREIGHT": Text("不再满足包邮条件的发货运费", "Outbound freight: free shipping no longer reached"),
    "INSPECTION": Text("验货扣款（已经您同意）", "Deduction after inspection (with your consent)"),
    "ACCESSORY_MISSING": Text("缺少的配件（已经您同意）", "Missing accessory (with your consent)"),
}


@dataclass(frozen=True, slots=True)
class LineMoney:
    """One line: `paid_minor` for all its units; what earlier refunds took back of it, in units and in money."""

    line: int
    quantity: int
    unit_price_minor: int
    paid_minor: int
    returned_quantity: int = 0
    refunded_minor: int = 0
    is_gift: bool = False
    gift_price_minor: int | None = None

    @property
    def kept_quantity(self) -> int:
        return self.quantity - self.returned_quantity


@dataclass(frozen=True, slots=True)
class PaymentMoney:
    """One tender of the order: what it paid and what already went (or is on its way) back to it."""

    payment_id: int
    tender: str
    paid_minor: int
    refunded_minor: int = 0

    @property
    def left_minor(self) -> int:
        return self.paid_minor - self.refunded_minor


@dataclass(frozen=True, slots=True)
class Promotion:
    """Spend `threshold`, get `discount` off; from `free_freight_threshold` on `standard_freight` was waived."""

    threshold_minor: int = 0
    discount_minor: int = 0
    free_freight_threshold_minor: int = 0
    standard_freight_minor: int = 0


@dataclass(frozen=True, slots=True)
class OrderMoney:
    """The money side of an order. `taken` are the statutory deductions of earlier refunds, by code."""

    order_id: int
    currency: str
    lines: tuple[LineMoney, ...]
    payments: tuple[PaymentMoney, ...]
    freight_minor: int = 0
    freight_refunded_minor: int = 0
    promotion: Promotion = Promotion()
    gifts_taken_minor: int = 0
    lost_freight_taken_minor: int = 0

    @property
    def paid_minor(self) -> int:
        return sum(payment.paid_minor for payment in self.payments)

    @property
    def refunded_minor(self) -> int:
        return sum(payment.refunded_minor for payment in self.payments)


@dataclass(frozen=True, slots=True)
class Deduction:
    """What is kept back: by the statutory codes, or by the buyer's consent (`line` and `note` say for what).

    A negative amount gives an earlier deduction back: what it was for has come home meanwhile.
    """

    code: str
    amount_minor: int
    line: int | None = None
    note: str = ""

    @property
    def label(self) -> Text:
        return DEDUCTION_LABELS.get(self.code, Text(self.code, self.code))


@dataclass(frozen=True, slots=True)
class QuoteLine:
    """Of this line: so many units come back, worth so much before deductions (0 units: an allowance)."""

    line: int
    quantity: int
    goods_minor: int


@dataclass(frozen=True, slots=True)
class TenderShare:
    """So much goes back to this payment; without one it goes out beside the order's own money."""

    payment_id: int | None
    tender: str
    amount_minor: int


@dataclass(frozen=True, slots=True)
class Quote:
    """What is owed now. `basis_minor` is what had gone back when it was computed: a quote out of date is refused."""

    order_id: int
    currency: str
    total_minor: int
    lines: tuple[QuoteLine, ...]
    tenders: tuple[TenderShare, ...]
    deductions: tuple[Deduction, ...] = ()
    freight_minor: int = 0
    rejected_rules: tuple[str, ...] = ()
    shortfall_minor: int = 0
    basis_minor: int = 0

    @property
    def cash_minor(self) -> int:
        """Without what is returned in kind (DEF-07)."""
        return sum(share.amount_minor for share in self.tenders if is_cash(share.tender))

    @property
    def goods_minor(self) -> int:
        return sum(line.goods_minor for line in self.lines)

    def as_json(self, language: str = "zh-hans") -> dict[str, object]:
        """The `refund_preview` of the contract."""
        return {
            "total": _money(self.total_minor, self.currency),
            "cash_total": _money(self.cash_minor, self.currency),
            "tenders": [
                {"tender": share.tender, "amount": _money(share.amount_minor, self.currency)} for share in self.tenders
            ],
            "deductions": [
                {
                    "code": cut.code, "label": cut.label.in_(language), "line": cut.line, "note": cut.note,
                    "amount": _money(cut.amount_minor, self.currency),
                }
                for cut in self.deductions
            ],
            "lines": [
                {"line": line.line, "quantity": line.quantity, "amount": _money(line.goods_minor, self.currency)}
                for line in self.lines
            ],
            "freight": _money(self.freight_minor, self.currency),
            "rejected_rules": list(self.rejected_rules),
        }  # fmt: skip


def is_cash(tender: str) -> bool:
    return tender not in IN_KIND


def fault_of(reason: str) -> Fault:
    """Who bears the way and the gift: the buyer for a mere wish, the seller for everything else."""
    return "buyer" if reason in BUYER_REASONS else "seller"


def _money(minor: int, currency: str) -> dict[str, object]:
    return {"amount": minor, "currency": currency}
