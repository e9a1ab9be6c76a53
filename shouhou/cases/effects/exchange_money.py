"""Money of an exchange: the difference to pay or to give back, and the price of an old item that never came."""

from collections import Counter
from collections.abc import Mapping, Sequence

import orjson
from django.db import connection

from shouhou.cases.effects import charges, endings
from shouhou.cases.effects.money import decided_by
from shouhou.cases.effects.payout import over_lines, payout_quote
from shouhou.cases.effects.said import say
from shouhou.cases.gone import gone_units
from shouhou.cases.moving import Moving
from shouhou.cases.rows import CaseRow
from shouhou.foundation.money import Money
from shouhou.orders.claims import hold_order
from shouhou.payments import actions as payments
from shouhou.payments.queries import order_money
from shouhou.payments.rules.charges import OnTop, due_back
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


def note_on_top(moving: Moving, on_top: Mapping[int, int], units: Mapping[int, int]) -> None:
    """Keep what each line costs more (line → minor units), for how many units, and how many the buyer has of it."""
    kept = {line.line: line.kept_quantity for line in order_money(moving.case.order_id).lines}
    moving.note(on_top=[[line, minor, units[line], kept[line]] for line, minor in sorted(on_top.items()) if units[line]])


def end_with_goods(moving: Moving) -> None:
    """Dearer replacements went back, too: what was paid on top of the old price is no longer owed (DEF-07).

    Their share with each of them, and the whole with the last, in whatever order they come. Where a line holds units that
    were never replaced, a person looks: which unit it was is not known.
    """
    back = gone_units(moving.case)
    if not any(back.values()):
        return
    for number, amount_minor, lines in _paid_on_top(moving.case.order_id):
        gone = {each.line: min(back[each.line], each.kept) for each in lines if back.get(each.line)}
        if gone:
            _give_back_of(moving, number, amount_minor, lines, gone)


def _give_back_of(
    moving: Moving, number: str, amount_minor: int, lines: Sequence[OnTop], gone: dict[int, int]
) -> None:  # fmt: skip
    """Under the charge's lock: of two returns at the same instant the second one sees what the first has given back."""
    case = moving.case
    if number in (*case.details.get("on_top_back", ()), *case.details.get("on_top_unsure", ())):
        return
    state, given = payments.given_back_in_parts(number)
    earlier, unsure = _gone_before(case, number)
    if unsure or state != "paid" or any(each.units < each.kept > gone.get(each.line, each.kept) for each in lines):
        much = Money(due_back(amount_minor, lines, gone), case.currency)
        moving.note(on_top_unsure=[*case.details.get("on_top_unsure", []), number])
        say(moving, f"换货时补付过差价（{number}，本次商品约 {much}），请核对退回的是否换得的商品，必要时以补偿方式退还。",
            f"A price difference was paid in an exchange ({number}, about {much} of it for these units): look whether the units "
            "that came back are the replacement, and give it back as a compensation if so.", internal=True)  # fmt: skip
        return
    moving.note(on_top_back={**case.details.get("on_top_back", {}), number: {str(line): units for line, units in gone.items()}})
    due = due_back(amount_minor, lines, Counter(gone) + earlier) - given
    if due > 0:
        payments.refund_charge_part(
            number, part=case.number, amount_minor=due, actor=SYSTEM, now=moving.now, reason="goods_returned"
        )
        back = Money(due, case.currency)
        say(moving, f"换货时补付的差价 {back} 随本次退款一并原路退回。",
            f"The difference of {back} that you paid in the exchange goes back, too, the way you paid it.")  # fmt: skip


def _paid_on_top(order_id: int) -> list[tuple[str, int, list[OnTop]]]:
    """Each charge of the order for a difference, its amount, and the lines it was paid for."""
    with connection.cursor() as cursor:
        cursor.execute(ON_TOP, [order_id])
        return [(number, amount, [OnTop(*row) for row in orjson.loads(rows)]) for number, amount, rows in cursor.fetchall()]


def _gone_before(case: CaseRow, number: str) -> tuple[Counter[int], bool]:
    """Line → units with which other cases have given back of this charge; and whether a person was told of any."""
    found: Counter[int] = Counter()
    with connection.cursor() as cursor:
        cursor.execute(BEFORE, {"number": number, "order": case.order_id, "case": case.id})
        rows = cursor.fetchall()
    for units, _ in rows:
        found.update({int(line): many for line, many in orjson.loads(units or "{}").items()})
    return found, any(unsure for _, unsure in rows)


# An exchange of earlier days kept no lines of its difference: over its units then, the same for each.
ON_TOP = """
SELECT g.number, g.amount_minor, coalesce(c.details -> 'on_top', jsonb_agg(jsonb_build_array(
    l.line, coalesce(i.accepted_quantity, i.quantity), coalesce(i.accepted_quantity, i.quantity), l.quantity) ORDER BY l.id))
FROM payments_charge g JOIN cases_case c ON c.number = g.subject JOIN cases_caseitem i ON i.case_id = c.id
JOIN orders_orderline l ON l.id = i.line_id
WHERE g.order_id = %s AND g.purpose = 'price_difference' AND g.state IN ('paid', 'refunding', 'refunded')
    AND g.earned_at IS NOT NULL AND coalesce(i.accepted_quantity, i.quantity) > 0
GROUP BY g.id, c.id ORDER BY g.id
"""
BEFORE = """
SELECT details -> 'on_top_back' -> %(number)s, coalesce(details -> 'on_top_unsure' ? %(number)s, false)
FROM cases_case WHERE order_id = %(order)s AND id <> %(case)s
"""
