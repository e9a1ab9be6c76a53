"""A claim arises by itself when its case is completed, follows the parcel that arrived, and is paid or withdrawn once."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from shouhou.foundation.ids import new_number
from shouhou.insurance.actions.keeping import note, step, tell
from shouhou.insurance.events import CLAIM_OPENED, CLAIM_WITHDRAWN
from shouhou.insurance.models import FreightClaim, Policy
from shouhou.insurance.rules.standards import route, standard_minor, standards
from shouhou.insurance.rules.worth import worth
from shouhou.plumbing.actor import SYSTEM
from shouhou.policy.terms import Terms


@dataclass(frozen=True, slots=True)
class ClaimFacts:
    """What is known of the leg when the case completes. `actual_minor` None: the buyer did not say; region codes "" unknown.

    `told` is kept for the insurer as it is: parcels, goods, reason, receipts.
    """

    subject: str
    service: str
    start: str
    end: str
    waybill: str
    actual_minor: int | None
    reimbursed_minor: int
    completed_at: datetime
    submitted_at: datetime
    told: dict[str, Any]


@transaction.atomic
def open_claim(order_id: int, facts: ClaimFacts, *, book: str, book_version: str, terms: Terms, now: datetime) -> FreightClaim | None:
    """The claim on the order's policy, or None: no policy in force when the case was applied for, its claims are used up,
    or this leg has been claimed. Where others have paid the freight already it is written down as withdrawn, and takes none."""
    policy = (
        Policy.objects.select_for_update().filter(order_id=order_id, cancelled_at=None, issued_at__lte=facts.submitted_at).first()
    )  # fmt: skip
    if policy is None or policy.claims_count >= policy.claims_most:
        return None
    if FreightClaim.objects.filter(subject=facts.subject, leg="return").exists():
        return None
    way = route(facts.start, facts.end)
    table = standards().get(policy.standard)
    one_way = min(policy.sum_minor, standard_minor(table, route=way, grams=policy.weight_grams)) if table else policy.sum_minor
    stated = facts.actual_minor is not None
    actual = facts.actual_minor if facts.actual_minor is not None else one_way
    found = worth(
        mode=policy.mode, sum_minor=policy.sum_minor, standard=policy.standard, currency=policy.currency, route=way,
        grams=policy.weight_grams, actual_minor=actual, reimbursed_minor=facts.reimbursed_minor, completed_at=now,
        review_hours=terms.number("insurer_hours"),
    )  # fmt: skip
    nothing = not found.payout_minor
    claim = FreightClaim.objects.create(
        number=new_number("CL"), policy=policy, insurer=policy.insurer, subject=facts.subject, service=facts.service,
        order_id=order_id, merchant_id=policy.merchant_id, buyer_id=policy.buyer_id, currency=policy.currency, waybill=facts.waybill[:40],
        actual_minor=actual, reimbursed_minor=facts.reimbursed_minor, standard_minor=found.standard_minor,
        claimed_minor=found.payout_minor, state="withdrawn" if nothing else "received", book=book, book_version=book_version,
        completed_at=facts.completed_at, received_at=now, due_at=found.due_at,
        remind_at=found.due_at - timedelta(hours=terms.number("insurer_reminder_hours")), updated_at=now,
        facts={**facts.told, "route": way, "from": facts.start, "to": facts.end, "grams": policy.weight_grams, "stated": stated,
               "bears": found.bears_minor},
    )  # fmt: skip
    note(claim, "withdrawn" if nothing else "received", actor=SYSTEM, now=now, data={"waybill": claim.waybill})
    if nothing:
        tell(CLAIM_WITHDRAWN, claim, now=now)
        return claim
    policy.claims_count += 1
    policy.updated_at = now
    policy.save(update_fields=["claims_count", "updated_at"])
    tell(CLAIM_OPENED, claim, now=now)
    return claim


@transaction.atomic
def start_payout(claim: FreightClaim, *, refund: str, payout_minor: int, reimbursed_minor: int, now: datetime) -> None:
    """The money has been instructed as refund `refund`; less than approved where others had paid meanwhile."""
    data = {"refund": refund, "payout": payout_minor}
    step(
        claim, "payout_started", actor=SYSTEM, now=now, data=data, refund_number=refund, payout_minor=payout_minor,
        reimbursed_minor=reimbursed_minor,
    )  # fmt: skip


@transaction.atomic
def withdraw_claim(claim: FreightClaim, *, reimbursed_minor: int, now: datetime) -> None:
    """Somebody else has paid the freight: the claim takes nothing, and the policy has it back."""
    if claim.state == "withdrawn":
        return
    policy = Policy.objects.select_for_update().get(id=claim.policy_id)
    policy.claims_count -= 1
    policy.save(update_fields=["claims_count"])
    step(
        claim, "withdrawn", actor=SYSTEM, now=now, data={"reimbursed": reimbursed_minor}, state="withdrawn", payout_minor=0,
        reimbursed_minor=reimbursed_minor,
    )  # fmt: skip
    tell(CLAIM_WITHDRAWN, claim, now=now)
