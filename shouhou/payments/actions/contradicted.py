"""What finance does where a channel paid another amount than instructed: what really happened is booked, with proof."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from shouhou.foundation.refusals import refused
from shouhou.ledger import actions as ledger
from shouhou.ledger import recipes
from shouhou.payments.actions.allowances import settle_reserved
from shouhou.payments.actions.outcome import OPEN, OTHER_AMOUNT, announce, conclude, hold_key, locked, part_settled
from shouhou.payments.actions.overpaid import note_overpaid
from shouhou.payments.actions.two_people import agreed, is_first_word
from shouhou.payments.events import REFUND_CONTRADICTION_SETTLED
from shouhou.payments.models import Refund, RefundAttempt, RefundPart
from shouhou.payments.refusals import PAID_IMPLAUSIBLE, PROOF_REQUIRED, REFUND_NOT_CONTRADICTED, REST_PROOF_REQUIRED
from shouhou.plumbing.actor import Actor

MAX_PROOF = 500
SAME_MOST = 200


def settle_contradicted(
    number: str, *, paid_minor: int, proof: str, rest_proof: str = "", actor: Actor, now: datetime
) -> Refund:  # fmt: skip
    """The channel really paid `paid_minor` (`proof`: its statement) of the oldest contradicted part, and that settles it.

    Too little: finance has paid the rest another way, `rest_proof` says how; the buyer gets what was owed, once. Too much:
    the surplus is booked as the buyer's to give back. Raises Refused PROOF_REQUIRED, REFUND_NOT_CONTRADICTED,
    PAID_IMPLAUSIBLE, REST_PROOF_REQUIRED, REFUND_NOT_FOUND; above the limit SECOND_PERSON_NEEDED until another says the same.
    """
    proof, rest_proof = " ".join(proof.split()), " ".join(rest_proof.split())
    if not proof or len(proof) > MAX_PROOF or len(rest_proof) > MAX_PROOF:
        raise refused(PROOF_REQUIRED)
    with transaction.atomic():
        refund, parts = locked(number=number)
        part = next(iter(contradicted_parts(parts)), None)
        if part is None:
            raise refused(REFUND_NOT_CONTRADICTED, number=number, state=refund.state)
        most = part.payment.amount_minor if part.payment else part.amount_minor
        if paid_minor > most:
            raise refused(PAID_IMPLAUSIBLE, most=most)
        rest, over = max(part.amount_minor - paid_minor, 0), max(paid_minor - part.amount_minor, 0)
        if rest and not rest_proof:
            raise refused(REST_PROOF_REQUIRED, rest=rest)
        word = _word(part, paid_minor, proof, rest_proof)
        if agreed(refund, [part], **word, actor=actor, now=now) is None:
            return refund
        # What was about to be paid did not happen like that; what did is posted in its place.
        ledger.void(hold_key(part), by=actor.who, now=now)
        settle_reserved(part.payment_id, part.amount_minor)
        _book(refund, part, "refund", part.amount_minor - rest, by=actor.who, now=now)
        _book(refund, part, "refund_offline", rest, by=actor.who, now=now)
        _book(refund, part, "refund_overpaid", over, by=actor.who, now=now)
        if over:
            note_overpaid(refund, amount_minor=over, key=f"part:{part.idempotency_key}", now=now)
        _attempt(part, "confirmed", f"{actor.who}: {paid_minor} · {proof}", now)
        if rest:
            _attempt(part, "offline", f"{actor.who}: {rest} · {rest_proof}", now)
        part.state, part.settled_at, part.updated_at = "settled", now, now
        part.proof = f"{proof} · {rest_proof}"[:MAX_PROOF] if rest else proof
        part.save(update_fields=["state", "proof", "settled_at", "updated_at"])
        part_settled(refund, part, now)
        announce(
            REFUND_CONTRADICTION_SETTLED, refund, now, tender=part.tender, channel=part.channel,
            part_minor=part.amount_minor, paid_minor=paid_minor, rest_minor=rest, over_minor=over, by=actor.who,
        )  # fmt: skip
        conclude(refund, parts, now)
        return refund


def waits_for_second(refund: Refund, *, paid_minor: int, proof: str, rest_proof: str) -> bool:
    """Whether saying so would only be kept, for another person to say again."""
    part = next(iter(contradicted_parts(list(RefundPart.objects.filter(refund=refund)))), None)
    told = " ".join(proof.split()), " ".join(rest_proof.split())
    return part is not None and is_first_word(refund, [part], **_word(part, paid_minor, *told))


def contradicted_parts(parts: Sequence[RefundPart]) -> list[RefundPart]:
    """Those still open of which the channel told another amount than instructed."""
    told = set(
        RefundAttempt.objects.filter(part__in=parts, outcome=OTHER_AMOUNT).values_list("part_id", flat=True)
    )
    return [part for part in parts if part.state in OPEN and part.pk in told]


def _word(part: RefundPart, paid_minor: int, proof: str, rest_proof: str) -> dict[str, Any]:
    said = f"{paid_minor} · {proof} · {rest_proof}"[:SAME_MOST]
    return {"kind": "confirmed", "what": said, "amount_minor": max(paid_minor, part.amount_minor)}


def _book(refund: Refund, part: RefundPart, recipe: str, amount_minor: int, *, by: str, now: datetime) -> None:
    """Post one piece of what happened; nothing for nothing."""
    if not amount_minor:
        return
    whose: dict[str, Any] = {"merchant": refund.merchant_id, "buyer": refund.buyer_id, "bearer": refund.bearer}
    if recipe == "refund":
        moves = recipes.refund(**whose, channel=part.channel, tender=part.tender, amount_minor=amount_minor)
    elif recipe == "refund_offline":
        moves = recipes.refund_offline(**whose, tender=part.tender, amount_minor=amount_minor)
    else:
        moves = recipes.refund_overpaid(
            buyer=refund.buyer_id, channel=part.channel, tender=part.tender, amount_minor=amount_minor
        )
    ledger.post(
        moves, recipe=recipe, subject=refund.subject, currency=refund.currency,
        key=f"contradicted:{recipe}:{part.idempotency_key}", by=by, now=now,
    )  # fmt: skip


def _attempt(part: RefundPart, kind: str, detail: str, now: datetime) -> None:
    RefundAttempt.objects.create(
        part=part, kind=kind, outcome="settled", detail=detail[:300], started_at=now, ended_at=now
    )
