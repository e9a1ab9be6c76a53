"""What a person does about a refused refund: try again with the same key, or pay outside the channel with proof."""

from datetime import datetime

from django.db import transaction

from shouhou.foundation.refusals import refused
from shouhou.ledger import actions as ledger
from shouhou.ledger import recipes
from shouhou.payments.actions.allowances import settle_reserved
from shouhou.payments.actions.outcome import announce, conclude, hold_key, locked, part_settled
from shouhou.payments.events import REFUND_RETRIED
from shouhou.payments.jobs import enqueue_part
from shouhou.payments.models import Refund, RefundAttempt, RefundPart
from shouhou.payments.refusals import PROOF_REQUIRED, REFUND_NOT_REFUSED
from shouhou.plumbing.actor import Actor

MAX_PROOF = 500


def retry_refund(number: str, *, actor: Actor, now: datetime) -> Refund:
    """Send the refused parts again, each with the key it has: a channel that paid after all pays no second time.

    What they need stayed reserved. Raises Refused REFUND_NOT_REFUSED, REFUND_NOT_FOUND.
    """
    with transaction.atomic():
        refund, refused_parts, _ = _refused_parts(number)
        for part in refused_parts:
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
    """Finance has paid the refused parts another way; `proof` says how (a bank's reference).

    Raises Refused PROOF_REQUIRED, REFUND_NOT_REFUSED, REFUND_NOT_FOUND.
    """
    proof = proof.strip()
    if not proof or len(proof) > MAX_PROOF:
        raise refused(PROOF_REQUIRED)
    with transaction.atomic():
        refund, refused_parts, parts = _refused_parts(number)
        for part in refused_parts:
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


def _refused_parts(number: str) -> tuple[Refund, list[RefundPart], list[RefundPart]]:
    refund, parts = locked(number=number)
    chosen = [part for part in parts if part.state == "refused"]
    if not chosen or refund.state not in ("failed", "partly_settled"):
        raise refused(REFUND_NOT_REFUSED, number=number, state=refund.state)
    return refund, chosen, parts
