"""What is owed for goods that come back (L-03 art. 12-18, DEF-07, RFD-03, RET-19)."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from shouhou.foundation.money import split
from shouhou.foundation.refusals import refusal, refused
from shouhou.payments.rules.facts import (
    Deduction,
    Fault,
    LineMoney,
    OrderMoney,
    PaymentMoney,
    Quote,
    QuoteLine,
    TenderShare,
)  # fmt: skip
from shouhou.payments.rules.offers import earns_gift
from shouhou.payments.rules.resettling import broken, capped, kept_price
from shouhou.payments.rules.undoing import in_kind, undone

EXCEEDS_PAID = refusal(
    "EXCEEDS_PAID", "invalid",
    zh="退款不能超过实际支付的金额，最多还可退 {max_minor}（最小货币单位）。",
    en="A refund cannot exceed what was paid; at most {max_minor} (minor units) is left.",
)  # fmt: skip
PAYOUT_UNKNOWN = refusal("PAYOUT_UNKNOWN", "invalid", zh="不能以 {tender} 付出。", en="Nothing is paid out as {tender}.")
# What can go out beside the tenders: money on the store's balance, or a gift in kind.
PAYOUTS = ("balance", "coupon", "points")
MORE_THAN_LEFT = refusal(
    "MORE_THAN_LEFT", "invalid",
    zh="第 {line} 行最多还可退 {left} 件，申请了 {quantity} 件。",
    en="Line {line} has {left} units left to refund, {quantity} were asked for.",
)  # fmt: skip
DEDUCTION_TOO_LARGE = refusal(
    "DEDUCTION_TOO_LARGE", "invalid",
    zh="扣款 {amount_minor} 超过所退商品的金额 {goods_minor}。",
    en="The deduction {amount_minor} is more than the goods are worth ({goods_minor}).",
)  # fmt: skip


def quote(
    order: OrderMoney, *, selection: Mapping[int, int], fault: Fault, deductions: Sequence[Deduction] = (),
    restocking_fee_minor: int = 0, freight_back: bool | None = None,
) -> Quote:  # fmt: skip
    """What is owed when `selection` (line → units) comes back.

    `deductions` are those the buyer consented to. `freight_back` None follows the law here: the outbound freight goes
    back with the last unit when the seller is at fault; an overlay may say True for a whole withdrawal.
    Raises Refused MORE_THAN_LEFT, DEDUCTION_TOO_LARGE, EXCEEDS_PAID (fact `max_minor`).
    """
    order = as_paid(order)
    back = _selected(order, selection)
    kept = {line.line: line.kept_quantity - back.get(line.line, 0) for line in order.lines}
    lines, resettled, shortfall = _goods(order, back, kept, fault)
    goods = sum(line.goods_minor for line in lines)
    agreed = _agreed(deductions, lines)
    statutory = _statutory(order, kept, fault)
    freight = _freight(order, kept, fault if freight_back is None else ("seller" if freight_back else "buyer"))
    due = goods + freight - sum(cut.amount_minor for cut in agreed)
    cuts = [*agreed, *_bounded(statutory, due)]
    total = due - sum(cut.amount_minor for cut in cuts[len(agreed):])  # fmt: skip
    given_back = undone(order, kept, fault)
    beside = in_kind(given_back)
    return Quote(
        order_id=order.order_id, currency=order.currency,
        total_minor=total + sum(share.amount_minor for share in beside), lines=lines,
        tenders=(*over_tenders(order.payments, total), *beside), deductions=tuple(cuts), freight_minor=freight,
        # The price paid goes back in full: no fee for taking goods back, whatever a contract says (RET-19).
        rejected_rules=("RESTOCKING_FEE",) if restocking_fee_minor else (),
        shortfall_minor=shortfall, basis_minor=order.refunded_minor, resettled_minor=resettled, undone=given_back,
    )  # fmt: skip


def allowance(order: OrderMoney, *, amounts: Mapping[int, int]) -> Quote:
    """Money back while the goods stay (price protection, partial refund): `amounts` line → minor units.

    It lowers what a later return of the line is worth. Raises Refused EXCEEDS_PAID.
    """
    order = as_paid(order)
    by_line = {line.line: line for line in order.lines}
    for number, amount in amounts.items():
        line = by_line.get(number)
        left = line.paid_minor - line.refunded_minor if line else 0
        if amount <= 0 or amount > left:
            raise refused(EXCEEDS_PAID, max_minor=max(0, left), line=number)
    total = sum(amounts.values())
    return Quote(
        order_id=order.order_id, currency=order.currency, total_minor=total,
        lines=tuple(QuoteLine(number, 0, amount) for number, amount in amounts.items()),
        tenders=over_tenders(order.payments, total), basis_minor=order.refunded_minor,
    )  # fmt: skip


def payout(order: OrderMoney, *, tender: str, amount_minor: int) -> Quote:
    """So much to the buyer beside the order's own money: no line and no tender of the order gives it.

    Raises Refused PAYOUT_UNKNOWN for what nobody can be paid with, and for nothing.
    """
    if tender not in PAYOUTS or amount_minor <= 0:
        raise refused(PAYOUT_UNKNOWN, tender=tender)
    return Quote(
        order_id=order.order_id, currency=order.currency, total_minor=amount_minor, lines=(),
        tenders=(TenderShare(None, tender, amount_minor),), basis_minor=order.refunded_minor,
    )  # fmt: skip


def to_balance(found: Quote) -> Quote:
    """The same allowance, paid out as store balance (with the buyer's consent): the lines are worth less, the tenders keep
    what they have."""
    shares = (TenderShare(None, "balance", found.total_minor),) if found.total_minor else ()
    return replace(found, tenders=shares)


def as_paid(order: OrderMoney) -> OrderMoney:
    """An imported order whose tenders paid less than its lines say: the lines are worth what was really paid."""
    claimed = sum(line.paid_minor for line in order.lines)
    really = max(0, order.paid_minor - order.freight_minor)
    if claimed <= really:
        return order
    shares = split(really, [line.paid_minor for line in order.lines])
    lines = tuple(replace(line, paid_minor=share) for line, share in zip(order.lines, shares, strict=True))
    return replace(order, lines=lines, freight_minor=min(order.freight_minor, order.paid_minor))


def over_tenders(payments: Sequence[PaymentMoney], total_minor: int) -> tuple[TenderShare, ...]:
    """`total_minor` in proportion to what each tender has left, so that none ever gets more than it paid."""
    left = [max(0, payment.left_minor) for payment in payments]
    if total_minor > sum(left):
        raise refused(EXCEEDS_PAID, max_minor=sum(left))
    if total_minor == 0:
        return ()
    shares = split(total_minor, left)
    return tuple(
        TenderShare(payment.payment_id, payment.tender, share, payment.charge_id)
        for payment, share in zip(payments, shares, strict=True)
        if share
    )


def _selected(order: OrderMoney, selection: Mapping[int, int]) -> dict[int, int]:
    by_line = {line.line: line for line in order.lines}
    for number, quantity in selection.items():
        left = by_line[number].kept_quantity if number in by_line else 0
        if quantity <= 0 or quantity > left:
            raise refused(MORE_THAN_LEFT, line=number, left=left, quantity=quantity)
    return dict(selection)


def _goods(
    order: OrderMoney, back: Mapping[int, int], kept: Mapping[int, int], fault: Fault
) -> tuple[tuple[QuoteLine, ...], int, int]:
    """What the returned units are worth, how much of that is a broken promotion's doing, and by how much the kept ones
    would cost more than all that was paid."""
    chosen = [line for line in order.lines if line.line in back]
    worth = {line.line: share_of(line, back[line.line]) for line in chosen}
    goods = [line for line in chosen if not line.is_gift]
    plain = sum(worth[line.line] for line in goods)
    if not goods or not broken(order, kept):
        return tuple(QuoteLine(line.line, back[line.line], worth[line.line]) for line in chosen), 0, 0
    left = sum(line.left_minor for line in order.goods)
    rest = sum(line.paid_minor - line.refunded_minor for line in order.goods) - kept_price(order, kept)
    rest, shortfall = max(0, rest), max(0, -rest)
    if fault == "seller":
        # Who must send faulty goods back has not broken the promotion: never less than the price really paid.
        rest, shortfall = max(rest, plain), 0
    rest = min(left, rest)
    # No line gives back more than was paid for it: what is over had been kept back of goods that came home before.
    mine = capped(rest, goods, [line.unit_price_minor * back[line.line] for line in goods])
    before = [line for line in order.goods if line.line not in back and line.returned_quantity]
    earlier = capped(rest - sum(mine.values()), before, [line.left_minor for line in before])
    others = [line for line in order.goods if line.line not in back and line not in before]
    last = capped(rest - sum(mine.values()) - sum(earlier.values()), others, [line.left_minor for line in others])
    lines = [QuoteLine(line.line, back[line.line], (worth | mine)[line.line]) for line in chosen]
    lines += [QuoteLine(number, 0, amount) for number, amount in {**earlier, **last}.items() if amount]
    return tuple(lines), rest - plain, shortfall


def share_of(line: LineMoney, units: int) -> int:
    """The next `units` of a line at the price really paid. The rest of the cents goes to the first units, and what
    earlier refunds took is gone: however a line comes back, piece by piece or at once, it adds up to what it cost."""
    left = line.left_minor
    each, over = divmod(left, max(1, line.kept_quantity))
    return units * each + min(units, over)


def _statutory(order: OrderMoney, kept: Mapping[int, int], fault: Fault) -> list[Deduction]:
    """What the buyer's own wish costs: kept gifts and lost free shipping. Counted for the order as it then stands,
    less what earlier refunds took, so that the way the goods come back does not change the sum."""
    if fault == "seller":
        return []
    gifts = _gifts_due(order, kept) - order.gifts_taken_minor
    freight = _lost_freight_due(order, kept) - order.lost_freight_taken_minor
    found = [Deduction("GIFT_KEPT", gifts), Deduction("LOST_FREE_FREIGHT", freight)]
    return [cut for cut in found if cut.amount_minor]


def _gifts_due(order: OrderMoney, kept: Mapping[int, int]) -> int:
    """A gift goes back with the goods it came with; kept, it costs the price stated before, nothing if none was."""
    goods, due = order.goods, 0
    for gift in (line for line in order.lines if line.is_gift):
        offers = [offer for offer in order.promotion.offers if gift.line in offer.gifts]
        earned = any(earns_gift(offer, goods, kept) for offer in offers) if offers else any(kept[line.line] for line in goods)
        due += 0 if earned else (gift.gift_price_minor or 0) * kept[gift.line]
    return due


def _lost_freight_due(order: OrderMoney, kept: Mapping[int, int]) -> int:
    """What of the way out was waived, once the kept goods no longer reach the sum it hung on. Only while something is kept:
    with nothing kept the whole purchase is undone (art. 18)."""
    promotion, stays = order.promotion, _list_price(order, kept)
    all_of_it = sum(line.unit_price_minor * line.quantity for line in order.goods)
    if not 0 < stays < promotion.free_freight_threshold_minor <= all_of_it:
        return 0
    return max(0, promotion.standard_freight_minor - order.freight_minor)


def _freight(order: OrderMoney, kept: Mapping[int, int], fault: Fault) -> int:
    """The outbound freight, once, when nothing is kept and the seller is at fault."""
    if fault == "buyer" or any(kept[line.line] for line in order.lines if not line.is_gift):
        return 0
    return max(0, order.freight_minor - order.freight_refunded_minor)


def _list_price(order: OrderMoney, kept: Mapping[int, int]) -> int:
    return sum(line.unit_price_minor * kept[line.line] for line in order.lines if not line.is_gift)


def _agreed(deductions: Sequence[Deduction], lines: Sequence[QuoteLine]) -> list[Deduction]:
    cut, goods = sum(item.amount_minor for item in deductions), sum(line.goods_minor for line in lines)
    if cut > goods or any(item.amount_minor < 0 for item in deductions):
        raise refused(DEDUCTION_TOO_LARGE, amount_minor=cut, goods_minor=goods)
    return [item for item in deductions if item.amount_minor]


def _bounded(cuts: Sequence[Deduction], due_minor: int) -> list[Deduction]:
    """What is given back first, then what is kept, but never more than is owed: nobody pays to send goods back."""
    result: list[Deduction] = []
    for cut in sorted(cuts, key=lambda cut: cut.amount_minor):
        amount = min(cut.amount_minor, due_minor)
        due_minor -= amount
        if amount:
            result.append(replace(cut, amount_minor=amount))
    return result


