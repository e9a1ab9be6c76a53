"""Stripe's events: the signature and its age checked, then read as news of a refund or a payment of ours."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import stripe

from shouhou.payments.channels.base import BadCallback, Callback, NotOurs, PayCallback, PayStatus
from shouhou.payments.channels.stripe.amounts import from_stripe
from shouhou.payments.channels.stripe.said import KEY, REFUND_STATUSES, means_of

SIGNATURE_HEADER = "stripe-signature"
# An event older than this is not believed, however well it is signed: somebody kept it.
TOLERANCE_SECONDS = 300
REFUNDS = ("refund.created", "refund.updated", "refund.failed", "charge.refund.updated")
SESSIONS: Mapping[str, PayStatus] = {
    "checkout.session.completed": "settled", "checkout.session.async_payment_succeeded": "settled",
    "checkout.session.async_payment_failed": "declined", "checkout.session.expired": "closed",
}  # fmt: skip
# The intent carries our key onto its charge, and only the charge says what was paid with.
PAID: Mapping[str, str] = {"payment_intent.succeeded": "amount_received", "charge.succeeded": "amount_captured"}


def read_event(*, headers: Mapping[str, str], body: bytes, secret: str) -> Callback | PayCallback | NotOurs | None:
    """None when it is not Stripe's or too old; NotOurs for events about nothing of ours. Raises BadCallback."""
    signature = next((value for name, value in headers.items() if name.lower() == SIGNATURE_HEADER), "")
    try:
        stripe.WebhookSignature.verify_header(body, signature, secret, TOLERANCE_SECONDS)
    except (stripe.SignatureVerificationError, UnicodeDecodeError):
        return None
    try:
        event = stripe.Webhook.construct_event_without_verification(body).to_dict()
        what, number, thing = str(event["type"]), str(event["id"])[:120], dict(event["data"]["object"])
        key = dict(thing.get("metadata") or {}).get(KEY)
        if not key or what not in (*REFUNDS, *SESSIONS, *PAID):
            return NotOurs(number)
        if what in REFUNDS:
            return _refund(number, UUID(key), thing)
        if what in PAID:
            return _payment(number, UUID(key), thing, status="settled", amount=thing[PAID[what]])
        return _payment(number, UUID(key), thing, status=_of_session(what, thing), amount=thing["amount_total"])
    except (KeyError, TypeError, ValueError, AttributeError, RecursionError) as error:
        raise BadCallback(f"{type(error).__name__}: {error}"[:100]) from error


def _refund(number: str, key: UUID, refund: dict[str, Any]) -> Callback:
    currency = str(refund["currency"]).upper()
    status = REFUND_STATUSES.get(str(refund["status"]), "in_process")
    return Callback(
        callback_id=number, key=key, status=status, amount_minor=from_stripe(int(refund["amount"]), currency),
        currency=currency, reference=str(refund["id"]),
        code=str(refund.get("failure_reason") or refund["status"])[:60] if status == "refused" else "",
    )  # fmt: skip


def _of_session(what: str, session: dict[str, Any]) -> PayStatus:
    """Done is not paid: some means take days, and another event follows then."""
    status = SESSIONS[what]
    return "open" if status == "settled" and session["payment_status"] != "paid" else status


def _payment(number: str, key: UUID, thing: dict[str, Any], *, status: PayStatus, amount: object) -> PayCallback:
    """A checkout, its payment intent or the charge of that; a refund goes back to the intent."""
    currency = str(thing["currency"]).upper()
    means = dict(thing.get("payment_method_details") or {}).get("type")
    return PayCallback(
        callback_id=number, key=key, status=status, amount_minor=from_stripe(int(str(amount)), currency), currency=currency,
        reference=str(thing.get("payment_intent") or thing["id"]),
        code="ASYNC_PAYMENT_FAILED" if status == "declined" else "", means=means_of(means),
    )  # fmt: skip
