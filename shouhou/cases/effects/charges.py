"""What a case asks its consumer to pay: asked for, paid, tried in vain, not needed any more, earned."""

from shouhou.cases.limits import due_at
from shouhou.cases.moving import Moving
from shouhou.payments import actions as payments
from shouhou.payments.rules.charges import DEPOSIT


def ask(moving: Moving, *, purpose: str, amount_minor: int, within: str) -> None:
    """Ask for the amount until the limit named by the term `within` is over; the same entry into a state asks once.

    When it is paid the case makes its move `charge_paid`, when a try fails `charge_failed`, when it is not paid in time
    `charge_expired`, each if its workflow has it from where the case stands; a case that has gone another way by then
    gives the money back by itself.
    """
    case, now = moving.case, moving.now
    until = due_at(within, [[now.isoformat(), "started", ""]], case, terms=moving.terms, calendar=moving.calendar)
    charge = payments.ask_charge(
        subject=case.number, order_id=case.order_id, merchant_id=case.merchant_id, buyer_id=case.buyer_id, purpose=purpose,
        amount_minor=amount_minor, currency=case.currency, key=f"{case.number}:{case.version}:{purpose}", expires_at=until,
        actor=moving.actor, now=now,
    )  # fmt: skip
    moving.note(charge=charge.number)


def secure(moving: Moving, *, amount_minor: int) -> str:
    """Ask for the deposit of something lent; answers the charge's number. It is settled when the thing is back or lost."""
    case, now = moving.case, moving.now
    until = due_at(
        "loan_deposit_days", [[now.isoformat(), "started", ""]], case, terms=moving.terms, calendar=moving.calendar
    )  # fmt: skip
    return payments.ask_charge(
        subject=case.number, order_id=case.order_id, merchant_id=case.merchant_id, buyer_id=case.buyer_id, purpose=DEPOSIT,
        amount_minor=amount_minor, currency=case.currency, key=f"{case.number}:{case.version}:{DEPOSIT}", expires_at=until,
        actor=moving.actor, now=now,
    ).number  # fmt: skip


def call_off(moving: Moving) -> None:
    """The case goes on without the money: what waits to be paid is cancelled."""
    payments.cancel_charges(subject=moving.case.number, actor=moving.actor, now=moving.now, besides=DEPOSIT)
    moving.note(charge=None)


def earned(moving: Moving) -> None:
    """The service that was paid for is done."""
    payments.earn_charges(subject=moving.case.number, actor=moving.actor, now=moving.now, besides=DEPOSIT)


def give_back(moving: Moving) -> None:
    """The service that was paid for will not be done: all of it goes back to where it came from."""
    payments.cancel_charges(subject=moving.case.number, actor=moving.actor, now=moving.now, besides=DEPOSIT)
    for number in payments.paid_charges(moving.case.number, besides=DEPOSIT):
        payments.refund_charge(number, actor=moving.actor, now=moving.now)
    moving.note(charge=None)
