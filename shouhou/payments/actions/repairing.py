"""What a person does about a refused refund: try again with the same key, or pay outside the channel with proof."""

from datetime import datetime

from django.db import transaction

from shouhou.foundation.refusals import refused
from shouhou.ledger import actions as ledger
from shouhou.ledger import recipes
from shouhou.payments.actions.allowances import settle_reserved
from shouhou.payments.actions.outcome import OPEN, announce, conclude, hold_key, locked, part_settled
from shouhou.payments.actions.two_people import agreed, is_first_word
from shouhou.payments.channels.registry import TRANSFER
from shouhou.payments.events import REFUND_RETRIED
from shouhou.payments.jobs import enqueue_part
from shouhou.payments.models import BatchRow, Refund, RefundAttempt, RefundPart
from shouhou.payments.refusals import PROOF_REQUIRED, REFUND_BY_TRANSFER, REFUND_IN_BATCH, REFUND_NOT_REFUSED
from shouhou.plumbing.actor import Actor

MAX_PROOF = 500
# As much of a proof as the first person's word keeps of it.
SAME_MOST = 200


def retry_refund(number: str, *, actor: Actor, now: datetime) -> Refund:
    """Send the refused parts again, each with the key it has: a channel that paid after all pays no second time.

    What they need stayed reserved; what the buyer wants on an account stays with finance.
    Raises Refused REFUND_BY_TRANSFER, REFUND_NOT_REFUSED, REFUND_IN_BATCH, REFUND_NOT_FOUND.
    """
    with transaction.atomic():
        refund, chosen, _ = refused_parts(number)
        chosen = [part for part in chosen if part.channel != TRANSFER]
        if not chosen:
            raise refused(REFUND_BY_TRANSFER, number=number)
        for part in chosen:
            part.state, part.round, part.updated_at = "sent", part.round + 1, now
            part.save(update_fields=["state", "round", "updated_at"])
            ledger.hold(
                recipes.refund(
                    merchant=refund.merchant_id, buyer=refund.buyer_id, channel=part.channel, tender=part.tender,
                    amount_minor=part.amount_minor, bearer=refund.bearer,
                ),
                recipe="refund", subject=refund.subject, currency=refund.currency, key=hold_key(part), by=actor.who,
                now=now,
            )  # fmt: skip
            enqueue_part(part.id)
        refund.state, refund.version, refund.updated_at = "pending", refund.version + 1, now
        refund.save(update_fields=["state", "version", "updated_at"])
        announce(REFUND_RETRIED, refund, now, by=actor.who)
        return refund


def settle_offline(number: str, *, proof: str, actor: Actor, now: datetime) -> Refund:
    """Finance has paid the refused parts another way; `proof` says how (a bank's reference). Above the limit a second person
    gives the same proof before it is booked.

    Raises Refused PROOF_REQUIRED, SECOND_PERSON_NEEDED, REFUND_NOT_REFUSED, REFUND_IN_BATCH, REFUND_NOT_FOUND.
    """
    proof = " ".join(proof.split())
    if not proof or len(proof) > MAX_PROOF:
        raise refused(PROOF_REQUIRED)
    with transaction.atomic():
        refund, chosen, _ = refused_parts(number)
        amount = sum(part.amount_minor for part in chosen)
        if agreed(refund, chosen, kind="offline", what=proof[:SAME_MOST], amount_minor=amount, actor=actor, now=now) is None:
            return refund
        return pay_offline(number, proof=proof, actor=actor, now=now)


def offline_waits(number: str, *, proof: str) -> bool:
    """Whether saying so would only be kept, for another person to say again. Raises Refused as `settle_offline` does."""
    refund, chosen, _ = refused_parts(number)
    what = " ".join(proof.split())[:SAME_MOST]
    return is_first_word(refund, chosen, kind="offline", what=what, amount_minor=sum(part.amount_minor for part in chosen))


def pay_offline(number: str, *, proof: str, actor: Actor, now: datetime) -> Refund:
    """The same for a row of a batch, which is what it waits for. Raises Refused PROOF_REQUIRED, REFUND_NOT_REFUSED."""
    proof = proof.strip()
    if not proof or len(proof) > MAX_PROOF:
        raise refused(PROOF_REQUIRED)
    with transaction.atomic():
        refund, chosen, parts = _refused(number)
        for part in chosen:
            settle_reserved(part.payment_id, part.amount_minor)
            ledger.post(
                recipes.refund_offline(
                    merchant=refund.merchant_id, buyer=refund.buyer_id, tender=part.tender,
                    amount_minor=part.amount_minor, bearer=refund.bearer,
                ),
                recipe="refund_offline", subject=refund.subject, currency=refund.currency,
                key=f"offline:{part.idempotency_key}", by=actor.who, now=now,
            )  # fmt: skip
            RefundAttempt.objects.create(
                part=part, kind="offline", outcome="settled", detail=f"{actor.who}: {proof}"[:300], started_at=now,
                ended_at=now,
            )  # fmt: skip
            part.state, part.proof, part.settled_at, part.updated_at = "settled", proof, now, now
            part.save(update_fields=["state", "proof", "settled_at", "updated_at"])
            part_settled(refund, part, now)
        conclude(refund, parts, now)
        return refund


def ask_again(number: str, *, actor: Actor, now: datetime) -> int:
    """Ask the channel now what became of the parts it has not answered, instead of at the next round; answers how many.

    Asking pays nothing: the same key cannot pay twice. Raises Refused REFUND_NOT_FOUND.
    """
    with transaction.atomic():
        refund, parts = locked(number=number)
        asked = [part for part in parts if part.state in OPEN] if refund.state != "awaiting_second" else []
        for part in asked:
            RefundAttempt.objects.create(
                part=part, kind="ask", outcome="asked", detail=actor.who, started_at=now, ended_at=now
            )
            enqueue_part(part.id, priority=1)
        return len(asked)


def refused_parts(number: str) -> tuple[Refund, list[RefundPart], list[RefundPart]]:
    """The refund under its lock, its refused parts and all of them.

    Raises Refused REFUND_NOT_REFUSED, REFUND_IN_BATCH (the bank is asked for it already), REFUND_NOT_FOUND.
    """
    found = _refused(number)
    _no_batch(found[0])
    return found


def _no_batch(refund: Refund) -> None:
    row = BatchRow.objects.filter(refund=refund, state="waiting").select_related("batch").first()
    if row is not None:
        raise refused(REFUND_IN_BATCH, number=refund.number, batch=row.batch.number)


def _refused(number: str) -> tuple[Refund, list[RefundPart], list[RefundPart]]:
    refund, parts = locked(number=number)
    chosen = [part for part in parts if part.state == "refused"]
    if not chosen or refund.state not in ("failed", "partly_settled"):
        raise refused(REFUND_NOT_REFUSED, number=number, state=refund.state)
    return refund, chosen, parts
