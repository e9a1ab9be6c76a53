"""An item is exchanged without a reason so many times; a fault has no such limit, and a return stays open (EXG-06, X-17)."""

from typing import Any

import pytest

from shouhou.cases.entitled import entitlements
from shouhou.cases.models import Case
from tests.conftest import Shop
from tests.stories.test_exchange import EXCHANGE, OUT
from tests.world import THIRD, TWO, World, refusal_of

CHANNELS = pytest.mark.parametrize("channel", [{}, THIRD])
SWAP: dict[str, Any] = {"service": "exchange", "reason": "no_reason", "answers": {"wanted": "same"}}


def exchanged(world: World, shop: Shop, order: str, channel: dict[str, Any], *, units: int = 1, sku: str = "KETTLE") -> None:
    """Applied for, sent, taken, replaced and confirmed."""
    number = world.apply(order, **SWAP, items={1: units})["number"]
    if world.case(number)["status"] == "submitted":
        world.later(hours=25).ring()
    world.count += 1
    world.goods_back(number)
    packer = world.staff("merchant_operator", merchant="m1" if channel else "self")
    world.move(number, "accept", actor=packer)
    world.shop_answers(number)
    world.move(number, "ship_replacement", actor=packer, **{**OUT, "scanned": sku, "tracking_number": f"SF88{world.count:011d}"})
    world.move(number, "confirm_replacement", actor=world.buyer())


def exchange_and_return(world: World, order: str, reason: str) -> tuple[str, str]:
    told = entitlements(order, actor=world.buyer(), reason=reason, at=world.now, language="en")["lines"][0]["services"]
    verdicts = {each["service"]: each["verdict"] for each in told}
    return verdicts["exchange"], verdicts["return"]


@CHANNELS
def test_the_second_exchange_without_a_reason_is_refused_with_its_clause_and_the_return_is_not(
    world: World, shop: Shop, channel: dict[str, Any]
) -> None:
    order = world.order(**channel)
    assert exchange_and_return(world, order, "no_reason") == ("allow", "allow")
    exchanged(world, shop, order, channel)
    assert exchange_and_return(world, order, "no_reason") == ("deny", "allow")
    refused = refusal_of(world.apply, order, **SWAP)
    assert (refused.code, "NO_EXCHANGED_ALREADY" in str(refused.facts["reasons"]), Case.objects.count()) == ("NOT_ELIGIBLE", True, 1)
    assert exchange_and_return(world, order, "quality")[0] == "review"
    assert world.apply(order, **EXCHANGE)["service"] == "exchange"


def test_each_of_several_units_may_be_exchanged_once(world: World, shop: Shop) -> None:
    order = world.order(**TWO)
    exchanged(world, shop, order, {}, units=2, sku="CUP")
    assert exchange_and_return(world, order, "no_reason") == ("allow", "allow")
    refused = refusal_of(world.apply, order, **SWAP, items={1: 2})
    assert (refused.code, Case.objects.count()) == ("NOT_ELIGIBLE", 1), "two of three would be one for the second time"
    exchanged(world, shop, order, {}, sku="CUP")
    assert exchange_and_return(world, order, "no_reason") == ("deny", "allow")
