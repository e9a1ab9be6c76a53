"""Handing back, and units lent meanwhile."""

from datetime import datetime
from typing import Literal

from django.db import IntegrityError, transaction

from shouhou.foundation.refusals import refused
from shouhou.plumbing.actor import Actor
from shouhou.repairs.actions.stepping import held, only_in, step, tell
from shouhou.repairs.events import ENDED
from shouhou.repairs.models import LoanUnit, RepairRecord, TestRecord, WorkOrder
from shouhou.repairs.refusals import LOAN_OUT, LOAN_TAKEN, NO_LOAN, NOT_TESTED
from shouhou.repairs.rules.states import DONE, Result

Way = Literal["shipped", "picked_up", "at_home"]
Condition = Literal["ok", "damaged", "lost"]


@transaction.atomic
def hand_back(number: str, *, way: Way, result: Result, actor: Actor, now: datetime) -> WorkOrder:
    """The thing goes home. Raises NOT_TESTED for a repair without a passed test, LOAN_OUT at the counter.

    A parcel leaves before the loan unit is back: what is still out stays on the list.
    """
    order = held(number)
    only_in(order, "ready")
    if result in DONE and not _tested(order):
        raise refused(NOT_TESTED)
    loan = LoanUnit.objects.filter(order=order, returned_at=None, lost_at=None).first()
    if loan is not None and way != "shipped":
        raise refused(LOAN_OUT, serial=loan.serial)
    order.went_out_at, order.handed_over = now, way
    step(order, "out", "handed_back", actor=actor, now=now, details={"way": way})
    order.result, order.ended_at = result, now
    step(order, "ended", "ended", actor=actor, now=now, details={"result": result}, announce=None)
    tell(order, ENDED, now=now, result=result)
    return order


@transaction.atomic
def lend_unit(
    number: str, *, title: str, serial: str, deposit_minor: int, currency: str, actor: Actor, now: datetime
) -> LoanUnit:  # fmt: skip
    """Lend a unit while the own one is here. Raises LOAN_TAKEN: one per order, one person per unit."""
    order = held(number)
    if order.ended_at is not None:
        only_in(order)
    try:
        with transaction.atomic():
            lent = LoanUnit.objects.create(
                order=order, title=title[:120], serial=serial[:80], deposit_minor=deposit_minor, currency=currency, lent_at=now,
                lent_by=actor.who,
            )  # fmt: skip
    except IntegrityError as error:
        raise refused(LOAN_TAKEN, serial=serial[:80]) from error
    step(order, order.state, "lent", actor=actor, now=now, details={"serial": lent.serial})  # type: ignore[arg-type]
    return lent


@transaction.atomic
def secured_by(number: str, *, charge: str) -> None:
    """The unit that is out is secured by this charge. Raises NO_LOAN."""
    lent = _lent(held(number))
    lent.charge = charge
    lent.save(update_fields=["charge"])


@transaction.atomic
def take_back_unit(
    number: str, *, note: str, actor: Actor, now: datetime, condition: Condition = "ok", kept_minor: int = 0
) -> LoanUnit:  # fmt: skip
    """The loan unit is back, also after the work order has ended; or `lost`, which nobody can borrow again. Raises NO_LOAN."""
    order = held(number)
    lent = _lent(order)
    lent.condition, lent.kept_minor, lent.note, lent.returned_by = condition, kept_minor, note[:500], actor.who
    if condition == "lost":
        lent.lost_at = now
    else:
        lent.returned_at = now
    lent.save()
    details: dict[str, object] = {"serial": lent.serial, "condition": condition, **({"kept": kept_minor} if kept_minor else {})}
    what = "loan_lost" if condition == "lost" else "loan_returned"
    step(order, order.state, what, actor=actor, now=now, details=details)  # type: ignore[arg-type]
    return lent


def _lent(order: WorkOrder) -> LoanUnit:
    lent = LoanUnit.objects.select_for_update().filter(order=order, returned_at=None, lost_at=None).first()
    if lent is None:
        raise refused(NO_LOAN)
    return lent


def _tested(order: WorkOrder) -> bool:
    """Whether the last thing done was tested and passed."""
    record = RepairRecord.objects.filter(order=order).order_by("-number").first()
    test = TestRecord.objects.filter(order=order).order_by("-number").first()
    return record is not None and test is not None and test.passed and test.at >= record.at
