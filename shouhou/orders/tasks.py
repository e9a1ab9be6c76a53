"""Jobs of the orders floor."""

from procrastinate.contrib.django import app

from shouhou.orders.shop.actions import deliver
from shouhou.plumbing import clock
from shouhou.plumbing.jobs import OUTWARD


@app.task(queue="shop", retry=OUTWARD)
def restock(key: str) -> None:
    """Tell the shop what came back."""
    deliver(key, now=clock.now())
