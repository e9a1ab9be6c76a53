"""The end of the money: a payout that has settled, and what the insurer pays back to the platform."""

from datetime import datetime
from hashlib import sha256

from django.db import connection, transaction
from django.db.models import Sum

from shouhou.foundation.refusals import FORBIDDEN, refused
from shouhou.insurance.actions.keeping import locked, step, tell
from shouhou.insurance.events import CLAIM_PAID
from shouhou.insurance.models import FreightClaim, Settlement, SettlementWord
from shouhou.insurance.refusals import SETTLEMENT_INVALID, SETTLEMENT_KEY, SETTLEMENT_SECOND
from shouhou.ledger import actions as ledger
from shouhou.ledger.recipes import insurer_settled
from shouhou.plumbing import audit
from shouhou.plumbing.actor import SYSTEM, Actor

MAY_SETTLE = ("finance", "supervisor", "system")
PROOF_MOST, KEY_MOST = 200, 100


@transaction.atomic
def payout_settled(number: str, *, now: datetime) -> bool:
    """The payout for this claim has reached the buyer; told twice it is once. False for what is no claim of ours."""
    if not FreightClaim.objects.filter(number=number).exists():
        return False
    claim = locked(number, actor=SYSTEM)
    if claim.state != "approved":
        return False
    step(claim, "paid", actor=SYSTEM, now=now, data={"payout": claim.payout_minor}, state="paid", paid_at=now)
    tell(CLAIM_PAID, claim, now=now, payout_minor=claim.payout_minor)
    return True


@transaction.atomic
def settle_receivable(
    insurer: str, *, amount_minor: int, currency: str, proof: str, second_person_above_minor: int, actor: Actor, now: datetime,
    tender: str = "bank",
) -> Settlement | None:  # fmt: skip
    """The insurer has paid `amount_minor` of what it owes; the same proof again is the same settlement. Where it is above the
    limit together with what one person alone has booked since the last time two people did, two people say the same;
    None: `actor` is the first, and what they say is kept.

    Raises Refused FORBIDDEN, INSURER_SETTLEMENT_INVALID, INSURER_SETTLEMENT_KEY, INSURER_SETTLEMENT_SECOND.
    """
    if actor.role not in MAY_SETTLE or actor.merchant_id is not None:
        raise refused(FORBIDDEN, roles=MAY_SETTLE)
    proof = proof.strip()
    if amount_minor <= 0 or not 0 < len(proof) <= PROOF_MOST or "\x00" in proof:
        raise refused(SETTLEMENT_INVALID)
    key = f"{insurer}:{proof}"
    if len(key) > KEY_MOST:
        # Two long proofs that begin alike are two settlements.
        key = f"{insurer}:{sha256(proof.encode()).hexdigest()[:50]}"
    said_by = ""
    with connection.cursor() as cursor:
        # Until the end of the transaction nobody else says anything of this insurer's money.
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('insurer-settlement'), hashtext(%s))", [insurer])
    together = amount_minor + alone_minor(insurer, currency=currency)
    if together > second_person_above_minor and not Settlement.objects.filter(key=key).exists():
        word = SettlementWord.objects.filter(key=key).order_by("-id").first()
        if word is None or (word.currency, word.amount_minor) != (currency, amount_minor):
            SettlementWord.objects.create(
                key=key, insurer=insurer, currency=currency, amount_minor=amount_minor, proof=proof, by=actor.who, at=now
            )
            audit.note(actor, what="insurer.settlement_said", subject=insurer, detail=f"{amount_minor} {currency} {proof}"[:200], now=now)
            return None
        if word.by == actor.who:
            raise refused(SETTLEMENT_SECOND)
        said_by = word.by
    row, first = Settlement.objects.get_or_create(
        key=key, defaults={"insurer": insurer, "currency": currency, "amount_minor": amount_minor, "tender": tender, "proof": proof,
                           "by": actor.who, "at": now, "first_by": said_by},
    )  # fmt: skip
    if (row.insurer, row.currency, row.amount_minor) != (insurer, currency, amount_minor):
        raise refused(SETTLEMENT_KEY)
    if first:
        ledger.post(
            insurer_settled(insurer=insurer, tender=tender, amount_minor=amount_minor), recipe="insurer_settled",
            subject=f"insurer:{insurer}", currency=currency, key=f"insurer-settled:{key}", by=actor.who, now=now,
        )  # fmt: skip
        audit.note(actor, what="insurer.settled", subject=insurer, detail=f"{amount_minor} {currency} {proof}"[:200], now=now)
    return row


def alone_minor(insurer: str, *, currency: str) -> int:
    """What one person at a time has booked of this insurer's money since two people last did: a large sum in small parts is
    still large."""
    booked = Settlement.objects.filter(insurer=insurer, currency=currency)
    last = booked.exclude(first_by="").order_by("-id").values_list("id", flat=True).first() or 0
    return booked.filter(id__gt=last).aggregate(sum=Sum("amount_minor"))["sum"] or 0
