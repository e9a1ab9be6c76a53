"""The order's money as it stood before the flash refund of this case: what its goods are worth is reckoned from there."""

from dataclasses import replace

from shouhou.cases.flash import flash_of
from shouhou.cases.rows import CaseRow
from shouhou.payments.models import Refund
from shouhou.payments.rules import OrderMoney, Quote
from shouhou.payments.rules.owed import over_tenders


def before_flash(case: CaseRow, money: OrderMoney) -> OrderMoney:
    """`money` without what was refunded first; as it is where nothing was."""
    number = flash_of(case).get("refund")
    refund = Refund.objects.exclude(state="cancelled").filter(number=number).first() if number else None
    if refund is None:
        return money
    gone = {line: (units, minor) for line, units, minor in refund.lines.values_list("line__line", "quantity", "goods_minor")}
    paid: dict[int, int] = {}
    for payment, minor in refund.parts.exclude(state="cancelled").values_list("payment_id", "amount_minor"):
        paid[payment] = paid.get(payment, 0) + minor
    taken = {"GIFT_KEPT": 0, "LOST_FREE_FREIGHT": 0}
    for cut in refund.deductions:
        if cut["code"] in taken:
            taken[cut["code"]] += cut["amount_minor"]
    undone = {(share["bearer"], share["name"]): share["amount_minor"] for share in refund.undone}
    return replace(
        money,
        lines=tuple(
            replace(
                line, returned_quantity=line.returned_quantity - gone.get(line.line, (0, 0))[0],
                refunded_minor=line.refunded_minor - gone.get(line.line, (0, 0))[1],
            )
            for line in money.lines
        ),
        payments=tuple(
            replace(payment, refunded_minor=payment.refunded_minor - paid.get(payment.payment_id, 0)) for payment in money.payments
        ),
        freight_refunded_minor=money.freight_refunded_minor - refund.freight_minor,
        gifts_taken_minor=money.gifts_taken_minor - taken["GIFT_KEPT"],
        lost_freight_taken_minor=money.lost_freight_taken_minor - taken["LOST_FREE_FREIGHT"],
        discounts=tuple(
            replace(each, undone_minor=each.undone_minor - undone.get((each.bearer, each.name), 0)) for each in money.discounts
        ),
    )  # fmt: skip


def rest_of(worth: Quote, money: OrderMoney, more_minor: int) -> Quote:
    """What the goods turned out to be worth beyond what was refunded first: so much more, over what the tenders have left."""
    return replace(
        worth, total_minor=more_minor, lines=(), tenders=over_tenders(money.payments, more_minor), deductions=(), freight_minor=0,
        basis_minor=money.refunded_minor, undone=(),
    )  # fmt: skip
