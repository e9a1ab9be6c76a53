"""The values that go in and come out: the order's money as it stands, and the quote."""

from dataclasses import dataclass
from typing import Literal

from shouhou.foundation.workflow import Text
from shouhou.payments.rules.offers import Offer, Tier

Fault = Literal["buyer", "seller"]
# Returned in kind (L-03 art. 15): a coupon comes back as a coupon, points as points; never as cash.
IN_KIND = frozenset({"coupon", "points", "voucher"})
# Who gave a discount: the shop itself (then there is nothing to post), the platform, or the buyer's coupon or points.
Bearer = Literal["merchant", "platform", "coupon", "points"]
# A discount of this name is what `Promotion.discount_minor` took off.
WHOLE_ORDER = "promotion"
# The buyer's own wish; every other reason is somebody else's fault (LOG-06, LOG-07).
BUYER_REASONS = frozenset({"no_reason"})

DEDUCTION_LABELS: dict[str, Text] = {
    "GIFT_KEPT": Text("未退回的赠品（按事先标明的价格）", "Gift not returned (at its stated price)"),
    "LOST_FREE_FREIGHT": Text("不再满足包邮条件的发货运费", "Outbound freight: free shipping no longer reached"),
    "INSPECTION": Text("验货扣款（已经您同意）", "Deduction after inspection (with your consent)"),
    "ACCESSORY_MISSING": Text("缺少的配件（已经您同意）", "Missing accessory (with your consent)"),
}
# Where a deduction comes from, as a person may look it up (clause, source).
_RULES = Text("《网络购买商品七日无理由退货暂行办法》", "Interim Measures for seven-day returns of goods bought online")
_CONSENT = Text("消费者在本售后单中的同意", "The consumer's consent in this case")
DEDUCTION_BASES: dict[str, tuple[Text, Text]] = {
    "GIFT_KEPT": (Text("第十二条", "Article 12"), _RULES),
    "LOST_FREE_FREIGHT": (Text("第十八条", "Article 18"), _RULES),
    "RESETTLED": (Text("第十七条", "Article 17"), _RULES),
    "IN_KIND": (Text("第十五条", "Article 15"), _RULES),
    "INSPECTION": (Text("双方约定", "By agreement"), _CONSENT),
    "ACCESSORY_MISSING": (Text("双方约定", "By agreement"), _CONSENT),
}


@dataclass(frozen=True, slots=True)
class LineMoney:
    """One line: `paid_minor` for all its units; what earlier refunds took back of it, in units and in money, and what of
    that money was an allowance while the goods stayed."""

    line: int
    quantity: int
    unit_price_minor: int
    paid_minor: int
    returned_quantity: int = 0
    refunded_minor: int = 0
    is_gift: bool = False
    gift_price_minor: int | None = None
    allowed_minor: int = 0

    @property
    def left_minor(self) -> int:
        return max(0, self.paid_minor - self.refunded_minor)

    @property
    def kept_quantity(self) -> int:
        return self.quantity - self.returned_quantity


@dataclass(frozen=True, slots=True)
class PaymentMoney:
    """One tender of the order: what it paid and what already went (or is on its way) back to it. Or the charge with which
    the buyer paid again what had been refunded before the goods came."""

    payment_id: int | None
    tender: str
    paid_minor: int
    refunded_minor: int = 0
    charge_id: int | None = None

    @property
    def left_minor(self) -> int:
        return self.paid_minor - self.refunded_minor


@dataclass(frozen=True, slots=True)
class Discount:
    """So much was taken off the line (or off the order) on `bearer`'s account; `name` is that of the offer it came from,
    if it came from one. `undone_minor` is what earlier refunds took back of all discounts of this bearer and name."""

    bearer: Bearer
    amount_minor: int
    name: str = ""
    line: int | None = None
    undone_minor: int = 0


@dataclass(frozen=True, slots=True)
class Undone:
    """A discount taken back with the goods: the platform's goes back to the platform, a coupon or points to the buyer."""

    bearer: Bearer
    amount_minor: int
    name: str = ""


@dataclass(frozen=True, slots=True)
class Promotion:
    """Spend `threshold`, get `discount` off; from `free_freight_threshold` on `standard_freight` was waived; and whatever
    other offers the order was made under."""

    threshold_minor: int = 0
    discount_minor: int = 0
    free_freight_threshold_minor: int = 0
    standard_freight_minor: int = 0
    offers: tuple[Offer, ...] = ()

    @property
    def all_offers(self) -> tuple[Offer, ...]:
        if not self.discount_minor:
            return self.offers
        return (Offer("spend", WHOLE_ORDER, tiers=(Tier(self.threshold_minor, 0, self.discount_minor),)), *self.offers)


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
    discounts: tuple[Discount, ...] = ()

    @property
    def goods(self) -> tuple[LineMoney, ...]:
        """The lines without gifts."""
        return tuple(line for line in self.lines if not line.is_gift)

    @property
    def paid_minor(self) -> int:
        return sum(payment.paid_minor for payment in self.payments if payment.payment_id is not None)

    @property
    def refunded_minor(self) -> int:
        return sum(payment.refunded_minor for payment in self.payments if payment.payment_id is not None)


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

    @property
    def basis(self) -> tuple[Text, Text]:
        """Clause and source."""
        return DEDUCTION_BASES.get(self.code, DEDUCTION_BASES["INSPECTION"])


@dataclass(frozen=True, slots=True)
class QuoteLine:
    """Of this line: so many units come back, worth so much before deductions (0 units: an allowance, or what a broken
    promotion had kept back of goods that came home before)."""

    line: int
    quantity: int
    goods_minor: int


@dataclass(frozen=True, slots=True)
class TenderShare:
    """So much goes back to this payment, or to this charge; without either it goes out beside the order's own money."""

    payment_id: int | None
    tender: str
    amount_minor: int
    charge_id: int | None = None

    @property
    def beside(self) -> bool:
        return self.payment_id is None and self.charge_id is None


@dataclass(frozen=True, slots=True)
class Quote:
    """What is owed now. `basis_minor` is what had gone back when it was computed: a quote out of date is refused.

    `resettled_minor` is by how much the goods are worth more or less than their paid price because a promotion broke;
    `undone` are the discounts that go back to who gave them. A coupon or points are in `total_minor` and `tenders`, too.
    """

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
    resettled_minor: int = 0
    undone: tuple[Undone, ...] = ()

    @property
    def cash_minor(self) -> int:
        """Without what is returned in kind (DEF-07)."""
        return sum(share.amount_minor for share in self.tenders if is_cash(share.tender))

    @property
    def price_minor(self) -> int:
        """Of the order's own tenders: without a coupon or points that come back beside them."""
        return sum(share.amount_minor for share in self.tenders if not share.beside)

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
                    "clause": cut.basis[0].in_(language), "source": cut.basis[1].in_(language),
                }
                for cut in self.deductions
            ],
            "lines": [
                {"line": line.line, "quantity": line.quantity, "amount": _money(line.goods_minor, self.currency)}
                for line in self.lines
            ],
            "freight": _money(self.freight_minor, self.currency),
            "rejected_rules": list(self.rejected_rules),
            "resettled": _money(self.resettled_minor, self.currency),
            "undone": [
                {"bearer": share.bearer, "name": share.name, "amount": _money(share.amount_minor, self.currency)}
                for share in self.undone
            ],
        }  # fmt: skip


def is_cash(tender: str) -> bool:
    return tender not in IN_KIND


def fault_of(reason: str) -> Fault:
    """Who bears the way and the gift: the buyer for a mere wish, the seller for everything else."""
    return "buyer" if reason in BUYER_REASONS else "seller"


def _money(minor: int, currency: str) -> dict[str, object]:
    return {"amount": minor, "currency": currency}
