"""Freight insurance seen from the case: the claim when it is completed, with the parcel that arrived, and its money."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Sum

from shouhou.cases.clocks import instant_of
from shouhou.cases.evidence import attach_tokens
from shouhou.cases.models import Attachment, Case, HistoryEntry, UnpackingRecord
from shouhou.cases.rows import CaseRow, load_case
from shouhou.cases.terms import terms_of
from shouhou.foundation.refusals import refused
from shouhou.insurance import actions as insurance
from shouhou.insurance.models import FreightClaim, Policy
from shouhou.insurance.refusals import CLAIM_NOT_FOUND
from shouhou.ledger import actions as ledger
from shouhou.ledger.chart import PLAIN
from shouhou.ledger.recipes import plan_claimed
from shouhou.logistics.models import Parcel
from shouhou.logistics.regions import region_code
from shouhou.logistics.rules.couriers import normalised
from shouhou.merchants.models import ReturnAddress
from shouhou.payments.actions import instruct_payout
from shouhou.payments.models import Refund
from shouhou.payments.rules.beside import FREIGHT_BACK
from shouhou.plumbing.actor import SYSTEM, Actor
from shouhou.plumbing.events import Announced
from shouhou.policy.queries import calendar_now

# INS-05: returns and exchanges, one leg each, when they are completed with these outcomes (INS-02).
INSURED, COMPLETED = ("return", "exchange"), ("refunded", "exchanged")
# What our own payouts are called; what shop or platform give back for the way is payments.rules.beside.FREIGHT_BACK.
FREIGHT_INSURANCE = "freight_insurance"
SHIPPED_BY = ("ship", "change_waybill", "drop_off")


def case_moved(event: Announced) -> None:
    """A completed return or exchange of an insured order becomes a claim by itself, at that instant."""
    if event.data.get("stage") == "rated" and event.data.get("service") in INSURED:
        claim_completed(event.subject, now=event.at)


def policy_attached(event: Announced) -> None:
    """A policy that was issued in time and told late: what was completed meanwhile is claimed now."""
    done = Case.objects.filter(order__number=event.subject, service__in=INSURED, outcome__in=COMPLETED, stage="rated")
    for number in done.order_by("id").values_list("number", flat=True):
        claim_completed(number, now=event.at)


def claim_completed(number: str, *, now: datetime) -> FreightClaim | None:
    """The claim for this case, once; None where there is none to be made."""
    order_id = Case.objects.filter(number=number).values_list("order_id", flat=True).first()
    if order_id is None or not Policy.objects.filter(order_id=order_id, cancelled_at=None).exists():
        return None
    case = load_case(number, actor=SYSTEM, lock=True)
    facts = claim_facts(case, now=now)
    if facts is None:
        return None
    return insurance.open_claim(
        case.order_id, facts, book=case.book, book_version=case.book_version, terms=terms_of(case), now=now
    )  # fmt: skip


def claim_facts(case: CaseRow, *, now: datetime) -> insurance.ClaimFacts | None:
    """What is known of the way back; None before the case is completed, without goods, or when the way cost nothing."""
    if case.outcome not in COMPLETED or not case.goods_received or case.channel == "self":
        return None
    parcel = arrived(case)
    if parcel is not None and parcel.pickup is not None and parcel.pickup.free:
        return None
    stated = _stated(case, parcel)
    to = ReturnAddress.objects.filter(id=case.return_address_id).first() if case.return_address_id else None
    parcels = Parcel.objects.filter(subject=case.number, direction="return").order_by("id")
    told: dict[str, Any] = {
        "goods": [{"title": item.title, "quantity": item.accepted_quantity or item.received_quantity} for item in case.items],
        "reason": case.reason, "fault": case.fault, "freight_payer": case.freight_payer, "method": case.return_method,
        "carrier": parcel.carrier if parcel else "", "received_at": case.received_at.isoformat() if case.received_at else None,
        "parcels": [
            {"carrier": each.carrier, "number": each.tracking_number, "registered_at": each.registered_at.isoformat(),
             "delivered_at": each.delivered_at.isoformat() if each.delivered_at else None,
             "arrived": parcel is not None and each.id == parcel.id,
             "released": each.release_reason if each.released_at else ""}
            for each in parcels
        ],
        "receipts": list(
            Attachment.objects.filter(case_id=case.id, kind="freight_receipt").order_by("id").values_list("upload__token", flat=True)
        ),
    }  # fmt: skip
    return insurance.ClaimFacts(
        subject=case.number, service=case.service, start=region_code(case.contact),
        end=region_code({"region": to.region, "address": to.address}) if to else "", waybill=parcel.tracking_number if parcel else "",
        actual_minor=stated, reimbursed_minor=paid_back_minor(case.number), completed_at=now, submitted_at=case.submitted_at, told=told,
    )  # fmt: skip


def arrived(case: CaseRow) -> Parcel | None:
    """The parcel that really came: the one in the unpacking record, else the newest bound one (healing a changed waybill, a
    cancelled pickup, a second parcel after the first went home)."""
    parcels = Parcel.objects.filter(subject=case.number, direction="return").select_related("pickup")
    for written in UnpackingRecord.objects.filter(case_id=case.id).exclude(parcel="").order_by("-id").values_list("parcel", flat=True):
        found = parcels.filter(tracking_number=written.strip().upper()).order_by("-id").first()
        if found is not None:
            return found
    return parcels.filter(released_at=None).order_by("-id").first()


def paid_back_minor(number: str) -> int:
    """What of the way back the shop or the platform has paid (or is paying) to the consumer already."""
    rows = Refund.objects.filter(subject=number, reason=FREIGHT_BACK).exclude(state="cancelled")
    return rows.aggregate(total=Sum("amount_minor"))["total"] or 0


def insured_minor(number: str) -> int:
    """What an insurer has paid, or is paying, for the way back of this case: whoever else would pay it takes that off.

    A claim that is still to be decided holds nobody up: what is paid until then is taken off the claim.
    """
    return FreightClaim.objects.filter(subject=number, state__in=("approved", "paid")).aggregate(all=Sum("payout_minor"))["all"] or 0


def pay_claim(event: Announced) -> None:
    """The insurer said yes: the money is instructed once, less what others have paid back meanwhile."""
    claim = FreightClaim.objects.select_related("policy").get(number=str(event.data["claim"]))
    if claim.state != "approved" or claim.refund_number:
        return
    case = load_case(claim.subject, actor=SYSTEM, lock=True)
    back = paid_back_minor(case.number)
    beyond = max(0, back - claim.reimbursed_minor)
    due = max(0, (claim.payout_minor or 0) - beyond)
    if not due:
        insurance.withdraw_claim(claim, reimbursed_minor=back, now=event.at)
        return
    terms = terms_of(case)
    refund = instruct_payout(
        subject=claim.number, order_id=claim.order_id, tender="balance", amount_minor=due, key=f"{claim.number}:payout",
        actor=claim.decided_by, now=event.at, second_person_above_minor=terms.number("second_person_above"),
        expected_at=instant_of("refund_target_workdays", case, terms=terms, calendar=calendar_now(), start=event.at),
        merchant_id=claim.merchant_id, buyer_id=claim.buyer_id, reason=FREIGHT_INSURANCE, bearer=f"insurer:{claim.insurer}",
    )  # fmt: skip
    insurance.start_payout(claim, refund=refund.number, payout_minor=due, reimbursed_minor=back, now=event.at)


def appeal_claim(
    number: str, text: str, *, actor: Actor, now: datetime, receipts: Sequence[str] = (), waybill: str = ""
) -> FreightClaim:  # fmt: skip
    """The case's refused claim is appealed, once, with what was missing: receipts become evidence of the case, too.

    Raises CASE_NOT_FOUND, FREIGHT_CLAIM_NOT_FOUND, UPLOAD_UNKNOWN and what insurance.appeal refuses.
    """
    with transaction.atomic():
        case = load_case(number, actor=actor, lock=True)
        claim = FreightClaim.objects.filter(subject=case.number).first()
        if claim is None:
            raise refused(CLAIM_NOT_FOUND, number=number[:20])
        attach_tokens(case.id, receipts, kind="freight_receipt", actor=actor, now=now)
        return insurance.appeal(claim.number, text, actor=actor, now=now, receipts=receipts, waybill=waybill)


def payout_settled(event: Announced) -> None:
    """A refund has settled: if it was a claim's payout, the claim is paid."""
    if event.data.get("reason") == FREIGHT_INSURANCE:
        insurance.payout_settled(event.subject, now=event.at)


def plan_used(event: Announced) -> None:
    """What a plan pays of a finished repair is owed to the workshop by whoever stands behind the plan; posted once."""
    amount, account = event.data.get("amount"), owing(str(event.data.get("provider") or ""), kind=str(event.data["kind"]))
    if isinstance(amount, int) and amount > 0 and event.merchant_id is not None:
        ledger.post(
            plan_claimed(insurer=account, merchant=event.merchant_id, amount_minor=amount), recipe="plan_claimed", subject=event.subject,
            currency=str(event.data["currency"]), key=f"plan-claim:{event.data['claim_id']}", by="clock",
            now=event.at,
        )  # fmt: skip


def owing(provider: str, *, kind: str) -> str:
    """The account of whoever stands behind a plan: its provider's code, or for a name that is none the kind of plan."""
    return provider if PLAIN.fullmatch(provider) else f"plan.{kind}"


def _stated(case: CaseRow, parcel: Parcel | None) -> int | None:
    """What the consumer said to have paid for this parcel, or what the courier charges for its pickup; None: not said."""
    if parcel is not None and parcel.pickup is not None:
        return parcel.pickup.fee_minor or None
    entries = HistoryEntry.objects.filter(case_id=case.id, move__in=SHIPPED_BY).order_by("-version")
    for answers in entries.values_list("answers", flat=True):
        same = parcel is None or not answers.get("tracking_number") or normalised(str(answers["tracking_number"])) == parcel.tracking_number
        if same and isinstance(answers.get("freight_paid"), int):
            return int(answers["freight_paid"])
    return None


def _plain(number: object) -> str:
    return "".join(str(number).upper().split())
