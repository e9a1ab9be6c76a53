"""Cancelling, refunds without return and resending as their buyer and the staff see them, in both languages."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from shouhou.orders.shop.fake.server import Shop
from shouhou.orders.tests.conftest import shop
from tests.stories.carrying import UNSENT, carrier_says, on_its_way, shop_answers
from tests.world import World

__all__ = ["shop"]
BROKEN: dict[str, Any] = {"service": "refund_only", "reason": "quality", "description": "划痕"}
PART: dict[str, Any] = {
    "service": "resend", "reason": "missing_accessory", "description": "没有电源线",
    "answers": {"missing": "accessory", "part_name": "电源线"},
}  # fmt: skip
Door = Callable[..., Client]


def seen(client: Client, number: str, *, language: str, inside: bool = False) -> str:
    client.cookies["django_language"] = language
    answer = client.get(reverse("web:staff_case" if inside else "web:case", args=[number]))
    assert answer.status_code == 200, number
    return answer.content.decode()


def offered(world: World) -> str:
    number: str = world.apply(world.order(), **BROKEN)["number"]
    world.move(number, "send_evidence", actor=world.buyer(), description="照片")
    world.move(number, "offer_partial", actor=world.staff("reviewer"), amount=3300, note="划痕补偿")
    return number


def test_a_part_offered_is_seen_with_its_amount_and_reason_by_both_sides(world: World, buyer: Door, staff: Door) -> None:
    number = offered(world)
    for language, words in (("zh-hans", "提出退还（商品您留下）"), ("en", "Offered, while you keep it")):
        for html in (seen(buyer(), number, language=language), seen(staff("reviewer"), number, language=language, inside=True)):
            assert words in html and "33.00" in html and "划痕补偿" in html
    assert reverse("web:move", args=[number, "take_partial"]) in seen(buyer(), number, language="en")


def test_what_is_missing_is_named_on_the_case(world: World, buyer: Door, staff: Door) -> None:
    number = world.apply(world.order(), **PART)["number"]
    assert "电源线" in seen(buyer(), number, language="zh-hans")
    assert "电源线" in seen(staff("agent"), number, language="en", inside=True)


@pytest.mark.parametrize("word", ["", "failure"])
def test_a_cancellation_on_its_way_says_what_can_still_be_done(world: World, shop: Shop, buyer: Door, word: str) -> None:
    number = world.apply(world.order(**on_its_way(world)), service="cancel", reason="changed_mind")["number"]
    shop.stock.take({"dispatch": "T0001", "answer": "shipped"})
    shop_answers(world, number)
    if word:
        carrier_says(world, number, word)
    html = seen(buyer(), number, language="zh-hans")
    assert ("未能拦截" in html) == bool(word)
    assert reverse("web:move", args=[number, "change_to_return"]) in html


def test_the_carriers_proof_of_a_delivery_stands_on_the_case(world: World, buyer: Door, staff: Door) -> None:
    order = world.order()
    number = world.later(hours=1).apply(order, service="refund_only", reason="not_received")["number"]
    carrier_says(world, number, "delivered", at_hours=-30)
    assert "前台代收" in seen(buyer(), number, language="zh-hans")
    assert "left at the desk" in seen(staff("reviewer"), number, language="en", inside=True)


def test_strangers_see_nothing_of_them(world: World, shop: Shop, buyer: Door) -> None:
    for number in (offered(world), world.apply(world.order(**UNSENT), service="cancel", reason="changed_mind")["number"]):
        assert buyer("u9").get(reverse("web:case", args=[number])).status_code == 404
        assert buyer("u9").get(reverse("web:move", args=[number, "change_to_return"])).status_code == 404
