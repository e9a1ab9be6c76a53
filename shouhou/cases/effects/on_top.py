"""What was paid on top in an exchange goes back with the replacements, in whatever order they come (DEF-07)."""

from collections import Counter
from typing import Any, NamedTuple

import orjson
from django.db import connection

from shouhou.cases.answers import invalid
from shouhou.cases.effects.said import say
from shouhou.cases.gone import gone_units
from shouhou.cases.moving import Moving
from shouhou.cases.on_top import doubts
from shouhou.cases.rows import CaseRow
from shouhou.foundation.money import Money
from shouhou.foundation.refusals import FieldError
from shouhou.payments import actions as payments
from shouhou.payments.rules.charges import OnTop, due_back
from shouhou.plumbing.actor import SYSTEM


class Told(NamedTuple):
    """What other cases of the order have said of one charge: line → replacements that came back, and all units that did;
    lines of which one has yet to say it."""

    replaced: Counter[int]
    gone: Counter[int]
    open: frozenset[int]


def end_with_goods(moving: Moving) -> None:
    """Dearer replacements went back, too: what was paid on top of the old price is no longer owed.

    Their share with each of them, and the whole with the last. Where units that were never replaced lie beside them and the
    goods came back, whoever has them says how many were replacements; where nobody has them, it is the consumer's favour.
    """
    case = moving.case
    back = gone_units(case)
    for number, amount_minor, lines in _paid_on_top(case.order_id) if any(back.values()) else ():
        gone = {each.line: min(back[each.line], each.kept) for each in lines if back.get(each.line)}
        if not gone or number in (*case.details.get("on_top_back", ()), *(each["charge"] for each in doubts(case).values())):
            continue
        state, _ = payments.given_back_in_parts(number)
        if state != "paid":
            continue
        told = _told_before(case, number)
        sure = {each.line: _replaced(each, gone[each.line], told, case) for each in lines if each.line in gone}
        _keep(moving, number, {line: (units, gone[line]) for line, units in sure.items() if units is not None})
        _give_back(moving, number, amount_minor, lines)
        for line in (line for line, units in sure.items() if units is None):
            _ask(moving, number, amount_minor, lines, line=line, gone=gone[line])


def settle(moving: Moving) -> None:
    """Said by whoever has seen the goods. Raises ANSWERS_INVALID."""
    found = doubts(moving.case)
    which = str(moving.answers.get("which") or "") or (next(iter(found)) if len(found) == 1 else "")
    if which not in found:
        raise invalid(FieldError("which", "请选择哪一笔差价。", "Say which difference it is."))
    units, note = moving.answers["units"], moving.answers["note"]
    say(moving, f"已核对退回的商品，其中换得的 {units} 件：{note}",
        f"The units that came back were looked at; replacements among them: {units}. {note}")  # fmt: skip
    _say_replaced(moving, which, units=int(units))


def in_doubt(moving: Moving) -> None:
    """Nobody looked in time: as many of them were replacements as may have been."""
    for which in doubts(moving.case):
        _say_replaced(moving, which, units=None)


def _say_replaced(moving: Moving, which: str, *, units: int | None) -> None:
    """None: as many as may be."""
    each = doubts(moving.case)[which]
    number, line = str(each["charge"]), int(each["line"])
    amount_minor, lines = next((amount, rows) for charge, amount, rows in _paid_on_top(moving.case.order_id) if charge == number)
    state, _ = payments.given_back_in_parts(number)
    row = next(row for row in lines if row.line == line)
    most = min(int(each["gone"]), row.units - _told_before(moving.case, number).replaced[line])
    if units is not None and units > most:
        raise invalid(FieldError("units", f"最多 {most} 件。", f"At most {most}."))
    left = [other for code, other in doubts(moving.case).items() if code != which]
    moving.note(on_top_unsure=left or None)
    _keep(moving, number, {line: (most if units is None else units, int(each["gone"]))})
    if state == "paid":
        _give_back(moving, number, amount_minor, lines, part=f"{moving.case.number}:{line}")


def _replaced(row: OnTop, gone: int, told: Told, case: CaseRow) -> int | None:
    """How many of the `gone` units were replacements; None where that shows only on the goods."""
    replaced, kept = row.units - told.replaced[row.line], row.kept - told.gone[row.line]
    if replaced <= 0:
        return 0
    if row.line not in told.open and (gone >= kept or replaced >= kept):
        return min(gone, replaced)
    return None if case.goods_received else min(gone, replaced)


def _keep(moving: Moving, number: str, said: dict[int, tuple[int, int]]) -> None:
    if said:
        kept: dict[str, Any] = moving.case.details.get("on_top_back", {})
        of_this = {**kept.get(number, {}), **{str(line): list(each) for line, each in said.items()}}
        moving.note(on_top_back={**kept, number: of_this})


def _give_back(moving: Moving, number: str, amount_minor: int, lines: list[OnTop], *, part: str = "") -> None:
    """What all that is known by now comes to, less what has gone back; under the charge's lock."""
    case = moving.case
    own = {int(line): units for line, (units, _) in case.details.get("on_top_back", {}).get(number, {}).items()}
    _, given = payments.given_back_in_parts(number)
    due = due_back(amount_minor, lines, Counter(own) + _told_before(case, number).replaced) - given
    if due <= 0:
        return
    payments.refund_charge_part(
        number, part=part or case.number, amount_minor=due, actor=SYSTEM, now=moving.now, reason="goods_returned"
    )  # fmt: skip
    back = Money(due, case.currency)
    say(moving, f"换货时补付的差价 {back} 原路退回。",
        f"The difference of {back} that you paid in the exchange goes back, the way you paid it.")  # fmt: skip


def _ask(moving: Moving, number: str, amount_minor: int, lines: list[OnTop], *, line: int, gone: int) -> None:
    """The consumer is told that it is looked at, the staff what to look for."""
    case = moving.case
    moving.note(on_top_unsure=[*case.details.get("on_top_unsure", []), {"charge": number, "line": line, "gone": gone}])
    much = Money(due_back(amount_minor, lines, {line: gone}), case.currency)
    title = next(item.title for item in case.items if item.line == line)
    say(moving, f"“{title}”换货时您补付过差价，其中有未换过的商品：我们核对退回的是哪些，属于换得的，差价（最多 {much}）随即原路退回。",
        f"You paid a difference when “{title}” was exchanged, and some units were never replaced: we look at which came back, and the "
        f"difference (up to {much}) goes back for those that were replacements.")  # fmt: skip
    say(moving, f"“{title}”退回 {gone} 件，换货时补付过差价（{number}）：请核对其中换得的有几件；逾期按都是换得的退还。",
        f"{gone} of “{title}” came back, and a difference was paid in an exchange ({number}): look how many are replacements. "
        "Without an answer in time they all count as such.", internal=True)  # fmt: skip


def _paid_on_top(order_id: int) -> list[tuple[str, int, list[OnTop]]]:
    """Each charge of the order for a difference, its amount, and the lines it was paid for."""
    with connection.cursor() as cursor:
        cursor.execute(ON_TOP, [order_id])
        return [(number, amount, [OnTop(*row) for row in orjson.loads(rows)]) for number, amount, rows in cursor.fetchall()]


def _told_before(case: CaseRow, number: str) -> Told:
    """What the order's other cases say of this charge."""
    told = Told(Counter(), Counter(), frozenset())
    waits: set[int] = set()
    with connection.cursor() as cursor:
        cursor.execute(BEFORE, {"number": number, "order": case.order_id, "case": case.id})
        for back, unsure in cursor.fetchall():
            for line, (replaced, gone) in orjson.loads(back or "{}").items():
                told.replaced[int(line)] += replaced
                told.gone[int(line)] += gone
            waits |= {int(each["line"]) for each in orjson.loads(unsure or "[]") if each["charge"] == number}
    return told._replace(open=frozenset(waits))


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
SELECT details -> 'on_top_back' -> %(number)s, details -> 'on_top_unsure' FROM cases_case WHERE order_id = %(order)s AND id <> %(case)s
"""
