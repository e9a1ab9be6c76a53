"""Refunded first: the money goes out on the platform's account; the goods cover it, or it is asked back, paid, written off (RFD-08)."""

from shouhou.cases.clocks import instant_of
from shouhou.cases.effects import charges, money
from shouhou.cases.effects.endings import release_rest
from shouhou.cases.effects.goods import stop_pickup
from shouhou.cases.effects.money import accepted, agreed_elsewhere, as_wanted, decided_by, owed, tell_shelves
from shouhou.cases.effects.said import say
from shouhou.cases.flash import flash_of, is_out, offer
from shouhou.cases.flash_money import rest_of
from shouhou.cases.moving import Moving
from shouhou.cases.refusals import SAME_PERSON
from shouhou.cases.workflows.flash import CHASE
from shouhou.foundation.money import Money
from shouhou.foundation.refusals import refused
from shouhou.orders.claims import hold_order, return_units
from shouhou.payments import actions as payments
from shouhou.payments.models import Refund
from shouhou.payments.queries import order_money

FLASH = "platform_flash"


def at_approval(moving: Moving) -> None:
    """Approved by a person or by the clock: who is refunded at once is refunded now."""
    found = flash_of(moving.case)
    if moving.target == "awaiting_goods" and (found.get("state"), found.get("when")) == ("offered", "apply"):
        moving.then("flash_refund")


def at_scan(moving: Moving) -> None:
    """The courier has it: the first scan sends the money."""
    if flash_of(moving.case).get("state") == "offered":
        moving.then("flash_refund")


def pay_first(moving: Moving) -> None:
    """Paid once; a buyer who has used up the privilege since is refunded when the goods are there, like everybody."""
    case = moving.case
    found = flash_of(case)
    if found.get("state") != "offered":
        return
    again = offer(case, terms=moving.terms, now=moving.now)
    if again is None:
        moving.note(flash=None)
        return
    hold_order(case.order_id)
    due = owed(case, {item.line: item.quantity for item in case.items})
    refund = payments.instruct_refund(
        subject=case.number, order_id=case.order_id, quote=due, key=f"{case.number}:flash", actor=moving.actor, now=moving.now,
        second_person_above_minor=None, merchant_id=case.merchant_id, buyer_id=case.buyer_id, reason="flash", bearer=FLASH,
        expected_at=instant_of("refund_target_workdays", case, terms=moving.terms, calendar=moving.calendar, start=moving.now),
        consent=agreed_elsewhere(case),
    )  # fmt: skip
    moving.note(flash={**found, "state": "paid", "refund": refund.number, "round": 0})
    moving.begins.add(CHASE.name)
    much, days = Money(refund.amount_minor, case.currency), found["days"]
    say(moving, f"闪退 {much} 已先行退出。请在 {days} 天内将商品寄达；未寄达或未通过验收的，须退还该款项。",
        f"{much} was refunded before the goods are here. They are to arrive within {days} days; otherwise, or if they are not "
        "accepted, it is to be given back.")  # fmt: skip


def settle_with_goods(moving: Moving) -> None:
    """The goods are taken back: they cover the refund. What they are worth less is asked back, what they are worth more is paid."""
    case, units = moving.case, accepted(moving.case)
    refund = _refund(moving)
    return_units((item.line_id, item.accepted_quantity or 0) for item in case.items if item.accepted_quantity)
    hold_order(case.order_id)
    worth = owed(case, units)
    moving.set(refund_minor=worth.total_minor, preview={**case.preview, "agreed": worth.as_json()})
    payments.cover_flash(refund, amount_minor=min(worth.total_minor, refund.amount_minor), actor=moving.actor, now=moving.now)
    tell_shelves(case, now=moving.now)
    less = refund.amount_minor - worth.total_minor
    if less > 0:
        _ask_back(moving, less)
        moving.go("collecting")
        return
    moving.note(flash={**flash_of(case), "state": "covered"})
    if less < 0:
        payments.instruct_refund(
            subject=case.number, order_id=case.order_id, quote=as_wanted(case, rest_of(worth, refund, order_money(case.order_id))),
            key=f"{case.number}:return",
            actor=decided_by(moving), now=moving.now, second_person_above_minor=moving.terms.number("second_person_above"),
            expected_at=None, merchant_id=case.merchant_id, buyer_id=case.buyer_id, reason="return",
            consent=agreed_elsewhere(case),
        )  # fmt: skip
    elif refund.state == "settled":
        moving.go("refunded")
        moving.set(resolved_at=moving.now, outcome="refunded")
    elif refund.state in ("failed", "partly_settled"):
        moving.go("refund_stuck")


def goods_overdue(moving: Moving) -> None:
    """They did not come in time: all of it is asked back, and the privilege rests."""
    stop_pickup(moving)
    _ask_back(moving, _refund(moving).amount_minor, abused=True)


def keep_and_pay(moving: Moving) -> None:
    """The consumer would rather keep them: no abuse, unless it is not paid."""
    stop_pickup(moving)
    _ask_back(moving, _refund(moving).amount_minor)


def after_send_back(moving: Moving) -> None:
    """Not accepted, and the goods are home again: the money is asked back."""
    if is_out(moving.case):
        _ask_back(moving, _refund(moving).amount_minor, abused=True)
        moving.go("collecting")


def came_after_all(moving: Moving) -> None:
    """The goods are here: nothing is asked for until they are inspected."""
    found = flash_of(moving.case)
    if found.get("state") == "collecting":
        charges.call_off(moving)
        payments.drop_receivable(_refund(moving), amount_minor=found["due"], round_=found["round"], actor=moving.actor, now=moving.now)
        moving.note(flash={**found, "state": "paid", "due": 0})


def paid_back(moving: Moving) -> None:
    """The goods are bought again: free for another application, and what comes of that goes back to what was paid with now."""
    case, units = moving.case, accepted(moving.case)
    hold_order(case.order_id)
    worth = owed(case, units) if any(units.values()) else None
    found = flash_of(case)
    payments.collect_charges(refund=_refund(moving), worth=worth, due_minor=int(found["due"]), actor=moving.actor, now=moving.now)
    moving.note(flash={**found, "state": "paid_back"})
    if case.claims_held:
        release_rest(moving)
    moving.set(outcome="kept_and_paid", resolved_at=moving.now)


def unpaid(moving: Moving) -> None:
    charges.call_off(moving)
    _abused(moving)


def ask_again(moving: Moving) -> None:
    charges.ask(moving, purpose="not_returned", amount_minor=int(flash_of(moving.case)["due"]), within="flash_pay_days")


def propose_write_off(moving: Moving) -> None:
    moving.note(flash={**flash_of(moving.case), "write_off_by": moving.actor.who})


def write_off(moving: Moving) -> None:
    """Another person than who proposed it. Raises SAME_PERSON."""
    found = flash_of(moving.case)
    if moving.actor.who == found["write_off_by"]:
        raise refused(SAME_PERSON)
    payments.write_off_receivable(_refund(moving), amount_minor=found["due"], actor=moving.actor, now=moving.now)
    moving.note(flash={**found, "state": "written_off"})
    moving.set(outcome="written_off", resolved_at=moving.now)


def start_refund(moving: Moving) -> None:
    """The return's own refund, or, where the money is out already, what the goods do to it."""
    if is_out(moving.case):
        settle_with_goods(moving)
    else:
        money.start_refund(moving)


def _ask_back(moving: Moving, amount_minor: int, *, abused: bool = False) -> None:
    """Never cut anywhere: a charge that the consumer pays by an act of their own, and a receivable until then."""
    found = flash_of(moving.case)
    again = int(found["round"]) + 1
    payments.open_receivable(_refund(moving), amount_minor=amount_minor, round_=again, actor=moving.actor, now=moving.now)
    moving.note(flash={**found, "state": "collecting", "due": amount_minor, "round": again})
    if abused:
        _abused(moving)
    ask_again(moving)


def _abused(moving: Moving) -> None:
    moving.note(flash={**flash_of(moving.case), "abused_at": moving.now.isoformat()})


def _refund(moving: Moving) -> Refund:
    return Refund.objects.get(number=flash_of(moving.case)["refund"])
