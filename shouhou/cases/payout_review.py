"""The second person of money that no case stands still for: a plan's loss, insured freight, the way back, a difference."""

from collections.abc import Sequence
from datetime import datetime

from django.db import connection, transaction

from shouhou.cases.effects.said import say_on
from shouhou.foundation.money import Money
from shouhou.foundation.refusals import FORBIDDEN, refused
from shouhou.payments import actions as payments
from shouhou.payments.models import Refund
from shouhou.payments.rules.beside import ASIDE, FREIGHT_BACK, PLAN_PAYOUT
from shouhou.plans.actions import undo_money_claim
from shouhou.plumbing.actor import Actor

SECOND_PERSONS = ("finance", "supervisor")
# What the case can decide anew; anything else follows from a decision that stands, and is only let go.
REFUSABLE = (PLAN_PAYOUT, FREIGHT_BACK)


def payouts_waiting(numbers: Sequence[str]) -> frozenset[str]:
    """Those of the refunds that await a second person and that no case stands still for; else the case's own move is the way."""
    with connection.cursor() as cursor:
        cursor.execute(WAITS, [list(numbers), list(ASIDE)])
        return frozenset(row[0] for row in cursor.fetchall())


def approve_payout(number: str, *, actor: Actor, now: datetime) -> Refund:
    """The second person lets it go. Raises FORBIDDEN and what payments.approve_refund refuses."""
    _may(actor)
    return payments.approve_refund(number, actor=actor, now=now)


def refuse_payout(number: str, *, reason: str, actor: Actor, now: datetime) -> Refund:
    """The second person sends it back: nothing is paid, what it had used is free, and it may be decided anew.

    Raises FORBIDDEN (also for what follows from a decision that stands), SECOND_PERSON_NEEDED, REFUND_NOT_AWAITING, …_NOT_FOUND.
    """
    _may(actor)
    case = str(Refund.objects.filter(number=number).values_list("key", flat=True).first()).partition(":")[0]
    with transaction.atomic():
        with connection.cursor() as cursor:
            # The case before the rows below it, like everybody.
            cursor.execute("SELECT 1 FROM cases_case WHERE number = %s FOR UPDATE", [case])
        refund = payments.cancel_refund(number, actor=actor, now=now, second=True)
        if refund.reason not in REFUSABLE:
            raise refused(FORBIDDEN)
        if refund.reason == PLAN_PAYOUT:
            undo_money_claim(case, now=now)
        with connection.cursor() as cursor:
            cursor.execute(FORGET[refund.reason], [now, case])
        much, note = Money(refund.amount_minor, refund.currency), " ".join(reason.split())[:500]
        told = f"{much} 正在重新核实，结果会另行告知。", f"{much} is being looked at again; you will be told."
        say_on(case, *told, internal=False, now=now)
        zh, en = f"复核人退回了 {refund.number}：{note}", f"The second person sent {refund.number} back: {note}"
        say_on(case, zh, en, internal=True, now=now)
        return refund


def _may(actor: Actor) -> None:
    if actor.role not in SECOND_PERSONS or actor.merchant_id is not None:
        raise refused(FORBIDDEN, roles=SECOND_PERSONS)


# The refund that a case stands still for is one of its own.
WAITS = """
SELECT r.number FROM payments_refund r WHERE r.number = ANY(%s) AND r.state = 'awaiting_second' AND (r.reason = ANY(%s)
    OR NOT EXISTS (SELECT FROM cases_case c WHERE c.number = r.subject AND c.status = 'refund_review'))
"""
FORGET = {
    PLAN_PAYOUT: "UPDATE cases_case SET details = details - 'plan_money', updated_at = %s WHERE number = %s",
    FREIGHT_BACK: """
        UPDATE cases_case SET updated_at = %s,
            details = jsonb_set(details, '{freight}', (details->'freight') - 'refund' - 'granted' || '{"state": "claimed"}')
        WHERE number = %s""",
}
