"""A small world of payments: an order with tenders, the fake channel as a real server, the job run by hand."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Thread
from typing import Any

import httpx
import pytest
from pytest_django.fixtures import Settings

from shouhou.accounts.models import Buyer, User
from shouhou.merchants.models import Merchant
from shouhou.orders.models import Order, OrderLine, Payment
from shouhou.payments.actions import instruct_refund
from shouhou.payments.actions.sending import begin, exchange, finish
from shouhou.payments.channels.fake.server import Channel
from shouhou.payments.models import Refund
from shouhou.payments.queries import order_money
from shouhou.payments.rules import Fault, quote
from shouhou.payments.tests.stripe_running import API_KEY, WEBHOOK_SECRET, StripeHouse, stripe_house
from shouhou.plumbing.actor import Actor

NOW = datetime(2025, 3, 17, 8, tzinfo=UTC)
ANNA = Actor(role="reviewer", who="user:1", name="Anna")
BO = Actor(role="finance", who="user:2", name="Bo")
SECRET = "s3cret-of-the-tests"


@dataclass
class Fake:
    """The running fake channel."""

    server: Channel
    url: str

    def behave(self, *behaviours: str) -> None:
        httpx.post(f"{self.url}/_behave", json={"behaviours": list(behaviours)}).raise_for_status()

    def movements(self) -> list[dict[str, Any]]:
        movements: list[dict[str, Any]] = httpx.get(f"{self.url}/_ledger").json()["movements"]
        return movements


@pytest.fixture
def people(db: None) -> None:
    """Anna and Bo are on the staff: what they do is in the audit log."""
    for key in (1, 2):
        User.objects.get_or_create(pk=key, defaults={"username": f"person{key}", "role": "finance"})


@pytest.fixture
def fake(tmp_path: Path, settings: Settings) -> Iterator[Fake]:
    server = Channel(0, state=tmp_path / "channel.jsonl", secret=SECRET)
    Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    url = f"http://127.0.0.1:{server.server_address[1]}"
    settings.PAYMENT_CHANNELS = {"fake": {"url": url}}
    settings.PAYMENT_CALLBACK_SECRET = SECRET
    yield Fake(server, url)
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="session")
def running_stripe(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StripeHouse]:
    with stripe_house(tmp_path_factory.mktemp("stripe")) as house:
        yield house


@pytest.fixture
def stripe(running_stripe: StripeHouse, settings: Settings) -> StripeHouse:
    """Cards go back through Stripe, and consumers pay there; every test begins with a server that runs."""
    settings.PAYMENT_CHANNELS = {"stripe": {"key": API_KEY, "webhook_secret": WEBHOOK_SECRET, "url": running_stripe.url}}
    settings.TENDER_CHANNELS, settings.CHARGE_CHANNEL = {"card": "stripe"}, "stripe"
    if running_stripe.process is None:
        running_stripe.start()
    return running_stripe


def make_order(
    *, lines: tuple[tuple[int, int], ...] = ((1, 15000),), tenders: tuple[tuple[str, int], ...] = (("card", 15000),),
    freight: int = 0, promotion: dict[str, int] | None = None, invoice: int = 0, number: str = "JD1001",
) -> Order:  # fmt: skip
    """`lines` are (quantity, paid for all units); the unit price is what was paid."""
    buyer, _ = Buyer.objects.get_or_create(external_id="lin")
    merchant, _ = Merchant.objects.get_or_create(code="self", defaults={"name": "自营", "channel": "self"})
    order = Order.objects.create(
        number=number, buyer=buyer, merchant=merchant, channel="self", placed_at=NOW - timedelta(days=9),
        freight_minor=freight, paid_minor=sum(amount for _, amount in tenders), promotion=promotion or {},
        invoice_number="INV-1" if invoice else "", invoice_minor=invoice,
    )  # fmt: skip
    for place, (quantity, paid) in enumerate(lines, 1):
        OrderLine.objects.create(
            order=order, line=place, sku=f"P{place}", title=f"商品 {place}", category="generic", quantity=quantity,
            unit_price_minor=paid // quantity, paid_minor=paid,
        )  # fmt: skip
    for place, (tender, amount) in enumerate(tenders, 1):
        Payment.objects.create(order=order, position=place, tender=tender, amount_minor=amount)
    return order


def instruct(
    order: Order, selection: dict[int, int], *, key: str = "SO-1:return", fault: Fault = "buyer",
    above: int | None = None, subject: str = "SO-1",
) -> Refund:  # fmt: skip
    return instruct_refund(
        subject=subject, order_id=order.id, quote=quote(order_money(order.id), selection=selection, fault=fault),
        key=key, actor=ANNA, now=NOW, second_person_above_minor=above, expected_at=NOW + timedelta(days=3),
        merchant_id=order.merchant_id, buyer_id=order.buyer_id,
    )  # fmt: skip


def work(refund: Refund, *, now: datetime = NOW) -> list[bool | None]:
    """What the job does, for every part; None: there was nothing to send."""
    done: list[bool | None] = []
    for part in refund.parts.order_by("id"):
        step = begin(part.id, now=now)
        done.append(None if step is None else finish(step, exchange(step), started_at=now, now=now))
    refund.refresh_from_db()
    return done


Worker = Callable[[Refund], list[bool | None]]
