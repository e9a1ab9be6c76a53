"""Cases in different hands, so that every type of page has something to show."""

from tests.browser.sights import Facts
from tests.world import World

MANY = [
    {"line": 1, "sku": "K", "title": "电热水壶 1.7 L", "category": "kettle", "quantity": 2, "unit_price": 19900, "paid": 35800},
    {"line": 2, "sku": "F", "title": "蓝莓 500 g", "category": "fresh", "quantity": 1, "unit_price": 3990, "paid": 3990},
]
PAID = [{"tender": "card", "amount": 30000, "reference": "c"}, {"tender": "wallet", "amount": 9790, "reference": "w"}]


def lay(world: World) -> Facts:
    """One order to apply for; cases waiting for a reviewer, the buyer and the inspector, and one accepted."""
    order = world.order(lines=MANY, payments=PAID)
    waiting = world.apply(world.order())["number"]
    asked = world.apply(world.order(), reason="quality", description="壶底渗水。")["number"]
    received, closed = _received(world), _received(world)
    world.move(closed, "accept", actor=world.staff("inspector"))
    world.pay(closed)
    return Facts(order=order, case=asked, waiting=waiting, received=received, closed=closed)


def _received(world: World) -> str:
    number = str(world.apply(world.order())["number"])
    world.move(number, "ship", actor=world.buyer(), carrier="SF", tracking_number=f"SF{world.count:013d}")
    world.move(number, "receive", actor=world.staff("inspector"), packing="ok", appearance="ok", accessories="ok", note="完好")
    return number
