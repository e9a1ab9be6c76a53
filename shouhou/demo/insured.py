"""Freight insurance of the demo: an insurer, policies on the shops' orders, and returns whose claims wait to be decided."""

from shouhou.demo.english import told
from shouhou.demo.scenarios import ALL_WELL, WEAR, Scenario, Step
from shouhou.insurance.actions import put_policy
from shouhou.insurance.models import Policy
from shouhou.orders.models import Order
from shouhou.plumbing.actor import Actor

INSURER, NAME = "anxin", "安心财产保险"


def insure(*, actor: Actor, language: str = "zh-hans") -> int:
    """A policy on every third-party order, as the shop would have told it when the order was paid; again: nothing."""
    if Policy.objects.exists():
        return 0
    sold = Order.objects.filter(number__startswith="HM", channel="third").order_by("id")
    for place, order in enumerate(sold):
        policy = {
            "number": f"AX{order.number.removeprefix('HM')}", "order": order.number, "insurer": INSURER,
            "insurer_name": told(NAME, language), "sum": 2500, "standard": "cn-basic", "premium": 60,
            "weight_grams": 600 + 400 * (place % 5),
            "mode": "fixed" if place % 5 == 0 else "cap", "bought_by": "buyer" if place % 3 == 0 else "seller",
            "issued_at": order.placed_at.isoformat(),
        }  # fmt: skip
        put_policy(policy, actor=actor, now=order.placed_at)
    return len(sold)


def _returned(name: str, reason: str, freight: int, count: int = 1) -> Scenario:
    """Sent back at the buyer's cost and accepted: once the money is there the claim arises by itself."""
    sent = {"carrier": "SF", "tracking_number": "{waybill}", **({"freight_paid": freight} if freight else {})}
    return Scenario(name, count, reason, 50, 120, (
        Step(10, "consumer", "ship", sent), Step(30, "inspector", "receive", ALL_WELL), Step(34, "inspector", "accept", {}),
    ), categories=WEAR, third=True)  # fmt: skip


INSURED = (
    _returned("运费险理赔，运费在标准内", "size", 1200), _returned("运费险理赔，运费高于标准", "do_not_want", 3800),
    _returned("运费险理赔，未填运费", "not_as_expected", 0),
)  # fmt: skip
