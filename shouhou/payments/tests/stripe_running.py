"""A running localstripe for tests: started as a process, killed by its id, spoken to as Stripe and behind its back."""

import json
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import stripe

from shouhou.payments.channels.base import Callback, Paid, PayCallback
from shouhou.payments.channels.stripe.client import StripeChannel
from shouhou.payments.channels.stripe.said import KEY

API_KEY, WEBHOOK_SECRET = "sk_test_shouhou", "whsec_of_the_tests"
STARTING_SECONDS = 60


@dataclass
class StripeHouse:
    """The server and what a test does with it."""

    port: int
    state: Path
    currency: str = "CNY"
    process: subprocess.Popen[bytes] | None = field(default=None, repr=False)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        self.process = subprocess.Popen([
            sys.executable, "-m", "shouhou.payments.tests.stripe_server", "--port", str(self.port), "--state", str(self.state),
        ])  # fmt: skip
        limit = time.monotonic() + STARTING_SECONDS
        while time.monotonic() < limit:
            try:
                httpx.get(f"{self.url}/_config/house/ledger").raise_for_status()
                return
            except httpx.TransportError:
                time.sleep(0.05)
        raise AssertionError(f"nobody at {self.url}")

    def kill(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None

    def channel(self) -> StripeChannel:
        return StripeChannel(API_KEY, webhook_secret=WEBHOOK_SECRET, url=self.url)

    def nowhere(self) -> StripeChannel:
        return StripeChannel(API_KEY, webhook_secret=WEBHOOK_SECRET, url="http://127.0.0.1:9")

    def paid(self, amount_minor: int, *, currency: str = "") -> Paid:
        """Paid by card at the shop, which told us Stripe's word for it."""
        made = self._post("/v1/payment_intents", {
            "amount": str(amount_minor), "currency": (currency or self.currency).lower(), "payment_method": "pm_card_visa",
            "confirm": "true",
        })  # fmt: skip
        return Paid(made["id"], amount_minor)

    def charge_of(self, paid: Paid) -> str:
        """Stripe's word for the charge behind a payment intent."""
        intent = httpx.get(f"{self.url}/v1/payment_intents/{paid.reference}", auth=(API_KEY, "")).json()
        return str(intent["latest_charge"]["id"])

    def pay(self, key: UUID, url: str, **means: str) -> httpx.Response:
        session = url.partition("#")[0].rpartition("/")[2]
        return httpx.post(f"{self.url}/_config/house/pay/{session}", json=means)

    def behave(self, *names: str) -> None:
        httpx.post(f"{self.url}/_config/house/behave", json={"behaviours": names}).raise_for_status()

    def lose_answer(self) -> None:
        self.behave("lost")

    def refuse(self) -> None:
        self.behave("refuse")

    def turn(self, refund: str, status: str, failure_reason: str = "") -> None:
        httpx.post(
            f"{self.url}/_config/house/refunds/{refund}", json={"status": status, "failure_reason": failure_reason or None}
        ).raise_for_status()

    def refunds(self) -> list[int]:
        return [int(each["amount"]) for each in self.ledger()["refunds"]]

    def received(self) -> list[int]:
        return [int(each["amount"]) for each in self.ledger()["received"]]

    def ledger(self) -> dict[str, list[dict[str, Any]]]:
        found: dict[str, list[dict[str, Any]]] = httpx.get(f"{self.url}/_config/house/ledger").json()
        return found

    def call_back_to(self, address: str, *, events: Sequence[str] | None = None) -> None:
        said = {"url": address, "secret": WEBHOOK_SECRET, **({"events": list(events)} if events else {})}
        httpx.post(f"{self.url}/_config/webhooks/house", json=said).raise_for_status()

    def tell_again(self, event: str) -> int:
        told: int = httpx.post(f"{self.url}/_config/house/again/{event}").json()["events"]
        return told

    def told(self, callback: Callback | PayCallback) -> tuple[dict[str, str], bytes]:
        common = {"id": callback.reference, "currency": callback.currency.lower(), "metadata": {KEY: str(callback.key)}}
        if isinstance(callback, PayCallback):
            thing = {**common, "object": "payment_intent", "amount_received": callback.amount_minor, "status": "succeeded"}
            what = "payment_intent.succeeded"
        else:
            thing, what = {**common, "object": "refund", "amount": callback.amount_minor, "status": "succeeded"}, "refund.updated"
        return signed(event(what, thing, number=callback.callback_id))

    def _post(self, path: str, said: dict[str, str]) -> dict[str, Any]:
        answer = httpx.post(self.url + path, data=said, auth=(API_KEY, ""))
        answer.raise_for_status()
        made: dict[str, Any] = answer.json()
        return made


def event(what: str, thing: dict[str, Any], *, number: str = "evt_1") -> bytes:
    """An event as Stripe writes it."""
    return json.dumps({"id": number, "object": "event", "type": what, "api_version": "2025-01-01", "data": {"object": thing}}).encode()


def signed(body: bytes, *, secret: str = WEBHOOK_SECRET, at: int | None = None) -> tuple[dict[str, str], bytes]:
    """With the header that Stripe sends."""
    header = stripe.WebhookSignature.generate_signature_header(body.decode(), secret, at)
    return {"Stripe-Signature": header}, body


@contextmanager
def stripe_house(folder: Path) -> Iterator[StripeHouse]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    house = StripeHouse(port, folder / "stripe.pickle")
    try:
        house.start()
        yield house
    finally:
        house.kill()
