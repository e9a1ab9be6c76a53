"""The money of a case side by side, on its buyer's page and on the agent's."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from shouhou.payments.tests.conftest import Fake, fake
from tests.stories.test_return_amounts import CART
from tests.world import World

__all__ = ["fake"]


@pytest.fixture
def proposed(world: World) -> str:
    """Two cups applied for; one came, and something is to be deducted for it."""
    number = world.received(order=CART, items={2: 2})
    items = [{"line": 2, "accepted": 1, "grade": "B", "disposition": "refurbish", "deduction": 500, "deduction_reason": "杯口磕碰"}]
    world.move(number, "propose_deduction", actor=world.staff("inspector"), items=items)
    return number


def test_the_buyer_sees_what_changed_and_why(world: World, fake: Fake, buyer: Callable[..., Client], proposed: str) -> None:
    page = buyer().get(reverse("web:case", args=[proposed])).content.decode()
    for words in (
        "申请时预估", "拟定（待同意）", "验货收下 1 件（申请 2 件）", "多退少补", "第十七条", "拟扣款（未经同意不扣）", "杯口磕碰",
        "优惠券（原样退回）",
    ):  # fmt: skip
        assert words in page, words
    assert "平台促销补贴" not in page and "实际退回" not in page
    world.move(proposed, "consent", actor=world.buyer())
    page = buyer().get(reverse("web:case", args=[proposed])).content.decode()
    assert "核定" in page and "尚未付出" in page and "验货扣款（已经您同意）" in page
    assert "拟定（待同意）" not in page and "实际退回" not in page
    world.pay(proposed)
    assert "实际退回" in buyer().get(reverse("web:case", args=[proposed])).content.decode()


def test_the_agent_sees_what_goes_back_to_the_platform_too(staff: Callable[..., Client], proposed: str) -> None:
    page = staff("agent").get(reverse("web:staff_case", args=[proposed])).content.decode()
    assert "平台促销补贴" in page and "拟定（待同意）" in page and "¥30.00" in page


def test_before_anything_was_agreed_there_is_one_amount(world: World, buyer: Callable[..., Client]) -> None:
    number = world.apply(world.order())["number"]
    page = buyer().get(reverse("web:case", args=[number])).content.decode()
    assert "退款合计" in page and "申请时预估" not in page
