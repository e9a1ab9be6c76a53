"""Money back while nothing comes back: which units or amounts are granted, the instruction, and what becomes of the units.

Granted units are returned for good, as if they had come back: nobody can ask for them again. A granted amount only makes
the line worth less (an allowance): once it is paid the units are free for whatever they may still need.
"""

from collections.abc import Mapping
from typing import Any

from shouhou.cases.effects.endings import hold, release
from shouhou.cases.effects.money import as_wanted, instruct, owed, settled
from shouhou.cases.effects.payout import over_lines, payout_quote
from shouhou.cases.effects.review import return_address
from shouhou.cases.effects.second_person import refund_of_somebody_else
from shouhou.cases.moving import Moving
from shouhou.cases.rows import CaseRow
from shouhou.foundation.refusals import refused
from shouhou.orders.claims import hold_order, release_units, return_units, take_back_units
from shouhou.payments import actions as payments
from shouhou.payments.rules import EXCEEDS_PAID


def all_units(case: CaseRow) -> dict[int, int]:
    """Line → units applied for, without what this case has left out."""
    return {item.line: item.quantity for item in case.own_items}


def grant_units(moving: Moving, units: Mapping[int, int] | None = None) -> None:
    """These units are refunded in full and count as returned; None: all that was applied for."""
    hold(moving)
    wanted = {line: quantity for line, quantity in (units or all_units(moving.case)).items() if quantity}
    due = owed(moving.case, wanted)
    moving.note(grant={"units": {str(line): quantity for line, quantity in wanted.items()}}, partial=None)
    moving.set(refund_minor=due.total_minor, preview={**moving.case.preview, "agreed": due.as_json()}, outcome="")
    moving.then("start_refund")


def grant_amount(moving: Moving, amount_minor: int) -> None:
    """This part of the price while the goods are kept; the whole price is a grant of the units. Raises EXCEEDS_PAID."""
    case = moving.case
    most = owed(case, all_units(case)).price_minor
    if amount_minor > most or not amount_minor:
        raise refused(EXCEEDS_PAID, max_minor=most)
    if amount_minor == most:
        grant_units(moving)
        return
    amounts = {line: share for line, share in over_lines(case, amount_minor).items() if share}
    due = payout_quote(case, way="original", amounts=amounts)
    moving.note(grant={"amounts": {str(line): share for line, share in amounts.items()}}, partial=None)
    moving.set(refund_minor=due.total_minor, preview={**case.preview, "agreed": due.as_json()}, outcome="")
    moving.then("start_refund")


def start_refund(moving: Moving) -> None:
    """Instruct it once: granted units are returned for good; above the limit it waits for a second person."""
    case = moving.case
    units, amounts = _granted(case, "units"), _granted(case, "amounts")
    if units:
        return_units((item.line_id, units[item.line]) for item in case.items if units.get(item.line))
    # Two refunds of one order are computed one after the other: the second sees what the first took.
    hold_order(case.order_id)
    due = owed(case, units) if units else as_wanted(case, payout_quote(case, way="original", amounts=amounts))
    instruct(moving, due, reason=case.service if units else "partial_refund")
    if moving.target == "refunded":
        release_kept(moving)


def paid(moving: Moving) -> None:
    """The money is there: what was kept is free again."""
    settled(moving)
    release_kept(moving)


def release_kept(moving: Moving) -> None:
    """Units that were not granted are the consumer's own again."""
    case, units = moving.case, _granted(moving.case, "units")
    if not units:
        release(moving)
    elif case.claims_held:
        rest = [(item.line_id, item.quantity - units.get(item.line, 0)) for item in case.own_items]
        release_units((line, quantity) for line, quantity in rest if quantity)


def refuse_refund(moving: Moving) -> None:
    """The second person sends it back: nothing of the instruction stays, no unit is returned for good."""
    case = moving.case
    payments.cancel_refund(refund_of_somebody_else(moving).number, actor=moving.actor, now=moving.now)
    units = _granted(case, "units")
    take_back_units((item.line_id, units[item.line]) for item in case.items if units.get(item.line))
    applied: dict[str, Any] = case.preview.get("applied") or {}
    before = {name: value for name, value in case.preview.items() if name != "agreed"}
    moving.note(grant=None)
    moving.set(
        preview={**before, "refused": int(before.get("refused") or 0) + 1},
        refund_minor=int((applied.get("total") or {}).get("amount") or case.refund_minor),
    )


def to_return(moving: Moving) -> None:
    """The same case goes on as a return: the goods are, or will be, with the consumer and are to come back."""
    hold(moving)
    case = moving.case
    moving.set(service="return", return_address_id=return_address(case.merchant_id, case.merchant), verdict="allow", outcome="")
    moving.note(grant=None, partial=None)
    due = owed(case, all_units(case))
    moving.set(refund_minor=due.total_minor, preview={"applied": due.as_json()})


def _granted(case: CaseRow, what: str) -> dict[int, int]:
    found: Mapping[str, Any] = (case.details.get("grant") or {}).get(what) or {}
    return {int(line): int(much) for line, much in found.items()}
