"""Stories of freight insurance begin with these: an insured order, a return completed, a claim, its payout."""

from typing import Any

from shouhou.insurance.actions import put_policy, settle_receivable
from shouhou.insurance.models import FreightClaim, Settlement
from shouhou.ledger.queries import balances
from shouhou.payments.models import Refund
from shouhou.payments.tests.conftest import work
from shouhou.plumbing.actor import SYSTEM, Actor
from tests.world import THIRD, World

INSURER = Actor(role="insurer", who="user:insurer", name="保小安", insurer="picc")


def insured(world: World, **more: Any) -> str:
    order = world.order(**THIRD)
    put_policy({"number": f"FP-{order}", "order": order, "insurer": "picc", "sum": 1200} | more, actor=SYSTEM, now=world.now)
    return order


def applied(world: World, order: str, **wish: Any) -> str:
    number: str = world.later(days=1).apply(order, **wish)["number"]
    if world.case(number)["status"] == "submitted":
        world.move(number, "approve", actor=world.staff("merchant_manager", merchant="m1"))
    return number


def returned(world: World, order: str, *, freight: int | None = 1000, **wish: Any) -> str:
    """A return of the order, completed now."""
    number = applied(world, order, **wish)
    paid: dict[str, Any] = {} if freight is None else {"freight_paid": freight}
    world.move(number, "ship", actor=world.buyer(), carrier="SF", tracking_number=f"SF{world.count:013d}", **paid)
    return completed(world, number)


def completed(world: World, number: str) -> str:
    world.later(days=2)
    keeper = world.staff("merchant_operator", merchant="m1")
    world.move(number, "receive", actor=keeper, packing="ok", appearance="ok", accessories="ok")
    assert not FreightClaim.objects.filter(subject=number).exists()
    world.move(number, "accept", actor=keeper, items=[{"line": 1, "accepted": 1, "grade": "A", "disposition": "restock"}])
    assert not FreightClaim.objects.filter(subject=number).exists()
    world.pay(number)
    return number


def pay_out(world: World, claim: FreightClaim) -> Any:
    return work(Refund.objects.get(subject=claim.number), now=world.now)


def owed(insurer: str) -> int:
    """What stands on the insurer's account: below zero is what it owes."""
    return sum(each.posted_minor for each in balances(prefix=f"insurer:{insurer}:"))


def claimed(world: World, **more: Any) -> FreightClaim:
    freight = more.pop("freight", 1000)
    returned(world, insured(world, **more), freight=freight)
    return FreightClaim.objects.get()


def settled_by_insurer(*, limit: int = 500_000, **told: Any) -> Settlement | None:
    """What finance writes down: money of the insurer's on our account."""
    return settle_receivable("picc", second_person_above_minor=limit, **told)
