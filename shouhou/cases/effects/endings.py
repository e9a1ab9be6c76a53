"""How a case ends, and how it begins again."""

from datetime import datetime, timedelta

from django.db import IntegrityError, connection, transaction

from shouhou.cases.conditions import CONDITIONS
from shouhou.cases.limits import STATUTORY
from shouhou.cases.limits import extend as extend_limit
from shouhou.cases.moving import Moving
from shouhou.cases.refusals import (
    ALREADY_REFUNDED,
    CASE_ENDED,
    DEADLINE_STATUTORY,
    DEADLINE_UNKNOWN,
    EXTENSION_TOO_LONG,
    GOODS_HERE,
    QUANTITY_TAKEN,
    REOPEN_TOO_LATE,
)
from shouhou.cases.rows import DeadlineRow
from shouhou.cases.spares import hold_parts_again
from shouhou.foundation.refusals import refused
from shouhou.orders.claims import hold_units, release_units
from shouhou.payments.actions import forget_wanted


def release(moving: Moving) -> None:
    """The units are free again for another application."""
    if moving.case.claims_held:
        release_units((item.line_id, item.quantity) for item in moving.case.own_items)
        moving.set(claims_held=False)
    if moving.case.details.get("refund_route"):
        # No account is kept for a refund that will not be; a later one is asked for anew.
        forget_wanted(moving.case.number)
        moving.note(refund_route=None, refund_to=None)


def release_rest(moving: Moving) -> None:
    """What was not accepted went back to the consumer and is theirs again."""
    release_units(
        (item.line_id, item.quantity - (item.accepted_quantity or 0))
        for item in moving.case.items
        if item.quantity > (item.accepted_quantity or 0)
    )


def cancel(moving: Moving) -> None:
    moving.set(outcome="cancelled")


def lapse(moving: Moving) -> None:
    moving.set(outcome="lapsed")


def close_with_reason(moving: Moving) -> None:
    """A shop that holds the goods cannot end the case by itself: neither goods nor money would come back."""
    if moving.case.goods_received and not moving.case.rest_sent and moving.actor.merchant_id is not None:
        raise refused(GOODS_HERE)
    moving.set(outcome=moving.answers["closing_reason"])


def reopen(moving: Moving) -> None:
    """≤ 7 days after closing, a lapsed one while its window is open; staff at any time for a new defect."""
    case, days = moving.case, moving.terms.number("reopen_days")
    if case.outcome in ("refunded", "kept_and_paid", "written_off"):
        raise refused(ALREADY_REFUNDED)
    if moving.actor.role == "consumer":
        until = max(filter(None, [(case.closed_at or moving.now) + timedelta(days=days), _window(moving)]))
        if moving.now > until:
            raise refused(REOPEN_TOO_LATE, until=until.isoformat(timespec="minutes"))
    take_up(moving)
    if case.goods_received and not case.rest_sent:
        # The goods never left the warehouse: what is open is their inspection, not another parcel.
        moving.go("received")
    elif case.goods_received:
        # They went home: nothing of the earlier inspection says anything about what may come now.
        forget_receipt(moving)


def take_up(moving: Moving) -> None:
    """An ended case goes on: its units, or the part it is about, are claimed again. Raises QUANTITY_TAKEN, PART_UNDER_WAY."""
    if CONDITIONS["a_part_is_missing"](moving.case, moving.terms) and not moving.workflow.applying.goods:
        hold_parts_again(moving.case)
    else:
        hold(moving)
    moving.set(closed_at=None, resolved_at=None, reopened_at=moving.now, outcome="")


def hold(moving: Moving) -> None:
    """No other case may have these units. Raises QUANTITY_TAKEN where one has."""
    case = moving.case
    if case.claims_held:
        return
    try:
        with transaction.atomic():
            hold_units((item.line_id, item.quantity) for item in case.own_items)
    except IntegrityError as error:
        line = case.items[0]
        raise refused(QUANTITY_TAKEN, line=line.line, left=0, asked=line.quantity) from error
    moving.set(claims_held=True)


def forget_receipt(moving: Moving) -> None:
    """Nothing is here any more; the history keeps what was."""
    for item in moving.case.items:
        item.received_quantity, item.accepted_quantity, item.serials = 0, None, []
        item.finding = item.grade = item.disposition = item.deduction_reason = ""
        item.deduction_minor = 0
    with connection.cursor() as cursor:
        cursor.execute(FORGET, {"case": moving.case.id})
    moving.set(received_at=None, rest_sent=False, deduction_minor=0)


def extend(moving: Moving) -> None:
    """More time on one running limit, with the reason in the history (told to both sides by the event)."""
    name = moving.answers["deadline"]
    row = next((each for each in moving.case.deadlines if each.name == name and each.state == "open"), None)
    if row is None:
        raise refused(DEADLINE_UNKNOWN, deadline=name)
    if moving.case.closed_at is not None:
        raise refused(CASE_ENDED)
    if moving.actor.who.startswith(("user:", "key:")):
        # What somebody decides is bounded; days on which no courier comes at all are a fact (LOG-02).
        _extendable(row, moving)
    extend_limit(row, hours=moving.answers["hours"], note=moving.answers["reason"], now=moving.now)


def _extendable(row: DeadlineRow, moving: Moving) -> None:
    """Never what the law sets, and all extensions of one limit together within the book's.

    Raises DEADLINE_STATUTORY, EXTENSION_TOO_LONG.
    """
    if row.term in STATUTORY:
        raise refused(DEADLINE_STATUTORY, deadline=row.name)
    given = sum(int(what.split(":")[1]) for _at, what, *_why in row.clock if what.startswith("extended:"))
    most = moving.terms.number("extension_hours_most")
    if given + int(moving.answers["hours"]) > most:
        raise refused(EXTENSION_TOO_LONG, most=most, left=max(0, most - given))


def _window(moving: Moving) -> datetime | None:
    deadline = ((moving.case.decision or {}).get("deadlines") or {}).get("return")
    return datetime.fromisoformat(deadline) if deadline else None


FORGET = """
WITH gone AS (DELETE FROM cases_finding f USING cases_caseitem i WHERE i.id = f.item_id AND i.case_id = %(case)s)
UPDATE cases_caseitem SET received_quantity = 0, accepted_quantity = NULL, serials = '{}', finding = '', grade = '',
    disposition = '', deduction_minor = 0, deduction_reason = '' WHERE case_id = %(case)s
"""
