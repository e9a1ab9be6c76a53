"""Money of an exchange: the difference to pay or to give back, and the price of an old item that never came."""

from collections.abc import Mapping

from shouhou.cases.effects import charges, endings
from shouhou.cases.effects.money import decided_by
from shouhou.cases.effects.payout import over_lines, payout_quote
from shouhou.cases.moving import Moving
from shouhou.orders.claims import hold_order
from shouhou.payments import actions as payments
from shouhou.payments.queries import order_money


def ask_difference(moving: Moving) -> None:
    """The article wanted costs more: the buyer is asked for the difference, until the state's own limit."""
    if moving.target == "difference_due":
        charges.ask(moving, purpose="price_difference", amount_minor=moving.case.details["difference"], within="difference_days")


def ask_price(moving: Moving) -> None:
    """The replacement went out first and nothing came back: what was really paid for the missing units is asked for."""
    missing = {item.line: item.missing for item in moving.case.items if item.missing}
    due = sum(
        (line.paid_minor - line.refunded_minor) * missing[line.line] // max(1, line.kept_quantity)
        for line in order_money(moving.case.order_id).lines
        if line.line in missing
    )
    if due > 0:
        charges.ask(moving, purpose="not_returned", amount_minor=due, within="difference_days")


def paid(moving: Moving) -> None:
    """The difference: the replacement goes out. The old item's price: it is the buyer's now, and the case is done."""
    case = moving.case
    if case.status != "unreturned":
        moving.note(difference_paid=True)
        return
    moving.go("closed")
    charges.earned(moving)
    endings.release(moving)
    moving.set(outcome="exchanged", resolved_at=moving.now)


def came_after_all(moving: Moving) -> None:
    """The old item is on its way or here: it need not be paid for any more."""
    if moving.case.status == "unreturned":
        charges.call_off(moving)


def shipped(moving: Moving) -> None:
    """What was paid on top is earned; what the replacement costs less goes back to the tenders, once."""
    case, difference = moving.case, int(moving.case.details.get("difference") or 0)
    charges.earned(moving)
    if difference >= 0:
        return
    hold_order(case.order_id)
    due = payout_quote(case, way="original", amounts=over_lines(case, -difference))
    payments.instruct_refund(
        subject=case.number, order_id=case.order_id, quote=due, key=f"{case.number}:difference", actor=decided_by(moving),
        now=moving.now, reason="allowance", second_person_above_minor=moving.terms.number("second_person_above"), expected_at=None,
        merchant_id=case.merchant_id, buyer_id=case.buyer_id,
    )  # fmt: skip


def note_on_top(moving: Moving, on_top: Mapping[int, int], units: Mapping[int, int]) -> None:
    """Keep what each line costs more (line → minor units), for how many units, and how many the buyer has of it."""
    kept = {line.line: line.kept_quantity for line in order_money(moving.case.order_id).lines}
    moving.note(on_top=[[line, minor, units[line], kept[line]] for line, minor in sorted(on_top.items()) if units[line]])
