"""What the stories of parcels under way begin with: orders that are on their way, and a carrier that speaks."""

from datetime import timedelta
from typing import Any

from django.db import transaction

from shouhou.foundation.workflow import Text
from shouhou.ledger.queries import balances
from shouhou.logistics.actions.requests import take_answer, take_outcome
from shouhou.logistics.carriers.base import Accepted, Declined, Handled
from shouhou.logistics.models import ParcelRequest
from shouhou.orders.models import Interception, OrderLine
from shouhou.orders.shop.interceptions import deliver_intercept, deliver_let_go
from shouhou.payments.models import Refund
from tests.world import World, refusal_of

UNSENT: dict[str, Any] = {"shipments": []}


def on_its_way(world: World, *, days: float = 4, waybill: str = "JD0000000042") -> dict[str, Any]:
    """Parts of an order that was shipped some days ago and not signed for."""
    sent = world.now - timedelta(days=days)
    return {
        "placed_at": (sent - timedelta(hours=5)).isoformat(),
        "shipments": [{"carrier": "jd", "number": waybill, "shipped_at": sent.isoformat()}],
    }  # fmt: skip


def shop_answers(world: World, number: str) -> None:
    """Let the jobs that ask the shop to stop, or to go on, do their work."""
    for row in Interception.objects.filter(subject=number, state__in=("asking", "resuming")).order_by("id"):
        (deliver_intercept if row.state == "asking" else deliver_let_go)(row.key, now=world.now)


def carrier_says(world: World, number: str, *outcomes: str, at_hours: float = 0) -> dict[str, Any]:
    """What the carrier answers and tells of every parcel asked about; `at_hours` is when it happened, from now."""
    for row in ParcelRequest.objects.filter(subject=number).order_by("id"):
        for outcome in outcomes:
            if outcome == "accepted":
                take_answer(row.id, Accepted(), now=world.now)
            elif outcome == "refused":
                take_answer(row.id, Declined("NO", Text("不受理", "will not")), now=world.now)
            else:
                at = world.now + timedelta(hours=at_hours)
                with transaction.atomic():
                    take_outcome(Handled(row.key, outcome, at, Text("前台代收", "left at the desk"), "成都"), now=world.now)
    return world.case(number)


def units() -> tuple[int, int]:
    """Claimed and returned units of the first line."""
    line = OrderLine.objects.order_by("line")[0]
    return line.claimed_quantity, line.returned_quantity


def unchanged(world: World, number: str, call: Any, *args: Any, **kwargs: Any) -> str:
    """The code of a refusal after which the case, its refunds, its units and the books are as before."""
    before = (world.case(number), Refund.objects.count(), balances(), units())
    code = refusal_of(call, *args, **kwargs).code
    assert (world.case(number), Refund.objects.count(), balances(), units()) == before
    return str(code)
