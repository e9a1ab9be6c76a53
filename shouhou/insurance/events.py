"""What freight insurance announces; the subject is the case ("R-…"), or the order for a policy."""

from shouhou.plumbing.events import event_type

_CLAIM = {
    "claim": "the claim's number", "policy": "the policy's number", "insurer": "the insurer's code", "order": "the order's number",
    "amount_minor": "what is claimed, in minor units", "currency": "ISO 4217", "due_at": "when the insurer must have decided",
    "state": "the claim's state",
}  # fmt: skip
POLICY_ATTACHED = event_type(
    "insurance.attached", zh="订单已附加运费险", en="a freight policy was attached to an order, or changed",
    policy="the policy's number", insurer="the insurer's code", sum_minor="the sum insured", currency="ISO 4217", order_id="the order",
)  # fmt: skip
CLAIM_OPENED = event_type("insurance.claim_opened", zh="运费险理赔已自动提交", en="a freight claim was made by itself", **_CLAIM)
CLAIM_REMINDED = event_type("insurance.claim_reminded", zh="提醒保险公司：理赔期限将至", en="the insurer's limit is near", **_CLAIM)
INSURER_SLA = event_type(
    "insurance.sla_breached", zh="保险公司逾期未审（INSURER_SLA）", en="the insurer did not decide in time (INSURER_SLA)",
    code="INSURER_SLA", **_CLAIM,
)  # fmt: skip
CLAIM_APPROVED = event_type(
    "insurance.claim_approved", zh="运费险理赔已通过", en="the insurer pays a freight claim",
    payout_minor="what is paid, in minor units", note="the insurer's words, where it pays less than claimed", **_CLAIM,
)  # fmt: skip
CLAIM_REFUSED = event_type(
    "insurance.claim_refused", zh="运费险理赔被拒", en="the insurer refused a freight claim", reason="the ground's code",
    note="the insurer's words", appeal_until="until when it can be appealed, or null: it is final", **_CLAIM,
)  # fmt: skip
CLAIM_APPEALED = event_type(
    "insurance.claim_appealed", zh="运费险拒赔被申诉", en="a refused freight claim was appealed", role="who", **_CLAIM
)  # fmt: skip
CLAIM_PAID = event_type(
    "insurance.claim_paid", zh="运费险赔款已到账", en="the insurer's payout has settled", payout_minor="in minor units", **_CLAIM
)  # fmt: skip
CLAIM_WITHDRAWN = event_type(
    "insurance.claim_withdrawn", zh="运费已由他方承担，无需赔付", en="somebody else has paid the freight: nothing is due", **_CLAIM
)  # fmt: skip
