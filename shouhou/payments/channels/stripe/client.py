"""Stripe as a channel: refunds go back to a payment intent or a charge, consumers pay on Stripe's own checkout page."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Literal
from uuid import UUID

import stripe

from shouhou.payments.channels.base import (
    ANYBODY,
    Callback,
    ChannelAnswer,
    ChannelSilent,
    NotOurs,
    Paid,
    PayAnswer,
    PayCallback,
    Payer,
    StatementRow,
)  # fmt: skip
from shouhou.payments.channels.stripe.amounts import Inexact, to_stripe
from shouhou.payments.channels.stripe.events import read_event
from shouhou.payments.channels.stripe.history import report_of
from shouhou.payments.channels.stripe.said import KEY, NUMBER, is_about, refund_said, session_said
from shouhou.payments.channels.stripe.statement import read_rows
from shouhou.payments.channels.stripe.wire import is_replay, library, refusal_of

NO_REFERENCE, BAD_REFERENCE = "NO_REFERENCE", "BAD_REFERENCE"
CURRENCY_DIFFERS, AMOUNT_INEXACT = "CURRENCY_DIFFERS", "AMOUNT_INEXACT"
# How often a person can try a refused refund again within the day for which Stripe repeats its answers.
TRIES = 10
# An unpaid checkout lives for a day; more open ones than this are not looked through for one.
OPEN_SESSIONS = 2000
PAGE = 100
EXPAND = ["payment_intent.latest_charge"]


class StripeChannel:
    """Refunds and payments with the account behind `key`; its events are signed with `webhook_secret`."""

    def __init__(self, key: str, *, webhook_secret: str = "", url: str = "") -> None:
        self._secret = webhook_secret
        self._client = library(key, url)
        self._stripe = self._client.v1

    def refund(
        self, *, key: UUID, amount_minor: int, currency: str, reference: str, paid: Paid
    ) -> ChannelAnswer:  # fmt: skip
        payment = _payment(paid.reference)
        if payment is None:
            return ChannelAnswer("refused", code=BAD_REFERENCE if paid.reference else NO_REFERENCE)
        try:
            amount = to_stripe(amount_minor, currency)
        except Inexact:
            return ChannelAnswer("refused", code=AMOUNT_INEXACT)
        try:
            # Stripe refunds in the payment's currency, whatever was meant.
            if self._currency(payment) != currency:
                return ChannelAnswer("refused", code=CURRENCY_DIFFERS)
        except stripe.StripeError as error:
            return ChannelAnswer("refused", code=refusal_of(error))
        for tried in range(TRIES):
            answer, replayed = self._try(key, tried, amount, reference, payment)
            if answer.status != "refused" or not replayed:
                return answer
        return answer

    def query(self, *, key: UUID, paid: Paid) -> ChannelAnswer:
        payment = _payment(paid.reference)
        if payment is None:
            return ChannelAnswer("not_known")
        kind, reference = payment
        try:
            listed = self._stripe.refunds.list(
                {"payment_intent": reference, "limit": PAGE} if kind == "payment_intent" else {"charge": reference, "limit": PAGE}
            )
            ours = [refund_said(each) for each in listed.auto_paging_iter() if is_about(key, each)]
        except stripe.StripeError as error:
            refusal_of(error)
            return ChannelAnswer("not_known")
        alive = [answer for answer in ours if answer.status != "refused"]
        return next(iter(alive or ours), ChannelAnswer("not_known"))

    def open_payment(
        self, *, key: UUID, amount_minor: int, currency: str, reference: str, title: str, return_url: str,
        payer: Payer = ANYBODY,
    ) -> PayAnswer:  # fmt: skip
        ours = {KEY: str(key), NUMBER: reference}
        try:
            # The same words each time, or Stripe would not take it for the same payment.
            opened = self._stripe.checkout.sessions.create(
                {
                    "mode": "payment", "client_reference_id": reference, "metadata": ours,
                    "success_url": return_url, "cancel_url": return_url,
                    "payment_intent_data": {"metadata": ours, "description": reference},
                    "line_items": [{
                        "quantity": 1,
                        "price_data": {
                            "currency": currency.lower(), "unit_amount": to_stripe(amount_minor, currency),
                            "product_data": {"name": title},
                        },
                    }],
                },
                {"idempotency_key": str(key)},
            )  # fmt: skip
            if is_replay(opened.last_response.headers if opened.last_response else None):
                opened = self._stripe.checkout.sessions.retrieve(opened.id, {"expand": EXPAND})
            return session_said(opened)
        except Inexact:
            return PayAnswer("declined", code=AMOUNT_INEXACT)
        except stripe.StripeError as error:
            return PayAnswer("declined", code=refusal_of(error))

    def query_payment(self, *, key: UUID, reference: str = "") -> PayAnswer:
        found = self._session(key, reference)
        return session_said(found) if found else PayAnswer("not_known")

    def close_payment(self, *, key: UUID, reference: str = "") -> PayAnswer:
        found = self._session(key, reference)
        if found is None:
            return PayAnswer("closed")
        if found.status != "open":
            return session_said(found)
        try:
            return session_said(self._stripe.checkout.sessions.expire(found.id))
        except stripe.StripeError as error:
            # It was paid or ended at this very moment: what it is now counts.
            refusal_of(error)
        try:
            return session_said(self._stripe.checkout.sessions.retrieve(found.id, {"expand": EXPAND}))
        except stripe.StripeError as error:
            raise ChannelSilent(refusal_of(error)) from error

    def read_callback(self, *, headers: Mapping[str, str], body: bytes) -> Callback | PayCallback | NotOurs | None:
        return read_event(headers=headers, body=body, secret=self._secret)

    def read_statement(self, data: bytes) -> Iterable[StatementRow]:
        return read_rows(data)

    def fetch_statement(self, *, day: date) -> bytes | None:
        """The day's balance transactions; there as soon as the day is over."""
        try:
            return report_of(day, self._client)
        except stripe.StripeError as error:
            raise ChannelSilent(refusal_of(error)) from error

    def _try(
        self, key: UUID, tried: int, amount: int, reference: str, payment: tuple[Literal["payment_intent", "charge"], str]
    ) -> tuple[ChannelAnswer, bool]:  # fmt: skip
        """One refund under the key, and whether the answer is an old one.

        For a day Stripe answers a key as it did the first time, also when it refused. Only where such an answer says that
        nothing was paid is there another key, made of ours and a number: so it is at most one refund that pays.
        """
        params: stripe.params.RefundCreateParams = {"amount": amount, "metadata": {KEY: str(key), NUMBER: reference}}
        if payment[0] == "charge":
            params["charge"] = payment[1]
        else:
            params["payment_intent"] = payment[1]
        try:
            made = self._stripe.refunds.create(params, {"idempotency_key": f"{key}:{tried}" if tried else str(key)})
            replayed = is_replay(made.last_response.headers if made.last_response else None)
            # What was said then need not hold any more: a refund can still fail days later.
            return refund_said(self._stripe.refunds.retrieve(made.id) if replayed else made), replayed
        except stripe.StripeError as error:
            return ChannelAnswer("refused", code=refusal_of(error)), is_replay(error.headers)

    def _currency(self, payment: tuple[Literal["payment_intent", "charge"], str]) -> str:
        kind, reference = payment
        if kind == "charge":
            return self._stripe.charges.retrieve(reference).currency.upper()
        return self._stripe.payment_intents.retrieve(reference).currency.upper()

    def _session(self, key: UUID, reference: str) -> stripe.checkout.Session | None:
        """By Stripe's word for it; else among the open ones. One whose address nobody heard of cannot have been paid."""
        try:
            if reference:
                return self._stripe.checkout.sessions.retrieve(reference, {"expand": EXPAND})
            seen = self._stripe.checkout.sessions.list({"status": "open", "limit": PAGE}).auto_paging_iter()
            for place, each in enumerate(seen):
                if is_about(key, each):
                    return each
                if place >= OPEN_SESSIONS:
                    raise ChannelSilent(f"more than {OPEN_SESSIONS} open checkouts")
        except stripe.StripeError as error:
            refusal_of(error)
        return None


def _payment(reference: str) -> tuple[Literal["payment_intent", "charge"], str] | None:
    if reference.startswith("pi_"):
        return "payment_intent", reference
    if reference.startswith(("ch_", "py_")):
        return "charge", reference
    return None
