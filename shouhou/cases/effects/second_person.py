"""The second person of a large refund (REV-05): lets it go, or sends it back to be decided anew."""

from typing import Any

from django.db import connection

from shouhou.cases.effects.money import accepted, tell_shelves
from shouhou.cases.moving import Moving
from shouhou.cases.refusals import SAME_PERSON
from shouhou.foundation.refusals import refused
from shouhou.orders.claims import take_back_units
from shouhou.payments import actions as payments
from shouhou.payments.models import Refund


def approve_refund(moving: Moving) -> None:
    """Above the limit the second person differs from the first."""
    payments.approve_refund(refund_of_somebody_else(moving).number, actor=moving.actor, now=moving.now)
    tell_shelves(moving.case, now=moving.now)


def refuse_refund(moving: Moving) -> None:
    """Nothing of the instruction stays: no reservation, no pending posting, no unit returned; the findings are open again.

    What of the goods has already gone back to the consumer is not here any more. The refund's own clocks run on.
    """
    case = moving.case
    payments.cancel_refund(refund_of_somebody_else(moving).number, actor=moving.actor, now=moving.now)
    units = accepted(case)
    take_back_units((item.line_id, units[item.line]) for item in case.items if units[item.line])
    for item in case.items:
        if case.rest_sent:
            item.received_quantity = units[item.line]
        item.accepted_quantity, item.finding, item.grade, item.disposition = None, "", "", ""
        item.deduction_minor, item.deduction_reason = 0, ""
    with connection.cursor() as cursor:
        cursor.execute(REOPEN, [[item.id for item in case.items], [item.received_quantity for item in case.items]])
    before = {name: value for name, value in case.preview.items() if name != "agreed"}
    applied: dict[str, Any] = before.get("applied") or {}
    moving.set(
        preview={**before, "refused": int(before.get("refused") or 0) + 1}, deduction_minor=0, rest_sent=False,
        refund_minor=int((applied.get("total") or {}).get("amount") or 0),
    )  # fmt: skip


def refund_of_somebody_else(moving: Moving) -> Refund:
    """The refund that waits, when it is not this person's own decision. Raises SAME_PERSON."""
    refund = payments.refund_of(moving.case.number)
    if refund.instructed_by == moving.actor.who:
        raise refused(SAME_PERSON)
    return refund


REOPEN = """
WITH asked AS (SELECT * FROM unnest(%s::bigint[], %s::int[]) AS x(id, received)),
    gone AS (DELETE FROM cases_finding WHERE item_id IN (SELECT id FROM asked))
UPDATE cases_caseitem i SET received_quantity = x.received, accepted_quantity = NULL, finding = '', grade = '',
    disposition = '', deduction_minor = 0, deduction_reason = ''
FROM asked x WHERE i.id = x.id
"""
