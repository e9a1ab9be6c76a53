"""The order's money as it stood before the flash refund of this case: what its goods are worth is reckoned from there."""

from collections import Counter
from dataclasses import replace

from shouhou.cases.flash import flash_of
from shouhou.cases.rows import CaseRow
from shouhou.payments.models import Refund
from shouhou.payments.rules import Deduction, OrderMoney, Quote, QuoteLine, TenderShare, Undone
from shouhou.payments.rules.owed import over_tenders

STATUTORY = ("GIFT_KEPT", "LOST_FREE_FREIGHT")


def before_flash(case: CaseRow, money: OrderMoney) -> OrderMoney:
    """`money` without what was refunded first; as it is where nothing was."""
    number = flash_of(case).get("refund")
    refund = Refund.objects.exclude(state="cancelled").filter(number=number).first() if number else None
    if refund is None:
        return money
    gone = {line: (units, minor) for line, units, minor in refund.lines.values_list("line__line", "quantity", "goods_minor")}
    paid: dict[tuple[int | None, int | None], int] = {}
    for payment, charge, minor in refund.parts.exclude(state="cancelled").values_list("payment_id", "charge_id", "amount_minor"):
        paid[payment, charge] = paid.get((payment, charge), 0) + minor
    taken = dict.fromkeys(STATUTORY, 0)
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
            replace(payment, refunded_minor=payment.refunded_minor - paid.get((payment.payment_id, payment.charge_id), 0))
            for payment in money.payments
        ),
        freight_refunded_minor=money.freight_refunded_minor - refund.freight_minor,
        gifts_taken_minor=money.gifts_taken_minor - taken["GIFT_KEPT"],
        lost_freight_taken_minor=money.lost_freight_taken_minor - taken["LOST_FREE_FREIGHT"],
        discounts=tuple(
            replace(each, undone_minor=each.undone_minor - undone.get((each.bearer, each.name), 0)) for each in money.discounts
        ),
    )  # fmt: skip


def rest_of(worth: Quote, refund: Refund, money: OrderMoney) -> Quote:
    """What the goods turned out to be worth beyond what was refunded first: so much more, over what the tenders have left.

    Both refunds together say what the goods came to: what is kept back by law, freight and discounts count when the rest of
    the order comes back.
    """
    goods = dict(refund.lines.values_list("line__line", "goods_minor"))
    lines = [QuoteLine(each.line, 0, each.goods_minor - goods.get(each.line, 0)) for each in worth.lines]
    cuts = Counter({cut.code: cut.amount_minor for cut in worth.deductions if cut.code in STATUTORY})
    cuts.subtract({cut["code"]: cut["amount_minor"] for cut in refund.deductions if cut["code"] in STATUTORY})
    undone = Counter({(each.bearer, each.name): each.amount_minor for each in worth.undone})
    undone.subtract({(each["bearer"], each["name"]): each["amount_minor"] for each in refund.undone})
    kinds = Counter({share.tender: share.amount_minor for share in worth.tenders if share.beside})
    kinds.subtract(dict(refund.parts.exclude(state="cancelled").filter(payment=None, charge=None).values_list("tender", "amount_minor")))
    more = worth.total_minor - refund.amount_minor
    beside = tuple(TenderShare(None, kind, amount) for kind, amount in kinds.items() if amount > 0)
    beside = beside if sum(share.amount_minor for share in beside) <= more else ()
    cash = more - sum(share.amount_minor for share in beside)
    return replace(
        worth, total_minor=more, lines=tuple(line for line in lines if line.goods_minor > 0),
        tenders=(*over_tenders(money.payments, cash), *beside),
        deductions=tuple(Deduction(code, amount) for code, amount in cuts.items() if amount),
        freight_minor=max(0, worth.freight_minor - refund.freight_minor), basis_minor=money.refunded_minor,
        undone=tuple(Undone(bearer, amount, name) for (bearer, name), amount in undone.items() if amount > 0),
    )  # fmt: skip
