"""Money of an exchange: the difference to pay or to give back, and the price of an old item that never came."""

from collections.abc import Mapping

import orjson
from django.db import connection

from shouhou.cases.effects import charges, endings
from shouhou.cases.effects.money import decided_by
from shouhou.cases.effects.payout import over_lines, payout_quote
from shouhou.cases.effects.said import say
from shouhou.cases.moving import Moving
from shouhou.cases.rows import CaseRow
from shouhou.foundation.money import Money
from shouhou.orders.claims import hold_order
from shouhou.payments import actions as payments
from shouhou.payments.queries import order_money
from shouhou.plumbing.actor import SYSTEM


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


def end_with_goods(moving: Moving) -> None:
    """The dearer replacement went back, too: what was paid on top of the old price is no longer owed (DEF-07).

    Whole with the last unit, its share with some of them. Where a line holds units that were never replaced, or a share
    has gone back before, a person looks: which unit it was is not known.
    """
    case = moving.case
    back = _gone(case)
    if not any(back.values()):
        return
    for number, amount_minor, before, rows in _paid_on_top(case.order_id):
        replaced = {line: units for line, units, _, _ in rows}
        gone = sum(min(back.get(line, 0), units) for line, units in replaced.items())
        if not gone:
            continue
        all_back = all(returned >= quantity for _, _, returned, quantity in rows)
        due = amount_minor if all_back and not before else amount_minor * gone // sum(replaced.values())
        much = Money(due, case.currency)
        if before or not (all_back or all(units == quantity for _, units, _, quantity in rows)):
            say(moving, f"换货时补付过差价（{number}，本次商品约 {much}），请核对退回的是否换得的商品，必要时以补偿方式退还。",
                f"A price difference was paid in an exchange ({number}, about {much} of it for these units): look whether the units "
                "that came back are the replacement, and give it back as a compensation if so.", internal=True)  # fmt: skip
            continue
        payments.refund_charge(number, actor=SYSTEM, now=moving.now, reason="goods_returned", amount_minor=due)
        say(moving, f"换货时补付的差价 {much} 随本次退款一并原路退回。",
            f"The difference of {much} that you paid in the exchange goes back, too, the way you paid it.")  # fmt: skip


def _gone(case: CaseRow) -> dict[int, int]:
    """Line → units that this case has taken for good: inspected and accepted, or granted without coming back."""
    granted: Mapping[str, int] = (case.details.get("grant") or {}).get("units") or {}
    return {item.line_id: item.accepted_quantity or int(granted.get(str(item.line), 0)) for item in case.items}


def _paid_on_top(order_id: int) -> list[tuple[str, int, bool, list[tuple[int, int, int, int]]]]:
    """Charge, amount, whether some of it went back before; and of each line (id, units replaced, returned by now, sold)."""
    with connection.cursor() as cursor:
        cursor.execute(ON_TOP, [order_id])
        return [(number, amount, before, orjson.loads(rows)) for number, amount, before, rows in cursor.fetchall()]


ON_TOP = """
SELECT g.number, g.amount_minor, g.state <> 'paid', jsonb_agg(
    jsonb_build_array(l.id, coalesce(i.accepted_quantity, i.quantity), l.returned_quantity, l.quantity) ORDER BY l.id)
FROM payments_charge g JOIN cases_case c ON c.number = g.subject JOIN cases_caseitem i ON i.case_id = c.id
JOIN orders_orderline l ON l.id = i.line_id
WHERE g.order_id = %s AND g.purpose = 'price_difference' AND g.state IN ('paid', 'refunding', 'refunded')
    AND g.earned_at IS NOT NULL AND coalesce(i.accepted_quantity, i.quantity) > 0
GROUP BY g.id ORDER BY g.id
"""
