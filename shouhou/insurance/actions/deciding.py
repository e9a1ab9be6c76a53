"""The insurer says yes, less, or no; a no is appealed once."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Literal

from django.db import transaction

from shouhou.foundation.refusals import FORBIDDEN, OVERTAKEN, refused
from shouhou.insurance.actions.keeping import locked, step, tell
from shouhou.insurance.events import CLAIM_APPEALED, CLAIM_APPROVED, CLAIM_REFUSED
from shouhou.insurance.models import OPEN, FreightClaim
from shouhou.insurance.refusals import (
    APPEAL_NOT_NOW,
    APPEAL_ONCE,
    APPEAL_TEXT,
    CLAIM_AMOUNT,
    CLAIM_NOT_OPEN,
    CLAIM_REASON,
)
from shouhou.insurance.rules.grounds import GROUNDS
from shouhou.plumbing.actor import Actor
from shouhou.policy.queries import compiled

Verdict = Literal["approve", "reduce", "refuse"]
# Finance decides what the insurer left undecided (the limit has passed), and only that.
DECIDERS, AFTER_LIMIT = ("insurer",), ("finance", "supervisor", "system")
APPELLANTS = ("consumer", "shop", "merchant_operator", "merchant_manager", "agent")
NOTE_MOST = 1000


@transaction.atomic
def decide(
    number: str, verdict: Verdict, *, actor: Actor, now: datetime, amount_minor: int | None = None, reason: str = "", note: str = "",
    version: int | None = None,
) -> FreightClaim:  # fmt: skip
    """Approve (all that is claimed), reduce (to `amount_minor`, with a ground and words) or refuse (with both).

    Raises Refused FREIGHT_CLAIM_NOT_FOUND, FORBIDDEN, OVERTAKEN, FREIGHT_CLAIM_NOT_OPEN, …_AMOUNT, …_REASON.
    """
    claim = locked(number, actor=actor)
    if not may_decide(claim, actor):
        raise refused(FORBIDDEN, roles=DECIDERS)
    if claim.state not in OPEN:
        raise refused(CLAIM_NOT_OPEN, number=claim.number, state=claim.state)
    if version is not None and version != claim.version:
        raise refused(OVERTAKEN, version=claim.version)
    note = note.strip()
    if verdict != "approve" and (reason not in GROUNDS or not 0 < len(note) <= NOTE_MOST):
        raise refused(CLAIM_REASON)
    if len(note) > NOTE_MOST or "\x00" in note:
        raise refused(CLAIM_REASON)
    if verdict == "refuse":
        return _refuse(claim, actor=actor, now=now, reason=reason, note=note)
    payout = claim.claimed_minor
    if verdict == "reduce":
        if amount_minor is None or not 0 < amount_minor < claim.claimed_minor:
            raise refused(CLAIM_AMOUNT, most=claim.claimed_minor)
        payout = amount_minor
    step(
        claim, "approved" if verdict == "approve" else "reduced", actor=actor, now=now,
        data={"payout": payout, "reason": reason, "note": note}, state="approved", payout_minor=payout, reason=reason, note=note,
        decided_by=actor.who, decided_at=now,
    )  # fmt: skip
    # Whoever hears it instructs the money in this transaction.
    tell(CLAIM_APPROVED, claim, now=now, payout_minor=payout, note=note)
    claim.refresh_from_db()
    return claim


@transaction.atomic
def appeal(number: str, text: str, *, actor: Actor, now: datetime, receipts: Sequence[str] = (), waybill: str = "") -> FreightClaim:
    """The buyer (or the shop that pays the premium) asks the insurer to look again, once, in time; a new limit begins.

    Raises Refused FREIGHT_CLAIM_NOT_FOUND, FORBIDDEN, FREIGHT_APPEAL_NOT_NOW, FREIGHT_APPEAL_ONCE, FREIGHT_APPEAL_TEXT.
    """
    claim = locked(number, actor=actor)
    if actor.role not in APPELLANTS:
        raise refused(FORBIDDEN)
    text, waybill = text.strip(), waybill.strip()[:40]
    if not 0 < len(text) <= NOTE_MOST or "\x00" in text or "\x00" in waybill:
        raise refused(APPEAL_TEXT)
    if claim.appealed_at is not None:
        raise refused(APPEAL_ONCE, number=claim.number)
    if claim.state != "refused" or claim.appeal_until is None or now > claim.appeal_until:
        raise refused(APPEAL_NOT_NOW, number=claim.number)
    terms = compiled(claim.book, claim.book_version).terms
    due = now + timedelta(hours=terms.number("insurer_hours"))
    facts = {**claim.facts, "appeal": text, "receipts": [*claim.facts.get("receipts", ()), *receipts]}
    step(
        claim, "appealed", actor=actor, now=now, data={"waybill": waybill}, state="appealed", appealed_at=now, facts=facts,
        waybill=waybill or claim.waybill, due_at=due, remind_at=due - timedelta(hours=terms.number("insurer_reminder_hours")),
        reminded_at=None, breached_at=None, appeal_until=None,
    )  # fmt: skip
    tell(CLAIM_APPEALED, claim, now=now, role=actor.role)
    return claim


def may_decide(claim: FreightClaim, actor: Actor) -> bool:
    """The insurer's own people; finance only once the limit has passed."""
    return actor.role in DECIDERS or (actor.role in AFTER_LIMIT and actor.merchant_id is None and claim.breached_at is not None)


def _refuse(claim: FreightClaim, *, actor: Actor, now: datetime, reason: str, note: str) -> FreightClaim:
    terms = compiled(claim.book, claim.book_version).terms
    final = claim.appealed_at is not None
    until = None if final else now + timedelta(days=terms.number("insurer_appeal_days"))
    step(
        claim, "refused", actor=actor, now=now, data={"reason": reason, "note": note}, state="refused", reason=reason, note=note,
        decided_by=actor.who, decided_at=now, appeal_until=until,
    )  # fmt: skip
    tell(CLAIM_REFUSED, claim, now=now, reason=reason, note=note, appeal_until=until.isoformat() if until else None)
    return claim
