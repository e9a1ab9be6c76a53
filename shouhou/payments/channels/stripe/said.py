"""What Stripe's objects say, in the words of a channel."""

from collections.abc import Mapping
from uuid import UUID

import stripe

from shouhou.payments.channels.base import ChannelAnswer, PayAnswer, Status
from shouhou.payments.channels.stripe.amounts import from_stripe

# What we write into Stripe's metadata: our key, and the number of the refund or the charge.
KEY, NUMBER = "shouhou_key", "shouhou_number"
REFUND_STATUSES: Mapping[str, Status] = {
    "succeeded": "settled", "pending": "in_process", "requires_action": "in_process", "failed": "refused",
    "canceled": "refused",
}  # fmt: skip
# What was paid with, as our tenders are called; everything else that a card page offers counts as a card.
MEANS = {"wechat_pay": "wechat", "alipay": "alipay"}


def is_about(key: UUID, thing: stripe.Refund | stripe.checkout.Session) -> bool:
    """Whether Stripe's object carries this key of ours."""
    metadata = thing.metadata
    return metadata is not None and KEY in metadata and metadata[KEY] == str(key)


def refund_said(refund: stripe.Refund) -> ChannelAnswer:
    """A state that we have never heard of is no outcome: it is asked about again."""
    status = REFUND_STATUSES.get(refund.status or "", "in_process")
    code = str(getattr(refund, "failure_reason", None) or refund.status or "") if status == "refused" else ""
    return ChannelAnswer(status, refund.id, code[:60], from_stripe(refund.amount, refund.currency.upper()))


def session_said(session: stripe.checkout.Session) -> PayAnswer:
    """Paid only when the money is there: some means take days after the consumer is done."""
    amount = from_stripe(session.amount_total or 0, (session.currency or "").upper())
    if session.status == "expired":
        return PayAnswer("closed", reference=session.id, amount_minor=amount)
    if session.status == "open":
        return PayAnswer("open", url=session.url or "", reference=session.id, amount_minor=amount)
    intent = session.payment_intent if isinstance(session.payment_intent, stripe.PaymentIntent) else None
    word = intent.id if intent else str(session.payment_intent or session.id)
    if session.payment_status == "paid":
        return PayAnswer("settled", reference=word, means=_means(intent), amount_minor=amount)
    if intent and intent.status in ("requires_payment_method", "canceled"):
        failure = getattr(intent, "last_payment_error", None)
        return PayAnswer("declined", reference=word, code=str(getattr(failure, "code", None) or intent.status), amount_minor=amount)
    return PayAnswer("open", url=session.success_url or "", reference=session.id, amount_minor=amount)


def means_of(said: object) -> str:
    """Stripe's kind of payment method as one of our tenders."""
    return MEANS.get(str(said), "card")


def _means(intent: stripe.PaymentIntent | None) -> str:
    charge = intent.latest_charge if intent else None
    details = getattr(charge, "payment_method_details", None)
    return means_of(getattr(details, "type", None))
