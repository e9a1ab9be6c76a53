"""What finance does where the bank paid a shop another amount than instructed: what really happened is booked, with proof."""

from datetime import datetime

from django.db import transaction

from shouhou.foundation.refusals import refused
from shouhou.payments.refusals import PAID_IMPLAUSIBLE
from shouhou.plumbing import audit
from shouhou.plumbing.actor import Actor
from shouhou.settlements.actions.accounts import keeper
from shouhou.settlements.actions.paying import NOT_PAID, book_other, book_paid, book_refused, is_contradicted, payout_of
from shouhou.settlements.models import PayoutAttempt
from shouhou.settlements.refusals import DEPOSIT_PROOF, PAYOUT_NOT_CONTRADICTED

# No bank pays that many times what it was told; whoever enters it has slipped.
TIMES_MOST = 10


def settle_contradicted_payout(number: str, *, paid_minor: int, proof: str, actor: Actor, now: datetime) -> None:
    """The bank really paid `paid_minor` (`proof`: its statement). Too little: the rest stays the shop's and stands in the next
    settlement. Too much: the shop owes the surplus, which the next settlements keep back. Nothing: it can be paid again.

    Raises FORBIDDEN, SETTLEMENT_UNKNOWN, SETTLEMENT_NOT_SO, PAYOUT_NOT_CONTRADICTED, DEPOSIT_PROOF, PAID_IMPLAUSIBLE.
    """
    keeper(actor)
    proof = proof.replace("\x00", "").strip()[:200]
    if not proof:
        raise refused(DEPOSIT_PROOF)
    with transaction.atomic():
        payout = payout_of(number, states=("paying",))
        if not is_contradicted(payout):
            raise refused(PAYOUT_NOT_CONTRADICTED, number=number)
        most = payout.amount_minor * TIMES_MOST
        if not 0 <= paid_minor <= most:
            raise refused(PAID_IMPLAUSIBLE, most=most)
        PayoutAttempt.objects.create(
            payout=payout, kind="confirmed", outcome="settled" if paid_minor else "refused", detail=f"{paid_minor} · {proof}",
            by=actor.who, at=now,
        )  # fmt: skip
        audit.note(actor, what="payout.confirmed", subject=number, detail=f"{payout.amount_minor} → {paid_minor} · {proof}", now=now)
        payout.proof = proof
        payout.save(update_fields=["proof"])
        if not paid_minor:
            book_refused(payout, code=NOT_PAID, now=now)
        elif paid_minor == payout.amount_minor:
            book_paid(payout, reference=proof[:120], by=actor.who, now=now)
        else:
            book_other(payout, paid_minor=paid_minor, reference=proof[:120], by=actor.who, now=now)

