"""The price history that a case needs from the shop: asked for after the commit, announced when it is there."""

from collections.abc import Sequence
from datetime import datetime

from django.db import connection, transaction
from procrastinate.contrib.django import app

from shouhou.orders import events, ports
from shouhou.orders.shop import port
from shouhou.plumbing.events import publish

ASK_PRICES = "shouhou.orders.tasks.ask_prices"


def ask_prices(*, skus: Sequence[str], since: datetime, subject: str, merchant_id: int, buyer_id: int) -> None:
    """Ask the shop after the commit; the answer is announced as prices.told. One asking at a time for a subject."""
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("prices are asked for by the transaction that needs them")
    app.configure_task(ASK_PRICES, queue="shop", lock=f"prices:{subject}").defer(
        skus=list(dict.fromkeys(skus)), since=since.isoformat(), subject=subject, merchant_id=merchant_id, buyer_id=buyer_id
    )


def fetch_prices(
    *, skus: Sequence[str], since: datetime, subject: str, merchant_id: int, buyer_id: int, now: datetime
) -> None:  # fmt: skip
    """Look and tell; looking again changes nothing at the shop. Raises ShopUnreachable when it must be tried again."""
    told = {sku: port.price_history(sku, since=since) for sku in skus}
    with transaction.atomic():
        ports.hold_subject(subject)
        publish(events.PRICES_TOLD, subject=subject, now=now, data={"skus": told}, merchant_id=merchant_id, buyer_id=buyer_id)
