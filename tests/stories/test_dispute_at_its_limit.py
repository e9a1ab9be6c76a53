"""平台介入: the limit of the ruling does not wait for evidence that was asked for on its last day (L-24)."""

from datetime import datetime, timedelta

import pytest

from shouhou.cases.models import Case, Deadline
from shouhou.cases.rows import load_case
from shouhou.cases.workflows import WORKFLOWS
from shouhou.merchants.models import Merchant
from shouhou.plumbing.actor import SYSTEM
from tests.conftest import Shop
from tests.stories.answering import Answers
from tests.stories.openings import CHANNELS, OPENINGS
from tests.stories.test_price_protection import applied, looked, price
from tests.world import World

DISPUTED = ("return", "exchange", "refund_only", "resend", "compensation", "price_protection", "repair")


def before_the_platform(world: World, shop: Shop, service: str, channel: str) -> str:
    """Applied for, refused by the shop, and the platform asked."""
    number = seen_and_gone(world, shop, channel) if service == "price_protection" else next(
        opened for opening in OPENINGS[service]
        if Case.objects.get(number=(opened := opening(world, CHANNELS[channel]).number)).status == "submitted"
    )  # fmt: skip
    reject, code = WORKFLOWS[service].need("reject"), Merchant.objects.get(case__number=number).code
    who = world.staff("reviewer") if channel == "self" else world.staff("merchant_operator", merchant=code)
    world.move(number, "reject", actor=who, **Answers(world).variants(reject, load_case(number, actor=SYSTEM))[0])
    world.move(number, "dispute", actor=world.buyer(), reason="收到时就是坏的")
    return number


def seen_and_gone(world: World, shop: Shop, channel: str) -> str:
    """A small difference that only the consumer has seen."""
    price(shop, world, 19900)
    number: str = applied(world, changes=CHANNELS[channel], answers={"seen_price": 19000})["number"]
    looked(world, number)
    world.move(number, "ask_person", actor=world.buyer(), description="我看到更低价")
    return number


@pytest.mark.parametrize("channel", CHANNELS)
@pytest.mark.parametrize("side", ["consumer", "shop"])
@pytest.mark.parametrize("service", DISPUTED)
def test_evidence_asked_for_on_the_last_day_does_not_put_the_ruling_off(
    world: World, service: str, side: str, channel: str, shop: Shop
) -> None:
    number = before_the_platform(world, shop, service, channel)
    world.shop_speaks(number)
    limit = Deadline.objects.get(case__number=number, state="open", name__startswith="ruling")
    world.now = limit.due_at - timedelta(hours=1)
    asked = world.move(number, "ask_dispute_evidence", actor=world.staff("arbitrator"), side=side, what="开箱视频")
    assert datetime.fromisoformat(asked["due_at"]) <= limit.due_at < world.now + timedelta(hours=4)
    world.now = limit.due_at + timedelta(seconds=1)
    world.ring()
    assert Deadline.objects.get(pk=limit.pk).state == "breached"
