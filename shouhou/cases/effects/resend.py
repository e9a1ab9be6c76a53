"""Effects of sending what is missing: reserve whole units line by line, send what is there, refund what cannot be had."""

from shouhou.cases.effects import endings, unreturned
from shouhou.cases.effects.money import owed
from shouhou.cases.effects.review import set_fault
from shouhou.cases.moving import Moving
from shouhou.cases.rows import CaseRow, ItemRow
from shouhou.logistics import actions as logistics
from shouhou.orders.shop.stock import ask_stock, give_back_stock, reservations_of, stock_shipped

WHOLE = "item"


def approve(moving: Moving) -> None:
    """Whole units are asked of the shop's stock; an accessory, gift or part the merchant picks by hand."""
    if moving.answers.get("fault"):
        set_fault(moving, str(moving.answers["fault"]))
    moving.set(outcome="")
    if moving.case.details.get("missing", WHOLE) == WHOLE:
        moving.then("reserve_missing")


def reserve(moving: Moving) -> None:
    """Ask the shop for every line that is still owed; the keys change with each new asking."""
    case = moving.case
    for item in _owed(case):
        ask_stock(
            sku=item.sku, quantity=item.quantity, subject=case.number, key=_key(case, case.version, item), now=moving.now,
            merchant_id=case.merchant_id, buyer_id=case.buyer_id,
        )  # fmt: skip
    moving.note(round=case.version)


def stock_answered(moving: Moving) -> None:
    """Once every line is answered: what is held can go; what is not waits for stock or becomes a refund."""
    case = moving.case
    rows = {row.key: row.state for row in reservations_of(case.number)}
    found = {item.line: rows.get(_key(case, case.details.get("round"), item), "") for item in _owed(case)}
    if "asking" in found.values():
        moving.go("to_resend")
        return
    held = [line for line, state in found.items() if state == "held"]
    moving.note(held=held or None, lacking=[line for line in found if line not in held] or None)
    moving.go("resend_held" if held else "nothing_to_send")


def try_again(moving: Moving) -> None:
    moving.note(lacking=None)
    if moving.case.details.get("missing", WHOLE) == WHOLE:
        moving.then("reserve_missing")


def part_unavailable(moving: Moving) -> None:
    moving.note(lacking=[item.line for item in moving.case.items])


def send(moving: Moving) -> None:
    """One parcel with all that is there."""
    case, answers = moving.case, moving.answers
    logistics.send_back(
        subject=case.number, carrier=answers["carrier"], tracking_number=answers["tracking_number"], address=case.contact,
        key=f"{case.number}:{case.version}:out", actor=moving.actor, merchant_id=case.merchant_id, buyer_id=case.buyer_id,
        now=moving.now,
    )  # fmt: skip
    stock_shipped(subject=case.number, now=moving.now)
    lacking = case.details.get("lacking") or []
    there = {item.line for item in _owed(case) if item.line not in lacking}
    moving.note(sent=sorted(there | set(case.details.get("sent") or [])), held=None)


def finish(moving: Moving) -> None:
    """All sent and there: the units are free again. What could not be sent is looked for once more, or refunded."""
    case = moving.case
    if case.details.get("lacking"):
        moving.go("nothing_to_send")
        return
    endings.release(moving)
    moving.set(outcome="granted", resolved_at=case.resolved_at or moving.now)


def rule_for_consumer(moving: Moving) -> None:
    """Sent, all of it again where something was still missing: no second look."""
    moving.note(sent=None, lacking=None, round=None)
    approve(moving)


def stop(moving: Moving) -> None:
    """The shop keeps its units."""
    give_back_stock(subject=moving.case.number, now=moving.now)


def to_refund(moving: Moving) -> None:
    """The same case pays instead: whole units at once; what a part is worth a person proposes."""
    case = moving.case
    stop(moving)
    lacking = set(case.details.get("lacking") or [item.line for item in case.items])
    moving.set(service="refund_only")
    if case.details.get("missing", WHOLE) == WHOLE:
        unreturned.grant_units(moving, {item.line: item.quantity for item in case.items if item.line in lacking})
        return
    due = owed(case, unreturned.all_units(case))
    moving.set(verdict="review", refund_minor=due.total_minor, preview={"applied": due.as_json()})
    moving.go("submitted")


def _owed(case: CaseRow) -> list[ItemRow]:
    """Lines that have not been sent yet."""
    sent = set(case.details.get("sent") or [])
    return [item for item in case.items if item.line not in sent]


def _key(case: CaseRow, asking: object, item: ItemRow) -> str:
    return f"{case.number}:{asking}:{item.line}"
