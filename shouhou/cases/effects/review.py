"""What a review does: where the goods go, evidence, resubmissions, overrides."""


from shouhou.cases.evidence import attach_tokens
from shouhou.cases.moving import Moving
from shouhou.cases.refusals import RESUBMISSIONS_USED, RETURN_ADDRESS_MISSING
from shouhou.foundation.refusals import refused
from shouhou.logistics.queries import is_offered
from shouhou.merchants.models import ReturnAddress
from shouhou.merchants.queries import return_address_of

DESCRIPTION_MOST = 8000


def send_where(moving: Moving) -> None:
    """Name the return address (L-03 art. 11), who is at fault, and book the pickup that was wished for."""
    case, answers = moving.case, moving.answers
    moving.set(return_address_id=return_address(case.merchant_id, case.merchant))
    if answers.get("fault"):
        set_fault(moving, str(answers["fault"]))
    window = case.contact.get("window")
    # A window that has passed while we looked must not stop the approval: the consumer chooses another one.
    wished = case.return_method == "pickup" and window and not case.goods_received
    if wished and is_offered(str(window), case.contact, calendar=moving.calendar, now=moving.now):
        moving.then("book_pickup", window=window)


def set_fault(moving: Moving, fault: str) -> None:
    """Fault decides the freight: the seller's or platform's fault frees the consumer (L-01; LOG-06, LOG-07)."""
    payer = {"seller": "seller", "platform": "platform", "carrier": "platform"}.get(fault, moving.case.freight_payer)
    moving.set(fault=fault, freight_payer="customer" if fault == "customer" else payer)


def return_address(merchant_id: int, merchant: str) -> int:
    """Where the shop's goods go back to. Raises RETURN_ADDRESS_MISSING."""
    found = return_address_of(merchant_id)
    if found is None:
        raise refused(RETURN_ADDRESS_MISSING, merchant=merchant)
    return found


def agreed_address(moving: Moving) -> int:
    """Where both sides have agreed that the goods go, while the shop still takes them there; else where its goods go.

    Raises RETURN_ADDRESS_MISSING.
    """
    case = moving.case
    settled = (case.details.get("dispute") or {}).get("settled") or {}
    agreed = settled.get("return_address") if moving.move.name == "settle_as_asked" else None
    if agreed and ReturnAddress.objects.filter(pk=agreed, active=True).exists():
        return int(agreed)
    return return_address(case.merchant_id, case.merchant)


def name_override(moving: Moving) -> None:
    moving.set(override_reason=moving.answers["override_reason"])


def keep_who_asked(moving: Moving) -> None:
    """Whether the platform asked: what it asked for comes back to it."""
    moving.note(asked_by_platform=True if moving.case.status == "escalated" else None)


def back_to_whom_asked(moving: Moving) -> None:
    """Evidence that the platform asked for goes back to the platform, not to the shop."""
    if moving.case.details.get("asked_by_platform"):
        moving.note(asked_by_platform=None)
        moving.go("escalated")


def add_description(moving: Moving) -> None:
    """What is added stands below what was said before; nothing is overwritten."""
    said = f"{moving.case.description}\n\n{moving.answers['description']}".strip()
    moving.set(description=said[-DESCRIPTION_MOST:])


def add_evidence(moving: Moving) -> None:
    attach_tokens(moving.case.id, moving.answers.get("evidence", ()), kind="evidence", actor=moving.actor, now=moving.now)


def count_resubmission(moving: Moving) -> None:
    most = moving.terms.number("resubmissions")
    if moving.case.resubmissions >= most:
        raise refused(RESUBMISSIONS_USED, most=most)
    moving.set(resubmissions=moving.case.resubmissions + 1, outcome="")


def outcome_rejected(moving: Moving) -> None:
    moving.set(outcome="rejected")

