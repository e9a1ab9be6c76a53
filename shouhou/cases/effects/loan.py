"""A unit lent while the own one is repaired: its deposit asked for at the hand-out, settled once when it is back or lost (L-16)."""

from typing import Any

from shouhou.cases.answers import invalid
from shouhou.cases.effects import charges
from shouhou.cases.moving import Moving
from shouhou.foundation.money import Money
from shouhou.foundation.refusals import FieldError
from shouhou.payments import actions as payments
from shouhou.payments.models import Charge
from shouhou.payments.rules.charges import DEPOSIT
from shouhou.repairs import actions as repairs
from shouhou.repairs.queries import order_of


def lend_unit(moving: Moving) -> None:
    """Lent now; a deposit is paid on the pay page, for which the consumer has some days. Raises LOAN_TAKEN."""
    answers, case = moving.answers, moving.case
    order = order_of(case.number)
    if order is None:
        raise KeyError(case.number)
    deposit = int(answers.get("deposit") or 0)
    lent = repairs.lend_unit(
        order.number, title=str(answers["title"]), serial=str(answers["serial"]), deposit_minor=deposit, currency=case.currency,
        actor=moving.actor, now=moving.now,
    )  # fmt: skip
    loan: dict[str, Any] = {"serial": lent.serial, "order": order.number}
    if deposit:
        loan |= {"deposit": deposit, "charge": charges.secure(moving, amount_minor=deposit)}
        repairs.secured_by(order.number, charge=str(loan["charge"]))
    moving.note(loan=loan)


def take_back_loan(moving: Moving) -> None:
    """Back, damaged or lost: what is kept of the deposit needs its reason; the rest goes back, an unpaid one is called off.

    Raises ANSWERS_INVALID, NO_LOAN.
    """
    answers = moving.answers
    condition = str(answers.get("condition") or "ok")
    kept, paid = int(answers.get("kept") or 0), _paid(moving)
    if condition == "lost" and "kept" not in answers:
        kept = paid
    if kept > paid:
        most = Money(paid, moving.case.currency)
        raise invalid(FieldError("kept", f"至多扣留已付押金 {most}。", f"At most the deposit that was paid, {most}."))
    if kept and condition == "ok":
        raise invalid(FieldError("condition", "完好归还不能扣留押金。", "Nothing can be kept of a deposit when it came back intact."))
    if kept and not str(answers.get("note") or "").strip():
        raise invalid(FieldError("note", "扣留押金须写明原因。", "Say why the deposit is kept."))
    _settle(moving, condition=condition, kept_minor=kept, note=str(answers.get("note", "")))
    if moving.case.status == "loan_due":
        moving.go("closed")


def keep_deposit(moving: Moving) -> None:
    """Not back in time: the unit counts as lost, and its whole deposit is the shop's."""
    _settle(moving, condition="lost", kept_minor=_paid(moving), note="逾期未归还 / not returned in time")


def wait_for_loan(moving: Moving) -> None:
    """All is done but the loan unit is still out: the case ends when it is back."""
    if moving.case.details.get("loan"):
        moving.go("loan_due")


def _settle(moving: Moving, *, condition: str, kept_minor: int, note: str) -> None:
    loan = moving.case.details["loan"]
    repairs.take_back_unit(
        str(loan["order"]), note=note, actor=moving.actor, now=moving.now, condition=condition, kept_minor=kept_minor,  # type: ignore[arg-type]
    )  # fmt: skip
    charge = _charge(moving)
    if charge is not None and charge.state == "awaiting":
        payments.cancel_charge(charge.number, actor=moving.actor, now=moving.now)
    elif charge is not None and charge.state == "paid":
        payments.settle_deposit(charge.number, kept_minor=kept_minor, actor=moving.actor, now=moving.now)
    moving.note(loan=None)


def _paid(moving: Moving) -> int:
    charge = _charge(moving)
    return charge.amount_minor if charge is not None and charge.state == "paid" else 0


def _charge(moving: Moving) -> Charge | None:
    number = (moving.case.details.get("loan") or {}).get("charge")
    return Charge.objects.filter(number=number, purpose=DEPOSIT).first() if number else None
