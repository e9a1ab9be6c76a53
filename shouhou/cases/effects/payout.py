"""Money to the consumer while the goods stay: over the lines, to the way chosen, on whose account; and how such a case reopens."""

from datetime import timedelta

from shouhou.cases.clocks import instant_of
from shouhou.cases.effects.money import decided_by
from shouhou.cases.moving import Moving
from shouhou.cases.refusals import ALREADY_REFUNDED, REOPEN_TOO_LATE
from shouhou.cases.rows import CaseRow
from shouhou.foundation.money import split
from shouhou.foundation.refusals import refused
from shouhou.orders.claims import hold_order
from shouhou.payments import actions as payments
from shouhou.payments.queries import order_money
from shouhou.payments.rules import Quote, allowance, payout, to_balance

# Ways to pay out that lower what a later return is worth: they give back a part of the price.
PRICE_WAYS = ("original", "price_to_balance")


def payout_quote(case: CaseRow, *, way: str, amounts: dict[int, int]) -> Quote:
    """What goes out. `way`: original or price_to_balance (an allowance on the lines), balance, coupon, points (beside them).

    Raises Refused EXCEEDS_PAID where an allowance is more than is left of a line.
    """
    money = order_money(case.order_id)
    if way not in PRICE_WAYS:
        return payout(money, tender=way, amount_minor=sum(amounts.values()))
    found = allowance(money, amounts={line: amount for line, amount in amounts.items() if amount})
    return to_balance(found) if way == "price_to_balance" else found


def over_lines(case: CaseRow, amount_minor: int) -> dict[int, int]:
    """One amount over the lines of the case, by what is still paid for each."""
    left = {line.line: max(0, line.paid_minor - line.refunded_minor) for line in order_money(case.order_id).lines}
    lines = [item.line for item in case.items]
    weights = [left.get(line, 0) for line in lines]
    shares = split(amount_minor, weights if any(weights) else [1] * len(lines))
    return dict(zip(lines, shares, strict=True))


def instruct(moving: Moving, *, way: str, amounts: dict[int, int], bearer: str, audited: bool = False) -> None:
    """Instruct it once; above the limit a second person lets it go, unless two people have audited it already."""
    case = moving.case
    # Two refunds of one order are computed one after the other: the second sees what the first took.
    hold_order(case.order_id)
    due = payout_quote(case, way=way, amounts=amounts)
    again = case.preview.get("refused")
    refund = payments.instruct_refund(
        subject=case.number, order_id=case.order_id, quote=due, key=f"{case.number}:{case.service}" + (f":{again}" if again else ""),
        actor=decided_by(moving), now=moving.now, reason=case.service, bearer=bearer,
        second_person_above_minor=None if audited else moving.terms.number("second_person_above"),
        expected_at=instant_of("refund_target_workdays", case, terms=moving.terms, calendar=moving.calendar, start=moving.now),
        merchant_id=case.merchant_id, buyer_id=case.buyer_id,
    )  # fmt: skip
    moving.set(refund_minor=due.total_minor, preview={**case.preview, "agreed": due.as_json()})
    if refund.state == "awaiting_second":
        moving.go("refund_review")


def reopen(moving: Moving) -> None:
    """≤ 7 days after closing; what has been paid or sent stays so. Staff at any time."""
    case = moving.case
    if case.outcome in ("refunded", "granted"):
        raise refused(ALREADY_REFUNDED)
    until = (case.closed_at or moving.now) + timedelta(days=moving.terms.number("reopen_days"))
    if moving.actor.role == "consumer" and moving.now > until:
        raise refused(REOPEN_TOO_LATE, until=until.isoformat(timespec="minutes"))
    moving.set(closed_at=None, resolved_at=None, reopened_at=moving.now, outcome="")


def pay_out(moving: Moving) -> None:
    moving.then("start_payout")
