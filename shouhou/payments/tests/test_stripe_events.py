"""Stripe's events: only what Stripe signed a moment ago, only what is about something of ours, in our words."""

import json
import time
from typing import Any
from uuid import UUID

import pytest

from shouhou.payments.channels.base import BadCallback, Callback, NotOurs, PayCallback
from shouhou.payments.channels.stripe.events import TOLERANCE_SECONDS, read_event
from shouhou.payments.channels.stripe.said import KEY
from shouhou.payments.tests.stripe_running import WEBHOOK_SECRET, event, signed

OUR_KEY = UUID("7b0d7a52-6d0b-4c43-9a57-0123456789ab")
OURS = {"metadata": {KEY: str(OUR_KEY)}}
REFUND = {"id": "re_1", "object": "refund", "amount": 900, "currency": "cny", "status": "succeeded", **OURS}
SESSION = {
    "id": "cs_1", "object": "checkout.session", "amount_total": 1800, "currency": "cny", "payment_status": "paid",
    "payment_intent": "pi_1", **OURS,
}  # fmt: skip
INTENT = {"id": "pi_1", "object": "payment_intent", "amount": 2000, "amount_received": 1800, "currency": "cny", **OURS}
CHARGE = {
    "id": "ch_1", "object": "charge", "amount_captured": 1800, "currency": "cny", "payment_intent": "pi_1",
    "payment_method_details": {"type": "wechat_pay"}, **OURS,
}  # fmt: skip


def read(what: str, thing: dict[str, Any]) -> Callback | PayCallback | NotOurs | None:
    headers, body = signed(event(what, thing))
    return read_event(headers=headers, body=body, secret=WEBHOOK_SECRET)


@pytest.mark.parametrize(
    ("what", "changes", "status", "code"),
    [
        ("refund.created", {}, "settled", ""), ("refund.updated", {"status": "pending"}, "in_process", ""),
        ("refund.updated", {"status": "requires_action"}, "in_process", ""),
        ("charge.refund.updated", {"status": "never heard of"}, "in_process", ""),
        ("refund.failed", {"status": "failed", "failure_reason": "lost_or_stolen_card"}, "refused", "lost_or_stolen_card"),
        ("refund.updated", {"status": "canceled"}, "refused", "canceled"),
    ],
)  # fmt: skip
def test_news_of_a_refund(what: str, changes: dict[str, Any], status: str, code: str) -> None:
    told = read(what, {**REFUND, **changes})
    assert isinstance(told, Callback)
    assert (told.callback_id, told.key, told.status, told.code) == ("evt_1", OUR_KEY, status, code)
    assert (told.amount_minor, told.currency, told.reference) == (900, "CNY", "re_1")


@pytest.mark.parametrize(
    ("what", "thing", "status"),
    [
        ("checkout.session.completed", SESSION, "settled"),
        ("checkout.session.completed", {**SESSION, "payment_status": "unpaid"}, "open"),
        ("checkout.session.async_payment_succeeded", SESSION, "settled"),
        ("checkout.session.async_payment_failed", {**SESSION, "payment_status": "unpaid"}, "declined"),
        ("checkout.session.expired", {**SESSION, "payment_status": "unpaid"}, "closed"),
        ("payment_intent.succeeded", INTENT, "settled"), ("charge.succeeded", CHARGE, "settled"),
    ],
)  # fmt: skip
def test_news_of_a_payment(what: str, thing: dict[str, Any], status: str) -> None:
    told = read(what, thing)
    assert isinstance(told, PayCallback)
    assert (told.key, told.status, told.amount_minor, told.currency, told.reference) == (OUR_KEY, status, 1800, "CNY", "pi_1")
    assert told.means == ("wechat" if thing is CHARGE else "card")


@pytest.mark.parametrize(
    ("what", "thing"),
    [
        ("charge.refunded", {**OURS, "id": "ch_1"}), ("payment_intent.payment_failed", INTENT), ("invoice.paid", {}),
        ("refund.created", {**REFUND, "metadata": {}}), ("payment_intent.succeeded", {**INTENT, "metadata": None}),
        ("some.event.of.tomorrow", {"object": "tomorrow"}),
    ],
)  # fmt: skip
def test_what_is_about_nothing_of_ours_is_taken_quietly(what: str, thing: dict[str, Any]) -> None:
    assert read(what, thing) == NotOurs("evt_1")


def test_only_stripe_and_only_now_is_believed() -> None:
    body, now = event("refund.created", REFUND), int(time.time())
    for headers in (
        {}, {"Stripe-Signature": ""}, {"Stripe-Signature": "nonsense"}, {"Stripe-Signature": f"t={now},v1=00"},
        signed(body, secret="whsec_of_another")[0], signed(body, at=now - TOLERANCE_SECONDS - 5)[0],
        signed(event("refund.created", {**REFUND, "amount": 1}))[0],
    ):  # fmt: skip
        assert read_event(headers=headers, body=body, secret=WEBHOOK_SECRET) is None
    headers, _ = signed(body)
    assert read_event(headers=headers, body=body, secret="") is None
    assert read_event(headers=headers, body=b"\xff\xfe", secret=WEBHOOK_SECRET) is None
    assert isinstance(read_event(headers={"stripe-signature": headers["Stripe-Signature"]}, body=body, secret=WEBHOOK_SECRET), Callback)


@pytest.mark.parametrize(
    "body",
    [
        b"[]", b"{}", b"no json", event("refund.created", {**REFUND, "metadata": {KEY: "no key"}}),
        event("refund.created", {**REFUND, "amount": None}), event("refund.created", {"metadata": {KEY: str(OUR_KEY)}}),
        event("payment_intent.succeeded", {**INTENT, "amount_received": "much"}),
        event("refund.created", {**REFUND, "metadata": [1]}),
    ],
)  # fmt: skip
def test_what_stripe_signed_and_cannot_be_read_is_said_to_be_so(body: bytes) -> None:
    headers, _ = signed(body)
    with pytest.raises(BadCallback):
        read_event(headers=headers, body=body, secret=WEBHOOK_SECRET)


def test_a_deep_body_is_bad_and_does_no_harm() -> None:
    body = json.dumps({"id": "evt_1", "type": "refund.created", "data": {"object": REFUND}}).replace("900", "[" * 20000 + "]" * 20000)
    headers, _ = signed(body.encode())
    with pytest.raises(BadCallback):
        read_event(headers=headers, body=body.encode(), secret=WEBHOOK_SECRET)
