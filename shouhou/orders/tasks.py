"""Jobs of the orders floor."""

from datetime import datetime

from procrastinate.contrib.django import app

from shouhou.orders.shop.actions import deliver
from shouhou.orders.shop.interceptions import deliver_intercept, deliver_let_go
from shouhou.orders.shop.prices import fetch_prices
from shouhou.orders.shop.stock import deliver_ask, deliver_give_back
from shouhou.plumbing import clock
from shouhou.plumbing.jobs import OUTWARD


@app.task(queue="shop", retry=OUTWARD)
def restock(key: str) -> None:
    """Tell the shop what came back."""
    deliver(key, now=clock.now())


@app.task(queue="shop", retry=OUTWARD)
def reserve(key: str) -> None:
    """Ask the shop to hold units."""
    deliver_ask(key, now=clock.now())


@app.task(queue="shop", retry=OUTWARD)
def unreserve(key: str) -> None:
    """Tell the shop that units are not needed."""
    deliver_give_back(key, now=clock.now())


@app.task(queue="shop", retry=OUTWARD)
def intercept(key: str) -> None:
    """Ask the shop not to send goods."""
    deliver_intercept(key, now=clock.now())


@app.task(queue="shop", retry=OUTWARD)
def let_go(key: str) -> None:
    """Tell the shop that goods may go out after all."""
    deliver_let_go(key, now=clock.now())


@app.task(queue="shop", retry=OUTWARD)
def ask_prices(skus: list[str], since: str, subject: str, merchant_id: int, buyer_id: int) -> None:
    """Ask the shop what it has asked for articles since an order."""
    fetch_prices(
        skus=skus, since=datetime.fromisoformat(since), subject=subject, merchant_id=merchant_id, buyer_id=buyer_id,
        now=clock.now(),
    )  # fmt: skip
