"""Effects of an exchange: reserve, difference, ship what was scanned, rights anew on what was replaced."""

from collections import Counter
from datetime import datetime
from typing import Any

from shouhou.cases.effects import endings, exchange_money, inspection
from shouhou.cases.effects.money import accepted, agree, owed, tell_shelves
from shouhou.cases.effects.review import agreed_address, set_fault
from shouhou.cases.effects.said import say
from shouhou.cases.effects.substitutes import is_substitute, wanted_article
from shouhou.cases.moving import Moving
from shouhou.cases.refusals import OLD_UNIT, WRONG_REPLACEMENT
from shouhou.cases.rows import CaseRow, ItemRow
from shouhou.foundation.days import local_day
from shouhou.foundation.refusals import refused
from shouhou.logistics import actions as logistics
from shouhou.orders.models import Reservation
from shouhou.orders.replaced import record_replacement
from shouhou.orders.shop.stock import ask_stock, give_back_stock, reservations_of, stock_shipped


def replacement_first(moving: Moving) -> None:
    """Where the book grants it, the replacement goes out before the old goods come (MEM-03)."""
    case = moving.case
    if not case.goods_received and case.reason == "quality" and moving.terms.value("advance_replacement", member=case.tier):
        moving.note(first=True)
        moving.go("advance_due")
        moving.then("reserve_replacement")


def take_old(moving: Moving) -> None:
    """The old goods are accepted: the replacement is prepared, or, when it has gone out already, the exchange is done."""
    case = moving.case
    tell_shelves(case, now=moving.now)
    state = _replacement(case).get("state")
    if state in ("shipped", "delivered"):
        moving.go("replacement_delivered" if state == "delivered" else "replacement_shipped")
    else:
        moving.then("reserve_replacement")


def reserve(moving: Moving) -> None:
    """Ask the shop for every article that is owed; the key changes with each new asking."""
    case = moving.case
    for item in case.items:
        if quantity := _owed_units(case, item):
            ask_stock(
                sku=wanted_article(case, item), quantity=quantity, subject=case.number, key=f"{case.number}:{case.version}:{item.line}",
                now=moving.now, merchant_id=case.merchant_id, buyer_id=case.buyer_id,
            )  # fmt: skip
    moving.note(replacement={"state": "asked"})


def stock_held(moving: Moving) -> None:
    """Everything held: on to shipping, or first the price difference; something still asked for: wait."""
    case = moving.case
    held = {_line_of(row): row for row in reservations_of(case.number) if row.state in ("asking", "held")}
    if any(row.state == "asking" for row in held.values()):
        moving.go(case.status)
        return
    on_top = {
        item.line: _difference(case, item, held[item.line].price_minor) * _owed_units(case, item)
        for item in case.items
        if item.line in held
    }
    difference = sum(on_top.values())
    moving.note(replacement={"state": "held"}, difference=difference or None)
    if difference > 0 and not case.details.get("difference_paid"):
        exchange_money.note_on_top(moving, on_top, {item.line: _owed_units(case, item) for item in case.items})
        moving.go("difference_due")
    elif case.status == "advance_due":
        moving.go("advance_due")


def stock_unavailable(moving: Moving) -> None:
    """Nothing to send: a substitute or a refund; whoever waits for a replacement in advance sends the goods first."""
    give_back_stock(subject=moving.case.number, now=moving.now)
    if moving.case.status == "advance_due":
        moving.go("awaiting_goods")
        moving.note(first=None)
    moving.note(replacement={"state": "unavailable", "missing": moving.answers.get("sku") or None})


def ask_again(moving: Moving) -> None:
    moving.then("reserve_replacement")


def ship_replacement(moving: Moving) -> None:
    """What goes out is what is owed, every article of it scanned, and never the old unit again (EXG-07).

    Raises WRONG_REPLACEMENT, OLD_UNIT.
    """
    case, answers = moving.case, moving.answers
    owed_now: Counter[str] = Counter()
    for item in case.items:
        owed_now.update({wanted_article(case, item): units} if (units := _owed_units(case, item)) else {})
    serials = _several(str(answers.get("serials", "")))
    scanned = _several(answers["scanned"])
    if set(scanned) != set(owed_now):
        raise refused(WRONG_REPLACEMENT, scanned=answers["scanned"], owed=", ".join(owed_now))
    if old := [each for each in serials for item in case.items if each in (*item.serials, *item.sold_serials)]:
        raise refused(OLD_UNIT, serials=", ".join(old))
    logistics.send_back(
        subject=case.number, carrier=answers["carrier"], tracking_number=answers["tracking_number"], address=case.contact,
        key=f"{case.number}:{case.version}:out", actor=moving.actor, merchant_id=case.merchant_id, buyer_id=case.buyer_id,
        now=moving.now,
    )  # fmt: skip
    stock_shipped(subject=case.number, now=moving.now)
    moving.note(replacement={"state": "shipped", "at": moving.now.isoformat(), "skus": dict(owed_now), "serials": serials})
    if case.details.get("first") and not case.goods_received:
        moving.go("awaiting_goods")


def delivered(moving: Moving) -> None:
    """The replacement is there: rights and warranty of what was replaced start anew (EXG-06; L-12)."""
    case = moving.case
    _renew(case, moving.now)
    moving.note(replacement={**_replacement(case), "state": "delivered", "delivered_at": moving.now.isoformat()})
    if case.status != "replacement_shipped":
        moving.go(case.status)


def finish(moving: Moving) -> None:
    """Done: the units are free for a new application should the replacement fail."""
    case = moving.case
    if _replacement(case).get("state") == "shipped":
        _renew(case, moving.now)
        moving.note(replacement={**_replacement(case), "state": "delivered", "delivered_at": moving.now.isoformat()})
    endings.release(moving)
    moving.set(outcome="exchanged", resolved_at=case.resolved_at or moving.now)


def stop(moving: Moving) -> None:
    """The case ends without a replacement: the shop keeps its units."""
    give_back_stock(subject=moving.case.number, now=moving.now)


def rule_for_consumer(moving: Moving) -> None:
    """The ruling executes itself: the old goods are asked for, taken, or, when the replacement was wrong, it all goes again."""
    case = moving.case
    if moving.answers.get("fault"):
        set_fault(moving, str(moving.answers["fault"]))
    if _replacement(case).get("state") == "delivered" or not case.goods_received:
        if case.goods_received:
            endings.forget_receipt(moving)
        moving.note(replacement=None, first=None)
        moving.go("awaiting_goods")
        moving.set(return_address_id=agreed_address(moving), outcome="")
        return
    inspection.accept_everything(moving)
    moving.set(outcome="")
    take_old(moving)


def tell_late(moving: Moving) -> None:
    """The shop did not ship in time: who waits for it is told that there is another way (EXG-10)."""
    if moving.case.goods_received:
        say(moving, "商家没有按时发出换新商品，已记录并跟进。您可以继续等待，也可以改为退款，无需重新申请。",
            "The replacement was not sent in time; this is recorded and followed up. You may go on waiting, or turn it into a refund "
            "without applying again.")  # fmt: skip


def to_refund(moving: Moving) -> None:
    """No replacement to be had, or none wanted: the goods are here, so the money goes out (RFD-02), no window asked."""
    stop(moving)
    moving.note(replacement=None, difference=None)
    agree(moving)
    moving.then("start_refund")


def to_return(moving: Moving) -> None:
    """The consumer wants the money instead; what is previewed is what a return would give."""
    case = moving.case
    stop(moving)
    due = owed(case, {item.line: item.quantity for item in case.items})
    moving.set(
        refund_minor=due.total_minor, preview={**case.preview, "applied": due.as_json()},
        verdict=str((case.decision or {}).get("return", case.verdict)),
    )  # fmt: skip


def to_exchange(moving: Moving) -> None:
    """From a return: the same goods, another remedy."""
    moving.set(refund_minor=0, preview={}, verdict=str((moving.case.decision or {}).get("exchange", moving.case.verdict)))
    moving.note(wanted="same")


def _replacement(case: CaseRow) -> dict[str, Any]:
    found: dict[str, Any] = case.details.get("replacement") or {}
    return found


def _line_of(row: Reservation) -> int:
    """Each line is asked for by itself, and the end of its key is its number."""
    return int(row.key.rpartition(":")[2])


def _owed_units(case: CaseRow, item: ItemRow) -> int:
    """Units to replace: those accepted; before the goods are here, those applied for."""
    return accepted(case)[item.line] if case.goods_received else item.quantity


def _difference(case: CaseRow, item: ItemRow, price_minor: int | None) -> int:
    """What one unit of the article owed costs more (+) or less (−) than was paid; never more for a substitute or the same."""
    if price_minor is None or wanted_article(case, item) == item.sku:
        return 0
    more = price_minor - item.paid_minor // item.ordered
    return min(0, more) if is_substitute(case, item) else more


def _renew(case: CaseRow, now: datetime) -> None:
    lines = [item.line_id for item in case.items if _owed_units(case, item)]
    record_replacement(lines, on=local_day(now), serials=_replacement(case).get("serials") or ())


def _several(written: str) -> list[str]:
    """What was scanned or typed one after the other, each once."""
    return list(dict.fromkeys(each.strip()[:80] for each in written.replace("，", ",").split(",") if each.strip()))
